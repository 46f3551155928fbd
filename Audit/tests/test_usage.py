"""Audits of usage files: what is right is agreed to, what is changed is found."""

import unittest

from support import NOON, audited, text

PLAIN = text("per_hour: 0.66, from: 2026-01-01")
USAGE = "acme,lab,job,p,a,2,2026-03-01T07:29:16Z,2026-03-01T08:30:30Z\nacme,lab,job2,p,a,1,1772337600,1772337601\n"
# 1,844 s × 2 × 0.66 / 3600 = 0.67613333…; 1,830 s × 2 × 0.66 / 3600 = 0.671; 0.66 / 3600 = 0.00018333…
RIGHT = [
    "2,acme,lab,job,p,a,2,2026-03-01T07:29:16Z,2026-03-01T08:00:00Z,3688,0.66,0.67613333,0,0,0.67613333",
    "2,acme,lab,job,p,a,2,2026-03-01T08:00:00Z,2026-03-01T08:30:30Z,3660,0.66,0.671,0,0,0.671",
    "3,acme,lab,job2,p,a,1,2026-03-01T04:00:00Z,2026-03-01T04:00:01Z,1,0.66,0.00018333,0,0,0.00018333",
]
TIERS = text("graduated: [{up_to: 1, per_unit: 2, flat: 1}, {per_unit: 0.5}], minimum: 5, from: 2026-01-01")


def lines(rows):
    return "".join(row + "\n" for row in rows)


class PlainTest(unittest.TestCase):
    def found(self, rows, book=PLAIN, usage=USAGE, rejects="", **more):
        code, said = audited(book, usage, lines(rows), rejects, **more)
        self.assertEqual(code, 1, said)
        return said

    def test_right_lines_agree(self):
        code, said = audited(PLAIN, USAGE, lines(RIGHT), "")
        self.assertEqual((code, said), (0, "2 rows of usage\n3 lines compared, 0 differences\n"))

    def test_one_digit(self):
        for row, (old, new) in enumerate(
            [("0.67613333,0,0", "0.67613334,0,0"), ("T08:30:30", "T08:30:31"), (",a,1,", ",a,2,")]
        ):
            rows = list(RIGHT)
            rows[row] = rows[row].replace(old, new)
            self.assertNotEqual(rows, RIGHT)
            self.assertIn(f"line {rows[row][0]}: written was {rows[row]}; it is {RIGHT[row]}", self.found(rows))

    def test_every_digit_of_every_line(self):
        for index, row in enumerate(RIGHT):
            for place, letter in enumerate(row):
                if letter.isdigit():
                    changed = row[:place] + str((int(letter) + 1) % 10) + row[place + 1 :]
                    code, said = audited(PLAIN, USAGE, lines([*RIGHT[:index], changed, *RIGHT[index + 1 :]]), "")
                    self.assertEqual(code, 1, changed)

    def test_a_line_dropped(self):
        for index in range(3):
            self.assertIn(f"line {RIGHT[index][0]}: ", self.found(RIGHT[:index] + RIGHT[index + 1 :]))

    def test_a_line_twice_swapped_or_of_no_row(self):
        self.found([*RIGHT, RIGHT[-1]])
        self.found([RIGHT[1], RIGHT[0], RIGHT[2]])
        self.found([RIGHT[2], RIGHT[0], RIGHT[1]])
        self.found([*RIGHT, RIGHT[-1].replace("3,", "4,", 1)])

    def test_two_amounts_swapped(self):
        rows = [
            RIGHT[0].replace("0.67613333", "0.671"),
            RIGHT[1].replace("0.671,", "0.67613333,").replace(",0.671", ",0.67613333"),
            RIGHT[2],
        ]
        self.assertIn("line 2: ", self.found(rows))

    def test_refused_rows(self):
        unknown = "acme,lab,job3,p,b,1,1772337600,1772337601"
        usage = USAGE + unknown + "\n"
        self.assertIn("line 4: was not refused and cannot be rated (no price)", self.found(RIGHT, usage=usage))
        refused = f'4,no price,"{unknown}"\n'
        self.assertEqual(audited(PLAIN, usage, lines(RIGHT), refused)[0], 0)
        self.assertIn("was refused and can be rated", self.found(RIGHT, rejects=f'3,x,"{USAGE.split(chr(10))[1]}"\n'))
        self.assertIn(
            "was refused as another row", self.found(RIGHT, usage=usage, rejects=refused.replace("job3", "job4"))
        )

    def test_an_open_use_is_clipped(self):
        usage = f"acme,lab,job,p,a,1,{NOON},\n"
        row = "2,acme,lab,job,p,a,1,2026-03-01T04:00:00Z,2026-03-01T04:00:01Z,1,0.66,0.00018333,0,0,0.00018333\n"
        self.assertEqual(audited(PLAIN, usage, row, "", until=str(NOON + 1))[0], 0)
        self.assertEqual(audited(PLAIN, usage, row, "")[0], 1)

    def test_wrong_usage(self):
        self.assertEqual(audited(PLAIN, USAGE, lines(RIGHT), head="account,project\n")[0], 2)
        self.assertEqual(audited("id: x\n", USAGE, lines(RIGHT))[0], 2)


class MonthTest(unittest.TestCase):
    # Line 3 is used before line 2: its hour is 1 + 2 = 3, and half an hour more at 0.5 is 0.25; 5 − 3.25 is missing.
    usage = f"acme,lab,x,p,a,1,{NOON + 3600},{NOON + 5400}\nacme,other,y,p,a,1,{NOON},{NOON + 3600}\n"
    right = [
        "2,acme,lab,x,p,a,1,2026-03-01T05:00:00Z,2026-03-01T05:30:00Z,1800,,0.25,0,0,0.25",
        "2,acme,lab,x,p,a,1,2026-03-01T05:30:00Z,2026-03-01T05:30:00Z,0,,1.75,0,0,1.75",
        "3,acme,other,y,p,a,1,2026-03-01T04:00:00Z,2026-03-01T05:00:00Z,3600,,3,0,0,3",
    ]

    def test_months_are_priced_in_order_of_time(self):
        code, said = audited(TIERS, self.usage, lines(self.right), "")
        self.assertEqual((code, said), (0, "2 rows of usage\n3 lines compared, 0 differences\n"))

    def test_what_is_changed_is_found(self):
        a, b, c = self.right
        for rows, what in (
            ([a.replace("0.25", "0.26"), b, c], "line 2: piece 1"),
            ([a, b.replace("1.75", "1.74"), c], "line 2: minimum"),
            ([a, c], "line 2: the minimum of 2026-03 is missing"),
            ([a, b, b, c], "line 2: a minimum"),
            ([b, c], "line 2: "),
            ([a, b], "line 3: 0 lines were written, there are 1"),
            ([a, b, c.replace(",3,0,0,3", ",0.25,0,0,0.25")], "line 3: piece 1"),
        ):
            code, said = audited(TIERS, self.usage, lines(rows), "")
            self.assertEqual(code, 1, said)
            self.assertIn(what, said)

    def test_a_minimum_is_that_of_the_months_last_second(self):
        # Used at the first price, which asks for nothing; what the month costs at least is said by the later one.
        first = text("per_unit: 2, from: 2026-01-01, until: 2026-03-20")
        later = next(line for line in first.splitlines() if "per_unit" in line)
        book = first + later.replace("from: 2026-01-01, until: 2026-03-20", "minimum: 5, from: 2026-03-20") + "\n"
        usage = f"acme,lab,x,p,a,1,{NOON},{NOON + 3600}\n"
        used = "2,acme,lab,x,p,a,1,2026-03-01T04:00:00Z,2026-03-01T05:00:00Z,3600,2,2,0,0,2\n"
        rest = "2,acme,lab,x,p,a,1,2026-03-01T05:00:00Z,2026-03-01T05:00:00Z,0,,3,0,0,3\n"
        code, said = audited(book, usage, used + rest, "")
        self.assertEqual(code, 0, said)
        self.assertEqual(audited(book, usage, used, "")[0], 1)

    def test_a_refused_row_changes_nothing_for_others(self):
        # Line 2 has no price in its last second, so it is refused whole; line 3 is the month's first use and pays.
        book = text("flat: 0.9, from: 2026-03-01T00:00:00, until: 2026-03-02T00:00:00")
        bad = f"acme,lab,x,p,a,1,{NOON},{NOON + 43201}"
        usage = f"{bad}\nacme,lab,y,p,a,2,{NOON + 7200},{NOON + 7260}\n"
        row = "3,acme,lab,y,p,a,2,2026-03-01T06:00:00Z,2026-03-01T06:01:00Z,120,,0.9,0,0,0.9\n"
        self.assertEqual(audited(book, usage, row, f'2,no price,"{bad}"\n')[0], 0)
        self.assertEqual(audited(book, usage, row.replace("0.9", "0"), f'2,no price,"{bad}"\n')[0], 1)

    def test_months_begin_anew(self):
        # 2026-04-01T00:00:00+08:00 is 2026-03-31T16:00:00Z: both hours pay the flat fee of their month.
        book = text("flat: 1.5, from: 2026-01-01")
        usage = "acme,lab,x,p,a,1,2026-03-31T15:00:00Z,2026-03-31T17:00:00Z\n"
        rows = [
            "2,acme,lab,x,p,a,1,2026-03-31T15:00:00Z,2026-03-31T16:00:00Z,3600,,1.5,0,0,1.5",
            "2,acme,lab,x,p,a,1,2026-03-31T16:00:00Z,2026-03-31T17:00:00Z,3600,,1.5,0,0,1.5",
        ]
        self.assertEqual(audited(book, usage, lines(rows), "")[0], 0)

    def test_pieces_are_counted_once_at_the_start(self):
        book = text("per_unit: 0.000539, from: 2026-01-01", unit='"1,000 tokens"')
        row = "2,a,b,,p,a,1500,2026-03-01T04:00:00Z,2026-03-01T04:00:01Z,1500,0.000539,0.0008085,0,0,0.0008085\n"
        self.assertEqual(audited(book, f"a,b,,p,a,1500,{NOON},{NOON + 9999}\n", row, "")[0], 0)


if __name__ == "__main__":
    unittest.main()
