"""What `explain` and a month's sums cost with ten million bill lines stored; a line a figure."""

import pathlib
import random
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/Clients"))
from atelier import Server  # noqa: E402
from events import report, token  # noqa: E402

HOUR = 1_893_456_000 - 8 * 3_600  # 2030-01-01T00:00:00+08:00
HOURS = 28 * 24
FLAVORS = ["modelarts.vm.cpu.2u", "modelarts.vm.cpu.0.5u"]


def main(lines=10_000_000, accounts=2_000):
    with tempfile.TemporaryDirectory() as name:
        with Server(name) as server:
            server.top_up("1000")
            server.stop()
            began = time.perf_counter()
            count = fill(server.data / "atelier.sqlite", lines // HOURS, accounts, server)
            size = (server.data / "atelier.sqlite").stat().st_size / 1e9
            report(f"{count:,} lines stored", f"{size:.1f} GB", f"made in {time.perf_counter() - began:.0f} s")
            server.start()
            ask(server)


def fill(path, resources, accounts, server):
    """Resources that each ran 28 days, an hour a line; the server's own account has a tenth of them."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = off")
    database.execute("PRAGMA cache_size = -1000000")
    (book, currency) = database.execute("SELECT book, currency FROM billing_terms").fetchone()
    owners = [(f"{n:032x}", f"{n + accounts:032x}") for n in range(1, accounts)]
    database.executemany("INSERT INTO accounts (id, name) VALUES (?, ?)", [(a, a) for a, _ in owners])
    database.executemany("INSERT INTO projects (id, account, name) VALUES (?, ?, 'local-1')", [(p, a) for a, p in owners])
    database.executemany("INSERT INTO billing_terms (account, book, currency, credit_limit) VALUES (?, ?, ?, 0)",
                         [(a, book, currency) for a, _ in owners])

    def stretches():
        for n in range(resources):
            account, project = (server.domain_id, server.project_id) if n % 10 == 0 else owners[n % len(owners)]
            resource = f"{n:08x}-0000-7000-8000-{n:012x}"
            yield resource + "/0", resource, FLAVORS[n % 2], account, project, f"job-{n}", book

    database.executemany(
        "INSERT INTO metered_segments (id, resource, product, flavor, quantity, account, project, resource_name, book) "
        "VALUES (?, ?, 'training-job', ?, 1, ?, ?, ?, ?)", stretches())
    database.execute("CREATE TEMP TABLE hours AS WITH RECURSIVE h (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM h "
                     f"WHERE n < {HOURS} - 1) SELECT n, {HOUR} + 3600 * n AS hour FROM h")
    database.execute(f"INSERT INTO facts SELECT id, 0, {HOUR}, 'started', 0 FROM metered_segments")
    database.execute("INSERT INTO facts SELECT id, n + 1, hour + 3600, CASE n WHEN ? THEN 'ended' ELSE 'alive' END, 0 "
                     "FROM metered_segments, hours", (HOURS - 1,))
    indexes = [row[0] for row in database.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bill_lines' AND sql IS NOT NULL")]
    for (name,) in list(database.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bill_lines' "
                                         "AND sql IS NOT NULL")):
        database.execute(f"DROP INDEX {name}")
    # 0.23 an hour; the month turns after 28 days, so all of it stands in one cycle.
    database.execute("""
        INSERT INTO bill_lines (id, account, project, resource, resource_name, segment, product, flavor, quantity, hour,
            used_from, used_until, seconds, counted, unit_price, price_version, list, discount, truncated, due,
            dropped_numerator, dropped_denominator, kind, cycle, billed_at, paid_cash, paid_credit, paid_arrears, settlement)
        SELECT printf('%016x%016x', n, s.number), account, project, resource, resource_name, s.id, product, flavor, 1, hour,
            hour, hour + 3600, 3600, 3600000000, 2300000000, 'default/training-job', 23000000, 0, 0, 23000000, 0, 1,
            'usage', '2030-01', 0, 23000000, 0, 0, printf('%016x%016x', n, length(account))
        FROM hours CROSS JOIN metered_segments AS s""")
    for index in indexes:
        database.execute(index)
    database.execute("""
        INSERT INTO bill_sums (account, cycle, product, lines, seconds, list, discount, truncated, due, paid_cash,
            paid_credit, paid_arrears)
        SELECT account, cycle, product, COUNT(*), SUM(seconds), SUM(list), SUM(discount), SUM(truncated), SUM(due),
            SUM(paid_cash), SUM(paid_credit), SUM(paid_arrears)
        FROM bill_lines GROUP BY account, cycle, product""")
    database.commit()
    (count,) = database.execute("SELECT COUNT(*) FROM bill_lines").fetchone()
    database.close()
    return count


def ask(server):
    import requests
    session, headers = requests.Session(), {"X-Auth-Token": token(server)}

    def times(paths):
        taken = []
        for path in paths:
            began = time.perf_counter()
            answer = session.get(server.endpoint + path, headers=headers)
            taken.append((time.perf_counter() - began) * 1e3)
            assert answer.status_code == 200, answer.text
        return sorted(taken), answer.json()

    database = sqlite3.connect(server.data / "atelier.sqlite")
    randomly = random.Random(2030)
    (last,) = database.execute("SELECT MAX(number) FROM bill_lines").fetchone()
    lines = []
    while len(lines) < 300:
        row = database.execute("SELECT id FROM bill_lines WHERE number = ? AND account = ?",
                               (randomly.randint(1, last), server.domain_id)).fetchone()
        lines += row or ()
    explained, answer = times(f"/atelier/v1/bills/{line}/explanation" for line in lines)
    report("explain of a line, p50 and worst of 300", f"{explained[150]:.1f} and {explained[-1]:.1f} ms", "bar 50 ms")
    (count,) = database.execute("SELECT COUNT(*) FROM bill_lines WHERE account = ?", (server.domain_id,)).fetchone()
    sums, answer = times(["/v2/bills/customer-bills/monthly-sum?bill_cycle=2030-01"] * 20)
    report(f"a month by product, {count:,} lines of the account", f"{sums[10]:.1f} and {sums[-1]:.1f} ms", "bar 100 ms")
    database.close()


if __name__ == "__main__":
    main(*[int(word) for word in sys.argv[1:]])
