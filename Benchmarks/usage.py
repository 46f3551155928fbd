"""Makes usage to be rated: the same intervals and the same price book for the same number of rows and seed.

    usage.py FOLDER [--rows 10000000] [--seed 1]        writes FOLDER/usage.csv and FOLDER/prices.yaml

Rows are in the order of their starts, as a log has them; accounts, flavors and quantities are even, which is the hardest
on caches: every group of account and flavor occurs. Durations are log-normal with a mean near two hours, so an interval
has about three hour pieces.
"""

import argparse
import functools
import json
import math
import pathlib
import time

import numpy
import yaml

COLUMNS = "account,project,resource,product,flavor,quantity,start,end"
ACCOUNTS, FLAVORS, QUANTITIES = 2_000, 50, 8
BEGIN, WEEKS = 1_767_571_200, 8  # Monday 2026-01-05T00:00:00Z
SHORTEST, LONGEST, MEAN, SPREAD = 2, 2 * 86_400, 7_200, 1.6
CHUNK = 500_000

# A row is written as it stands: every column has one width.
ROW = numpy.dtype([("account", "S6"), ("project", "S3"), ("resource", "S6"), ("product", "S13"), ("flavor", "S4"),
                   ("quantity", "S2"), ("start_high", "S5"), ("start_low", "S6"), ("end_high", "S5"), ("end_low", "S6")])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    write_prices(options.folder / "prices.yaml", options.seed)
    written = write_usage(options.folder / "usage.csv", options.rows, options.seed)
    print(json.dumps({**written, "rows": options.rows, "seconds": round(time.perf_counter() - began, 2)}))


def write_usage(path, rows=10_000_000, seed=1):
    """Writes so many intervals as CSV; tells bytes and hour pieces."""
    pieces = 0
    with open(path, "wb") as file:
        file.write(COLUMNS.encode() + b"\n")
        for at in range(0, rows, CHUNK):
            count = min(CHUNK, rows - at)
            account, resource, flavor, quantity, start, end = intervals(count, at / rows, (at + count) / rows, seed, at)
            chunk = numpy.empty(count, ROW)
            chunk["account"] = texts("a%04d,", ACCOUNTS + 1)[account]
            chunk["project"] = texts("p%d,", 4)[account % 3 + 1]
            chunk["resource"] = texts("r%04d,", 10_000)[resource]
            chunk["product"] = b"training-job,"
            chunk["flavor"] = texts("f%02d,", FLAVORS + 1)[flavor]
            chunk["quantity"] = texts("%d,", QUANTITIES + 1)[quantity]
            for moment, seconds, last in (("start", start, ","), ("end", end, "\n")):
                chunk[f"{moment}_high"] = texts("%05d", 100_000)[seconds // 100_000]
                chunk[f"{moment}_low"] = texts(f"%05d{last}", 100_000)[seconds % 100_000]
            chunk.tofile(file)
            pieces += int(((end - 1) // 3600 - start // 3600 + 1).sum())
    return {"bytes": pathlib.Path(path).stat().st_size, "pieces": pieces}


def intervals(count, first, last, seed, part):
    """The columns as numbers, for starts from one fraction of the weeks to another; every part is seeded by itself."""
    random = numpy.random.Generator(numpy.random.PCG64([seed, part]))
    span = WEEKS * 7 * 86_400
    start = BEGIN + numpy.sort(random.integers(int(first * span), int(last * span), count))
    median = math.log(MEAN) - SPREAD**2 / 2
    duration = numpy.clip(random.lognormal(median, SPREAD, count), SHORTEST, LONGEST).astype(numpy.int64)
    return (random.integers(1, ACCOUNTS + 1, count), random.integers(0, 10_000, count), random.integers(1, FLAVORS + 1, count),
            random.integers(1, QUANTITIES + 1, count), start, start + duration)


@functools.cache
def texts(form, count):
    """The numbers from 0 in this form, to be picked by number."""
    return numpy.array([form % number for number in range(count)], "S")


def write_prices(path, seed=1):
    """Writes the price book of these flavors, keys as in docs/price-book.md; prices have 2 to 10 decimals."""
    random = numpy.random.Generator(numpy.random.PCG64([seed]))
    flavors = [f"f{number:02d}" for number in range(1, FLAVORS + 1)]
    lines = ["id: benchmark", "name: Prices of the benchmark", "currency: USD", "site: international", "zone: UTC+08:00", "",
             "products:", "  - id: training-job", "    name: ModelArts training job",
             "    service: hws.service.type.modelarts", "    resource: hws.resource.type.modelarts.training", "", "flavors:"]
    for number, flavor in enumerate(flavors, 1):
        lines.append(f"  - {{id: {flavor}, name: Size {number}, type: CPU, vcpu: {number}, memory: {number} GiB, "
                     "products: [training-job]}")
    lines += ["", "prices:"]
    for number, flavor in enumerate(flavors):
        decimals = 2 + number % 9
        units = int(random.integers(5 * 10**decimals // 100, 30 * 10**decimals))
        price = f"{units // 10**decimals}.{units % 10**decimals:0{decimals}d}"
        lines.append(f"  - {{product: training-job, flavor: {flavor}, per_hour: {price}, from: 2026-01-01}}")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def read_prices(path):
    """(product, flavor, price as written) of a book with one price each that holds all the time; others are refused."""
    book = yaml.load(pathlib.Path(path).read_text(), yaml.BaseLoader)
    prices = [(price["product"], price["flavor"], price["per_hour"]) for price in book["prices"]]
    assert all(price.keys() == {"product", "flavor", "per_hour", "from"} for price in book["prices"]) and "discounts" not in book
    assert len({price[:2] for price in prices}) == len(prices)
    return prices


if __name__ == "__main__":
    main()
