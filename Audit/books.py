"""Audits the exported books: postings, balances, and every closed hour of every bill from its facts."""

import collections
import csv
import pathlib
from fractions import Fraction

from pricebook import PriceBook, month_of
from rating import counted_span, charges_of_hour, close_month, hours

SUMS = ("seconds", "counted", "list", "discount", "truncated", "due")


def audit(folder):
    """(lines compared, differences)."""
    folder = pathlib.Path(folder)
    books = {}
    for path in sorted((folder / "price-books").iterdir()):
        book = PriceBook(path.read_text(encoding="utf-8"))
        books[book.id] = book
    lines = table(folder, "lines")
    differences = [*journal(folder, lines), *bills(folder, books, lines)]
    return len(lines), differences


def table(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def units(text):
    """Money in whole 10^-8."""
    value = Fraction(text) * 10**8
    assert value.denominator == 1, text
    return value.numerator


def journal(folder, lines):
    """What is wrong with postings, balances, and how lines are paid."""
    entries, charged = collections.defaultdict(list), collections.defaultdict(list)
    balances = collections.Counter()
    for entry in table(folder, "entries"):
        entries[entry["posting"]].append(entry)
        balances[entry["owner"], entry["kind"], entry["currency"]] += units(entry["amount"])
    for posting in table(folder, "postings"):
        sums = collections.Counter()
        for entry in entries[posting["id"]]:
            sums[entry["currency"]] += units(entry["amount"])
        if any(sums.values()):
            yield f"posting {posting['number']} does not sum to zero: {dict(sums)}"
        if posting["kind"] == "charge":
            charged[posting["reference"]].append(posting["id"])
    stored = {(row["owner"], row["kind"], row["currency"]): units(row["amount"]) for row in table(folder, "balances")}
    for account in sorted(stored.keys() | balances.keys()):
        if stored.get(account, 0) != balances[account]:
            yield f"balance {account} says {stored.get(account, 0)}, its entries give {balances[account]}"
    for line in lines:
        money = {key: units(line[key]) for key in ("list", "discount", "truncated", "due", "cash", "credit", "arrears")}
        if money["list"] != money["discount"] + money["truncated"] + money["due"]:
            yield f"line {line['number']}: list is not discount + truncated + due"
        if money["due"] != money["cash"] + money["credit"] + money["arrears"]:
            yield f"line {line['number']}: due is not what was paid"
        found = charged[line["id"]]
        if len(found) != 1:
            yield f"line {line['number']}: {len(found)} postings charge it"
            continue
        said = {entry["kind"]: units(entry["amount"]) for entry in entries[found[0]]}
        meant = {"cash": -money["cash"], "credit": -money["credit"], "arrears": -money["arrears"],
                 "truncation": -money["truncated"], "revenue": money["due"] + money["truncated"]}
        if said != {kind: amount for kind, amount in meant.items() if amount}:
            yield f"line {line['number']}: its posting says {said}, it should say {meant}"


def bills(folder, books, lines):
    """Closed hours that are not billed as their facts say."""
    marks = {row["name"]: int(row["second"]) for row in table(folder, "marks")}
    open_hour = marks.get("open hour")
    facts = collections.defaultdict(list)
    for fact in table(folder, "facts"):
        facts[fact["segment"]].append(fact)
    billed = collections.defaultdict(collections.Counter)
    for line in lines:
        kind = "minimum" if line["kind"] == "minimum" else "use"
        for key in SUMS:
            value = units(line[key]) if key not in ("seconds", "counted") else Fraction(line[key])
            billed[line["segment"], int(line["hour"]), kind][key] += value
    expected = collections.defaultdict(collections.Counter)
    open_parts = set()
    uses = collections.defaultdict(list)
    for segment in table(folder, "segments"):
        story = proven(facts[segment["segment"]])
        if story:
            uses[segment["account"], segment["product"], segment["flavor"]].append((segment, *story))
    for segments in uses.values():
        expect(books, segments, open_hour, expected, open_parts)
    for key in sorted(expected.keys() | billed.keys()):
        if key in open_parts or open_hour is None or key[1] >= open_hour:
            continue
        ours, theirs = ({name: expected[key][name] for name in SUMS}, {name: billed[key][name] for name in SUMS})
        if ours != theirs:
            yield f"stretch {key[0]}, hour {key[1]} ({key[2]}): billed {theirs}, proven {ours}"


def proven(facts):
    """(start, end, whether it ended) of a stretch; None without a start."""
    start = next((int(fact["at"]) for fact in facts if fact["kind"] == "started"), None)
    if start is None:
        return None
    ended = next((int(fact["at"]) for fact in facts if fact["kind"] == "ended"), None)
    alive = max((int(fact["at"]) for fact in facts if fact["kind"] == "alive"), default=start)
    return start, max(start, alive if ended is None else ended), ended is not None


def expect(books, segments, open_hour, expected, open_parts):
    """Adds what the closed hours of one use by one account should have on their lines."""
    parts = []
    for segment, start, end, is_ended in segments:
        book = books[segment["book"]]
        product = book.products[segment["product"]]
        start, end = counted_span(start, end, is_ended, product)
        schedule = book.schedule(segment["product"], segment["flavor"], segment["account"], segment["project"])
        for begin, stop in hours(start, end):
            hour = begin - begin % 3600
            if not is_ended and stop < hour + 3600:
                open_parts.add((segment["segment"], hour, "use"))
            parts.append((hour, segment["segment"], begin, stop, int(segment["quantity"]), schedule, book, product))
    parts.sort(key=lambda part: part[:2])
    used, month, last, greatest = Fraction(0), None, None, ""
    for hour, name, begin, stop, quantity, schedule, book, product in parts:
        if month is None or begin >= month[1]:
            close(expected, last, used, month)
            used, month, last, greatest = Fraction(0), month_of(begin), None, ""
        charges, used = charges_of_hour(book, schedule, product, begin, stop, quantity, used)
        for charge in charges or ():
            add(expected[name, hour, "use"], charge)
            greatest = max(greatest, name)
            last = (schedule, charge, book, product, greatest)
    close(expected, last, used, month)
    if open_hour is not None and month and month[1] > open_hour:
        open_parts.update(key for key in list(expected) if key[2] == "minimum" and key[1] >= open_hour)


def close(expected, last, used, month):
    """The month's minimum stands on the last clock hour of the month, on its last stretch by id."""
    if last:
        schedule, charge, book, product, name = last
        charge.end = month[1]
        result = {name: []}
        close_month(book, product, result, (name, schedule, charge), used)
        for minimum in result[name]:
            add(expected[name, month[1] - 3600, "minimum"], minimum)


def add(sums, charge):
    sums["seconds"] += charge.end - charge.start if charge.counted else 0
    sums["counted"] += charge.counted
    for key in ("list", "discount", "truncated", "due"):
        sums[key] += getattr(charge, key)
