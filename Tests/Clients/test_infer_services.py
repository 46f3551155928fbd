"""Services by the official SDK, which speaks ModelArts' second API: deployments, their shares, counts and instances."""

import json

import pytest
import requests
from atelier import wait
from huaweicloudsdkmodelarts.v1 import (
    BatchDeleteInferServicesRequest, BindInferApiKeyRequest, CreateApiKeyReq, CreateInferApiKeyRequest,
    CreateInferDeploymentRequest, DeleteInferApiKeyRequest, DeleteInferDeploymentRequest, DeleteServicesRequest,
    GroupConfigUpdateRequest, ListInferApiKeysRequest, ListInferClusterFlavorsRequest,
    ListInferDeploymentInstancesRequest, ListInferDeploymentsRequest, ListInferServiceEventsRequest,
    ListInferServicesRequest, ScheduleConfig, ServiceUpdateRequest, ShowInferDeploymentRequest,
    ShowInferServiceClusterRequest, StartInferServiceRequest, StopInferDeploymentRequest, StopInferServiceRequest,
    UnbindInferApiKeyRequest, UpdateInferDeploymentRequest, UpdateInferDeploymentScale,
    UpdateInferDeploymentScaleRequest, UpdateInferServiceRequest)
from infer import group, until, wish
from jupyter import refused
from models import ECHO, FLAVOR, Services


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


def test_a_service_from_its_deployment_to_its_end(server, modelarts, services):
    place = services.upload("infer", {"app.py": ECHO, "config.json": json.dumps(
        {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}).encode()})
    made = modelarts.create_infer_service(wish(
        "sdk", group("blue", place, MARK="blue"), description="by the SDK",
        schedule=[ScheduleConfig(type="stop", time_unit="HOURS", duration=2)]))
    services.ids.append(made.id)
    assert made.status in ("DEPLOYING", "RUNNING") and made.version.instance_groups[0].name == "blue"
    service = until(modelarts, made.id, "RUNNING")
    assert service.version.runtime_config.service_limit.rate_limit.num == 500
    assert service.schedule[0].duration == 2 and service.schedule[0].due_time
    caller = services.caller(made.id)
    assert service.predict_url[0].urls == [caller.address]
    assert caller.answer({})["mark"] == "blue"
    assert caller.post({"x": "y" * (1 << 20)}).status_code == 413
    listed = modelarts.list_infer_services(ListInferServicesRequest(name="sdk")).data
    assert [(one.id, one.status) for one in listed] == [(made.id, "RUNNING")]

    # Another deployment gets its share when the first gives it up: the weights sum to 100 at all times.
    assert refused(lambda: modelarts.create_infer_deployment(CreateInferDeploymentRequest(
        service_id=made.id, body=group("green", place, weight=50)))).status_code == 400
    model = services.echo(name="green-model")
    modelarts.create_infer_deployment(CreateInferDeploymentRequest(
        service_id=made.id, body=group("green", model=model, weight=0, MARK="green")))
    until(modelarts, made.id, "RUNNING")
    modelarts.update_infer_service(UpdateInferServiceRequest(service_id=made.id, body=ServiceUpdateRequest(
        group_configs=[group("blue", place, weight=50, MARK="blue"), group("green", model=model, weight=50, MARK="green")])))
    until(modelarts, made.id, "RUNNING")
    wait(lambda: {caller.answer({})["mark"] for _ in range(4)} == {"blue", "green"}, what="both deployments")

    modelarts.update_infer_deployment_scale(UpdateInferDeploymentScaleRequest(
        service_id=made.id, deployment_name="green", body=UpdateInferDeploymentScale(count=2)))
    until(modelarts, made.id, "RUNNING")
    instances = modelarts.list_infer_deployment_instances(
        ListInferDeploymentInstancesRequest(id=made.id, name="green")).data
    assert [one.status for one in instances] == ["RUNNING"] * 2
    changed = modelarts.update_infer_deployment(UpdateInferDeploymentRequest(
        service_id=made.id, deployment_id="green", body=GroupConfigUpdateRequest(count=1)))
    assert changed.count == 1
    deployments = modelarts.list_infer_deployments(ListInferDeploymentsRequest(service_id=made.id)).data
    assert [(one.name, one.weight) for one in deployments] == [("blue", 50), ("green", 50)]
    stopped = modelarts.stop_infer_deployment(StopInferDeploymentRequest(service_id=made.id, deployment_id="green"))
    assert stopped.count == 0
    wait(lambda: {caller.answer({})["mark"] for _ in range(4)} == {"blue"}, what="one deployment")
    refusal = refused(lambda: modelarts.delete_infer_deployment(DeleteInferDeploymentRequest(
        service_id=made.id, deployment_id="green")))
    assert refusal.status_code == 409 and "sum to 50" in refusal.error_msg
    one = modelarts.show_infer_deployment(ShowInferDeploymentRequest(service_id=made.id, deployment_id="blue"))
    assert one.unit_configs[0].flavor == FLAVOR and one.model.address == place

    events = modelarts.list_infer_service_events(ListInferServiceEventsRequest(service_id=made.id, limit=50)).data
    assert any("deployed" in event.event_info for event in events)
    modelarts.stop_infer_service(StopInferServiceRequest(service_id=made.id))
    until(modelarts, made.id, "STOPPED")
    modelarts.start_infer_service(StartInferServiceRequest(service_id=made.id))
    until(modelarts, made.id, "RUNNING")
    gone = modelarts.batch_delete_infer_services(BatchDeleteInferServicesRequest(
        body=DeleteServicesRequest(service_ids=[made.id])))
    assert [one.id for one in gone.service_responses] == [made.id]
    wait(lambda: services.is_gone(made.id), what="its end")


def test_a_place_without_a_model_fails_and_says_why(server, modelarts, services):
    assert refused(lambda: modelarts.create_infer_service(
        wish("nowhere", group("a", "obs://models/not-there/")))).status_code == 400
    place = services.upload("broken", {"config.json": b"{"})
    made = modelarts.create_infer_service(wish("broken", group("a", place)))
    services.ids.append(made.id)
    assert "config.json" in until(modelarts, made.id, "FAILED").failure_reason


def test_bad_wishes_are_refused(server, modelarts, services):
    model = services.echo()
    for body, field in [
        (wish("bad", group("a", model=model, weight=90)), "group_configs"),
        (wish("bad", group("a", model="nobody")), "group_configs[0].model.asset_id"),
        (wish("bad", group("a", model=model), group("a", model=model, weight=0)), "same name"),
        (wish("bad name", group("a", model=model)), "name"),
    ]:
        refusal = refused(lambda: modelarts.create_infer_service(body))
        assert refusal.status_code == 400 and field in refusal.error_msg, refusal.error_msg
    assert services.server.get(f"{services.base}/services")["total_count"] == 0


def test_flavors_for_services(modelarts):
    flavors = modelarts.list_infer_cluster_flavors(ListInferClusterFlavorsRequest(flavor_type="CPU", limit=50)).data
    assert FLAVOR in [flavor.id for flavor in flavors] and all(flavor.category == "CPU" for flavor in flavors)


def test_the_pool_is_a_cluster(server, modelarts):
    cluster = modelarts.show_infer_service_cluster(ShowInferServiceClusterRequest(id="public"))
    assert (cluster.pool_id, cluster.status, cluster.type, cluster.project_id) == (
        "public", "ACTIVE", "MANAGED", server.project_id)
    flavors = modelarts.list_infer_cluster_flavors(ListInferClusterFlavorsRequest(limit=500)).data
    assert [one.id for one in cluster.flavors] == [one.id for one in flavors] and "CPU" in cluster.resource_categories
    refusal = refused(lambda: modelarts.show_infer_service_cluster(ShowInferServiceClusterRequest(id="mine")))
    assert refusal.status_code == 404 and "mine" in refusal.error_msg


def test_services_and_events_are_found(modelarts, services):
    model = services.echo()
    ids = {name: services.running(name, services.config(model), description=f"it is {name}") for name in ("old", "new")}

    def names(**asked):
        return [one.name for one in modelarts.list_infer_services(ListInferServicesRequest(**asked)).data]

    assert names(sort_key="create_at", sort_dir="ASC") == ["old", "new"]
    assert names(sort_key="create_at") == ["new", "old"] and names(sort_key="create_at", limit=1, offset=1) == ["old"]
    assert names(description="is old") == ["old"] and names(id=ids["new"]) == ["new"]
    assert sorted(names(asset_id=model, type="REAL_TIME", workspace_id="0", pool_id="public")) == ["new", "old"]
    assert names(asset_id="other") == [] and names(pool_id="mine") == [] and names(auth_type="NONE") == []
    for asked in ({"sort_key": "size"}, {"sort_dir": "UP"}, {"limit": 0}):
        assert refused(lambda: names(**asked)).status_code == 400

    def events(**asked):
        return modelarts.list_infer_service_events(ListInferServiceEventsRequest(service_id=ids["old"], **asked)).data

    every = events(limit=100)
    assert [one.create_at for one in events(limit=100, sort_dir="ASC")] == [one.create_at for one in every[::-1]]
    assert [one.event_info for one in events(event_info_key="is running")] == ["The service is running."]
    assert events(start_time=every[0].create_at + 1) == [] and events(end_time=every[-1].create_at - 1) == []
    assert refused(lambda: events(start_time=2, end_time=1)).status_code == 400


def make_key(server, modelarts, name, scope):
    """A key's id and text; the SDK hands the answer on as a stream."""
    text = []
    made = modelarts.create_infer_api_key(CreateInferApiKeyRequest(
        body=CreateApiKeyReq(name=name, description="for a test", scope=scope)))
    made.consume_download_stream(lambda response: text.append(response.content))
    answer = json.loads(text[0])
    return answer["key_id"], answer["api_key"]


def call(server, service, key, header="Authorization"):
    value = f"Bearer {key}" if header == "Authorization" else key
    return requests.post(f"{server.endpoint}/v1/infers/{service}/", json={}, headers={header: value}, timeout=60)


def test_keys_open_services(server, modelarts, services):
    model = services.echo()
    one, two = (services.running(name, services.config(model)) for name in ("keyed-one", "keyed-two"))
    keys = [make_key(server, modelarts, name, scope) for name, scope in [("all", "USER"), ("some", "SERVICE")]]
    (all_id, everything), (some_id, some) = keys
    try:
        assert {call(server, service, everything).status_code for service in (one, two)} == {200}
        assert call(server, one, everything, "X-Apig-AppCode").status_code == 200
        assert call(server, one, some).status_code == 404
        modelarts.bind_infer_api_key(BindInferApiKeyRequest(service_id=one, key_id=some_id))
        assert (call(server, one, some).status_code, call(server, two, some).status_code) == (200, 404)
        listed = {key.name: key for key in modelarts.list_infer_api_keys(ListInferApiKeysRequest(limit=50)).data}
        assert listed["some"].scope == "SERVICE" and [bound.id for bound in listed["some"].services] == [one]
        modelarts.unbind_infer_api_key(UnbindInferApiKeyRequest(service_id=one, key_id=some_id))
        wait(lambda: call(server, one, some).status_code == 404, what="the end of the binding")
        # By the name of the model, a key opens what its project has.
        by_name = requests.get(f"{server.endpoint}/v2/models/keyed-one", timeout=60,
                               headers={"Authorization": f"Bearer {everything}"})
        assert by_name.status_code != 401
    finally:
        for key, _ in keys:
            modelarts.delete_infer_api_key(DeleteInferApiKeyRequest(key_id=key))
    wait(lambda: call(server, one, everything).status_code == 401, what="the end of the key")
    assert refused(lambda: make_key(server, modelarts, "odd", "ALL")).status_code == 400
