"""The tables of an export."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from .fault import Fault
from .numeral import scaled

COLUMNS = {
    "accounts": "account,book,currency",
    "coupons": "coupon,account,product,granted,valid_from,valid_until",
    "packages": "package,account,product,flavor,size,monthly,effective_from,expires_at,created_at,price,applied",
    "segments": "segment,account,project,resource,resource_name,product,flavor,quantity,book,meter,billed_until",
    "events": "batch,account,sender,project,book,received_at,events",
    "facts": "segment,sequence,kind,at",
    "lines": (
        "number,id,account,project,resource,segment,product,flavor,quantity,hour,from,until,seconds,counted,unit_price,"
        "price_version,list,discount,discount_name,truncated,due,dropped,kind,cycle,billed_at,cash,credit,arrears,"
        "settlement,packages,coupons,coupon"
    ),
    "postings": "number,id,at,kind,reference",
    "entries": "posting,place,owner,kind,currency,amount",
    "balances": "owner,kind,currency,amount",
    "marks": "name,second",
}

Row = dict[str, str]


csv.field_size_limit(1 << 30)  # A batch of events is one field.


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of a table, one after the other; its columns have to be those that are documented."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if missing := set(COLUMNS[name].split(",")) - set(reader.fieldnames or ()):
            raise Fault(f"{path}: has no column {', '.join(sorted(missing))}")
        for row in reader:
            if None in row or None in row.values():
                raise Fault(f"{path}: a row has other columns than the first line: {row}")
            yield row


def table(folder: Path, name: str) -> list[Row]:
    """All rows of a table."""
    return list(rows(folder, name))


def money(text: str) -> int:
    """An amount in whole 10^-8."""
    return _exact(text, 8)


def micro(text: str) -> int:
    """A quantity in millionths."""
    return _exact(text, 6)


def parts(text: str, places: int) -> list[tuple[str, int]]:
    """What each coupon or package has of a line, in the order it stands: `id:figure,id:figure`."""
    pairs = [part.rpartition(":") for part in text.split(",")] if text else []
    return [(name, _exact(figure, places)) for name, _, figure in pairs]


def dropped(text: str) -> Fraction:
    """What stood behind the eighth decimal, in 10^-8."""
    numerator, denominator = text.split("/")
    return Fraction(int(numerator), int(denominator))


def _exact(text: str, places: int) -> int:
    value = scaled(text, places)
    if value is None:
        raise Fault(f"{text} is no decimal of at most {places} places")
    return value
