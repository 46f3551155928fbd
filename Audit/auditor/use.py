"""One row of a usage file."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import NamedTuple

from .book import PriceBook, Product
from .moment import moment
from .numeral import scaled

NAMES = ("account", "project", "resource", "product", "flavor", "quantity")
LONGEST = 3653 * 86400
MOST = 10**12 * 10**6  # a quantity has at most twelve digits before the point
COUNTED = (1 << 63) - 1  # of a use with more millionths than that nothing is asked: it may be refused


class Use(NamedTuple):
    """What is counted of a row; the quantity in millionths."""

    account: str
    project: str
    resource: str
    product: Product
    flavor: str
    quantity: int
    start: int
    end: int

    @property
    def counted(self) -> int:
        """Seconds times quantity, or pieces, in millionths."""
        return self.quantity * (self.end - self.start if self.product.unit.timed else 1)


class Columns:
    """Where the columns of a usage file stand."""

    def __init__(self, header: str) -> None:
        names = fields(header) or []
        missing = [name for name in (*NAMES, "start", "end") if names.count(name) != 1]
        if missing:
            raise ValueError(f"the usage file has no column {', '.join(missing)}")
        self.count = len(names)
        self.places = tuple(names.index(name) for name in (*NAMES, "start", "end"))

    def cells(self, line: str) -> list[str] | None:
        """The eight cells in the order of the documentation; None for a line that is no row."""
        found = fields(line)
        if found is None or len(found) != self.count:
            return None
        return [found[place] for place in self.places]


def fields(line: str) -> list[str] | None:
    """The fields of one line of CSV; None where its quotes do not fit."""
    if '"' not in line:
        return line.split(",")
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def second(text: str) -> int | None:
    """ISO 8601 (without an offset: UTC) or epoch seconds."""
    if text.isdigit() and len(text) <= 11 and text.isascii():
        return int(text)
    if len(text) == 20 and text[10] == "T" and text[19] == "Z":
        day, rest = _days(text[:10]), _rests(text[11:19])
        return None if day is None or rest is None else day + rest
    return moment(text, 0)


@lru_cache(maxsize=10_000)
def _days(text: str) -> int | None:
    return moment(text, 0)


@lru_cache(maxsize=100_000)
def _rests(text: str) -> int | None:
    return moment(f"1970-01-01T{text}", 0)


@lru_cache(maxsize=100_000)
def _quantity(text: str) -> int | None:
    return scaled(text, 6)


def use(book: PriceBook, cells: list[str], until: int | None) -> Use | str:
    """The row as it is counted, or why it cannot be rated; prices are not looked at yet."""
    account, project, resource, name, flavor, amount, begin, finish = cells
    if not account or not project or not flavor:
        return "nobody pays, or for nothing"
    product = book.products.get(name)
    if product is None:
        return "unknown product"
    quantity = _quantity(amount)
    if quantity is None or not 0 < quantity < MOST:
        return "quantity"
    start = second(begin)
    end = second(finish) if finish else until
    if start is None or (end is None and (finish or product.unit.timed)):
        return "start or end"
    if finish and end < start:
        return "end before start"
    if not product.unit.timed:
        return Use(account, project, resource, product, flavor, quantity, start, start + 1)
    if end - start > LONGEST:
        return "too long"
    if end <= start:  # Nothing was used: there is nothing that could count as at least so much.
        return Use(account, project, resource, product, flavor, quantity, start, start)
    start, end = product.metering.counted(start, end, bool(finish))
    return Use(account, project, resource, product, flavor, quantity, start, end)
