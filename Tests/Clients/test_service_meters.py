"""What services are asked: seen minute by minute, and billed by the call and by the token where the price book says so."""

import concurrent.futures
import csv
import datetime
import http.client
import json
import os
import pathlib
from collections import Counter
from decimal import Decimal

import pytest
import requests
from atelier import ROOT, Server, wait
from models import FLAVOR, Services, make_model, token_of

DATA = pathlib.Path(os.environ.get("ATELIER_DATA_SET", ROOT.parent / "shared/data/traces"))

# Calls cost a hundred-thousandth, a million tokens half and three halves; instances cost nothing.
BOOK = """
id: default
name: By the call
currency: USD
site: international
products:
  - {id: inference, name: Services, service: hws.service.type.modelarts, resource: hws.resource.type.modelarts.inference}
  - id: service-call
    name: Calls of services
    service: hws.service.type.modelarts
    resource: hws.resource.type.modelarts.inference
    unit: request
    variants: [any]
  - id: service-token
    name: Tokens of services
    service: hws.service.type.modelarts
    resource: hws.resource.type.modelarts.inference
    unit: "1,000,000 tokens"
    variants: [input, output]
flavors:
  - {id: modelarts.vm.cpu.0.5u, name: Small, type: CPU, vcpu: 1.5, memory: 512 MiB, products: [inference]}
meters:
  - {id: calls, event: modelarts.service.calls, product: service-call, flavor: any, aggregation: sum, value: data.calls, from: 2020-01-01}
  - {id: input, event: modelarts.service.calls, product: service-token, flavor: input, aggregation: sum, value: data.prompt_tokens, from: 2020-01-01}
  - {id: output, event: modelarts.service.calls, product: service-token, flavor: output, aggregation: sum, value: data.completion_tokens, from: 2020-01-01}
prices:
  - {product: inference, flavor: modelarts.vm.cpu.0.5u, per_hour: 0, from: 2020-01-01}
  - {product: service-call, flavor: any, per_unit: 0.00001, from: 2020-01-01}
  - {product: service-token, flavor: input, per_unit: 0.5, from: 2020-01-01}
  - {product: service-token, flavor: output, per_unit: 1.5, from: 2020-01-01}
"""

# Says how many tokens it was told to have read and written, as servers of language models do; streams where asked.
TALKER = b"""
import http.server, json

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one write
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        usage = {"prompt_tokens": asked["prompt"], "completion_tokens": asked["completion"]}
        self.send_response(asked.get("status", 200))
        if asked.get("stream"):
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for data in ["{}", json.dumps({"choices": [], "usage": usage}), "[DONE]"]:
                piece = f"data: {data}\\n\\n".encode()
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece))
            return self.wfile.write(b"0\\r\\n\\r\\n")
        body = json.dumps({"choices": [{"text": "x" * 50}], "usage": usage}).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

Server(("127.0.0.1", 8080), Handler).serve_forever()
"""


# The same with a price for instances, which are smaller, and with training.
TRAINING = """  - id: training-job
    name: Training
    service: hws.service.type.modelarts
    resource: hws.resource.type.modelarts.training
  - id: service-call"""
PRICED = (
    BOOK.replace("vcpu: 1.5", "vcpu: 0.5").replace("per_hour: 0,", "per_hour: 0.36,")
    .replace("products: [inference]", "products: [inference, training-job]").replace("  - id: service-call", TRAINING)
    .replace("prices:", "prices:\n  - {product: training-job, flavor: modelarts.vm.cpu.0.5u, per_hour: 1, from: 2020-01-01}"))


@pytest.fixture
def talker(tmp_path):
    """A server that bills by the call and by the token, on a clock that only the test moves; a service on it."""
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "default.yaml").write_text(BOOK)
    server = Server(tmp_path, clock="simulated")
    server.run("init", "--price-books", str(tmp_path / "prices"))
    with server_of(server):
        server.move_clock("2030-01-10T10:00:00+08:00")
        server.top_up("1000")
        services = Services(server)
        config = {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}
        place = services.upload("talker", {"app.py": TALKER, "config.json": json.dumps(config).encode()})
        id = services.running("talker", services.config(services.model("talker", source_location=place)))
        yield server, services, id
        services.clear()


class server_of:
    """Starts a server whose data folder is made already, and stops it."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self.server.start()

    def __exit__(self, *_):
        self.server.__exit__()


def counted(server, id):
    """What the bill counts of each product and flavor of a resource."""
    lines = server.get("/atelier/v1/bills?limit=100")["items"]
    return sum((Counter({(line["product"], line["flavor"]): int(Decimal(line["counted"]))})
                for line in lines if line["resource_id"] == id), Counter())


def stored(server, id):
    """Calls and failures that are stored, and so are metered."""
    minutes = server.get(f"/atelier/v1/projects/{server.project_id}/services/{id}/minutes?last=86400")["items"]
    return sum(minute["calls"] for minute in minutes), sum(minute["failures"] for minute in minutes)


def test_calls_and_tokens_are_billed(talker):
    server, services, id = talker
    caller = services.caller(id)
    for stream in (False, True):
        for n in range(10):
            assert caller.post({"prompt": 100, "completion": n, "stream": stream}).status_code == 200
    # What fails is not billed.
    assert caller.post({"prompt": 1, "completion": 1, "status": 500}).status_code == 500
    assert caller.post({"prompt": 1, "completion": 1, "status": 422}).status_code == 422
    wait(lambda: stored(server, id) == (21, 1), what="the counts")
    assert (services.show(id)["invocation_times"], services.show(id)["failed_times"]) == (21, 1)
    server.move_clock("2030-01-10T11:00:20+08:00")
    wait(lambda: counted(server, id)[("service-call", "any")] == 20, what="the bill of the calls")
    bill = counted(server, id)
    assert bill[("service-token", "input")] == 2_000 and bill[("service-token", "output")] == 90
    assert server.audited() == ""


def test_a_monitor_shows_the_last_hour(talker):
    server, services, id = talker
    caller = services.caller(id)
    for _ in range(30):
        caller.post({"prompt": 5, "completion": 2})
    monitor = wait(lambda: next(iter(one for one in server.get(f"{services.base}/services/{id}/monitor")["monitors"]
                                     if one["invocation_times"] == 30), None), what="the monitor")
    assert monitor["failed_times"] == 0 and monitor["prompt_tokens"] == 150 and monitor["completion_tokens"] == 60
    assert 0 < monitor["latency"]["p50"] <= monitor["latency"]["p99"] <= monitor["latency"]["max"]
    assert monitor["cpu_core_total"] == 1.5 and monitor["cpu_memory_total"] == 512
    minutes = server.get(f"/atelier/v1/projects/{server.project_id}/services/{id}/minutes?last=600")["items"]
    assert sum(minute["calls"] for minute in minutes) == 30
    metrics = requests.get(f"{server.endpoint}/metrics", timeout=60).text
    assert f"service_calls_total{{service=\"{id}\"}} 30" in metrics
    top = server.run("service", "top", "--once").stdout
    assert "talker" in top and "30" in top


@pytest.mark.skipif(not DATA.exists(), reason="the traces are not there")
def test_a_real_trace_is_billed_to_the_token(talker):
    """Every request of the Azure trace of a code model, as fast as they go."""
    server, services, id = talker
    with open(DATA / "azure/AzureLLMInferenceTrace_code.csv") as file:
        rows = [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(file)]
    totals = json.loads((DATA / "totals.json").read_text())["azure_llm_code"]
    token = token_of(server)

    def send(part):
        connection = http.client.HTTPConnection(server.endpoint.split("://")[1], timeout=60)
        for prompt, completion in part:
            body = json.dumps({"prompt": prompt, "completion": completion})
            connection.request("POST", f"/v1/infers/{id}/", body, {"X-Auth-Token": token})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(send, [rows[n::8] for n in range(8)]))
    wait(lambda: stored(server, id) == (totals["requests"], 0), what="the count")
    server.move_clock("2030-01-10T11:00:20+08:00")
    wait(lambda: counted(server, id)[("service-call", "any")] == totals["requests"], what="the bill")
    bill = counted(server, id)
    assert bill[("service-token", "input")] == totals["context_tokens"]
    assert bill[("service-token", "output")] == totals["generated_tokens"]


def test_from_training_to_the_bill(tmp_path):
    """Digits: trained by a job, deployed in two versions, called with pictures that training did not see, scaled and
    stopped; every second and every call is billed, and nothing else."""
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / "default.yaml").write_text(PRICED)
    server = Server(tmp_path, clock="simulated")
    server.run("init", "--price-books", str(tmp_path / "prices"))
    with server_of(server):
        server.move_clock("2030-01-10T10:00:00+08:00")
        server.top_up("1000")
        server.upload("digits", "code/train.py", (ROOT / "Examples/digits/train.py").read_bytes())
        services = Services(server)
        models = [train(server, services, f"1.0.{n}", epochs) for n, epochs in enumerate([8, 4])]
        first, second = (services.config(model, weight) for (model, _), weight in zip(models, [90, 10]))
        id = services.running("digits", first, second)
        pictures, wanted = held_out(tmp_path)
        caller = services.caller(id)
        right, asked = Counter(), Counter()
        for start in range(0, 100):
            answer = caller.answer({"inputs": [
                {"name": "x", "shape": [len(pictures), 64], "datatype": "FP64", "data": sum(pictures, [])}]},
                "/v2/models/digits/infer")
            version = answer["model_version"]
            asked[version] += 1
            right[version] += sum(a == b for a, b in zip(answer["outputs"][0]["data"], wanted))
        assert asked == {"1.0.0": 90, "1.0.1": 10}
        for n, (_, accuracy) in enumerate(models):
            version = f"1.0.{n}"
            assert right[version] / asked[version] / len(wanted) == pytest.approx(accuracy)
        seconds = 0

        def pass_time(moment, instances):
            nonlocal seconds
            before = server.get("/atelier/v1/clock")["now"]
            server.move_clock(f"2030-01-10T{moment}+08:00")
            after = server.get("/atelier/v1/clock")["now"]
            seconds += instances * (second_of(after) - second_of(before))

        pass_time("10:10:00", 2)
        services.change(id, config=[{**first, "instance_count": 3, "weight": 100}])
        wait(lambda: services.show(id)["status"] == "running" and len(services.instances(
            id, "ready", "draining", "stopping")) == 3, what="three instances of one model")
        pass_time("10:40:00", 3)
        services.change(id, config=[{**first, "instance_count": 0, "weight": 100}])
        wait(lambda: not services.instances(id, "ready", "draining", "stopping"), what="none")
        pass_time("11:30:00", 0)
        services.change(id, status="stopped")
        services.wait(id, "stopped")
        wait(lambda: stored(server, id) == (100, 0), what="the count")
        server.move_clock("2030-01-10T12:00:20+08:00")
        wait(lambda: counted(server, id)[("service-call", "any")] == 100, what="the bill of the calls")
        assert seconds == 600 * 2 + 1_800 * 3
        wait(lambda: counted(server, id)[("inference", FLAVOR)] == seconds, what="the bill of the instances")
        lines = [line for line in server.get("/atelier/v1/bills?limit=100")["items"] if line["resource_id"] == id]
        fee = sum(Decimal(line["list"]) for line in lines if line["product"] == "inference")
        assert fee == Decimal(seconds) * Decimal("0.36") / 3600
        services.clear()
        assert server.audited() == ""


def second_of(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def train(server, services, version, epochs):
    """A model of a training job, and the accuracy that the job measured with what it kept back."""
    job = server.request("POST", f"/v2/{server.project_id}/training-jobs", {
        "kind": "job", "metadata": {"name": f"digits-{epochs}"},
        "algorithm": {"engine": {"engine_name": "scikit-learn"}, "code_dir": "/digits/code/",
                      "boot_file": "/digits/code/train.py",
                      "parameters": [{"name": "epochs", "value": str(epochs)}, {"name": "width", "value": "32"}],
                      "outputs": [{"name": "model", "remote": {"obs": {"obs_url": f"/digits/{version}/"}}}]},
        "spec": {"resource": {"flavor_id": FLAVOR, "node_count": 1}}})
    assert job.status_code == 201, job.text
    id = job.json()["metadata"]["id"]
    assert server.wait_for_end(id)["status"]["phase"] == "Completed", server.whole_log(id)
    model = services.model("digits", version, source_job_id=id)
    return model, server.download("digits", f"{version}/metrics.json").json()["accuracy"]


def held_out(folder):
    """The pictures that the example keeps back from training, and what they show."""
    make_model(folder, """
import json
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
pictures, digits = load_digits(return_X_y=True)
_, held, _, wanted = train_test_split(pictures, digits, test_size=0.25, stratify=digits, random_state=1)
json.dump([held.tolist(), wanted.tolist()], open("held.json", "w"))
""")
    return json.loads((folder / "held.json").read_text())
