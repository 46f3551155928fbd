"""One event of an export: CloudEvents 1.0 in JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from typing import Any

from .moment import DAY, HOUR
from .numeral import scaled

AHEAD = 300  # seconds that an event's time may be ahead of the server's clock
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)
_EPOCH = date(1970, 1, 1).toordinal()


class Misfit(Exception):
    """Why an event cannot have been taken as it stands."""


class Number(str):
    """A number of JSON as it is written."""


class Event:
    """What a meter asks of an event."""

    def __init__(self, attributes: Any, sender: str, received: int) -> None:
        if not isinstance(attributes, dict):
            raise Misfit("it is no object")
        self._data = attributes.get("data")
        self.type = _word(attributes, "type")
        self.subject = _word(attributes, "subject") if attributes.get("subject") is not None else None
        self.project = _word(attributes, "project") if attributes.get("project") is not None else None
        self.account = _word(attributes, "account") if attributes.get("account") is not None else None
        name = "\0".join((sender, _word(attributes, "source"), _word(attributes, "id")))
        self.digest = sha256(name.encode("utf-8", "surrogatepass")).digest()[:16]
        time = second(_word(attributes, "time")) if attributes.get("time") is not None else received
        if time > received + AHEAD:
            raise Misfit(f"its time is more than {AHEAD} seconds ahead of when it came")
        self.second = min(time, received)

    @property
    def tie(self) -> int:
        """The greatest of one second is the latest: the digest's last 8 bytes as a signed number."""
        return int.from_bytes(self.digest[8:], "big", signed=True)

    def text(self, path: tuple[str, ...]) -> str:
        """A text, a number as it is written, or true and false."""
        value = self._at(path)
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            raise Misfit(f"data.{'.'.join(path)} is no text and no number")
        return str(value)

    def quantity(self, path: tuple[str, ...]) -> int:
        """A plain decimal from 0, in millionths."""
        value = self._at(path)
        number = scaled(value, 6) if isinstance(value, str) else None
        if number is None or number < 0:
            raise Misfit(f"data.{'.'.join(path)} is no plain decimal from 0 with at most 6 decimals")
        return number

    def _at(self, path: tuple[str, ...]) -> Any:
        value = self._data
        for name in path:
            if not isinstance(value, dict) or name not in value:
                raise Misfit(f"it has no data.{'.'.join(path)}")
            value = value[name]
        return value


def events(text: str) -> list[Any]:
    """The attributes of every event of a batch."""
    try:
        found = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)
    except (ValueError, RecursionError) as fault:
        raise Misfit(f"it cannot be read: {fault}") from fault
    return found if isinstance(found, list) else [found]


def second(text: str) -> int:
    """A time of RFC 3339, cut to the second; a leap second is the one before it."""
    match = _TIME.fullmatch(text)
    if not match:
        raise Misfit(f"its time {text} cannot be read")
    year, month, day, hour, minute, sixtieth = (int(match[n]) for n in range(1, 7))
    away = int(match[8]) * HOUR + int(match[9]) * 60 if match[7] else 0
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        raise Misfit(f"its time {text} is none") from None
    return days * DAY + hour * HOUR + minute * 60 + min(sixtieth, 59) - (-away if match[7] == "-" else away)


def _word(attributes: dict[str, Any], name: str) -> str:
    value = attributes.get(name)
    if not isinstance(value, str) or isinstance(value, Number) or not value:
        raise Misfit(f"its {name} is no text")
    return value
