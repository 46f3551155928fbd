"""Meters, recounted from events: every aggregation and window with figures by hand, and books of one small day."""

from __future__ import annotations

import json
import tempfile
import unittest
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from support import run
from auditor.book import PriceBook
from auditor.event import Misfit, second
from auditor.packages import Use, cover
from auditor.recount import recount
from auditor.table import COLUMNS

EIGHT = 1772323200  # 2026-03-01T00:00:00Z, 08:00 in UTC+08:00
HOUR = 3600
BOOK = """id: t
name: T
currency: USD
site: international
products:
  - {id: p, name: P, service: s, resource: r, unit: piece, variants: [a, b]}
prices:
  - {product: p, flavor: a, per_unit: 0.5, from: 2026-01-01, until: 2026-03-01T09:30:00}
  - {product: p, flavor: a, per_unit: 2, from: 2026-03-01T09:30:00}
  - {product: p, flavor: b, graduated: [{up_to: 10, per_unit: 3}, {per_unit: 1}], from: 2026-01-01}
meters:
  - {id: m, event: e, product: p, METER, from: 2026-01-01}
"""
SUM = "flavor: a, aggregation: sum, value: data.n"


def at(after, n=1, name=None, **more):
    """An event so many seconds after eight."""
    hours, rest = divmod(after, HOUR)
    time = f"2026-03-{1 + hours // 24:02}T{hours % 24:02}:{rest // 60:02}:{rest % 60:02}Z"
    known = {"specversion": "1.0", "id": name or f"{after}/{n}", "source": "s", "type": "e"}
    return {**known, "time": time, "data": {"n": n}, **more}


def row(events, number=1, received=EIGHT + 90 * 86400):
    text = json.dumps(events).replace('"', '""')
    return f'{number},acc,acc,lab,t,{received}999,"{text}"'


def segment(flavor="a", resource="m", until=""):
    return f"seg-{resource}-{flavor},acc,lab,{resource},n,p,{flavor},1,t,m,{until}"


def counted(meter, *batches, segments=None):
    """What each segment counts by seconds after eight, and what is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, rows in {"segments": segments or [segment()], "events": batches}.items():
            (folder / f"{table}.csv").write_text("\n".join([COLUMNS[table], *rows]) + "\n")
        series, wrong = recount(folder, {"t": PriceBook(BOOK.replace("METER", meter))})
    found = {one.segment: [(since - EIGHT, value / 10**6) for since, value in one.counts()] for one in series}
    return (found["seg-m-a"] if list(found) == ["seg-m-a"] else found), wrong


class AggregationTest(unittest.TestCase):
    def counts(self, right, meter, *batches, segments=None):
        self.assertEqual(counted(meter, *batches, segments=segments), (right, []))

    def test_sum_and_count_are_split_where_a_price_begins(self):
        events = [at(10, 1), at(20, "2.5"), at(HOUR + 1799, 4), at(HOUR + 1800, 8), at(HOUR + 3599, "0.000001")]
        right = [(0, 3.5), (HOUR, 4), (HOUR + 1800, 8.000001)]
        self.counts(right, SUM, row(events[:2]), row(events[2:], 2))
        self.counts([(0, 2), (HOUR, 1), (HOUR + 1800, 2)], "flavor: a, aggregation: count", row(events))

    def test_the_greatest_of_each_window(self):
        # 08:00 of the first is 00:00 UTC; the day of UTC+08:00 ends at 16:00 UTC.
        events = [at(0, 3), at(HOUR, 2), at(2 * HOUR, 7), at(15 * HOUR, 8), at(16 * HOUR, 5), at(17 * HOUR, 6)]
        meter = "flavor: a, aggregation: max, value: data.n, window: "
        hours = [event["data"]["n"] for event in events]
        times = [0, HOUR, 2 * HOUR, 15 * HOUR, 16 * HOUR, 17 * HOUR]
        for window, right in [("hour", hours), ("day", [3, 0, 4, 1, 5, 1]), ("month", [3, 0, 4, 1, 0, 0])]:
            with self.subTest(window=window):
                # The last came first: what is late changes what the rest of its window adds.
                self.counts(list(zip(times, right)), meter + window, *(row([one]) for one in reversed(events)))

    def test_the_latest_of_each_window(self):
        events = [at(5, 3), at(9, 2), at(HOUR, 7), at(16 * HOUR, 5), at(17 * HOUR, 1), at(17 * HOUR - 1, 9)]
        meter = "flavor: a, aggregation: latest, value: data.n, window: "
        times = [0, HOUR, 16 * HOUR, 17 * HOUR]
        for window, right in [("hour", [2, 7, 9, 1]), ("day", [2, 5, 9, -8]), ("month", [2, 5, 2, -8])]:
            with self.subTest(window=window):
                self.counts(list(zip(times, right)), meter + window, row(events))
                self.counts(list(zip(times, right)), meter + window, row(events[::-1]))

    def test_the_latest_of_one_second(self):
        def tie(name):
            return int.from_bytes(sha256(f"acc\0s\0{name}".encode()).digest()[8:16], "big", signed=True)

        names = sorted("abcdef", key=tie)
        self.assertLess(tie(names[0]), 0)  # so that the sign matters
        events = [at(7, number, name) for number, name in enumerate(names)]
        for order in (events, events[::-1]):
            self.counts([(0, 5)], "flavor: a, aggregation: latest, value: data.n", row(order))

    def test_values_count_where_their_window_saw_them_first(self):
        meter = "flavor: a, aggregation: unique, value: data.n, window: "
        events = [at(HOUR, "x"), at(HOUR + 1, "y"), at(2 * HOUR, "x"), at(2 * HOUR, 1)]
        events += [at(16 * HOUR, "1"), at(16 * HOUR, True)]
        late = row([at(0, "x")], 2)
        for window, right in [("hour", [1, 2, 2, 2]), ("day", [1, 1, 1, 2]), ("month", [1, 1, 1, 1])]:
            with self.subTest(window=window):
                self.counts(list(zip([0, HOUR, 2 * HOUR, 16 * HOUR], right)), meter + window, row(events), late)

    def test_who_and_when(self):
        segments = [segment("a", "m"), segment("b", "m"), segment("b", "x")]
        events = [at(0, "a"), at(0, "b", "1"), at(0, "b", "2", subject="x"), at(0, "b", "3", subject=None)]
        right = {"seg-m-a": [(0, 1)], "seg-m-b": [(0, 2)], "seg-x-b": [(0, 1)]}
        self.counts(right, "flavor_from: data.n, aggregation: count", row(events), segments=segments)
        # It came at 08:59:50: five minutes ahead counts then, and so does what says no time.
        ahead, silent = at(HOUR + 290, 2), at(0, 4)
        del silent["time"]
        self.counts([(0, 6)], SUM, row([ahead, silent], received=EIGHT + HOUR - 10))

    def test_times(self):
        for text in ("2026-03-01T08:00:00+08:00", "2026-03-01 00:00:00.999z", "2026-02-28t19:30:00-04:30"):
            self.assertEqual(second(text), EIGHT)
        self.assertEqual(second("2026-03-01T00:00:60Z"), EIGHT + 59)
        for text in ("2026-03-01T00:00:00", "2026-02-29T00:00:00Z", "2026-03-01"):
            self.assertRaises(Misfit, second, text)

    def test_what_cannot_have_been_taken(self):
        for event, what in [
            (at(0, -1), "data.n is no plain decimal"),
            (at(0, 1e-7), "data.n is no plain decimal"),
            (at(0, None), "data.n is no plain decimal"),
            (at(0, data={}), "it has no data.n"),
            (at(0, type="f"), "no meter counts f"),
            (at(0, time="2025-12-31T15:59:59Z"), "no meter counts e"),
            (at(0, time="2099-01-01T00:00:00Z"), "more than 300 seconds ahead"),
            (at(0, subject="x"), "there is no segment of meter m for x"),
            (at(0, account="other"), "for account other"),
            (at(0, id=7), "its id is no text"),
            (7, "it is no object"),
        ]:
            with self.subTest(what=what):
                wrong = counted(SUM, row([event]))[1]
                self.assertEqual(len(wrong), 1)
                self.assertTrue(wrong[0].startswith("batch 1: event 1: "), wrong)
                self.assertIn(what, wrong[0])
        self.assertIn("cannot be read", counted(SUM, "1,acc,acc,lab,t,1,[")[1][0])

    def test_an_event_that_stands_twice(self):
        self.assertEqual(
            counted(SUM, row([at(0, 1, "n")]), row([at(9, 1, "n")], 2))[1],
            ["batch 2: an event has the sender, source and id of one of batch 1"],
        )

    def test_what_packages_give_back(self):
        # 5 used, 3 of them covered, 2 priced; 3 are taken back: the 2 that were priced, and 1 of the package's.
        package = {"package": "k", "flavor": "", "effective_from": "0", "expires_at": str(2 * EIGHT), "monthly": "0"}
        package |= {"size": "3", "applied": "1"}
        uses = [
            Use(EIGHT + n * HOUR, "s", EIGHT + n * HOUR, "a", counted * 10**6, Fraction(1), True)
            for n, counted in enumerate((5, -3, 4))
        ]
        parts = cover([package], uses).parts
        right = [(("k", 3000000),), (("k", -1000000),), (("k", 1000000),)]
        self.assertEqual([parts["s", use.start] for use in uses], right)


def line(number, flavor, start, end, counted, price, amount, kind="usage"):
    hour = start // HOUR * HOUR
    return (
        f"{number},l{number},acc,lab,m,seg-m-{flavor},p,{flavor},1,{hour},{start},{end},0,{counted},{price},v,"
        f"{amount},0,,0,{amount},0/1,{kind},2026-03,1,{amount},0,0,,,,0"
    )


def audited(meter, events, lines, segments, hours=4):
    """What is said of books in which cash pays these lines."""
    sums = sum(round(float(one.split(",")[25]) * 100) for one in lines) / 100
    entries = []
    for one in lines:
        number, amount = one.split(",")[0], one.split(",")[20]
        minus = amount[1:] if amount[0] == "-" else "-" + amount
        entries += [f"c{number},0,acc,cash,USD,{minus}", f"c{number},1,acc,revenue,USD,{amount}"]
    tables = {
        "accounts": ["acc,t,USD"],
        "segments": segments,
        "facts": [],
        "events": events,
        "coupons": [],
        "packages": [],
        "lines": lines,
        "postings": [f"{one.split(',')[0]},c{one.split(',')[0]},1,charge,{one.split(',')[1]}" for one in lines],
        "entries": entries,
        "balances": [f"acc,cash,USD,{-sums}", f"acc,revenue,USD,{sums}"],
        "marks": [f"open hour,{EIGHT + hours * HOUR}"],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "price-books").mkdir()
        (folder / "price-books" / "t.yaml").write_text(BOOK.replace("METER", meter))
        for table, rows in tables.items():
            (folder / f"{table}.csv").write_text("\n".join([COLUMNS[table], *rows]) + "\n")
        return run(["books", name])


class LinesTest(unittest.TestCase):
    # 3 at 0.5 from eight; from nine 4 at 0.5, from half past nine 8 at 2; 2 at 0.5 that came late for eight.
    EVENTS = [row([at(10, 3), at(HOUR + 60, 4), at(HOUR + 1800, 8)]), row([at(20, 2)], 2)]
    LINES = [
        line(1, "a", EIGHT, EIGHT + HOUR, 3, "0.5", "1.5"),
        line(2, "a", EIGHT + HOUR, EIGHT + HOUR + 1800, 4, "0.5", "2"),
        line(3, "a", EIGHT + HOUR + 1800, EIGHT + 2 * HOUR, 8, "2", "16"),
        line(4, "a", EIGHT, EIGHT + HOUR, 2, "0.5", "1", "correction"),
    ]

    def test_lines_agree(self):
        self.assertEqual(audited(SUM, self.EVENTS, self.LINES, [segment()]), (0, "4 lines compared, 0 differences\n"))

    def test_a_changed_value_is_named(self):
        changed = [one.replace('""n"": 4', '""n"": 5') for one in self.EVENTS]
        code, said = audited(SUM, changed, self.LINES, [segment()])
        self.assertEqual(code, 1)
        self.assertIn("segment seg-m-a (meter m, resource m), hour 2026-03-01T01:00:00Z: billed seconds 0", said)
        self.assertIn("1 differences", said)

    def test_lines_without_events_and_events_without_lines(self):
        self.assertIn("no event proves any", audited(SUM, self.EVENTS[1:], self.LINES, [segment()])[1])
        code, said = audited(SUM, self.EVENTS, self.LINES[:3], [segment()])
        self.assertEqual((code, "hour 2026-03-01T00:00:00Z: billed" in said), (1, True), said)

    def test_what_no_bill_shows_yet_waits_for_the_next_close(self):
        # The late 2 of eight are not billed; with them all behind them may still change.
        waiting = audited(SUM, self.EVENTS, self.LINES[:3], [segment(until=str(EIGHT))])
        self.assertEqual(waiting, (0, "3 lines compared, 0 differences\n"))
        later = [*self.EVENTS, row([at(4 * HOUR, 7)], 3)]
        self.assertEqual(audited(SUM, later, self.LINES, [segment(until=str(EIGHT + 4 * HOUR))])[0], 0)
        self.assertEqual(audited(SUM, self.EVENTS, self.LINES[:3], [segment(until=str(EIGHT + HOUR))])[0], 1)

    def test_tiers_over_a_month(self):
        # 10 cost 3 each, the rest 1: 8 are 24; 5 are 2 × 3 + 3 × 1 = 9; 1 that came late for eight, and moves one of
        # nine behind the tier: 3 more at eight, 2 less at nine.
        meter = SUM.replace("flavor: a", "flavor: b")
        events = [row([at(10, 8), at(HOUR, 5)]), row([at(11, 1)], 2)]
        lines = [
            line(1, "b", EIGHT, EIGHT + HOUR, 8, "", "24"),
            line(2, "b", EIGHT + HOUR, EIGHT + 2 * HOUR, 5, "", "9"),
            line(3, "b", EIGHT, EIGHT + HOUR, 1, "", "3", "correction"),
            line(4, "b", EIGHT + HOUR, EIGHT + 2 * HOUR, 0, "", "-2", "correction"),
        ]
        self.assertEqual(audited(meter, events, lines, [segment("b")]), (0, "4 lines compared, 0 differences\n"))
        self.assertEqual(audited(meter, events, lines[:3], [segment("b")])[0], 1)
        self.assertEqual(audited(meter, events, lines[:2], [segment("b", until=str(EIGHT))])[0], 0)

    def test_a_latest_value_that_falls(self):
        meter = "flavor: a, aggregation: latest, value: data.n, window: day"
        lines = [
            line(1, "a", EIGHT, EIGHT + HOUR, 6, "0.5", "3"),
            line(2, "a", EIGHT + HOUR, EIGHT + HOUR + 1800, -4, "0.5", "-2"),
        ]
        self.assertEqual(audited(meter, [row([at(1, 6), at(HOUR, 2)])], lines, [segment()])[0], 0)


if __name__ == "__main__":
    unittest.main()
