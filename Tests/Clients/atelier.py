"""Starts, kills and asks a real Atelier server; the tests' only way to it beside the official SDKs."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ATELIER", str(ROOT / ".build/debug/atelier"))
RUNTIMES = os.environ.get("ATELIER_RUNTIMES", str(ROOT / "var/runtimes"))
CPU_FLAVOR = "modelarts.vm.cpu.2u"


def wait(until, seconds=60, what="the condition"):
    """Polls until a condition gives something true; fails with the last thing it gave."""
    deadline = time.monotonic() + seconds
    while True:
        result = until()
        if result:
            return result
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)


def audit_books(out):
    """Runs the independent auditor on exported books; gives the finished process."""
    return subprocess.run(
        [sys.executable, str(ROOT / "Audit/audit.py"), "books", str(out)], capture_output=True, text=True, timeout=60)


class Server:
    """One server process on a data folder of its own."""

    def __init__(self, folder, clock="real"):
        self.data = pathlib.Path(folder) / "data"
        self.clock = clock
        self.process = None
        self.log = open(pathlib.Path(folder) / "server.log", "ab")

    def __enter__(self):
        self.run("init", "--price-books", str(ROOT / "PriceBooks"))
        return self.start()

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        self.unmount()

    def unmount(self):
        """A server that was killed leaves its volumes mounted; so does one whose volumes are in use."""
        places = [line.split()[1] for line in open("/proc/mounts")]
        for place in places:
            if place.startswith(str(self.data) + "/"):
                subprocess.run(["umount", "-l", place], check=True)

    def run(self, *arguments, check=True, **more):
        """Runs the command line on the data folder; gives the finished process."""
        finished = subprocess.run(
            [BINARY, *arguments, "--data", str(self.data)], capture_output=True, text=True, timeout=120, **more)
        if check:
            assert finished.returncode == 0, f"{arguments}: {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
        return finished

    def start(self, descriptors=None, options=()):
        """Starts the server process; with so many file descriptors at most, where a number is given."""
        (self.data / "endpoint").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", "--clock", self.clock,
             "--runtimes", str(ROOT / "Runtimes"), "--environments", RUNTIMES, *options],
            stdout=self.log, stderr=self.log,
            preexec_fn=descriptors and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors,) * 2)))
        wait(lambda: self.process.poll() is not None or (self.data / "endpoint").exists(), what="the server's start")
        assert self.process.poll() is None, pathlib.Path(self.log.name).read_text()[-3000:]
        self.endpoint = (self.data / "endpoint").read_text().strip()
        credentials = json.loads((self.data / "credentials.json").read_text())
        self.access_key, self.secret_key = credentials["access_key"], credentials["secret_key"]
        self.project_id, self.domain_id = credentials["project_id"], credentials["domain_id"]
        self.region, self.user, self.password = credentials["region"], credentials["user"], credentials["password"]
        return self

    def kill(self):
        """kill -9: nothing is said, nothing is flushed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=30) == 0

    def audited(self):
        """Nothing, or what verify or the independent auditor find in the books."""
        told = self.run("verify", check=False)
        if told.returncode:
            return told.stdout + told.stderr
        with tempfile.TemporaryDirectory() as out:
            self.run("export", "--out", out)
            found = audit_books(out)
        return "" if found.returncode == 0 else found.stdout + found.stderr

    # Asking it

    def request(self, method, path, body=b"", headers=None, access=None, secret=None, sign=True, timeout=60):
        """Sends one request signed by the SDK's own signer; gives the answer as it came."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        host = self.endpoint.split("://")[1]
        path, _, query = path.partition("?")
        pairs = [tuple(pair.partition("=")[::2]) for pair in query.split("&") if pair]
        all_headers = {"Content-Type": "application/json", "Host": host, **(headers or {})}
        if sign:
            request = SdkRequest(
                method=method, schema="http", host=host, resource_path=path, uri=path, query_params=pairs,
                header_params=all_headers, body=body)
            Signer(BasicCredentials(access or self.access_key, secret or self.secret_key, "x")).sign(request)
            all_headers = request.header_params
        url = self.endpoint + path + ("?" + query if query else "")
        return requests.request(method, url, data=body, headers=all_headers, timeout=timeout)

    def get(self, path):
        answer = self.request("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def top_up(self, amount):
        answer = self.request("POST", f"/atelier/v1/accounts/{self.domain_id}/top-ups", {"amount": amount})
        assert answer.status_code == 200, answer.text

    def upload(self, bucket, key, content):
        """Puts an object, making its bucket when it is not there."""
        made = self.request("PUT", f"/atelier/v1/buckets/{bucket}")
        assert made.status_code in (201, 409), made.text
        put = self.request(
            "PUT", f"/atelier/v1/buckets/{bucket}/objects/{key}", content,
            headers={"Content-Type": "application/octet-stream", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
        assert put.status_code == 201, put.text

    def download(self, bucket, key):
        return self.request("GET", f"/atelier/v1/buckets/{bucket}/objects/{key}")

    def move_clock(self, to):
        answer = self.request("POST", "/atelier/v1/clock", {"to": to})
        assert answer.status_code == 200, answer.text

    def hours_closed(self):
        """Whether the closer has come to the clock's hour, as far as it can: what runs is proven only by its shim."""
        hours = self.get("/atelier/v1/hours")["items"]
        return not any(hour["state"] == "provisional" and hour["unproven"] == 0 for hour in hours)

    # Jobs

    def job_body(self, name, command=None, **algorithm):
        algorithm = {"engine": {"engine_name": "python"}, **algorithm}
        if command:
            algorithm["command"] = command
        return {
            "kind": "job", "metadata": {"name": name}, "algorithm": algorithm,
            "spec": {"resource": {"flavor_id": CPU_FLAVOR, "node_count": 1}}}

    def create_job(self, name, command, **algorithm):
        answer = self.request("POST", f"/v2/{self.project_id}/training-jobs", self.job_body(name, command, **algorithm))
        assert answer.status_code == 201, answer.text
        return answer.json()["metadata"]["id"]

    def job(self, job):
        return self.get(f"/v2/{self.project_id}/training-jobs/{job}")

    def phase(self, job):
        return self.job(job)["status"]["phase"]

    def wait_for(self, job, *phases, seconds=60):
        wait(lambda: self.phase(job) in phases, seconds, f"{phases} of {job}, which is {self.phase(job)},")
        return self.job(job)

    def wait_for_end(self, job, seconds=60):
        return self.wait_for(job, "Completed", "Failed", "Terminated", "Abnormal", seconds=seconds)

    def whole_log(self, job):
        answer = self.request("GET", f"/atelier/v1/projects/{self.project_id}/training-jobs/{job}/log?task=worker-0")
        assert answer.status_code == 200, answer.text
        return answer.content
