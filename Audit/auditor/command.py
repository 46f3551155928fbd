"""The command line of the auditor."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from . import usage
from .fault import Fault
from .use import second

_SHOWN = 10


def main(words: list[str]) -> int:
    """0 where all agrees, 1 where something differs, 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="audit.py", description="Recompute bills from facts and prices, independently."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    rated = verbs.add_parser("usage", help="what atelier rate wrote")
    for name in ("--price-book", "--usage", "--lines"):
        rated.add_argument(name, required=True, type=Path)
    rated.add_argument("--rejects", type=Path, help="the refused rows; without it which were refused is not compared")
    rated.add_argument("--until", help="as given to atelier rate")
    rated.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    verbs.add_parser("books", help="what atelier export wrote").add_argument("folder", type=Path)
    given = parser.parse_args(words)
    try:
        return _usage(given) if given.verb == "usage" else _books(given)
    except (Fault, OSError, ValueError, KeyError) as fault:
        print(f"audit.py: {type(fault).__name__}: {fault}", file=sys.stderr)
        return 2


def _usage(given: argparse.Namespace) -> int:
    until = second(given.until) if given.until else None
    if given.until and until is None:
        raise Fault(f"--until {given.until} is no time")
    files = usage.Files(given.price_book, given.usage, given.lines, given.rejects, until, Path())
    found = usage.audit(files, max(1, given.jobs))
    for number, what in found.first[:_SHOWN]:
        print(f"line {number}: {what}", file=sys.stderr)
    print(f"{found.rows} rows of usage")
    print(f"{found.lines} lines compared, {found.count} differences")
    return 1 if found.count else 0


def _books(given: argparse.Namespace) -> int:
    from . import books

    lines, found = books.audit(given.folder)
    for what in found[:_SHOWN]:
        print(what, file=sys.stderr)
    print(f"{lines} lines compared, {len(found)} differences")
    return 1 if found else 0
