"""The official ModelArts SDK, unmodified, drives notebooks from creation to deletion."""

import glob

import requests
from atelier import wait
from conftest import modelarts_client
from huaweicloudsdkmodelarts.v1 import (
    AttachDynamicStorageRequest, DataVolumesReq, DeleteNotebookRequest, LeaseReq, ListAllNotebooksRequest,
    ListAuthoringClustersRequest, ListDynamicStoragesRequest, ListFeaturesRequest, ListFlavorsRequest, ListImageRequest,
    ListNotebooksRequest, NotebookUpdateRequest, RenewLeaseRequest, ShowImageRequest, ShowLeaseRequest,
    ShowSwitchableFlavorsRequest, StartNotebookRequest, StopNotebookRequest, UpdateNotebookRequest)
from jupyter import FLAVOR, Jupyter, Notebooks, attempts, lease, refused

HOUR = 3_600_000
WORK = "/home/ma-user/work"


def test_what_is_on_offer(server, modelarts):
    flavors = modelarts.list_flavors(ListFlavorsRequest()).data
    small = next(flavor for flavor in flavors if flavor.id == FLAVOR)
    assert (small.vcpus, small.memory, small.category, small.feature) == (1, 1 << 30, "CPU", "NOTEBOOK")
    assert small.storages == ["EVS"] and small.free is False and small.sold_out is False
    # A card that this machine has not is listed, and said to be not to be had.
    assert next(flavor for flavor in flavors if flavor.category == "GPU").sold_out is True
    assert {flavor.category for flavor in modelarts.list_flavors(ListFlavorsRequest(category="GPU")).data} == {"GPU"}
    image = modelarts.list_image(ListImageRequest(name="jupyterlab")).data[0]
    assert image.status == "ACTIVE" and image.dev_services == ["NOTEBOOK"]
    assert modelarts.show_image(ShowImageRequest(id=image.id)).name == image.name
    assert modelarts.list_features(ListFeaturesRequest(feature="NOTEBOOK")).enabled is True
    assert modelarts.list_authoring_clusters(ListAuthoringClustersRequest()).total == 0


def places(server):
    """Folders of sockets and of volumes."""
    return glob.glob(f"{server.data}/s/*") + glob.glob(f"{server.data}/volumes/*")


def test_a_notebook_from_creation_to_deletion(server, modelarts, notebooks):
    others_places = places(server)
    others_attempts = attempts(server)
    made = notebooks.create("whole-life", description="made by the SDK", lease=lease("TIMING", 2))
    # The answer came at once: it is on its way.
    assert made.status == "CREATING" and [step.step for step in made.action_progress] == [1, 2, 3, 4]
    shown = notebooks.wait(made.id, "RUNNING")
    assert [step.status for step in shown.action_progress] == ["COMPLETED"] * 4
    assert (shown.name, shown.flavor, shown.feature, shown.fail_reason) == ("whole-life", FLAVOR, "NOTEBOOK", "")
    assert shown.billing_items == ["COMPUTE", "STORAGE"]
    assert (shown.volume.category, shown.volume.capacity, shown.volume.mount_path) == ("EVS", 5, WORK + "/")
    assert shown.image.name == "jupyterlab" and shown.user.name == server.user

    # The address works the moment the state says RUNNING, and a browser keeps its token in a cookie.
    session = requests.Session()
    page = session.get(shown.url, params={"token": shown.token}, headers={"Accept": "text/html"}, timeout=60)
    assert page.status_code == 200 and "JupyterLab" in page.text and "token" not in page.url
    assert session.get(shown.url, timeout=60).status_code == 200

    listed = modelarts.list_notebooks(ListNotebooksRequest(name="whole", status="RUNNING", limit=10, offset=0))
    assert [item.id for item in listed.data] == [made.id] and listed.total == 1
    assert made.id in [item.id for item in modelarts.list_all_notebooks(ListAllNotebooksRequest(limit=50)).data]
    assert modelarts.list_notebooks(ListNotebooksRequest(status="FROZEN")).data == []
    assert modelarts.list_dynamic_storages(ListDynamicStoragesRequest(instance_id=made.id)).data == []

    changed = modelarts.update_notebook(UpdateNotebookRequest(
        id=made.id, body=NotebookUpdateRequest(name="renamed", description="changed")))
    assert (changed.name, changed.description) == ("renamed", "changed")

    modelarts.stop_notebook(StopNotebookRequest(id=made.id))
    stopped = notebooks.wait(made.id, "STOPPED")
    # What its users ask most: what a stopped notebook still costs.
    assert stopped.billing_items == ["STORAGE"]
    note = server.get(f"/v1/{server.project_id}/notebooks/{made.id}")["cost_note"]
    assert "compute costs nothing" in note and "5 GB costs 0.00085 USD an hour until the notebook is deleted" in note
    others = modelarts.show_switchable_flavors(ShowSwitchableFlavorsRequest(id=made.id)).data
    assert FLAVOR not in [flavor.id for flavor in others]
    assert "modelarts.vm.cpu.0.5u" in [flavor.id for flavor in others]

    notebooks.start(made.id, duration=3 * HOUR, type="IDLE")
    assert notebooks.show(made.id).lease.type == "IDLE" and notebooks.show(made.id).lease.duration == 3 * HOUR
    deleted = modelarts.delete_notebook(DeleteNotebookRequest(id=made.id))
    assert deleted.status == "DELETING"
    wait(lambda: notebooks.is_gone(made.id), what="its end")
    assert made.id not in [item.id for item in modelarts.list_notebooks(ListNotebooksRequest(limit=50)).data]
    # What others have may go meanwhile; nothing of this one stays.
    assert [place for place in places(server) if place not in others_places] == []
    assert attempts(server) == others_attempts
    # Its bill stays: two runs of compute and one life of its volume.
    usage = server.get(f"/atelier/v1/usage?resource={made.id}")["items"]
    assert [item["product"] for item in usage] == ["notebook"] * 2 and not any(item["running"] for item in usage)
    volume = server.get(f"/atelier/v1/usage?resource={shown.volume.id}")["items"]
    assert [item["product"] for item in volume] == ["evs"] and not volume[0]["running"]


def test_files_stay_when_it_stops_and_its_volume_grows_while_it_runs(server, modelarts, notebooks):
    made = notebooks.running("grows")
    kernel = Jupyter(server, made).new_kernel()
    run = Jupyter(server, made).run
    assert run(kernel, "open('kept.txt', 'w').write('what I did')") == "10"
    before = int(run(kernel, "import os; s = os.statvfs('.'); print(s.f_blocks * s.f_frsize)"))
    modelarts.update_notebook(UpdateNotebookRequest(id=made.id, body=NotebookUpdateRequest(storage_new_size=7)))
    wait(lambda: notebooks.show(made.id).volume.capacity == 7, what="the growth")
    after = int(run(kernel, "s = os.statvfs('.'); print(s.f_blocks * s.f_frsize)"))
    assert 4 << 30 < before < 5 << 30 and 6 << 30 < after < 7 << 30
    notebooks.stop(made.id)
    # Another flavor, and the same files.
    modelarts.update_notebook(UpdateNotebookRequest(
        id=made.id, body=NotebookUpdateRequest(flavor="modelarts.vm.cpu.2u")))
    again = notebooks.start(made.id)
    kernel = Jupyter(server, again).new_kernel()
    assert Jupyter(server, again).run(kernel, "print(open('kept.txt').read(), os.cpu_count() > 0)"
                                      .replace("os.", "__import__('os').")) == "what I did True\n"


def test_a_lease_is_shown_and_renewed(server, modelarts, notebooks):
    made = notebooks.running("leased")
    shown = modelarts.show_lease(ShowLeaseRequest(id=made.id))
    assert (shown.type, shown.duration, shown.enable) == ("TIMING", HOUR, True)
    path = f"/v1/{server.project_id}/notebooks/{made.id}/lease"
    left = server.get(path)["remaining"]
    assert 0 < left <= HOUR and server.get(path)["expire_at"] == shown.create_at + HOUR
    renewed = modelarts.renew_lease(RenewLeaseRequest(id=made.id, duration=5 * HOUR))
    assert renewed.duration == 5 * HOUR and renewed.create_at >= shown.create_at
    assert server.get(path)["remaining"] > 4 * HOUR
    renewed = modelarts.renew_lease(RenewLeaseRequest(id=made.id, body=LeaseReq(duration=2 * HOUR, type="IDLE")))
    assert (renewed.type, renewed.duration) == ("IDLE", 2 * HOUR)
    assert "last_active_at" in server.get(path) and server.get(path)["is_busy"] is False
    assert refused(lambda: modelarts.renew_lease(RenewLeaseRequest(id=made.id, duration=1))).status_code == 400
    notebooks.stop(made.id)
    assert refused(lambda: modelarts.renew_lease(RenewLeaseRequest(id=made.id, duration=HOUR))).status_code == 409


def test_bad_input_is_a_clear_error_and_leaves_nothing(server, modelarts, notebooks):
    volumes = set(glob.glob(f"{server.data}/volumes/*"))
    held = server.get("/atelier/v1/balance")["held"]
    before = modelarts.list_notebooks(ListNotebooksRequest(limit=50)).total
    for more, words in [
        ({"capacity": 4}, "capacity"), ({"capacity": 5_000}, "capacity"), ({"flavor": "no.such.flavor"}, "no.such.flavor"),
        ({"name": "not a name"}, "letters"), ({"lease": lease("TIMING", 0)}, "lease.duration"),
        ({"flavor": "modelarts.vm.cpu.16u64g.d"}, "public pool has"), ({"pool_id": "pool-1"}, "dedicated pool"),
    ]:
        error = refused(lambda: notebooks.create(**more))
        assert error.status_code == 400 and words in error.error_msg, (more, error)
    error = refused(lambda: modelarts.show_image(ShowImageRequest(id="no-image")))
    assert error.status_code == 404
    # The disk cannot hold it.
    error = refused(lambda: notebooks.create(capacity=4_096))
    assert error.status_code == 400 and "room for" in error.error_msg
    assert modelarts.list_notebooks(ListNotebooksRequest(limit=50)).total == before
    assert set(glob.glob(f"{server.data}/volumes/*")) == volumes and server.get("/atelier/v1/balance")["held"] == held

    made = notebooks.create("busy")
    if notebooks.show(made.id).status == "CREATING":
        error = refused(lambda: modelarts.delete_notebook(DeleteNotebookRequest(id=made.id)))
        assert error.status_code == 409 and "CREATING" in error.error_msg
    notebooks.wait(made.id, "RUNNING")
    for body, status, words in [
        (NotebookUpdateRequest(storage_new_size=5_000), 400, "storage_new_size"),
        (NotebookUpdateRequest(flavor="modelarts.vm.cpu.2u"), 409, "stop it"),
    ]:
        error = refused(lambda: modelarts.update_notebook(UpdateNotebookRequest(id=made.id, body=body)))
        assert error.status_code == status and words in error.error_msg, error
    error = refused(lambda: modelarts.start_notebook(StartNotebookRequest(id=made.id)))
    assert error.status_code == 409 and "RUNNING" in error.error_msg
    error = refused(lambda: modelarts.attach_dynamic_storage(AttachDynamicStorageRequest(
        instance_id=made.id, body=DataVolumesReq(category="OBS", uri="obs://code/", mount_path="/data/x"))))
    assert error.status_code == 400 and "volume" in error.error_msg
    modelarts.update_notebook(UpdateNotebookRequest(id=made.id, body=NotebookUpdateRequest(storage_new_size=6)))
    wait(lambda: notebooks.show(made.id).volume.capacity == 6, what="the growth")
    error = refused(lambda: modelarts.update_notebook(
        UpdateNotebookRequest(id=made.id, body=NotebookUpdateRequest(storage_new_size=5))))
    assert error.status_code == 400 and "only grow" in error.error_msg


def test_a_start_that_is_called_off_leaves_nothing_running_and_costs_nothing(server, modelarts, notebooks):
    others_attempts = attempts(server)
    made = notebooks.create("called-off")
    modelarts.stop_notebook(StopNotebookRequest(id=made.id))
    notebooks.wait(made.id, "STOPPED")
    assert server.get(f"/atelier/v1/usage?resource={made.id}")["items"] == []
    wait(lambda: attempts(server) == others_attempts, what="the end of what it left")
    assert notebooks.start(made.id).status == "RUNNING"


def test_what_has_no_room_is_told_and_starts_later(server, modelarts, notebooks):
    first = notebooks.running("first", flavor="modelarts.vm.cpu.2u")
    held = server.get("/atelier/v1/balance")["held"]
    second = notebooks.create("second")
    assert second.status == "CREATE_FAILED" and "no room for flavor modelarts.vm.cpu.1u" in second.fail_reason
    assert second.billing_items == [] and second.volume.id is None
    assert server.get("/atelier/v1/balance")["held"] == held
    notebooks.stop(first.id)
    assert notebooks.start(second.id).status == "RUNNING"


def test_only_its_people_come_in(server, modelarts, notebooks):
    made = notebooks.running("guarded")
    base = f"{server.endpoint}/notebooks/{made.id}"
    status = lambda path="/api/status", **more: requests.get(base + path, timeout=60, **more).status_code
    assert status() == 401
    assert status(params={"token": made.token}) == 200
    assert status(headers={"Authorization": f"token {made.token}"}) == 200
    assert status(params={"token": made.token[::-1]}) == 403
    other = notebooks.create("other-one")
    # The token of one notebook opens no other, and says nothing of which there are.
    assert status(params={"token": other.token}) == 403
    missing = requests.get(f"{server.endpoint}/notebooks/none/lab", params={"token": made.token}, timeout=60)
    assert missing.status_code == 403
    assert status(headers={"X-Auth-Token": token_of(server, server.user, server.password)}) == 200
    stranger = stranger_of(server)
    assert status(headers={"X-Auth-Token": token_of(server, *stranger)}) == 403
    notebooks.stop(made.id)
    answer = requests.get(base + "/lab", params={"token": made.token}, timeout=60)
    assert answer.status_code == 409 and "STOPPED" in answer.text and "start it" in answer.text


def stranger_of(server):
    """A user of another account, by name, password and domain."""
    name = "stranger"
    made = server.request("POST", "/atelier/v1/accounts", {
        "name": name, "user_name": name, "password": "a-password-of-theirs"})
    assert made.status_code in (201, 409), made.text
    return name, "a-password-of-theirs", {"name": name}


def token_of(server, user, password, domain=None):
    answer = requests.post(server.endpoint + "/v3/auth/tokens", json={"auth": {
        "identity": {"methods": ["password"], "password": {
            "user": {"name": user, "password": password, "domain": domain or {"id": server.domain_id}}}},
        "scope": {"project": {"name": server.region}}}}, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Subject-Token"]


def test_nothing_starts_without_money(tmp_path):
    from atelier import Server
    with Server(tmp_path) as server:
        notebooks = Notebooks(server, modelarts_client(server))
        error = refused(lambda: notebooks.create("poor"))
        assert error.status_code == 403 and error.error_code == "ModelArts.4116" and "top the account up" in error.error_msg
        assert notebooks.client.list_notebooks(ListNotebooksRequest()).total == 0
        assert glob.glob(f"{server.data}/volumes/*") == []
        # Enough for the compute, not for both: neither is taken.
        server.top_up("0.1155")
        error = refused(lambda: notebooks.create("nearly"))
        assert error.status_code == 403
        assert server.get("/atelier/v1/balance")["held"] in ("0", "0.00")


def test_the_command_line_does_it_all(server, notebooks):
    run = lambda *words, **more: server.run("notebook", *words, **more)
    made = run("create", "--name", "by-hand", "--flavor", FLAVOR, "--size", "6", "--stop-idle", "2")
    id = made.stdout.strip()
    notebooks.ids.append(id)
    shown = notebooks.show(id)
    assert (shown.status, shown.volume.capacity, shown.lease.type, shown.lease.duration) == ("RUNNING", 6, "IDLE", 2 * HOUR)
    assert id in run("list", "--status", "RUNNING").stdout
    address = run("open", id).stdout.strip()
    assert requests.get(address, timeout=60).status_code == 200
    seen = run("show", id)
    assert f"6 GB at {WORK}/" in seen.stdout and "stops by itself in 1 h 59 min" in seen.stderr
    assert "left" in run("renew", id, "--stop-after", "5").stdout and notebooks.show(id).lease.duration == 5 * HOUR
    run("resize", id, "--size", "7")
    wait(lambda: notebooks.show(id).volume.capacity == 7, what="the growth")
    stopped = run("stop", id).stdout
    assert "STOPPED" in stopped and "its compute costs nothing now" in stopped
    run("resize", id, "--flavor", "modelarts.vm.cpu.2u")
    assert "RUNNING" in run("start", id, "--stop-after", "1").stdout
    saved = server.run("image", "save", id, "lab/by-hand:latest").stdout.strip()
    listed = server.run("image", "list").stdout
    assert "jupyterlab" in listed and "lab/by-hand:latest" in listed and "ACTIVE" in listed
    assert id in server.run("image", "show", saved).stdout
    assert "organization/name:tag" in server.run("image", "save", id, "by-hand", check=False).stderr
    assert server.run("image", "delete", saved).stdout.strip() == saved
    assert run("open", "none", check=False).returncode == 1
    assert run("create", "--name", "x", "--flavor", "none", check=False).returncode in (1, 3)
    assert run("delete", id).stdout.strip() == id
    wait(lambda: notebooks.is_gone(id), what="its end")
