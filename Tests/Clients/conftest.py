"""A real server for every test that asks for one, and the official SDKs' clients on it."""

import pytest
from atelier import Server
from burners import LOOKS, PAUSE, Burners
from jupyter import Notebooks

from huaweicloudsdkbss.v2 import BssClient
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkevs.v2 import EvsClient
from huaweicloudsdkiam.v3 import IamClient
from huaweicloudsdkmodelarts.v1 import ModelArtsClient


burners = Burners()


def pytest_runtest_logstart(nodeid, location):
    burners.test = nodeid


def pytest_terminal_summary(terminalreporter):
    """Tells who burnt the processor, since nothing else shows why a run was slow."""
    burners.stop()
    for told in burners.told.values():
        terminalreporter.write_line(f"burnt a core for {PAUSE * LOOKS} s and longer: {told}")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server on real time, shared by the tests that change nothing for each other."""
    with Server(tmp_path_factory.mktemp("shared")) as server:
        server.top_up("1000")
        server.upload("code", "train.py", TRAIN)
        yield server


@pytest.fixture
def own_server(tmp_path):
    """A server of the test's own, on a clock that only the test moves; not started yet."""
    with Server(tmp_path, clock="simulated") as server:
        yield server


@pytest.fixture(scope="session")
def modelarts(server):
    return modelarts_client(server)


@pytest.fixture
def notebooks(server, modelarts):
    """Notebooks on the shared server; those that a test leaves are deleted with it."""
    notebooks = Notebooks(server, modelarts)
    yield notebooks
    notebooks.clear()


@pytest.fixture(scope="session")
def bss(server):
    credentials = GlobalCredentials(server.access_key, server.secret_key, server.domain_id)
    return BssClient.new_builder().with_credentials(credentials).with_endpoints([server.endpoint]).build()


@pytest.fixture(scope="session")
def iam(server):
    credentials = GlobalCredentials(server.access_key, server.secret_key, server.domain_id)
    return IamClient.new_builder().with_credentials(credentials).with_endpoints([server.endpoint]).build()


@pytest.fixture(scope="session")
def evs(server):
    return evs_client(server)


def evs_client(server, access=None, secret=None, project=None):
    credentials = BasicCredentials(
        access or server.access_key, secret or server.secret_key, project or server.project_id)
    return EvsClient.new_builder().with_credentials(credentials).with_endpoints([server.endpoint]).build()


def modelarts_client(server, access=None, secret=None, project=None):
    credentials = BasicCredentials(
        access or server.access_key, secret or server.secret_key, project or server.project_id)
    return ModelArtsClient.new_builder().with_credentials(credentials).with_endpoints([server.endpoint]).build()


TRAIN = b"""
import argparse, os, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--model", default=None)
parser.add_argument("--seconds", type=float, default=0)
arguments = parser.parse_args()
for epoch in range(arguments.epochs):
    print("epoch", epoch, flush=True)
if arguments.model:
    with open(os.path.join(arguments.model, "model.txt"), "w") as file:
        file.write("weights of %d epochs" % arguments.epochs)
time.sleep(arguments.seconds)
print("done", os.environ["MA_JOB_DIR"], flush=True)
"""
