"""Times as text, quickly: the hours that a file speaks of are few, so each is written once."""

from __future__ import annotations

from .moment import HOUR, written

_REST = [f"{second // 60:02}:{second % 60:02}Z" for second in range(HOUR)]


class _Hours(dict[int, str]):
    def __missing__(self, hour: int) -> str:
        text = self[hour] = written(hour * HOUR)[:14]
        return text


class _Whole(dict[int, str]):
    def __missing__(self, hour: int) -> str:
        text = self[hour] = f"{written(hour * HOUR)},{written((hour + 1) * HOUR)}"
        return text


_hours = _Hours()
WHOLE = _Whole()
"""From and until of a whole clock hour, by its number since 1970."""


def stamp(second: int) -> str:
    """The second as `2026-03-01T08:00:00Z`."""
    hour, rest = divmod(second, HOUR)
    return _hours[hour] + _REST[rest]
