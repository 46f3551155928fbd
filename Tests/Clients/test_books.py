"""The books of a server that billed by every kind of price: they verify, tampering is named, and an auditor agrees."""

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
from decimal import Decimal

import pytest

from atelier import BINARY, CPU_FLAVOR, ROOT, Server, wait

# A flavor with tiers over the month, a free quantity, a minimum, a discount, and another with a night price.
BOOK = """
id: default
name: Every kind of price
currency: USD
site: international
products:
  - {id: training-job, name: Training, service: hws.service.type.modelarts, resource: hws.resource.type.modelarts.training}
flavors:
  - {id: modelarts.vm.cpu.2u, name: CPU, type: CPU, vcpu: 0.5, memory: 512 MiB, products: [training-job]}
  - {id: modelarts.vm.cpu.0.5u, name: Small, type: CPU, vcpu: 0.5, memory: 512 MiB, products: [training-job]}
prices:
  - product: training-job
    flavor: modelarts.vm.cpu.2u
    free: 0.5
    graduated: [{up_to: 1, per_unit: 0.7, flat: 0.1}, {per_unit: 0.3}]
    minimum: 5
    from: 2020-01-01
  - {product: training-job, flavor: modelarts.vm.cpu.0.5u, per_hour: 0.66, from: 2020-01-01}
  - {product: training-job, flavor: modelarts.vm.cpu.0.5u, per_hour: 0.11, daily: "21:50-22:15", from: 2020-01-01}
discounts:
  - {name: opening, percent: 12.5, from: 2020-01-01}
"""
NEVER = "while [ ! -e /home/ma-user/modelarts/outputs/never ]; do sleep 0.1; done"


@pytest.fixture(scope="module")
def billed(tmp_path_factory):
    """A server that ran jobs by every price over the end of a month of a moved clock, stopped."""
    folder = tmp_path_factory.mktemp("books")
    (folder / "prices").mkdir()
    (folder / "prices" / "default.yaml").write_text(BOOK)
    server = Server(folder, clock="simulated")
    server.run("init", "--price-books", str(folder / "prices"))
    server.start()
    server.move_clock("2030-01-31T21:40:00+08:00")
    server.top_up("100")
    first = server.create_job("tiers-1", NEVER)
    small = server.request("POST", f"/v2/{server.project_id}/training-jobs", {
        **server.job_body("night", NEVER), "spec": {"resource": {"flavor_id": "modelarts.vm.cpu.0.5u", "node_count": 1}}})
    assert small.status_code == 201, small.text
    small = small.json()["metadata"]["id"]
    server.wait_for(first, "Running")
    server.wait_for(small, "Running")
    for moment in ["2030-01-31T22:00:20", "2030-01-31T22:20:00"]:
        server.move_clock(moment + "+08:00")
    second = server.create_job("tiers-2", NEVER)
    server.wait_for(second, "Running")
    for moment in ["2030-01-31T23:00:20", "2030-02-01T00:00:20", "2030-02-01T00:10:00"]:
        server.move_clock(moment + "+08:00")
    for job in (first, second, small):
        server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
        server.wait_for_end(job)
    server.move_clock("2030-02-01T01:00:20+08:00")
    wait(lambda: len(server.get("/atelier/v1/bills?limit=100")["items"]) >= 14, what="all bill lines")
    lines = server.get("/atelier/v1/bills?limit=100")["items"]
    explained = {line["kind"]: server.get(f"/atelier/v1/bills/{line['id']}/explanation") for line in lines}
    server.stop()
    return server, (first, second, small), lines, explained


def test_a_month_of_tiers_comes_to_its_fee(billed):
    """January: 2 h 20 min and 1 h 40 min of tiers, 0.5 h free, are 0.1 + 0.7 + 0.3 × 2.5, and the minimum makes 5."""
    _, (first, second, _), lines, explained = billed
    january = [line for line in lines if line["resource_id"] in (first, second) and line["hour"] < "2030-01-31T16:00"]
    # What was proven after its hour was closed stands in corrections.
    usage = sum(Decimal(line["list"]) for line in january if line["kind"] != "minimum")
    hours = sum(Decimal(line["counted"]) for line in january) / 3600
    assert hours == 4
    assert 0 <= Decimal("0.1") + Decimal("0.7") + Decimal("0.3") * (hours - Decimal("1.5")) - usage < Decimal("0.000001")
    assert "minimum" in [line["kind"] for line in january]
    assert sum(Decimal(line["list"]) for line in january) == pytest.approx(Decimal(5), abs=Decimal("0.000001"))
    for line in lines:
        assert Decimal(line["list"]) == Decimal(line["discount"]) + Decimal(line["truncated"]) + Decimal(line["due"])
        assert line["discount_name"] == "opening"
    assert "minimum" in explained["minimum"]["sentence"] and "opening" in explained["usage"]["sentence"]


def test_the_books_verify(billed):
    server, _, lines, _ = billed
    told = server.run("verify").stdout
    assert "verified" in told and f"lines     {len(lines)}" in told


@pytest.mark.parametrize("change, named", [
    ("UPDATE bill_lines SET due = due + 1, list = list + 1, paid_cash = paid_cash + 1 WHERE number = 3", "does not charge what its"),
    ("DELETE FROM bill_lines WHERE number = 3", "does not charge what its"),
    ("UPDATE bill_lines SET resource_name = 'other' WHERE number = 2", "does not fit the chain"),
    ("UPDATE entries SET amount = amount - 5 WHERE place = 0", "do not sum"),
    ("UPDATE postings SET posted_at = posted_at + 1 WHERE number = 1", "Posting 1"),
    ("DELETE FROM journal_chain WHERE number = 3", "Posting 3"),
    ("UPDATE balances SET amount = amount + 1 WHERE kind = 'cash'", "balance cash"),
    ("UPDATE bill_sums SET due = due + 1", "The sum of"),
    ("UPDATE facts SET happened = happened + 60 WHERE kind = 'ended'", "not billed as its facts say"),
    ("DELETE FROM facts WHERE kind = 'started'", "facts but no start"),
])
def test_tampering_is_named(billed, tmp_path, change, named):
    server, *_ = billed
    data = tmp_path / "data"
    shutil.copytree(server.data, data, ignore=shutil.ignore_patterns("lock", "*.sock", "attempts"))
    with sqlite3.connect(data / "atelier.sqlite") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(change).rowcount >= 1
    found = subprocess.run([BINARY, "verify", "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert found.returncode == 1 and named in found.stderr, found.stdout + found.stderr


def test_an_independent_auditor_agrees(billed, tmp_path):
    server, _, lines, _ = billed
    server.run("export", "--out", str(tmp_path / "books"))
    exported = list(csv.DictReader((tmp_path / "books" / "lines.csv").open()))
    assert {line["id"] for line in exported} == {line["id"] for line in lines}
    audit = [sys.executable, str(ROOT / "Audit" / "audit.py"), "books"]
    agreed = subprocess.run([*audit, str(tmp_path / "books")], capture_output=True, text=True, timeout=60)
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    path = tmp_path / "books" / "lines.csv"
    changed = next(line for line in exported if Decimal(line["list"]) > 0)
    for key in ("list", "due", "cash"):
        changed[key] = str(Decimal(changed[key]) + Decimal("0.00000001"))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, exported[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(exported)
    refused = subprocess.run([*audit, str(tmp_path / "books")], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1, refused.stdout + refused.stderr


OTHER = """
id: other
name: Another list
currency: EUR
site: international
products:
  - {id: training-job, name: Training, service: s, resource: r}
flavors:
  - {id: modelarts.vm.cpu.2u, name: CPU, type: CPU, vcpu: 2, memory: 4 GiB, products: [training-job]}
prices:
  - {product: training-job, flavor: modelarts.vm.cpu.2u, per_hour: 1.2, from: 2020-01-01}
terms:
  - {product: training-job, flavor: modelarts.vm.cpu.2u, term: 1 month, price: 30, from: 2020-01-01}
  - {product: training-job, flavor: modelarts.vm.cpu.2u, term: 1 year, price: 360, discount: 50, from: 2020-01-01}
"""
PERIOD = ["--from", "2030-01-31", "--to", "2030-02-02"]


def test_the_same_book_gives_what_was_billed(billed, tmp_path):
    server, _, lines, _ = billed
    (tmp_path / "same.yaml").write_text(BOOK)
    told = json.loads(server.run("simulate", "--price-book", str(tmp_path / "same.yaml"), *PERIOD, "--json").stdout)
    assert told["now"] == told["other"]
    for use in told["uses"]:
        due = sum(Decimal(line["due"]) for line in lines if line["flavor"] == use["flavor"])
        assert Decimal(use["now"]) == Decimal(use["other"]) == due


def test_another_book_stands_beside(billed, tmp_path):
    server, *_ = billed
    before = server.run("verify").stdout
    (tmp_path / "other.yaml").write_text(OTHER)
    shown = server.run("simulate", "--price-book", str(tmp_path / "other.yaml"), *PERIOD).stdout
    assert "no price" in shown and "█" in shown and all(len(line) <= 100 for line in shown.splitlines()), shown
    told = json.loads(server.run("simulate", "--price-book", str(tmp_path / "other.yaml"), *PERIOD, "--json").stdout)
    uses = {use["flavor"]: use for use in told["uses"]}
    # Four hours in January and twenty minutes in February at 1.20.
    assert uses[CPU_FLAVOR]["other"] == "5.2" and uses["modelarts.vm.cpu.0.5u"]["other"] is None
    assert server.run("verify").stdout == before
    one_day = json.loads(server.run("simulate", "--price-book", str(tmp_path / "other.yaml"), "--from", "2030-01-31T22:30:00",
                                    "--to", "2030-01-31T23:15:00", "--json").stdout)
    assert {use["flavor"]: use["other"] for use in one_day["uses"]}[CPU_FLAVOR] == "1.8"


def test_a_plan_says_where_terms_pay(billed, tmp_path):
    server, *_ = billed
    (tmp_path / "other.yaml").write_text(OTHER)
    words = ["simulate", "--plan", "--price-book", str(tmp_path / "other.yaml"), *PERIOD]
    (plan,) = json.loads(server.run(*words, "--json").stdout)
    # The first node is busy for 2 h 30 min, the second for 1 h 50 min; two days are 1/31 + 1/28 of a month.
    assert plan["peak"] == 2 and plan["node_seconds"] == 4 * 3600 + 1200
    ways = {way["term"]: way for way in plan["ways"]}
    assert ways[None]["cost"] == "5.2" and ways["1 month"]["break_even_hours_a_month"] == "25.00"
    assert ways["1 year"]["break_even_hours_a_month"] == "12.50" and ways["1 year"]["best_for_nodes"] == 2
    month = Decimal(1) / 31 + Decimal(1) / 28
    assert abs(Decimal(plan["cheapest"]) - 2 * 15 * month) < Decimal("0.0000001")
    shown = server.run(*words).stdout
    assert "pays from 13 h a month" in shown and "cheapest mix" in shown


@pytest.mark.parametrize("words, code", [
    (["--from", "2030-01-31", "--to", "2030-01-31", "--plan"], 2), (["--from", "x", "--to", "y", "--plan"], 2), (PERIOD, 2),
    ([*PERIOD, "--price-book", "missing.yaml"], 1)])
def test_wrong_wishes_are_told(billed, words, code):
    server, *_ = billed
    assert server.run("simulate", *words, check=False).returncode == code


def test_there_must_be_books(tmp_path):
    found = subprocess.run([BINARY, "verify", "--data", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert found.returncode == 1 and "no installation" in found.stderr
