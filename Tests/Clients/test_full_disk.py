"""A disk that is full: clear errors, nothing half kept, and all is well when there is room again."""

import os
import subprocess

import pytest
from atelier import Server, wait


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(place)], capture_output=True)
    if os.geteuid() != 0 or mounted.returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_loses_nothing(small_disk):
    with Server(small_disk) as server:
        server.top_up("10")
        server.upload("code", "train.py", b"print('trained')")
        job = server.create_job("outlives", "while [ ! -e /cache/../tmp/never ]; do sleep 0.1; done")
        server.wait_for(job, "Running")
        filler = small_disk / "filler"
        # Unbuffered: a buffer that could not be written is tried once more when the file is closed, and throws there.
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        balance = server.get("/atelier/v1/balance")
        refused = server.request(
            "PUT", "/atelier/v1/buckets/code/objects/large.bin", b"y" * 4_000_000,
            headers={"Content-Type": "application/octet-stream", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
        assert refused.status_code == 507 and refused.json()["error_code"] == "ModelArts.0507", refused.text
        keys = [item["key"] for item in server.get("/atelier/v1/buckets/code/objects")["items"]]
        assert keys == ["train.py"]
        answers = [server.request("POST", f"/atelier/v1/accounts/{server.domain_id}/top-ups", {"amount": "1"})
                   for _ in range(40)]
        accepted = sum(answer.status_code == 200 for answer in answers)
        assert {answer.status_code for answer in answers} <= {200, 507}, {answer.status_code for answer in answers}
        filler.unlink()
        # What was acknowledged is there to the cent, what was refused is not.
        assert float(server.get("/atelier/v1/balance")["cash"]) == float(balance["cash"]) + accepted
        server.request("POST", f"/v2/{server.project_id}/training-jobs/{job}/actions", {"action_type": "terminate"})
        assert server.wait_for_end(job)["status"]["phase"] == "Terminated"
        done = server.create_job("afterwards", "echo fine")
        assert server.wait_for_end(done)["status"]["phase"] == "Completed"
