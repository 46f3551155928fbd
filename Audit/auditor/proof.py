"""What the facts of a segment prove."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .table import Row


class Proof(NamedTuple):
    """When it ran: to its end, or to the last proof of life."""

    start: int
    end: int
    ended: bool


def proof(facts: Iterable[Row]) -> Proof | str | None:
    """What the facts prove; nothing without a start; a text where they do not fit together."""
    times: dict[str, list[int]] = {"started": [], "alive": [], "ended": []}
    sequences = set()
    for fact in facts:
        if fact["kind"] not in times:
            return f"fact {fact['sequence']} is of an unknown kind: {fact['kind']}"
        if fact["sequence"] in sequences:
            return f"fact {fact['sequence']} stands twice"
        sequences.add(fact["sequence"])
        times[fact["kind"]].append(int(fact["at"]))
    if len(times["started"]) > 1 or len(times["ended"]) > 1:
        return "it starts or ends more than once"
    if not times["started"]:
        return "it has facts but no start" if sequences else None
    start = times["started"][0]
    if times["ended"]:
        return Proof(start, max(start, times["ended"][0]), True)
    return Proof(start, max([start, *times["alive"]]), False)
