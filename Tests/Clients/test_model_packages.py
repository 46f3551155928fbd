"""Packages that a model's config.json names: installed when it is published, told where they cannot be, never hanging."""

import json
import pathlib
import socket

import pytest
from atelier import Server, wait
from models import Services

CODE = b"""
import sys
import humanize
from model_service.pytorch_model_service import PTServingBaseService

class Numbers(PTServingBaseService):
    def _inference(self, data):
        return {"said": humanize.intword(data["number"]), "path": sys.path, "file": humanize.__file__}
"""
COMMAND = b"""
import http.server, humanize
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(humanize.intcomma(1234567).encode())
http.server.HTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def services(server):
    services = Services(server)
    yield services
    services.clear()


def package(name, version=None, restraint=None):
    given = {"package_name": name, "package_version": version, "restraint": restraint}
    return {key: value for key, value in given.items() if value is not None}


def files(*packages, code=CODE, **config):
    config = {"dependencies": [{"installer": "pip", "packages": list(packages)}], **config}
    return {"config.json": json.dumps(config).encode(), "customize_service.py": code}


def failure(services, name, *packages):
    id = services.model(name, state="failed", source_location=services.upload(name, files(*packages)))
    folders = services.server.data / "models"
    wait(lambda: not list(folders.glob(f"{id}*")), what="the removal of what was begun")
    return services.show_model(id)["failed_reason"]


def test_a_package_is_installed_and_goes_before_the_runtimes_own(server, services):
    wanted = [package("humanize", "4.9.0", "EXACT"), package("scikit_learn"), package("Orjson", "1.0", "ATLEAST")]
    model = services.model("packages", source_location=services.upload("packages", files(*wanted)))
    # What the runtime has already is not there twice.
    installed = {path.name for path in (server.data / "models" / f"{model}.packages").glob("*.dist-info")}
    assert installed == {"humanize-4.9.0.dist-info"}
    assert not (server.data / "models" / f"{model}.packages.new").exists()
    answer = services.caller(services.running("packages", services.config(model))).answer({"number": 1234567})
    assert answer["said"] == "1.2 million" and answer["file"].startswith("/home/ma-user/infer/packages/humanize/")
    own = next(place for place in answer["path"] if place.endswith("inference/lib/python3.11/site-packages"))
    assert answer["path"].index("/home/ma-user/infer/packages") < answer["path"].index(own)


def test_a_command_of_ones_own_has_them_too_and_they_go_with_the_model(server, services):
    given = files(package("humanize", "4.0", "ATLEAST"), command="python app.py")
    model = services.model("commanded", source_location=services.upload("commanded", {**given, "app.py": COMMAND}))
    id = services.running("commanded", services.config(model))
    caller = services.caller(id)
    assert caller.session.get(caller.address + "/", timeout=60).text == "1,234,567"
    services.delete(id)
    assert server.request("DELETE", f"{services.base}/models/{model}").json()["delete_success_list"] == [model]
    assert not list((server.data / "models").glob(f"{model}*"))


def test_what_the_model_names_may_be_of_another_version_than_the_runtimes(server, services):
    place = services.upload("older", files(package("joblib", "1.4.2"), package("humanize"), package("packaging")))
    model = services.model("older", source_location=place)
    installed = {path.name for path in (server.data / "models" / f"{model}.packages").glob("joblib*.dist-info")}
    assert installed == {"joblib-1.4.2.dist-info"}


@pytest.mark.parametrize("name, packages, sentence", [
    ("absent", [package("atelier-has-no-such-package")],
     "pip says: No matching distribution found for atelier-has-no-such-package"),
    ("future", [package("humanize", "4000.1", "ATLEAST")], "pip says: No matching distribution found"),
    ("conflict", [package("humanize", "4.9.0"), package("humanize", "4.8.0")], "pip says: Cannot install"),
])
def test_what_pip_cannot_find_fails_with_its_sentence(services, name, packages, sentence):
    reason = failure(services, name, *packages)
    assert "config.json: dependencies" in reason and sentence in reason


@pytest.mark.parametrize("name, version", [
    ("https://example.com/x.whl", None), ("--index-url", None), ("../x", None), ("x @ file:///etc", None),
    ("x[extra]", None), ("x; import os", None), ("-r", None), ("humanize", "1.0 --pre"), ("humanize", "1.*"),
    ("humanize", "x"), ("humanize", "==1"), ("humanize", "1 @ http://h/"), ("humanize", "$(id)")])
def test_what_is_no_name_or_version_is_refused(services, name, version):
    config = {"dependencies": [{"installer": "pip", "packages": [package(name, version)]}]}
    answer = services.server.request("POST", f"{services.base}/models", {
        "model_name": "odd", "model_version": "1.0.0", "source_location": "/models/odd",
        "initial_config": json.dumps(config)})
    assert answer.status_code == 400 and "package_" in answer.text, answer.text
    services.upload("odd", files(package(name, version)))
    assert ("no name" if version is None else "no version") in failure(services, "odd", package(name, version))


def installers(server):
    """Processes of an installation of this server."""
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "pip" in words and str(server.data) in words and "--die-with-parent" in words:
            found.append(int(place.name))
    return found


class SlowIndex:
    """An index of packages that takes connections and says nothing."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(100)
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/simple"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def begin(services, name):
    place = services.upload(name, files(package("humanize", "4.9.0")))
    answer = services.server.request("POST", f"{services.base}/models", {
        "model_name": name, "model_version": "1.0.0", "source_location": place})
    assert answer.status_code == 200, answer.text
    return answer.json()["model_id"]


def test_an_installation_ends_with_the_server_and_begins_anew(tmp_path, monkeypatch):
    with SlowIndex() as index, Server(tmp_path) as server:
        server.stop()
        monkeypatch.setenv("PIP_INDEX_URL", index.address)
        server.start()
        services = Services(server)
        id = begin(services, "slow")
        wait(lambda: installers(server), what="the installation")
        # Others wait for nothing: their models are published meanwhile, the API answers.
        plain = services.upload("plain", {"customize_service.py": b""})
        services.model("plain", source_location=plain)
        assert services.show_model(id)["model_status"] == "publishing"
        server.kill()
        wait(lambda: not installers(server), what="the end of the installation")
        server.start()
        wait(lambda: installers(server), what="the installation anew")
        # Nor does it hold up the server's end.
        server.stop()
        wait(lambda: not installers(server), what="the end of the installation")
        monkeypatch.delenv("PIP_INDEX_URL")
        server.start()
        wait(lambda: services.show_model(id)["model_status"] == "published", what="the model")
        assert (server.data / "models" / f"{id}.packages" / "humanize").is_dir()


def test_deleting_a_model_ends_its_installation(tmp_path, monkeypatch):
    with SlowIndex() as index, Server(tmp_path) as server:
        server.stop()
        monkeypatch.setenv("PIP_INDEX_URL", index.address)
        server.start()
        services = Services(server)
        id = begin(services, "slow")
        wait(lambda: installers(server), what="the installation")
        answer = server.request("DELETE", f"{services.base}/models/{id}")
        assert answer.json()["delete_success_list"] == [id]
        wait(lambda: not installers(server), what="the end of the installation")
        wait(lambda: not list((server.data / "models").glob(f"{id}*")), what="the removal of what was begun")


def test_an_installation_that_loads_nothing_says_so(tmp_path):
    with Server(tmp_path) as server:
        server.stop()
        server.start(options=["--no-model-packages"])
        services = Services(server)
        reason = failure(services, "lacking", package("humanize", "4.9.0"))
        assert "this installation loads no packages" in reason and "humanize==4.9.0" in reason
        # What the runtime has needs no loading.
        services.model("has", source_location=services.upload("has", files(package("scikit-learn"))))
