"""Which price holds for whom and when, what is counted, and the money of a line."""

import unittest

import support
from auditor.amounts import amounts
from auditor.metering import Metering
from auditor.moment import month, month_named, moment, written
from auditor.tariff import Tariff


def at(text):
    return moment(text, 8 * 3600)


def parts(prices, start, end, account="x", project="y", **more):
    tariff = Tariff(support.book(prices, **more), account, project, "p", "a")
    return [
        (
            written(part.start + 8 * 3600)[11:19],
            part.price and str(part.price.scheme.amount),
            part.discount and part.discount.name,
        )
        for part in tariff.parts(at(start), at(end))
    ]


class TariffTest(unittest.TestCase):
    def test_hours_of_the_zone_and_dates(self):
        prices = "per_hour: 1, from: 2026-01-01, until: 2026-03-01T10:30:05\nper_hour: 2, from: 2026-03-01T10:30:05"
        self.assertEqual(
            parts(prices, "2026-03-01T09:59:30", "2026-03-01T11:00:01"),
            [("09:59:30", "1", None), ("10:00:00", "1", None), ("10:30:05", "2", None), ("11:00:00", "2", None)],
        )

    def test_a_gap_has_no_price(self):
        prices = "per_hour: 1, from: 2026-01-01, until: 2026-03-01T10:10:00\nper_hour: 2, from: 2026-03-01T10:20:00"
        found = parts(prices, "2026-03-01T10:00:00", "2026-03-01T10:30:00")
        self.assertEqual([price for _, price, _ in found], ["1", None, "2"])

    def test_a_daily_price_goes_before_one_without_and_over_midnight(self):
        prices = 'per_hour: 1, from: 2026-01-01\nper_hour: 2, daily: "22:30-06:00", from: 2026-01-01'
        self.assertEqual(
            parts(prices, "2026-03-01T22:00:00", "2026-03-02T00:30:00"),
            [("22:00:00", "1", None), ("22:30:00", "2", None), ("23:00:00", "2", None), ("00:00:00", "2", None)],
        )
        self.assertEqual(
            parts(prices, "2026-03-02T05:59:59", "2026-03-02T06:00:01"),
            [("05:59:59", "2", None), ("06:00:00", "1", None)],
        )

    def test_a_project_goes_before_an_account_and_that_before_everyone(self):
        prices = (
            "per_hour: 1, from: 2026-01-01\nper_hour: 2, account: acme, from: 2026-01-01\n"
            'per_hour: 3, project: lab, from: 2026-01-01\nper_hour: 4, daily: "10:00-12:00", from: 2026-01-01'
        )
        for account, project, expected in (
            ("x", "y", "4"),
            ("acme", "y", "2"),
            ("acme", "lab", "3"),
            ("x", "lab", "3"),
        ):
            found = parts(prices, "2026-03-01T10:00:00", "2026-03-01T10:30:00", account, project)
            self.assertEqual(found, [("10:00:00", expected, None)])

    def test_the_greatest_discount_alone_and_a_cut_where_it_changes(self):
        discounts = (
            "discounts:\n  - {name: small, percent: 5, from: 2026-01-01}\n"
            "  - {name: big, percent: 12.5, account: x, from: 2026-03-01T10:15:00, until: 2026-03-01T10:45:00}\n"
            "  - {name: other, percent: 50, flavor: b, from: 2026-01-01}\n"
        )
        self.assertEqual(
            parts("per_hour: 1, from: 2026-01-01", "2026-03-01T10:00:00", "2026-03-01T11:00:00", discounts=discounts),
            [("10:00:00", "1", "small"), ("10:15:00", "1", "big"), ("10:45:00", "1", "small")],
        )


class MeteringTest(unittest.TestCase):
    def test_begun_minutes(self):
        # https://support.huaweicloud.com/intl/id-id/price-cae/cae_09_0004.html: 08:45:30 to 08:55:00 are ten minutes.
        start, end = Metering("minute").counted(at("2026-03-01T08:45:30"), at("2026-03-01T08:55:00"), True)
        self.assertEqual(end - start, 600)
        self.assertEqual(Metering("minute").counted(30, 220, False), (30, 210))

    def test_begun_days_but_the_last(self):
        found = Metering("day").counted(at("2026-03-01T23:59:59"), at("2026-03-03T00:00:01"), True)
        self.assertEqual(found, (at("2026-03-01"), at("2026-03-03")))

    def test_the_least_of_an_ended_use(self):
        self.assertEqual(Metering("second", 300).counted(10, 50, True), (10, 310))
        self.assertEqual(Metering("second", 300).counted(10, 500, True), (10, 500))
        self.assertEqual(Metering("second", 300).counted(10, 50, False), (10, 50))

    def test_months_of_the_zone(self):
        self.assertEqual(month_named(month(at("2026-03-01") - 1)), "2026-02")
        self.assertEqual(month_named(month(at("2026-03-01"))), "2026-03")


class AmountsTest(unittest.TestCase):
    def test_identity_and_cuts(self):
        half = 125 * 10**11  # 12.5 %
        self.assertEqual(amounts(1833333, half, "international"), (1833333, 229167, 0, 1604166))
        self.assertEqual(amounts(59931506, 0, "china"), (59931506, 0, 931506, 59000000))
        self.assertEqual(amounts(-59931506, half, "china"), (-59931506, -7491439, -440067, -52000000))
        self.assertEqual(amounts(5, 100 * 10**12, "international"), (5, 5, 0, 0))


if __name__ == "__main__":
    unittest.main()
