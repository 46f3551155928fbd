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
