"""A notebook as its user has it: made by the official SDK, opened through the gateway, cells run over its WebSocket."""

import json
import uuid

import pytest
import requests
import websocket
from atelier import wait
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmodelarts.v1 import (
    CreateNotebookRequest, DeleteNotebookRequest, LeaseReq, ListImageRequest, NotebookCreateRequest, ShowNotebookRequest,
    StartNotebookRequest, StopNotebookRequest, VolumeMountRequest)

FLAVOR = "modelarts.vm.cpu.1u"


def attempts(server):
    """Folders of all runs that a server keeps; those of ended jobs stay, for their logs."""
    return set(server.data.glob("attempts/*"))


def refused(act):
    """What the SDK raises where the server refuses."""
    with pytest.raises(ClientRequestException) as refusal:
        act()
    return refusal.value


class Notebooks:
    """The notebooks of one project; those that a test leaves are deleted with it."""

    def __init__(self, server, client):
        self.server, self.client = server, client
        self.ids = []

    @property
    def image(self):
        return self.client.list_image(ListImageRequest(name="jupyterlab")).data[0].id

    def wish(self, name="mine", flavor=FLAVOR, capacity=5, image=None, **more):
        return NotebookCreateRequest(
            name=name, flavor=flavor, image_id=image or self.image, feature="NOTEBOOK",
            volume=VolumeMountRequest(category="EVS", ownership="MANAGED", capacity=capacity), **more)

    def create(self, *arguments, **more):
        made = self.client.create_notebook(CreateNotebookRequest(body=self.wish(*arguments, **more)))
        self.ids.append(made.id)
        return made

    def running(self, *arguments, **more):
        made = self.create(*arguments, **more)
        self.wait(made.id, "RUNNING")
        return self.show(made.id)

    def show(self, id):
        return self.client.show_notebook(ShowNotebookRequest(id=id))

    def wait(self, id, *statuses, seconds=60):
        wait(lambda: self.show(id).status in statuses, seconds, f"{statuses} of {id}")
        return self.show(id)

    def stop(self, id):
        self.client.stop_notebook(StopNotebookRequest(id=id))
        return self.wait(id, "STOPPED")

    def start(self, id, **lease):
        self.client.start_notebook(StartNotebookRequest(id=id, **lease))
        return self.wait(id, "RUNNING")

    def delete(self, id):
        self.client.delete_notebook(DeleteNotebookRequest(id=id))
        wait(lambda: self.is_gone(id), what=f"the end of {id}")

    def is_gone(self, id):
        path = f"/v1/{self.server.project_id}/notebooks/{id}"
        return self.server.request("GET", path).status_code == 404

    def clear(self):
        """Ends everything, whatever state a test left it in."""
        for id in self.ids:
            if self.is_gone(id):
                continue
            if self.show(id).status in ("CREATING", "STARTING"):
                self.client.stop_notebook(StopNotebookRequest(id=id))
            self.delete(id)
        self.ids = []


class Jupyter:
    """A running notebook behind the gateway, opened with its token."""

    def __init__(self, server, notebook, token=None):
        self.base = f"{server.endpoint}/notebooks/{notebook.id}"
        self.token = token or notebook.token

    def request(self, method, path, **more):
        headers = {"Authorization": f"token {self.token}"}
        return requests.request(method, self.base + path, headers=headers, timeout=60, **more)

    def get(self, path):
        answer = self.request("GET", path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def new_kernel(self):
        made = self.request("POST", "/api/kernels", json={"name": "python3"})
        assert made.status_code == 201, made.text
        return made.json()["id"]

    def connect(self, kernel, seconds=60):
        address = self.base.replace("http", "ws", 1) + f"/api/kernels/{kernel}/channels"
        return websocket.create_connection(address, timeout=seconds, header=[f"Authorization: token {self.token}"])

    def send(self, connection, code):
        """Sends a cell; gives its message's id."""
        id = uuid.uuid4().hex
        connection.send(json.dumps({
            "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
            "header": {"msg_id": id, "msg_type": "execute_request", "version": "5.3", "session": "test",
                       "username": "test", "date": "2026-01-01T00:00:00Z"},
            "content": {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": True}}))
        return id

    def run(self, kernel, code, seconds=60):
        """Runs a cell to its end; gives what it wrote, and fails with its error."""
        connection = self.connect(kernel, seconds)
        try:
            id = self.send(connection, code)
            text = ""
            while True:
                message = json.loads(connection.recv())
                if message["parent_header"].get("msg_id") != id:
                    continue
                kind, content = message["msg_type"], message["content"]
                if kind == "stream":
                    text += content["text"]
                elif kind == "execute_result":
                    text += content["data"]["text/plain"]
                elif kind == "error":
                    raise AssertionError("\n".join(content["traceback"]))
                elif kind == "status" and content["execution_state"] == "idle":
                    return text
        finally:
            connection.close()


def lease(kind, hours=1):
    return LeaseReq(type=kind, duration=hours * 3_600_000)
