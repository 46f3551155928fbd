"""Whatever comes in, one clear error names the field, nothing is left behind, and the server goes on."""

import json

import pytest


def create(server, body, **more):
    return server.request("POST", f"/v2/{server.project_id}/training-jobs", body, **more)


def total(server):
    return server.request("POST", f"/v2/{server.project_id}/training-job-searches", {"limit": 1}).json()["total"]


def job(server, **changes):
    body = server.job_body("bad-input", "true")
    for path, value in changes.items():
        target = body
        *parents, last = path.split("__")
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = value
    return body


@pytest.mark.parametrize("changes, field", [
    ({"spec__resource__flavor_id": "modelarts.vm.gpu.none"}, "spec.resource.flavor_id"),
    ({"spec__resource__node_count": 2}, "spec.resource.node_count"),
    ({"spec__resource__node_count": -1}, "spec.resource.node_count"),
    ({"metadata__name": "x" * 300}, "metadata.name"),
    ({"metadata__name": ""}, "metadata.name"),
    ({"metadata__name": 7}, "metadata.name"),
    ({"algorithm__engine": {"engine_name": "no-such-engine"}}, "algorithm.engine"),
    ({"algorithm__command": None, "algorithm__code_dir": "obs://code/", "algorithm__boot_file": "obs://code/gone.py"},
     "algorithm.boot_file"),
    ({"algorithm__code_dir": "obs://code/../other/"}, "algorithm.code_dir"),
    ({"algorithm__code_dir": "obs://nobody/"}, "algorithm.code_dir"),
    ({"algorithm__outputs": [{"name": "m", "remote": {"obs": {"obs_url": "obs://code/a/../../b"}}}]},
     "algorithm.outputs[0].remote.obs.obs_url"),
    ({"spec__auto_stop": {"time_unit": "HOURS", "duration": -4}}, "spec.auto_stop.duration"),
])
def test_each_names_its_field(server, changes, field):
    before = total(server)
    answer = create(server, job(server, **changes))
    assert answer.status_code == 400, answer.text
    fields = [fault["field"] for fault in answer.json()["faults"]]
    assert any(found and found.startswith(field) for found in fields), answer.text
    assert total(server) == before


def test_all_faults_at_once(server):
    answer = create(server, job(
        server, metadata__name="x" * 300, spec__resource__flavor_id="none", spec__resource__node_count=0))
    assert len(answer.json()["faults"]) >= 2, answer.text


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"nonsense", b'{"a":1,"a":2}', b'{"metadata":{"name":"\xff"}}', b"[" * 100_000,
    b'{"spec":{"resource":{"node_count":1.0}}}', b'{"spec":{"resource":{"node_count":99999999999999999999}}}',
])
def test_malformed_bodies(server, body):
    answer = create(server, body)
    assert answer.status_code == 400 and answer.json()["error_code"].startswith("ModelArts."), answer.text
    assert answer.json()["error_msg"]


def test_a_hundred_megabytes_of_body(server):
    answer = create(server, b"x" * 100_000_000)
    assert answer.status_code == 413 and answer.json()["error_code"] == "APIGW.0201", answer.text


@pytest.mark.parametrize("amount", ["-5", "0", "abc", "1e9", "0.123456789", "99999999999999999999999999", None, 5.5])
def test_amounts_that_are_none(server, amount):
    before = server.get("/atelier/v1/balance")["cash"]
    answer = server.request("POST", f"/atelier/v1/accounts/{server.domain_id}/top-ups", {"amount": amount})
    assert answer.status_code == 400 and "amount" in json.dumps(answer.json()["faults"]), answer.text
    assert server.get("/atelier/v1/balance")["cash"] == before


@pytest.mark.parametrize("key", ["..%2F..%2Fetc%2Fpasswd", "a/%2e%2e/b", "a//b", "a%00b", "x" * 2000])
def test_paths_that_would_leave_their_bucket(server, key):
    for method in ("GET", "PUT", "DELETE"):
        answer = server.request(method, f"/atelier/v1/buckets/code/objects/{key}", b"x" if method == "PUT" else b"")
        assert 400 <= answer.status_code < 500, (method, answer.status_code, answer.text)


def test_unknown_routes_and_methods(server):
    answer = server.request("GET", "/v2/nowhere")
    assert answer.status_code == 404 and answer.json()["error_code"]
    assert server.request("PATCH", "/atelier/v1/balance").status_code in (404, 405)


def test_overlapping_prices_are_refused_and_the_old_stay(server):
    book = server.data / "price-books" / "default.yaml"
    good = book.read_text()
    before = server.get("/atelier/v1/price-book")["version"]
    start = good.index("prices:")
    entry = good[start:].split("\n")
    try:
        book.write_text(good + "\n".join(first_price(entry)) + "\n")
        answer = server.request("POST", "/atelier/v1/price-books/reload")
        assert answer.status_code in (400, 409) and "overlap" in answer.text.lower(), answer.text
        assert server.get("/atelier/v1/price-book")["version"] == before
    finally:
        book.write_text(good)


def first_price(lines):
    """The first entry of the list of prices, as lines of YAML, to be written a second time."""
    begin = next(index for index, line in enumerate(lines) if line.lstrip().startswith("- "))
    end = next((index for index in range(begin + 1, len(lines)) if lines[index].lstrip().startswith("- ")), len(lines))
    return lines[begin:end]
