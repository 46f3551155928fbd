"""A price book, as docs/price-book.md describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import yaml
from .fault import Fault
from .metering import Metering
from .meters import AGGREGATIONS, WINDOWS, EventMeter
from .moment import ZONE, moment
from .numeral import decimal
from .scheme import Meter, Scheme, Tier, Unit

_TIMED = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "GB-hour": 3600}
_PIECES = {
    "GB": 1,
    "piece": 1,
    "request": 1,
    "message": 1,
    "token": 1,
    "1,000 tokens": 1000,
    "1,000,000 tokens": 1000000,
}

_KEYS = {
    "": "id name currency site zone products flavors prices discounts terms meters",
    "products": "id name service resource unit metering minimum_seconds variants",
    "flavors": "id name type arch vcpu memory accelerators products",
    "prices": (
        "product flavor per_hour per_unit flat graduated volume package free minimum maximum daily account project"
        " from until"
    ),
    "discounts": "name percent from until product flavor account project",
    "terms": "product flavor term price discount account project from until",
    "meters": "id event product flavor flavor_from aggregation value window from until",
}


@dataclass(frozen=True)
class Product:
    """What is sold."""

    id: str
    unit: Unit
    metering: Metering
    variants: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Price:
    """One entry of `prices`: whom it is for, when it holds, what it asks."""

    index: int
    product: str
    flavor: str
    account: str | None
    project: str | None
    start: int
    until: int | None
    daily: tuple[int, int] | None
    scheme: Scheme
    plain: bool
    meter: Meter


@dataclass(frozen=True, eq=False)
class Discount:
    """One entry of `discounts`; the share is percent times 10^12."""

    name: str
    share: int
    product: str | None
    flavor: str | None
    account: str | None
    project: str | None
    start: int
    until: int | None


class PriceBook:
    """All that a book says of prices."""

    def __init__(self, text: str, name: str = "price book") -> None:
        self.name = name
        tree = self._table(yaml.document(text, name), "")
        self.id = str(tree["id"])
        self.currency = str(tree["currency"])
        self.site = tree["site"]
        if self.site not in ("international", "china") or tree.get("zone", "UTC+08:00") != "UTC+08:00":
            raise Fault(f"{name}: an unknown site or zone")
        self.products = {str(entry["id"]): self._product(entry) for entry in self._entries(tree, "products")}
        self.flavors = {str(entry["id"]): tuple(entry["products"]) for entry in self._entries(tree, "flavors")}
        self.prices = [self._price(i, entry) for i, entry in enumerate(self._entries(tree, "prices"))]
        self.of: dict[tuple[str, str], list[Price]] = {}
        for price in self.prices:
            self.of.setdefault((price.product, price.flavor), []).append(price)
        self.discounts = [self._discount(entry) for entry in self._entries(tree, "discounts")]
        self.meters = {str(entry["id"]): self._meter(entry) for entry in self._entries(tree, "meters")}
        self.terms = self._entries(tree, "terms")
        # Where any price of a flavor looks at the month, all use of it counts, whatever its own price.
        self.monthly = {
            (price.product, price.flavor)
            for price in self.prices
            if not price.plain or self.products[price.product].unit.rounding != "none"
        }

    def _entries(self, tree: dict[str, Any], key: str) -> list[dict[str, Any]]:
        return [self._table(entry, key) for entry in tree.get(key) or []]

    def _table(self, entry: Any, kind: str) -> dict[str, Any]:
        if not isinstance(entry, dict):
            raise Fault(f"{self.name}: {kind}: is no mapping: {entry}")
        if unknown := set(entry) - set(_KEYS[kind].split()):
            raise Fault(f"{self.name}: {kind}: unknown keys: {', '.join(sorted(unknown))}")
        return entry

    def _number(self, text: Any) -> Fraction:
        value = decimal(text) if isinstance(text, str) and not isinstance(text, yaml.Quoted) else None
        if value is None:
            raise Fault(f"{self.name}: {text!r} is no plain decimal")
        return value

    def _product(self, entry: dict[str, Any]) -> Product:
        metering = Metering(entry.get("metering", "second"), int(entry.get("minimum_seconds", 0)))
        if metering.by not in ("second", "minute", "day"):
            raise Fault(f"{self.name}: unknown metering {metering.by}")
        return Product(
            entry["id"], self._unit(entry.get("unit", "hour")), metering, tuple(entry.get("variants") or ())
        )

    def _unit(self, entry: Any) -> Unit:
        if isinstance(entry, str):
            if entry in _TIMED:
                return Unit(Fraction(_TIMED[entry]), True)
            if entry in _PIECES:
                return Unit(Fraction(_PIECES[entry]), False)
            raise Fault(f"{self.name}: unknown unit {entry}")
        unit = Unit(
            self._number(entry["of"]), entry.get("counts", "pieces") == "seconds", entry.get("rounding", "none")
        )
        if unit.rounding not in ("up", "down", "half_up", "none") or set(entry) - {"name", "of", "counts", "rounding"}:
            raise Fault(f"{self.name}: unknown unit {entry}")
        return unit

    def _moment(self, text: Any) -> int:
        value = moment(str(text), ZONE)
        if value is None:
            raise Fault(f"{self.name}: {text} is no time")
        return value

    def _validity(self, entry: dict[str, Any]) -> tuple[int, int | None]:
        return self._moment(entry["from"]), self._moment(entry["until"]) if "until" in entry else None

    def _price(self, index: int, entry: dict[str, Any]) -> Price:
        unit = self.products[entry["product"]].unit
        scheme = self._scheme(entry)
        start, until = self._validity(entry)
        return Price(
            index,
            entry["product"],
            entry["flavor"],
            entry.get("account"),
            entry.get("project"),
            start,
            until,
            self._daily(entry.get("daily")),
            scheme,
            scheme.is_plain,
            Meter(scheme, unit),
        )

    def _daily(self, text: Any) -> tuple[int, int] | None:
        if text is None:
            return None
        match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", text)
        if not match:
            raise Fault(f"{self.name}: {text} is no part of a day")
        return tuple(int(match[n]) * 3600 + int(match[n + 1]) * 60 for n in (1, 3))  # type: ignore[return-value]

    def _scheme(self, entry: dict[str, Any]) -> Scheme:
        models = [key for key in ("per_hour", "per_unit", "flat", "graduated", "volume", "package") if key in entry]
        if len(models) != 1:
            raise Fault(f"{self.name}: a price has one model, not {models}")
        bounds = {
            "free": self._number(entry.get("free", "0")),
            "minimum": self._number(entry["minimum"]) if "minimum" in entry else None,
            "maximum": self._number(entry["maximum"]) if "maximum" in entry else None,
        }
        model, value = models[0], entry[models[0]]
        if model in ("graduated", "volume"):
            return Scheme(model, tiers=tuple(self._tier(tier) for tier in value), **bounds)
        if model == "package":
            return Scheme(model, self._number(value["price"]), size=self._number(value["size"]), **bounds)
        return Scheme("flat" if model == "flat" else "unit", self._number(value), **bounds)

    def _tier(self, entry: dict[str, Any]) -> Tier:
        up_to = self._number(entry["up_to"]) if "up_to" in entry else None
        return Tier(up_to, self._number(entry.get("per_unit", "0")), self._number(entry.get("flat", "0")))

    def _meter(self, entry: dict[str, Any]) -> EventMeter:
        path = {
            key: tuple(entry[key].removeprefix("data.").split(".")) if key in entry else ()
            for key in ("value", "flavor_from")
        }
        meter = EventMeter(
            entry["id"],
            entry["event"],
            entry["product"],
            entry.get("flavor"),
            path["flavor_from"],
            entry["aggregation"],
            path["value"],
            entry.get("window", "hour"),
            *self._validity(entry),
        )
        if meter.aggregation not in AGGREGATIONS or meter.window not in WINDOWS:
            raise Fault(f"{self.name}: unknown aggregation or window of meter {meter.id}")
        return meter

    def _discount(self, entry: dict[str, Any]) -> Discount:
        share = self._number(entry["percent"]) * 10**12
        if share.denominator != 1 or share > 100 * 10**12:
            raise Fault(f"{self.name}: percent {entry['percent']}")
        start, until = self._validity(entry)
        scope = [entry.get(key) for key in ("product", "flavor", "account", "project")]
        return Discount(entry["name"], int(share), *scope, start, until)
