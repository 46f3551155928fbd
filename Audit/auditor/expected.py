"""What `atelier rate` should have written of a use."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .amounts import Amounts, amounts
from .book import Price, PriceBook
from .clock import WHOLE, stamp
from .moment import HOUR
from .numeral import cut, plain
from .tariff import Part, Tariff
from .use import Use

_KEPT = 200_000  # entries of a cache before it is begun anew


class Piece(NamedTuple):
    """One line that should stand there; without amounts where the month decides them."""

    start: int
    end: int
    counted: int
    unit_price: str
    price: Price
    share: int
    amounts: Amounts | None


class Rater:
    """Prices uses by a book, one by one."""

    def __init__(self, book: PriceBook) -> None:
        self.book = book
        self._tariffs: dict[tuple[str, str, str, str], Tariff] = {}
        self._tails: dict[tuple[int, int, int, int], str] = {}

    def tariff(self, use: Use) -> Tariff:
        """What holds for the payer of a use."""
        key = (use.account, use.project, use.product.id, use.flavor)
        found = self._tariffs.get(key)
        if found is None:
            if len(self._tariffs) >= _KEPT:
                self._tariffs.clear()
            found = self._tariffs[key] = Tariff(self.book, *key)
        return found

    def is_monthly(self, use: Use) -> bool:
        """Whether the month decides what the use costs."""
        return (use.product.id, use.flavor) in self.book.monthly

    def pieces(self, use: Use) -> list[Piece] | None:
        """The lines of a use in order of time; None where some second has no price."""
        monthly = self.is_monthly(use)
        found = []
        for part in self.tariff(use).parts(use.start, use.end):
            counted = use.quantity * (part.end - part.start if use.product.unit.timed else 1)
            if part.price is None:
                return None
            share = part.discount.share if part.discount else 0
            money = None if monthly else self._money(part.price, counted, share)
            found.append(Piece(part.start, part.end, counted, unit_price(part.price), part.price, share, money))
        return found

    def _money(self, price: Price, counted: int, share: int) -> Amounts:
        per_unit, of = price.scheme.amount, self.book.products[price.product].unit.of
        numerator = counted * per_unit.numerator * of.denominator * 10**8
        listed = cut(numerator, 10**6 * per_unit.denominator * of.numerator)
        return amounts(listed, share, self.book.site)

    def text(self, prefix: str, use: Use) -> str | None:
        """All lines of a use whose price the month does not decide, each begun by `prefix`."""
        start, end = use.start, use.end
        for span in self.tariff(use).spans:
            if span.start <= start and end <= span.end:
                if len(span.day) == 1 and span.day[0].price is not None:
                    return self._uniform(prefix, use, span.day[0])
                break
        pieces = self.pieces(use)
        return None if pieces is None else "".join(prefix + tail(piece) for piece in pieces)

    def _uniform(self, prefix: str, use: Use, part: Part) -> str:
        start, end = use.start, use.end
        if start == end:
            return ""
        first, last = -(-start // HOUR), end // HOUR
        if first > last:
            return f"{prefix}{stamp(start)},{stamp(end)}{self._tail(use, part, end - start)}"
        out = ""
        if start % HOUR:
            out = f"{prefix}{stamp(start)},{stamp(first * HOUR)}{self._tail(use, part, first * HOUR - start)}"
        if first < last:
            whole = self._tail(use, part, HOUR)
            out += prefix + (whole + prefix).join([WHOLE[hour] for hour in range(first, last)]) + whole
        if end % HOUR:
            out += f"{prefix}{stamp(last * HOUR)},{stamp(end)}{self._tail(use, part, end - last * HOUR)}"
        return out

    def _tail(self, use: Use, part: Part, seconds: int) -> str:
        assert part.price is not None
        key = (part.price.index, part.discount.share if part.discount else 0, use.quantity, seconds)
        found = self._tails.get(key)
        if found is None:
            if len(self._tails) >= _KEPT:
                self._tails.clear()
            counted = use.quantity * (seconds if use.product.unit.timed else 1)
            found = columns(counted, unit_price(part.price), self._money(part.price, counted, key[1]))
            self._tails[key] = found
        return found


@lru_cache(maxsize=_KEPT)
def unit_price(price: Price) -> str:
    """As it stands on the line: empty where the price is not one number per unit."""
    return plain(int(price.scheme.amount * 10**10), 10) if price.plain else ""


def columns(counted: int, price: str, money: Amounts) -> str:
    """The columns behind `until`, with the comma before and the line's end."""
    return f",{plain(counted, 6)},{price},{','.join([plain(value, 8) for value in money])}\n"


def tail(piece: Piece) -> str:
    """The columns from `from` on."""
    assert piece.amounts is not None
    return f"{stamp(piece.start)},{stamp(piece.end)}{columns(piece.counted, piece.unit_price, piece.amounts)}"


def quoted(cell: str) -> str:
    """A field of CSV."""
    if "," in cell or '"' in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def prefix(number: int, use: Use) -> str:
    """The columns before `from`, with the comma behind them."""
    names = f"{use.account},{use.project},{use.resource},{use.product.id},{use.flavor}"
    if '"' in names or names.count(",") != 4 or "\r" in names:
        names = ",".join(map(quoted, (use.account, use.project, use.resource, use.product.id, use.flavor)))
    return f"{number},{names},{_quantity(use.quantity)},"


@lru_cache(maxsize=_KEPT)
def _quantity(quantity: int) -> str:
    return plain(quantity, 6)
