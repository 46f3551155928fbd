"""A kernel's round trips and large files of a real JupyterLab, through the gateway and without it, turn by turn; then the
same for JupyterHub with its own proxy. Started by gateway.py with the Python of an environment that has JupyterHub.

usage: gateway_kernels.py FOLDER GATEWAY-PORT TOKEN JUPYTER-PYTHON ROUNDS
       gateway_kernels.py spawns FOLDER ROUNDS: the seconds of so many spawns of JupyterHub, a line each
"""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time
import uuid

import websocket

from gateway import end, free_port, report, wait

SIZE = 1 << 30


def main(folder, port, token, python, rounds):
    folder, port, rounds = pathlib.Path(folder), int(port), int(rounds)
    home = folder / "home"
    home.mkdir()
    with open(home / "large.bin", "wb") as file:
        file.truncate(SIZE)
    ours(folder, home, port, token, python, rounds)
    proxied(folder, home, rounds)


def ours(folder, home, port, token, python, rounds):
    """JupyterLab on a Unix socket, as Runtimes/jupyterlab/README.md starts it."""
    path = folder / "lab.sock"
    began = time.perf_counter()
    lab = subprocess.Popen(
        [python, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.sock={path}", "--ServerApp.base_url=/notebooks/lab/",
         f"--ServerApp.root_dir={home}", "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
         "--ServerApp.allow_remote_access=True", "--ServerApp.trust_xheaders=True", "--LabApp.extension_manager=readonly"],
        env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        bearer = {"Authorization": f"Bearer {token}"}
        direct, through = Way(str(path), "/notebooks/lab", {}), Way(port, "/notebooks/lab", bearer)
        wait(direct.is_up, 60, "JupyterLab")
        report("jupyter lab, start to first answer", f"{time.perf_counter() - began:.2f} s", "")
        compare("gateway", direct, through, rounds)
    finally:
        end(lab)


def spawns(folder, rounds):
    home = pathlib.Path(folder) / "hub-home"
    home.mkdir()
    with jupyterhub(pathlib.Path(folder), home) as (api, _, _):
        for _ in range(int(rounds) + 1):
            print(spawn(api), flush=True)
            api.ask("DELETE", "/api/users/ann/server")
            wait(lambda: not api.ask("GET", "/api/users/ann")["servers"], 60, "the spawned server's end")


def spawn(api):
    """Seconds until a server that is asked for is ready."""
    began = time.perf_counter()
    api.ask("POST", "/api/users/ann/server")
    wait(lambda: api.ask("GET", "/api/users/ann")["servers"].get("", {}).get("ready"), 90, "the spawned server")
    return time.perf_counter() - began


def proxied(folder, home, rounds):
    """The server that JupyterHub spawns, through the proxy that it starts by itself."""
    with jupyterhub(folder, home) as (api, port, bearer):
        report("JupyterHub, spawn to ready", f"{spawn(api):.2f} s", "")
        routes = api.ask("GET", "/api/proxy")
        target = next(route["target"] for name, route in routes.items() if name.startswith("/user/ann"))
        direct = Way(int(target.rstrip("/").rsplit(":", 1)[1]), "/user/ann", bearer)
        compare("JupyterHub's proxy", direct, Way(port, "/user/ann", bearer), rounds)
        with contextlib.suppress(Exception):
            api.ask("DELETE", "/api/users/ann/server")


@contextlib.contextmanager
def jupyterhub(folder, home):
    """JupyterHub as its users install it: its API, its port, and what opens both."""
    port, hub, proxy = free_port(), free_port(), free_port()
    config = folder / "jupyterhub_config.py"
    config.write_text(f"""
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/hub-proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = ["{pathlib.Path(sys.executable).parent}/jupyterhub-singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.notebook_dir = "{home}"
c.Spawner.environment = {environment(home)!r}
c.JupyterHub.services = [dict(name="bench", api_token="bench-token-of-the-hub")]
c.JupyterHub.load_roles = [dict(name="bench", services=["bench"], scopes=["admin:users", "admin:servers", "access:servers", "proxy"])]
""")
    log = open(folder / "hub.log", "w")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(config)], cwd=folder, stdout=log, stderr=log, start_new_session=True,
        env={**environment(home), "NODE_PATH": "/usr/share/nodejs"})
    try:
        bearer = {"Authorization": "token bench-token-of-the-hub"}
        api = Way(port, "/hub", bearer)
        wait(lambda: api.is_up("/api/"), 60, f"JupyterHub, whose log is {folder}/hub.log")
        api.ask("POST", "/api/users/ann")
        yield api, port, bearer
    finally:
        end(process)


def compare(name, direct, through, rounds):
    # Each has a kernel of its own: what a kernel says goes to all who listen, one after another.
    kernels = [direct.ask("POST", "/api/kernels", {"name": "python3"})["id"] for _ in range(2)]
    sockets = [way.kernel(kernel) for way, kernel in zip((direct, through), kernels)]
    for kind, content in [("kernel_info_request", {}), ("execute_request", {"code": "1 + 1", "silent": False})]:
        times = ([], [])
        for index in range(rounds * 2):
            times[index % 2].append(round_trip(sockets[index % 2], kind, content))
        plain, proxied = (statistics.median(values[rounds // 10:]) for values in times)
        report(f"{kind}, p50: {name}", f"{proxied * 1e3:.2f} ms", f"direct {plain * 1e3:.2f} ms, added {(proxied - plain) * 1e3:+.3f} ms")
    for one in sockets:
        one.close()
    rates = [max(way.download("/files/large.bin") for _ in range(2)) for way in (direct, through)]
    report(f"1 GB down from Jupyter: {name}", f"{rates[1] / 1e6:,.0f} MB/s", f"direct {rates[0] / 1e6:,.0f} MB/s, {rates[1] / rates[0]:.2f} of it")
    for kernel in kernels:
        direct.ask("DELETE", f"/api/kernels/{kernel}")


class Way:
    """A way to a server of Jupyter's: a port or a Unix socket, the path in front, and what says who asks."""

    def __init__(self, place, base, headers):
        self.place, self.base, self.headers = place, base, headers

    def connect(self):
        if isinstance(self.place, str):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.place)
        else:
            connection = socket.create_connection(("127.0.0.1", self.place))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = self.connect()
        connection.request(method, self.base + path, json.dumps(body) if body is not None else None,
                           {**self.headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 400, (method, path, answer.status, text[:500])
        return json.loads(text) if text else None

    def is_up(self, path="/api/status"):
        with contextlib.suppress(OSError, AssertionError, http.client.HTTPException):
            self.ask("GET", path)
            return True
        return False

    def kernel(self, kernel):
        connection = websocket.WebSocket()
        connection.connect(f"ws://localhost{self.base}/api/kernels/{kernel}/channels", socket=self.connect(),
                           header=[f"{name}: {value}" for name, value in self.headers.items()])
        round_trip(connection, "kernel_info_request", {})
        return connection

    def download(self, path):
        """Bytes a second."""
        words = ["--unix-socket", self.place, f"http://h{self.base}{path}"] if isinstance(self.place, str) else [f"http://127.0.0.1:{self.place}{self.base}{path}"]
        for name, value in self.headers.items():
            words += ["-H", f"{name}: {value}"]
        told = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", *words],
                              capture_output=True, text=True, check=True).stdout.split()
        assert int(told[0]) == SIZE, told
        return SIZE / float(told[1])


def round_trip(connection, kind, content):
    """Seconds from the question to the kernel's reply and its being idle again."""
    identity = uuid.uuid4().hex
    message = {"header": {"msg_id": identity, "msg_type": kind, "username": "u", "session": "s", "version": "5.3", "date": ""},
               "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
    began = time.perf_counter()
    connection.send(json.dumps(message))
    replied = idle = False
    while not (replied and idle):
        answer = json.loads(connection.recv())
        if answer["parent_header"].get("msg_id") != identity:
            continue
        replied = replied or answer["msg_type"] == kind.replace("request", "reply")
        idle = idle or answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle"
    return time.perf_counter() - began


def environment(home):
    return {"HOME": str(home), "PATH": os.environ["PATH"], "JUPYTER_RUNTIME_DIR": str(home / "run"), "JUPYTER_PLATFORM_DIRS": "0"}


if __name__ == "__main__":
    spawns(*sys.argv[2:]) if sys.argv[1] == "spawns" else main(*sys.argv[1:])
