"""Exported books: a small month by hand, and every way of changing it is found."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from support import run, text
from auditor.table import COLUMNS

TWO = 1774965600  # 2026-03-31T14:00:00Z, 22:00 in UTC+08:00: two hours before the month ends
THREE, FOUR = TWO + 3600, TWO + 7200

BOOK = text("per_hour: 0.66, from: 2026-01-01").replace(
    "prices:\n",
    "prices:\n  - {product: p, flavor: b, graduated: [{up_to: 1, per_unit: 2, flat: 1}, {per_unit: 0.5}], minimum: 5,"
    " from: 2026-01-01}\n",
)
SEGMENTS = [f"{name},acc,lab,r-{name},n,p,{flavor},1,t" for name, flavor in (("s1", "a"), ("s2", "b"), ("s3", "a"))]
FACTS = [
    f"s1,0,started,{TWO}",
    f"s1,1,alive,{THREE + 600}",
    f"s1,2,ended,{THREE + 900}",
    f"s2,0,started,{THREE}",
    f"s2,1,ended,{THREE + 1800}",
    f"s3,0,started,{THREE}",
    f"s3,1,alive,{THREE + 600}",
]


def line(number, segment, flavor, hour, start, end, seconds, price, amount, kind, cash, credit="0", arrears="0"):
    return (
        f"{number},l{number},acc,lab,r-{segment},{segment},p,{flavor},1,"
        f"{hour},{start},{end},{seconds},{seconds},{price},v,"
        f"{amount},0,,0,{amount},0/1,{kind},2026-03,1,{cash},{credit},{arrears}"
    )


# 3,600 s are 0.66, 600 s 0.11 and the 300 s that were told late 0.055; half an hour of tiers is 1 + 0.5 × 2 = 2, and 3
# more make the minimum; what still runs has proven 600 s. 5.935 in all: 5 of cash, 0.5 of credit, and the rest is owed.
LINES = [
    line(1, "s1", "a", TWO, TWO, THREE, 3600, "0.66", "0.66", "usage", "0.66"),
    line(2, "s1", "a", THREE, THREE, THREE + 600, 600, "0.66", "0.11", "usage", "0.11"),
    line(3, "s1", "a", THREE, THREE + 600, THREE + 900, 300, "0.66", "0.055", "correction", "0.055"),
    line(4, "s2", "b", THREE, THREE, THREE + 1800, 1800, "", "2", "usage", "2"),
    line(5, "s2", "b", THREE, THREE, FOUR, 0, "", "3", "minimum", "2.175", "0.5", "0.325"),
    line(6, "s3", "a", THREE, THREE, THREE + 600, 600, "0.66", "0.11", "usage", "0", "0", "0.11"),
]
ENTRIES = [
    "t1,0,acc,cash,USD,5",
    "t1,1,acc,funding,USD,-5",
    "c1,0,acc,cash,USD,-0.66",
    "c1,1,acc,revenue,USD,0.66",
    "c2,0,acc,cash,USD,-0.11",
    "c2,1,acc,revenue,USD,0.11",
    "c3,0,acc,cash,USD,-0.055",
    "c3,1,acc,revenue,USD,0.055",
    "c4,0,acc,cash,USD,-2",
    "c4,1,acc,revenue,USD,2",
    "c5,0,acc,cash,USD,-2.175",
    "c5,1,acc,credit,USD,-0.5",
    "c5,2,acc,arrears,USD,-0.325",
    "c5,3,acc,revenue,USD,3",
    "c6,0,acc,arrears,USD,-0.11",
    "c6,1,acc,revenue,USD,0.11",
    "r1,0,acc,arrears,USD,-0.005",
    "r1,1,acc,rounding,USD,0.005",
]
SEGMENTS = [f"{row},," for row in SEGMENTS]  # no meter, billed for good
LINES = [f"{row}," for row in LINES]  # each charged by a posting of its own
TABLES = {
    "accounts": ["acc,t,USD"],
    "segments": SEGMENTS,
    "facts": FACTS,
    "events": [],
    "lines": LINES,
    "postings": [
        "1,t1,1,top-up,x",
        *(f"{n + 1},c{n},1,charge,l{n}" for n in range(1, 7)),
        "8,r1,1,rounding,cycle:acc/2026-03",
    ],
    "entries": ENTRIES,
    "balances": [
        "acc,cash,USD,0",
        "acc,funding,USD,-5",
        "acc,credit,USD,-0.5",
        "acc,arrears,USD,-0.44",
        "acc,revenue,USD,5.935",
        "acc,rounding,USD,0.005",
    ],
    "marks": [f"open hour,{FOUR}"],
}


def audited(changes: dict[str, list[str]] | None = None, book: str = BOOK) -> tuple[int, str]:
    """What is said of the books with some tables changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "price-books").mkdir()
        (folder / "price-books" / "t.yaml").write_text(book)
        for table, rows in (TABLES | (changes or {})).items():
            (folder / f"{table}.csv").write_text("\n".join([COLUMNS[table], *rows]) + "\n")
        return run(["books", name])


def changed(table: str, old: str, new: str) -> dict[str, list[str]]:
    """The first row that holds the old text, with the new."""
    rows = list(TABLES[table])
    index = next(index for index, row in enumerate(rows) if old in row)
    rows[index] = rows[index].replace(old, new, 1)
    return {table: rows}


class BooksTest(unittest.TestCase):
    def found(self, what: str, *changes: dict[str, list[str]], book: str = BOOK) -> None:
        tables: dict[str, list[str]] = {}
        for change in changes:
            tables |= change
        code, said = audited(tables, book)
        self.assertEqual(code, 1, said)
        self.assertIn(what, said)

    def test_right_books_agree(self):
        self.assertEqual(audited(), (0, "6 lines compared, 0 differences\n"))

    def test_what_was_told_after_its_hour_waits_for_the_next_bill(self):
        late = changed("facts", f"s1,2,ended,{THREE + 900}", f"s1,2,ended,{THREE + 960}")
        self.found("segment s1, hour", late)
        waiting = changed("segments", "s1,acc,lab,r-s1,n,p,a,1,t,,", f"s1,acc,lab,r-s1,n,p,a,1,t,,{THREE + 900}")
        self.assertEqual(audited(late | waiting), (0, "6 lines compared, 0 differences\n"))

    def test_a_digit_of_money(self):
        self.found("line 1: list 0.67 is not", changed("lines", ",v,0.66,", ",v,0.67,"))
        self.found("line 1: its posting says", changed("lines", ",0.66,0,0", ",0.65,0,0.01"))
        self.found("line 1: due 0.66 is not cash", changed("lines", ",0.66,0,0", ",0.65,0,0"))
        self.found("sum to 1 x 10^-8 USD", changed("entries", "USD,-0.66", "USD,-0.65999999"))
        self.found("balance acc/cash/USD", changed("balances", "cash,USD,0", "cash,USD,0.00000001"))

    def test_every_digit_of_lines_that_says_money_or_time(self):
        names = COLUMNS["lines"].split(",")
        looked_at = {
            "hour",
            "seconds",
            "counted",
            "list",
            "discount",
            "truncated",
            "due",
            "dropped",
            "cash",
            "credit",
            "arrears",
        }
        for index, row in enumerate(LINES[:5]):
            cells = row.split(",")
            for place in (place for place, name in enumerate(names) if name in looked_at):
                digits = cells[place]
                other = digits[:-1] + str((int(digits[-1]) + 1) % 10) if names[place] != "dropped" else "1/3"
                rows = [*LINES[:index], ",".join([*cells[:place], other, *cells[place + 1 :]]), *LINES[index + 1 :]]
                with self.subTest(line=index + 1, column=names[place]):
                    self.assertEqual(audited({"lines": rows})[0], 1)

    def test_a_line_dropped_with_its_posting(self):
        for index in range(5):
            self.found("a posting charges line", {"lines": LINES[:index] + LINES[index + 1 :]})

    def test_a_line_and_its_posting_dropped(self):
        # The journal fits; only the facts tell that an hour was not billed whole.
        entries = [row for row in ENTRIES if not row.startswith(("c3", "r1"))]
        tables = {
            "lines": [row for row in LINES if not row.startswith("3,")],
            "postings": [row for row in TABLES["postings"] if ",c3," not in row and ",r1," not in row],
            "entries": entries,
            "balances": [
                "acc,cash,USD,0.055",
                "acc,funding,USD,-5",
                "acc,credit,USD,-0.5",
                "acc,arrears,USD,-0.435",
                "acc,revenue,USD,5.88",
            ],
        }
        self.found("segment s1, hour 2026-03-31T15:00:00Z: billed seconds 600", tables)

    def test_two_amounts_swapped(self):
        rows = list(LINES)
        rows[0] = rows[0].replace("0.66,0,,0,0.66", "0.11,0,,0,0.11").replace(",0.66,0,0", ",0.11,0,0")
        rows[1] = rows[1].replace("0.11,0,,0,0.11", "0.66,0,,0,0.66").replace(",0.11,0,0", ",0.66,0,0")
        entries = [
            row.replace("0.66", "x").replace("0.11", "0.66").replace("x", "0.11") if row[:2] in ("c1", "c2") else row
            for row in ENTRIES
        ]
        self.found("segment s1, hour 2026-03-31T14:00:00Z", {"lines": rows, "entries": entries})

    def test_facts(self):
        self.found(
            "segment s1, hour 2026-03-31T15:00:00Z", changed("facts", f"ended,{THREE + 900}", f"ended,{THREE + 901}")
        )
        self.found(
            "segment s2, hour 2026-03-31T15:00:00Z", changed("facts", f"ended,{THREE + 1800}", f"ended,{THREE + 1801}")
        )
        self.found("it has facts but no start", {"facts": FACTS[1:]})
        self.found("no fact proves any", {"facts": FACTS[:3] + FACTS[5:]})

    def test_postings(self):
        self.found("line 2: 0 postings charge it", changed("postings", "charge,l2", "charge,l9"))
        self.found("line 1: 2 postings charge it", {"postings": [*TABLES["postings"], "9,c9,1,charge,l1"]})
        self.found("entries of posting t1, which is not there", {"postings": TABLES["postings"][1:]})

    def test_minimum_and_rounding(self):
        self.found("the minimum of 2026-03 was billed", book=BOOK.replace("minimum: 5", "minimum: 5.00000001"))
        rows = [row for row in TABLES["postings"] if ",r1," not in row]
        balances = [row.replace("-0.44", "-0.435") for row in TABLES["balances"] if "rounding" not in row]
        entries = [row for row in ENTRIES if not row.startswith("r1")]
        self.found(
            "rounding of acc in 2026-03 is missing: 500000 x 10^-8",
            {"postings": rows, "balances": balances, "entries": entries},
        )

    def test_an_hour_that_is_not_closed_is_not_compared(self):
        self.assertEqual(
            audited({"marks": [f"open hour,{FOUR}"], "facts": [*FACTS, f"s3,2,alive,{THREE + 700}"]})[0], 0
        )
        self.found("is not closed", {"marks": [f"open hour,{THREE}"]})

    def test_wrong_usage(self):
        self.assertEqual(run(["books", "/nonexistent"])[0], 2)
        self.assertEqual(audited({"lines": ["1,2,3"]})[0], 2)


if __name__ == "__main__":
    unittest.main()
