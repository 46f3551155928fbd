"""Months whose use decides the price: pieces are laid aside by account, then priced in order of time."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from .amounts import Amounts, amounts
from .book import PriceBook
from .moment import HOUR, month_named
from .numeral import cut

SHARES = 64
_HELD = 20_000


class Entry(NamedTuple):
    """One written line: `kind` 0 is use, 1 what the minimum added behind the piece of the same place.

    `closing` is what holds in the month's last second: the price's place in the book, −1 for none.
    """

    group: str
    month: int
    hour: int
    number: int
    place: int
    kind: int
    start: int
    price: int
    share: int
    closing: int
    closing_share: int
    counted: int
    list: int
    discount: int
    truncated: int
    due: int


class Aside:
    """Writes entries into one file a share of the groups."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._held: list[list[tuple[object, ...]]] = [[] for _ in range(SHARES)]
        self._count = 0

    def add(self, entry: Entry) -> None:
        self._held[crc32(entry.group.encode("utf-8", "surrogateescape")) % SHARES].append(tuple(entry))
        self._count += 1
        if self._count >= _HELD:
            self.write()

    def write(self) -> None:
        """Nothing is held afterwards."""
        for share, entries in enumerate(self._held):
            if entries:
                with (self._folder / f"{share}-{self._name}").open("ab") as file:
                    marshal.dump(entries, file)
                entries.clear()
        self._count = 0


def entries(folder: Path, share: int) -> Iterator[Entry]:
    """All that was laid aside of one share."""
    for path in sorted(folder.glob(f"{share}-*")):
        with path.open("rb") as file:
            while True:
                try:
                    yield from map(Entry._make, marshal.load(file))
                except EOFError:
                    break


def differences(book: PriceBook, folder: Path, share: int) -> list[tuple[int, str]]:
    """Line numbers and what is wrong with them, of all months of a share."""
    found: list[tuple[int, str]] = []
    everything = sorted(entries(folder, share))
    for (_, month), run in groupby(everything, key=lambda entry: (entry.group, entry.month)):
        found += _month(book, month, list(run))
    return found


def _month(book: PriceBook, month: int, run: list[Entry]) -> Iterator[tuple[int, str]]:
    used = 0
    pieces = [entry for entry in run if entry.kind == 0]
    minima = [entry for entry in run if entry.kind == 1]
    for entry in pieces:
        meter = book.prices[entry.price].meter
        yield from _compared(entry, amounts(meter.charge(used, entry.counted), entry.share, book.site), month)
        used += entry.counted
    if not pieces:
        for entry in minima:
            yield entry.number, "a minimum in a month without use"
        return
    last = pieces[-1]
    meter = book.prices[last.closing].meter
    missing = meter.shortfall(used) if last.closing >= 0 else 0
    due = [entry for entry in minima if (entry.number, entry.place) == (last.number, last.place)]
    for entry in [*(entry for entry in minima if entry not in due), *due[bool(missing) :]]:
        yield entry.number, f"a minimum that {month_named(month)} does not need or not here"
    if missing and not due:
        yield last.number, f"the minimum of {month_named(month)} is missing"
    elif missing:
        listed = cut(missing * 10**8, meter.denominator)
        yield from _compared(due[0], amounts(listed, last.closing_share, book.site), month)


def _compared(entry: Entry, right: Amounts, month: int) -> Iterator[tuple[int, str]]:
    said = Amounts(entry.list, entry.discount, entry.truncated, entry.due)
    if said != right:
        what = "minimum" if entry.kind else f"piece {entry.place + 1} (hour {entry.hour * HOUR})"
        yield entry.number, f"{what} of {month_named(month)}: {said} in 10^-8 was written; it is {right}"
