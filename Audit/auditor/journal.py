"""Postings, balances, and how each line was paid."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from .table import Row, money, parts, table

_MONEY = ("list", "discount", "truncated", "due", "coupon", "cash", "credit", "arrears")


def differences(folder: Path, lines: list[Row]) -> Iterator[str]:
    """What does not fit in the journal, in the order of its postings."""
    entries: dict[str, list[Row]] = defaultdict(list)
    for entry in table(folder, "entries"):
        entries[entry["posting"]].append(entry)
    postings = table(folder, "postings")
    yield from _balanced(postings, entries)
    yield from _stored(table(folder, "balances"), entries)
    yield from _paid(lines, postings, entries, table(folder, "accounts"))


def _balanced(postings: list[Row], entries: dict[str, list[Row]]) -> Iterator[str]:
    ids = Counter(posting["id"] for posting in postings)
    for posting in postings:
        sums: Counter[str] = Counter()
        for entry in entries[posting["id"]]:
            sums[entry["currency"]] += money(entry["amount"])
        if ids[posting["id"]] > 1:
            yield f"posting {posting['number']}: its id stands twice"
        for currency in sorted(sums):
            if sums[currency]:
                yield (
                    f"posting {posting['number']}: its entries sum to {sums[currency]} x 10^-8 {currency}, not to zero"
                )
    for stray in sorted(entries.keys() - ids.keys()):
        yield f"entries of posting {stray}, which is not there"


def _stored(balances: list[Row], entries: dict[str, list[Row]]) -> Iterator[str]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for entry in (entry for several in entries.values() for entry in several):
        sums[entry["owner"], entry["kind"], entry["currency"]] += money(entry["amount"])
    stored = {(row["owner"], row["kind"], row["currency"]): money(row["amount"]) for row in balances}
    if len(stored) != len(balances):
        yield "a balance stands twice"
    for key in sorted(sums.keys() | stored.keys()):
        if sums[key] != stored.get(key, 0):
            yield f"balance {'/'.join(key)}: {stored.get(key, 0)} x 10^-8 stands there, its entries sum to {sums[key]}"


def _paid(lines: list[Row], postings: list[Row], entries: dict[str, list[Row]], accounts: list[Row]) -> Iterator[str]:
    charges: dict[str, list[str]] = defaultdict(list)
    for posting in postings:
        if posting["kind"] == "charge" and not posting["reference"].startswith("package:"):
            charges[posting["reference"]].append(posting["id"])
    currencies = {row["account"]: row["currency"] for row in accounts}
    numbers = Counter(line["id"] for line in lines)
    groups: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        name, amounts = f"line {line['number']}", {key: money(line[key]) for key in _MONEY}
        if numbers[line["id"]] > 1:
            yield f"{name}: its id stands twice"
        if amounts["list"] != amounts["discount"] + amounts["truncated"] + amounts["due"]:
            yield f"{name}: list {line['list']} is not discount + truncated + due"
        if amounts["due"] != amounts["coupon"] + amounts["cash"] + amounts["credit"] + amounts["arrears"]:
            yield f"{name}: due {line['due']} is not coupon + cash + credit + arrears"
        if amounts["coupon"] != sum(amount for _, amount in parts(line["coupons"], 8)):
            yield f"{name}: coupon {line['coupon']} is not what its coupons pay: {line['coupons']}"
        groups[_reference(line)].append(line)
    for reference, several in groups.items():
        name = f"line {several[0]['number']}" if len(several) == 1 else f"the {len(several)} lines of {reference}"
        found = charges.pop(reference, [])
        if len(found) != 1:
            yield f"{name}: {len(found)} postings charge it, not one"
            continue
        if len({line["account"] for line in several}) > 1:
            yield f"{name}: they are of several accounts"
        right = _entries(several, currencies.get(several[0]["account"], ""))
        said = Counter(map(_entry, entries[found[0]]))
        if said != right:
            yield f"{name}: its posting says {_told(said)}; it should say {_told(right)}"
    for stray in charges:
        yield f"a posting charges line {stray}, which is not there"


def _reference(line: Row) -> str:
    """How the posting that charges a line refers to it: by its id, or with others by the posting's own."""
    return f"settlement:{line['settlement']}" if line["settlement"] else line["id"]


def _entries(lines: list[Row], currency: str) -> Counter[tuple[str, str, str, int]]:
    amounts = {key: sum(money(line[key]) for line in lines) for key in _MONEY}
    kinds = {
        "cash": -amounts["cash"],
        "credit": -amounts["credit"],
        "arrears": -amounts["arrears"],
        "revenue": amounts["due"] + amounts["truncated"],
        "truncation": -amounts["truncated"],
    }
    coupons: Counter[str] = Counter()
    for line in lines:
        for name, amount in parts(line["coupons"], 8):
            coupons[name] -= amount
    found = Counter({(lines[0]["account"], kind, currency, amount): 1 for kind, amount in kinds.items() if amount})
    return found + Counter({(name, "coupon", currency, amount): 1 for name, amount in coupons.items() if amount})


def _entry(entry: Row) -> tuple[str, str, str, int]:
    return entry["owner"], entry["kind"], entry["currency"], money(entry["amount"])


def _told(entries: Counter[tuple[str, str, str, int]]) -> str:
    return ", ".join(f"{kind} {amount}" for _, kind, _, amount in sorted(entries)) or "nothing"
