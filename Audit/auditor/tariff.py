"""Which price and which discount hold for one payer at which second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .book import Discount, Price, PriceBook
from .moment import DAY, HOUR, ZONE


class Part(NamedTuple):
    """A stretch of time with one price and one discount, or without a price."""

    start: int
    end: int
    price: Price | None
    discount: Discount | None


class Span(NamedTuple):
    """Between two dates at which something begins or ends: what holds, by seconds of the day of UTC+08:00."""

    start: int
    end: int
    day: tuple[Part, ...]


_EVER = 1 << 50


class Tariff:
    """All that holds for one account and project on one product and flavor."""

    def __init__(self, book: PriceBook, account: str, project: str, product: str, flavor: str) -> None:
        self.prices = [
            price
            for price in book.of.get((product, flavor), ())
            if price.account in (None, account) and price.project in (None, project)
        ]
        self.discounts = [
            one
            for one in book.discounts
            if one.product in (None, product)
            and one.flavor in (None, flavor)
            and one.account in (None, account)
            and one.project in (None, project)
        ]
        dates = {-_EVER, _EVER}
        for one in (*self.prices, *self.discounts):
            dates |= {one.start, _EVER if one.until is None else one.until}
        edges = sorted(dates)
        self.spans = [Span(a, b, self._day(a)) for a, b in zip(edges, edges[1:])]

    def _day(self, second: int) -> tuple[Part, ...]:
        holding = [price for price in self.prices if _holds(price, second)]
        discount = max((one for one in self.discounts if _holds(one, second)), key=_standing, default=None)
        edges = sorted({0, DAY} | {edge for price in holding if price.daily for edge in price.daily})
        parts: list[Part] = []
        for a, b in zip(edges, edges[1:]):
            price = max((one for one in holding if _in_day(one, a)), key=_rank, default=None)
            if parts and parts[-1].price is price:
                parts[-1] = parts[-1]._replace(end=b)
            else:
                parts.append(Part(a, b, price, discount))
        return tuple(parts)

    def parts(self, start: int, end: int) -> Iterator[Part]:
        """The interval cut at clock hours, and wherever another price or another discount holds."""
        held: Part | None = None
        for part in self._cut(start, end):
            if held and held.end % HOUR and (held.price, held.discount) == (part.price, part.discount):
                held = held._replace(end=part.end)
                continue
            if held:
                yield held
            held = part
        if held:
            yield held

    def _cut(self, start: int, end: int) -> Iterator[Part]:
        for span in self.spans:
            at, stop = max(start, span.start), min(end, span.end)
            while at < stop:
                midnight = (at + ZONE) // DAY * DAY - ZONE
                of_day = at - midnight
                part = next(one for one in span.day if one.start <= of_day < one.end)
                until = min(stop, midnight + part.end, at // HOUR * HOUR + HOUR)
                yield Part(at, until, part.price, part.discount)
                at = until

    def at(self, second: int) -> Part:
        """What holds at one second."""
        return next(self._cut(second, second + 1))


def _holds(one: Price | Discount, second: int) -> bool:
    return one.start <= second and (one.until is None or second < one.until)


def _in_day(price: Price, of_day: int) -> bool:
    if price.daily is None:
        return True
    start, end = price.daily
    return start <= of_day < end if start < end else of_day >= start or of_day < end


def _rank(price: Price) -> tuple[int, bool]:
    scope = 2 if price.project is not None else 1 if price.account is not None else 0
    return scope, price.daily is not None


def _standing(discount: Discount) -> tuple[int, list[int]]:
    """The greatest; of equal ones the name that comes first, so that there is one answer."""
    return discount.share, [-byte for byte in discount.name.encode()] + [1]
