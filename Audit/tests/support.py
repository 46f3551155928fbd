"""What the tests share: the auditor on the path, a small book, and an audit of files written for one test."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from auditor.book import PriceBook  # noqa: E402
from auditor.command import main  # noqa: E402

HEAD = "account,project,resource,product,flavor,quantity,start,end\n"
LINES = (
    "line,account,project,resource,product,flavor,quantity,from,until,counted,unit_price,list,discount,truncated,due\n"
)
NOON = 1772337600  # 2026-03-01T12:00:00+08:00


def text(prices: str, unit: str = "hour", site: str = "international", more: str = "", discounts: str = "") -> str:
    """A book of one product p with variants a and b; `prices` are the entries without product."""
    rows = "\n".join(f"  - {{product: p, flavor: a, {row}}}" for row in prices.strip().split("\n"))
    return (
        f"id: t\nname: T\ncurrency: USD\nsite: {site}\nproducts:\n"
        f"  - {{id: p, name: P, service: s, resource: r, unit: {unit}, variants: [a, b]{more}}}\n"
        f"prices:\n{rows}\n{discounts}"
    )


def book(prices: str, **more: str) -> PriceBook:
    """The same, read."""
    return PriceBook(text(prices, **more))


def audited(
    prices: str, usage: str, lines: str, rejects: str | None = None, until: str = "", head: str = HEAD
) -> tuple[int, str]:
    """The exit code and all that was said of usage and lines as given."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.yaml").write_text(prices)
        (folder / "usage.csv").write_text(head + usage)
        (folder / "lines.csv").write_text(LINES + lines)
        words = ["usage", "--jobs", "1", "--price-book", f"{folder}/book.yaml", "--usage", f"{folder}/usage.csv"]
        words += ["--lines", f"{folder}/lines.csv"] + (["--until", until] if until else [])
        if rejects is not None:
            (folder / "refused.csv").write_text("line,reason,row\n" + rejects)
            words += ["--rejects", f"{folder}/refused.csv"]
        return run(words)


def run(words: list[str]) -> tuple[int, str]:
    """The command line: exit code, and what it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    return code, said.getvalue()
