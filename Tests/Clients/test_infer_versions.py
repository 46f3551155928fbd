"""Versions of deployments by the official SDK: made by updates, brought back, deleted; and deployments broken off."""

import json
import threading

import pytest
from atelier import wait
from huaweicloudsdkmodelarts.v1 import (
    CancelInferDeploymentRequest, CreateInferDeploymentRequest, DeleteInferDeploymentVersionRequest,
    GroupConfigUpdateRequest, ListInferDeploymentVersionsRequest, ServiceUpdateRequest,
    ShowInferDeploymentVersionRequest, SwitchInferDeploymentVersionRequest, SwitchInferDeploymentVersionRequestBody,
    UnitConfig, UpdateInferDeploymentRequest, UpdateInferDeploymentScale, UpdateInferDeploymentScaleRequest,
    UpdateInferServiceRequest)
from infer import deployment, group, shown, until, wish
from jupyter import refused
from models import ECHO, FLAVOR, Services


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


def create(modelarts, services, name, *groups):
    made = modelarts.create_infer_service(wish(name, *groups))
    services.ids.append(made.id)
    return made.id


def update(modelarts, id, name, model=None, **more):
    """Changes a deployment; with a model, what it runs."""
    if model:
        whole = group(name, model=model, **more.pop("envs", {}))
        more.update(model=whole.model, unit_configs=whole.unit_configs)
    return modelarts.update_infer_deployment(UpdateInferDeploymentRequest(
        service_id=id, deployment_id=name, body=GroupConfigUpdateRequest(**more)))


def versions(modelarts, id, name, **asked):
    return modelarts.list_infer_deployment_versions(
        ListInferDeploymentVersionsRequest(service_id=id, deployment_id=name, **asked))


def show(modelarts, id, name, version):
    return modelarts.show_infer_deployment_version(
        ShowInferDeploymentVersionRequest(service_id=id, deployment_id=name, version=version))


def switch(modelarts, id, name, version, **body):
    return modelarts.switch_infer_deployment_version(SwitchInferDeploymentVersionRequest(
        service_id=id, deployment_id=name, version=version,
        body=SwitchInferDeploymentVersionRequestBody(**body)))


def delete(modelarts, id, name, version):
    return modelarts.delete_infer_deployment_version(
        DeleteInferDeploymentVersionRequest(service_id=id, deployment_id=name, version=version))


def cancel(modelarts, id, name):
    return modelarts.cancel_infer_deployment(CancelInferDeploymentRequest(service_id=id, deployment_id=name))


def silent(services, name="silent"):
    """A model that never says that it is ready."""
    config = {"model_type": "Custom", "command": "sleep 600"}
    place = services.upload(name, {"config.json": json.dumps(config).encode()})
    return services.model(name, source_location=place)


def mark(services, id, *marks):
    caller = services.caller(id)
    wait(lambda: caller.answer({})["mark"] in marks, what=f"{marks}")


def test_each_update_is_a_version_and_one_is_brought_back(server, modelarts, services):
    model = services.echo()
    id = create(modelarts, services, "versioned", group("blue", model=model, MARK="one"))
    until(modelarts, id, "RUNNING")
    first = deployment(modelarts, id, "blue")
    assert (first.version, first.version_count, first.infer_name) == ("1.0.0", 1, "blue")

    changed = update(modelarts, id, "blue", model, envs={"MARK": "two"}, description="the second")
    assert (changed.version, changed.version_count, changed.description) == ("1.0.1", 2, "the second")
    mark(services, id, "two")
    until(modelarts, id, "RUNNING")
    # How many there are of it is not a version's, and what changes nothing makes none.
    update(modelarts, id, "blue", model, envs={"MARK": "two"}, count=2)
    modelarts.update_infer_deployment_scale(UpdateInferDeploymentScaleRequest(
        service_id=id, deployment_name="blue", body=UpdateInferDeploymentScale(count=1)))
    until(modelarts, id, "RUNNING")
    page = versions(modelarts, id, "blue")
    assert [(one.version, one.version_status) for one in page.data] == [("1.0.1", "RUNNING"), ("1.0.0", "STOPPED")]
    assert page.total == 2 and page.data[0].description == "the second" and page.data[0].create_at
    assert [one.version for one in versions(modelarts, id, "blue", limit=1, offset=1).data] == ["1.0.0"]
    old = show(modelarts, id, "blue", "1.0.0")
    assert (old.unit_configs[0].envs, old.status, old.count) == ({"MARK": "one"}, "STOPPED", 1)

    # Calls go on all the while.
    caller, failed, is_over = services.caller(id), [], threading.Event()

    def ask():
        while not is_over.is_set():
            answer = caller.post({})
            if answer.status_code != 200:
                failed.append(answer.text)
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        said = {"service_id": id, "infer_name": "blue", "target_deployment_version": "1.0.0"}
        assert switch(modelarts, id, "blue", "1.0.0", **said).id == "blue"
        mark(services, id, "one")
        until(modelarts, id, "RUNNING")
    finally:
        is_over.set()
        asking.join()
    assert failed == []
    assert deployment(modelarts, id, "blue").version == "1.0.0"
    # It was brought back last, and was made first.
    assert [one.version for one in versions(modelarts, id, "blue").data] == ["1.0.0", "1.0.1"]
    assert [one.version for one in versions(modelarts, id, "blue", sort_key="create_at").data] == ["1.0.1", "1.0.0"]
    events = [event["event_info"] for event in server.get(f"{services.base}/services/{id}/events")["events"]]
    assert events.count("Its configuration is being changed.") >= 2

    refusal = refused(lambda: delete(modelarts, id, "blue", "1.0.0"))
    assert refusal.status_code == 409 and "in force" in refusal.error_msg
    assert delete(modelarts, id, "blue", "1.0.1").id == "blue"
    assert versions(modelarts, id, "blue").total == 1
    # A number is given once as long as one above it is kept; what ran before is the next version again.
    assert update(modelarts, id, "blue", model, envs={"MARK": "three"}).version == "1.0.1"
    until(modelarts, id, "RUNNING")


def test_versions_that_are_not_there(modelarts, services):
    model = services.echo()
    id = create(modelarts, services, "plain", group("blue", model=model))
    for act in (show, switch, delete):
        for name, version in [("blue", "1.0.7"), ("blue", "newest"), ("blue", "1.00.0"), ("green", "1.0.0")]:
            assert refused(lambda: act(modelarts, id, name, version)).status_code == 404, (act, name, version)
    assert refused(lambda: versions(modelarts, id, "green")).status_code == 404
    assert refused(lambda: versions(modelarts, id, "blue", sort_key="size")).status_code == 400
    refusal = refused(lambda: switch(
        modelarts, id, "blue", "1.0.0", target_deployment_version="1.0.1", infer_name="green", service_id="other"))
    assert refusal.status_code == 400
    assert all(field in refusal.error_msg for field in ("target_deployment_version", "infer_name", "service_id"))
    # The one in force is there already.
    assert switch(modelarts, id, "blue", "1.0.0").id == "blue" and versions(modelarts, id, "blue").total == 1


def test_a_version_whose_model_is_deleted_is_not_brought_back(server, modelarts, services):
    old, new = services.echo("1.0.0"), services.echo("2.0.0")
    id = create(modelarts, services, "bereft", group("blue", model=old))
    until(modelarts, id, "RUNNING")
    update(modelarts, id, "blue", new)
    until(modelarts, id, "RUNNING")
    wait(lambda: server.request("DELETE", f"{services.base}/models/{old}").json()["delete_failed_list"] == [],
         what="the end of the model")
    refusal = refused(lambda: switch(modelarts, id, "blue", "1.0.0"))
    assert refusal.status_code == 400 and f"no model {old}" in refusal.error_msg
    assert deployment(modelarts, id, "blue").version == "1.0.1" and shown(modelarts, id).status == "RUNNING"


def test_an_update_that_is_broken_off_goes_back_to_what_answers(modelarts, services):
    model = services.echo()
    id = create(modelarts, services, "broken-off", group("blue", model=model, MARK="one"))
    until(modelarts, id, "RUNNING")
    refusal = refused(lambda: cancel(modelarts, id, "blue"))
    assert refusal.status_code == 409 and "not on its way" in refusal.error_msg
    never = silent(services)
    update(modelarts, id, "blue", never)
    wait(lambda: deployment(modelarts, id, "blue").status == "UPGRADING", what="the update")
    assert refused(lambda: delete(modelarts, id, "blue", "1.0.1")).status_code == 409
    assert refused(lambda: delete(modelarts, id, "blue", "1.0.0")).status_code == 409
    gone_back = cancel(modelarts, id, "blue")
    assert (gone_back.version, gone_back.model.asset_id, gone_back.status) == ("1.0.0", model, "RUNNING")
    until(modelarts, id, "RUNNING")
    assert services.caller(id).answer({})["mark"] == "one"
    wait(lambda: not services.instances(id, "queued", "submitting", "starting", "stopping"), what="the end of the new")
    # What came to nothing is kept as a version, and can be deleted now.
    assert delete(modelarts, id, "blue", "1.0.1").id == "blue"


def test_a_first_deployment_that_is_broken_off_stops(modelarts, services):
    never = silent(services)
    id = create(modelarts, services, "never", group("blue", model=never))
    wait(lambda: services.instances(id, "starting"), what="the start")
    cancel(modelarts, id, "blue")
    until(modelarts, id, "STOPPED")
    assert refused(lambda: cancel(modelarts, id, "blue")).status_code == 409
    assert refused(lambda: cancel(modelarts, id, "green")).status_code == 404


def test_one_of_two_deployments_is_broken_off(modelarts, services):
    model, never = services.echo(), silent(services)
    id = create(modelarts, services, "two-fold", group("blue", model=model, MARK="one"))
    until(modelarts, id, "RUNNING")
    modelarts.create_infer_deployment(CreateInferDeploymentRequest(
        service_id=id, body=group("green", model=never, weight=0)))
    wait(lambda: services.instances(id, "starting"), what="the start")
    stopped = cancel(modelarts, id, "green")
    assert (stopped.status, stopped.count) == ("STOPPED", 0)
    until(modelarts, id, "RUNNING")
    assert services.caller(id).answer({})["mark"] == "one"


def test_what_is_refused_leaves_nothing_behind(server, modelarts, services):
    """A model that a request names by its place is taken up with the service, or not at all."""
    place = services.upload("kept", {"app.py": ECHO, "config.json": json.dumps(
        {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}).encode()})
    id = create(modelarts, services, "taken", group("blue", place))
    until(modelarts, id, "RUNNING")

    def models():
        return [one["model_id"] for one in server.get(f"{services.base}/models?limit=1000")["models"]]

    before = models()
    # All that is wrong is told at once.
    refusal = refused(lambda: modelarts.create_infer_service(wish(
        "bad", group("a", place, flavor="no-such", weight=10), group("b", "obs://models/nowhere/", weight=20),
        group("c", model="nobody", weight=30))))
    assert refusal.status_code == 400
    for part in ("group_configs[0].unit_configs[0].flavor", "group_configs[1].model.address",
                 "group_configs[2].model.asset_id", "sum to 60"):
        assert part in refusal.error_msg, refusal.error_msg
    good = group("a", place)
    refusals = [
        lambda: modelarts.create_infer_service(wish("taken", good)),
        lambda: modelarts.create_infer_deployment(CreateInferDeploymentRequest(
            service_id=id, body=group("green", place, weight=0, flavor="no-such"))),
        lambda: modelarts.create_infer_deployment(CreateInferDeploymentRequest(
            service_id=id, body=group("green", place, weight=10))),
        lambda: modelarts.update_infer_deployment(UpdateInferDeploymentRequest(
            service_id=id, deployment_id="blue", body=GroupConfigUpdateRequest(
                model=good.model, unit_configs=[UnitConfig(flavor="no-such")]))),
        lambda: modelarts.update_infer_deployment(UpdateInferDeploymentRequest(
            service_id=id, deployment_id="blue", body=GroupConfigUpdateRequest(
                name="other", model=good.model, unit_configs=[UnitConfig(flavor=FLAVOR)]))),
        lambda: modelarts.update_infer_service(UpdateInferServiceRequest(service_id=id, body=ServiceUpdateRequest(
            group_configs=[group("blue", place), group("green", place, weight=0, flavor="no-such")]))),
    ]
    statuses = [refused(act).status_code for act in refusals]
    assert statuses == [409, 400, 400, 400, 400, 400]
    assert sorted(models()) == sorted(before)
    assert [one.version for one in versions(modelarts, id, "blue").data] == ["1.0.0"]
    assert server.get(f"{services.base}/services")["total_count"] == 1
