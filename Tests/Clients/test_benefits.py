"""Coupons and resource packages: granted and sold, deducted where hours close, and read by the official billing SDK."""

import shutil
import sqlite3
import subprocess
import sys
from decimal import Decimal

import pytest

from atelier import BINARY, CPU_FLAVOR, ROOT, wait
from huaweicloudsdkbss.v2 import (
    ListCustomerselfResourceRecordsRequest, ListFreeResourceInfosReq, ListFreeResourceInfosRequest,
    ListFreeResourceUsagesReq, ListFreeResourceUsagesRequest, ListFreeResourcesUsageRecordsRequest,
    ListSubCustomerCouponsRequest, ShowCustomerMonthlySumRequest)
from random_books import RandomBooks
from test_billing import bss_client, truncated

NEVER = "while [ ! -e /home/ma-user/modelarts/outputs/never ]; do sleep 0.1; done"


def post(server, kind, body, key=None, status=201):
    answer = server.request("POST", f"/atelier/v1/accounts/{server.domain_id}/{kind}", body,
                            headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == status, answer.text
    return answer.json()


def benefits(server, kind):
    return server.get(f"/atelier/v1/accounts/{server.domain_id}/{kind}")["items"]


def price_per_hour(server):
    return Decimal(next(
        price["per_hour"] for flavor in server.get("/atelier/v1/price-book")["flavors"]
        if flavor["id"] == CPU_FLAVOR for price in flavor["prices"] if price["in_force"]))


def test_packages_cover_then_coupons_pay_then_cash(own_server):
    """A job from 10:30 to 13:00: a package covers its first hour, a coupon pays of the rest, cash what is left."""
    server = own_server
    bss = bss_client(server)
    server.move_clock("2030-01-10T10:29:00+08:00")
    server.top_up("100")
    order = {"name": "one hour", "product": "training-job", "size": "1", "price": "0.25"}
    package = post(server, "packages", order, "k")
    assert post(server, "packages", order, "k") == package
    assert package["effective_from"] == "2030-01-10T02:00:00Z" and package["expires_at"] == "2030-01-31T16:00:00Z"
    post(server, "packages", {**order, "size": "2"}, "k", 409)
    assert Decimal(server.get("/atelier/v1/balance")["cash"]) == Decimal("99.75")
    price = price_per_hour(server)
    half = truncated(price / 2)
    coupon = post(server, "coupons", {
        "name": "welcome", "amount": str(half + Decimal("0.01")), "valid_until": "2030-01-10T12:00:01+08:00"}, "c")
    server.move_clock("2030-01-10T10:30:00+08:00")
    job = server.create_job("covered", NEVER)
    server.wait_for(job, "Running")
    for moment in ["2030-01-10T11:00:20+08:00", "2030-01-10T12:00:20+08:00", "2030-01-10T13:00:00+08:00"]:
        server.move_clock(moment)
    server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    server.wait_for_end(job)
    server.move_clock("2030-01-10T13:00:20+08:00")
    lines = wait(lambda: (found := server.get(f"/atelier/v1/bills?resource={job}")["items"]) and len(found) == 3 and found,
                 what="three bill lines")
    lines.sort(key=lambda line: line["hour"])
    assert [Decimal(line["packaged"]) for line in lines] == [1800, 1800, 0]
    assert [Decimal(line["list"]) for line in lines] == [0, half, price]
    # The coupon was valid when the last hour began, for one second more; so it pays of that hour too.
    assert [Decimal(line["paid"]["coupon"]) for line in lines] == [0, half, Decimal("0.01")]
    assert Decimal(lines[2]["paid"]["cash"]) == price - Decimal("0.01")
    explained = server.get(f"/atelier/v1/bills/{lines[1]['id']}/explanation")
    assert f"1800 from {package['id']} (one hour)" in explained["sentence"], explained["sentence"]
    assert f"from the coupon {coupon['id']} (welcome)" in explained["sentence"]
    assert "(3600 s × 1 − 1800 from packages)" in explained["formula"]

    listed = bss.list_sub_customer_coupons(ListSubCustomerCouponsRequest(status=3))
    assert [(one.coupon_id, one.plan_name, one.balance) for one in listed.user_coupons] == [(coupon["id"], "welcome", 0)]
    assert listed.count == 1 and bss.list_sub_customer_coupons(ListSubCustomerCouponsRequest(status=2)).count == 0
    infos = bss.list_free_resource_infos(ListFreeResourceInfosRequest(body=ListFreeResourceInfosReq(status=2)))
    assert infos.total_count == 1
    [info] = infos.free_resource_packages
    assert (info.product_name, info.quota_reuse_mode, info.source_type) == ("one hour", 2, 0)
    assert [(part.free_resource_id, Decimal(part.amount), Decimal(part.original_amount)) for part in info.free_resources] == [
        (package["id"], 0, 1)]
    usages = bss.list_free_resource_usages(ListFreeResourceUsagesRequest(
        body=ListFreeResourceUsagesReq(free_resource_ids=[package["id"]])))
    assert [(Decimal(str(one.amount)), Decimal(str(one.original_amount))) for one in usages.free_resources] == [(0, 1)]
    records = bss.list_free_resources_usage_records(ListFreeResourcesUsageRecordsRequest(free_resource_id=package["id"]))
    assert records.total_count == 2
    assert [(one.resource_id, Decimal(one.used_amount)) for one in records.free_resource_records] == [(job, Decimal("0.5"))] * 2
    fees = bss.list_customerself_resource_records(ListCustomerselfResourceRecordsRequest(cycle="2030-01")).fee_records
    assert sum(Decimal(str(fee.coupon_amount)) for fee in fees) == half + Decimal("0.01")
    assert sorted(Decimal(str(fee.free_resource_usage)) for fee in fees) == [0, Decimal("0.5"), Decimal("0.5")]
    monthly = bss.show_customer_monthly_sum(ShowCustomerMonthlySumRequest(bill_cycle="2030-01"))
    assert Decimal(str(monthly.coupon_amount)).quantize(Decimal("0.00000001")) == half + Decimal("0.01")
    assert audited(server) == 0


def audited(server):
    """Verifies the books, exports them, and lets the auditor recompute them."""
    told = server.run("verify", check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    out = server.data.parent / "books"
    server.run("export", "--out", str(out))
    found = subprocess.run([sys.executable, str(ROOT / "Audit" / "audit.py"), "books", str(out)],
                           capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stdout + found.stderr
    return found.returncode


def test_a_package_covers_what_is_billed_already(own_server):
    """Granted later for an hour that is closed, it is a correction in the open bill, and its coupon money comes back."""
    server = own_server
    server.move_clock("2030-01-10T09:59:00+08:00")
    server.top_up("100")
    post(server, "coupons", {"name": "some", "amount": "0.01", "valid_until": "2030-02-01T00:00:00+08:00",
                             "valid_from": "2030-01-01T00:00:00+08:00", "product": "training-job"})
    server.move_clock("2030-01-10T10:00:00+08:00")
    job = server.create_job("covered", NEVER)
    server.wait_for(job, "Running")
    server.move_clock("2030-01-10T10:10:00+08:00")
    server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    server.wait_for_end(job)
    server.move_clock("2030-01-10T11:00:20+08:00")
    wait(lambda: server.get(f"/atelier/v1/bills?resource={job}")["total"] == 1, what="the first line")
    [first] = server.get(f"/atelier/v1/bills?resource={job}")["items"]
    assert Decimal(first["paid"]["coupon"]) == Decimal("0.01") < Decimal(first["due"])
    post(server, "packages", {
        "name": "sorry", "product": "training-job", "flavor": CPU_FLAVOR, "size": "10", "monthly": True,
        "effective_from": "2030-01-01T00:00:00+08:00", "expires_at": "2030-03-01T00:00:00+08:00"})
    server.move_clock("2030-01-10T12:00:20+08:00")
    lines = wait(lambda: (found := server.get(f"/atelier/v1/bills?resource={job}")["items"]) and len(found) == 2 and found,
                 what="the correction")
    correction = next(line for line in lines if line["kind"] == "correction")
    assert Decimal(correction["due"]) == -Decimal(first["due"]) and Decimal(correction["packaged"]) == 600
    assert Decimal(correction["paid"]["coupon"]) == Decimal("-0.01")
    assert Decimal(server.get("/atelier/v1/balance")["cash"]) == 100
    assert [Decimal(one["left"]) for one in benefits(server, "coupons")] == [Decimal("0.01")]
    assert [Decimal(one["used"]).quantize(Decimal("0.0001"), "ROUND_DOWN") for one in benefits(server, "packages")] == [Decimal("0.1666")]
    assert audited(server) == 0


def test_a_coupon_lets_work_start(own_server):
    server = own_server
    refused = server.request("POST", f"/v2/{server.project_id}/training-jobs", server.job_body("too-dear", "true"))
    assert refused.status_code == 403
    post(server, "coupons", {"name": "start", "amount": "50", "valid_until": "2100-01-01T00:00:00Z", "product": "training-job"})
    server.wait_for_end(server.create_job("paid-by-coupon", "true"))


@pytest.mark.parametrize("kind, body, fields", [
    ("coupons", {"name": "", "amount": "-1", "product": 5}, ["name", "amount", "product", "valid_until"]),
    ("coupons", {"name": "x", "amount": 5, "valid_until": "soon"}, ["amount", "valid_until"]),
    ("coupons", {"name": "x", "amount": "5", "product": "none", "valid_until": "2001-01-01T00:00:00Z"}, ["product", "valid_until"]),
    ("packages", {"size": "x", "monthly": "yes", "price": "?"}, ["name", "product", "size", "monthly", "price"]),
    ("packages", {"name": "x", "product": "training-job", "flavor": "none", "size": "0", "price": "-1",
                  "effective_from": "2100-01-01T00:00:01Z", "expires_at": "2099-01-01T00:30:00Z"},
     ["flavor", "size", "price", "effective_from", "expires_at", "expires_at"]),
    ("packages", {"name": "x", "product": "training-job", "size": "9200000000000"}, ["size"]),
])
def test_all_that_is_wrong_is_told_at_once(server, kind, body, fields):
    answer = server.request("POST", f"/atelier/v1/accounts/{server.domain_id}/{kind}", body)
    assert answer.status_code == 400, answer.text
    assert [fault["field"] for fault in answer.json()["faults"]] == fields, answer.text


def test_a_package_is_not_sold_on_what_is_not_there(own_server):
    body = {"name": "dear", "product": "training-job", "size": "1", "price": "1000000"}
    refused = post(own_server, "packages", body, status=403)
    assert refused["error_code"] == "ModelArts.4116" and benefits(own_server, "packages") == []
    assert post(own_server, "coupons", {"name": "x", "amount": "1", "valid_until": "2100-01-01T00:00:00Z"}, "k" * 129, 400)


def test_the_command_line_grants_sells_and_lists(own_server):
    server = own_server
    server.top_up("10")

    def run(*arguments):
        return server.run(*arguments).stdout

    assert "welcome" in run("coupon", "grant", "5", "--name", "welcome", "--until", "2100-01-01T00:00:00Z")
    assert "usable" in run("coupon", "list") and "welcome" in run("coupon", "list")
    assert "hours" in run("package", "buy", "--name", "hours", "--product", "training-job", "--size", "100", "--price", "3")
    assert "gift" in run("package", "grant", "--name", "gift", "--product", "training-job", "--size", "1.5", "--monthly",
                         "--until", "2100-01-01T00:00:00+08:00")
    listed = run("package", "list")
    assert "effective" in listed and "gift" in listed and "hours" in listed
    assert all(len(line) <= 100 for line in listed.splitlines()), listed
    assert Decimal(server.get("/atelier/v1/balance")["cash"]) == 7


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Books in which packages cover and coupons pay, stopped."""
    books = RandomBooks(tmp_path_factory.mktemp("mixed"), 0)
    lines = books.run()
    assert any(line["packages"] for line in lines) and any(line["coupons"] for line in lines)
    return books


@pytest.mark.parametrize("change, named", [
    ("UPDATE coupons SET granted = granted + 1", "The posting of the coupon"),
    ("UPDATE coupons SET valid_until = valid_from + 1", "Coupons pay"),
    ("DELETE FROM postings WHERE reference LIKE 'coupon:%'", "is missing"),
    ("UPDATE bill_lines SET coupons = replace(coupons, ':', '0:') WHERE coupons IS NOT NULL", "does not charge what"),
    ("UPDATE bill_lines SET packages = packages || '1' WHERE packages IS NOT NULL", "does not fit the chain"),
    ("UPDATE package_uses SET used = used + 1", "is not what the lines say that it covers"),
    ("UPDATE resource_packages SET size = size / 2", "not billed as its facts say"),
    ("UPDATE resource_packages SET price = price + 1 WHERE price > 0", "is not its price"),
    ("UPDATE bill_sums SET paid_coupon = paid_coupon + 1", "The sum of"),
])
def test_tampering_is_named(mixed, tmp_path, change, named):
    data = tmp_path / "data"
    shutil.copytree(mixed.server.data, data, ignore=shutil.ignore_patterns("lock", "*.sock", "attempts"))
    with sqlite3.connect(data / "atelier.sqlite") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        assert database.execute(change).rowcount >= 1
    found = subprocess.run([BINARY, "verify", "--data", str(data)], capture_output=True, text=True, timeout=60)
    assert found.returncode == 1 and named in found.stderr, found.stdout + found.stderr


# In the month of seed 21 nothing runs any more when it ends, and its fee lacks something to a minimum.
@pytest.mark.parametrize("seed", [0, 10, 21])
def test_the_auditor_agrees_on_random_packages_and_coupons(tmp_path, seed):
    books = RandomBooks(tmp_path, seed)
    lines = books.run()
    assert books.server.audited() == "", f"seed {seed}\n{(tmp_path / 'prices' / 'default.yaml').read_text()}"
    assert any(line["packages"] or line["coupons"] for line in lines)
