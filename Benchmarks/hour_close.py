"""What closing an hour costs with many resources running, and how the API fares meanwhile; a line a figure."""

import pathlib
import sqlite3
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/Clients"))
from atelier import Server, wait  # noqa: E402
from events import report, token  # noqa: E402

HOUR = 1_893_456_000 - 8 * 3_600  # 2030-01-01T00:00:00+08:00
FLAVORS = ["modelarts.vm.cpu.2u", "modelarts.vm.cpu.0.5u"]


def main(counts=(100_000, 1_000_000)):
    rates = []
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            with Server(name, clock="simulated") as server:
                server.top_up("1000")
                server.stop()
                fill(server.data / "atelier.sqlite", count, accounts=max(count // 50, 1))
                (server.data / "clock").unlink(missing_ok=True)
                server.start()
                server.move_clock("2029-12-31T23:59:59+08:00")
                mark(server, HOUR)
                rates.append(close(server, count))
    if len(rates) > 1:
        report("  cost of a resource, the greater beside the smaller", f"{rates[1] / rates[0]:.2f}", "linear is 1")


def fill(path, count, accounts):
    """Resources that began in the hour and are proven beyond its end, written as the server writes them."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA synchronous = off")
        (book, currency) = database.execute("SELECT book, currency FROM billing_terms").fetchone()
        owners = [(uuid.uuid4().hex, uuid.uuid4().hex) for _ in range(accounts)]
        database.executemany("INSERT INTO accounts (id, name) VALUES (?, ?)", [(a, a) for a, _ in owners])
        database.executemany("INSERT INTO projects (id, account, name) VALUES (?, ?, 'local-1')", [(p, a) for a, p in owners])
        database.executemany("INSERT INTO billing_terms (account, book, currency, credit_limit) VALUES (?, ?, ?, 1000000000000)",
                             [(a, book, currency) for a, _ in owners])

        def segments():
            for number in range(count):
                account, project = owners[number % accounts]
                resource = str(uuid.uuid4())
                yield (resource + "/0", resource, "training-job", FLAVORS[number % 2], 1 + number % 3, account, project,
                       f"job-{number}", book)

        database.executemany(
            "INSERT INTO metered_segments (id, resource, product, flavor, quantity, account, project, resource_name, book) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", segments())
        database.execute("INSERT INTO segment_progress (account, segment, number, started, alive) "
                         "SELECT account, id, number, ? + number % 3000, ? FROM metered_segments", (HOUR, HOUR + 2 * 3_600))
        database.execute("INSERT INTO facts SELECT segment, 0, started, 'started', 0 FROM segment_progress")
        database.execute("INSERT INTO facts SELECT segment, 1, alive, 'alive', 0 FROM segment_progress")
    database.close()


def mark(server, hour):
    """Waits until the open hour is this one; closing the last one is what is measured."""
    path = server.data / "atelier.sqlite"
    database = sqlite3.connect(path)
    wait(lambda: database.execute("SELECT second FROM marks WHERE name = 'open hour'").fetchone() == (hour,)
         or server.move_clock("2030-01-01T00:00:30+08:00"), 60, "the hour before")
    database.close()


def close(server, count):
    times, done = [], threading.Event()
    caller = threading.Thread(target=call, args=(server, times, done))
    caller.start()
    database = sqlite3.connect(server.data / "atelier.sqlite")
    began = time.perf_counter()
    server.move_clock("2030-01-01T01:00:16+08:00")
    while database.execute("SELECT second FROM marks WHERE name = 'open hour'").fetchone() != (HOUR + 3_600,):
        assert time.perf_counter() - began < 600
        time.sleep(0.005)
    seconds = time.perf_counter() - began
    done.set()
    caller.join()
    (lines,) = database.execute("SELECT COUNT(*) FROM bill_lines").fetchone()
    assert lines == count, lines
    database.close()
    times.sort()
    report(f"hour close, {count:,} running in {max(count // 50, 1):,} accounts", f"{seconds:.2f} s", "bar 5 s" if count == 100_000 else "")
    report("  API meanwhile, p50 and p99", f"{times[len(times) // 2] * 1e3:.1f} and {times[len(times) * 99 // 100] * 1e3:.1f} ms",
           "bar 50 ms")
    return seconds / count


def call(server, times, done):
    """Reads a balance and puts money in, one after the other."""
    import requests
    session, headers = requests.Session(), {"X-Auth-Token": token(server)}
    while not done.is_set():
        for method, path, body in [("GET", "/atelier/v1/balance", None),
                                   ("POST", f"/atelier/v1/accounts/{server.domain_id}/top-ups", {"amount": "1"})]:
            began = time.perf_counter()
            answer = session.request(method, server.endpoint + path, json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            times.append(time.perf_counter() - began)


if __name__ == "__main__":
    main(*([[int(count) for count in sys.argv[1:]]] if sys.argv[1:] else []))
