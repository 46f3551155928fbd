"""The money of one line."""

from __future__ import annotations

from typing import NamedTuple

from .numeral import cut

_WHOLE = 100 * 10**12


class Amounts(NamedTuple):
    """In whole 10^-8: list = discount + truncated + due."""

    list: int
    discount: int
    truncated: int
    due: int


def amounts(listed: int, share: int, site: str) -> Amounts:
    """A line's money from its list price, the discount's share (percent times 10^12) and the site."""
    reduced = cut(listed * (_WHOLE - share), _WHOLE) if share else listed
    due = reduced if site == "international" else cut(reduced, 10**6) * 10**6
    return Amounts(listed, listed - reduced, reduced - due, due)
