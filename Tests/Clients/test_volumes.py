"""The official EVS SDK, unmodified, drives volumes on the real disk, and their bill is right to the second."""

import datetime
import json
import os
import subprocess

import pytest
from atelier import Server, audit_books, wait
from conftest import evs_client
from huaweicloudsdkbss.v2 import DemandProductInfo, ListOnDemandResourceRatingsRequest, RateOnDemandReq
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkevs.v2 import (
    BatchResizeVolumeRequestBody, BatchResizeVolumesRequest, BssParamForCreateVolume,
    CinderListAvailabilityZonesRequest, CinderListVolumeTypesRequest, CreateVolumeOption, CreateVolumeRequest,
    CreateVolumeRequestBody, DeleteVolumeRequest, ListVolumesRequest, OsExtend, ResizeVolumeRequest,
    ResizeVolumeRequestBody, ShowJobRequest, ShowVolumeRequest, UpdateVolumeOption, UpdateVolumeRequest,
    UpdateVolumeRequestBody, VolumesForBatchResizeVolume)

ZONE = "local-1a"


def create(client, token=None, bss=None, **option):
    option = {"availability_zone": ZONE, "size": 10, "volume_type": "SSD", "name": "data", **option}
    return client.create_volume(CreateVolumeRequest(
        x_client_token=token, body=CreateVolumeRequestBody(volume=CreateVolumeOption(**option), bss_param=bss)))


def show(client, volume):
    return client.show_volume(ShowVolumeRequest(volume_id=volume)).volume


def job(client, job):
    return client.show_job(ShowJobRequest(job_id=job))


def done(client, id):
    wait(lambda: job(client, id).status in ("SUCCESS", "FAIL"), what=f"the end of {id}")
    return job(client, id)


def resize(client, volume, size):
    return client.resize_volume(ResizeVolumeRequest(
        volume_id=volume, body=ResizeVolumeRequestBody(os_extend=OsExtend(new_size=size)))).job_id


def delete(client, volume):
    return client.delete_volume(DeleteVolumeRequest(volume_id=volume)).job_id


def listed(client, **query):
    return client.list_volumes(ListVolumesRequest(**query))


def refused(call, *arguments, **more):
    with pytest.raises(ClientRequestException) as refusal:
        call(*arguments, **more)
    assert refusal.value.request_id and refusal.value.error_msg
    return refusal.value


def test_a_volume_from_creation_to_deletion(server, evs):
    taken = create(evs, name="whole-life", description="made by the SDK", metadata={"team": "vision"})
    volume, = taken.volume_ids
    ended = done(evs, taken.job_id)
    assert (ended.status, ended.job_type, ended.fail_reason) == ("SUCCESS", "createVolume", "")
    assert (ended.entities.volume_id, ended.entities.size, ended.entities.volume_type) == (volume, 10, "SSD")
    assert ended.begin_time <= ended.end_time and ended.end_time.endswith("Z")
    shown = show(evs, volume)
    assert (shown.status, shown.size, shown.name) == ("available", 10, "whole-life")
    assert (shown.availability_zone, shown.volume_type, shown.metadata) == (ZONE, "SSD", {"team": "vision"})
    assert shown.os_vol_tenant_attrtenant_id == server.project_id and shown.attachments == []
    assert shown.bootable == "false" and shown.multiattach is False
    datetime.datetime.strptime(shown.created_at, "%Y-%m-%dT%H:%M:%S.%f")

    changed = evs.update_volume(UpdateVolumeRequest(
        volume_id=volume, body=UpdateVolumeRequestBody(UpdateVolumeOption(name="renamed"))))
    assert changed.name == "renamed" and changed.description == "made by the SDK"

    assert done(evs, resize(evs, volume, 12)).job_type == "extendVolume"
    assert (show(evs, volume).size, show(evs, volume).status) == (12, "available")
    image = server.data / "volumes" / volume / "disk.xfs"
    assert image.stat().st_size == 12 << 30

    ids = [item.id for item in listed(evs).volumes]
    assert volume in ids
    gone = delete(evs, volume)
    assert (done(evs, gone).status, job(evs, gone).job_type) == ("SUCCESS", "deleteVolume")
    assert refused(show, evs, volume).status_code == 404
    assert refused(delete, evs, volume).error_code == "EVS.0404"
    assert not image.parent.exists()


def test_several_volumes_at_once(evs):
    taken = create(evs, name="batch", count=3)
    whole = done(evs, taken.job_id)
    assert whole.status == "SUCCESS" and whole.job_type == "batchCreateVolume"
    assert [part.entities.name for part in whole.entities.sub_jobs] == ["batch-0001", "batch-0002", "batch-0003"]
    assert sorted(part.entities.volume_id for part in whole.entities.sub_jobs) == sorted(taken.volume_ids)
    by_name = listed(evs, name="batch", sort_key="size", sort_dir="asc")
    assert by_name.count == 3 and {item.id for item in by_name.volumes} == set(taken.volume_ids)
    first = listed(evs, name="batch", limit=2)
    rest = listed(evs, name="batch", limit=2, marker=first.volumes[-1].id)
    assert [len(first.volumes), len(rest.volumes)] == [2, 1] and first.volumes_links
    assert {item.id for item in first.volumes + rest.volumes} == set(taken.volume_ids)
    pair = taken.volume_ids[:2]
    assert {item.id for item in listed(evs, ids=str(pair)).volumes} == set(pair)
    assert listed(evs, status="in-use", name="batch").volumes == []
    grown = evs.batch_resize_volumes(BatchResizeVolumesRequest(body=BatchResizeVolumeRequestBody(
        volumes=[VolumesForBatchResizeVolume(id=id, new_size=11) for id in pair])))
    assert done(evs, grown.job_id).status == "SUCCESS"
    assert [show(evs, id).size for id in taken.volume_ids] == [11, 11, 10]
    # One that may not grow keeps all from growing.
    mixed = refused(lambda: evs.batch_resize_volumes(BatchResizeVolumesRequest(body=BatchResizeVolumeRequestBody(
        volumes=[VolumesForBatchResizeVolume(id=taken.volume_ids[2], new_size=20),
                 VolumesForBatchResizeVolume(id=pair[0], new_size=5)]))))
    assert mixed.status_code == 400 and show(evs, taken.volume_ids[2]).status == "available"
    for id in taken.volume_ids:
        assert done(evs, delete(evs, id)).status == "SUCCESS"


def test_a_request_sent_again_counts_once(evs):
    first = create(evs, token="token-1", name="once")
    again = create(evs, token="token-1", name="once")
    assert (first.job_id, first.volume_ids) == (again.job_id, again.volume_ids)
    assert listed(evs, name="once").count == 1
    other = refused(create, evs, token="token-1", name="once", size=11)
    assert (other.status_code, other.error_code) == (409, "EVS.0409") and "token-1" in other.error_msg
    done(evs, first.job_id)
    # Deleting asks for nothing twice: while it goes on it is the same job, afterwards there is nothing.
    done(evs, delete(evs, first.volume_ids[0]))
    assert refused(delete, evs, first.volume_ids[0]).status_code == 404
    assert create(evs, token="token-1", name="once").volume_ids == first.volume_ids


@pytest.mark.parametrize("option, code, status, words", [
    (dict(size=4), "EVS.0102", 400, "volume.size"),
    (dict(size=9), "EVS.0102", 400, "10 to 32768 GB"),
    (dict(size=0), "EVS.0102", 400, "volume.size"),
    (dict(size=32_769), "EVS.0102", 400, "10 to 32768 GB"),
    (dict(size=30_000), "EVS.0210", 400, "room for"),
    (dict(volume_type="TAPE"), "EVS.0102", 400, "SATA, SAS, GPSSD, SSD, ESSD"),
    (dict(availability_zone="moon"), "EVS.0102", 400, ZONE),
    (dict(count=101), "EVS.0102", 400, "count"),
    (dict(name="n" * 65), "EVS.0102", 400, "64"),
    (dict(multiattach=True), "EVS.0102", 400, "one user"),
    (dict(snapshot_id="s"), "EVS.0102", 400, "empty"),
    (dict(bss=BssParamForCreateVolume(charging_mode="prePaid")), "EVS.0102", 400, "paid per use"),
])
def test_what_cannot_be_made_leaves_nothing_behind(server, evs, option, code, status, words):
    before = (listed(evs).count, os.listdir(server.data / "volumes"), server.get("/atelier/v1/balance")["held"])
    refusal = refused(create, evs, **option)
    assert (refusal.error_code, refusal.status_code) == (code, status) and words in refusal.error_msg
    after = (listed(evs).count, os.listdir(server.data / "volumes"), server.get("/atelier/v1/balance")["held"])
    assert before == after


def test_all_that_is_wrong_is_told_at_once(server):
    answer = server.request(
        "POST", f"/v2.1/{server.project_id}/cloudvolumes", {"volume": {"size": "ten", "count": 0}})
    faults = {fault["field"] for fault in answer.json()["error"]["faults"]}
    assert faults == {"volume.size", "volume.count", "volume.availability_zone", "volume.volume_type"}


def test_a_volume_only_grows(evs):
    taken = create(evs, size=11)
    done(evs, taken.job_id)
    volume, = taken.volume_ids
    for size in (10, 11, 4, 0):
        assert refused(resize, evs, volume, size).status_code == 400
    for size in (5_000, 40_000):
        assert "GB" in refused(resize, evs, volume, size).error_msg
    assert (show(evs, volume).size, show(evs, volume).status) == (11, "available")
    done(evs, delete(evs, volume))


def test_types_zones_and_strangers(server, evs):
    types = evs.cinder_list_volume_types(CinderListVolumeTypesRequest()).volume_types
    assert [kind.name for kind in types] == ["SATA", "SAS", "GPSSD", "SSD", "ESSD"]
    assert "0.00017 USD" in {kind.name: kind.description for kind in types}["SSD"]
    zone, = evs.cinder_list_availability_zones(CinderListAvailabilityZonesRequest()).availability_zone_info
    assert zone.zone_name == ZONE and zone.zone_state.available
    assert refused(listed, evs_client(server, secret="wrong")).error_code == "APIGW.0301"
    foreign = evs_client(server, project="0123456789abcdef0123456789abcdef")
    assert (refused(listed, foreign).status_code, refused(listed, foreign).error_code) == (403, "EVS.0010")
    assert refused(job, evs, "none").status_code == 404


def test_the_billing_centre_prices_and_bills_volumes(server, bss, evs):
    """EX-29 of the documentation: 1,000 GB of common I/O for 25,874 s are 0.45998222 USD (billing_faq_5100049)."""
    asked = DemandProductInfo(
        id="1", cloud_service_type="hws.service.type.ebs", resource_type="hws.resource.type.volume",
        resource_spec="SATA", resource_size=1_000, size_measure_id=17, region=server.region, usage_factor="Duration",
        usage_value=7.18722222, usage_measure_id=4, subscription_num=1)
    answer = bss.list_on_demand_resource_ratings(ListOnDemandResourceRatingsRequest(
        body=RateOnDemandReq(project_id=server.project_id, inquiry_precision=1, product_infos=[asked])))
    assert float(answer.amount) == 0.45998222


def test_the_command_line(server, evs):
    made = server.run("volume", "create", "--name", "a-disk", "--size", "10").stdout.strip()
    assert show(evs, made).name == "a-disk"
    assert made in server.run("volume", "list", "--name", "a-disk").stdout
    grown = json.loads(server.run("volume", "resize", made, "--size", "11", "--output", "json").stdout)
    assert (grown["size"], grown["status"], grown["capacity_bytes"]) == (11, "available", 11 << 30)
    text = server.run("volume", "show", made).stdout
    assert "fee so far" in text and "available" in text
    assert next(line for line in text.splitlines() if line.startswith("used")).endswith(" MB"), text
    usage = server.run("usage").stdout
    assert usage.count("a-disk") == 2 and " 11 " in usage
    small = server.run("volume", "create", "--size", "4", check=False)
    assert small.returncode == 1 and "10 to 32768 GB" in small.stderr and "EVS.0102" in small.stderr
    assert server.run("volume", "delete", made).stdout.strip() == made
    assert server.run("volume", "show", made, check=False).returncode == 1


def test_without_money_nothing_is_made(tmp_path):
    with Server(tmp_path) as server:
        evs = evs_client(server)
        refusal = refused(create, evs)
        assert (refusal.status_code, refusal.error_code) == (403, "EVS.4116")
        assert "top the account up" in refusal.error_msg
        assert listed(evs).count == 0 and os.listdir(server.data / "volumes") == []
        assert server.run("volume", "create", "--size", "10", check=False).returncode == 3


def test_the_bill_is_right_to_the_second(own_server):
    """Created at 08:10:00, grown from 10 to 20 GB after 25 minutes, deleted at 10:00:30, by a clock of the test."""
    server = own_server
    server.move_clock("2031-03-05T08:10:00+08:00")
    server.top_up("10")
    evs = evs_client(server)
    taken = create(evs, name="metered", volume_type="SATA")
    assert done(evs, taken.job_id).status == "SUCCESS"
    volume, = taken.volume_ids
    server.move_clock("2031-03-05T08:35:00+08:00")
    usage = server.get(f"/atelier/v1/usage?resource={volume}")["items"]
    assert [(item["quantity"], item["seconds"], item["amount"]) for item in usage] == [(10, 1_500, "0.00026666")]
    assert "1500 s × 10 GB × 0.000064 USD/GB-hour ÷ 3600 = 0.00026666 USD" in usage[0]["formula"]
    assert done(evs, resize(evs, volume, 20)).status == "SUCCESS"
    server.stop()
    server.start()
    server.move_clock("2031-03-05T10:00:30+08:00")
    evs = evs_client(server)
    delete(evs, volume)
    wait(lambda: not listed(evs).count, what="the volume's end")
    server.move_clock("2031-03-05T12:00:00+08:00")
    lines = wait(lambda: (found := server.get(f"/atelier/v1/bills?resource={volume}")["items"]) and len(found) == 4 and found)
    lines = sorted(lines, key=lambda line: line["from"])
    assert [(line["seconds"], line["quantity"], line["due"]) for line in lines] == [
        (1_500, 10, "0.00026666"), (1_500, 20, "0.00053333"), (3_600, 20, "0.00128"), (30, 20, "0.00001066")]
    assert {line["product"] for line in lines} == {"evs"}
    records = server.get(f"/v2/bills/customer-bills/res-fee-records?cycle=2031-03&resource_id={volume}")["fee_records"]
    assert {(record["cloud_service_type"], record["resource_type"], record["spec_size_measure_id"])
            for record in records} == {("hws.service.type.ebs", "hws.resource.type.volume", 17)}
    assert sorted(record["spec_size"] for record in records) == [10, 20, 20, 20]
    assert round(sum(record["amount"] for record in records), 8) == 0.00209065
    explained = server.run("bill", "explain", lines[1].get("line_id") or lines[1]["id"]).stdout
    assert "1500 s × 20 GB × 0.000064 USD/GB-hour ÷ 3600 = 0.00053333 USD" in explained, explained
    assert "metered had 20 GB of SATA (evs); the server's own books prove its start" in explained, explained
    wait(lambda: server.get("/atelier/v1/balance")["held"] == "0", what="the last reservation's end")
    assert "verified" in server.run("verify").stdout
    assert "4 lines" in audit(server)


def audit(server):
    """The independent auditor agrees with the exported books."""
    out = server.data.parent / "books"
    server.run("export", "--out", str(out))
    finished = audit_books(out)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_volumes_survive_kill_and_restart(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("10")
        evs = evs_client(server)
        taken = create(evs, count=2)
        server.kill()
        server.start()
        evs = evs_client(server)
        assert done(evs, taken.job_id).status == "SUCCESS"
        assert [show(evs, id).status for id in taken.volume_ids] == ["available", "available"]
        going = resize(evs, taken.volume_ids[0], 12)
        gone = delete(evs, taken.volume_ids[1])
        server.kill()
        server.start()
        evs = evs_client(server)
        assert [done(evs, id).status for id in (going, gone)] == ["SUCCESS", "SUCCESS"]
        assert show(evs, taken.volume_ids[0]).size == 12
        assert os.listdir(server.data / "volumes") == [taken.volume_ids[0]]
        server.run("volume", "delete", taken.volume_ids[0])
        assert os.listdir(server.data / "volumes") == []
        server.stop()
        assert str(server.data) not in mounts_and_devices()


def mounts_and_devices():
    loops = subprocess.run(["losetup", "-n", "-O", "BACK-FILE"], capture_output=True, text=True).stdout
    return open("/proc/mounts").read() + loops
