"""What the hot paths cost, each beside a yardstick of the same run; prints one line a figure."""

import concurrent.futures
import json
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/Clients"))
from atelier import Server, wait  # noqa: E402

FLAVOR = "modelarts.vm.cpu.0.5u"


def main():
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {memory_gib():.0f} GiB, Linux {os.uname().release}")
    with Server(tempfile.mkdtemp()) as server:
        server.top_up("1000")
        report("idle server, RSS", f"{rss(server):.0f} MiB", "bar 80 MiB")
        start_latency(server)
        throughput(server)
        reading(server)
        report("server after the load, RSS", f"{rss(server):.0f} MiB", "")
    cold_start()


def start_latency(server):
    """From the request's first byte to the shim's durable `started`, one job at a time on an idle pool."""
    times, accepted = [], []
    for index in range(60):
        sent = time.time()
        job = submit(server, f"latency-{index}", "true")
        answered = time.time()
        ended(server, job)
        started = records(server, job)["started"] / 1000
        times.append((started - sent) * 1000)
        accepted.append((started - answered) * 1000)
    bare = []
    for _ in range(60):
        began = time.perf_counter()
        subprocess.run(["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr",
                        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc",
                        "--dev", "/dev", "--tmpfs", "/tmp", "/usr/bin/true"], check=True)
        bare.append((time.perf_counter() - began) * 1000)
    report("request sent → started, p50", f"{statistics.median(times):.1f} ms", "bar 60 ms")
    report("create accepted → started, p50", f"{statistics.median(accepted):.1f} ms", f"p95 {quantile(accepted, 95):.1f} ms")
    report("  yardstick: bare bwrap true, whole", f"{statistics.median(bare):.1f} ms",
           f"ratio {statistics.median(times) / statistics.median(bare):.1f}")


def throughput(server, count=300):
    """Short jobs asked for by 8 callers at once, until the last has ended."""
    began = time.time()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda index: submit(server, f"burst-{index}", "true"), range(count)))
    asked = time.time() - began
    wait(lambda: all_ended(server, len(jobs)), 300, "the end of the burst")
    report("short jobs, asked for until all have ended", f"{count / (time.time() - began):.0f} jobs/s",
           f"bar 50; creates alone {count / asked:.0f}/s")


def all_ended(server, count):
    body = {"limit": 1, "filters": [{"key": "phase", "operator": "in", "value": ["Completed"]},
                                    {"key": "name", "operator": "like", "value": ["burst-"]}]}
    answer = server.request("POST", f"/v2/{server.project_id}/training-job-searches", body)
    return answer.json()["total"] == count


def reading(server):
    """GET of a job from 16 keep-alive connections: signed, by token, and a bare route of the same framework."""
    job = submit(server, "read-me", "true")
    ended(server, job)
    path = f"/v2/{server.project_id}/training-jobs/{job}"
    signed = wrk(server.endpoint + path, signed_headers(server, path))
    token = server.request("POST", "/v3/auth/tokens", token_body(server), sign=False).headers["X-Subject-Token"]
    by_token = wrk(server.endpoint + path, {"X-Auth-Token": token})
    health = wrk(server.endpoint + "/healthz", {})
    bare = subprocess.Popen([os.environ["BARE"], "8099"])
    try:
        time.sleep(1)
        plain = wrk("http://127.0.0.1:8099/job", {})
    finally:
        bare.kill()
    report("signed GET of a job", f"{signed[0]:.0f}/s, p99 {signed[1]:.1f} ms", "bar 4000/s, 20 ms")
    report("  the same by token", f"{by_token[0]:.0f}/s, p99 {by_token[1]:.1f} ms", "")
    report("  /healthz, which reads nothing", f"{health[0]:.0f}/s, p99 {health[1]:.1f} ms", "")
    report("  yardstick: bare Hummingbird route", f"{plain[0]:.0f}/s, p99 {plain[1]:.1f} ms", f"ratio {signed[0] / plain[0]:.2f}")


def cold_start(jobs=100_000):
    """From exec to the first answer of /healthz, with so many ended jobs in the database."""
    folder = tempfile.mkdtemp()
    with Server(folder) as server:
        server.top_up("10")
        ended(server, submit(server, "template", "true"))
        data = server.data
    with sqlite3.connect(data / "atelier.sqlite") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(training_jobs)") if row[1] != "number"]
        row = dict(zip(columns, database.execute(f"SELECT {', '.join(columns)} FROM training_jobs").fetchone()))
        def copies():
            for index in range(jobs):
                yield tuple({**row, "id": f"copy-{index}", "attempt": f"copy-{index}", "name": f"copy-{index}"}[c] for c in columns)
        database.executemany(
            f"INSERT INTO training_jobs ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", copies())
    times = []
    for _ in range(5):
        server = Server(folder)
        began = time.perf_counter()
        server.start()
        wait(lambda: server.request("GET", "/healthz", sign=False).status_code == 200)
        times.append(time.perf_counter() - began)
        server.stop()
    report(f"cold start with {jobs} ended jobs", f"{statistics.median(times) * 1000:.0f} ms", "bar 1000 ms")


# Pieces


def submit(server, name, command):
    body = server.job_body(name, command)
    body["spec"]["resource"]["flavor_id"] = FLAVOR
    answer = server.request("POST", f"/v2/{server.project_id}/training-jobs", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["metadata"]["id"]


def ended(server, job):
    return server.wait_for_end(job)


def records(server, job):
    with sqlite3.connect(f"file:{server.data}/atelier.sqlite?mode=ro", uri=True) as database:
        (attempt,) = database.execute("SELECT attempt FROM training_jobs WHERE id = ?", (job,)).fetchone()
    lines = (server.data / "attempts" / attempt / "records").read_text().splitlines()
    return {line.split()[1]: int(line.split()[2]) for line in lines}


def signed_headers(server, path):
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer

    request = SdkRequest(
        method="GET", schema="http", host=server.endpoint.split("://")[1], resource_path=path, uri=path, query_params=[],
        header_params={"Host": server.endpoint.split("://")[1]}, body=b"")
    Signer(BasicCredentials(server.access_key, server.secret_key, "x")).sign(request)
    return request.header_params


def token_body(server):
    return {"auth": {"identity": {"methods": ["password"], "password": {"user": {
        "name": server.user, "password": server.password, "domain": {"id": server.domain_id}}}},
        "scope": {"project": {"name": server.region}}}}


def wrk(url, headers):
    """(requests a second, p99 in ms) of ten seconds from 16 connections; any answer but 200 fails."""
    words = [word for name, value in headers.items() if name != "Host" for word in ("-H", f"{name}: {value}")]
    told = subprocess.run(["wrk", "-t2", "-c16", "-d10s", "--latency", *words, url], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told, told
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def quantile(values, percent):
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def rss(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def memory_gib():
    return int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / (1 << 20)


def report(what, figure, beside):
    print(f"{what:<46}{figure:<28}{beside}", flush=True)


if __name__ == "__main__":
    main()
