#!/usr/bin/env python3
"""Recomputes bills from facts and prices with exact fractions; shares no code with what made them.

usage: audit.py usage --price-book F.yaml --usage F.csv[.gz] --lines OUT.csv [--rejects R.csv] [--until TIME] [--jobs N]
       audit.py books FOLDER
Ends with 0 where all agrees, 1 where something differs, 2 on wrong usage.
"""

import argparse
import os
import sys

import books
import usagefile
from pricebook import moment


def main():
    parser = argparse.ArgumentParser(description="Recompute bills from facts and prices.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    usage = verbs.add_parser("usage", help="what atelier rate wrote")
    for name in ("--price-book", "--usage", "--lines"):
        usage.add_argument(name, required=True)
    usage.add_argument("--rejects")
    usage.add_argument("--until")
    usage.add_argument("--jobs", type=int, default=os.cpu_count())
    verbs.add_parser("books", help="what atelier export wrote").add_argument("folder")
    words = parser.parse_args()
    if words.verb == "books":
        count, differences = books.audit(words.folder)
    else:
        until = None if words.until is None else int(words.until) if words.until.isdigit() else moment(words.until, zone=0)
        count, rows, differences = usagefile.audit(
            words.price_book, words.usage, words.lines, words.rejects, until, words.jobs)
        print(f"{rows} rows of usage")
    for difference in differences[:10]:
        print(difference, file=sys.stderr)
    print(f"{count} lines compared, {len(differences)} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
