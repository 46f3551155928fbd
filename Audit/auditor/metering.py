"""What of a use is counted."""

from __future__ import annotations

from dataclasses import dataclass

from .moment import day_start


@dataclass(frozen=True)
class Metering:
    """How a product counts time: `by` is second, minute or day; `least` is what an ended use counts at least."""

    by: str = "second"
    least: int = 0

    def counted(self, start: int, end: int, ended: bool) -> tuple[int, int]:
        """The interval that is counted of a use; of one that goes on, only what is sure to be counted at its end.

        A minute is begun from the use's own start on: 08:45:30 to 08:55:00 are ten minutes, until 08:55:30.
        """
        if self.by == "second" and not self.least:
            return start, end
        if self.by == "day":
            start, end = day_start(start), day_start(end)
        elif self.by == "minute":
            whole = -(-(end - start) // 60) if ended else (end - start) // 60
            end = start + whole * 60
        return start, max(end, start + self.least) if ended else end
