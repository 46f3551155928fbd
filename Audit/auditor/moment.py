"""Seconds since 1970 in UTC, and the hours, days and months of UTC+08:00 in which bills are cut."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

ZONE = 8 * 3600
HOUR = 3600
DAY = 86400

_EPOCH = date(1970, 1, 1).toordinal()
_TEXT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def moment(text: str, offset: int) -> int | None:
    """What an ISO 8601 time says in seconds; without an offset of its own it is `offset` seconds before UTC."""
    match = _TEXT.fullmatch(text)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6))
    if hour > 23 or minute > 59 or second > 59 or (match[7] and not match[4]):
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    away = _offset(match[7], offset)
    return None if away is None else days * DAY + hour * HOUR + minute * 60 + second - away


def _offset(text: str | None, otherwise: int) -> int | None:
    if not text:
        return otherwise
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        return None
    return (hours * HOUR + minutes * 60) * (-1 if text[0] == "-" else 1)


def written(second: int) -> str:
    """The second as `2026-03-01T08:00:00Z`."""
    days, rest = divmod(second, DAY)
    return f"{date.fromordinal(_EPOCH + days)}T{rest // HOUR:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def month(second: int) -> int:
    """The calendar month of UTC+08:00 that holds the second, counted from year 0."""
    return _month((second + ZONE) // DAY)


@lru_cache(maxsize=10_000)
def _month(days: int) -> int:
    day = date.fromordinal(_EPOCH + days)
    return day.year * 12 + day.month - 1


def month_start(number: int) -> int:
    """The first second of a month."""
    return (date(number // 12, number % 12 + 1, 1).toordinal() - _EPOCH) * DAY - ZONE


def month_named(number: int) -> str:
    """The month as `2026-03`."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def day_start(second: int) -> int:
    """The first second of the day of UTC+08:00."""
    return (second + ZONE) // DAY * DAY - ZONE


def second_of_day(second: int) -> int:
    """How many seconds of the day of UTC+08:00 have passed."""
    return (second + ZONE) % DAY
