"""The file of priced lines that `atelier rate` wrote, found by line number without reading it whole."""

from __future__ import annotations

import mmap
from pathlib import Path

from .fault import Fault

HEADER = (
    b"line,account,project,resource,product,flavor,quantity,"
    b"from,until,counted,unit_price,list,discount,truncated,due\n"
)


class RatedFile:
    """Lines in the order of the usage file, so that a line number can be searched for by halving."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                raise Fault(f"{path}: does not begin with {HEADER.decode().strip()}")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.end = len(self._map)

    def place(self, number: int | None) -> int:
        """Where the first line of that number or a later one begins; None is behind the last."""
        if number is None:
            return self.end
        low, high = len(HEADER), self.end
        while low < high:
            middle = (low + high) // 2
            begin = self._map.rfind(b"\n", 0, middle) + 1
            if self._number(begin) >= number:
                high = begin
            else:
                low = self._map.find(b"\n", middle) + 1 or self.end
        return low

    def text(self, number: int, following: int | None) -> bytes:
        """Every line from that number to before another."""
        return self._map[self.place(number) : self.place(following)]

    def _number(self, begin: int) -> int:
        comma = self._map.find(b",", begin, begin + 20)
        text = self._map[begin:comma] if comma > 0 else b""
        return int(text) if text.isdigit() else 0
