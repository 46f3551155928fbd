"""Packages and coupons in exported books: a small month by hand, and every way of changing it is found."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from support import run, text
from auditor.table import COLUMNS

TWO = 1774965600  # 2026-03-31T14:00:00Z, 22:00 in UTC+08:00
THREE, FOUR = TWO + 3600, TWO + 7200
BOOK = text("per_hour: 1, from: 2026-01-01").replace(
    "prices:\n", "prices:\n  - {product: p, flavor: b, per_hour: 2, from: 2026-01-01}\n"
)


def line(number, segment, flavor, hour, start, end, price, amount, kind, cash, packages, coupons, coupon):
    seconds = 0 if kind == "correction" else end - start
    return (
        f"{number},l{number},acc,lab,r-{segment},{segment},p,{flavor},1,{hour},{start},{end},{seconds},{seconds},"
        f"{price},v,{amount},0,,0,{amount},0/1,{kind},2026-03,1,{cash},0,0,,{packages},{coupons},{coupon}"
    )


# s1 runs for two hours at 1, s2 from 23:00 for half an hour at 2. The package small covers half an hour of flavor a
# each month, the package large an hour of anything, once; large was sold after both hours were billed, and takes half
# an hour from each of them: half an hour of s1 at 22:00, half an hour of s1 at 23:00 (s2 comes after it). The coupon
# soon pays 0.3 of what began before 23:00; late 0.5 of any. Corrections give back cash first, then coupons.
LINES = [
    line(1, "s1", "a", TWO, TWO, THREE, "1", "0.5", "usage", "0", "small:1800", '"soon:0.3,late:0.2"', "0.5"),
    line(2, "s1", "a", THREE, THREE, FOUR, "1", "1", "usage", "0.7", "", "late:0.3", "0.3"),
    line(3, "s2", "b", THREE, THREE, THREE + 1800, "2", "1", "usage", "1", "", "", "0"),
    line(4, "s1", "a", TWO, TWO, THREE, "1", "-0.5", "correction", "0", "large:1800", '"late:-0.2,soon:-0.3"', "-0.5"),
    line(5, "s1", "a", THREE, THREE, FOUR, "1", "-0.5", "correction", "-0.5", "large:1800", "", "0"),
]
TABLES = {
    "accounts": ["acc,t,USD"],
    "segments": [f"{name},acc,lab,r-{name},n,p,{flavor},1,t,," for name, flavor in (("s1", "a"), ("s2", "b"))],
    "facts": [f"s1,0,started,{TWO}", f"s1,1,ended,{FOUR}", f"s2,0,started,{THREE}", f"s2,1,ended,{THREE + 1800}"],
    "events": [],
    "coupons": [
        f"late,acc,,0.5,{TWO},{FOUR}",
        f"soon,acc,p,0.3,{TWO},{THREE}",
    ],
    "packages": [
        f"large,acc,p,,1,0,{TWO},{FOUR + 7200},9,0.25,1",
        f"small,acc,p,a,0.5,1,{TWO - 3600},{FOUR},5,0,1",
    ],
    "lines": LINES,
    "postings": [
        "1,t1,1,top-up,x",
        "2,g1,1,top-up,coupon:late",
        "3,g2,1,top-up,coupon:soon",
        *(f"{n + 3},c{n},1,charge,l{n}" for n in range(1, 6)),
        "9,b1,1,charge,package:large",
    ],
    "entries": [
        "t1,0,acc,cash,USD,5",
        "t1,1,acc,funding,USD,-5",
        "g1,0,late,coupon,USD,0.5",
        "g1,1,acc,funding,USD,-0.5",
        "g2,0,soon,coupon,USD,0.3",
        "g2,1,acc,funding,USD,-0.3",
        "c1,0,soon,coupon,USD,-0.3",
        "c1,1,late,coupon,USD,-0.2",
        "c1,2,acc,revenue,USD,0.5",
        "c2,0,acc,cash,USD,-0.7",
        "c2,1,late,coupon,USD,-0.3",
        "c2,2,acc,revenue,USD,1",
        "c3,0,acc,cash,USD,-1",
        "c3,1,acc,revenue,USD,1",
        "c4,0,late,coupon,USD,0.2",
        "c4,1,soon,coupon,USD,0.3",
        "c4,2,acc,revenue,USD,-0.5",
        "c5,0,acc,cash,USD,0.5",
        "c5,1,acc,revenue,USD,-0.5",
        "b1,0,acc,cash,USD,-0.25",
        "b1,1,acc,revenue,USD,0.25",
    ],
    "balances": [
        "acc,cash,USD,3.55",
        "acc,funding,USD,-5.8",
        "acc,revenue,USD,1.75",
        "late,coupon,USD,0.2",
        "soon,coupon,USD,0.3",
    ],
    "marks": [f"open hour,{FOUR}"],
}


def audited(changes: dict[str, list[str]] | None = None) -> tuple[int, str]:
    """What is said of the books with some tables changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "price-books").mkdir()
        (folder / "price-books" / "t.yaml").write_text(BOOK)
        for table, rows in (TABLES | (changes or {})).items():
            (folder / f"{table}.csv").write_text("\n".join([COLUMNS[table], *rows]) + "\n")
        return run(["books", name])


def changed(table: str, old: str, new: str) -> dict[str, list[str]]:
    """The first row that holds the old text, with the new."""
    rows = list(TABLES[table])
    index = next(index for index, row in enumerate(rows) if old in row)
    rows[index] = rows[index].replace(old, new)
    return {table: rows}


class BenefitTest(unittest.TestCase):
    def found(self, what: str, changes: dict[str, list[str]]):
        code, said = audited(changes)
        self.assertIn(what, said)
        self.assertEqual(code, 1)

    def test_what_is_right(self):
        self.assertEqual(audited(), (0, "5 lines compared, 0 differences\n"))

    def test_packages(self):
        hour = "segment s1, hour 2026-03-31T14:00:00Z: billed"
        self.found(hour, changed("packages", "small,acc,p,a,0.5,1", "small,acc,p,a,0.6,1"))
        self.found(hour, changed("packages", "small,acc,p,a", "small,acc,p,b"))
        self.found(hour, changed("packages", f"p,,1,0,{TWO}", f"p,,1,0,{THREE}"))
        self.found("segment s1, hour 2026-03-31T15:00:00Z: billed", changed("packages", "p,,1,0", "p,,0.75,0"))
        self.found("segment s2, hour 2026-03-31T15:00:00Z: billed", changed("packages", "p,,1,0", "p,,2,0"))
        self.found(hour, changed("lines", "small:1800", "small:1799"))
        self.found("package large: [('acc', '0.25')] was posted", changed("packages", "9,0.25,1", "9,0.26,1"))
        self.found("package small: [] was posted", changed("packages", ",5,0,1", ",5,1,1"))
        self.found("pays for the package large, which is not there", {"packages": TABLES["packages"][1:]})

    def test_a_package_that_no_close_has_looked_at_is_not_compared(self):
        rows = TABLES["packages"] + [f"new,acc,p,,9,0,{THREE},{FOUR},99,0,0"]
        self.assertEqual(audited({"packages": rows})[0], 0)
        rows = TABLES["packages"] + [f"new,acc,p,,9,0,{THREE},{FOUR},99,0,1"]
        self.found("segment s1, hour 2026-03-31T15:00:00Z: billed", {"packages": rows})

    def test_coupons(self):
        late = f"soon,acc,,0.3,{TWO},{FOUR + 1}"
        self.found("line 1: coupons pay", changed("coupons", f"soon,acc,p,0.3,{TWO},{THREE}", late))
        self.found("line 1: coupons pay", changed("coupons", f"0.3,{TWO}", f"0.3,{TWO + 1}"))
        self.found("line 2: coupons pay", changed("coupons", f"0.5,{TWO},{FOUR}", f"0.5,{TWO},{THREE}"))
        self.found("coupon soon: no posting grants its 0.4", changed("coupons", "p,0.3", "p,0.4"))
        self.found("grants the coupon soon, which is not there", {"coupons": TABLES["coupons"][:1]})
        self.found("coupon 0.4 is not what its coupons pay", changed("lines", "late:0.2\",0.5", "late:0.2\",0.4"))
        self.found("line 4: coupons pay", changed("lines", "late:-0.2,soon:-0.3", "soon:-0.3,late:-0.2"))
        self.found("its posting says", changed("entries", "c1,0,soon", "c1,0,late"))


if __name__ == "__main__":
    unittest.main()
