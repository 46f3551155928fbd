"""The inference runtime's program answers for real models: protocols, refusals, and its end."""

import json
import os
import stat

import pytest
from atelier import wait
from inference import Process, Service, run_python

ROW = [5.9, 3.0, 5.1, 1.8]
OTHER_ROW = [5.1, 3.5, 1.4, 0.2]
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]

# A folder for each kind of model, and what the libraries themselves predict of ROW and OTHER_ROW.
TRAIN = """
import json, pathlib, pickle, sys
import joblib, lightgbm, numpy, xgboost
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

home, rows, names = pathlib.Path(sys.argv[1]), numpy.array(json.loads(sys.argv[2])), json.loads(sys.argv[3])
X, y = load_iris(return_X_y=True)
told = {}
def folder(name, predict, predict_proba=None):
    (home / name).mkdir()
    told[name] = {"predict": predict.tolist(), "predict_proba": predict_proba and predict_proba(rows).tolist()}
    return home / name

model = LogisticRegression(max_iter=1000).fit(X, y)
joblib.dump(model, folder("joblib", model.predict(rows), model.predict_proba) / "model.joblib")
names_of = numpy.array(["setosa", "versicolor", "virginica"])
model = LogisticRegression(max_iter=1000).fit(X, names_of[y])
model.feature_names_in_ = numpy.array(names)
with open(folder("pickle", model.predict(rows), model.predict_proba) / "flowers.pkl", "wb") as file:
    pickle.dump(model, file)
texts = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["good", "very good", "bad", "so bad"], [1, 1, 0, 0])
joblib.dump(texts, folder("texts", texts.predict(["good day", "bad day"])) / "texts.joblib")
booster = xgboost.train({"objective": "multi:softprob", "num_class": 3}, xgboost.DMatrix(X, y), 5)
booster.save_model(folder("xgboost-booster", booster.predict(xgboost.DMatrix(rows))) / "model.json")
model = xgboost.XGBClassifier(n_estimators=5).fit(X, y)
model.save_model(folder("xgboost-classifier", model.predict(rows), model.predict_proba) / "iris.ubj")
booster = lightgbm.train({"objective": "multiclass", "num_class": 3, "verbose": -1}, lightgbm.Dataset(X, y), 5)
booster.save_model(folder("lightgbm", booster.predict(rows)) / "model.txt")
joblib.dump(booster, folder("lightgbm-object", booster.predict(rows)) / "booster.pkl")
print(json.dumps(told))
"""
KINDS = {
    "joblib": "sklearn_joblib", "pickle": "sklearn_joblib", "xgboost-booster": "xgboost_model",
    "xgboost-classifier": "xgboost_model", "lightgbm": "lightgbm_model", "lightgbm-object": "lightgbm_model",
}


class Trained:
    """The folders of trained models, and what their libraries predict."""

    def __init__(self, home):
        self.home = home
        self.told = run_python(TRAIN, home, json.dumps([ROW, OTHER_ROW]), json.dumps(NAMES))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return Trained(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def iris(trained):
    """A scikit-learn model that is called iris, of version 0.0.1."""
    with Service(trained.home / "joblib", "iris", "0.0.1") as service:
        yield service


@pytest.fixture(scope="module")
def flowers(trained):
    """A scikit-learn model that knows the names of its features and answers with texts."""
    with Service(trained.home / "pickle") as service:
        yield service


def tensor(data=(ROW,), shape=None, datatype="FP64", name="x", **more):
    return {"name": name, "shape": shape or [len(data), 4], "datatype": datatype, "data": list(data), **more}


def near(found, wanted):
    """Whether predictions are the same but for what 32 bits lose."""
    is_text = isinstance(wanted, str) or isinstance(wanted, list) and isinstance(wanted[0], str)
    return found == wanted if is_text else found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_model_predicts_what_its_library_predicts(trained, kind):
    told = trained.told[kind]
    with Service(trained.home / kind) as service:
        assert service.get("/v2/models/model").json()["platform"] == KINDS[kind]
        wish = {"inputs": [tensor([ROW, OTHER_ROW])]}
        found = service.post("/v2/models/model/infer", wish)
        assert found.status == 200, found.body
        [output] = found.json()["outputs"]
        flat = told["predict"] if not isinstance(told["predict"][0], list) else sum(told["predict"], [])
        assert output["name"] == "predict" and near(output["data"], flat)
        wish["outputs"] = [{"name": "predict_proba"}]
        found = service.post("/v2/models/model/infer", wish)
        if told["predict_proba"] is None:
            assert found.status == 400 and "predict_proba" in found.error
        else:
            [output] = found.json()["outputs"]
            assert output["shape"] == [2, 3] and near(output["data"], sum(told["predict_proba"], []))
        instances = service.post("/", {"instances": [ROW, OTHER_ROW]}).json()["predictions"]
        assert len(instances) == 2 and all(map(near, instances, told["predict"]))


def test_texts_are_predicted(trained):
    with Service(trained.home / "texts") as service:
        wish = {"inputs": [tensor(["good day", "bad day"], [2], "BYTES")]}
        assert service.post("/v2/models/model/infer", wish).json()["outputs"][0]["data"] == [1, 0]
        assert service.post("/", {"instances": ["good day", "bad day"]}).json() == {"predictions": [1, 0]}


# The Open Inference Protocol: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol

def test_open_inference_tells_of_server_and_model(iris):
    server = iris.get("/v2").json()
    assert set(server) == {"name", "version", "extensions"}
    assert iris.get("/v2/health/live").json() == {"live": True}
    assert iris.get("/v2/health/ready").json() == {"ready": True}
    for place in ("/v2/models/iris", "/v2/models/iris/versions/0.0.1"):
        model = iris.get(place).json()
        assert (model["name"], model["versions"]) == ("iris", ["0.0.1"])
        assert model["inputs"] == [{"name": "input", "datatype": "FP64", "shape": [-1, 4]}]
        assert model["outputs"] == [
            {"name": "predict", "datatype": "INT64", "shape": [-1]},
            {"name": "predict_proba", "datatype": "FP64", "shape": [-1, 3]}]
        assert iris.get(place + "/ready").json() == {"name": "iris", "ready": True}
        answer = iris.post(place + "/infer", {"id": "7", "inputs": [tensor()]})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {
            "model_name": "iris", "model_version": "0.0.1", "id": "7",
            "outputs": [{"name": "predict", "shape": [1], "datatype": "INT64", "data": [2]}]}
    assert "id" not in iris.post("/v2/models/iris/infer", {"inputs": [tensor()]}).json()


def test_open_inference_takes_every_shape_of_the_same_rows(iris):
    def predict(*inputs):
        answer = iris.post("/v2/models/iris/infer", {"inputs": list(inputs), "outputs": [
            {"name": "predict"}, {"name": "predict_proba"}]})
        assert answer.status == 200, answer.body
        return {output["name"]: output["data"] for output in answer.json()["outputs"]}

    nested = predict(tensor([ROW, OTHER_ROW]))
    assert nested["predict"] == [2, 0] and len(nested["predict_proba"]) == 6
    assert predict(tensor(ROW + OTHER_ROW, [2, 4])) == nested
    columns = [tensor(list(pair), [2, 1], name=name) for name, pair in zip(NAMES, zip(ROW, OTHER_ROW))]
    assert predict(*columns) == nested
    narrow = predict(tensor([ROW, OTHER_ROW], datatype="FP32"))
    assert narrow["predict_proba"] == pytest.approx(nested["predict_proba"], abs=1e-4)
    for datatype in ("INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"):
        assert predict(tensor([[6, 3, 5, 2]], datatype=datatype))["predict"] == [2]
    assert predict(tensor([[True, False, False, False]], datatype="BOOL"))["predict"] == [0]


REFUSED = [
    (b"{", "no JSON"),
    (b"[]", "no inputs"),
    ({"inputs": []}, "no inputs"),
    ({"inputs": [1]}, "name, shape, datatype"),
    ({"inputs": [tensor(shape=[1, 5])]}, "4 values, but its shape [1, 5] takes 5"),
    ({"inputs": [tensor(shape=[4])]}, "takes [rows, 4]"),
    ({"inputs": [tensor(shape=[1, -4])]}, "list of sizes"),
    ({"inputs": [tensor([[1, 2, 3]], [1, 3])]}, "[1, 3]; this model takes [rows, 4]"),
    ({"inputs": [tensor([ROW, [1.5]], [2, 4])]}, "different lengths"),
    ({"inputs": [tensor(datatype="FP8")]}, "FP8; known ones are BYTES, BOOL"),
    ({"inputs": [tensor(datatype=["FP32"])]}, "known ones are"),
    ({"inputs": [tensor(datatype="INT64")]}, "no INT64"),
    ({"inputs": [tensor([[1, 2, 3, 200]], datatype="INT8")]}, "no INT8"),
    ({"inputs": [tensor([[1, 2, 3, -1]], datatype="UINT32")]}, "no UINT32"),
    ({"inputs": [tensor([[0, 1, 1, 0]], datatype="BOOL")]}, "no BOOL"),
    ({"inputs": [tensor([["1", "2", "3", "4"]])]}, "no FP64"),
    ({"inputs": [tensor(datatype="BYTES")]}, "must be texts"),
    ({"inputs": [tensor([[1, 2, 3, None]])]}, "NaN"),
    ({"inputs": [tensor(parameters={"binary_data_size": 32})]}, "binary"),
    ({"inputs": [tensor()], "parameters": {"binary_data_output": True}}, "binary"),
    ({"inputs": [tensor()], "parameters": 1}, "object"),
    ({"inputs": [tensor()], "outputs": [{"name": "predict", "parameters": {"binary_data": True}}]}, "binary"),
    ({"inputs": [tensor()], "outputs": [{"name": "margin"}]}, "margin; this model has predict, predict_proba"),
    ({"inputs": [tensor()], "outputs": "predict"}, "outputs"),
    ({"inputs": [tensor([1.0], [1]), tensor([1.0, 2.0], [2], name="y")]}, "different lengths"),
    ({"inputs": [tensor([1.0], [1]), tensor([1.0], [1])]}, "Two inputs"),
]


@pytest.mark.parametrize("body, word", REFUSED)
def test_open_inference_refuses_what_it_cannot_take(iris, body, word):
    answer = iris.post("/v2/models/iris/infer", body)
    assert answer.status == 400 and set(answer.json()) == {"error"} and word in answer.error, answer.body


@pytest.mark.parametrize("method, path, status", [
    ("POST", "/v2/models/other/infer", 404), ("GET", "/v2/models/other/ready", 404), ("GET", "/v2/models/iris/x", 404),
    ("POST", "/v2/models/iris/versions/2/infer", 404), ("GET", "/v2/models", 404), ("GET", "/v3", 404),
    ("GET", "/v2/models/iris/infer", 405), ("POST", "/v2", 405), ("GET", "/", 405), ("POST", "/health", 405)])
def test_other_models_and_paths_are_not_there(iris, method, path, status):
    answer = iris.request(method, path)
    assert answer.status == status and answer.error
    assert (answer.headers["allow"] is not None) == (status == 405)


def test_binary_tensors_are_refused_by_their_header(iris):
    answer = iris.request("POST", "/v2/models/iris/infer", b"{}....", {"Inference-Header-Content-Length": "2"})
    assert answer.status == 400 and "without the binary extension" in answer.error


# ModelArts: "Specifications for Compiling Model Inference Code"

def test_modelarts_rows_are_answered_in_kind(flowers):
    forward = dict(zip(NAMES, ROW))
    backward = dict(reversed(list(zip(NAMES, OTHER_ROW))))
    answer = flowers.post("/", {"data": {"req_data": [forward, backward]}})
    assert answer.json() == {"data": {"resp_data": [{"predictresult": "virginica"}, {"predictresult": "setosa"}]}}
    assert flowers.post("/", {"instances": [backward, forward]}).json() == {"predictions": ["setosa", "virginica"]}
    assert flowers.get("/health").status == 200


@pytest.mark.parametrize("body, word", [
    (b"", "no JSON"), ({}, "req_data"), ({"data": []}, "req_data"), ({"data": {"req_data": []}}, "no row"),
    ({"data": {"req_data": [{"petal_length": 1}]}}, "missing: sepal_length, sepal_width, petal_width"),
    ({"data": {"req_data": [{**dict(zip(NAMES, ROW)), "age": 1}]}}, "unknown: age"),
    ({"data": {"req_data": [dict(zip(NAMES, ROW)), {}]}}, "Row 1"),
    ({"instances": [[1, 2, 3]]}, "[1, 3]"), ({"instances": [[1, 2], [3]]}, "different lengths"),
    ({"instances": [[1, 2, 3, {}]]}, "neither number nor text"),
    ({"instances": [["a", 2, 3, 4]]}, "could not convert")])
def test_modelarts_rows_that_fit_no_model_are_refused(flowers, body, word):
    answer = flowers.post("/", body)
    assert answer.status == 400 and word in answer.error, answer.body


# The process

def test_only_the_owner_may_connect(iris):
    assert stat.S_IMODE(os.stat(iris.socket).st_mode) == 0o600


def test_a_body_of_more_than_64_mib_is_refused(iris):
    answer = iris.request("POST", "/", None, {"Content-Length": str((64 << 20) + 1)})
    assert answer.status == 413 and "64 MiB" in answer.error
    chunks = (b" " * (1 << 20) for _ in range(65))
    try:
        assert iris.request("POST", "/", chunks, {"Transfer-Encoding": "chunked"}).status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # What is too long is not read to its end.
    assert iris.get("/health").status == 200


def test_an_idle_service_ends_at_once(trained):
    with Service(trained.home / "joblib") as service:
        idle = service.connect()
        service.terminate()
        assert service.ended() == 0
        assert idle.recv(1) == b"" and not service.socket.exists()


def unusable(folder):
    """Serves a folder that cannot be served; gives the last line that is said."""
    with Process("serve", "--model-folder", str(folder), "--name", "m", "--version", "1") as process:
        assert process.ended() == 3, process.said()
        return process.said().splitlines()[-1]


@pytest.mark.parametrize("files, words", [
    ({}, ["it is empty", "*.joblib", "model.pt"]),
    ({"weights.bin": b"", "readme": b""}, ["readme, weights.bin"]),
    ({"a.pkl": b"", "b.joblib": b""}, ["a.pkl, b.joblib", "customize_service.py"]),
    ({"model.json": b"{}", "old.ubj": b""}, ["model.json, old.ubj"]),
    ({"model.pkl": b"no pickle"}, ["model.pkl cannot be loaded"]),
    ({"model.json": b"{}"}, ["model.json cannot be loaded"]),
    ({"model.txt": b"tree"}, ["model.txt cannot be loaded"]),
    ({"model.pkl": b"\x80\x04}."}, ["model.pkl holds a dict, which has no predict"]),
    ({"customize_service.py": b"x = 1"}, ["defines no service", "XgSklServingBaseService"]),
    ({"customize_service.py": b"import nowhere"}, ["customize_service.py cannot be loaded", "nowhere"]),
    ({"customize_service.py": b"raise SystemExit('no')"}, ["SystemExit: no"])])
def test_a_folder_without_one_usable_model_is_told_in_the_last_line(tmp_path, files, words):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    last = unusable(tmp_path)
    assert last.startswith("error: ") and all(word in last for word in words), last


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert "no model folder" in unusable(tmp_path / "nowhere")


def test_a_socket_that_cannot_be_is_told(trained, tmp_path):
    path = tmp_path / ("s" * 100)
    with Process("serve", "--socket", str(path), "--model-folder", str(trained.home / "joblib"), "--name", "m",
                 "--version", "1") as process:
        assert process.ended() == 1 and "107" in process.said().splitlines()[-1]


def test_a_first_kind_goes_before_the_next(trained, tmp_path):
    (tmp_path / "model.joblib").write_bytes((trained.home / "joblib/model.joblib").read_bytes())
    (tmp_path / "model.json").write_text("{}")
    with Service(tmp_path) as service:
        assert service.get("/v2/models/model").json()["platform"] == "sklearn_joblib"
        wait(lambda: "model.joblib is loaded" in service.said(), what="the line that says so")
