"""What coupons pay of lines, gone through in the order of the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from .table import Row, money, parts, table


def differences(folder: Path, lines: list[Row]) -> Iterator[str]:
    """Coupons that were not granted as they stand, and lines that they did not pay as they should."""
    coupons = {row["coupon"]: row for row in table(folder, "coupons")}
    postings = table(folder, "postings")
    yield from _grants(folder, coupons, postings)
    charged: dict[str, list[Row]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: int(line["number"])):
        charged[f"settlement:{line['settlement']}" if line["settlement"] else line["id"]].append(line)
    left: dict[str, int] = {}
    standing: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for posting in sorted(postings, key=lambda posting: int(posting["number"])):
        granted = coupons.get(posting["reference"].removeprefix("coupon:"))
        if granted and posting["reference"].startswith("coupon:"):
            left[granted["coupon"]] = money(granted["granted"])
        for line in charged[posting["reference"]] if posting["kind"] == "charge" else ():
            before = standing[line["segment"], line["hour"]]
            said, right = parts(line["coupons"], 8), _paid(line, before, coupons, left)
            if said != right:
                yield f"line {line['number']}: coupons pay {said} of it; it should be {right}"
            for name, amount in said:
                left[name] = left.get(name, 0) - amount
                if left[name] < 0:
                    yield f"coupon {name} is below zero after line {line['number']}"
            before.append(line)


def _grants(folder: Path, coupons: dict[str, Row], postings: list[Row]) -> Iterator[str]:
    ids = {posting["id"]: posting["reference"] for posting in postings if posting["reference"].startswith("coupon:")}
    granted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in table(folder, "entries"):
        if entry["posting"] in ids:
            granted[ids[entry["posting"]].removeprefix("coupon:")].append((entry["kind"], entry["amount"]))
    for name, row in coupons.items():
        right = [("coupon", row["granted"]), ("funding", "-" + row["granted"])]
        if granted.pop(name, []) != right:
            yield f"coupon {name}: no posting grants its {row['granted']}, or another"
    for stray in sorted(granted):
        yield f"a posting grants the coupon {stray}, which is not there"


def _paid(line: Row, before: list[Row], coupons: dict[str, Row], left: dict[str, int]) -> list[tuple[str, int]]:
    due = money(line["due"])
    if due < 0:
        return _given_back(-due, before) if any(row["account"] == line["account"] for row in coupons.values()) else []
    found = []
    for row in sorted(coupons.values(), key=_order):
        name = row["coupon"]
        valid = int(row["valid_from"]) <= int(line["from"]) < int(row["valid_until"])
        part = min(due, left.get(name, 0))
        if part > 0 and valid and row["account"] == line["account"] and row["product"] in ("", line["product"]):
            found.append((name, part))
            due -= part
    return found


def _order(row: Row) -> tuple[bool, int, str]:
    """Those for one product first, then the one that expires first."""
    return row["product"] == "", int(row["valid_until"]), row["coupon"]


def _given_back(amount: int, before: list[Row]) -> list[tuple[str, int]]:
    """First what the wallet paid of the hour is given back, then what coupons paid, the last first."""
    sums: dict[str, int] = {}
    wallet = 0
    for line in before:
        wallet += money(line["due"]) - money(line["coupon"])
        for name, part in parts(line["coupons"], 8):
            sums[name] = sums.get(name, 0) + part
    rest = amount - min(amount, max(0, wallet))
    found = []
    for name, paid in reversed(sums.items()):
        part = min(rest, paid)
        if part > 0:
            found.append((name, -part))
            rest -= part
    return found
