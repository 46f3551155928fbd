"""The reader of price books' YAML."""

import unittest

import support  # noqa: F401
from auditor import yaml
from auditor.fault import Fault


class YAMLTest(unittest.TestCase):
    def test_block_and_flow(self):
        text = """
# a comment
id: x   # another
unit: {name: "1,000 tokens", of: 1000}
list:
  - a: 1
    b: [x, "y, z", 'it''s']
  - {a: 2, tiers: [{up_to: 5, per_unit: 0.1}, {per_unit: 2}]}
flat:
- one
- "two # no comment"
nothing:
over: [1,
  2]
"""
        self.assertEqual(
            yaml.document(text),
            {
                "id": "x",
                "unit": {"name": "1,000 tokens", "of": "1000"},
                "list": [
                    {"a": "1", "b": ["x", "y, z", "it's"]},
                    {"a": "2", "tiers": [{"up_to": "5", "per_unit": "0.1"}, {"per_unit": "2"}]},
                ],
                "flat": ["one", "two # no comment"],
                "nothing": None,
                "over": ["1", "2"],
            },
        )

    def test_a_time_of_day_and_a_date_are_text(self):
        self.assertEqual(
            yaml.document('{daily: "22:00-06:00", from: 2026-01-01T08:00:00+08:00}'),
            {"daily": "22:00-06:00", "from": "2026-01-01T08:00:00+08:00"},
        )

    def test_what_is_not_read_is_refused(self):
        for text in (
            "a: 1\na: 2",
            "a: &x 1",
            "a: *x",
            "a: |\n  b",
            "a: [1, 2",
            "a: {b: 1, b: 2}",
            "\ta: 1",
            "a: 'b",
            "",
            "a: 1\n b: 2",
        ):
            with self.subTest(text), self.assertRaises(Fault):
                yaml.document(text)


if __name__ == "__main__":
    unittest.main()
