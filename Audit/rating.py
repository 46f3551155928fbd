"""The rules of rating, done over: cutting, the month's fee, and the one rounding of a line."""

from dataclasses import dataclass
from fractions import Fraction

from pricebook import ZONE, month_of

SCALE = 10**8


@dataclass
class Charge:
    """One piece of a use as a bill line has it; money in whole 10^-8."""
    start: int
    end: int
    counted: Fraction
    unit_price: Fraction | None
    list: int
    discount: int
    truncated: int
    due: int
    kind: str = "usage"


def counted_span(start, end, is_ended, product):
    """What a product counts of a use, as a span that may end later than the use."""
    seconds = end - start
    if product.metering == "day":
        first, last = start - (start + ZONE) % 86400, end - (end + ZONE) % 86400
        return first, max(last, first + (product.minimum_seconds if is_ended else 0))
    if product.metering == "minute":
        seconds = -(-seconds // 60) * 60 if is_ended else seconds // 60 * 60
    return start, start + (max(seconds, product.minimum_seconds) if is_ended else seconds)


def hours(start, end):
    """The parts of a span, one a clock hour of the billing zone."""
    while start < end:
        stop = min(end, start - (start + ZONE) % 3600 + 3600)
        yield start, stop
        start = stop


def charges_of_hour(book, schedule, product, start, stop, quantity, used):
    """The charges of a part that lies in one clock hour, and what was counted in it; None where a price is missing."""
    charges = []
    edges = [start, *(book.edges(schedule, start, stop) if product.is_time else []), stop]
    pieces = []
    for begin, end in zip(edges, edges[1:]):
        price, percent = book.at(schedule, begin)
        if price is None:
            return None, used
        if pieces and pieces[-1][2] is price and pieces[-1][3] == percent and same_discount(book, schedule, pieces[-1][0], begin):
            pieces[-1] = (pieces[-1][0], end, price, percent)
        else:
            pieces.append((begin, end, price, percent))
    for begin, end, price, percent in pieces:
        counted = quantity * (end - begin) if product.is_time else quantity
        if price.formula.is_plain and product.rounding == "none":
            fee = counted * price.formula.price / product.size
        else:
            fee = price.formula.fee(used + counted, product) - (price.formula.fee(used, product) if used else 0)
        used += counted
        charges.append(rounded(book, begin, end, counted, price, percent, fee))
    return charges, used


def same_discount(book, schedule, first, second):
    """Whether the same discount entry holds at two seconds: another of the same share is another line."""
    def best(at):
        holding = [one for one in schedule[1] if one.holds(at)]
        return max(holding, key=lambda one: (Fraction(one.entry["percent"]), reversed_name(one)), default=None)
    return best(first) is best(second)


def reversed_name(discount):
    """Of equal shares the name that comes first is taken."""
    return tuple(-ord(letter) for letter in discount.entry["name"]) + (1,)


def rounded(book, begin, end, counted, price, percent, fee, kind="usage"):
    exact = fee * SCALE
    whole = abs(exact).numerator // abs(exact).denominator
    listed = whole if exact >= 0 else -whole
    left = Fraction(abs(listed)) * (1 - percent / 100)
    reduced = (left.numerator // left.denominator) * (1 if listed >= 0 else -1)
    due = reduced if book.site == "international" else abs(reduced) // 10**6 * 10**6 * (1 if reduced >= 0 else -1)
    plain = price.formula.price if price.formula.is_plain else None
    return Charge(begin, end, counted, plain, listed, listed - reduced, reduced - due, due, kind)


def month_charges(book, product, parts):
    """Charges of one account, product and flavor, part by part; parts are (key, schedule, start, stop, quantity) in order.

    Gives {key: [charges]}, None for a key whose use has no price somewhere.
    """
    result, used, month, last = {}, Fraction(0), None, None
    for key, schedule, start, stop, quantity in parts:
        if month is None or not month[0] <= start < month[1]:
            if last:
                close_month(book, product, result, last, used)
            month, used, last = month_of(start), Fraction(0), None
        charges, used = charges_of_hour(book, schedule, product, start, stop, quantity, used)
        if charges is None or result.get(key, []) is None:
            result[key] = None
            continue
        result.setdefault(key, []).extend(charges)
        last = (key, schedule, charges[-1])
    if last:
        close_month(book, product, result, last, used)
    return result


def close_month(book, product, result, last, used):
    key, schedule, charge = last
    price, percent = book.at(schedule, charge.end - 1)
    missing = price.formula.minimum - price.formula.fee(used, product) if price.formula.minimum else 0
    if missing > 0 and result.get(key) is not None:
        result[key].append(rounded(book, charge.end, charge.end, Fraction(0), price, percent, missing, "minimum"))
