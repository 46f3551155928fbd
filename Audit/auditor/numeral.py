"""Plain decimals, read and written exactly."""

from __future__ import annotations

import re
from fractions import Fraction

_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?", re.ASCII)


def decimal(text: str) -> Fraction | None:
    """The number that a plain decimal from 0 says, or None where it is none."""
    match = _PLAIN.fullmatch(text)
    if not match:
        return None
    digits = match[2] or ""
    return Fraction(int(match[1] + digits), 10 ** len(digits))


def scaled(text: str, places: int) -> int | None:
    """The decimal times 10^places, a minus allowed; None where it is no decimal or has more places."""
    negative = text.startswith("-")
    match = _PLAIN.fullmatch(text[1:] if negative else text)
    if not match:
        return None
    digits = match[2] or ""
    if len(digits) > places:
        return None
    value = int(match[1] + digits) * 10 ** (places - len(digits))
    return -value if negative else value


def plain(value: int, places: int) -> str:
    """The integer over 10^places as a decimal without needless zeros."""
    if not value:
        return "0"
    digits = str(abs(value)).zfill(places + 1)
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return "-" + text if value < 0 else text


def cut(numerator: int, denominator: int) -> int:
    """The quotient without what stands behind the point; the denominator is positive."""
    return numerator // denominator if numerator >= 0 else -(-numerator // denominator)
