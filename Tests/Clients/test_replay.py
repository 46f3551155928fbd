"""atelier replay: traces of other systems become books whose totals are those of the trace."""

import csv
import gzip
import json
import random
import subprocess
from fractions import Fraction

import pytest

from atelier import BINARY, ROOT, Server

DATA = ROOT.parent / "shared" / "data" / "traces"
real = pytest.mark.skipif(not DATA.exists(), reason="the shared data folder is not beside this clone")
PHILLY = "job_id,submit_time,real_iteration,model_name,ddl,batch_size,num_gpu,real_duration,duration,iteration\n"
HELIOS = "time,running_job_num,pending_job_num,running_gpujob_num,total_gpu_num,running_gpu_num,pending_gpu_num,idle_gpu_num,gpu_utilization\n"
AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
USAGE = "account,project,resource,product,flavor,quantity,start,end\n"
V100 = Fraction("6.93")
BOOK = """
id: lab
name: A lab's prices
currency: USD
site: international
products:
  - {id: training-job, name: Training, service: s, resource: r}
  - {id: tokens, name: Tokens, service: s, resource: r, unit: "1,000 tokens", variants: [small]}
  - {id: app, name: Apps, service: s, resource: r, metering: minute, minimum_seconds: 300, variants: [standard]}
flavors:
  - {id: cpu, name: CPU, type: CPU, vcpu: 2, memory: 4 GiB, products: [training-job]}
prices:
  - {product: training-job, flavor: cpu, per_hour: 0.23, from: 2020-01-01, until: 2026-03-02}
  - {product: training-job, flavor: cpu, per_hour: 0.46, from: 2026-03-02}
  - {product: training-job, flavor: cpu, per_hour: 0.11, account: account-3, from: 2020-01-01}
  - {product: tokens, flavor: small, per_unit: 0.5, from: 2020-01-01}
  - {product: app, flavor: standard, per_hour: 0.07, from: 2020-01-01}
"""


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=500)


def replay(data, form, *words, code=0):
    """Replays and verifies; gives what the replay says as JSON."""
    done = run("replay", *words, "--format", form, "--data", data, "--output", "json")
    assert done.returncode == code, done.stderr
    verified = run("verify", "--data", data)
    told = json.loads(done.stdout)
    assert verified.returncode == 0 and told["root"] in verified.stdout, verified.stderr
    return told, done.stderr


def counted(told, unit=1):
    return {(use["account"], use["flavor"]): Fraction(use["counted"]) / unit for use in told["uses"]}


def test_jobs_of_philly(tmp_path):
    trace = tmp_path / "small_vc7_jobs.csv"
    trace.write_text(PHILLY + "0,0,1,vgg16,1,256,1,90,90,1\n1,3000,1,vgg16,1,64,4,7200,7200,1\n2,900000,1,bert,1,64,2,1,1,1\n")
    told, _ = replay(tmp_path / "data", "philly", trace, "--start", "2021-02-28T20:00:00Z")
    assert told["trace"] == {"jobs": 3, "gpu_seconds": 90 + 4 * 7200 + 2, "max_end": 900001}
    assert counted(told) == {("vc7", "modelarts.bm.gpu.v100"): 90 + 4 * 7200 + 2}
    assert told["first"] == "2021-02-28T20:00:00Z" and told["last"] == "2021-03-11T06:00:01Z" and told["late"] == 0
    # One line of each job in each clock hour; the second job lies in three.
    assert told["uses"][0]["lines"] == 5
    assert Fraction(told["due"]) == sum(
        Fraction(int(V100 * seconds / 3600 * 10**8), 10**8) for seconds in (90, 4 * 600, 4 * 3600, 4 * 3000, 2))


def test_a_folder_is_new_or_empty(tmp_path):
    trace = tmp_path / "vc1.csv"
    trace.write_text(PHILLY + "0,0,1,vgg16,1,256,1,90,90,1\n")
    replay(tmp_path / "data", "philly", trace)
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    again = run("replay", trace, "--format", "philly", "--data", tmp_path / "data")
    assert again.returncode == 1 and "is not empty" in again.stderr
    assert before == {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    (tmp_path / "other").mkdir()
    replay(tmp_path / "other", "philly", trace)


def test_the_folder_serves_exports_and_simulates(tmp_path):
    trace = tmp_path / "small_vc7_jobs.csv"
    trace.write_text(PHILLY + "0,0,1,vgg16,1,256,3,5000,5000,1\n")
    server = Server(tmp_path, clock="simulated")
    told, _ = replay(server.data, "philly", trace)
    exported = run("export", "--data", server.data, "--out", tmp_path / "books")
    assert exported.returncode == 0, exported.stderr
    simulated = run("simulate", "--data", server.data, "--price-book", ROOT / "PriceBooks/default.yaml",
                    "--from", "2020-01-01", "--to", "2020-02-01", "--json")
    assert json.loads(simulated.stdout)["now"] == told["due"], simulated.stderr
    try:
        server.start()
        accounts = server.request("GET", "/atelier/v1/accounts")
        assert accounts.status_code == 200 and "vc7" in accounts.text
    finally:
        server.stop()


def minutes(levels, start="2020-05-01 00:00:00"):
    """Rows of a tenant with so many GPUs running in each minute; None leaves a minute out."""
    hour, minute = int(start[11:13]), int(start[14:16])
    rows = []
    for place, level in enumerate(levels):
        at = hour * 60 + minute + place
        if level is not None:
            rows.append(f"2020-05-01 {at // 60:02}:{at % 60:02}:00,1,1,1,8,{level},2,{8 - level},0.5\n")
    return HELIOS + "".join(rows)


def test_minutes_of_helios(tmp_path):
    with gzip.open(tmp_path / "Earth_vcA_minutely.csv.gz", "wt") as file:
        file.write(minutes([3] * 90 + [0] * 10 + [3, None, 3] + [5] * 30))
    (tmp_path / "Earth_vcB_minutely.csv").write_text(minutes([0] * 20 + [8] * 5))
    told, _ = replay(tmp_path / "data", "helios", *sorted(tmp_path.glob("Earth*")))
    a, b = told["tenants"]
    assert a == {"tenant": "vcA", "minutes": 132, "running_gpu_minutes": 426, "pending_gpu_minutes": 264,
                 "total_gpu_minutes": 1056, "max_running": 5}
    assert b["running_gpu_minutes"] == 40 and told["trace"]["max_running"] == 8
    # A stretch of each level; a minute that is missing ends one.
    assert told["items"] == 5 and told["late"] == 0 and told["first"] == "2020-04-30T16:00:00Z"
    assert counted(told, 60) == {("vcA", "modelarts.bm.gpu.v100"): 426, ("vcB", "modelarts.bm.gpu.v100"): 40}


def test_requests_of_azure(tmp_path):
    (tmp_path / "Trace_code.csv").write_text(
        AZURE + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 21:00:00,2,0\n")
    (tmp_path / "Trace_conv.csv").write_text(AZURE + "2023-11-16 18:15:46.6805900,374,44\n")
    told, _ = replay(tmp_path / "data", "azure-llm", tmp_path / "Trace_code.csv", tmp_path / "Trace_conv.csv")
    assert told["tenants"][0] == {"tenant": "code", "requests": 3, "context_tokens": 9618, "generated_tokens": 20,
                                  "first": "2023-11-16 18:17:03.9799600", "last": "2023-11-16 21:00:00"}
    assert counted(told) == {
        ("code", "any"): 3, ("code", "input"): 9618, ("code", "output"): 20,
        ("conv", "any"): 1, ("conv", "input"): 374, ("conv", "output"): 44}
    due = Fraction(4, 10**5) + Fraction(9618 + 374, 2 * 10**6) + Fraction(64 * 15, 10**7)
    assert Fraction(told["due"]) == due


def usage_rows(count, seed):
    """Uses of twelve accounts over four days around a price change, in no order."""
    chance = random.Random(seed)
    rows = []
    for index in range(count):
        account, start = f"account-{chance.randrange(12)}", 1772323200 + chance.randrange(300_000)
        product = "app,standard" if index % 5 == 0 else "training-job,cpu"
        end = start + chance.randrange(40_000 if index % 3 else 100)
        rows.append(f'"{account}",p{index % 2},job-{index // 2},{product},{chance.randrange(1, 9)},{start},{end}')
    return rows


def test_a_usage_file_comes_to_what_rate_says(tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK)
    (tmp_path / "usage.csv").write_text(USAGE + "\n".join(usage_rows(400, 11)) + "\n")
    rated = run("rate", "--price-book", tmp_path / "book.yaml", "--usage", tmp_path / "usage.csv",
                "--group-by", "account", "--out", tmp_path / "sums.csv", "--summary", tmp_path / "sums.json")
    assert rated.returncode == 0, rated.stderr
    told, _ = replay(tmp_path / "data", "usage", tmp_path / "usage.csv", "--price-book", tmp_path / "book.yaml")
    due = {}
    for use in told["uses"]:
        due[use["account"]] = due.get(use["account"], 0) + Fraction(use["due"])
    assert due == {row["account"]: Fraction(row["due"]) for row in csv.DictReader((tmp_path / "sums.csv").open())}
    assert told["due"] == json.loads((tmp_path / "sums.json").read_text())["due"] and len(due) == 12
    assert told["items"] == 400 and told["late"] == 0


def test_bad_rows_are_refused_and_the_rest_goes_on(tmp_path):
    (tmp_path / "book.yaml").write_text(BOOK)
    good = "acme,p,job,training-job,cpu,2,1772323200,1772326800"
    bad = {"too,few,fields": "fields", good.replace(",2,", ",1.5,"): "whole number", good.replace("cpu", "gpu"): "no price",
           good.replace("training-job,cpu", "tokens,small"): "pieces", good[:-10]: "end is empty",
           good.replace("1772326800", "1"): "before start", good.replace("training-job", "boat"): "no such product"}
    rows = [row for wrong in bad for row in (wrong, good)]
    (tmp_path / "usage.csv").write_text(USAGE + "\n".join(rows) + "\n")
    words = ["--price-book", tmp_path / "book.yaml", tmp_path / "usage.csv"]
    told, errors = replay(tmp_path / "data", "usage", *words, "--rejects", tmp_path / "refused.csv", code=1)
    assert told["refused"] == 7 and told["rows"] == 14 and "7 of 14 lines were refused" in errors
    assert counted(told) == {("acme", "cpu"): 7 * 2 * 3600}
    refused = list(csv.DictReader((tmp_path / "refused.csv").open()))
    assert [int(row["line"]) for row in refused] == list(range(2, 16, 2))
    assert all(reason in row["reason"] and row["row"] == wrong for row, (wrong, reason) in zip(refused, bad.items()))
    _, errors = replay(tmp_path / "more", "usage", *words, code=1)
    assert f"{tmp_path / 'usage.csv'}, line 2: " in errors


@pytest.mark.parametrize("form, text, words, code, told", [
    ("philly", "a,b\n1,2\n", [], 1, "has no column submit_time"), ("helios", PHILLY, [], 1, "has no column time"),
    ("azure-llm", HELIOS, [], 1, "has no column ContextTokens"), ("usage", "", [], 1, "has no column account"),
    ("philly", PHILLY, [], 1, "nothing was made"), ("philly", PHILLY + "0,0,1,m,1,1,none,1,1,1\n", [], 1, "line 2: num_gpu is no whole"),
    ("philly", PHILLY + "0,0,1,m,1,1,1,1,1,1\n", ["--flavor", "h100"], 1, "no price"), ("swf", PHILLY, [], 2, "swf"),
    ("philly", PHILLY, ["--start", "soon"], 2, "takes a time"), ("helios", HELIOS, ["--start", "2020-01-01"], 2, "times of its own"),
    ("helios", HELIOS + "2020-05-01 00:00:30,1,1,1,8,1,2,7,0.5\n", [], 1, "time is no minute"),
    ("philly", PHILLY, ["--price-book", "/nowhere.yaml"], 1, "nowhere.yaml"), ("usage", None, [], 1, "vc1.csv"),
])
def test_what_cannot_be_replayed_makes_nothing(tmp_path, form, text, words, code, told):
    if text is not None:
        (tmp_path / "vc1.csv").write_text(text)
    done = run("replay", tmp_path / "vc1.csv", "--format", form, "--data", tmp_path / "data", *words)
    assert done.returncode == code and told in done.stderr, done.stderr
    assert not (tmp_path / "data").exists()


@pytest.fixture(scope="module")
def totals():
    return json.loads((DATA / "totals.json").read_text())


@real
def test_the_real_philly(tmp_path, totals):
    told, _ = replay(tmp_path / "data", "philly", DATA / "philly/elasticflow_philly_vc103959_jobs.csv")
    assert told["trace"] == totals["philly_vc103959"]
    assert counted(told) == {("vc103959", "modelarts.bm.gpu.v100"): totals["philly_vc103959"]["gpu_seconds"]}
    table = run("replay", DATA / "philly/philly_runtime_seconds.csv", "--format", "philly", "--data", tmp_path / "other")
    assert table.returncode == 1 and "has no column submit_time" in table.stderr


@real
def test_the_real_helios(tmp_path, totals):
    told, _ = replay(tmp_path / "data", "helios", *sorted((DATA / "helios").glob("Earth_vc*_minutely_may2020.csv.gz")))
    expected = totals["helios_earth_may2020"]
    assert {tenant.pop("tenant"): tenant for tenant in told["tenants"]} == expected["by_vc"]
    assert told["trace"]["running_gpu_minutes"] == expected["running_gpu_minutes"]
    assert counted(told, 60) == {
        (vc, "modelarts.bm.gpu.v100"): figures["running_gpu_minutes"] for vc, figures in expected["by_vc"].items()}


@real
def test_the_real_azure(tmp_path, totals):
    files = [DATA / f"azure/AzureLLMInferenceTrace_{kind}.csv" for kind in ("code", "conv")]
    told, _ = replay(tmp_path / "data", "azure-llm", *files)
    for tenant in told["tenants"]:
        kind = tenant.pop("tenant")
        expected = totals[f"azure_llm_{kind}"]
        assert tenant == expected
        uses = {use["flavor"]: int(use["counted"]) for use in told["uses"] if use["account"] == kind}
        assert uses == {"any": expected["requests"], "input": expected["context_tokens"], "output": expected["generated_tokens"]}
