"""A price book as the auditor understands docs/price-book.md; every number is an exact fraction."""

import calendar
import datetime
from dataclasses import dataclass, field
from fractions import Fraction

import yamlsubset

ZONE = 8 * 3600
UNITS = {"second": (1, True), "minute": (60, True), "hour": (3600, True), "day": (86400, True), "GB-hour": (3600, True),
         "GB": (1, False), "piece": (1, False), "request": (1, False), "message": (1, False), "token": (1, False),
         "1,000 tokens": (1000, False), "1,000,000 tokens": (1000000, False)}


@dataclass
class Product:
    id: str
    size: int
    is_time: bool
    rounding: str
    metering: str
    minimum_seconds: int


@dataclass
class Dated:
    """Something that holds from a second until another, for a payer."""
    entry: dict
    start: int
    until: int | None
    account: str | None
    project: str | None
    daily: tuple | None = None
    formula: "Formula | None" = None

    def holds(self, second):
        return self.start <= second and (self.until is None or second < self.until)

    def is_for(self, account, project):
        return self.account in (None, account) and self.project in (None, project)

    @property
    def rank(self):
        return (2 if self.project else 1 if self.account else 0, 1 if self.daily else 0)


@dataclass
class Formula:
    """What a month's use of counted things comes to."""
    kind: str
    price: Fraction = Fraction(0)
    size: Fraction = Fraction(1)
    tiers: list = field(default_factory=list)
    free: Fraction = Fraction(0)
    minimum: Fraction = Fraction(0)
    maximum: Fraction | None = None

    @property
    def is_plain(self):
        return self.kind == "unit" and not self.free and not self.minimum and self.maximum is None

    def fee(self, counted, product):
        """The fee of a month's first counted use, which is above nothing."""
        units = counted / product.size
        if product.rounding != "none":
            whole = units.numerator // units.denominator
            rest = units - whole
            up = {"up": rest > 0, "down": False, "half_up": rest >= Fraction(1, 2)}[product.rounding]
            units = Fraction(whole + (1 if up else 0))
        units = max(Fraction(0), units - self.free)
        if self.free and units == 0:
            return Fraction(0)
        fee = getattr(self, "_" + self.kind)(units)
        return fee if self.maximum is None else min(fee, self.maximum)

    def _unit(self, units):
        return units * self.price

    def _flat(self, _):
        return self.price

    def _package(self, units):
        return -(-units // self.size) * self.price

    def _graduated(self, units):
        fee, lower = Fraction(0), Fraction(0)
        for index, (upper, price, flat) in enumerate(self.tiers):
            if index > 0 and units <= lower:
                break
            part = units if upper is None else min(units, upper)
            fee += (part - lower) * price + flat
            lower = part if upper is None else upper
        return fee

    def _volume(self, units):
        for upper, price, flat in self.tiers:
            if upper is None or units <= upper:
                return units * price + flat
        raise AssertionError("the last tier has no end")


class PriceBook:
    """What a book says of any use by anybody at any second."""

    def __init__(self, text):
        root = yamlsubset.read(text)
        self.id, self.site, self.currency = root["id"], root["site"], root["currency"]
        self.products = {entry["id"]: product(entry) for entry in root["products"]}
        self.prices = {}
        for entry in root["prices"]:
            price = dated(entry)
            price.formula = formula(entry)
            price.daily = window(entry["daily"]) if "daily" in entry else None
            self.prices.setdefault((entry["product"], entry["flavor"]), []).append(price)
        self.discounts = [dated(entry) for entry in root.get("discounts") or []]
        self._cache = {}

    def schedule(self, product, flavor, account, project):
        """The prices and discounts that can concern a use, the narrowest price first."""
        key = (product, flavor, account, project)
        if key not in self._cache:
            prices = [price for price in self.prices.get((product, flavor), []) if price.is_for(account, project)]
            prices.sort(key=lambda price: price.rank, reverse=True)
            discounts = [one for one in self.discounts if one.is_for(account, project)
                         and one.entry.get("product", product) == product and one.entry.get("flavor", flavor) == flavor]
            self._cache[key] = (prices, discounts)
        return self._cache[key]

    def at(self, schedule, second):
        """(price, share taken off, its name) at a second; the price is None where there is none."""
        prices, discounts = schedule
        of_day = (second + ZONE) % 86400
        price = next((one for one in prices if one.holds(second) and in_window(one.daily, of_day)), None)
        best = max((Fraction(one.entry["percent"]) for one in discounts if one.holds(second)), default=Fraction(0))
        return price, best

    def edges(self, schedule, start, end):
        """Every second inside an hour at which price or discount may change."""
        prices, discounts = schedule
        found = {second for one in [*prices, *discounts] for second in (one.start, one.until)
                 if second is not None and start < second < end}
        midnight = start - (start + ZONE) % 86400
        for price in prices:
            for edge in price.daily or ():
                found |= {second for second in (midnight + edge, midnight + edge + 86400) if start < second < end}
        return sorted(found)

    def depends_on_month(self, product, flavor):
        """Whether some price of a use, for whomever, looks at the whole month; then all use of it counts."""
        prices = self.prices.get((product, flavor), [])
        return self.products[product].rounding != "none" or not all(price.formula.is_plain for price in prices)


def product(entry):
    unit, rounding = entry.get("unit", "hour"), "none"
    if isinstance(unit, dict):
        size, is_time, rounding = int(unit["of"]), unit.get("counts") == "seconds", unit.get("rounding", "none")
    else:
        size, is_time = UNITS[unit]
    return Product(entry["id"], size, is_time, rounding, entry.get("metering", "second"), int(entry.get("minimum_seconds", 0)))


def formula(entry):
    extra = {"free": Fraction(entry.get("free", 0)), "minimum": Fraction(entry.get("minimum", 0)),
             "maximum": Fraction(entry["maximum"]) if "maximum" in entry else None}
    for key in ("per_hour", "per_unit"):
        if key in entry:
            return Formula("unit", Fraction(entry[key]), **extra)
    if "flat" in entry:
        return Formula("flat", Fraction(entry["flat"]), **extra)
    if "package" in entry:
        return Formula("package", Fraction(entry["package"]["price"]), Fraction(entry["package"]["size"]), **extra)
    kind = "graduated" if "graduated" in entry else "volume"
    tiers = [(Fraction(tier["up_to"]) if "up_to" in tier else None, Fraction(tier["per_unit"]), Fraction(tier.get("flat", 0)))
             for tier in entry[kind]]
    return Formula(kind, tiers=tiers, **extra)


def dated(entry):
    until = entry.get("until")
    return Dated(entry, moment(entry["from"]), None if until is None else moment(until), entry.get("account"), entry.get("project"))


def window(text):
    return tuple((int(side[:2]) * 60 + int(side[3:])) * 60 for side in text.split("-"))


def in_window(daily, of_day):
    if daily is None:
        return True
    start, end = daily
    return start <= of_day < end if start < end else of_day >= start or of_day < end


def moment(text, zone=ZONE):
    """Epoch seconds of a date or a time; without an offset it is meant in the given zone."""
    text = text.replace("Z", "+00:00").replace(" ", "T", 1)
    time = datetime.datetime.fromisoformat(text)
    if time.tzinfo is None:
        return calendar.timegm(time.timetuple()) - zone
    return int(time.timestamp())


def month_of(second):
    """The first second of the month, and of the next one, in the billing zone."""
    local = datetime.datetime.fromtimestamp(second + ZONE, datetime.timezone.utc)
    following = (local.year + local.month // 12, local.month % 12 + 1)
    return tuple(calendar.timegm((year, month, 1, 0, 0, 0)) - ZONE for year, month in ((local.year, local.month), following))
