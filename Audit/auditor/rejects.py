"""The rows that `atelier rate` refused."""

from __future__ import annotations

import csv
from bisect import bisect_left
from pathlib import Path

from .fault import Fault


class Rejects:
    """Line numbers and rows of refused lines, in order."""

    def __init__(self, path: Path) -> None:
        self._numbers: list[int] = []
        self._rows: list[str] = []
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file)
            if next(reader, None) != ["line", "reason", "row"]:
                raise Fault(f"{path}: does not begin with line,reason,row")
            for number, _, row in reader:
                self._numbers.append(int(number))
                self._rows.append(row)
        if any(a >= b for a, b in zip(self._numbers, self._numbers[1:])):
            raise Fault(f"{path}: is not in order of lines")

    def between(self, number: int, following: int | None) -> dict[int, str]:
        """The refused rows from that line to before another."""
        a = bisect_left(self._numbers, number)
        b = len(self._numbers) if following is None else bisect_left(self._numbers, following)
        return dict(zip(self._numbers[a:b], self._rows[a:b]))
