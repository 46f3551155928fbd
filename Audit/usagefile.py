"""Audits what `atelier rate` wrote of a usage file: every line, to the last digit, and that none is missing."""

import csv
import gzip
import itertools
import multiprocessing
import re
from fractions import Fraction

from pricebook import PriceBook, moment
from rating import counted_span, hours, month_charges, charges_of_hour

COLUMNS = ("account", "project", "resource", "product", "flavor", "quantity")
MONEY = ("list", "discount", "truncated", "due")
NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?")
LONGEST = 3653 * 86400


class Difference(Exception):
    """Something that the two do not say alike."""


def audit(book_path, usage_path, lines_path, rejects_path, until, jobs):
    """(lines, rows, differences): how many were compared, and what differs."""
    with open(book_path, encoding="utf-8") as file:
        book = PriceBook(file.read())
    months = gather(book, usage_path, until)
    rejected = set()
    if rejects_path:
        with open(rejects_path, encoding="utf-8", newline="") as file:
            rejected = {int(row["line"]) for row in csv.DictReader(file)}
    tasks = [(book_path, usage_path, lines_path, until, part, jobs, months, rejected) for part in range(jobs)]
    with multiprocessing.Pool(jobs) as pool:
        found = pool.starmap(audit_part, tasks)
    return sum(one[0] for one in found), sum(one[1] for one in found), [text for one in found for text in one[2]]


def opened(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", newline="", encoding="utf-8") if packed else open(path, newline="", encoding="utf-8")


def rows(path):
    """(line number, cells by column) of a usage file; None for a line that cannot be cut into fields."""
    with opened(path) as file:
        header = next(csv.reader([file.readline()]))
        for number, line in enumerate(file, 2):
            yield number, header, line


def cells(header, line):
    line = line.rstrip("\n").removesuffix("\r")
    if '"' not in line:
        found = line.split(",")
    else:
        try:
            found = next(csv.reader([line], strict=True), [])
        except csv.Error:
            return None
    return dict(zip(header, found)) if len(found) == len(header) else None


def span(book, row, until):
    """(start, end, quantity, product) as counted; None for a row that cannot be rated."""
    if row is None or not all(row[key] for key in ("account", "project", "product", "flavor")):
        return None
    product = book.products.get(row["product"])
    if product is None or not NUMBER.fullmatch(row["quantity"]) or not Fraction(row["quantity"]):
        return None
    start, end = second(row["start"]), second(row["end"]) if row["end"] else None
    if start is None or (row["end"] and (end is None or end < start)):
        return None
    if not product.is_time:
        return start, start + 1, Fraction(row["quantity"]), product
    is_ended = end is not None
    end = end if is_ended else until
    if end is None or end - start > LONGEST:
        return None
    if end <= start:
        return start, start, Fraction(row["quantity"]), product
    return *counted_span(start, end, is_ended, product), Fraction(row["quantity"]), product


def second(text):
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return int(text)
    try:
        return moment(text, zone=0)
    except ValueError:
        return None


def gather(book, path, until):
    """The charges of every row whose price depends on the month, by line number."""
    if all(price.formula.is_plain for prices in book.prices.values() for price in prices) \
            and all(product.rounding == "none" for product in book.products.values()):
        return {}
    groups = {}
    for number, header, line in rows(path):
        row = cells(header, line)
        use = span(book, row, until)
        if use is None or use[0] == use[1]:
            continue
        schedule = book.schedule(row["product"], row["flavor"], row["account"], row["project"])
        if book.depends_on_month(row["product"], row["flavor"]):
            for start, stop in hours(use[0], use[1]):
                groups.setdefault((row["account"], row["product"], row["flavor"]), []).append(
                    (start - start % 3600, number, start, stop, use[2], schedule))
    charges = {}
    for (_, name, _), parts in groups.items():
        parts.sort(key=lambda part: part[:2])
        ordered = [(number, schedule, start, stop, quantity) for _, number, start, stop, quantity, schedule in parts]
        charges |= month_charges(book, book.products[name], ordered)
    return charges


def audit_part(book_path, usage_path, lines_path, until, part, jobs, months, rejected):
    with open(book_path, encoding="utf-8") as file:
        book = PriceBook(file.read())
    differences, compared, seen = [], 0, 0
    with open(lines_path, encoding="utf-8", newline="") as file:
        written = itertools.groupby(csv.DictReader(file), key=lambda line: int(line["line"]))
        number, lines = next(written, (None, ()))
        for line_number, header, text in rows(usage_path):
            while number is not None and number < line_number:
                number, lines = next(written, (None, ()))
            mine = line_number // 1000 % jobs == part
            found = list(lines) if mine and number == line_number else []
            if not mine:
                continue
            seen += 1
            compared += len(found)
            try:
                compare(book, line_number, cells(header, text), found, until, months, line_number in rejected)
            except Difference as difference:
                differences.append(f"line {line_number}: {difference}")
    return compared, seen, differences


def compare(book, number, row, found, until, months, is_rejected):
    expected = expectation(book, number, row, until, months)
    if (expected is None) != is_rejected:
        raise Difference("it was refused and can be rated" if is_rejected else "it was not refused and cannot be rated")
    if expected is None:
        return
    if len(found) != len(expected):
        raise Difference(f"{len(found)} pieces were written, and there are {len(expected)}")
    for line, charge in zip(found, expected):
        for key in COLUMNS:
            if line[key] != row[key] and not (key == "quantity" and Fraction(line[key]) == Fraction(row[key])):
                raise Difference(f"{key} is {line[key]} and was {row[key]}")
        ours = {"from": charge.start, "until": charge.end, "counted": charge.counted, "unit_price": charge.unit_price}
        theirs = {"from": moment(line["from"]), "until": moment(line["until"]), "counted": Fraction(line["counted"]),
                  "unit_price": Fraction(line["unit_price"]) if line["unit_price"] else None}
        money = {key: getattr(charge, key) for key in MONEY}
        said = {key: int(Fraction(line[key]) * 10**8) for key in MONEY}
        if (ours, money) != (theirs, said):
            raise Difference(f"{theirs} {said} was written; it is {ours} {money}")


def expectation(book, number, row, until, months):
    """The charges of a row; None where it cannot be rated."""
    use = span(book, row, until)
    if use is None:
        return None
    start, end, quantity, product = use
    if start == end:
        return []
    schedule = book.schedule(row["product"], row["flavor"], row["account"], row["project"])
    if book.depends_on_month(row["product"], row["flavor"]):
        return months[number]
    charges = []
    for begin, stop in hours(start, end):
        more, _ = charges_of_hour(book, schedule, product, begin, stop, quantity, Fraction(0))
        if more is None:
            return None
        charges += more
    return charges
