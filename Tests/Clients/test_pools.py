"""Nodes of one's own: the pool is what is billed, from its creation to its end, and what runs on it costs nothing more."""

from decimal import Decimal

import pytest
from atelier import CPU_FLAVOR, wait
from conftest import modelarts_client
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmodelarts.v1 import (
    CreatePoolRequest, CreatePoolRequestBody, DeletePoolRequest, ListAuthoringClustersRequest, ListPoolsRequest,
    ListResourceFlavorsRequest, ListWorkloadsRequest, PatchPoolRequest, PoolAnnotationsCreation, PoolLabelsCreation, PoolMetadataCreation,
    PoolResourceFlavor, PoolSpecCreation, PoolSpecCreationNetwork, PoolSpecUpdate, PoolSpecUpdateResources,
    PoolUpdateRequest, ShowClusterRequest, ShowPoolRequest, ShowPoolStatisticsRequest, ShowWorkloadStatisticsRequest)
from jupyter import Notebooks
from models import Services

NODE = "modelarts.vm.cpu.1u"
FOREVER = "while :; do sleep 0.1; done"


class Pools:
    """The dedicated pools of one server, made by the official SDK."""

    def __init__(self, server):
        self.server = server
        self.client = modelarts_client(server)
        self.base = f"/v2/{server.project_id}/pools"

    def body(self, name, nodes=1, flavor=NODE, scope=None, mode="0"):
        return CreatePoolRequestBody(
            api_version="v2", kind="Pool",
            metadata=PoolMetadataCreation(
                labels=PoolLabelsCreation(os_modelarts_name=name, os_modelarts_workspace_id="0"),
                annotations=PoolAnnotationsCreation(
                    os_modelarts_description="of the lab", os_modelarts_billing_mode=mode)),
            spec=PoolSpecCreation(
                type="Dedicate", scope=scope or ["Train", "Infer", "Notebook"],
                resources=[PoolResourceFlavor(flavor=flavor, count=nodes)],
                network=PoolSpecCreationNetwork(name="network-of-nothing")))

    def create(self, name, **more):
        return self.client.create_pool(CreatePoolRequest(body=self.body(name, **more))).metadata.name

    def show(self, id):
        return self.client.show_pool(ShowPoolRequest(pool_name=id))

    def resize(self, id, nodes, flavor=NODE):
        return self.client.patch_pool(PatchPoolRequest(pool_name=id, body=PoolUpdateRequest(
            spec=PoolSpecUpdate(resources=[PoolSpecUpdateResources(flavor=flavor, count=nodes)]))))

    def delete(self, id):
        return self.client.delete_pool(DeletePoolRequest(pool_name=id))

    def workloads(self, id, **query):
        return self.client.list_workloads(ListWorkloadsRequest(pool_name=id, **query)).items

    def job(self, name, pool, command=FOREVER, flavor="modelarts.vm.cpu.0.5u"):
        body = self.server.job_body(name, command)
        body["spec"]["resource"] = {"flavor_id": flavor, "node_count": 1, "pool_id": pool}
        return self.server.request("POST", f"/v2/{self.server.project_id}/training-jobs", body)

    def end(self, job):
        self.server.request("POST", f"/v2/{self.server.project_id}/training-jobs/{job}/actions",
                            {"action_type": "terminate"})
        return self.server.wait_for_end(job)

    def public(self):
        return self.server.get("/atelier/v1/pool")["cpu_millicores"]


@pytest.fixture
def pools(own_server):
    own_server.top_up("100")
    return Pools(own_server)


def refused(act, *arguments, **more):
    with pytest.raises(ClientRequestException) as refusal:
        act(*arguments, **more)
    return refusal.value


def lines_of(server, resource):
    return server.get(f"/atelier/v1/bills?resource={resource}")["items"]


def test_a_pool_from_creation_to_its_end(pools):
    before = pools.public()
    flavors = pools.client.list_resource_flavors(ListResourceFlavorsRequest()).items
    assert NODE in [flavor.metadata.name for flavor in flavors]
    id = pools.create("lab-pool")
    assert id.startswith("lab-pool-") and 36 <= len(id) <= 63
    shown = pools.show(id)
    assert (shown.kind, shown.api_version, shown.status.phase) == ("Pool", "v2", "Running")
    assert shown.metadata.labels.os_modelarts_name == "lab-pool"
    assert shown.metadata.annotations.os_modelarts_description == "of the lab"
    assert shown.metadata.annotations.os_modelarts_billing_mode == "0"
    assert (shown.spec.resources[0].flavor, shown.spec.resources[0].count) == (NODE, 1)
    assert shown.spec.scope == ["Train", "Infer", "Notebook"] and shown.spec.network.name == "network-of-nothing"
    assert [(scope.scope_type, scope.state) for scope in shown.status.scope] == [
        ("Train", "Enabled"), ("Infer", "Enabled"), ("Notebook", "Enabled")]
    assert pools.server.get(f"{pools.base}/{id}")["status"]["resources"] == {
        "available": [{"flavor": NODE, "count": 1}]}
    assert [one.metadata.name for one in pools.client.list_pools(ListPoolsRequest()).items] == [id]
    assert pools.client.list_pools(ListPoolsRequest(status="failed")).items == []
    assert pools.client.show_pool_statistics(ShowPoolStatisticsRequest()).statistics.status.created == 1
    # What is the pool's is not everybody's.
    assert pools.public() == before - 1_000
    gone = pools.delete(id)
    assert gone.metadata.name == id
    assert pools.public() == before
    assert refused(pools.show, id).status_code == 404
    # Its name is free again.
    pools.delete(pools.create("lab-pool"))


def test_only_the_pool_is_billed_and_to_the_second(pools):
    """A pool of an hour and a half, on which jobs run and wait: two lines, both of the pool."""
    server = pools.server
    server.move_clock("2030-01-10T10:30:00+08:00")
    pool = pools.create("lab-pool")
    per_hour = Decimal("0.115")
    answer = pools.job("on-the-pool", pool)
    assert answer.status_code == 201, answer.text
    job = answer.json()["metadata"]["id"]
    assert answer.json()["spec"]["resource"]["pool_id"] == pool
    server.wait_for(job, "Running")
    # The other half of the node: what is too much waits for this pool, though the public one has room.
    second = pools.job("second", pool).json()["metadata"]["id"]
    server.wait_for(second, "Running")
    third = pools.job("third", pool).json()["metadata"]["id"]
    assert "the pool " + pool in server.job(third)["status"]["task_statuses"][0]["message"]
    found = {item.name: item for item in pools.workloads(pool)}
    assert {name: item.status for name, item in found.items()} == {job: "Running", second: "Running", third: "Queue"}
    assert found[job].type == "train" and found[job].job_name == "on-the-pool"
    asked = found[job].resource_requirement
    assert (asked.cpu, asked.memory) == ("0.5 Cores", "0.5 GiB")
    assert [item.name for item in pools.workloads(pool, status="Queue")] == [third]
    counted = pools.client.show_workload_statistics(ShowWorkloadStatisticsRequest(pool_name=pool)).statistics
    assert (counted.total, counted.items[0].type, counted.items[0].status.running) == (3, "train", 2)
    used = server.get(f"{pools.base}/{pool}")["status"]
    assert (used["used"]["cpu_millicores"], used["capacity"]["cpu_millicores"]) == (1_000, 1_000)
    assert Decimal(used["price_per_hour"]) == per_hour
    # Nobody's work ends by the way.
    fault = refused(pools.delete, pool)
    assert fault.status_code == 409 and "on-the-pool" in fault.error_msg

    # Nothing but the pool is being used up, and nothing but the pool has money set aside.
    server.move_clock("2030-01-10T10:30:30+08:00")
    usage = server.get("/atelier/v1/usage")["items"]
    assert [(item["resource_id"], item["seconds"]) for item in usage] == [(pool, 30)]
    server.move_clock("2030-01-10T11:00:20+08:00")
    pools.end(third)
    pools.end(second)
    pools.end(job)
    server.move_clock("2030-01-10T12:00:00+08:00")
    assert pools.delete(pool)
    server.move_clock("2030-01-10T13:00:20+08:00")
    lines = wait(lambda: len(found := lines_of(server, pool)) == 2 and found, what="two lines of the pool")
    assert sorted(line["seconds"] for line in lines) == [1_800, 3_600]
    assert sum(Decimal(line["due"]) for line in lines) == per_hour * Decimal("1.5")
    assert all(line["product"] == "dedicated-pool" and line["resource_name"] == "lab-pool" for line in lines)
    for other in (job, second, third):
        assert lines_of(server, other) == []
    balance = server.get("/atelier/v1/balance")
    assert Decimal(balance["held"]) == 0
    assert server.audited() == ""


def test_a_notebook_on_a_pool_pays_for_its_volume_only(pools):
    server = pools.server
    pool = pools.create("books-pool")
    notebooks = Notebooks(server, pools.client)
    try:
        id = notebooks.running(pool_id=pool).id
        shown = server.get(f"/v1/{server.project_id}/notebooks/{id}")
        assert shown["pool"]["id"] == pool
        assert shown["billing_items"] == ["STORAGE"]
        assert "nothing beside its dedicated pool" in shown["cost_note"]
        assert [(item.type, item.status) for item in pools.workloads(pool)] == [("notebook", "Running")]
        cluster, = pools.client.list_authoring_clusters(ListAuthoringClustersRequest()).data
        assert (cluster.pool_id, cluster.type, cluster.status) == (pool, "DEDICATED", "ACTIVE")
        assert pools.client.show_cluster(ShowClusterRequest(cluster_id=pool)).pool_id == pool
        using = {item["product"] for item in server.get("/atelier/v1/usage")["items"]}
        assert using == {"dedicated-pool", "evs"}
        notebooks.stop(id)
        # It rests: the pool may go, and then it cannot be started.
        assert [item.status for item in pools.workloads(pool)] == ["Terminated"]
        pools.delete(pool)
        fault = refused(notebooks.start, id)
        assert fault.status_code == 400 and "no dedicated pool" in fault.error_msg
    finally:
        notebooks.clear()


def test_a_service_on_a_pool_answers_and_costs_nothing_more(pools):
    server = pools.server
    services = Services(server)
    pool = pools.create("serving-pool")
    try:
        model = services.echo()
        id = services.running("pooled", services.config(model), pool_name=pool)
        assert services.caller(id).answer({})["version"] == "1.0.0"
        shown = services.show(id)
        assert shown["cluster_id"] == pool and shown["config"][0]["pool_name"] == pool
        assert [(item.type, item.status) for item in pools.workloads(pool)] == [("infer", "Running")]
        # The second API sees the same: a cluster, a deployment's pool, and what is on it.
        second = f"/v2/{server.project_id}/services"
        cluster = server.get(f"{second}/clusters/{pool}")
        assert (cluster["pool_id"], cluster["type"], cluster["status"]) == (pool, "DEDICATED", "ACTIVE")
        group, = server.get(f"{second}/{id}")["version"]["instance_groups"]
        assert group["pool_id"] == pool
        assert [one["id"] for one in server.get(f"{second}?pool_id={pool}")["data"]] == [id]
        assert server.get(f"{second}?pool_id=public")["data"] == []
        # A change that says nothing of pools stays there, and begins to cost nothing.
        services.change(id, config=[services.config(model, envs={"MARK": "new"})])
        wait(lambda: services.caller(id).answer({})["mark"] == "new", what="the new instance")
        assert services.show(id)["config"][0]["pool_name"] == pool
        assert {item["product"] for item in server.get("/atelier/v1/usage")["items"]} == {"dedicated-pool"}
        assert refused(pools.delete, pool).status_code == 409
        services.change(id, status="stopped")
        services.wait(id, "stopped")
        pools.delete(pool)
        answer = server.request("PUT", f"/v1/{server.project_id}/services/{id}", {"status": "running"})
        assert answer.status_code == 400 and "no dedicated pool" in answer.json()["error_msg"]
    finally:
        services.clear()


def test_nodes_come_and_go_and_the_fee_with_them(pools):
    server = pools.server
    flavor = "modelarts.vm.cpu.0.5u"
    server.move_clock("2030-01-10T10:00:00+08:00")
    pool = pools.create("grows", flavor=flavor)
    server.move_clock("2030-01-10T10:10:00+08:00")
    assert pools.resize(pool, 3, flavor).spec.resources[0].count == 3
    job = pools.job("first", pool).json()["metadata"]["id"]
    second = pools.job("second", pool).json()["metadata"]["id"]
    server.wait_for(job, "Running")
    server.wait_for(second, "Running")
    fault = refused(pools.resize, pool, 1, flavor)
    assert fault.status_code == 409 and "does not fit on 1" in fault.error_msg
    pools.end(second)
    server.move_clock("2030-01-10T10:40:00+08:00")
    assert pools.resize(pool, 1, flavor).spec.resources[0].count == 1
    pools.end(job)
    server.move_clock("2030-01-10T11:00:20+08:00")
    lines = wait(lambda: len(found := lines_of(server, pool)) == 3 and found, what="three lines of the pool")
    assert sorted((line["quantity"], line["seconds"]) for line in lines) == [(1, 600), (1, 1_200), (3, 1_800)]
    # 10 minutes and 20 of one node, 30 minutes of three: two node hours.
    # Each line is cut at its eighth decimal.
    assert sorted(Decimal(line["due"]) for line in lines) == [
        Decimal("0.00958333"), Decimal("0.01916666"), Decimal("0.08625")]
    pools.delete(pool)
    assert server.audited() == ""


def test_a_pool_outlives_the_server(pools):
    server = pools.server
    pool = pools.create("survivor")
    job = pools.job("goes-on", pool).json()["metadata"]["id"]
    server.wait_for(job, "Running")
    server.kill()
    server.start()
    pools = Pools(server)
    assert [item.status for item in pools.workloads(pool)] == ["Running"]
    assert pools.end(job)["status"]["phase"] == "Terminated"
    pools.delete(pool)


def test_what_cannot_be_is_refused_and_leaves_nothing(pools):
    server = pools.server
    for more, words in [
        ({"nodes": 1_000}, "the machine has"), ({"flavor": "no.such"}, "There is no flavor no.such"),
        ({"mode": "1"}, "pay-per-use"), ({"scope": ["Fly"]}, "A pool is for some of"), ({"nodes": 0}, "count"),
    ]:
        fault = refused(pools.create, "bad-pool", **more)
        assert fault.status_code == 400 and words in fault.error_msg, fault.error_msg
    assert refused(pools.create, "A").status_code == 400
    pool = pools.create("only-jobs", scope=["Train"])
    assert refused(pools.create, "only-jobs").status_code == 409
    # Larger than a node, of another kind, nowhere.
    assert "a node of" in (answer := pools.job("large", pool, flavor=CPU_FLAVOR)).text or answer.status_code == 400
    notebooks = Notebooks(server, pools.client)
    fault = refused(notebooks.create, pool_id=pool)
    assert fault.status_code == 400 and "is for training jobs, not for notebooks" in fault.error_msg
    lost = pools.job("lost", "pool-of-nobody")
    assert lost.status_code == 400 and "spec.resource.pool_id" in lost.text
    # Somebody else's is nobody's.
    made = server.request("POST", "/atelier/v1/accounts", {
        "name": "others", "user_name": "eve", "password": "Secret-1234"}).json()
    stranger = Pools(server)
    stranger.client = modelarts_client(
        server, made["access_key"], made["secret_key"], made["project"]["id"])
    assert refused(stranger.show, pool).status_code == 404
    assert refused(stranger.delete, pool).status_code == 404
    # A poor one gets none.
    assert refused(stranger.create, "poor-pool").status_code == 403
    # What is taken by public work cannot be given away.
    pools.delete(pool)
    held = server.create_job("holder", FOREVER)
    server.wait_for(held, "Running")
    fault = refused(pools.create, "too-late")
    assert fault.status_code == 400 and "just now" in fault.error_msg
    pools.end(held)
    assert server.get(pools.base)["items"] == []


def test_the_command_line_has_pools(pools):
    run = pools.server.run
    assert "no dedicated pool" in run("pool", "list").stderr
    id = run("pool", "create", "--name", "cli-pool", "--flavor", NODE, "--scope", "Train").stdout.strip()
    assert run("pool", "show", "cli-pool").stdout.startswith("id")
    listed = run("pool", "list").stdout
    assert "cli-pool" in listed and "Train" in listed and "0.115 USD" in listed
    job = run("job", "create", "--name", "quick", "--engine", "python", "--flavor", "modelarts.vm.cpu.0.5u",
              "--pool", "cli-pool", "--command", FOREVER).stdout.strip()
    pools.server.wait_for(job, "Running")
    assert job in run("pool", "workloads", "cli-pool").stdout
    kept = run("pool", "delete", "cli-pool", check=False)
    assert kept.returncode == 1 and "quick" in kept.stderr
    pools.end(job)
    assert run("pool", "delete", "cli-pool").stdout.strip() == id
    assert "There is no pool cli-pool" in run("pool", "show", "cli-pool", check=False).stderr
    assert "vcpu" in run("pool", "show").stdout
