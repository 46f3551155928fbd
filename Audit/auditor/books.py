"""Audits exported books: the journal, the payments, and every closed hour from its facts, the rounding of months."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from . import bills, coupons, cycles, journal, packages
from .book import PriceBook
from .fault import Fault
from .table import table


def audit(folder: Path) -> tuple[int, list[str]]:
    """How many lines there are, and what does not fit, the first first."""
    if not folder.is_dir():
        raise Fault(f"{folder} is no folder")
    lines = table(folder, "lines")
    books = {book.id: book for book in map(_book, sorted((folder / "price-books").glob("*.y*ml")))}
    end = _open_hour(folder)
    accounts = {row["account"]: row for row in table(folder, "accounts")}
    found = chain(
        journal.differences(folder, lines),
        packages.differences(folder, accounts),
        coupons.differences(folder, lines),
        bills.differences(folder, lines, books, end),
        cycles.differences(folder, lines, books, end),
    )
    return len(lines), list(found)


def _book(path: Path) -> PriceBook:
    return PriceBook(path.read_text(encoding="utf-8"), path.name)


def _open_hour(folder: Path) -> int:
    marks = [int(row["second"]) for row in table(folder, "marks") if row["name"] == "open hour"]
    if len(marks) > 1:
        raise Fault("marks.csv: the open hour stands twice")
    return marks[0] if marks else 0  # No mark: no hour was ever closed.
