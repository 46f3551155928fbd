"""The yardstick of bulk rating: DuckDB cuts, joins and sums the same CSV, exactly, to the same bytes.

    duckdb_rate.py --price-book F.yaml --usage F.csv[.gz] --out F.csv [--variant arithmetic|unnest] [--threads 2]

Two queries say the same. `unnest` makes a row of every hour piece, as one would first write it; `arithmetic` counts the
whole hours between the first and the last piece and is the faster. Without --variant each runs in a process of its own,
both must write the same bytes, and the faster is the one to compare with. Prints JSON. `seconds` is from opening the
database to the written file; starting Python and loading DuckDB is in `process_seconds` only.

Everything is whole numbers: prices in 10^-10, a piece in 10^-8 and cut there, sums as HUGEINT. An overflow is an error of
DuckDB's. Intervals have epoch seconds and an end, and a price holds all the time, which is less than `atelier rate` takes.
"""

import argparse
import decimal
import filecmp
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import duckdb

from usage import read_prices

# With these types given nothing is guessed; without strict mode the reader is a little faster. INTEGER holds the seconds
# until 2038 and divides faster than BIGINT.
READ = """read_csv($usage, auto_detect = false, header = true, delim = ',', strict_mode = false, columns = {
    account: 'VARCHAR', project: 'VARCHAR', resource: 'VARCHAR', product: 'VARCHAR', flavor: 'VARCHAR',
    quantity: 'INTEGER', "start": 'INTEGER', "end": 'INTEGER'})"""

# rate is in 10^-10 an hour: divided by 3600 and by 100 it is in 10^-8 a second. h0 and h1 are the first and the last hour.
ARITHMETIC = f"""
    SELECT account, flavor, sum(1 + h1 - h0) AS lines, sum(quantity * ("end" - "start")) AS seconds, sum(CASE
        WHEN h0 = h1 THEN rate * ("end" - "start") // 360000
        ELSE rate * (3600 * (h0 + 1) - "start") // 360000 + rate // 100 * (h1 - h0 - 1) + rate * ("end" - 3600 * h1) // 360000
        END) AS units
    FROM (SELECT account, flavor, quantity, "start", "end", price * quantity AS rate,
            "start" // 3600 AS h0, ("end" - 1) // 3600 AS h1
        FROM {READ} JOIN prices USING (product, flavor))
    GROUP BY account, flavor"""

UNNEST = f"""
    SELECT account, flavor, count(*) AS lines, sum(quantity * piece) AS seconds, sum(rate * piece // 360000) AS units
    FROM (SELECT account, flavor, quantity, price * quantity AS rate,
            least("end", 3600 * (hour + 1)) - greatest("start", 3600 * hour) AS piece
        FROM (SELECT *, unnest(range("start" // 3600, ("end" - 1) // 3600 + 1)) AS hour
            FROM {READ} JOIN prices USING (product, flavor)))
    GROUP BY account, flavor"""

QUERIES = {"arithmetic": ARITHMETIC, "unnest": UNNEST}

# A plain decimal of units of 10^-8, without needless zeros.
TEXT = "rtrim(rtrim((units // 100000000) || '.' || lpad((units % 100000000)::VARCHAR, 8, '0'), '0'), '.')"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--price-book", required=True)
    parser.add_argument("--usage", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--variant", choices=QUERIES)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.variant:
        print(json.dumps(rate(options.price_book, options.usage, options.out, options.variant, options.threads)))
    else:
        print(json.dumps(compare(options)))


def rate(price_book, usage, out, variant, threads):
    """Runs one query; tells what it took."""
    began = time.perf_counter()
    prices = [(*names, int(decimal.Decimal(price).scaleb(10))) for *names, price in read_prices(price_book)]
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as database:
        database.execute("CREATE TABLE prices (product VARCHAR, flavor VARCHAR, price BIGINT)")
        database.executemany("INSERT INTO prices VALUES (?, ?, ?)", prices)
        groups = database.execute(
            f"""COPY (SELECT account, flavor, lines, seconds, {TEXT} AS list, list AS due FROM ({QUERIES[variant]})
                ORDER BY account, flavor) TO $out (FORMAT csv, HEADER true)""",
            {"usage": str(usage), "out": str(out)}).fetchone()[0]
    return {"peer": f"DuckDB {duckdb.__version__}", "variant": variant, "threads": threads, "groups": groups,
            "seconds": round(time.perf_counter() - began, 3), "cpu_seconds": round(time.process_time(), 3),
            "peak_rss_mib": round(peak_mib())}


def compare(options):
    """Runs both queries, each in its own process; the answer of the faster, with both beside it."""
    variants = {}
    with tempfile.TemporaryDirectory(dir=options.out.parent) as folder:
        outs = {variant: pathlib.Path(folder) / f"{variant}.csv" for variant in QUERIES}
        for variant, out in outs.items():
            began = time.perf_counter()
            told = subprocess.run(
                [sys.executable, __file__, "--price-book", options.price_book, "--usage", options.usage, "--out", str(out),
                 "--variant", variant, "--threads", str(options.threads)], stdout=subprocess.PIPE, text=True, check=True)
            variants[variant] = {**json.loads(told.stdout), "process_seconds": round(time.perf_counter() - began, 3)}
        assert filecmp.cmp(*outs.values(), shallow=False), "the two queries differ"
        fastest = min(variants, key=lambda variant: variants[variant]["seconds"])
        outs[fastest].replace(options.out)
    return {**variants[fastest], "variants": variants}


def peak_mib():
    """The most this process ever had resident; what getrusage says would count the parent's in."""
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path("/proc/self/status").read_text()).group(1)) / 1024


if __name__ == "__main__":
    main()
