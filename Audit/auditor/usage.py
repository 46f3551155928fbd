"""Audits what `atelier rate` wrote: every line to the last digit, none missing, none too many."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import Any, NamedTuple

from .blocks import Block, blocks, header
from .book import PriceBook
from .expected import Piece, Rater, columns, prefix
from .months import SHARES, Aside, Entry, differences
from .moment import HOUR, month, month_start
from .numeral import plain, scaled
from .clock import stamp
from .rated import RatedFile
from .rejects import Rejects
from .use import COUNTED, Columns, Use, fields, use

KEPT = 20  # differences that a block names; the rest is counted


class Files(NamedTuple):
    """What is audited."""

    book: Path
    usage: Path
    lines: Path
    rejects: Path | None
    until: int | None
    aside: Path


class Found(NamedTuple):
    """What came of it: rows and lines seen, differences counted, the first of them by line number."""

    rows: int
    lines: int
    count: int
    first: list[tuple[int, str]]


class Auditor:
    """Audits blocks of a usage file, in one process."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.book = PriceBook(files.book.read_text(encoding="utf-8"), files.book.name)
        self.rater = Rater(self.book)
        self.columns = Columns(header(files.usage))
        self.rated = RatedFile(files.lines)
        self.rejects = Rejects(files.rejects) if files.rejects else None
        self.aside = Aside(files.aside, str(os.getpid()))

    def block(self, block: Block) -> Found:
        """What is wrong with the lines of a block."""
        lines = block.lines(self.files.usage)
        written = self.rated.text(block.number, block.following)
        if not self.book.monthly and self._bytes(block, lines) == written:
            return Found(len(lines), written.count(b"\n"), 0, [])
        found = list(self._rows(block, lines, written))
        self.aside.write()
        return Found(len(lines), written.count(b"\n"), len(found), found[:KEPT])

    def _bytes(self, block: Block, lines: list[str]) -> bytes | None:
        """All lines of the block as they should stand; None where the refused ones are not those that should be."""
        refused = self.rejects.between(block.number, block.following) if self.rejects else None
        out = []
        for number, line in enumerate(lines, start=block.number):
            cells = self.columns.cells(line)
            row = use(self.book, cells, self.files.until) if cells else ""
            text = None if isinstance(row, str) else self.rater.text(prefix(number, row), row)
            if refused is not None and (text is None) != (refused.get(number, line + "!").rstrip("\r") == line):
                return None
            if text:
                out.append(text)
        return "".join(out).encode("utf-8", "surrogateescape")

    def _rows(self, block: Block, lines: list[str], written: bytes) -> Iterator[tuple[int, str]]:
        refused = self.rejects.between(block.number, block.following) if self.rejects else None
        stands = deque(written.decode("utf-8", "surrogateescape").split("\n")[:-1])
        for number, line in enumerate(lines, start=block.number):
            begin = f"{number},"
            mine = []
            while stands and stands[0].startswith(begin):
                mine.append(stands.popleft())
            what = self._row(number, line, mine, None if refused is None else refused.get(number), refused is not None)
            if what:
                yield number, what
        for line in stands:
            yield block.number, f"stands in no order or belongs to no row: {line}"

    def _row(self, number: int, line: str, mine: list[str], refused: str | None, told: bool) -> str | None:
        """What is wrong with the lines of one row."""
        cells = self.columns.cells(line)
        row = use(self.book, cells, self.files.until) if cells else "no row of this file"
        if isinstance(row, Use) and refused is None and not self.rater.is_monthly(row):
            if mine and self.rater.text(prefix(number, row), row) == "\n".join([*mine, ""]):
                return None
        pieces = None if isinstance(row, str) else self.rater.pieces(row)
        if isinstance(row, str) or pieces is None:
            reason = row if isinstance(row, str) else "no price"
            if told and refused is None:
                return f"was not refused and cannot be rated ({reason}): {line}"
            if told and refused.rstrip("\r") != line:
                return f"was refused as another row: {refused}"
            return f"cannot be rated ({reason}) and has lines: {mine[0]}" if mine else None
        if refused is not None and row.counted > COUNTED:
            return None
        if refused is not None:
            return f"was refused and can be rated: {line}"
        if self.rater.is_monthly(row):
            return self._monthly(number, row, pieces, mine)
        right = [prefix(number, row) + _shown(piece) for piece in pieces]
        for ours, theirs in zip(right, mine):
            if ours != theirs and fields(ours) != fields(theirs):
                return f"written was {theirs}; it is {ours}"
        if len(right) != len(mine):
            return f"{len(mine)} lines were written, there are {len(right)}"
        return None

    def _monthly(self, number: int, row: Use, pieces: list[Piece], mine: list[str]) -> str | None:
        """Compares what does not depend on the month, and lays the rest aside."""
        begin, place = fields(prefix(number, row)[:-1]), -1
        group = "\0".join((row.account, row.product.id, row.flavor))
        for text in mine:
            cells = fields(text) or []
            if len(cells) != 15 or cells[:7] != begin:
                return f"written was {text}; it begins {prefix(number, row)}"
            money = [_money(cell) for cell in cells[11:]]
            if None in money:
                return f"is no money: {text}"
            kind = int(cells[7] == cells[8])
            place += 1 - kind
            if not 0 <= place < len(pieces):
                return f"a line too many: {text}"
            piece = pieces[place]
            right = [stamp(piece.end), stamp(piece.end), "0", ""] if kind else [*_told(piece)]
            if cells[7:11] != right:
                return f"written was {text}; it is {','.join(right)}"
            number_of_month = month(piece.start)
            closing = self.rater.tariff(row).at(month_start(number_of_month + 1) - 1)
            self.aside.add(
                Entry(
                    group,
                    number_of_month,
                    piece.start // HOUR,
                    number,
                    place,
                    kind,
                    piece.start,
                    piece.price.index,
                    piece.share,
                    closing.price.index if closing.price else -1,
                    closing.discount.share if closing.discount else 0,
                    piece.counted,
                    *money,
                )  # type: ignore[arg-type]
            )
        return None if place + 1 == len(pieces) else f"{place + 1} lines were written, there are {len(pieces)}"


@lru_cache(maxsize=200_000)
def _money(text: str) -> int | None:
    return scaled(text, 8)


@lru_cache(maxsize=200_000)
def _counted(counted: int) -> str:
    return plain(counted, 6)


def _told(piece: Piece) -> list[str]:
    return [stamp(piece.start), stamp(piece.end), _counted(piece.counted), piece.unit_price]


def _shown(piece: Piece) -> str:
    assert piece.amounts is not None
    return f"{stamp(piece.start)},{stamp(piece.end)}{columns(piece.counted, piece.unit_price, piece.amounts)}".rstrip(
        "\n"
    )


_auditor: Auditor | None = None


def _begin(files: Files) -> None:
    global _auditor
    _auditor = Auditor(files)


def _block(block: Block) -> Found:
    assert _auditor is not None
    return _auditor.block(block)


def _share(share: int) -> Found:
    assert _auditor is not None
    found = differences(_auditor.book, _auditor.files.aside, share)
    return Found(0, 0, len(found), sorted(found)[:KEPT])


def audit(files: Files, jobs: int) -> Found:
    """Audits a whole file over some processes."""
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        files = files._replace(aside=Path(folder))
        monthly = bool(Auditor(files).book.monthly)  # What cannot be read is said here, once.
        total = Found(0, 0, 0, [])
        with get_context("fork").Pool(jobs, _begin, (files,)) as pool:
            for found in _bounded(pool.apply_async, _block, blocks(files.usage), 3 * jobs):
                total = _sum(total, found)
            for found in _bounded(pool.apply_async, _share, range(SHARES) if monthly else (), 3 * jobs):
                total = _sum(total, found)
    if total.rows == 0 and Auditor(files).rated.text(0, None):
        total = _sum(total, Found(0, 0, 1, [(0, "there are lines without any row")]))
    return total


def _bounded(
    apply: Callable[..., AsyncResult[Found]], work: Callable[[Any], Found], tasks: Any, most: int
) -> Iterator[Found]:
    """Results of all tasks, no more than some of which are ever under way."""
    pending: deque[AsyncResult[Found]] = deque()
    for task in tasks:
        if len(pending) >= most:
            yield pending.popleft().get()
        pending.append(apply(work, (task,)))
    while pending:
        yield pending.popleft().get()


def _sum(a: Found, b: Found) -> Found:
    return Found(a.rows + b.rows, a.lines + b.lines, a.count + b.count, sorted([*a.first, *b.first])[:KEPT])
