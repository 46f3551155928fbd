"""PyTorch: a TorchScript module is trained, taken up and called in the runtime that has it, as are code and shapes."""

import json

import pytest
from inference import PYTORCH, Service, run_python
from models import Services

FLAVOR = "modelarts.vm.cpu.1u"

# A training job: digits by a perceptron of two layers, and what it says of pictures that it has not seen.
TRAIN = b"""
import json, pathlib, sys
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

torch.manual_seed(1)
pictures, digits = load_digits(return_X_y=True)
train, held, right, wanted = (
    torch.from_numpy(part) for part in train_test_split(pictures, digits, random_state=1))
model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(train.float()), right).backward()
    optimizer.step()
out = pathlib.Path(sys.argv[sys.argv.index("--model") + 1])
torch.jit.save(torch.jit.script(model), out / "model.pt")
with torch.inference_mode():
    told = model(held.float())
(out / "told.json").write_text(json.dumps(
    {"held": held.int().tolist(), "told": told.tolist(), "accuracy": (told.argmax(1) == wanted).float().mean().item()}))
"""

# ModelArts' own shape of a service of PyTorch.
CODE = b"""
import torch
from model_service.pytorch_model_service import PTServingBaseService

class Digits(PTServingBaseService):
    def __init__(self, model_name, model_path):
        super().__init__(model_name, model_path)
        self.model = torch.jit.load(model_path).eval()

    def _preprocess(self, data):
        return torch.tensor(data["pictures"], dtype=torch.float32)

    def _inference(self, pictures):
        with torch.inference_mode():
            return self.model(pictures)

    def _postprocess(self, told):
        return {"digits": told.argmax(1).tolist()}
"""

# Modules of several kinds, each in a folder of its own.
MODULES = """
import copy, pathlib, sys, torch

class Words(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding.from_pretrained(torch.eye(4))
    def forward(self, words):
        return self.table(words).sum(1)

class Pair(torch.nn.Module):
    def forward(self, rows):
        return rows, rows

linear = torch.nn.Linear(2, 1)
torch.nn.init.constant_(linear.weight, 0.5)
torch.nn.init.constant_(linear.bias, 1)
rows = torch.ones(1, 2)
for name, module, example in [
        ("words", Words(), rows.long()), ("pair", Pair(), rows), ("linear", linear, rows),
        ("narrow", copy.deepcopy(linear).bfloat16(), rows.bfloat16())]:
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir()
    torch.jit.save(torch.jit.trace(module, example), folder / "model.pt")
print("true")
"""


@pytest.fixture(scope="module")
def services(server):
    services = Services(server)
    yield services
    services.clear()


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("modules")
    assert run_python(MODULES, folder, python=PYTORCH)
    return folder


@pytest.fixture(scope="module")
def trained(server):
    """The training job's id, and what its model must say."""
    server.upload("code", "torch/train.py", TRAIN)
    assert server.request("PUT", "/atelier/v1/buckets/models").status_code in (201, 409)
    job = server.create_job(
        "torch", None, engine={"engine_name": "pytorch"}, code_dir="/code/torch/", boot_file="/code/torch/train.py",
        outputs=[{"name": "model", "remote": {"obs": {"obs_url": "/models/torch/"}}}])
    assert server.wait_for_end(job, seconds=180)["status"]["phase"] == "Completed", server.whole_log(job)
    told = json.loads(server.download("models", "torch/told.json").content)
    assert told["accuracy"] > 0.9
    return job, told


def test_a_trained_module_answers_as_in_training(server, services, trained):
    job, told = trained
    model = services.model("torch", source_job_id=job)
    assert services.show_model(model)["runtime"] == "pytorch-2.13"
    caller = services.caller(services.running("torch", services.config(model, flavor=FLAVOR)))
    held, wanted = told["held"], told["told"]
    answer = caller.answer({"inputs": [
        {"name": "x", "shape": [len(held), 64], "datatype": "FP32", "data": sum(held, [])}]}, "/v2/models/torch/infer")
    output = answer["outputs"][0]
    assert output["datatype"] == "FP32" and output["shape"] == [len(held), 10]
    assert output["data"] == pytest.approx(sum(wanted, []), rel=1e-3, abs=1e-3)
    # Whole numbers, as JSON has them of pictures; a feature each, as ModelArts has them.
    plain = caller.answer({"instances": held[:3]})["predictions"]
    assert sum(plain, []) == pytest.approx(sum(wanted[:3], []), rel=1e-3, abs=1e-3)
    rows = [{f"pixel_{number}": value for number, value in enumerate(row)} for row in held[:2]]
    told_rows = caller.answer({"data": {"req_data": rows}})["data"]["resp_data"]
    assert told_rows[1]["predictresult"] == pytest.approx(wanted[1], rel=1e-3, abs=1e-3)
    short = caller.post({"instances": [[1, 2]]})
    assert short.status_code == 400 and "shapes cannot be multiplied" in short.json()["error"]


def test_customised_code_of_pytorch(server, services, trained):
    job, told = trained
    module = server.download("models", "torch/model.pt").content
    config = json.dumps({"model_type": "PyTorch"}).encode()
    place = services.upload("torch-code", {"digits.pt": module, "customize_service.py": CODE, "config.json": config})
    model = services.model("torch-code", source_location=place)
    assert services.show_model(model)["runtime"] == "pytorch-2.13"
    caller = services.caller(services.running("torch-code", services.config(model, flavor=FLAVOR)))
    wanted = [max(range(10), key=row.__getitem__) for row in told["told"]]
    assert caller.answer({"pictures": told["held"]}) == {"digits": wanted}


def test_what_needs_no_pytorch_stays_where_it_was(server, services):
    plain = {"customize_service.py": b"", "config.json": b'{"model_type": "Scikit_Learn"}'}
    model = services.model("plain", source_location=services.upload("plain", plain))
    assert services.show_model(model)["runtime"] == "inference-1.0"
    # Whoever names a runtime gets it.
    named = services.model("plain", "1.0.1", source_location=services.upload("plain", plain), runtime="pytorch")
    assert services.show_model(named)["runtime"] == "pytorch-2.13"


@pytest.mark.parametrize("name, rows, wanted", [
    ("linear", [[1, 2], [3, 4]], [[2.5], [4.5]]), ("narrow", [[1, 2]], [[2.5]]),
    ("words", [[0, 3], [1, 1]], [[1, 0, 0, 1], [0, 2, 0, 0]])])
def test_modules_take_json_numbers_as_their_weights_are(modules, name, rows, wanted):
    with Service(modules / name, python=PYTORCH) as service:
        answer = service.post("/", {"instances": rows})
        assert (answer.status, answer.json()) == (200, {"predictions": wanted})
        assert service.get("/v2/models/model").json()["platform"] == "pytorch_torchscript"


def test_a_module_that_gives_no_tensor_says_so(modules):
    with Service(modules / "pair", python=PYTORCH) as service:
        answer = service.post("/", {"instances": [[1]]})
        assert answer.status == 500 and "gives a tensor" in answer.error
        assert service.post("/", {"instances": [["text"]]}).status == 400
