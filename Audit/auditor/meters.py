"""The meters of a price book: which events count, and what the values of a window come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .moment import HOUR, day_start, month

AGGREGATIONS = ("sum", "count", "max", "latest", "unique")
WINDOWS = ("hour", "day", "month")


@dataclass(frozen=True)
class EventMeter:
    """One entry of `meters`; paths are the names below `data`, and one of both flavors is empty."""

    id: str
    event: str
    product: str
    flavor: str | None
    flavor_from: tuple[str, ...]
    aggregation: str
    value: tuple[str, ...]
    window: str
    start: int
    until: int | None

    def holds(self, second: int) -> bool:
        """Whether events of a second count."""
        return self.start <= second and (self.until is None or second < self.until)

    def window_of(self, second: int) -> int:
        """The same for all seconds of a window, and greater for later ones."""
        match self.window:
            case "hour":
                return second // HOUR
            case "day":
                return day_start(second)
        return month(second)

    def counts(self, readings: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """What readings, given in order of time, add to what their windows count."""
        if self.aggregation not in ("max", "latest"):
            return list(readings)
        found: list[tuple[int, int]] = []
        standing, window = 0, None
        for since, value in readings:
            if self.window_of(since) != window:
                standing, window = 0, self.window_of(since)
            if self.aggregation == "max":
                value = max(value, standing)
            found.append((since, value - standing))
            standing = value
        return found
