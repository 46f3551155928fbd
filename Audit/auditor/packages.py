"""What resource packages cover of use, gone through in order of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from .moment import month
from .table import Row, micro, table

Parts = tuple[tuple[str, int], ...]
_NEVER = 1 << 60


class Use(NamedTuple):
    """A part of a use in one clock hour at one price, in the order in which packages look at them."""

    hour: int
    segment: str
    start: int
    flavor: str
    counted: int
    of: Fraction  # what is counted that makes one unit
    whole: bool


class Covered(NamedTuple):
    """What packages of one account cover of one product's uses, and the hour from which that is not settled."""

    parts: dict[tuple[str, int], Parts]
    settled_until: int


def owned(folder: Path) -> dict[tuple[str, str], list[Row]]:
    """The packages by account and product, in the order in which they are used up."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table(folder, "packages"):
        found[row["account"], row["product"]].append(row)
    for rows in found.values():
        rows.sort(key=_order)
    return found


def _order(row: Row) -> tuple[int, int, int, str]:
    return int(row["effective_from"]), int(row["expires_at"]), int(row["created_at"]), row["package"]


def cover(packages: list[Row], uses: Iterable[Use]) -> Covered:
    """What they cover: of each use as much as is left, first of the package that became effective first."""
    used: Counter[tuple[str, int]] = Counter()
    parts: dict[tuple[str, int], Parts] = {}
    # What a package that no close has looked at will cover stands in the next bill.
    settled = min((int(row["effective_from"]) for row in packages if row["applied"] == "0"), default=_NEVER)
    past: dict[tuple[str, int], Past] = defaultdict(Past)
    for use in sorted(uses):
        if not use.whole:
            settled = min(settled, use.hour)
        before = past[use.segment, month(use.start)]
        if use.counted < 0:
            parts[use.segment, use.start] = _given_back(use, before, packages, used)
            continue
        rest, found = use.counted, []
        for row in packages:
            part = min(rest, _left(row, use, used))
            if part > 0:
                used[_period(row, use)] += part
                rest -= part
                found.append((row["package"], part))
        parts[use.segment, use.start] = tuple(found)
        before.add(use.counted, found)
    return Covered(parts, settled)


class Past:
    """What a segment has counted in a month, and what packages have covered of it, in the order in which they did."""

    def __init__(self) -> None:
        self.counted = 0
        self.covered: dict[str, int] = {}

    def add(self, counted: int, found: Iterable[tuple[str, int]]) -> None:
        self.counted += counted
        for name, part in found:
            self.covered[name] = self.covered.get(name, 0) + part
            if not self.covered[name]:
                del self.covered[name]


def _given_back(use: Use, before: Past, packages: list[Row], used: Counter[tuple[str, int]]) -> Parts:
    """Use that is taken back is first taken from what was priced, then given back to packages, the last first."""
    rest = -use.counted - min(-use.counted, max(0, before.counted - sum(before.covered.values())))
    found = []
    for name, covered in reversed(before.covered.items()):
        row = next(row for row in packages if row["package"] == name)
        part = min(rest, covered)
        if part > 0:
            used[_period(row, use)] -= part
            rest -= part
            found.append((name, -part))
    before.add(use.counted, found)
    return tuple(found)


def _period(row: Row, use: Use) -> tuple[str, int]:
    return row["package"], month(use.start) if row["monthly"] == "1" else 0


def _left(row: Row, use: Use, used: Counter[tuple[str, int]]) -> int:
    covers = row["flavor"] in ("", use.flavor) and int(row["effective_from"]) <= use.start < int(row["expires_at"])
    return int(micro(row["size"]) * use.of) - used[_period(row, use)] if covers else 0


def merged(*several: Parts) -> Parts:
    """The sum of parts, package by package; those that come to nothing are left out."""
    sums: Counter[str] = Counter()
    for parts in several:
        for name, counted in parts:
            sums[name] += counted
    return tuple(sorted((name, counted) for name, counted in sums.items() if counted))


def differences(folder: Path, accounts: dict[str, Row]) -> Iterator[str]:
    """Packages whose price was not posted, once, as the account's payment."""
    entries: dict[str, list[Row]] = defaultdict(list)
    for entry in table(folder, "entries"):
        entries[entry["posting"]].append(entry)
    paid: dict[str, list[str]] = defaultdict(list)
    for posting in table(folder, "postings"):
        if posting["reference"].startswith("package:"):
            paid[posting["reference"].removeprefix("package:")].append(posting["id"])
    for row in table(folder, "packages"):
        name, price = row["package"], row["price"]
        if row["account"] not in accounts:
            yield f"package {name}: its account {row['account']} is not there"
        revenue = [
            (entry["owner"], entry["amount"])
            for posting in paid.pop(name, [])
            for entry in entries[posting]
            if entry["kind"] == "revenue"
        ]
        if revenue != ([(row["account"], price)] if price != "0" else []):
            yield f"package {name}: {revenue} was posted for it; its price is {price}"
    for stray in sorted(paid):
        yield f"a posting pays for the package {stray}, which is not there"
