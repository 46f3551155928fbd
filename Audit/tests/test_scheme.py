"""What months come to, by hand."""

import unittest
from fractions import Fraction

import support

MICRO = 10**6


def fee(prices, counted, unit="piece"):
    meter = support.book(prices, unit=unit).prices[0].meter
    return Fraction(meter.fee(int(Fraction(counted) * MICRO)), meter.denominator)


class SchemeTest(unittest.TestCase):
    def check(self, model, unit="piece", **cases):
        for counted, expected in cases.items():
            counted = counted.removeprefix("of_").replace("_", ".")
            with self.subTest(model=model, counted=counted):
                self.assertEqual(fee(f"{model}, from: 2026-01-01", counted, unit), Fraction(expected))

    def test_per_unit(self):
        self.check("per_unit: 0.0000000001", of_3="0.0000000003")
        self.check("per_hour: 0.66", unit="hour", of_1800="0.33", of_1=Fraction(66, 360000))

    def test_flat_is_once_however_little(self):
        self.check("flat: 7.5", of_0="0", of_0_000001="7.5", of_1000="7.5")

    def test_graduated_prices_what_lies_within(self):
        # 10 at 2, the next 10 at 1 and 5 for reaching them, the rest at 0.5.
        model = "graduated: [{up_to: 10, per_unit: 2}, {up_to: 20, per_unit: 1, flat: 5}, {per_unit: 0.5}]"
        self.check(model, of_1="2", of_10="20", of_10_5="25.5", of_20="35", of_21="35.5")

    def test_volume_prices_all_by_the_tier_reached(self):
        model = "volume: [{up_to: 10, per_unit: 2, flat: 1}, {per_unit: 1.5}]"
        self.check(model, of_1="3", of_10="21", of_11="16.5")

    def test_package_counts_begun_ones(self):
        self.check("package: {size: 10, price: 3}", of_1="3", of_10="3", of_10_000001="6", of_25="9")

    def test_free_comes_first(self):
        self.check("per_unit: 2, free: 3", of_2="0", of_3="0", of_5="4")
        self.check("package: {size: 2, price: 3}, free: 3", of_3="0", of_4="3")
        self.check("flat: 5, free: 3", of_3="0", of_4="5")
        self.check("graduated: [{up_to: 2, per_unit: 1}, {per_unit: 10}], free: 3", of_5="2", of_6="12")

    def test_maximum(self):
        self.check("per_unit: 2, maximum: 9", of_4="8", of_5="9")

    def test_rounding_is_of_the_month(self):
        unit = "{name: dozen, of: 12, rounding: %s}"
        self.check("per_unit: 1", unit % "up", of_1="1", of_12="1", of_13="2")
        self.check("per_unit: 1", unit % "down", of_11="0", of_12="1", of_23="1")
        self.check("per_unit: 1", unit % "half_up", of_5="0", of_6="1", of_17="1", of_18="2")
        self.check("per_unit: 1", unit % "none", of_6="0.5")

    def test_minimum_adds_what_is_missing(self):
        meter = support.book("per_unit: 2, minimum: 5, from: 2026-01-01", unit="piece").prices[0].meter
        for counted, missing in ((1, 3), (2, 1), (3, 0)):
            self.assertEqual(Fraction(meter.shortfall(counted * MICRO), meter.denominator), missing)

    def test_the_first_use_pays_the_flat_fee_whole(self):
        meter = support.book("flat: 7, from: 2026-01-01", unit="piece").prices[0].meter
        self.assertEqual([meter.charge(0, 1), meter.charge(1, 5)], [7 * 10**8, 0])

    def test_volume_can_give_back(self):
        # Ten cost 21, eleven 16.5: the eleventh gives 4.5 back.
        meter = (
            support.book(
                "volume: [{up_to: 10, per_unit: 2, flat: 1}, {per_unit: 1.5}], from: 2026-01-01", unit="piece"
            )
            .prices[0]
            .meter
        )
        self.assertEqual(meter.charge(10 * MICRO, MICRO), -450000000)


if __name__ == "__main__":
    unittest.main()
