"""Models: taken up from buckets and training jobs, listed, in versions, deleted; and what cannot be taken up."""

import json

import pytest
from models import Services, make_model

FIT = ("import joblib; from sklearn.linear_model import LogisticRegression; "
       "joblib.dump(LogisticRegression().fit([[0], [1], [2], [3]], [0, 0, 1, 1]), 'model.joblib')")


@pytest.fixture
def services(server):
    services = Services(server)
    yield services
    services.clear()


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    make_model(folder, FIT)
    return {"model.joblib": (folder / "model.joblib").read_bytes()}


def test_a_model_from_a_bucket(server, services, package):
    config = {"model_type": "Scikit_Learn", "model_algorithm": "steps", "metrics": {"accuracy": 1},
              "apis": [{"protocol": "http", "url": "/", "method": "post"}],
              "dependencies": [{"installer": "pip", "packages": [{"package_name": "scikit-learn"}]}]}
    place = services.upload("steps/model", {**package, "config.json": json.dumps(config).encode()})
    id = services.model("steps", source_location=place.removesuffix("model/"), description="a step")
    model = services.show_model(id)
    assert model["model_type"] == "Scikit_Learn" and model["runtime"] == "inference-1.0"
    assert json.loads(model["model_metrics"]) == {"accuracy": 1} and model["is_free"]
    assert model["dependencies"][0]["packages"] == [{"package_name": "scikit-learn"}]
    assert model["model_size"] > len(package["model.joblib"])
    # What happens to the bucket later changes nothing of it.
    assert server.request("DELETE", "/atelier/v1/buckets/models/objects/steps/model/model.joblib").status_code == 204
    assert services.show_model(id)["model_status"] == "published"


def test_versions_are_listed_in_order_and_filtered(server, services, package):
    place = services.upload("listed", package)
    for version in ["1.0.0", "1.10.0", "1.9.0"]:
        services.model("listed", version, source_location=place)
    services.model("listed-too", source_location=place)

    def listed(query):
        answer = server.get(f"{services.base}/models?{query}")
        assert answer["count"] == len(answer["models"])
        return [(model["model_name"], model["model_version"]) for model in answer["models"]]

    own = [("listed", "1.10.0"), ("listed", "1.9.0"), ("listed", "1.0.0")]
    assert listed("model_name=listed&exact_match=true&sort_by=model_version") == own
    assert listed("model_name=listed&exact_match=true&sort_by=model_version&order=asc") == own[::-1]
    assert listed("model_name=listed&limit=1&offset=1&sort_by=model_version&exact_match=true") == own[1:2]
    assert len(listed("model_name=LISTED")) == 4
    assert listed("model_name=listed&model_status=failed") == []
    answer = server.request("GET", f"{services.base}/models?model_status=ready")
    assert answer.status_code == 400 and "published" in answer.json()["error_msg"]


def test_deleting_one_or_all_versions(server, services, package):
    place = services.upload("gone", package)
    first, second, third = (services.model("gone", f"1.0.{n}", source_location=place) for n in range(3))
    answer = server.request("DELETE", f"{services.base}/models/{first}")
    assert answer.json() == {"delete_success_list": [first], "delete_failed_list": []}
    assert server.request("GET", f"{services.base}/models/{first}").status_code == 404
    answer = server.request("DELETE", f"{services.base}/models/{second}?cascade=true")
    assert sorted(answer.json()["delete_success_list"]) == sorted([second, third])
    assert not any((server.data / "models" / id).exists() for id in (first, second, third)), "packages stay behind"


def test_a_model_of_a_training_job(server, services):
    output = {"name": "model", "remote": {"obs": {"obs_url": "obs://models/trained/"}}}
    job = server.create_job("trains", 'sleep 1; shift; echo a model > "$1/model.txt"', outputs=[output])
    unfinished = server.request("POST", f"{services.base}/models", {
        "model_name": "trained", "model_version": "1.0.0", "source_job_id": job})
    assert unfinished.status_code == 400 and "Completed" in unfinished.json()["error_msg"]
    assert server.wait_for_end(job)["status"]["phase"] == "Completed"
    id = services.model("trained", "1.0.1", source_job_id=job)
    model = services.show_model(id)
    assert model["source_job_id"] == job and model["source_location"] == "obs://models/trained/"
    assert model["model_source"] == "training"


@pytest.mark.parametrize("body, field", [
    ({}, "model_name"),
    ({"model_name": "a", "model_version": "one"}, "model_version"),
    ({"model_name": "a", "model_version": "1.0.0", "source_location": "obs://models/not-there/"}, "source_location"),
    ({"model_name": "a", "model_version": "1.0.0", "source_location": "obs://nobody/x/"}, "source_location"),
    ({"model_name": "a", "model_version": "1.0.0", "source_location": "/models/../x"}, "source_location"),
    ({"model_name": "a", "model_version": "1.0.0", "source_job_id": "none"}, "source_job_id"),
    ({"model_name": "a", "model_version": "1.0.0", "source_location": "/models/x", "runtime": "tf"}, "runtime"),
    ({"model_name": "a", "model_version": "1.0.0", "source_location": "/models/x", "model_type": "Image"}, "model_type"),
])
def test_bad_models_are_refused_by_field(server, services, package, body, field):
    services.upload("x", package)
    answer = server.request("POST", f"{services.base}/models", body)
    assert answer.status_code == 400, answer.text
    assert field in [fault["field"] for fault in answer.json()["faults"]]


def test_the_same_version_is_refused_and_a_failed_one_makes_room(server, services, package):
    place = services.upload("twice", {**package, "config.json": b"{"})
    id = services.model("twice", state="failed", source_location=place)
    assert "config.json" in services.show_model(id)["failed_reason"]
    services.upload("twice", {"config.json": b"{}"})
    again = services.model("twice", source_location=place)
    assert again != id
    answer = server.request("POST", f"{services.base}/models", {
        "model_name": "twice", "model_version": "1.0.0", "source_location": place})
    assert answer.status_code == 409 and "version 1.0.0 of twice" in answer.json()["error_msg"]


def test_another_accounts_models_are_not_there(server, services, package):
    id = services.model("mine", source_location=services.upload("mine", package))
    opened = server.request("POST", "/atelier/v1/accounts", {
        "name": "models-stranger", "user_name": "eve", "password": "a-long-password"}).json()
    for method in ("GET", "DELETE"):
        answer = server.request(
            method, f"/v1/{opened['project']['id']}/models/{id}", access=opened["access_key"], secret=opened["secret_key"])
        assert answer.status_code == 404, answer.text
