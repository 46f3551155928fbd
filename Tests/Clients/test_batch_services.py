"""Batch services: files and rows of a bucket, each a call; their answers, the manifest, and what is broken off."""

import json

import pytest
from atelier import Server, wait
from models import Services

# The rule of ModelArts' own page: five numbers of a row, by their columns.
RULE = {"type": "object", "properties": {"data": {"type": "object", "properties": {"req_data": {
    "type": "array", "items": [{"type": "object", "properties": {
        f"input{5 - n}": {"type": "number", "index": n} for n in range(5)}}]}}}}}

# Adds the numbers of a body up; a body that says so is refused, and one waits until it is told to go on.
SUMMER = b"""
import http.server, json, os, time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(float(os.environ.get("PAUSE", 0)))
        if "bad" in body:
            self.send_response(422)
            self.end_headers()
            return self.wfile.write(b"this is bad")
        rows = body.get("data", {}).get("req_data", [body])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"sum": [sum(row.values()) for row in rows], "path": self.path}).encode())
    def log_message(self, *words): pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""


def summer(services):
    config = {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}
    place = services.upload("summer", {"app.py": SUMMER, "config.json": json.dumps(config).encode()})
    return services.model("summer", source_location=place)


def batch(services, name, source, target, instances=1, **more):
    config = services.config(more.pop("model", None) or summer(services), instances=instances, src_path=source,
                             dest_path=target, **{"mapping_type": "file", **more})
    return services.create(name, config, infer_type="batch")


def manifest(server, id, folder):
    answer = server.download("models", f"{folder}/infer-result-{id}.manifest")
    assert answer.status_code == 200, answer.text
    return {line["source"]: line for line in map(json.loads, answer.text.splitlines())}


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


def test_files_are_gone_through(server, services):
    files = {f"{n:02}.json": json.dumps({"a": n, "b": 1}).encode() for n in range(20)}
    source = services.upload("numbers", {**files, "deep/er.json": b'{"a": 5}', "bad.json": b'{"bad": 1}'})
    id = batch(services, "files", source, "obs://models/sums/", instances=2, req_uri="/add")
    shown = services.wait(id, "finished")
    assert "1 of 22 inputs failed" in shown["error_msg"] and shown["infer_type"] == "batch"
    assert (shown["invocation_times"], shown["failed_times"]) == (21, 1)
    assert "access_address" not in shown and services.instances(id, "ready", "starting") == []
    told = manifest(server, id, "sums")
    assert len(told) == 22
    assert told["obs://models/numbers/bad.json"] == {
        "source": "obs://models/numbers/bad.json", "result": "FAILED", "error": "it answered 422: this is bad"}
    deep = told["obs://models/numbers/deep/er.json"]
    assert deep["result"] == "SUCCESSFUL" and deep["inference-loc"] == "obs://models/sums/deep/er.json_result.txt"
    for n in range(20):
        answer = server.download("models", f"sums/{n:02}.json_result.txt").json()
        assert answer == {"sum": [n + 1], "path": "/add"}
    # It costs from ready to its end, as any service; calling it is nothing that there is.
    assert services.caller(id).post({}).status_code == 404
    services.change(id, status="running")
    services.wait(id, "finished")


def test_rows_are_mapped(server, services):
    rows = b"1,2,3,4,5\n10,20,30,40,50\n1,2,x,4,5\n1,2\n0.5,0,0,0,0\n"
    source = services.upload("rows", {"a.csv": rows, "notes.txt": b"not a table"})
    id = batch(services, "rows", source, "obs://models/row-sums/", mapping_type="csv", mapping_rule=RULE)
    services.wait(id, "finished")
    (line,) = manifest(server, id, "row-sums").values()
    assert line["result"] == "FAILED" and "row 3: x is no number" in line["error"] and "1 more" in line["error"]
    answers = server.download("models", "row-sums/a.csv_result.txt").text.splitlines()
    assert [json.loads(answer)["sum"] if answer else None for answer in answers] == [[15], [150], None, None, [0.5]]


def test_a_manifest_names_the_inputs(server, services):
    services.upload("some", {"x.json": b'{"a": 1}', "y.json": b'{"a": 2}', "z.json": b'{"a": 3}'})
    lines = "\n".join(json.dumps({"source": f"obs://models/some/{name}.json"}) for name in "xz")
    server.upload("models", "list.manifest", lines.encode())
    id = batch(services, "listed", "obs://models/list.manifest", "obs://models/some-sums/")
    services.wait(id, "finished")
    assert sorted(manifest(server, id, "some-sums")) == ["obs://models/some/x.json", "obs://models/some/z.json"]


def test_inputs_that_cannot_be_read_end_it(server, services):
    server.upload("models", "broken.manifest", b'{"source": "obs://models/x.json"}\n{"no": "source"}\n')
    id = batch(services, "unreadable", "obs://models/broken.manifest", "obs://models/nothing/")
    assert "Line 2" in services.wait(id, "failed")["error_msg"]
    wait(lambda: services.instances(id, "ready", "draining", "stopping") == [], what="its instances' end")


def test_a_killed_server_goes_on_where_it_was(tmp_path):
    with Server(tmp_path) as own:
        own.top_up("100")
        services = Services(own)
        files = {f"{n:02}.json": json.dumps({"a": n}).encode() for n in range(30)}
        source = services.upload("many", files)
        id = batch(services, "long", source, "obs://models/many-sums/", envs={"PAUSE": "0.1"})
        wait(lambda: services.show(id)["invocation_times"] >= 5, what="the first answers")
        own.kill()
        own.start()
        shown = services.wait(id, "finished")
        assert shown["invocation_times"] == 30, "an input was counted twice, or not at all"
        assert all(line["result"] == "SUCCESSFUL" for line in manifest(own, id, "many-sums").values())
        services.clear()
        assert own.audited() == ""


def test_bad_batches_are_refused_by_field(server, services):
    model = summer(services)
    good = dict(src_path="obs://models/a/", dest_path="obs://models/b/", mapping_type="file")
    for change, field in [
        ({"src_path": None}, "config[0].src_path"), ({"dest_path": "here"}, "config[0].dest_path"),
        ({"mapping_type": "csv"}, "config[0].mapping_rule"), ({"mapping_type": "rows"}, "config[0].mapping_type"),
        ({"mapping_type": "csv", "mapping_rule": {"type": "object"}}, "config[0].mapping_rule"),
        ({"req_uri": "add"}, "config[0].req_uri"), ({"instance_count": 0}, "config[0].instance_count"),
    ]:
        config = {**services.config(model), **good, **change}
        answer = server.request("POST", f"{services.base}/services", {
            "service_name": "bad-batch", "infer_type": "batch", "config": [config]})
        assert answer.status_code == 400, answer.text
        assert field in [fault["field"] for fault in answer.json()["faults"]], answer.text
