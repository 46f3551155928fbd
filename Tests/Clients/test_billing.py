"""What ran is on the bill, to the second, and the official billing SDK reads it."""

from decimal import Decimal

from atelier import wait
from huaweicloudsdkbss.v2 import (
    BssClient, DemandProductInfo, ListCustomerselfResourceRecordsRequest, ListOnDemandResourceRatingsRequest,
    RateOnDemandReq, ShowCustomerAccountBalancesRequest, ShowCustomerMonthlySumRequest)
from huaweicloudsdkcore.auth.credentials import GlobalCredentials


def bss_client(server):
    credentials = GlobalCredentials(server.access_key, server.secret_key, server.domain_id)
    return BssClient.new_builder().with_credentials(credentials).with_endpoints([server.endpoint]).build()


def cash(client):
    balances = client.show_customer_account_balances(ShowCustomerAccountBalancesRequest())
    assert balances.currency == "USD"
    return next(Decimal(str(one.amount)) for one in balances.account_balances if one.account_type == 1)


def test_the_bill_of_a_job_on_a_moved_clock(own_server):
    """A job runs from 10:59:00 to 12:30:01 of a clock that only the test moves: three hours are billed, exactly."""
    server = own_server
    bss = bss_client(server)
    server.move_clock("2030-01-10T10:59:00+08:00")
    server.top_up("100")
    job = server.create_job("billed", "while [ ! -e /home/ma-user/modelarts/outputs/never ]; do sleep 0.1; done")
    server.wait_for(job, "Running")
    price = Decimal(next(
        price["per_hour"] for flavor in server.get("/atelier/v1/price-book")["flavors"]
        if flavor["id"] == "modelarts.vm.cpu.2u" for price in flavor["prices"] if price["in_force"]))

    server.move_clock("2030-01-10T10:59:30+08:00")
    usage = server.get("/atelier/v1/usage")["items"]
    assert [(item["resource_id"], item["seconds"], item["running"]) for item in usage] == [(job, 30, True)]
    assert Decimal(usage[0]["amount"]) == truncated(price * 30 / 3600)

    for moment in ["2030-01-10T11:00:10+08:00", "2030-01-10T11:00:20+08:00", "2030-01-10T12:00:20+08:00",
                   "2030-01-10T12:30:01+08:00"]:
        server.move_clock(moment)
    answer = server.request(
        "POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    assert answer.status_code in (200, 202), answer.text
    server.wait_for_end(job)
    server.move_clock("2030-01-10T13:00:20+08:00")
    lines = wait(lambda: (found := server.get(f"/atelier/v1/bills?resource={job}")["items"]) and len(found) == 3 and found,
                 what="three bill lines")
    lines.sort(key=lambda line: line["hour"])
    assert [line["seconds"] for line in lines] == [60, 3600, 1801]
    expected = [truncated(price * seconds / 3600) for seconds in (60, 3600, 1801)]
    assert [Decimal(line["due"]) for line in lines] == expected
    for line in lines:
        assert Decimal(line["list"]) == Decimal(line["discount"]) + Decimal(line["truncated"]) + Decimal(line["due"])

    assert cash(bss) == (Decimal(100) - sum(expected)).quantize(Decimal("0.01")) or \
        cash(bss) == Decimal(100) - sum(expected)
    records = bss.list_customerself_resource_records(ListCustomerselfResourceRecordsRequest(cycle="2030-01"))
    assert records.total_count == 3 and records.currency == "USD"
    assert sum(Decimal(str(record.official_amount)) for record in records.fee_records) == sum(expected)
    assert {record.resource_id for record in records.fee_records} == {job}
    assert {str(record.charge_mode) for record in records.fee_records} == {"3"}
    assert sum(Decimal(str(record.usage)) for record in records.fee_records) > 0
    monthly = bss.show_customer_monthly_sum(ShowCustomerMonthlySumRequest(bill_cycle="2030-01"))
    assert Decimal(str(monthly.consume_amount)).quantize(Decimal("0.01")) == sum(expected).quantize(Decimal("0.01"))

    explained = server.get(f"/atelier/v1/bills/{lines[0]['id']}/explanation")
    assert [fact["kind"] for fact in explained["facts"]][0] == "started"
    assert "60 s" in explained["formula"]
    for posting in explained["postings"]:
        assert sum(Decimal(entry["amount"]) for entry in posting["entries"]) == 0
    balance = server.get("/atelier/v1/balance")
    assert Decimal(balance["cash"]) == Decimal(100) - sum(expected) and Decimal(balance["held"]) == 0


def truncated(amount):
    return amount.quantize(Decimal("0.00000001"), rounding="ROUND_DOWN")


def test_nothing_starts_without_money(own_server):
    server = own_server
    body = server.job_body("too-dear", "true")
    refused = server.request("POST", f"/v2/{server.project_id}/training-jobs", body)
    assert refused.status_code == 403 and refused.json()["error_code"] == "ModelArts.4116", refused.text
    assert server.request("POST", f"/v2/{server.project_id}/training-job-searches", {}).json()["total"] == 0
    assert Decimal(server.get("/atelier/v1/balance")["held"]) == 0


def test_a_first_hour_is_reserved_and_given_back(own_server):
    server = own_server
    server.top_up("5")
    job = server.create_job("reserved", "exec sleep 100")
    server.wait_for(job, "Running")
    held = Decimal(server.get("/atelier/v1/balance")["held"])
    assert held > 0
    server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    server.wait_for_end(job)
    # The clock did not move, so nothing was used.
    assert Decimal(server.get("/atelier/v1/balance")["held"]) == 0


def test_what_a_use_would_cost(server, bss):
    answer = bss.list_on_demand_resource_ratings(ListOnDemandResourceRatingsRequest(body=RateOnDemandReq(
        project_id=server.project_id, inquiry_precision=1, product_infos=[DemandProductInfo(
            id="1", cloud_service_type="hws.service.type.modelarts",
            resource_type=resource_type(server), resource_spec="modelarts.vm.cpu.2u", region=server.region,
            usage_factor="Duration", usage_value=2, usage_measure_id=4, subscription_num=3)])))
    price = Decimal(next(
        price["per_hour"] for flavor in server.get("/atelier/v1/price-book")["flavors"]
        if flavor["id"] == "modelarts.vm.cpu.2u" for price in flavor["prices"] if price["in_force"]))
    assert Decimal(str(answer.amount)) == price * 6 and answer.currency == "USD"


def resource_type(server):
    return next(
        product.get("resource_code", "hws.resource.type.modelarts.training")
        for product in server.get("/atelier/v1/price-book")["products"] if product["id"] == "training-job")


def test_a_top_up_counts_once(server):
    before = Decimal(server.get("/atelier/v1/balance")["cash"])
    path = f"/atelier/v1/accounts/{server.domain_id}/top-ups"
    for _ in range(2):
        assert server.request("POST", path, {"amount": "7.5"}, {"Idempotency-Key": "once"}).status_code == 200
    assert Decimal(server.get("/atelier/v1/balance")["cash"]) == before + Decimal("7.5")
    assert server.request("POST", path, {"amount": "8"}, {"Idempotency-Key": "once"}).status_code == 409


def test_a_price_that_changes_splits_a_running_job(own_server):
    """A dated price comes into the book while a job runs: it is billed at both, split at that second (law 5)."""
    server = own_server
    server.move_clock("2030-01-10T10:00:00+08:00")
    server.top_up("100")
    job = server.create_job("split", "while true; do sleep 0.1; done")
    server.wait_for(job, "Running")
    server.move_clock("2030-01-10T10:10:00+08:00")
    book = server.data / "price-books" / "default.yaml"
    old = "- {product: training-job, flavor: modelarts.vm.cpu.2u, per_hour: 0.23, from: 2020-01-01}"
    assert old in book.read_text()
    book.write_text(book.read_text().replace(
        old, old[:-1] + ", until: 2030-01-10T10:20:00}\n  " + old.replace("0.23", "0.46").replace(
            "from: 2020-01-01", "from: 2030-01-10T10:20:00")))
    assert server.request("POST", "/atelier/v1/price-books/reload").status_code == 200
    server.move_clock("2030-01-10T10:30:00+08:00")
    server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    server.wait_for_end(job)
    server.move_clock("2030-01-10T11:00:20+08:00")
    lines = wait(lambda: (found := server.get(f"/atelier/v1/bills?resource={job}")["items"]) and len(found) == 2 and found,
                 what="two bill lines")
    by_price = {line["per_hour"]: line for line in lines}
    assert (by_price["0.23"]["seconds"], by_price["0.46"]["seconds"]) == (1200, 600)
    assert (by_price["0.23"]["until"], by_price["0.46"]["from"]) == ("2030-01-10T02:20:00Z", "2030-01-10T02:20:00Z")
    assert sum(Decimal(line["due"]) for line in lines) == truncated(Decimal("0.23") / 3) + truncated(Decimal("0.46") / 6)


def test_the_past_of_a_price_does_not_change(own_server):
    server = own_server
    book = server.data / "price-books" / "default.yaml"
    book.write_text(book.read_text().replace("per_hour: 0.23, from", "per_hour: 0.24, from"))
    refused = server.request("POST", "/atelier/v1/price-books/reload")
    assert refused.status_code in (400, 409) and "modelarts.vm.cpu.2u" in refused.text, refused.text


def test_the_china_site_cuts_to_the_cent(own_server):
    """An account billed by the china book: each hour is cut to the cent, and what was cut stands beside it."""
    server = own_server
    server.move_clock("2030-01-10T10:00:00+08:00")
    made = server.request("POST", "/atelier/v1/accounts", {
        "name": "beijing", "user_name": "li", "password": "long enough", "book": "china", "role": "administrator"})
    assert made.status_code == 201, made.text
    made = made.json()
    account, project = made["account"]["id"], made["project"]["id"]
    assert server.request("POST", f"/atelier/v1/accounts/{account}/top-ups", {"amount": "50"}).status_code == 200
    key = {"access": made["access_key"], "secret": made["secret_key"]}
    job = server.request("POST", f"/v2/{project}/training-jobs", server.job_body("cents", "exec sleep 600"), **key)
    assert job.status_code == 201, job.text
    path = f"/v2/{project}/training-jobs/{job.json()['metadata']['id']}"
    wait(lambda: server.request("GET", path, **key).json()["status"]["phase"] == "Running", what="the start")
    # Another account's job is nobody's to see, not even the operator's by this route.
    assert server.request("GET", path).status_code == 403
    server.move_clock("2030-01-10T10:20:01+08:00")
    server.request("POST", path + "/actions", {"action_type": "terminate"}, **key)
    wait(lambda: server.request("GET", path, **key).json()["status"]["phase"] == "Terminated", what="the end")
    server.move_clock("2030-01-10T11:00:20+08:00")
    bills = wait(lambda: (found := server.request("GET", "/atelier/v1/bills", **key).json())["items"] and found,
                 what="the bill line")
    (line,) = bills["items"]
    assert bills["currency"] == "CNY" and line["seconds"] == 1201
    exact = truncated(Decimal(line["per_hour"]) * 1201 / 3600)
    assert Decimal(line["due"]) == exact.quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    assert Decimal(line["truncated"]) == exact - Decimal(line["due"]) > 0
    assert Decimal(line["list"]) == exact
    balance = server.request("GET", "/atelier/v1/balance", **key).json()
    assert Decimal(balance["cash"]) == Decimal(50) - Decimal(line["due"])


def test_arrears_stop_new_work_and_a_top_up_pays_them(own_server):
    """The first hour is reserved, the second is not: a job that runs longer brings its account into arrears."""
    server = own_server
    server.move_clock("2030-01-10T10:00:00+08:00")
    server.top_up("0.3")
    job = server.create_job("long", "exec sleep 600")
    server.wait_for(job, "Running")
    server.move_clock("2030-01-10T11:00:20+08:00")
    wait(lambda: Decimal(server.get("/atelier/v1/balance")["cash"]) < Decimal("0.3"), what="the first hour's bill")
    server.move_clock("2030-01-10T12:00:20+08:00")
    wait(lambda: Decimal(server.get("/atelier/v1/balance")["arrears"]) > 0, what="arrears")
    refused = server.request("POST", f"/v2/{server.project_id}/training-jobs", server.job_body("more", "true"))
    assert refused.status_code == 403 and "owes" in refused.text, refused.text
    server.top_up("10")
    assert Decimal(server.get("/atelier/v1/balance")["arrears"]) == 0
    server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
    server.wait_for_end(job)


def test_the_lease_of_an_account_in_arrears_ends_its_work(own_server):
    server = own_server
    server.move_clock("2030-01-10T10:00:00+08:00")
    server.top_up("0.24")
    job = server.create_job("grace", "exec sleep 600")
    server.wait_for(job, "Running")
    for hour in range(11, 14):
        server.move_clock(f"2030-01-10T{hour}:00:20+08:00")
        wait(lambda: len(server.get(f"/atelier/v1/bills?resource={job}")["items"]) >= hour - 10, what="an hour's bill")
    assert Decimal(server.get("/atelier/v1/balance")["arrears"]) > 0
    server.move_clock("2030-01-13T10:00:00+08:00")
    assert server.wait_for_end(job)["status"]["phase"] == "Terminated"
