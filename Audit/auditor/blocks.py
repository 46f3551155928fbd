"""A usage file in blocks of whole lines, plain or packed with gzip."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SIZE = 2 << 20


class Block(NamedTuple):
    """Whole lines: number of the first, of the first behind (None: there is none), the bytes or where they are."""

    number: int
    following: int | None
    begin: int
    end: int
    data: bytes | None

    def lines(self, path: Path) -> list[str]:
        """The lines without their ends."""
        data = self.data
        if data is None:
            with path.open("rb") as file:
                file.seek(self.begin)
                data = file.read(self.end - self.begin)
        found = data.decode("utf-8", "surrogateescape").split("\n")
        if found[-1] == "":
            found.pop()
        return [line.removesuffix("\r") for line in found] if b"\r" in data else found


def header(path: Path) -> str:
    """The first line."""
    with _opened(path)[0] as file:
        return file.readline().decode("utf-8", "surrogateescape").rstrip("\r\n").removeprefix("\ufeff")


def blocks(path: Path, size: int = SIZE) -> Iterator[Block]:
    """All lines behind the header, a few megabytes at a time."""
    file, packed = _opened(path)
    with file:
        at, number = len(file.readline()), 2
        held: Block | None = None
        left = b""
        while True:
            read = file.read(size)
            data = left + read
            cut = data.rfind(b"\n") + 1 if read else len(data)
            left, data = data[cut:], data[:cut]
            if data:
                if held:
                    yield held._replace(following=number)
                held = Block(number, None, at, at + len(data), data if packed else None)
                number += data.count(b"\n")
                at += len(data)
            if not read:
                break
        if held:
            yield held


def _opened(path: Path):  # type: ignore[no-untyped-def]
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return (gzip.open(path, "rb"), True) if packed else (path.open("rb"), False)
