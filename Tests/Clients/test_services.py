"""Services: deployed, called, split, scaled, updated, stopped; billed from ready to stopped; and what goes wrong."""

import concurrent.futures
import json
import socket
import threading
import time
from collections import Counter

import pytest
from atelier import Server, wait
from models import ECHO, FLAVOR, Caller, Services, make_model, token_of


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


@pytest.fixture
def own_services(own_server):
    """What is deployed on a server whose time only the test moves."""
    own_server.move_clock("2030-01-10T10:00:00+08:00")
    services = Services(own_server)
    yield services
    services.clear()


def test_a_trained_model_answers_as_in_training(server, services, tmp_path):
    """Digits: trained, deployed in two versions, split 90/10, asked with pictures that neither has seen."""
    make_model(tmp_path, """
import json, joblib
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
pictures, digits = load_digits(return_X_y=True)
train, held, right, wanted = train_test_split(pictures, digits, random_state=1)
for name, strength in [("a", 1.0), ("b", 0.001)]:
    model = LogisticRegression(C=strength, max_iter=200).fit(train / 16, right)
    joblib.dump(model, name)
    json.dump({"told": model.predict(held / 16).tolist(), "held": (held / 16).tolist()}, open(name + ".json", "w"))
""")
    told = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in "ab"}
    models = {}
    for number, name in enumerate("ab"):
        place = services.upload(f"digits-{name}", {"model.joblib": (tmp_path / name).read_bytes()})
        models[name] = services.model("digits", f"1.0.{number}", source_location=place)
    id = services.running("digits", services.config(models["a"], 90), services.config(models["b"], 10))
    caller = services.caller(id)
    held = told["a"]["held"]
    answers = []
    for _ in range(100):
        answer = caller.answer({"inputs": [
            {"name": "x", "shape": [len(held), 64], "datatype": "FP64", "data": sum(held, [])}]},
            "/v2/models/digits/infer")
        answers.append((answer["model_version"], answer["outputs"][0]["data"]))
    assert Counter(version for version, _ in answers) == {"1.0.0": 90, "1.0.1": 10}
    for version, predicted in answers:
        assert predicted == told["a" if version == "1.0.0" else "b"]["told"]
    # The same by the address of the Open Inference Protocol, and in the shape of ModelArts.
    plain = caller.answer({"instances": held[:2]})
    assert plain["predictions"] == told["a"]["told"][:2] or plain["predictions"] == told["b"]["told"][:2]
    by_name = caller.session.get(f"{server.endpoint}/v2/models/digits", timeout=60)
    assert by_name.status_code == 200 and by_name.json()["name"] == "digits"
    shown = services.show(id)
    wait(lambda: services.show(id)["invocation_times"] == 102, what="the count of calls")
    assert shown["failed_times"] == 0


def test_it_is_scaled_split_and_stopped_without_a_failed_call(server, services):
    one, two = services.echo("1.0.0"), services.echo("2.0.0")
    id = services.running("moves", services.config(one))
    seen, failed, over = Counter(), [], threading.Event()

    def call():
        caller = services.caller(id)
        while not over.is_set():
            answer = caller.post({"wait": 0.005})
            if answer.status_code == 200:
                seen[answer.json()["version"]] += 1
            else:
                failed.append(answer.text)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        services.change(id, config=[services.config(one, instances=2)])
        wait(lambda: len(services.instances(id)) == 2, what="two instances")
        # Another version takes the place of the old one only once all of it is ready.
        services.change(id, config=[services.config(two, instances=1)])
        wait(lambda: services.show(id)["status"] == "running" and len(services.instances(id)) == 1,
             what="the new version")
        before = seen["2.0.0"]
        wait(lambda: seen["2.0.0"] > before + 10, what="calls of the new version")
        services.change(id, config=[services.config(one, 50), services.config(two, 50)])
        wait(lambda: len(services.instances(id)) == 2, what="both versions")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert seen["1.0.0"] > 0 and seen["2.0.0"] > 0
    updates = server.get(f"{services.base}/services/{id}/logs")["logs"]
    assert [update["result"] for update in updates] == ["SUCCESS"] * 4
    services.change(id, status="stopped")
    services.wait(id, "stopped")
    answer = services.caller(id).post({})
    assert answer.status_code == 409 and "stopped" in answer.json()["error_msg"]
    assert services.instances(id, "ready", "starting", "queued") == []
    services.change(id, status="running")
    services.wait(id, "running")
    assert services.caller(id).post({}).status_code == 200


def test_an_update_that_comes_to_nothing_is_taken_back(server, services):
    good = services.echo()
    bad = services.model("bad", "1.0.0", source_location=services.upload("bad", {
        "config.json": json.dumps({"command": "echo no such thing; exit 3"}).encode()}))
    id = services.running("careful", services.config(good))
    services.change(id, config=[services.config(bad)])
    wait(lambda: "taken back" in services.show(id).get("error_msg", ""), what="the change to be taken back")
    assert services.wait(id, "running")["config"][0]["model_id"] == good
    assert services.caller(id).post({}).status_code == 200
    assert server.get(f"{services.base}/services/{id}/logs")["logs"][0]["result"] == "FAIL"
    events = [event["event_info"] for event in server.get(f"{services.base}/services/{id}/events")["events"]]
    assert any("no such thing" in event for event in events)


def test_one_that_never_answers_fails_and_says_why(server, services):
    bad = services.model("empty", "1.0.0", source_location=services.upload("empty", {"notes.txt": b"no model"}))
    id = services.create("hopeless", services.config(bad))
    shown = services.wait(id, "failed")
    assert "failed 3 times" in shown["error_msg"] and "model" in shown["error_msg"]
    log = server.request("GET", f"/atelier/v1/projects/{server.project_id}/services/{id}/log")
    assert log.status_code == 200 and log.text.strip()
    usage = server.get(f"/atelier/v1/usage?resource={id}")["items"]
    assert usage == [], "what never answered costs something"


def test_an_instance_that_dies_or_is_sick_is_replaced(server, services):
    id = services.running("mortal", services.config(services.echo(), instances=2))
    before = {one["id"] for one in services.instances(id)}
    caller = services.caller(id)
    assert caller.post({"die": True}).status_code == 502
    wait(lambda: len(now := {one["id"] for one in services.instances(id)}) == 2 and now != before,
         what="another instance")
    assert all(caller.post({}).status_code == 200 for _ in range(4))
    now = {one["id"] for one in services.instances(id)}
    caller.post({"sick": True})
    wait(lambda: len(last := {one["id"] for one in services.instances(id)}) == 2 and last != now,
         what="another instance in the sick one's place")
    reasons = [one.get("reason", "") for one in services.show(id)["instances"]]
    assert any("exit code 7" in reason for reason in reasons), reasons
    assert any("looks in a row" in reason for reason in reasons), reasons


def test_an_instance_that_is_killed_fails_its_own_calls_only(server, services):
    """Four callers, two instances: whoever is being answered by the dead one fails, and nobody after."""
    id = services.running("killed", services.config(services.echo(), instances=2))
    answers, over = [], threading.Event()

    def call():
        caller = services.caller(id)
        while not over.is_set():
            answers.append(caller.post({"wait": 0.05}).status_code)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        wait(lambda: len(answers) > 20, what="calls")
        assert services.caller(id).post({"die": True}).status_code == 502
        before = len(answers)
        wait(lambda: len(answers) > before + 40 and len(services.instances(id)) == 2, what="another instance")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert set(answers) <= {200, 502} and Counter(answers)[502] <= 4


def test_no_second_is_lost_or_doubled_when_the_server_is_killed(own_server, own_services):
    """What is billed is what the shim says, however often the server died meanwhile."""
    services = own_services
    own_server.top_up("100")
    id = services.running("killed-server", services.config(services.echo()))
    for moment in ["10:20:00", "10:59:50", "11:30:00"]:
        own_server.kill()
        own_server.start()
        own_server.move_clock(f"2030-01-10T{moment}+08:00")
        assert services.caller(id).post({}).status_code == 200
    services.change(id, status="stopped")
    services.wait(id, "stopped")
    own_server.move_clock("2030-01-10T12:00:20+08:00")

    def billed():
        lines = own_server.get("/atelier/v1/bills?limit=100")["items"]
        return sum(int(line["counted"]) for line in lines if line["resource_id"] == id)

    wait(lambda: billed() >= 5_400, what="the bill")
    assert billed() == 5_400
    assert own_server.audited() == ""


def test_instances_outlive_the_server(tmp_path):
    with Server(tmp_path) as own:
        own.top_up("100")
        services = Services(own)
        id = services.running("stays", services.config(services.echo()))
        instance = services.instances(id)[0]
        assert services.caller(id).post({}).status_code == 200
        token = token_of(own)
        own.kill()
        own.start()
        wait(lambda: Caller(own, id, token).post({}).status_code == 200, seconds=2, what="an answer after the restart")
        assert services.instances(id)[0]["id"] == instance["id"]
        services.clear()
        assert own.audited() == ""


def test_limits(server, services):
    model = services.echo()
    id = services.running("limited", services.config(model), limits={"concurrency": 2, "body_bytes": 1000})
    token = token_of(server)
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: Caller(server, id, token).post({"wait": 2}), range(5)))
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 2, 429: 3}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "1" and "2 calls" in refused.json()["error_msg"]
    assert services.caller(id).post({"x": "y" * 2000}).status_code == 413
    services.change(id, limits={"requests_per_second": 3})
    caller = services.caller(id)
    codes = [caller.post({}).status_code for _ in range(8)]
    assert codes[:3] == [200] * 3 and 429 in codes[3:]


def test_who_may_call(server, services):
    id = services.running("closed", services.config(services.echo()))
    caller = services.caller(id)
    bare = caller.session.post(caller.address, headers={"X-Auth-Token": None}, json={}, timeout=60)
    assert bare.status_code == 401 and "X-Auth-Token" in bare.json()["error_msg"]
    assert Caller(server, id, "stolen").post({}).status_code == 401
    opened = server.request("POST", "/atelier/v1/accounts", {
        "name": "calls-stranger", "user_name": "mallory", "password": "a-long-password"}).json()
    signed = server.request("POST", f"/v1/infers/{id}/", {}, access=opened["access_key"], secret=opened["secret_key"],
                            headers={"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
    assert signed.status_code == 404
    own = server.request("POST", f"/v1/infers/{id}/", {}, headers={"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
    assert own.status_code == 200 and own.json()["path"] == "/"
    deep = caller.answer({"a": 1}, "/deep/path?x=1")
    assert deep["path"] == "/deep/path?x=1"


def test_bad_services_are_refused_by_field(server, services):
    model = services.echo()
    for body, field in [
        ({"config": [services.config(model, 60)]}, "config"),
        ({"config": [services.config("nobody")]}, "config[0].model_id"),
        ({"config": [services.config(model, flavor="huge")]}, "config[0].specification"),
        ({"config": [services.config(model, flavor="modelarts.vm.cpu.16u64g.d")]}, "config[0].specification"),
        ({"config": [services.config(model)], "infer_type": "edge"}, "infer_type"),
        ({"config": [services.config(model, cluster_id="c")]}, "config[0].pool_name"),
        ({"config": [services.config(model)], "schedule": [{"type": "stop", "time_unit": "YEARS", "duration": 1}]},
         "schedule[0].time_unit"),
    ]:
        answer = server.request(
            "POST", f"{services.base}/services", {"service_name": "wrong", "infer_type": "real-time", **body})
        assert answer.status_code == 400, answer.text
        assert field in [fault["field"] for fault in answer.json()["faults"]], answer.text
    id = services.create("once", services.config(model))
    again = server.request("POST", f"{services.base}/services", {
        "service_name": "once", "infer_type": "real-time", "config": [services.config(model)]})
    assert again.status_code == 409
    used = server.request("DELETE", f"{services.base}/models/{model}").json()
    assert used["delete_success_list"] == [] and "once" in used["delete_failed_list"][0]["error_msg"]
    assert server.request("GET", f"{services.base}/services/nobody").status_code == 404
    services.wait(id, "running")


def test_the_bill_is_instance_seconds_times_price(own_server, own_services):
    """Two instances from the moment they are ready until they end; what starts, waits or has ended costs nothing."""
    services = own_services
    own_server.top_up("100")
    model = services.echo()
    id = services.running("billed", services.config(model, instances=2),
                          schedule=[{"type": "stop", "time_unit": "HOURS", "duration": 2}])
    own_server.move_clock("2030-01-10T10:30:00+08:00")
    services.change(id, config=[services.config(model, instances=1)])
    wait(lambda: len(services.instances(id, "ready", "draining", "stopping")) == 1, what="one instance")
    own_server.move_clock("2030-01-10T12:00:00+08:00")
    shown = services.wait(id, "stopped")
    assert "by itself" in shown["error_msg"]
    own_server.move_clock("2030-01-10T13:00:20+08:00")

    def lines():
        return [line for line in own_server.get("/atelier/v1/bills?limit=100")["items"] if line["resource_id"] == id]

    wait(lambda: sum(int(line["counted"]) for line in lines()) >= 9_000, what="the bill")
    assert sum(int(line["counted"]) for line in lines()) == 1_800 + 7_200
    assert {line["product"] for line in lines()} == {"inference"} and {line["flavor"] for line in lines()} == {FLAVOR}
    services.clear()
    assert own_server.audited() == ""


def test_arrears_end_it(own_server, own_services):
    """An account that does not pay keeps its service for the grace period of a day, and no longer."""
    services = own_services
    own_server.top_up("0.1")
    id = services.running("poor", services.config(services.echo()))
    refused = own_server.request("POST", f"{services.base}/services", {
        "service_name": "more", "infer_type": "real-time", "config": [services.config(services.models[0])]})
    assert refused.status_code == 403 and "first hour" in refused.json()["error_msg"]
    # Two hours cost more than there is; from then on its lease is not moved, and ends a day after it was moved last.
    for moment in ["10T11:00:20", "10T12:00:20", "11T12:30:00"]:
        own_server.move_clock(f"2030-01-{moment}+08:00")
        wait(own_server.hours_closed, what=f"the hours until {moment}")
        if moment == "10T12:00:20":
            wait(lambda: float(own_server.get("/atelier/v1/balance")["arrears"]) > 0, what="the second hour's bill")
    shown = services.wait(id, "stopped")
    assert "arrears" in shown["error_msg"]


def test_it_scales_by_what_it_is_asked_and_to_zero(server, services):
    """More calls at a time bring more instances; without any it goes to sleep, and the first call wakes it."""
    policy = {"min": 0, "max": 3, "metric": "concurrency", "target": 1, "cooldown_seconds": 3, "tolerance": 0}
    id = services.running("elastic", services.config(services.echo(), scaling_policy=policy))
    assert services.show(id)["config"][0]["scaling"] is True
    over, failed = threading.Event(), []

    def call():
        caller = services.caller(id)
        while not over.is_set():
            answer = caller.post({"wait": 0.2})
            if answer.status_code != 200:
                failed.append(answer.text)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        wait(lambda: len(services.instances(id)) == 3, what="three instances")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    wait(lambda: services.show(id)["config"][0]["instance_count"] == 0 and not services.instances(
        id, "ready", "draining", "stopping"), what="its sleep")
    assert failed == []
    assert services.show(id)["status"] == "running"
    answer = services.caller(id).post({})
    assert answer.status_code == 200, answer.text
    events = [event["event_info"] for event in server.get(f"{services.base}/services/{id}/events")["events"]]
    assert "echo 1.0.0 is scaled from 0 to 1." in events


def test_it_scales_by_the_clock(own_server, own_services):
    services = own_services
    own_server.top_up("100")
    policy = {"min": 1, "max": 3, "clock": [
        {"cron": "0 12 * * *", "instance_count": 3}, {"cron": "0 18 * * *", "instance_count": 1}]}
    id = services.running("clockwork", services.config(services.echo(), scaling_policy=policy))
    for moment, count in [("11:59:00", 1), ("12:00:30", 3), ("17:59:59", 3), ("18:01:00", 1)]:
        own_server.move_clock(f"2030-01-10T{moment}+08:00")
        wait(lambda: len(services.instances(id, "ready", "draining", "stopping")) == count, what=f"{count} at {moment}")


def test_a_busy_instance_is_not_taken_for_a_sick_one(server, services):
    """A server of one thread answers no look in time while it works through calls; whose calls are answered is well."""
    code = ECHO.replace(b"ThreadingHTTPServer", b"HTTPServer").replace(b"HTTP/1.1", b"HTTP/1.0")
    single = {"app.py": code, "config.json": json.dumps({
        "command": "python app.py", "health": {"url": "/health", "protocol": "http", "timeout_seconds": 1}}).encode()}
    model = services.model("single", source_location=services.upload("single", single))
    id = services.running("busy", services.config(model))
    (instance,) = services.instances(id)
    token = token_of(server)
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: Caller(server, id, token).post({"wait": 0.1}).status_code, range(90)))
    assert Counter(answers) == {200: 90}
    assert [one["id"] for one in services.instances(id)] == [instance["id"]]


def test_many_silent_connections_harm_nobody(tmp_path):
    """A server of few descriptors turns connections away, and neither ends what runs nor stops answering."""
    with Server(tmp_path) as own:
        own.stop()
        own.start(descriptors=400)
        own.top_up("100")
        services = Services(own)
        id = services.running("calm", services.config(services.echo()))
        (instance,) = services.instances(id)
        caller = services.caller(id)
        caller.answer({})
        host, port = own.endpoint.split("://")[1].split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(300)]
        caller.answer({})
        # More than three looks go by meanwhile.
        begun = time.monotonic()
        wait(lambda: time.monotonic() > begun + 5, what="the looks")
        for connection in silent:
            connection.close()
        assert caller.post({}).status_code == 200
        assert [one["id"] for one in services.instances(id)] == [instance["id"]]
        services.clear()


def test_a_slow_health_path_holds_up_nobody_else(server, services):
    """Looks at one service take as long as they may; calls of another are stored meanwhile as ever."""
    slow = ECHO.replace(b"        healthy =", b"        if os.path.exists('/tmp/slow'): time.sleep(30)\n        healthy =").replace(
        b'if "sick" in asked:', b'if "slow" in asked: open("/tmp/slow", "w").close()\n        if "sick" in asked:')
    model = services.model("slow", source_location=services.upload("slow", {
        "app.py": slow, "config.json": json.dumps({
            "command": "python app.py", "health": {"url": "/health", "timeout_seconds": 40}}).encode()}))
    slow_id = services.running("slow", services.config(model))
    id = services.running("quick", services.config(services.echo()))
    services.caller(slow_id).answer({"slow": True})
    services.caller(id).answer({})
    path = f"/atelier/v1/projects/{server.project_id}/services/{id}/minutes"
    wait(lambda: sum(minute["calls"] for minute in server.get(path)["items"]) == 1, seconds=15, what="the count")


def test_what_could_not_be_read_again_is_not_stored(server, services):
    """A change has the rules of a creation; whatever is refused, services are listed as before."""
    model = services.echo()
    wide = {"min": 65, "max": 65}
    two = [services.config(model, 50, scaling_policy=wide), services.config(model, 50, envs={"A": "1"}, scaling_policy=wide)]
    id = services.create("wide", *two)
    batch = services.create("unread", services.config(
        model, src_path="obs://models/echo-1.0.0/", dest_path="obs://models/out/", mapping_type="file"), infer_type="batch")
    for config in ([services.config(model, instances=0)], [services.config(model, scaling_policy={"min": 1, "max": 2})],
                   [services.config(model, 50), services.config(model, 50, envs={"A": "1"})]):
        answer = server.request("PUT", f"{services.base}/services/{batch}", {"config": config})
        assert answer.status_code == 400, answer.text
    services.wait(batch, "finished", "failed")
    wait(lambda: sum(config["instance_count"] for config in services.show(id)["config"]) in (2, 128), what="a look")
    listed = server.get(f"{services.base}/services")["services"]
    assert {id, batch} <= {service["service_id"] for service in listed}


def test_it_says_when_it_runs_and_when_it_has_stopped(server, services):
    id = services.running("told", services.config(services.echo()))
    services.change(id, status="stopped")
    services.wait(id, "stopped")

    def events():
        listed = server.get(f"{services.base}/services/{id}/events")["events"]
        return [event["event_info"] for event in listed][::-1]

    wait(lambda: events()[-1] == "The service is stopped.", what="its last event")
    assert [text for text in events() if text.startswith("The service is")] == [
        "The service is being deployed.", "The service is deploying.", "The service is running.",
        "The service is stopping.", "The service is stopped."]


def test_the_command_line_does_it_all(server, services):
    """From a model to its end, as a person types it."""
    def atelier(*arguments, code=0):
        told = server.run(*arguments, check=False)
        assert told.returncode == code, f"{arguments}: {told.returncode}\n{told.stdout}\n{told.stderr}"
        return told.stdout if code == 0 else told.stderr

    config = {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}
    place = services.upload("typed", {"app.py": ECHO, "config.json": json.dumps(config).encode()})
    model = atelier("model", "create", "--name", "typed", "--from", place).strip()
    services.models.append(model)
    other = atelier("model", "create", "--name", "typed", "--version", "1.0.1", "--from", place).strip()
    services.models.append(other)
    assert "typed" in atelier("model", "list") and "published" in atelier("model", "show", model)
    id = atelier("service", "deploy", "--name", "typed", "--model", f"{model}=90", "--model", f"{other}=10",
                 "--flavor", FLAVOR, "--stop-after", "2h", "--env", "MARK=x").strip()
    services.ids.append(id)
    assert json.loads(atelier("service", "call", id, "--body", "{}"))["mark"] == "x"
    assert "[418]" in atelier("service", "call", id, "--body", '{"status": 418}', code=1)
    assert "typed" in atelier("service", "list") and "90 %" in atelier("service", "show", id)
    assert "50 %" in atelier("service", "split", id, f"{model}=50", f"{other}=50")
    assert "90 %" in atelier("service", "rollback", id)
    assert "2 of 2 ready" in atelier("service", "scale", id, "2", "--model", model)
    assert "listening" in atelier("service", "logs", id)
    assert "The service is running." in atelier("service", "events", id)
    assert "used by the service typed" in atelier("model", "delete", model, code=3)
    assert atelier("service", "stop", id).strip() == id
    assert "stopped" in atelier("service", "show", id)
    assert atelier("service", "start", id).strip() == id
    assert atelier("service", "delete", id).strip() == id
