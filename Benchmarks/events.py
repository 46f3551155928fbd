"""What durable event intake costs over HTTP, beside raw SQLite doing the same inserts; a line a figure."""

import hashlib
import json
import os
import pathlib
import selectors
import socket
import sqlite3
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/Clients"))
from atelier import Server  # noqa: E402

BOOK = """
id: default
name: Events
currency: USD
site: international
products:
  - {id: tokens, name: Tokens, service: s, resource: r, unit: "1,000 tokens", variants: [input, output]}
prices:
  - {product: tokens, flavor: input, per_unit: 0.0005, from: 2020-01-01}
  - {product: tokens, flavor: output, per_unit: 0.0015, from: 2020-01-01}
meters:
  - {id: input, event: llm.request, product: tokens, flavor: input, aggregation: sum, value: data.input_tokens, from: 2020-01-01}
  - {id: output, event: llm.request, product: tokens, flavor: output, aggregation: sum, value: data.output_tokens, from: 2020-01-01}
"""
TOTALS = {"input": 0, "output": 0}


def main(batches=1_000, singles=60_000):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Server(folder)
        books = folder / "books"
        books.mkdir()
        (books / "default.yaml").write_text(BOOK)
        server.run("init", "--price-books", str(books))
        server.start()
        try:
            server.top_up("1000000")
            figures(server, batches, singles)
        finally:
            server.stop()
    raw = raw_sqlite(batches)
    print(end="", flush=True)
    return raw


def figures(server, batches, singles):
    host, _, port = server.endpoint.removeprefix("http://").partition(":")
    head = {"Host": f"{host}:{port}", "X-Auth-Token": token(server)}
    warm = [request(head, [event(i) for i in range(1_000)]) for _ in range(20)]
    load((host, int(port)), warm, 4)
    requests = [request(head, [event(i) for i in range(1_000)]) for _ in range(batches)]
    size = sum(map(len, requests)) / len(requests) / 1_000
    for connections in (8, 1):
        part = requests[: batches // 2] if connections == 1 else requests[batches // 2:]
        seconds, _ = load((host, int(port)), part, connections)
        report(f"events in batches of 1,000, {connections} connections ({size:.0f} B each)",
               f"{len(part) * 1_000 / seconds:,.0f}/s", "bar 200,000/s")
    requests = [request(head, event(i), batch=False) for i in range(singles)]
    seconds, times = load((host, int(port)), requests, 32)
    times.sort()
    report("single events, 32 connections", f"{singles / seconds:,.0f}/s", "bar 10,000/s")
    report("  one of them, p50 and p99", f"{times[len(times) // 2] * 1e3:.1f} and {times[len(times) * 99 // 100] * 1e3:.1f} ms",
           "bar 10 ms")
    waits = []
    for index in range(40):
        before = server.get("/atelier/v1/balance")["unbilled"]
        began = time.perf_counter()
        load((host, int(port)), [request(head, event(index), batch=False)], 1)
        while server.get("/atelier/v1/balance")["unbilled"] == before:
            pass
        waits.append(time.perf_counter() - began)
    waits.sort()
    report("event sent → seen in the balance, p50 and worst", f"{waits[20] * 1e3:.0f} and {waits[-1] * 1e3:.0f} ms", "bar 100 ms")
    total = server.get("/atelier/v1/balance")["unbilled"]
    due = TOTALS["input"] * 5 * 10**-7 + TOTALS["output"] * 15 * 10**-7
    assert abs(float(total) - due) < 1e-6, (total, due)


def raw_sqlite(batches):
    """The same ids and bodies in one table with a key, by SQLite itself, a commit with a sync for every batch."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(pathlib.Path(folder) / "raw.sqlite", isolation_level=None)
        for pragma in ("journal_mode = wal", "synchronous = full", "cache_size = -65536"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE events (id BLOB PRIMARY KEY, body TEXT) STRICT, WITHOUT ROWID")
        rows = []
        for index in range(batches * 1_000 // 2):
            body = json.dumps(event(index))
            rows.append((hashlib.sha256(body.encode()).digest()[:16], body))
        began = time.perf_counter()
        for start in range(0, len(rows), 1_000):
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO events VALUES (?, ?)", rows[start:start + 1_000])
            database.execute("COMMIT")
        rate = len(rows) / (time.perf_counter() - began)
        began = time.perf_counter()
        for row in rows[:5_000]:
            database.execute("INSERT INTO events VALUES (?, ?)", (row[0] + b"1", row[1]))
        single = 5_000 / (time.perf_counter() - began)
        report("  yardstick: raw SQLite, keyed by id, batches of 1,000", f"{rate:,.0f}/s", "")
        report("  yardstick: raw SQLite, a commit each, one connection", f"{single:,.0f}/s", "")
        database.close()
    return rate


def event(index):
    tokens = index % 997 + 1
    TOTALS["input"] += tokens
    TOTALS["output"] += 7
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "gateway/eu-1", "type": "llm.request",
            "subject": f"service-{index % 10}", "time": "2026-11-01T08:00:00Z" if index % 2 else None,
            "data": {"input_tokens": tokens, "output_tokens": 7}}


def request(head, body, batch=True):
    content = "application/cloudevents-batch+json" if batch else "application/cloudevents+json"
    bytes_ = json.dumps(body).encode()
    lines = [f"{name}: {value}" for name, value in {**head, "Content-Type": content, "Content-Length": len(bytes_)}.items()]
    return ("POST /atelier/v1/events HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + bytes_


def load(address, requests, connections):
    """Sends every request over so many keep-alive connections; (seconds, time of each)."""
    selector = selectors.DefaultSelector()
    rest = iter(requests)
    times = []

    def send(connection):
        message = next(rest, None)
        if message is None:
            selector.unregister(connection)
            connection.close()
            return 1
        connection.setblocking(True)
        connection.sendall(message)
        connection.setblocking(False)
        began[connection] = time.perf_counter()
        return 0

    began = {}
    start = time.perf_counter()
    for _ in range(connections):
        connection = socket.create_connection(address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        send(connection)
    closed = 0
    while closed < connections and selector.get_map():
        for key, _ in selector.select():
            answer = key.fileobj.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200"), answer
            times.append(time.perf_counter() - began[key.fileobj])
            closed += send(key.fileobj)
    return time.perf_counter() - start, times


def token(server):
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": {
        "name": server.user, "password": server.password, "domain": {"id": server.domain_id}}}},
        "scope": {"project": {"name": server.region}}}}
    answer = server.request("POST", "/v3/auth/tokens", body, sign=False)
    return answer.headers["X-Subject-Token"]


def report(what, figure, bar):
    print(f"{what:<62}{figure:>26}   {bar}", flush=True)


if __name__ == "__main__":
    main()
