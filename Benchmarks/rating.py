"""What bulk rating costs: `atelier rate` beside DuckDB and CloudKitty on the same usage and prices; a line a figure."""

import csv
import json
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PEERS = os.environ["PEERS"]
KERNEL = os.environ["KERNEL"]
ATELIER = os.environ.get("ATELIER", str(ROOT / ".build-release/release/atelier"))


def main(rows=10_000_000):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tool("usage.py", folder, "--rows", rows)
        usage, prices = folder / "usage.csv", folder / "prices.yaml"
        grouped = ["--group-by", "account,flavor", "--out", folder / "ours.csv"]
        first, _ = rate(prices, usage, folder, grouped)
        ours, memory = min(rate(prices, usage, folder, grouped) for _ in range(3))
        duck = json.loads(tool("duckdb_rate.py", "--price-book", prices, "--usage", usage, "--out", folder / "duck.csv"))
        assert answer(folder / "ours.csv", "counted") == answer(folder / "duck.csv", "seconds"), "the two disagree"
        size = usage.stat().st_size / 1e6
        report(f"atelier rate, {rows / 1e6:.0f} M uses ({size:.0f} MB)", f"{ours:.2f} s, {memory:.0f} MiB", "bar 10 s, 1 GB")
        report("  the first of the runs", f"{first:.2f} s", "")
        report("  yardstick: DuckDB, the same answer", f"{duck['seconds']:.2f} s", f"ratio {ours / duck['seconds']:.2f}")
        every, _ = rate(prices, usage, folder, ["--out", folder / "lines.csv"])
        written = (folder / "lines.csv").stat().st_size / 1e6
        report("  writing every hour piece", f"{every:.1f} s", f"{written:.0f} MB of CSV")
        kernel = json.loads(subprocess.run([KERNEL], capture_output=True, check=True).stdout)
        report("cut and price in memory, one core", f"{kernel['pieces'] / kernel['seconds'] / 1e6:.0f} M pieces/s", "bar 20 M/s")
        report("  yardstick: reading the same bytes", f"{kernel['reading'] * 1000:.0f} ms",
               f"ratio {kernel['seconds'] / kernel['reading']:.1f}")
        against_cloudkitty(prices, folder)


def against_cloudkitty(prices, folder):
    """10,000 resource-hours, rated as its worker rates them, beside the same in a usage file."""
    peer = json.loads(tool("cloudkitty_rate.py", "--price-book", prices))
    hours = folder / "hours.csv"
    with hours.open("w") as file:
        file.write("account,project,resource,product,flavor,quantity,start,end\n")
        for index in range(10_000):
            start = 1767571200 + index % 10 * 3600
            file.write(f"a{index % 1000 // 100},p,r{index // 10},training-job,f{index % 50 + 1:02},1,{start},{start + 3600}\n")
    ours, _ = min(rate(prices, hours, folder, ["--out", folder / "lines.csv"]) for _ in range(3))
    report("10,000 resource-hours, process start included", f"{ours * 1000:.0f} ms", "")
    report("  yardstick: CloudKitty's worker, hashmap", f"{peer['seconds'] * 1000:.0f} ms", f"ratio {ours / peer['seconds']:.3f}")


def rate(prices, usage, folder, more):
    """(seconds, MiB at most) of a rating."""
    began = time.perf_counter()
    process = subprocess.Popen([ATELIER, "rate", "--price-book", prices, "--usage", usage, "--summary", folder / "sums.json", *more])
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, status
    return time.perf_counter() - began, used.ru_maxrss / 1024


def answer(path, seconds):
    with path.open() as file:
        return [(row["account"], row["flavor"], row["lines"], row[seconds], row["list"], row["due"]) for row in csv.DictReader(file)]


def tool(script, *words):
    return subprocess.run([PEERS, ROOT / "Benchmarks" / script, *map(str, words)], capture_output=True, check=True).stdout


def report(what, figure, beside):
    print(f"{what:<46}{figure:<28}{beside}", flush=True)


if __name__ == "__main__":
    main()
