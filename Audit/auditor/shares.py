"""Records that are too many for the memory, laid aside in files by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Any

_SHARES = 256
_HELD = 1 << 14


class Shares:
    """Records of one layout that begin with a digest of 16 bytes; all of one digest are in one share."""

    def __init__(self, folder: Path, name: str, figures: str) -> None:
        self._folder, self._name, self._layout = folder, name, Struct("<16s" + figures)
        self._held = [bytearray() for _ in range(_SHARES)]

    def add(self, digest: bytes, *figures: int) -> None:
        held = self._held[digest[0]]
        held += self._layout.pack(digest, *figures)
        if len(held) >= _HELD:
            self._write(digest[0])

    def each(self) -> Iterator[Iterator[Any]]:
        """One share after the other, its records in the order in which they were added."""
        for share, held in enumerate(self._held):
            path = self._path(share)
            written = path.read_bytes() if path.exists() else b""
            yield self._layout.iter_unpack(written + held)
            path.unlink(missing_ok=True)
            held.clear()

    def _write(self, share: int) -> None:
        with self._path(share).open("ab") as file:
            file.write(self._held[share])
        self._held[share].clear()

    def _path(self, share: int) -> Path:
        return self._folder / f"{self._name}-{share}"
