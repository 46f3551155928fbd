"""Processes of the inference runtime as the platform starts them, and HTTP over their Unix sockets."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile

from atelier import RUNTIMES, wait

PYTHON = str(pathlib.Path(RUNTIMES) / "inference/bin/python")
PYTORCH = str(pathlib.Path(RUNTIMES) / "pytorch/bin/python")


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path, timeout=60):
        super().__init__("service", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = connected(self.path, self.timeout)


class Answer:
    """An answer that has been read."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json()["error"]


class Process:
    """One process of the runtime on a socket of its own."""

    def __init__(self, verb, *arguments, environment=None, python=PYTHON):
        self.folder = tempfile.TemporaryDirectory()
        self.socket = pathlib.Path(self.folder.name) / "s"
        self.log = pathlib.Path(self.folder.name) / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [python, "-m", "atelier_inference", verb, "--socket", str(self.socket), *arguments],
                stdout=log, stderr=log, cwd=self.folder.name, env={**os.environ, **(environment or {})},
                start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Not it alone: a relay that is killed leaves its command.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.folder.cleanup()

    def said(self):
        """What it has written so far."""
        return self.log.read_text()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def ended(self):
        """Its exit code, once it has ended."""
        return self.process.wait(timeout=60)

    def connect(self):
        return connected(self.socket)

    def refuses(self):
        """Whether nobody listens on the socket any more."""
        try:
            self.connect().close()
        except OSError:
            return True
        return False

    def request(self, method, path, body=None, headers=None):
        """Asks on a connection of its own."""
        connection = Connection(self.socket)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, value):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.request("POST", path, body, {"Content-Type": "application/json"})

    def open(self, path, value):
        """Asks, and leaves the answer to be read as it comes."""
        connection = Connection(self.socket)
        connection.request("POST", path, json.dumps(value), {"Content-Type": "application/json"})
        return connection


class Service(Process):
    """A process that serves the model of a folder."""

    def __init__(self, folder, name="model", version="1", environment=None, python=PYTHON):
        super().__init__(
            "serve", "--model-folder", str(folder), "--name", name, "--version", version, environment=environment,
            python=python)

    def __enter__(self):
        wait(lambda: self.process.poll() is not None or self.is_ready(), what="the service's model")
        assert self.process.poll() is None, self.said()
        return self

    def is_ready(self):
        try:
            return self.get("/health").status == 200
        except OSError:
            return False


class Relay(Process):
    """A process that relays to a script that gets its port as an argument."""

    def __init__(self, script, *arguments):
        self.port = free_port()
        super().__init__(
            "relay", "--port", str(self.port), "--", PYTHON, "-c", script, str(self.port), *map(str, arguments))

    def answers(self):
        """Whether what it relays to answers already."""
        try:
            return self.get("/").status
        except (OSError, http.client.HTTPException):
            return None


def connected(path, timeout=60):
    """A connection to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def free_port():
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_python(script, *arguments, python=PYTHON):
    """Runs a script with the runtime's packages; gives what it says as JSON."""
    finished = subprocess.run(
        [python, "-c", script, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)
