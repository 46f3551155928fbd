"""Events of any service, metered: the CloudEvents SDK, late facts, refusals, the bill, and 200 kills."""

import json
import random
import shutil
import sqlite3
import subprocess
import threading
import time
import uuid
from decimal import Decimal

import pytest
import requests
from cloudevents.conversion import to_binary, to_structured
from cloudevents.http import CloudEvent

from atelier import BINARY, Server, wait

BOOK = """
id: default
name: Events
currency: USD
site: international
products:
  - {id: tokens, name: Tokens, service: s, resource: r, unit: "1,000 tokens", variants: [input, output, large]}
  - {id: seats, name: Seats, service: s, resource: r, unit: piece, variants: [peak, users, now]}
prices:
  - {product: tokens, flavor: input, per_unit: 0.5, from: 2020-01-01, until: 2030-01-01T10:30:00+08:00}
  - {product: tokens, flavor: input, per_unit: 1, from: 2030-01-01T10:30:00+08:00}
  - {product: tokens, flavor: output, graduated: [{up_to: 2, per_unit: 3}, {per_unit: 1}], from: 2020-01-01}
  - {product: seats, flavor: peak, per_unit: 10, from: 2020-01-01}
  - {product: seats, flavor: users, per_unit: 2, from: 2020-01-01}
  - {product: seats, flavor: now, per_unit: 1, from: 2020-01-01}
meters:
  - {id: input, event: llm.request, product: tokens, flavor: input, aggregation: sum, value: data.usage.input, from: 2020-01-01}
  - {id: output, event: llm.request, product: tokens, flavor: output, aggregation: sum, value: data.usage.output, from: 2020-01-01}
  - {id: model, event: llm.call, product: tokens, flavor_from: data.model, aggregation: count, from: 2020-01-01}
  - {id: peak, event: seats, product: seats, flavor: peak, aggregation: max, value: data.seats, window: day, from: 2020-01-01}
  - {id: users, event: seats, product: seats, flavor: users, aggregation: unique, value: data.user, window: month, from: 2020-01-01}
  - {id: now, event: seats, product: seats, flavor: now, aggregation: latest, value: data.seats, from: 2020-01-01}
"""
PATH = "/atelier/v1/events"


def started(folder, clock="simulated", book=BOOK):
    (folder / "prices").mkdir()
    (folder / "prices" / "default.yaml").write_text(book)
    server = Server(folder, clock=clock)
    server.run("init", "--price-books", str(folder / "prices"))
    return server.start()


@pytest.fixture(scope="module")
def metered(tmp_path_factory):
    server = started(tmp_path_factory.mktemp("events"), clock="real")
    server.top_up("1000")
    yield server
    server.stop()


@pytest.fixture
def timed(tmp_path):
    server = started(tmp_path)
    server.move_clock("2030-01-01T10:00:00+08:00")
    server.top_up("100")
    yield server
    server.stop()


def event(kind="llm.request", data=None, time=None, subject="service-1", **more):
    data = {"usage": {"input": 1000, "output": 0}} if data is None else data
    body = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "gateway", "type": kind, "subject": subject,
            "data": data, **more}
    return {**body, "time": time} if time else body


def send(server, body, status=200, **more):
    answer = server.request("POST", PATH, body, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


def unbilled(server):
    return Decimal(server.get("/atelier/v1/balance")["unbilled"])


def lines(server):
    return server.get("/atelier/v1/bills?limit=1000")["items"]


def test_the_sdk_sends_in_every_mode(metered):
    before = unbilled(metered)
    for encode in (to_structured, to_binary):
        one = CloudEvent({"type": "llm.request", "source": "sdk é", "subject": "ab"}, {"usage": {"input": 2000, "output": 0}})
        headers, body = encode(one)
        headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        if encode is to_binary:
            headers = {**headers, "ce-source": "sdk%20%C3%A9", "Content-Type": "application/json"}
        assert send(metered, body, headers=headers) == {"accepted": 1, "duplicates": 0}
        # The same event in the other mode is the same event.
        headers, body = to_structured(one)
        assert send(metered, body, headers=headers) == {"accepted": 0, "duplicates": 1}
    assert unbilled(metered) - before == 2
    usage = metered.get("/atelier/v1/usage?resource=ab")["items"]
    assert [Decimal(item["fee"]) for item in usage if item["flavor"] == "input"] == [2]


def test_an_event_counts_once(metered):
    one, other = event(), event()
    assert send(metered, [one, other, one]) == {"accepted": 2, "duplicates": 1}
    assert send(metered, [other]) == {"accepted": 0, "duplicates": 1}
    # Another layout of the same JSON is the same event; other content is refused, and nothing of its body counts.
    again = json.dumps(dict(reversed(list(one.items()))), indent=2)
    assert send(metered, again) == {"accepted": 0, "duplicates": 1}
    before = unbilled(metered)
    refused = send(metered, [event(), {**one, "subject": "service-2"}], status=409)
    assert "[1].id" in json.dumps(refused)
    assert unbilled(metered) == before
    twice = event()
    send(metered, [twice, {**twice, "subject": "x"}], status=409)


@pytest.mark.parametrize("body, status, said", [
    (event("unknown.type"), 400, "llm.request"),
    ([event(), event(data={"usage": {"output": 1}})], 400, "[1].data.usage.input"),
    (event(data={"usage": {"input": -1, "output": 1}}), 400, "plain decimal"),
    (event(data={"usage": {"input": 1.5e-9, "output": 1}}), 400, "plain decimal"),
    (event("llm.call", {"model": "unpriced"}), 400, "no price for unpriced"),
    (event(time="2990-01-01T00:00:00Z"), 400, "lies in the future"),
    (event(time="1990-01-01T00:00:00Z"), 400, "no meter of llm.request was in force"),
    (event(project="nobody"), 400, "no project nobody"),
    (event(account="nobody"), 404, "no account nobody"),
    ("[", 400, "Line 1, column 2"),
    ("", 400, "the text ends"),
    ([], 200, ""),
    ([event(id=str(n)) for n in range(10_001)], 413, "at most 10000"),
    (event(data={"usage": {"input": 1, "output": 1}, "pad": "x" * 70_000}), 413, "at most 65536"),
    ({"id": 7}, 400, "specversion"),
], ids=lambda value: str(value)[:30] if isinstance(value, (int, str)) else "body")
def test_what_is_wrong_is_said(metered, body, status, said):
    before = unbilled(metered)
    answer = send(metered, body if body != [] else "[]", status=status)
    assert said in json.dumps(answer)
    assert unbilled(metered) == before


def test_who_may_send(metered):
    answer = metered.request("POST", "/atelier/v1/accounts", {
        "name": "tenant", "user_name": "tenant", "password": "tenant-password"}).json()
    mine = {"access": answer["access_key"], "secret": answer["secret_key"]}
    tenant = answer["account"]["id"]
    assert send(metered, event(), **mine)["accepted"] == 1
    # The operator meters others; others only themselves. The same id of another sender is another event.
    one = event(account=tenant, id="shared")
    assert send(metered, one)["accepted"] == 1
    send(metered, event(account=metered.domain_id), status=403, **mine)
    assert send(metered, event(id="shared"), **mine)["accepted"] == 1
    balance = metered.request("GET", "/atelier/v1/balance", **mine).json()
    assert Decimal(balance["unbilled"]) == Decimal("1.5") == -Decimal(balance["available"])


def test_hours_prices_and_tiers(timed):
    """Half an hour at 0.5 and half at 1 a thousand; tiers: 2 thousand at 3, the rest at 1, over the month."""
    for moment, tokens in [("10:05", 1000), ("10:29", 3000), ("10:31", 5000)]:
        timed.move_clock(f"2030-01-01T{moment}:00+08:00")
        send(timed, event(data={"usage": {"input": tokens, "output": tokens}}, subject="a"))
    assert unbilled(timed) == Decimal("7") + Decimal("6") + Decimal("7")
    timed.move_clock("2030-01-01T11:00:20+08:00")
    wait(lambda: len(lines(timed)) == 3, what="three lines")
    found = {(line["flavor"], line["from"][11:16]): line for line in lines(timed)}
    assert Decimal(found["input", "02:00"]["due"]) == 2 and Decimal(found["input", "02:30"]["due"]) == 5
    assert Decimal(found["output", "02:00"]["due"]) == 13
    assert unbilled(timed) == 0
    # Late: 4 thousand of the first half hour; the month's tiers are past, so output adds 4.
    send(timed, event(data={"usage": {"input": 4000, "output": 4000}}, subject="a", time="2030-01-01T10:10:00+08:00"))
    assert unbilled(timed) == 6
    timed.move_clock("2030-01-01T12:00:20+08:00")
    wait(lambda: unbilled(timed) == 0 and len(lines(timed)) == 5, what="corrections")
    late = [line for line in lines(timed) if line["kind"] == "correction"]
    assert sorted(Decimal(line["due"]) for line in late) == [2, 4]
    assert all(line["hour"] == "2030-01-01T02:00:00Z" for line in late)
    told = timed.get(f"/atelier/v1/bills/{late[0]['id']}/explanation")
    assert "correct" in told["sentence"]
    assert "verified" in (timed.stop(), timed.run("verify"))[1].stdout


def test_windows_and_late_values(timed):
    """The day's peak, the month's users, the latest number of each hour; told late and out of order, the net is the same."""
    def seats(moment, number, user):
        return event("seats", {"seats": number, "user": user}, time=f"2030-01-01T{moment}:00+08:00", subject="team")

    send(timed, seats("09:10", 5, "ann"))
    send(timed, seats("09:50", 3, "bob"))
    timed.move_clock("2030-01-01T10:00:20+08:00")
    wait(lambda: unbilled(timed) == 0, what="the first hour")
    # An earlier peak takes over, bob was there before; the latest of nine o'clock stays 3, that of eight is 9.
    send(timed, [seats("08:30", 9, "bob"), seats("08:10", 1, "cid"), seats("09:20", 4, "cid")])
    timed.move_clock("2030-01-01T11:00:20+08:00")
    wait(lambda: unbilled(timed) == 0, what="the corrections")
    sums = {}
    for line in lines(timed):
        key = line["flavor"], line["hour"][11:13]
        sums[key] = sums.get(key, 0) + Decimal(line["due"])
    assert sums == {("peak", "00"): 90, ("peak", "01"): 0, ("users", "00"): 4, ("users", "01"): 2,
                    ("now", "00"): 9, ("now", "01"): 3}
    timed.stop()
    assert "verified" in timed.run("verify").stdout


@pytest.mark.parametrize("change, named", [
    ("UPDATE meter_readings SET value = value + 1", "reading of"),
    ("DELETE FROM meter_readings", "missing"),
    ("UPDATE event_batches SET body = CAST(replace(CAST(body AS TEXT), '1000', '1001') AS BLOB)", "its events give"),
    ("DELETE FROM event_batches", "readings, and the events give"),
])
def test_changed_events_are_found(timed, tmp_path, change, named):
    send(timed, event())
    timed.move_clock("2030-01-01T11:00:20+08:00")
    wait(lambda: unbilled(timed) == 0, what="the hour")
    timed.stop()
    data = tmp_path / "copy"
    shutil.copytree(timed.data, data, ignore=shutil.ignore_patterns("lock", "*.sock", "attempts"))
    with sqlite3.connect(data / "atelier.sqlite") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(change).rowcount >= 1
    found = subprocess.run([BINARY, "verify", "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert found.returncode == 1 and named in found.stderr, found.stdout + found.stderr


def test_acknowledged_events_survive_200_kills(tmp_path):
    """Senders repeat what was not answered; after 200 kill -9 at random moments every event counts exactly once."""
    dice = random.Random(20260301)
    server = started(tmp_path, clock="real")
    server.top_up("1000000")
    sent, lock, stop = {"events": 0, "duplicates": 0}, threading.Lock(), threading.Event()

    def sender(number):
        while not stop.is_set():
            batch = [event(data={"usage": {"input": 1000, "output": 0}}, subject=f"s{number}") for _ in range(1 + number % 3 * 40)]
            while True:  # until it is acknowledged
                try:
                    answer = server.request("POST", PATH, batch if len(batch) > 1 else batch[0], timeout=5)
                except requests.RequestException:
                    time.sleep(0.01)
                    continue
                assert answer.status_code == 200, answer.text
                with lock:
                    sent["events"] += len(batch)
                    sent["duplicates"] += answer.json()["duplicates"]
                break

    senders = [threading.Thread(target=sender, args=(number,)) for number in range(4)]
    for thread in senders:
        thread.start()
    for _ in range(200):
        time.sleep(dice.uniform(0.0, 0.12))
        server.kill()
        server.start()
    stop.set()
    for thread in senders:
        thread.join()
    server.stop()
    with sqlite3.connect(server.data / "atelier.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (counted,) = database.execute(
            "SELECT SUM(r.value) / 1000000000 FROM meter_readings r JOIN metered_segments m ON m.id = r.segment "
            "WHERE m.flavor = 'input'").fetchone()
    assert counted == sent["events"] > 200
    assert sent["duplicates"] > 0, "no kill came between a commit and its answer; the test proves less than it says"
    assert "verified" in server.run("verify").stdout
