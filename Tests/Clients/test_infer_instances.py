"""Instances of deployments, their pods and what happened to them, scaling by rules, and keys, by the official SDK."""

import sqlite3

import pytest
import requests
from atelier import wait
from conftest import modelarts_client
from huaweicloudsdkmodelarts.v1 import (
    BatchBindApiKeyRequest, BatchBindApiKeyRequestKeyIds, BatchBindInferApiKeysRequest, BatchUnBindApiKeyRequest,
    BatchUnBindApiKeyRequestKeyIds, BatchUnbindInferApiKeysRequest, CreateHpaRequestBody,
    CreateInferDeploymentHpaRequest, CreateInferTempApiKeyRequest, CreateTempApiKeyReq, DeleteInferApiKeyRequest,
    DeleteInferDeploymentHpaRequest, DeleteInferDeploymentInstanceRequest, DeleteInferDeploymentPodRequest, HpaRules,
    ListInferApiKeysRequest, ListInferDeploymentHpaEventsRequest, ListInferDeploymentInstancesRequest,
    ListInferDeploymentPodEventsRequest, ListInferDeploymentPodsRequest, ShowInferDeploymentHpaRequest,
    StopInferDeploymentRequest, UpdateHpaRequestBody, UpdateInferDeploymentHpaRequest)
from infer import deployment, group, until, wish
from jupyter import refused
from models import Services
from test_infer_services import make_key


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


def create(modelarts, services, name, **more):
    made = modelarts.create_infer_service(wish(name, group("blue", model=services.echo(), **more)))
    services.ids.append(made.id)
    until(modelarts, made.id, "RUNNING")
    return made.id


def instances(modelarts, id, name="blue", **asked):
    return modelarts.list_infer_deployment_instances(
        ListInferDeploymentInstancesRequest(id=id, name=name, **asked))


def pods(modelarts, id, instance, name="blue", **asked):
    return modelarts.list_infer_deployment_pods(
        ListInferDeploymentPodsRequest(id=id, deployment_name=name, name=instance, **asked))


def events(modelarts, id, pod, instance=None, **asked):
    return modelarts.list_infer_deployment_pod_events(ListInferDeploymentPodEventsRequest(
        id=id, deployment_name="blue", instance_name=instance or pod, name=pod, **asked)).body


def delete(modelarts, id, instance, name="blue", **how):
    return modelarts.delete_infer_deployment_instance(
        DeleteInferDeploymentInstanceRequest(id=id, deployment_name=name, name=instance, **how))


def names(page):
    return [one.instance_name for one in page.data]


def test_instances_are_listed_replaced_and_taken_away(modelarts, services):
    id = create(modelarts, services, "staffed", count=2)
    page = instances(modelarts, id)
    first, second = names(page)
    assert page.total == 2 and {one.status for one in page.data} == {"RUNNING"}
    assert names(instances(modelarts, id, limit=1, offset=1)) == [second]
    assert names(instances(modelarts, id, "all", instance_name=first)) == [first]
    assert names(instances(modelarts, id, status=["INIT", "DELETED"])) == []

    assert delete(modelarts, id, first).instance_name == first
    wait(lambda: first not in names(instances(modelarts, id)), what="its end")
    until(modelarts, id, "RUNNING")
    (third,) = set(names(instances(modelarts, id))) - {second}
    assert names(instances(modelarts, id, status=["DELETED"])) == [first]
    # One fewer from then on.
    delete(modelarts, id, second, operation="DELETE", force=True)
    wait(lambda: names(instances(modelarts, id)) == [third], what="the end of the second")
    assert deployment(modelarts, id, "blue").count == 1
    until(modelarts, id, "RUNNING")
    assert services.caller(id).answer({})

    assert refused(lambda: delete(modelarts, id, second)).status_code == 409
    assert refused(lambda: delete(modelarts, id, "nobody")).status_code == 404
    assert refused(lambda: delete(modelarts, id, third, "green")).status_code == 404
    assert refused(lambda: delete(modelarts, id, third, operation="MOVE")).status_code == 400
    assert refused(lambda: instances(modelarts, id, status=["LOST"])).status_code == 400
    assert refused(lambda: instances(modelarts, id, "green")).status_code == 404
    assert names(instances(modelarts, id)) == [third]


def test_pods_say_what_happened_to_them(modelarts, services):
    id = create(modelarts, services, "podded")
    (instance,) = names(instances(modelarts, id))
    (pod,) = pods(modelarts, id, instance).data
    assert (pod.pod_id, pod.pod_name, pod.status, pod.pod_role_name) == (instance, instance, "RUNNING", "blue")
    assert pods(modelarts, id, "all", pod_name=instance, status=["RUNNING", "FAILED"]).total == 1
    assert pods(modelarts, id, "all", pod_node_ip="10.0.0.1").total == 0
    assert pods(modelarts, id, instance, status=["PENDING"]).total == 0
    told = events(modelarts, id, instance)
    assert [one.reason for one in told] == ["Queued", "Scheduled", "Started", "Ready"]
    assert {one.type for one in told} == {"Normal"} and told[0].first_timestamp <= told[-1].last_timestamp
    # The SDK gives nothing for an empty list.
    assert not events(modelarts, id, instance, start_time="1", end_time="2")
    refusal = refused(lambda: events(modelarts, id, instance, start_time="1"))
    assert refusal.status_code == 400 and "end_time" in refusal.error_msg

    # One that dies by itself says why, and stays to be asked for a while.
    with pytest.raises(AssertionError):
        services.caller(id).answer({"die": True})
    wait(lambda: instance not in names(instances(modelarts, id)), what="its end")
    last = events(modelarts, id, instance)[-1]
    assert (last.type, last.reason) == ("Warning", "Failed") and "exit code 7" in last.message
    assert pods(modelarts, id, "all", status=["FAILED"]).data[0].pod_name == instance

    until(modelarts, id, "RUNNING")
    (second,) = names(instances(modelarts, id))
    gone = modelarts.delete_infer_deployment_pod(DeleteInferDeploymentPodRequest(
        id=id, deployment_name="blue", instance_name=second, name=second, force=True))
    assert gone.pod_name == second
    wait(lambda: second not in names(instances(modelarts, id)), what="its end")
    assert [one.reason for one in events(modelarts, id, second)][-2:] == ["Stopping", "Ended"]
    until(modelarts, id, "RUNNING")
    for pod, owner in [("nobody", "nobody"), (second, instance)]:
        assert refused(lambda: events(modelarts, id, pod, owner)).status_code == 404
        assert refused(lambda: modelarts.delete_infer_deployment_pod(DeleteInferDeploymentPodRequest(
            id=id, deployment_name="blue", instance_name=owner, name=pod))).status_code == 404
    assert refused(lambda: pods(modelarts, id, "nobody")).status_code == 404


# Scaling


def policy(act, request, id, body=None):
    more = {"body": body} if body else {}
    return act(request(service_id=id, deployment_id="blue", **more))


def test_a_deployment_scales_by_rules(own_server):
    """The clock is the test's: what a rule says comes true at its minute, and is told."""
    own_server.move_clock("2030-01-10T10:00:00+08:00")
    own_server.top_up("100")
    modelarts, services = modelarts_client(own_server), Services(own_server)
    id = create(modelarts, services, "elastic")
    missing = refused(lambda: policy(modelarts.show_infer_deployment_hpa, ShowInferDeploymentHpaRequest, id))
    assert missing.status_code == 404
    noon = HpaRules(name="at-noon", type="CRON_HPA", schedule="0 12 * * *", target_replicas=2)
    body = CreateHpaRequestBody(
        type="CRON_HPA", target_resource_id="blue", target_resource_type="GROUP", hpa_rules=[noon])
    made = policy(modelarts.create_infer_deployment_hpa, CreateInferDeploymentHpaRequest, id, body)
    assert (made.status, made.target_resource_id, made.min_replicas, made.max_replicas) == ("ACTIVE", "blue", 1, 128)
    again = refused(lambda: policy(modelarts.create_infer_deployment_hpa, CreateInferDeploymentHpaRequest, id, body))
    assert again.status_code == 409
    until(modelarts, id, "RUNNING")

    own_server.move_clock("2030-01-10T12:00:30+08:00")
    wait(lambda: len(services.instances(id)) == 2, what="noon")
    told = modelarts.list_infer_deployment_hpa_events(
        ListInferDeploymentHpaEventsRequest(service_id=id, deployment_id="blue")).data
    assert [(one.status, one.current_replicas, one.target_replicas, one.final_replicas) for one in told] == [
        ("SUCCESS", 1, 2, 2)]
    assert told[0].hpa_id == made.id and "scaled from 1 to 2" in told[0].message

    changed = policy(modelarts.update_infer_deployment_hpa, UpdateInferDeploymentHpaRequest, id, UpdateHpaRequestBody(
        id="blue", hpa_rules=[
            HpaRules(id="at-noon", operate="UPDATE", disable=True),
            HpaRules(name="by-load", operate="ADD", type="METRIC_HPA", min_replicas=1, max_replicas=3)]))
    assert [(rule.name, rule.type, rule.disable) for rule in changed.hpa_rules] == [
        ("by-load", "METRIC_HPA", "false"), ("at-noon", "CRON_HPA", "true")]
    shown = policy(modelarts.show_infer_deployment_hpa, ShowInferDeploymentHpaRequest, id)
    assert (shown.max_replicas, shown.status) == (3, "ACTIVE") and shown.hpa_rules == changed.hpa_rules
    assert services.show(id)["config"][0]["scaling_policy"]["max"] == 3
    assert deployment(modelarts, id, "blue").version == "1.0.0"
    bad = refused(lambda: policy(
        modelarts.update_infer_deployment_hpa, UpdateInferDeploymentHpaRequest, id, UpdateHpaRequestBody(
            hpa_rules=[HpaRules(name="at-night", schedule="soon"), HpaRules(name="other", operate="DELETE")])))
    assert all(words in bad.error_msg for words in ("Five fields", "target_replicas", "no rule other"))

    # What is stopped by hand stays so, whatever the least is.
    modelarts.stop_infer_deployment(StopInferDeploymentRequest(service_id=id, deployment_id="blue"))
    wait(lambda: not services.instances(id, "ready", "draining", "stopping"), what="the stop")
    own_server.move_clock("2030-01-10T12:10:00+08:00")
    assert deployment(modelarts, id, "blue").status == "STOPPED"
    gone = policy(modelarts.delete_infer_deployment_hpa, DeleteInferDeploymentHpaRequest, id)
    assert gone.status == "DELETED"
    missing = refused(lambda: policy(modelarts.delete_infer_deployment_hpa, DeleteInferDeploymentHpaRequest, id))
    assert missing.status_code == 404
    services.clear()


# Keys


def temporary(modelarts, expire_time):
    return modelarts.create_infer_temp_api_key(
        CreateInferTempApiKeyRequest(body=CreateTempApiKeyReq(expire_time=expire_time)))


def ask(server, id, **headers):
    names = {"authorization": "Authorization", "kind": "X-Api-Key-Type"}
    return requests.post(f"{server.endpoint}/v1/infers/{id}/", json={}, timeout=60,
                         headers={names[name]: value for name, value in headers.items()}).status_code


def test_a_temporary_key_opens_services_until_its_time_is_over(own_server):
    own_server.top_up("100")
    modelarts, services = modelarts_client(own_server), Services(own_server)
    id = create(modelarts, services, "for-a-while")
    key = temporary(modelarts, 1)
    assert key.expire_time - key.create_time == 3_600_000
    assert (lambda made: made.expire_time - made.create_time)(temporary(modelarts, 86_400)) == 86_400_000
    assert ask(own_server, id, authorization=key.api_key, kind="temp") == 200
    assert ask(own_server, id, authorization=f"Bearer {key.api_key}") == 200
    assert ask(own_server, id, authorization=key.api_key[:-1] + "-") == 401
    for expire_time in (0, 25, 3_599, 86_401, -1, None):
        refusal = refused(lambda: temporary(modelarts, expire_time))
        assert refusal.status_code == 400 and "expire_time" in refusal.error_msg

    # It can be taken away before, as any key.
    listed = modelarts.list_infer_api_keys(ListInferApiKeysRequest(scope="USER")).data
    assert len(listed) == 2

    # No test waits an hour: what is stored is made older.
    own_server.stop()
    with sqlite3.connect(next(own_server.data.glob("**/*.sqlite"))) as database:
        database.execute("UPDATE service_keys SET expires_at = expires_at - 3600000")
    own_server.start()
    modelarts = modelarts_client(own_server)
    until(modelarts, id, "RUNNING")
    answer = requests.post(f"{own_server.endpoint}/v1/infers/{id}/", json={}, timeout=60,
                           headers={"Authorization": key.api_key})
    assert answer.status_code == 401 and "expired" in answer.text
    (lasting,) = modelarts.list_infer_api_keys(ListInferApiKeysRequest()).data
    gone = modelarts.delete_infer_api_key(DeleteInferApiKeyRequest(key_id=lasting.key_id))
    assert gone.key_id == lasting.key_id and gone.scope == "USER"
    services.clear()


def test_keys_are_bound_together(server, modelarts, services):
    id = create(modelarts, services, "bound")
    keys = {name: make_key(server, modelarts, name, scope) for name, scope in [
        ("one", "SERVICE"), ("two", "SERVICE"), ("every", "USER")]}
    ids = {name: key[0] for name, key in keys.items()}
    try:
        def bind(service, *wanted):
            return modelarts.batch_bind_infer_api_keys(BatchBindInferApiKeysRequest(
                service_id=service, body=BatchBindApiKeyRequest(
                    key_ids=[BatchBindApiKeyRequestKeyIds(key_id=key) for key in wanted])))

        done = bind(id, ids["one"], ids["two"], ids["every"], "nobody")
        assert (done.total, done.success_count, done.failure_count) == (4, 2, 2)
        assert [[bound.name for bound in key.services] for key in done.success_items] == [["bound"], ["bound"]]
        assert {one.key_id: one.error_code for one in done.failure_items} == {
            ids["every"]: "ModelArts.0409", "nobody": "ModelArts.0404"}
        assert ask(server, id, authorization=f"Bearer {keys['two'][1]}") == 200

        def listed(**asked):
            return sorted(key.name for key in modelarts.list_infer_api_keys(ListInferApiKeysRequest(**asked)).data)

        assert listed(service_id=id) == ["one", "two"] == listed(service_name="boun")
        assert listed(service_id=id, with_user_scope=True) == ["every", "one", "two"]
        assert listed(key_id=ids["one"]) == ["one"] and listed(scope="USER") == ["every"]
        assert listed(workspace_id="0", limit=2) == ["every", "one"] and listed(workspace_id="other") == []
        assert refused(lambda: listed(scope="ALL")).status_code == 400

        loosed = modelarts.batch_unbind_infer_api_keys(BatchUnbindInferApiKeysRequest(
            service_id=id, body=BatchUnBindApiKeyRequest(
                key_ids=[BatchUnBindApiKeyRequestKeyIds(key_id=ids[name]) for name in ("one", "two")])))
        assert (loosed.success_count, loosed.failure_count) == (2, 0)
        wait(lambda: ask(server, id, authorization=f"Bearer {keys['two'][1]}") == 404, what="the end of the binding")
        assert refused(lambda: bind("nobody", ids["one"])).status_code == 404
        for wanted in ([], ["k"] * 11):
            assert refused(lambda: bind(id, *wanted)).status_code == 400
    finally:
        for key in ids.values():
            modelarts.delete_infer_api_key(DeleteInferApiKeyRequest(key_id=key))
