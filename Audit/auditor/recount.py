"""What meters count, anew from every event of an export, without looking at what was counted before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .book import PriceBook
from .event import Event, Misfit, events
from .fault import Fault
from .meters import EventMeter
from .moment import HOUR, written
from .scheme import MICRO
from .shares import Shares
from .table import Row, rows, table
from .tariff import Part, Tariff

_MOST = 100  # differences of one kind that are told: where events do not fit at all, there are as many as events
_COLUMNS = ("account", "book", "meter", "project", "resource", "product", "flavor")


class Batch(NamedTuple):
    """Events that came together."""

    number: int
    account: str
    sender: str
    project: str
    book: PriceBook
    received: int


class Reading(NamedTuple):
    """The sum, number, greatest or latest value of what began to count at one second; `at` and `tie` of the latest."""

    value: int
    at: int = 0
    tie: int = 0


class Series:
    """What one meter counts of one resource: readings by the second at which an hour, or a price within it, begins."""

    def __init__(self, number: int, segment: str, meter: EventMeter, tariff: Tariff) -> None:
        self.number, self.segment, self.meter = number, segment, meter
        self.readings: dict[int, Reading] = {}
        self._tariff, self._hour, self._parts = tariff, -1, [Part(0, 0, None, None)]

    def part(self, second: int) -> Part:
        """The hour, or what of it has one price and one discount, from whose start on a second counts."""
        hour = second // HOUR * HOUR
        if hour != self._hour:
            self._hour, self._parts = hour, list(self._tariff.parts(hour, hour + HOUR))
        return next(part for part in self._parts if second < part.end)

    def since(self, second: int) -> int:
        """The second from which on it counts."""
        part = self.part(second)
        if part.price is None:
            raise Misfit(f"{self.meter.product} has no price at its time")
        return part.start

    def add(self, since: int, reading: Reading) -> None:
        """The order in which readings come does not matter."""
        former = self.readings.get(since)
        if former is None:
            self.readings[since] = reading
        elif self.meter.aggregation == "max":
            self.readings[since] = max(former, reading)
        elif self.meter.aggregation == "latest":
            self.readings[since] = max(former, reading, key=lambda one: one[1:])
        else:
            self.readings[since] = Reading(former.value + reading.value)

    def counts(self) -> list[tuple[int, int]]:
        """What counts, in millionths, by second."""
        return self.meter.counts((since, reading.value) for since, reading in sorted(self.readings.items()))


class Recount:
    """Goes through the events once: memory grows with series and hours; ids and values are laid aside in files."""

    def __init__(self, folder: Path, books: dict[str, PriceBook], aside: Path) -> None:
        self._folder, self._books = folder, books
        self._segments = {
            tuple(row[key] for key in _COLUMNS): row["segment"] for row in table(folder, "segments") if row["meter"]
        }
        self._known: dict[tuple[str, ...], Series] = {}
        self.series: list[Series] = []
        self._ids = Shares(aside, "ids", "q")
        self._values = Shares(aside, "values", "qq")

    def run(self) -> Iterator[str]:
        """What is wrong with the events; the series are whole afterwards."""
        told = 0
        for row in rows(self._folder, "events"):
            for what in self._batch(row):
                told += 1
                if told <= _MOST:
                    yield f"batch {row['batch']}: {what}"
        yield from self._repeated()
        self._unique()

    def _batch(self, row: Row) -> Iterator[str]:
        if row["book"] not in self._books:
            raise Fault(f"price book {row['book']} of batch {row['batch']} is not there")
        batch = Batch(
            int(row["batch"]),
            *(row[key] for key in ("account", "sender", "project")),
            self._books[row["book"]],
            int(row["received_at"]) // 1000,
        )
        try:
            found = events(row["events"])
        except Misfit as misfit:
            yield str(misfit)
            return
        for place, attributes in enumerate(found):
            try:
                self._event(batch, Event(attributes, batch.sender, batch.received))
            except Misfit as misfit:
                yield f"event {place + 1}: {misfit}"

    def _event(self, batch: Batch, event: Event) -> None:
        if (event.account or batch.sender) != batch.account:
            raise Misfit(f"it is for account {event.account or batch.sender}, not for {batch.account}")
        self._ids.add(event.digest, batch.number)
        meters = [
            meter
            for meter in batch.book.meters.values()
            if meter.event == event.type and meter.holds(event.second)
        ]
        if not meters:
            raise Misfit(f"no meter counts {event.type} at {written(event.second)}")
        for meter in meters:
            series = self._series(batch, event, meter)
            since = series.since(event.second)
            if meter.aggregation == "unique":
                self._see(series, event)
            elif meter.aggregation == "count":
                series.add(since, Reading(MICRO))
            else:
                latest = (event.second, event.tie) if meter.aggregation == "latest" else ()
                series.add(since, Reading(event.quantity(meter.value), *latest))

    def _series(self, batch: Batch, event: Event, meter: EventMeter) -> Series:
        flavor = meter.flavor or event.text(meter.flavor_from)
        project, resource = event.project or batch.project, event.subject or meter.id
        key = batch.account, batch.book.id, meter.id, project, resource, meter.product, flavor
        if key not in self._known:
            if key not in self._segments:
                raise Misfit(f"there is no segment of meter {meter.id} for {resource} ({flavor}, project {project})")
            tariff = Tariff(batch.book, batch.account, project, meter.product, flavor)
            self._known[key] = Series(len(self.series), self._segments[key], meter, tariff)
            self.series.append(self._known[key])
        return self._known[key]

    def _see(self, series: Series, event: Event) -> None:
        window = series.meter.window_of(event.second)
        name = f"{series.segment}\0{window}\0{event.text(series.meter.value)}"
        digest = sha256(name.encode("utf-8", "surrogatepass")).digest()[:16]
        self._values.add(digest, series.number, event.second)

    def _repeated(self) -> Iterator[str]:
        told = 0
        for share in self._ids.each():
            seen: dict[bytes, int] = {}
            for digest, number in share:
                if digest not in seen:
                    seen[digest] = number
                elif (told := told + 1) <= _MOST:
                    yield f"batch {number}: an event has the sender, source and id of one of batch {seen[digest]}"

    def _unique(self) -> None:
        """A value counts where its window saw it first."""
        for share in self._values.each():
            firsts: dict[bytes, tuple[int, int]] = {}
            for digest, number, second in share:
                series = self.series[number]
                # Where it was seen later, a line may stand from when that was the first; it has come to nothing.
                series.add(series.since(second), Reading(0))
                firsts[digest] = min(firsts.get(digest, (number, second)), (number, second))
            for number, second in firsts.values():
                series = self.series[number]
                series.add(series.since(second), Reading(MICRO))


def recount(folder: Path, books: dict[str, PriceBook]) -> tuple[list[Series], list[str]]:
    """Every series that has events, and what is wrong with the events."""
    with tempfile.TemporaryDirectory() as aside:
        found = Recount(folder, books, Path(aside))
        wrong = list(found.run())
    return found.series, wrong
