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
from .moment import HOUR, month, month_named, month_start, written
from .numeral import cut
from .packages import Covered, Parts, Use, cover, merged, owned
from .proof import Proof, proof
from .recount import recount
from .table import Row, dropped, micro, money, parts, table
from .tariff import Tariff


class Sums(NamedTuple):
    """What several lines come to; money in 10^-8, `dropped` a fraction of it, `counted` and packages in millionths."""

    seconds: int = 0
    counted: int = 0
    list: int = 0
    discount: int = 0
    truncated: int = 0
    due: int = 0
    dropped: Fraction = Fraction(0)
    packages: Parts = ()

    def plus(self, other: Sums) -> Sums:
        figures = [a + b for a, b in zip(self[:-1], other[:-1])]
        return Sums(*figures, merged(self.packages, other.packages))


class Run(NamedTuple):
    """A segment that ran, or that a meter read."""

    segment: Row
    proof: Proof | list[tuple[int, int]]  # of a meter what counts in millionths, by second
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
    covered = _covered(folder, runs, end)
    for group, several in groupby(runs, key=_group):
        yield from _group_differences(group, list(several), end, billed, minima, covered.get(group[:2], _NOTHING))
    for (segment, hour), sums in sorted(billed.items()):
        if any(sums):
            kind = "event" if segments.get(segment, {}).get("meter") else "fact"
            yield f"segment {segment}, hour {written(hour)}: {_told(sums)} was billed, and no {kind} proves any"
    for (account, product, flavor, number), sums in sorted(minima.items()):
        if any(sums):
            yield f"{account} {product} {flavor}: a minimum of {month_named(number)} that is not due: {_told(sums)}"


_NOTHING = Covered({}, 1 << 60)


def _covered(folder: Path, runs: list[Run], end: int) -> dict[tuple[str, str], Covered]:
    """What packages cover, by account and product; all flavors are gone through together."""
    found = {}
    for (account, product), packages in owned(folder).items():
        uses = [
            Use(piece.hour, piece.segment, piece.start, run.segment["flavor"], piece.counted, unit.of, piece.whole)
            for run in runs
            if _group(run)[:2] == (account, product)
            for unit in [run.book.products[product].unit]
            for piece in _pieces(run)
            if isinstance(piece, Piece) and piece.hour < end
        ]
        found[account, product] = cover(packages, uses)
    return found


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
    series, wrong = recount(folder, books)
    yield from wrong
    read = {one.segment: one.counts() for one in series}
    for name, segment in segments.items():
        proven = read.get(name) if segment["meter"] else proof(facts.get(name, ()))
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
    covered = merged(tuple(parts(line["packages"], 6)))
    return Sums(int(line["seconds"]), micro(line["counted"]), *figures, dropped(line["dropped"]), covered)


def _pieces(run: Run) -> Iterator[Piece | str]:
    segment, product = run.segment, run.book.products.get(run.segment["product"])
    if product is None:
        yield f"segment {segment['segment']}: its price book has no product {segment['product']}"
        return
    tariff = _tariff(run)
    if not isinstance(run.proof, Proof):
        yield from _read(run, run.proof, tariff)
        return
    start, end = product.metering.counted(*run.proof)
    if not product.unit.timed:
        start, end = run.proof.start, run.proof.start + 1
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


def _read(run: Run, counts: list[tuple[int, int]], tariff: Tariff) -> Iterator[Piece]:
    """What a meter counts is priced at the second from which on it counts."""
    for since, counted in counts:
        hour = since // HOUR * HOUR
        part = next(tariff.parts(since, hour + HOUR))
        assert part.price is not None
        share = part.discount.share if part.discount else 0
        whole = run.billed_until is None or hour + HOUR <= run.billed_until
        yield Piece(hour, run.segment["segment"], since, part.end, counted, part.price, share, run.book.site, whole)


def _tariff(run: Run) -> Tariff:
    row = run.segment
    return Tariff(run.book, row["account"], row["project"], row["product"], row["flavor"])


def _group_differences(
    group: tuple[str, str, str],
    runs: list[Run],
    end: int,
    billed: dict[tuple[str, int], Sums],
    minima: dict[tuple[str, str, str, int], Sums],
    covered: Covered,
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
    names = {
        row["segment"]: f"{row['segment']} (meter {row['meter']}, resource {row['resource']})"
        for row in (run.segment for run in runs)
        if row["meter"]
    }
    monthly = any(group[1:] in run.book.monthly for run in runs)
    for number, found in groupby(pieces, key=lambda piece: month(piece.start)):
        used, unsure, last, present = 0, False, None, ""
        for (hour, segment), several in groupby(found, key=lambda piece: (piece.hour, piece.segment)):
            expected = Sums()
            for piece in several:
                expected = expected.plus(_charge(piece, used, covered.parts.get((segment, piece.start), ())))
                used += piece.counted
                last, present = piece, max(present, segment)
                unsure = unsure or not piece.whole
            said = billed.pop((segment, hour), Sums())
            # Behind an hour that still grows, what a month's use costs is not settled either.
            if hour >= covered.settled_until:
                continue
            if said != expected and last and last.whole and not (monthly and unsure):
                name = names.get(segment, segment)
                yield f"segment {name}, hour {written(hour)}: billed {_told(said)}; proven {_told(expected)}"
        said = minima.pop((*group, number), Sums())
        if last and not unsure:
            run = next(run for run in runs if run.segment["segment"] == present)
            right = _minimum(run, number, used) if month(end) > number else Sums()
            if said != right:
                yield (
                    f"{group}: the minimum of {month_named(number)} was billed as {_told(said)}; it is {_told(right)}"
                )


def _charge(piece: Piece, used: int, packages: Parts) -> Sums:
    """What packages cover comes first, and counts as used."""
    meter, free = piece.price.meter, sum(counted for _, counted in packages)
    exact = meter.fee(used + piece.counted) - meter.fee(used + free)
    if piece.price.plain and meter.unit.rounding == "none":
        exact = meter.fee(piece.counted) - meter.fee(free)
    seconds = piece.end - piece.start if meter.unit.timed else 0
    sums = _rounded(piece, seconds, piece.counted, exact)
    return sums._replace(packages=merged(packages))


def _minimum(run: Run, number: int, used: int) -> Sums:
    """Of a month's use, by the price of its last second."""
    second = month_start(number + 1) - 1
    part = _tariff(run).at(second)
    missing = part.price.meter.shortfall(used) if part.price else 0
    if not part.price or not missing:
        return Sums()
    share = part.discount.share if part.discount else 0
    piece = Piece(second, run.segment["segment"], second, second, 0, part.price, share, run.book.site, True)
    return _rounded(piece, 0, 0, missing)


def _rounded(piece: Piece, seconds: int, counted: int, fee: int) -> Sums:
    exact = fee * 10**8
    listed = cut(exact, piece.price.meter.denominator)
    rest = Fraction(exact - listed * piece.price.meter.denominator, piece.price.meter.denominator)
    return Sums(seconds, counted, *amounts(listed, piece.share, piece.site), rest)


def _told(sums: Sums) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(Sums._fields, sums))
