"""Servers of one scikit-learn model, started as their users start them: the runtime's own, MLServer, and BentoML."""

import contextlib
import json
import os
import pathlib
import subprocess

from atelier import RUNTIMES
from callers import Target
from gateway import end, free_port

NAME, VERSION = "digits", "1.0.0"
INFER = f"/v2/models/{NAME}/infer"
BENTO = """
import bentoml, joblib, numpy

@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Digits:
    def __init__(self):
        self.model = joblib.load("model.joblib")

    @bentoml.api
    def predict(self, rows: list[list[float]]) -> list[int]:
        return self.model.predict(numpy.asarray(rows)).tolist()
"""


class Alone:
    """The inference runtime's own server as an instance runs it, without platform and sandbox."""

    name = "the runtime's own server"

    def __init__(self, folder, model, threads=1):
        self.folder, self.model, self.threads = folder, model, threads
        self.socket = folder / "alone.sock"
        self.ready = Target(self.name, self.socket, "/v2/health/ready")

    def start(self):
        python = f"{RUNTIMES}/inference/bin/python"
        # An instance cannot write into the runtime either.
        environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": str(self.threads)}
        return running(
            [python, "-P", "-m", "atelier_inference", "serve", "--socket", str(self.socket), "--model-folder",
             str(self.model), "--name", NAME, "--version", VERSION], self.folder, environment)


class MLServer:
    """MLServer with its scikit-learn runtime, in one process: what it calls `parallel_workers: 0`."""

    name = "MLServer"
    python = os.environ.get("MLSERVER", ".venv-mlserver/bin/python")

    def __init__(self, folder, model, row):
        self.folder = folder
        port, grpc, metrics = free_port(), free_port(), free_port()
        settings = {"host": "127.0.0.1", "http_port": port, "grpc_port": grpc, "metrics_port": metrics,
                    "parallel_workers": 0, "debug": False}
        about = {"name": NAME, "implementation": "mlserver_sklearn.SKLearnModel",
                 "parameters": {"uri": str(model / "model.joblib"), "version": VERSION}}
        (folder / "settings.json").write_text(json.dumps(settings))
        (folder / "model-settings.json").write_text(json.dumps(about))
        self.ready = Target(self.name, port, f"/v2/models/{NAME}/ready")
        self.infer = Target(self.name, port, INFER, open_inference(row))

    def start(self):
        program = str(pathlib.Path(self.python).absolute().with_name("mlserver"))
        return running([program, "start", str(self.folder)], self.folder)


class BentoML:
    """BentoML with one worker, asked in its own shape."""

    name = "BentoML"
    python = os.environ.get("BENTOML", ".venv-bentoml/bin/python")

    def __init__(self, folder, model, row):
        self.folder = folder
        (folder / "service.py").write_text(BENTO)
        (folder / "model.joblib").write_bytes((model / "model.joblib").read_bytes())
        self.port = free_port()
        self.ready = Target(self.name, self.port, "/readyz")
        self.infer = Target(self.name, self.port, "/predict", json.dumps({"rows": [row]}).encode())

    def start(self):
        python = str(pathlib.Path(self.python).absolute())
        return running(
            [python, "-m", "bentoml", "serve", "service:Digits", "--host", "127.0.0.1", "--port", str(self.port)],
            self.folder, {**os.environ, "BENTOML_DO_NOT_TRACK": "true", "BENTOML_HOME": str(self.folder / "home"),
                          "OMP_NUM_THREADS": "1"})


def peers(folder, model, row):
    """The peers that are installed; says of each that is not."""
    for kind in (MLServer, BentoML):
        if pathlib.Path(kind.python).exists():
            own = folder / kind.name
            own.mkdir()
            yield kind(own, model, row)
        else:
            print(f"skipped: {kind.name}, which is not at {kind.python}; scripts/peers.sh installs it", flush=True)


def open_inference(row):
    """The body of the Open Inference Protocol that asks about one row."""
    return json.dumps({"inputs": [{"name": "x", "shape": [1, len(row)], "datatype": "FP64", "data": row}]}).encode()


@contextlib.contextmanager
def running(command, folder, environment=None):
    """A process while it is wanted; what it says is in `said` of its folder."""
    with open(folder / "said", "ab") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment or {**os.environ, "OMP_NUM_THREADS": "1"}, stdout=said, stderr=said,
            start_new_session=True)
    try:
        yield process
    finally:
        end(process)
