"""What a month's rounding to the cent moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from .book import PriceBook
from .moment import month, month_named
from .table import Row, money, table

_CENT = 10**6


def differences(folder: Path, lines: list[Row], books: dict[str, PriceBook], end: int) -> Iterator[str]:
    """Ended months of international accounts whose lines were not rounded half up to the cent, once."""
    accounts = {row["account"]: row for row in table(folder, "accounts")}
    sums: Counter[tuple[str, str]] = Counter()
    for line in lines:
        sums[line["account"], line["cycle"]] += money(line["due"])
    for (account, cycle), moved in sorted(_moved(folder).items()):
        row = accounts.get(account)
        due = sums.pop((account, cycle), 0)
        right = rounded(due) - due if row and books[row["book"]].site == "international" else 0
        if moved != [right]:
            yield f"rounding of {account} in {cycle}: {moved} x 10^-8 was posted; it is {right}"
    for (account, cycle), due in sorted(sums.items()):
        row = accounts.get(account)
        if (
            row
            and books[row["book"]].site == "international"
            and cycle < month_named(month(end))
            and rounded(due) != due
        ):
            yield f"rounding of {account} in {cycle} is missing: {rounded(due) - due} x 10^-8"


def rounded(amount: int) -> int:
    """Half up to the cent, away from zero for what is owed back."""
    whole = (abs(amount) + _CENT // 2) // _CENT * _CENT
    return whole if amount >= 0 else -whole


def _moved(folder: Path) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    amounts = {row["posting"]: money(row["amount"]) for row in table(folder, "entries") if row["kind"] == "rounding"}
    for posting in table(folder, "postings"):
        if posting["kind"] == "rounding":
            account, _, cycle = posting["reference"].removeprefix("cycle:").rpartition("/")
            found[account, cycle].append(amounts.get(posting["id"], 0))
    return found
