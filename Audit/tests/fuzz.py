#!/usr/bin/env python3
"""Random price books with every key and random usage: `atelier rate` and the auditor have to agree.

usage: fuzz.py --binary ATELIER [--seeds A:B] [--keep FOLDER] [--books]
Keeps the files of every disagreement, and makes the usage as small as still disagrees. With --books a server runs jobs
by random prices while its account gets packages and coupons at random moments, and its books are audited; that needs
the packages of Tests/Clients/requirements.txt, and some five seconds a seed.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

AUDIT = [sys.executable, str(Path(__file__).resolve().parent.parent / "auditor"), "usage"]
BASE = 1772294400  # 2026-03-01T00:00:00+08:00
UNTIL = BASE + 40 * 86400 + 1234

UNITS = [
    "hour",
    "hour",
    "minute",
    "second",
    "day",
    "GB-hour",
    "GB",
    "piece",
    "request",
    "message",
    "token",
    '"1,000 tokens"',
    '"1,000,000 tokens"',
    "{name: quarter, of: 900, counts: seconds}",
    "{name: gross, of: 144, rounding: up}",
    "{name: dozen, of: 12, counts: pieces, rounding: half_up}",
    "{name: block, of: 7000, counts: seconds, rounding: down}",
    "{name: ten, of: 10, rounding: down}",
    "{name: h, of: 3600, counts: seconds, rounding: half_up}",
    "{name: x, of: 3, rounding: none}",
]
BAD = [
    "",
    "x",
    "-1",
    "p9",
    "1e3",
    " 1",
    "1 ",
    "0",
    "0.0000001",
    "1.",
    ".5",
    "+1",
    "2026-02-30",
    "2026-03-01",
    "99999999999",
    "2026-03-01T24:00:00",
    "2026-03-01 08:00:00",
    "2026-03-01T08:00:00.5Z",
    "2026-03-01T08:00",
    "1772294400.5",
]


class Maker:
    """One random book and its usage."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.products = [f"p{n}" for n in range(self.chance.randrange(1, 4))]
        self.timid = self.chance.random() < 0.3  # only prices that no month changes
        self.span = self.chance.choice([2, 10, 45, 100]) * 86400

    def number(self, most: int, places: int) -> str:
        whole, rest = self.chance.randrange(most), self.chance.randrange(10**places)
        return f"{whole}.{rest:0{places}}" if places else str(whole)

    def price(self) -> str:
        return self.number(self.chance.choice([1, 3, 200]), self.chance.choice([0, 1, 2, 4, 9, 10]))

    def when(self) -> int:
        rough = self.chance.choice([1, 60, 3600, 86400])
        return BASE + self.chance.randrange(-5 * 86400, self.span) // rough * rough

    def iso(self, second: int) -> str:
        hours = self.chance.choice([0, 8, -5.5, None])
        if hours is None:
            return datetime.fromtimestamp(second + 8 * 3600, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        zone = timezone(timedelta(hours=hours))
        return datetime.fromtimestamp(second, zone).isoformat().replace("+00:00", "Z")

    def tiers(self) -> str:
        places = self.chance.choice([0, 0, 2, 6])
        most = self.chance.choice([5, 50, 3000])
        edges = sorted({float(self.number(most, places)) for _ in range(self.chance.randrange(4))} - {0.0})
        parts = []
        for edge in [*edges, None]:
            cells = [] if edge is None else [f"up_to: {edge:.{places}f}"]
            cells.append(f"per_unit: {self.price()}")
            if self.chance.random() < 0.4:
                cells.append(f"flat: {self.price()}")
            parts.append("{" + ", ".join(cells) + "}")
        return "[" + ", ".join(parts) + "]"

    def scheme(self) -> str:
        kinds = ["per_hour", "per_unit"]
        if not self.timid:
            kinds += ["flat", "graduated", "volume", "package"]
        kind = self.chance.choice(kinds)
        if kind in ("graduated", "volume"):
            text = f"{kind}: {self.tiers()}"
        elif kind == "package":
            size = self.chance.choice(["1", "3", "10", "100"])
            text = f"package: {{size: {size}, price: {self.price()}}}"
        else:
            text = f"{kind}: {self.price()}"
        if self.timid:
            return text
        if self.chance.random() < 0.25:
            text += f", free: {self.chance.choice(['1', '5', '0.5', '2.75', '100', '0'])}"
        if self.chance.random() < 0.25:
            text += f", minimum: {self.number(8, self.chance.choice([0, 2, 8]))}"
        if self.chance.random() < 0.25:
            text += f", maximum: {8 + int(self.number(30, 0))}"
        return text

    def periods(self) -> list[tuple[int, int | None]]:
        """Consecutive validities, some with a gap between."""
        if self.chance.random() < 0.5:
            return [(BASE - 400 * 86400, None)]
        edges = sorted({self.when() for _ in range(self.chance.randrange(1, 4))})
        found: list[tuple[int, int | None]] = [(BASE - 400 * 86400, edges[0])]
        for a, b in zip(edges, [*edges[1:], None]):
            gap = self.chance.choice([0] * 8 + [1, 3000])
            if b is None or a + gap < b:
                found.append((a + gap, b))
        return found

    def windows(self) -> list[str]:
        minutes = sorted(self.chance.sample(range(0, 1440, self.chance.choice([1, 15, 60])), 4))
        minutes[0] = max(minutes[0], 1)  # A part of the day that ends at 00:00 is refused.
        a, b, c, d = (f"{m // 60:02}:{m % 60:02}" for m in minutes)
        choices = [[], [f"{a}-{b}"], [f"{d}-{a}"], [f"{a}-{b}", f"{c}-{d}"], [f"{a}-{b}", f"{b}-{c}"], [f"{c}-{a}"]]
        return self.chance.choice(choices)

    def prices(self, product: str, flavor: str) -> list[str]:
        rows = []
        scopes = [""]
        scopes += [", account: a1"] * (self.chance.random() < 0.4) + [", project: x1"] * (self.chance.random() < 0.3)
        for scope in scopes:
            for window in [None, *(self.windows() if self.chance.random() < 0.5 else [])]:
                if window is None and scope and self.chance.random() < 0.3:
                    continue
                for start, until in self.periods():
                    text = f"  - {{product: {product}, flavor: {flavor}, {self.scheme()}{scope}"
                    text += f', daily: "{window}"' if window else ""
                    text += f", from: {self.iso(start)}" + ("" if until is None else f", until: {self.iso(until)}")
                    rows.append(text + "}")
        return rows

    def discounts(self) -> list[str]:
        count = self.chance.randrange(4)
        rows = ["discounts:"] * (count > 0)
        scopes = (("account", ["a1", "a2"]), ("project", ["x1", "x2"]), ("product", self.products), ("flavor", "ab"))
        for n in range(count):
            scope = "".join(f", {key}: {self.chance.choice(of)}" for key, of in scopes if self.chance.random() < 0.2)
            if "account" in scope:
                scope = scope.replace(", project: x1", "").replace(", project: x2", "")
            start = self.when()
            end = self.iso(start + self.chance.randrange(1, self.span))
            until = f", until: {end}" if self.chance.random() < 0.5 else ""
            percent = self.chance.choice(["5", "12.5", "12.5", "33.3333", "100", "0.0001", "99.99"])
            rows.append(f"  - {{name: d{n}, percent: {percent}{scope}, from: {self.iso(start)}{until}}}")
        return rows

    def book(self) -> str:
        rows = ["# fuzz", "id: fuzz", "name: 'Fuzz # it''s'", "currency: USD"]
        rows += [f"site: {self.chance.choice(['international', 'china'])}  # of the book", "products:"]
        for product in self.products:
            metering = self.chance.choice(["", "", "second", "minute", "day"])
            rows.append(f"  - id: {product}\n    name: {product}\n    service: s\n    resource: r")
            units = UNITS[:13] if self.timid else UNITS
            rows.append(f"    unit: {self.chance.choice(units)}\n    variants: [a, b]")
            rows.append(f"    metering: {metering}" if metering else "")
            if self.chance.random() < 0.3:
                rows.append(f"    minimum_seconds: {self.chance.choice([1, 61, 300, 5000, 200000])}")
        rows.append("prices:")
        for product in self.products:
            for flavor in "ab":
                rows += self.prices(product, flavor)
        return "\n".join(rows + self.discounts()) + "\n"

    def row(self, index: int) -> list[str]:
        chance = self.chance
        start = self.when()
        lengths = [0, 1, 59, 60, 61, 600, 3600, 7200, chance.randrange(20000), chance.randrange(300000)]
        length = chance.choice([*lengths, 86400 * 40 if index < 3 else 7200])
        times = [f"{start}", f"{start + length}"]
        for place in (0, 1):
            if chance.random() < 0.5:
                zone = timezone(timedelta(hours=chance.choice([0, 0, 8, -3.5])))
                text = datetime.fromtimestamp(int(times[place]), zone).isoformat()
                times[place] = text.replace("+00:00", chance.choice(["Z", "", "+00:00"]))
        if chance.random() < 0.1:
            times[1] = ""
        quantity = chance.choice(
            ["1", "1", "2", "7", "0.5", "1.25", "12", "0.000001", "333.333333", "1500", "1.50", "020"]
        )
        resource = chance.choice([f"job-{index}", "", 'a "b"', "x,y", "ключ"])
        names = [f"a{chance.randrange(4)}", f"x{chance.randrange(4)}", resource]
        row = [*names, chance.choice(self.products), chance.choice("ab"), quantity, *times]
        if chance.random() < 0.04:
            row[chance.randrange(8)] = chance.choice(BAD)
        return row

    def usage(self, count: int) -> str:
        names = ["account", "project", "resource", "product", "flavor", "quantity", "start", "end"]
        order = list(range(8))
        if self.chance.random() < 0.3:
            self.chance.shuffle(order)
        extra = self.chance.random() < 0.3
        end = self.chance.choice(["\n", "\n", "\r\n"])
        out = [",".join([names[n] for n in order] + ["extra"] * extra)]
        for index in range(count):
            cells = [self.quoted(cell) for cell in self.row(index)]
            out.append(",".join([cells[n] for n in order] + ["e"] * extra))
        return end.join(out) + self.chance.choice([end, ""])

    def quoted(self, cell: str) -> str:
        if set(cell) & set(',"') or self.chance.random() < 0.02:
            return '"' + cell.replace('"', '""') + '"'
        return cell


def rate(binary: str, folder: Path, usage: Path) -> subprocess.CompletedProcess[str]:
    """What the binary says of the folder's book and that usage."""
    for name in ("lines.csv", "refused.csv"):
        (folder / name).unlink(missing_ok=True)
    return subprocess.run(
        [
            binary,
            "rate",
            "--price-book",
            folder / "book.yaml",
            "--usage",
            usage,
            "--out",
            folder / "lines.csv",
            "--rejects",
            folder / "refused.csv",
            "--summary",
            folder / "sums.json",
            "--until",
            str(UNTIL),
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )


def audit(folder: Path, usage: Path, jobs: int = 1) -> subprocess.CompletedProcess[str]:
    """What the auditor says of it."""
    words = ["--price-book", folder / "book.yaml", "--usage", usage, "--lines", folder / "lines.csv"]
    words += ["--rejects", folder / "refused.csv", "--until", str(UNTIL), "--jobs", str(jobs)]
    return subprocess.run([*AUDIT, *map(str, words)], capture_output=True, text=True, timeout=300)


def disagrees(binary: str, folder: Path, usage: Path) -> str | None:
    """What the two say differently; None where they agree, or where the book is refused."""
    done = rate(binary, folder, usage)
    if not (folder / "lines.csv").exists():
        return None if "book.yaml" in done.stderr else f"rate: {done.returncode} {done.stderr[:500]}"
    agreed = audit(folder, usage)
    return None if agreed.returncode == 0 else agreed.stderr + agreed.stdout


def smallest(binary: str, folder: Path, text: str) -> str:
    """The usage with as few rows as still disagree, left in small.csv."""
    end = "\r\n" if "\r\n" in text else "\n"
    header, *rows = text.rstrip("\r\n").split(end)
    path = folder / "small.csv"

    def holds(some: list[str]) -> bool:
        path.write_bytes((end.join([header, *some]) + end).encode())
        return disagrees(binary, folder, path) is not None

    size = max(1, len(rows) // 2)
    while size:
        for at in range(0, len(rows), size):
            fewer = rows[:at] + rows[at + size :]
            if fewer and holds(fewer):
                rows = fewer
                break
        else:
            size //= 2
    holds(rows)
    return end.join([header, *rows]) + end


def audit_books(binary: str, seeds: range, keep: Path) -> int:
    """How many books of a real server do not fit; see random_books.py and random_events.py of Tests/Clients."""
    os.environ["ATELIER"] = binary
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "Clients"))
    from random_books import RandomBooks  # type: ignore[import-not-found]
    from random_events import RandomEvents  # type: ignore[import-not-found]

    bad = []
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(dir=keep))
        books = (RandomEvents if seed % 4 else RandomBooks)(folder, seed)
        lines = books.run()
        if found := books.audit():
            bad.append(seed)
            print(f"seed {seed} disagrees, its data is in {folder}:\n{found}")
            continue
        covered = sum(bool(line["packages"]) for line in lines)
        print(f"seed {seed}: {len(lines)} lines, {covered} covered, {sum(bool(line['coupons']) for line in lines)} paid")
        shutil.rmtree(folder)
    print(f"{len(seeds) - len(bad)} agreed, {len(bad)} disagreed: {bad}")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seeds", default="0:100")
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "audit-fuzz")
    parser.add_argument("--books", action="store_true")
    given = parser.parse_args()
    first, last = map(int, given.seeds.split(":"))
    given.keep.mkdir(parents=True, exist_ok=True)
    if given.books:
        return audit_books(given.binary, range(first, last), given.keep)
    agreed = refused = 0
    bad = []
    for seed in range(first, last):
        folder = given.keep / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        maker = Maker(seed)
        (folder / "book.yaml").write_text(maker.book())
        text = maker.usage(given.rows)
        usage = folder / ("usage.csv.gz" if seed % 5 == 0 else "usage.csv")
        usage.write_bytes(gzip.compress(text.encode()) if seed % 5 == 0 else text.encode())
        what = disagrees(given.binary, folder, usage)
        if what is None and not (folder / "lines.csv").exists():
            refused += 1
            print(seed, "refused:", rate(given.binary, folder, usage).stderr.split("\n")[0][:200])
        elif what is None:
            agreed += 1
        else:
            bad.append(seed)
            small = smallest(given.binary, folder, text).rstrip().count("\n")
            print(f"seed {seed} disagrees; {folder}/small.csv has {small} rows:")
            print(disagrees(given.binary, folder, folder / "small.csv"))
            continue
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    print(f"{agreed} agreed, {refused} books refused, {len(bad)} disagreed: {bad}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
