"""What notebooks live through: a killed server, a passing clock, an empty purse, greedy cells, and each other."""

import glob
import json
import os
import signal
import time
from decimal import Decimal

import pytest
import requests
import websocket
from atelier import Server, wait
from conftest import modelarts_client
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkmodelarts.v1 import RenewLeaseRequest, StartNotebookRequest
from jupyter import Jupyter, Notebooks, attempts, lease

HOUR = 3_600_000


@pytest.fixture
def simulated(own_server):
    """A server whose time only the test moves, with money, and its notebooks."""
    own_server.move_clock("2030-01-10T10:00:00+08:00")
    own_server.top_up("100")
    notebooks = Notebooks(own_server, modelarts_client(own_server))
    yield own_server, notebooks
    notebooks.clear()


def lease_of(server, notebook):
    return server.get(f"/v1/{server.project_id}/notebooks/{notebook.id}/lease")


def test_a_kernel_outlives_the_server(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("100")
        notebooks = Notebooks(server, modelarts_client(server))
        made = notebooks.running("outlives")
        jupyter = Jupyter(server, made)
        kernel = jupyter.new_kernel()
        jupyter.run(kernel, "import os, time\nanswer = 42\npid = os.getpid()")
        connection = jupyter.connect(kernel)
        jupyter.send(connection, "for tick in range(40):\n    time.sleep(0.1)\ndone = tick")
        wait(lambda: jupyter.get(f"/api/kernels/{kernel}")["execution_state"] == "busy", what="the cell's start")
        server.kill()
        server.start()
        notebooks.client = modelarts_client(server)
        assert notebooks.show(made.id).status == "RUNNING"
        jupyter = Jupyter(server, made)
        assert jupyter.get(f"/api/kernels/{kernel}")["execution_state"] == "busy"
        # The same kernel, with its variables, when the cell has come to its end.
        assert jupyter.run(kernel, "print(answer, done, pid == os.getpid())") == "42 39 True\n"
        usage = server.get(f"/atelier/v1/usage?resource={made.id}")["items"]
        assert len(usage) == 1 and usage[0]["running"]
        notebooks.clear()


def test_a_start_goes_on_after_a_killed_server(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("100")
        notebooks = Notebooks(server, modelarts_client(server))
        for moment in range(4):
            made = notebooks.create(f"killed-{moment}")
            time.sleep(moment * 0.3)  # the moment itself, not a wait for something
            server.kill()
            server.start()
            notebooks.client = modelarts_client(server)
            assert notebooks.wait(made.id, "RUNNING").fail_reason == ""
            # One run, one volume, one reservation each: nothing was started twice.
            assert len(glob.glob(f"{server.data}/attempts/*")) == 1
            assert len(glob.glob(f"{server.data}/volumes/*")) == 1
            notebooks.delete(made.id)
        assert glob.glob(f"{server.data}/attempts/*") == []
        wait(lambda: glob.glob(f"{server.data}/volumes/*") == [], what="the volumes' end")


def test_compute_is_billed_while_it_runs_and_storage_until_it_is_deleted(simulated):
    server, notebooks = simulated
    made = notebooks.running("billed")
    server.move_clock("2030-01-10T10:20:00+08:00")
    notebooks.stop(made.id)
    server.move_clock("2030-01-10T10:40:00+08:00")
    notebooks.start(made.id)
    server.move_clock("2030-01-10T10:50:00+08:00")
    notebooks.stop(made.id)
    server.move_clock("2030-01-10T11:30:00+08:00")
    volume = notebooks.show(made.id).volume.id
    notebooks.delete(made.id)
    server.move_clock("2030-01-10T12:00:20+08:00")
    lines = wait(lambda: (lines := server.get("/atelier/v1/bills")["items"]) and len(lines) == 4 and lines,
                 what="four bill lines")
    compute = sorted((line["from"], line["seconds"], line["due"]) for line in lines if line["resource_id"] == made.id)
    assert compute == [
        ("2030-01-10T02:00:00Z", 1200, truncated(Decimal("0.115") * 1200 / 3600)),
        ("2030-01-10T02:40:00Z", 600, truncated(Decimal("0.115") * 600 / 3600))]
    storage = sorted((line["from"], line["seconds"], line["due"]) for line in lines if line["resource_id"] == volume)
    assert storage == [
        ("2030-01-10T02:00:00Z", 3600, truncated(Decimal("0.00017") * 5)),
        ("2030-01-10T03:00:00Z", 1800, truncated(Decimal("0.00017") * 5 / 2))]
    assert server.get("/atelier/v1/balance")["held"] in ("0", "0.00")


def truncated(amount):
    return str(amount.quantize(Decimal("0.00000001"), rounding="ROUND_DOWN").normalize())


def test_a_timing_lease_stops_it_whatever_it_does(simulated):
    server, notebooks = simulated
    made = notebooks.running("timed")
    jupyter = Jupyter(server, made)
    connection = jupyter.connect(jupyter.new_kernel())
    jupyter.send(connection, "while True: pass")
    server.move_clock("2030-01-10T10:59:00+08:00")
    assert lease_of(server, made)["remaining"] == 60_000
    notebooks.client.renew_lease(RenewLeaseRequest(id=made.id, duration=HOUR))
    server.move_clock("2030-01-10T11:58:00+08:00")
    assert lease_of(server, made)["remaining"] == 60_000
    assert notebooks.show(made.id).status == "RUNNING"
    server.move_clock("2030-01-10T11:59:00+08:00")
    stopped = notebooks.wait(made.id, "STOPPED")
    assert "lease of 1 h was over" in stopped.fail_reason
    # A notebook that was stopped by itself starts again (kubeflow issue 6648).
    notebooks.start(made.id)


def test_an_idle_lease_minds_cells_and_not_open_tabs(simulated):
    server, notebooks = simulated
    made = notebooks.running("idle", lease=lease("IDLE", 1))
    jupyter = Jupyter(server, made)
    kernel = jupyter.new_kernel()
    jupyter.run(kernel, "import time")
    # A cell that says nothing for hours is in use (JupyterHub issue 1498).
    connection = jupyter.connect(kernel)
    jupyter.send(connection, "time.sleep(12)")
    wait(lambda: lease_of(server, made)["is_busy"], what="the cell's start")
    for hour in (11, 12, 13):
        server.move_clock(f"2030-01-10T{hour}:30:00+08:00")
        seen = wait(lambda: (now := lease_of(server, made))["remaining"] == HOUR and now, what="a look at it")
        assert seen["is_busy"] and notebooks.show(made.id).status == "RUNNING"
    wait(lambda: not lease_of(server, made)["is_busy"], what="the cell's end")
    server.move_clock("2030-01-10T14:20:00+08:00")
    assert 0 < lease_of(server, made)["remaining"] <= 10 * 60_000 + 30_000
    assert notebooks.show(made.id).status == "RUNNING"
    # A tab that is open, asks what open tabs ask, and does nothing, keeps nothing alive (datahub pull request 1038).
    for path in ("/api/kernels", "/api/sessions", "/api/terminals", "/api/contents?content=1"):
        jupyter.get(path)
    server.move_clock("2030-01-10T14:32:00+08:00")
    stopped = notebooks.wait(made.id, "STOPPED")
    assert "idle for 1 h" in stopped.fail_reason
    connection.close()


def test_somebody_who_saves_a_file_is_there(simulated):
    server, notebooks = simulated
    made = notebooks.running("saves", lease=lease("IDLE", 1))
    jupyter = Jupyter(server, made)
    server.move_clock("2030-01-10T10:50:00+08:00")
    lease_of(server, made)
    saved = jupyter.request("PUT", "/api/contents/a.txt", json={"type": "file", "format": "text", "content": "a"})
    assert saved.status_code == 201
    wait(lambda: lease_of(server, made)["remaining"] > 50 * 60_000, what="the use's being seen")
    server.move_clock("2030-01-10T11:30:00+08:00")
    assert notebooks.show(made.id).status == "RUNNING"
    server.move_clock("2030-01-10T11:52:00+08:00")
    notebooks.wait(made.id, "STOPPED")


def test_arrears_freeze_it_and_a_top_up_thaws_it(own_server):
    server = own_server
    server.move_clock("2030-01-10T10:00:00+08:00")
    server.top_up("0.2")
    notebooks = Notebooks(server, modelarts_client(server))
    made = notebooks.running("frozen", lease=lease("TIMING", 72))
    # Two hours cost more than there is; from then on its lease is not moved, and ends a day after it was moved last.
    for moment in ("10T11:00:20", "10T12:00:20", "11T12:30:00"):
        server.move_clock(f"2030-01-{moment}+08:00")
        wait(lambda: server.hours_closed(), what=f"the hours until {moment}")
        if moment == "10T12:00:20":
            wait(lambda: float(server.get("/atelier/v1/balance")["arrears"]) > 0, what="the second hour's bill")
    frozen = notebooks.wait(made.id, "FROZEN")
    assert "arrears" in frozen.fail_reason and frozen.billing_items == ["STORAGE"]
    # What it ran until its lease ended is billed once its end is known.
    wait(lambda: float(server.get("/atelier/v1/balance")["arrears"]) > 0, what="the bill of the last hours")
    with pytest.raises(ClientRequestException) as refused:
        notebooks.client.start_notebook(StartNotebookRequest(id=made.id))
    assert refused.value.status_code == 403 and "owes" in refused.value.error_msg
    server.top_up("50")
    assert notebooks.start(made.id).status == "RUNNING"
    notebooks.clear()


def test_a_greedy_cell_kills_its_kernel_and_not_the_notebook(server, modelarts):
    notebooks = Notebooks(server, modelarts)
    try:
        made = notebooks.running("greedy")
        jupyter = Jupyter(server, made)
        kernel = jupyter.new_kernel()
        pid = pid_of(jupyter, kernel)
        connection = jupyter.connect(kernel)
        jupyter.send(connection, "x = bytearray(3 << 30)")
        wait(lambda: pid_of(jupyter, kernel) not in (None, pid), what="the kernel's new start")
        connection.close()
        assert notebooks.show(made.id).status == "RUNNING"
    finally:
        notebooks.clear()


def pid_of(jupyter, kernel):
    """The kernel's process; None while Jupyter starts another one: what it is sent meanwhile is lost."""
    try:
        return jupyter.run(kernel, "import os; print(os.getpid())", seconds=5)
    except (websocket.WebSocketException, OSError):
        return None


def test_a_lost_shim_is_seen_and_the_notebook_starts_again(server, modelarts):
    """As after a restart of the machine: nothing runs, and nobody saw the end."""
    notebooks = Notebooks(server, modelarts)
    others_attempts = attempts(server)
    try:
        made = notebooks.running("lost")
        jupyter = Jupyter(server, made)
        jupyter.run(jupyter.new_kernel(), "open('kept.txt', 'w').write('kept')")
        (attempt,) = attempts(server) - others_attempts
        os.kill(int(open(f"{attempt}/pid").read()), signal.SIGKILL)
        broken = notebooks.wait(made.id, "ERROR")
        assert "last proof of life" in broken.fail_reason and broken.billing_items == ["STORAGE"]
        assert not server.get(f"/atelier/v1/usage?resource={made.id}")["items"][0]["running"]
        again = notebooks.start(made.id)
        assert Jupyter(server, again).get("/api/contents/kept.txt")["content"] == "kept"
    finally:
        notebooks.clear()


def test_a_frame_of_a_hundred_megabytes_ends_its_connection_and_nothing_else(server, modelarts):
    notebooks = Notebooks(server, modelarts)
    try:
        made = notebooks.running("large")
        jupyter = Jupyter(server, made)
        kernel = jupyter.new_kernel()
        jupyter.run(kernel, "x = 1")
        connection = jupyter.connect(kernel)
        with pytest.raises((websocket.WebSocketException, OSError)):
            connection.send("x" * (100 << 20))
            while True:
                connection.recv()
        connection.close()
        assert jupyter.run(kernel, "print(x)") == "1\n"
        assert notebooks.show(made.id).status == "RUNNING"
    finally:
        notebooks.clear()


class Tenant:
    """Another account on the same server."""

    def __init__(self, server, name):
        made = server.request("POST", "/atelier/v1/accounts", {
            "name": name, "user_name": name, "password": "a-password-of-theirs"}).json()
        self.server, self.project_id = server, made["project"]["id"]
        self.access, self.secret, self.endpoint = made["access_key"], made["secret_key"], server.endpoint
        account = made["account"]["id"]
        assert server.request("POST", f"/atelier/v1/accounts/{account}/top-ups", {"amount": "10"}).status_code == 200
        self.client = modelarts_client(server, self.access, self.secret, self.project_id)

    def request(self, method, path, *arguments):
        return self.server.request(method, path, *arguments, access=self.access, secret=self.secret)


SPY = """
import glob, os, socket, subprocess
found = []
for path in {paths!r}:
    try:
        found.append(open(path).read() if os.path.isfile(path) else str(os.listdir(path)))
    except OSError: pass
for pid in filter(str.isdigit, os.listdir('/proc')):
    for name in ('cmdline', 'environ'):
        try: found.append(open('/proc/%s/%s' % (pid, name)).read())
        except OSError: pass
for port in {ports!r}:
    try: socket.create_connection(('127.0.0.1', port), 1); found.append('PORT %d' % port)
    except OSError: pass
for path in {sockets!r}:
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(path); found.append('SOCKET ' + path)
    except OSError: pass
print('|'.join(found))
"""


def test_two_accounts_see_nothing_of_each_other(server, modelarts):
    mine, theirs = Notebooks(server, modelarts), None
    try:
        tenant = Tenant(server, "neighbour")
        theirs = Notebooks(tenant, tenant.client)
        victim, spy = theirs.running("victim"), mine.running("spy")
        secret = Jupyter(tenant, victim)
        kernel = secret.new_kernel()
        where = secret.run(kernel, """
import os, socket
os.environ['SECRET'] = 'their-secret'
open('secret.txt', 'w').write('their-secret')
listener = socket.socket(); listener.bind(('127.0.0.1', 0)); listener.listen()
print(listener.getsockname()[1])
""")
        # What only somebody with the machine's own eyes could know, handed to the spy.
        volume = f"{server.data}/volumes/{victim.volume.id}"
        paths = [volume, str(server.data), f"{server.data}/atelier.sqlite", f"{server.data}/credentials.json",
                 *glob.glob(volume + "/**/secret.txt", recursive=True), "/proc/1/root" + str(server.data)]
        assert any(path.endswith("secret.txt") for path in paths)
        ports = [int(where), int(server.endpoint.rsplit(":", 1)[1])]
        sockets = glob.glob(f"{server.data}/s/*/j") + [f"{server.data}/hints.sock"]
        assert len(sockets) == 3
        jupyter = Jupyter(server, spy)
        seen = jupyter.run(jupyter.new_kernel(), SPY.format(paths=paths, ports=ports, sockets=sockets))
        assert "their-secret" not in seen and "PORT" not in seen and "SOCKET" not in seen
        assert victim.id not in seen and "secret.txt" not in seen and "sqlite" not in seen
        assert spy.id in seen  # its own processes it does see
        # Nor by the front door.
        base = f"{server.endpoint}/notebooks/{victim.id}/api/contents"
        assert requests.get(base, params={"token": spy.token}, timeout=60).status_code == 403
        path = f"/v1/{tenant.project_id}/notebooks/{victim.id}"
        assert server.request("GET", path).status_code == 403
        assert server.request("GET", path.replace(tenant.project_id, server.project_id)).status_code == 404
        assert server.request("DELETE", path.replace(tenant.project_id, server.project_id)).status_code == 404
    finally:
        mine.clear()
        if theirs:
            theirs.clear()
