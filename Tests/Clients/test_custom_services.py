"""Customised service code as ModelArts documents it, in the inference runtime: what it gets, and what becomes of it."""

import json
import pathlib

import pytest
import requests
from atelier import wait
from inference import Process, Service, run_python

TRAIN = """
import sys, joblib, numpy, xgboost
rows, labels = numpy.array([[0, 0], [0, 1], [1, 0], [1, 1]]), numpy.array([0, 0, 1, 1])
from sklearn.linear_model import LogisticRegression
joblib.dump(LogisticRegression().fit(rows, labels), sys.argv[1] + "/sklearn.m")
xgboost.XGBClassifier(n_estimators=3, min_child_weight=0).fit(rows, labels).save_model(sys.argv[1] + "/model.ubj")
print("{}")
"""

# After ModelArts' "Examples of Custom Scripts", scikit-learn.
EXAMPLE = """
import collections
import json
import joblib
import log
from model_service.python_model_service import XgSklServingBaseService

logger = log.getLogger(__name__)

class user_Service(XgSklServingBaseService):
    def _preprocess(self, data):
        json_data = json.loads(data, object_pairs_hook=collections.OrderedDict)
        return [[element[each] for each in element] for element in json_data["data"]["req_data"]]

    def _inference(self, data):
        logger.info("rows: %d", len(data))
        return joblib.load(self.model_path).predict(data).tolist()

    def _postprocess(self, data):
        return [{"predictresult": element} for element in data]
"""

# What is told of the data decides what a request makes it do; `gates` is a folder whose files let it go on.
TALE = """
import asyncio, os, pathlib, time
import numpy
from beside import greeting
from model_service.pytorch_model_service import PTServingBaseService

class Tale(PTServingBaseService):
    def __init__(self, model_name, model_path):
        super().__init__(model_name, model_path)
        self.gates = pathlib.Path(os.environ["GATES"])

    def pass_gate(self, name):
        (self.gates / (name + ".waits")).touch()
        while not (self.gates / name).exists():
            time.sleep(0.01)

    def _preprocess(self, data):
        return data["tale"], data

    def _inference(self, asked):
        return getattr(self, asked[0])(asked[1])

    def about(self, data):
        return {"name": self.model_name, "path": self.model_path, "greeting": greeting, "data": data}

    def numbers(self, data):
        return {"wide": numpy.arange(4).reshape(2, 2), "half": numpy.float16(0.5), 3: numpy.int64(4), "text": "ü"}

    def usage(self, data):
        return {"text": "hello", "usage": {"prompt_tokens": 3, "completion_tokens": 5}}

    def wrong(self, data):
        raise KeyError("no such flower")

    def exits(self, data):
        raise SystemExit("enough")

    def stops(self, data):
        next(iter([]))

    def unspeakable(self, data):
        return {"it": object()}

    def waits(self, data):
        self.pass_gate(data["gate"])
        # Longer than the server looks after its connections when it ends.
        time.sleep(data.get("longer", 0))
        return {"waited": data["gate"]}

    async def later(self, data):
        await asyncio.sleep(0)
        return {"later": True}

    async def exits_later(self, data):
        raise SystemExit("enough")

    def stream(self, data):
        try:
            yield {"delta": "one"}
            self.pass_gate(data["gate"])
            yield "two\\nlines"
        finally:
            (self.gates / (data["gate"] + ".closed")).touch()

    async def async_stream(self, data):
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    def endless(self, data):
        try:
            while True:
                yield "x" * 1000
        finally:
            (self.gates / "endless.closed").touch()

    def breaks(self, data):
        yield 1
        raise ValueError("in the middle")

    def breaks_at_once(self, data):
        raise ValueError("at the beginning")
        yield
"""
BESIDE = "greeting = 'hello from beside'\n"


@pytest.fixture(scope="module")
def gates(tmp_path_factory):
    """A folder in which a test makes the files that its service waits for."""
    return tmp_path_factory.mktemp("gates")


@pytest.fixture(scope="module")
def tale(tmp_path_factory, gates):
    folder = tmp_path_factory.mktemp("tale")
    (folder / "customize_service.py").write_text(TALE)
    (folder / "beside.py").write_text(BESIDE)
    with started(folder, gates) as service:
        yield service


def started(folder, gates):
    """A service of two threads, so that a request that waits leaves one."""
    return Service(folder, "tale", environment={"GATES": str(gates), "OMP_NUM_THREADS": "2"})


def passes(gates, name):
    """Waits until the code stands at a gate."""
    wait((gates / (name + ".waits")).exists, what=f"code at the gate {name}")


def test_the_documented_example_runs_as_it_is(tmp_path):
    run_python(TRAIN, tmp_path)
    (tmp_path / "model.ubj").unlink()
    (tmp_path / "customize_service.py").write_text(EXAMPLE)
    with Service(tmp_path) as service:
        answer = service.post("/", {"data": {"req_data": [{"a": 1, "b": 0}, {"a": 0, "b": 0}]}})
        assert (answer.status, answer.json()) == (200, [{"predictresult": 1}, {"predictresult": 0}])
        assert "rows: 2" in service.said()
        assert service.post("/", b"{").status == 400
        assert service.get("/v2/models/model").json()["platform"] == "custom"
        refusal = service.post("/v2/models/model/infer", {"inputs": []})
        assert refusal.status == 400 and "POST / only" in refusal.error


def test_a_service_of_machine_learning_predicts_by_itself(tmp_path):
    run_python(TRAIN, tmp_path)
    (tmp_path / "sklearn.m").unlink()
    (tmp_path / "customize_service.py").write_text(
        "from model_service.python_model_service import XgSklServingBaseService\n"
        "class Service(XgSklServingBaseService):\n"
        "    def __init__(self, model_path):\n"
        "        super().__init__(model_path)\n"
        "    def _preprocess(self, data):\n"
        "        return data['rows'] if 'rows' in data and list(data) == ['rows'] else data.get('other')\n"
        "    def _postprocess(self, data):\n"
        "        return {'labels': data, 'name': self.model_name}\n")
    with Service(tmp_path, "own") as service:
        assert service.post("/", {"rows": [[1, 1], [0, 1]]}).json() == {"labels": [1, 0], "name": "own"}
        assert service.post("/", {"other": [[0, 0]], "more": 1}).json() == {"labels": [0], "name": "own"}


def test_a_step_that_nobody_defined_is_told(tmp_path):
    (tmp_path / "customize_service.py").write_text(
        "from model_service.tfserving_model_service import TfServingBaseService\n"
        "class Service(TfServingBaseService):\n"
        "    pass\n")
    with Service(tmp_path) as service:
        answer = service.post("/", {})
        assert answer.status == 500 and answer.error == "Service does not define _inference"


def test_code_knows_its_model_and_what_lies_beside_it(tale):
    told = tale.post("/", {"tale": "about"}).json()
    assert (told["name"], told["greeting"]) == ("tale", "hello from beside")
    assert (pathlib.Path(told["path"]) / "customize_service.py").exists()
    assert told["data"] == {"tale": "about"}


def test_answers_of_numpy_and_usage_come_as_they_are(tale):
    told = tale.post("/", {"tale": "numbers"}).json()
    assert told == {"wide": [[0, 1], [2, 3]], "half": 0.5, "3": 4, "text": "ü"}
    told = tale.post("/", {"tale": "usage"}).json()
    assert told == {"text": "hello", "usage": {"prompt_tokens": 3, "completion_tokens": 5}}
    assert tale.post("/", {"tale": "later"}).json() == {"later": True}


def test_files_of_a_form_come_as_file_objects(tmp_path):
    (tmp_path / "customize_service.py").write_text(
        "from model_service.pytorch_model_service import PTServingBaseService\n"
        "class Service(PTServingBaseService):\n"
        "    def _inference(self, data):\n"
        "        return {field: files if isinstance(files, str) else {\n"
        "            name: [file.name, list(file.read()[:4]), file.seek(0, 2)] for name, file in files.items()}\n"
        "            for field, files in data.items()}\n")
    large = bytes(range(256)) * (8 << 10)
    form = requests.Request("POST", "http://service/", data={"note": "hällo"}, files=[
        ("images", ("cat.jpg", b"\r\n--\x00")), ("images", ("dog.jpg", b"")),
        ("large", ("large.bin", large))]).prepare()
    with Service(tmp_path) as service:
        answer = service.request("POST", "/", form.body, {"Content-Type": form.headers["Content-Type"]})
        assert (answer.status, answer.json()) == (200, {
            "note": "hällo",
            "images": {"cat.jpg": ["cat.jpg", [13, 10, 45, 45], 5], "dog.jpg": ["dog.jpg", [], 0]},
            "large": {"large.bin": ["large.bin", [0, 1, 2, 3], len(large)]}})
        for body, content_type in ((b"nothing", form.headers["Content-Type"]), (form.body, "multipart/form-data"),
                                   (form.body[:-10], form.headers["Content-Type"])):
            answer = service.request("POST", "/", body, {"Content-Type": content_type})
            assert answer.status == 400 and "multipart/form-data" in answer.error


@pytest.mark.parametrize("name, message", [
    ("wrong", "no such flower"), ("exits", "SystemExit: enough"), ("exits_later", "enough"), ("stops", "StopIteration"),
    ("unspeakable", "not JSON serializable: object"), ("breaks_at_once", "at the beginning"), ("nothing", "nothing")])
def test_what_fails_in_the_code_is_told_and_ends_nothing(tale, name, message):
    answer = tale.post("/", {"tale": name})
    assert answer.status == 500 and message in answer.error
    assert tale.process.poll() is None and tale.post("/", {"tale": "later"}).status == 200
    assert "Traceback" in tale.said()


def events(response):
    """Reads events one after another, each the lines up to an empty one."""
    lines = []
    for line in response:
        if line == b"\n":
            yield b"".join(lines)
            lines = []
        else:
            lines.append(line)
    assert lines == []


def test_items_of_a_generator_come_as_they_are_made(tale, gates):
    connection = tale.open("/", {"tale": "stream", "gate": "stream"})
    response = connection.getresponse()
    assert (response.status, response.headers["content-type"]) == (200, "text/event-stream")
    stream = events(response)
    assert next(stream) == b'data: {"delta":"one"}\n'
    passes(gates, "stream")
    (gates / "stream").touch()
    assert list(stream) == [b"data: two\ndata: lines\n"]
    connection.close()
    connection = tale.open("/", {"tale": "async_stream"})
    assert list(events(connection.getresponse())) == [b"data: 0\n", b"data: 1\n", b"data: 2\n"]
    connection.close()


def test_a_stream_that_breaks_says_so_and_ends(tale):
    connection = tale.open("/", {"tale": "breaks"})
    first, last = events(connection.getresponse())
    assert first == b"data: 1\n" and last.startswith(b"event: error\ndata: ")
    assert json.loads(last.split(b"data: ")[1]) == {"error": "ValueError: in the middle"}
    connection.close()


def test_a_generator_is_closed_when_its_reader_is_gone(tale, gates):
    connection = tale.open("/", {"tale": "endless"})
    assert next(events(connection.getresponse())) == b"data: " + b"x" * 1000 + b"\n"
    assert not (gates / "endless.closed").exists()
    connection.sock.close()
    connection.close()
    wait((gates / "endless.closed").exists, what="the generator's end")
    assert (gates / "stream.closed").exists()


def test_health_is_answered_while_every_thread_predicts(tale, gates):
    waiting = [tale.open("/", {"tale": "waits", "gate": name}) for name in ("first", "second")]
    passes(gates, "first")
    passes(gates, "second")
    assert tale.get("/health").status == 200
    assert tale.get("/v2/models/tale/ready").json() == {"name": "tale", "ready": True}
    for name, connection in zip(("first", "second"), waiting):
        (gates / name).touch()
        assert json.loads(connection.getresponse().read()) == {"waited": name}
        connection.close()


def test_requests_in_flight_are_answered_after_sigterm(tmp_path, gates):
    (tmp_path / "customize_service.py").write_text(TALE)
    (tmp_path / "beside.py").write_text(BESIDE)
    with started(tmp_path, gates) as service:
        connection = service.open("/", {"tale": "waits", "gate": "last", "longer": 0.5})
        passes(gates, "last")
        service.terminate()
        wait(service.refuses, what="the socket's end")
        assert service.process.poll() is None
        (gates / "last").touch()
        assert json.loads(connection.getresponse().read()) == {"waited": "last"}
        assert service.ended() == 0 and not service.socket.exists()


def test_a_thread_that_goes_on_holds_up_no_end(tmp_path):
    (tmp_path / "customize_service.py").write_text(
        "import threading, sys\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "from model_service.pytorch_model_service import PTServingBaseService\n"
        "class Service(PTServingBaseService):\n"
        "    pass\n")
    with Service(tmp_path) as service:
        service.terminate()
        assert service.ended() == 0 and not service.socket.exists()
    with open(tmp_path / "customize_service.py", "a") as code:
        code.write("sys.exit('no model')\n")
    with Process("serve", "--model-folder", str(tmp_path), "--name", "m", "--version", "1") as process:
        assert process.ended() == 3 and "no model" in process.said().splitlines()[-1]


def test_a_model_that_loads_is_told_apart_and_can_be_ended(tmp_path):
    (tmp_path / "customize_service.py").write_text(
        "import time\n"
        "while True:\n"
        "    time.sleep(0.01)\n")
    with Process("serve", "--model-folder", str(tmp_path), "--name", "m", "--version", "1") as process:
        wait(process.socket.exists, what="the socket")
        assert process.get("/health").status == 503
        assert process.get("/v2/health/live").json() == {"live": True}
        assert process.get("/v2/health/ready").status == 503
        assert process.get("/v2/models/m/ready").json() == {"name": "m", "ready": False}
        answer = process.post("/", {})
        assert answer.status == 503 and answer.headers["retry-after"] == "1"
        process.terminate()
        assert process.ended() == 0
