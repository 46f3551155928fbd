"""Closed hours against what their facts prove, to the last decimal and to the fraction behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from .amounts import amounts
from .book import Price, PriceBook
from .fault import Fault
from .moment import HOUR, month, month_named, written
from .numeral import cut
from .proof import Proof, proof
from .table import Row, dropped, micro, money, table
from .tariff import Tariff


class Sums(NamedTuple):
    """What several lines come to; money in 10^-8, `dropped` a fraction of it, `counted` in millionths."""

    seconds: int = 0
    counted: int = 0
    list: int = 0
    discount: int = 0
    truncated: int = 0
    due: int = 0
    dropped: Fraction = Fraction(0)

    def plus(self, other: Sums) -> Sums:
        return Sums(*(a + b for a, b in zip(self, other)))


class Run(NamedTuple):
    """A segment that ran."""

    segment: Row
    proof: Proof
    book: PriceBook
    quantity: int
    billed_until: int | None  # None where it is billed for good


class Piece(NamedTuple):
    """A part of a run in one clock hour with one price."""

    hour: int
    segment: str
    start: int
    end: int
    counted: int
    price: Price
    share: int
    site: str
    whole: bool  # False where the hour is proven only partly because the segment still runs, or was told of too late


def differences(folder: Path, lines: list[Row], books: dict[str, PriceBook], end: int) -> Iterator[str]:
    """What was billed of the hours before `end` otherwise than the facts prove."""
    segments = {row["segment"]: row for row in table(folder, "segments")}
    yield from _stray(lines, segments, end)
    runs: list[Run] = []
    for found in _runs(folder, segments, books):
        if isinstance(found, str):
            yield found
        else:
            runs.append(found)
    billed: dict[tuple[str, int], Sums] = defaultdict(Sums)
    minima: dict[tuple[str, str, str, int], Sums] = defaultdict(Sums)
    for line in lines:
        if line["kind"] == "minimum":
            key = line["account"], line["product"], line["flavor"], month(int(line["hour"]))
            minima[key] = minima[key].plus(_sums(line))
        else:
            place = line["segment"], int(line["hour"])
            billed[place] = billed[place].plus(_sums(line))
    runs.sort(key=_group)
    for group, several in groupby(runs, key=_group):
        yield from _group_differences(group, list(several), end, billed, minima)
    for (segment, hour), sums in sorted(billed.items()):
        if any(sums):
            yield f"segment {segment}, hour {written(hour)}: {_told(sums)} was billed, and no fact proves any"
    for (account, product, flavor, number), sums in sorted(minima.items()):
        if any(sums):
            yield f"{account} {product} {flavor}: a minimum of {month_named(number)} that is not due: {_told(sums)}"


def _stray(lines: list[Row], segments: dict[str, Row], end: int) -> Iterator[str]:
    """Lines that are not of the segment they name, or of no closed hour."""
    for line in lines:
        segment = segments.get(line["segment"])
        if segment is None:
            yield f"line {line['number']}: its segment {line['segment']} is not there"
            continue
        for key in ("account", "project", "resource", "product", "flavor", "quantity"):
            if line[key] != segment[key]:
                yield f"line {line['number']}: {key} {line[key]} is not its segment's {segment[key]}"
        hour = int(line["hour"])
        if hour % HOUR or hour >= end:
            yield f"line {line['number']}: hour {line['hour']} is not closed"
        elif not hour <= int(line["from"]) <= int(line["until"]) <= hour + HOUR:
            yield f"line {line['number']}: {line['from']} to {line['until']} is not in its hour {line['hour']}"


def _runs(folder: Path, segments: dict[str, Row], books: dict[str, PriceBook]) -> Iterator[Run | str]:
    facts: dict[str, list[Row]] = defaultdict(list)
    for fact in table(folder, "facts"):
        facts[fact["segment"]].append(fact)
    for name in sorted(facts.keys() - segments.keys()):
        yield f"segment {name} has facts and is not there"
    for name, segment in segments.items():
        proven = proof(facts.get(name, ()))
        if isinstance(proven, str):
            yield f"segment {name}: {proven}"
        elif proven is not None:
            if segment["book"] not in books:
                raise Fault(f"price book {segment['book']} of segment {name} is not there")
            until = segment["billed_until"]
            billed_until = int(until) if until else None
            yield Run(segment, proven, books[segment["book"]], micro(segment["quantity"]), billed_until)


def _group(run: Run) -> tuple[str, str, str]:
    return run.segment["account"], run.segment["product"], run.segment["flavor"]


def _sums(line: Row) -> Sums:
    figures = [money(line[key]) for key in ("list", "discount", "truncated", "due")]
    return Sums(int(line["seconds"]), micro(line["counted"]), *figures, dropped(line["dropped"]))


def _pieces(run: Run) -> Iterator[Piece | str]:
    segment, product = run.segment, run.book.products.get(run.segment["product"])
    if product is None:
        yield f"segment {segment['segment']}: its price book has no product {segment['product']}"
        return
    start, end = product.metering.counted(*run.proof)
    if not product.unit.timed:
        start, end = run.proof.start, run.proof.start + 1
    tariff = Tariff(run.book, segment["account"], segment["project"], segment["product"], segment["flavor"])
    for part in tariff.parts(start, end):
        if part.price is None:
            yield f"segment {segment['segment']}: no price at {written(part.start)}"
            return
        hour = part.start // HOUR * HOUR
        counted = run.quantity * (part.end - part.start if product.unit.timed else 1)
        share = part.discount.share if part.discount else 0
        whole = run.proof.ended or end >= hour + HOUR
        # What was told after its hour was closed stands in the next bill.
        whole = whole and (run.billed_until is None or hour + HOUR <= run.billed_until)
        yield Piece(hour, segment["segment"], part.start, part.end, counted, part.price, share, run.book.site, whole)


def _group_differences(
    group: tuple[str, str, str],
    runs: list[Run],
    end: int,
    billed: dict[tuple[str, int], Sums],
    minima: dict[tuple[str, str, str, int], Sums],
) -> Iterator[str]:
    """What is wrong with one account's use of one product and flavor; what was compared is taken out."""
    pieces: list[Piece] = []
    for run in runs:
        for piece in _pieces(run):
            if isinstance(piece, str):
                yield piece
            elif piece.hour < end:
                pieces.append(piece)
    pieces.sort(key=lambda piece: (piece.hour, piece.segment, piece.start))
    monthly = any(group[1:] in run.book.monthly for run in runs)
    for number, found in groupby(pieces, key=lambda piece: month(piece.start)):
        used, unsure, last = 0, False, None
        for (hour, segment), parts in groupby(found, key=lambda piece: (piece.hour, piece.segment)):
            expected = Sums()
            for piece in parts:
                expected = expected.plus(_charge(piece, used))
                used += piece.counted
                last = piece
                unsure = unsure or not piece.whole
            said = billed.pop((segment, hour), Sums())
            # Behind an hour that still grows, what a month's use costs is not settled either.
            if said != expected and last and last.whole and not (monthly and unsure):
                yield f"segment {segment}, hour {written(hour)}: billed {_told(said)}; proven {_told(expected)}"
        said = minima.pop((*group, number), Sums())
        if last and not unsure:
            right = _minimum(last, used) if month(end) > number else Sums()
            if said != right:
                yield (
                    f"{group}: the minimum of {month_named(number)} was billed as {_told(said)}; it is {_told(right)}"
                )


def _charge(piece: Piece, used: int) -> Sums:
    meter = piece.price.meter
    exact = meter.fee(used + piece.counted) - meter.fee(used)
    if piece.price.plain and meter.unit.rounding == "none":
        exact = meter.fee(piece.counted)
    return _rounded(piece, piece.end - piece.start, piece.counted, exact)


def _minimum(last: Piece, used: int) -> Sums:
    missing = last.price.meter.shortfall(used)
    return _rounded(last, 0, 0, missing) if missing else Sums()


def _rounded(piece: Piece, seconds: int, counted: int, fee: int) -> Sums:
    exact = fee * 10**8
    listed = cut(exact, piece.price.meter.denominator)
    rest = Fraction(exact - listed * piece.price.meter.denominator, piece.price.meter.denominator)
    return Sums(seconds, counted, *amounts(listed, piece.share, piece.site), rest)


def _told(sums: Sums) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(Sums._fields, sums))
