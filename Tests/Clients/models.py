"""Models and services of one project, made and called as their users do; what a test leaves is deleted with it."""

import json
import subprocess

import requests
from atelier import RUNTIMES, wait

FLAVOR = "modelarts.vm.cpu.0.5u"
MODEL_MAKER = f"{RUNTIMES}/inference/bin/python"

# A server of a user's own: it says which version it is, counts, waits and dies as it is told.
ECHO = b"""
import http.server, json, os, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        healthy = not os.path.exists("/tmp/sick")
        self.answer(200 if healthy else 500, b"ok")
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = json.loads(body or b"{}")
        if "die" in asked: os._exit(7)
        if "sick" in asked: open("/tmp/sick", "w").close()
        time.sleep(asked.get("wait", 0))
        status = asked.get("status", 200)
        self.answer(status, json.dumps({"version": os.environ["MA_MODEL_VERSION"], "mark": os.environ.get("MARK"),
                                        "path": self.path, "bytes": len(body)}).encode())
    def log_message(self, *words): pass

print("listening", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""


class Services:
    """What one project deploys."""

    def __init__(self, server):
        self.server = server
        self.ids, self.models = [], []
        self.base = f"/v1/{server.project_id}"

    # Models

    def upload(self, folder, files):
        for name, content in files.items():
            self.server.upload("models", f"{folder}/{name}", content)
        return f"obs://models/{folder}/"

    def model(self, name, version="1.0.0", state="published", **body):
        answer = self.server.request(
            "POST", f"{self.base}/models", {"model_name": name, "model_version": version, **body})
        assert answer.status_code == 200, answer.text
        id = answer.json()["model_id"]
        self.models.append(id)
        wait(lambda: self.show_model(id)["model_status"] != "publishing", what="the model")
        assert self.show_model(id)["model_status"] == state, self.show_model(id)
        return id

    def echo(self, version="1.0.0", name="echo"):
        """A model that is a server of a user's own."""
        config = {"model_type": "Custom", "command": "python app.py", "health": {"url": "/health", "protocol": "http"}}
        place = self.upload(f"{name}-{version}", {"app.py": ECHO, "config.json": json.dumps(config).encode()})
        return self.model(name, version, source_location=place)

    def show_model(self, id):
        return self.server.get(f"{self.base}/models/{id}")

    # Services

    def config(self, model, weight=100, instances=1, flavor=FLAVOR, **more):
        return {"model_id": model, "weight": weight, "specification": flavor, "instance_count": instances, **more}

    def create(self, name, *configs, **body):
        answer = self.server.request(
            "POST", f"{self.base}/services",
            {"service_name": name, "infer_type": "real-time", "config": list(configs), **body})
        assert answer.status_code == 200, answer.text
        self.ids.append(answer.json()["service_id"])
        return self.ids[-1]

    def running(self, *arguments, **body):
        id = self.create(*arguments, **body)
        self.wait(id, "running")
        return id

    def show(self, id):
        return self.server.get(f"{self.base}/services/{id}")

    def wait(self, id, *statuses, seconds=60):
        try:
            wait(lambda: self.show(id)["status"] in statuses, seconds, f"{statuses} of {id}")
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {self.show(id)}")
        return self.show(id)

    def change(self, id, **body):
        answer = self.server.request("PUT", f"{self.base}/services/{id}", body)
        assert answer.status_code == 200, answer.text

    def delete(self, id):
        answer = self.server.request("DELETE", f"{self.base}/services/{id}")
        assert answer.status_code == 200, answer.text
        wait(lambda: self.is_gone(id), what=f"the end of {id}")

    def is_gone(self, id):
        return self.server.request("GET", f"{self.base}/services/{id}").status_code == 404

    def instances(self, id, *steps):
        return [one for one in self.show(id)["instances"] if one["status"] in (steps or ("ready",))]

    def clear(self):
        for id in self.ids:
            if not self.is_gone(id):
                self.delete(id)
        for model in self.models:
            self.server.request("DELETE", f"{self.base}/models/{model}")
        self.ids, self.models = [], []

    # Calls

    def caller(self, id):
        return Caller(self.server, id)


class Caller:
    """Somebody who calls a service with a token, over connections that are kept."""

    def __init__(self, server, id, token=None):
        self.address = f"{server.endpoint}/v1/infers/{id}"
        self.session = requests.Session()
        self.session.headers["X-Auth-Token"] = token or token_of(server)

    def post(self, body, path="/", **more):
        return self.session.post(self.address + path, json=body, timeout=60, **more)

    def answer(self, body, path="/"):
        answer = self.post(body, path)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()


def token_of(server, user=None, password=None, project=None):
    """A token of the server's own user for its project."""
    answer = requests.post(f"{server.endpoint}/v3/auth/tokens", json={"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": user or server.user, "password": password or server.password, "domain": {"id": server.domain_id}}}},
        "scope": {"project": {"id": project or server.project_id}}}}, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.headers["X-Subject-Token"]


def make_model(folder, code):
    """Runs code in the runtime of models, so that what it writes can be read there."""
    subprocess.run([MODEL_MAKER, "-c", code], cwd=folder, check=True, timeout=120)
