"""What notebooks cost: from creation to RUNNING beside `jupyter lab` itself and JupyterHub's spawn, and what many of them cost the
server while they run and while they rest; a line a figure.

HUB is the Python of an environment with JupyterHub and JupyterLab. WHAT limits the run: `starts`, `many`. `many` needs root: it
keeps its volumes on a disk of its own, a sparse file, since fifty of them take 250 GB.
"""

import http.client
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Clients"))
from atelier import RUNTIMES, Server, wait  # noqa: E402
from events import report  # noqa: E402

HUB = os.environ.get("HUB", ".venv-hub/bin/python")
ROUNDS = 7
SMALL = """
flavors:
  - {id: small, name: Small, type: CPU, vcpu: 0.04, memory: 256 MiB, products: [notebook]}
prices:
  - {product: notebook, flavor: small, per_hour: 0.01, from: 2020-01-01}
"""


def main(what):
    for part in what or ["starts", "many"]:
        {"starts": starts, "many": many}[part]()


def starts():
    """Turn by turn, so that the machine is the same for each."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        first, again, bare = [], [], []
        with Server(folder) as server:
            server.top_up("100")
            for number in range(ROUNDS + 1):
                bare.append(jupyter_lab(folder / f"lab-{number}"))
                began = time.perf_counter()
                notebook = create(server, f"n{number}", "modelarts.vm.cpu.2u")
                until_running(server, [notebook])
                first.append(time.perf_counter() - began)
                stop(server, [notebook])
                began = time.perf_counter()
                server.request("POST", path(server, notebook) + "/start")
                until_running(server, [notebook])
                again.append(time.perf_counter() - began)
                delete(server, [notebook])
        # The first of each warms the files that all of them read.
        bare, first, again = (statistics.median(times[1:]) for times in (bare, first, again))
        report("jupyter lab itself, start to first answer, p50", f"{bare:.2f} s", "")
        report("notebook, create → RUNNING, p50", f"{first:.2f} s, {first - bare:+.2f} s", "bar +0.30 s")
        report("notebook, stopped → RUNNING, p50", f"{again:.2f} s, {again - bare:+.2f} s", "")
        hub(folder)


def hub(folder):
    said = subprocess.run(
        [HUB, str(pathlib.Path(__file__).with_name("gateway_kernels.py")), "spawns", str(folder), str(ROUNDS)],
        capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    times = [float(line) for line in said.stdout.split()]
    report("  yardstick: JupyterHub, spawn → ready, p50", f"{statistics.median(times[1:]):.2f} s", "")


def jupyter_lab(folder):
    """Seconds until `jupyter lab` answers, started as notebooks start it, without a sandbox."""
    folder.mkdir()
    place = folder / "j"
    began = time.perf_counter()
    process = subprocess.Popen(
        [f"{RUNTIMES}/jupyterlab/bin/python", "-I", "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.sock={place}",
         f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.news_url=None",
         "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly"],
        env={"HOME": str(folder), "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not answers(place):
        assert process.poll() is None
        time.sleep(0.01)
    taken = time.perf_counter() - began
    process.kill()
    process.wait()
    return taken


def answers(place):
    connection = http.client.HTTPConnection("localhost", timeout=5)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(str(place))
        connection.request("GET", "/api/status")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def many(count=50, seconds=60):
    """The server's own processor time and memory, with as many notebooks as told."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Disk(folder) as disk, Server(disk) as server:
            small(server)
            server.top_up("1000")
            time.sleep(5)
            empty = memory(server), cpu(server, 20)
            ids = []
            # What starts at once shares two cores; so they come a few at a time.
            for number in range(0, count, 10):
                some = [create(server, f"n{number + n}", "small") for n in range(min(10, count - number))]
                until_running(server, some, 400)
                ids += some
            # An hour of being idle is judged by one look; the rest of the time nobody asks.
            running = cpu(server, seconds)
            stop(server, ids)
            time.sleep(5)
            stopped = memory(server), cpu(server, 20)
            server.stop()
            server.start()
            time.sleep(5)
            anew = memory(server), cpu(server, 20)
            report("server idle, no notebooks", f"{empty[0]:.0f} MiB, {empty[1]:.2f} % CPU", "")
            report(f"server, {count} notebooks running", f"{running:.2f} % CPU", "bar 1 %")
            report(f"server, {count} notebooks stopped", f"{stopped[0]:.0f} MiB, {stopped[1]:.2f} % CPU", "no growth")
            report("the same, started anew", f"{anew[0]:.0f} MiB, {anew[1]:.2f} % CPU", "no growth")
            delete(server, ids)
            wait(lambda: not list(server.data.glob("volumes/*")), 120, "the volumes' end")


class Disk:
    """A disk in a file that takes only what is written: space that volumes set aside on it is nobody's."""

    def __init__(self, folder):
        self.image, self.place = folder / "disk", folder / "place"

    def __enter__(self):
        self.place.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(400 << 30)
        for command in (["mkfs.xfs", "-q", self.image], ["mount", "-o", "loop", self.image, self.place]):
            subprocess.run(command, check=True)
        return self.place

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.place], check=True)
        self.image.unlink()


def small(server):
    """Puts a flavor into the price book of which fifty fit on two cores."""
    server.stop()
    book = server.data / "price-books/default.yaml"
    text = book.read_text()
    for part in SMALL.strip().split("\n"):
        if part.endswith(":"):
            key = part
        else:
            text = text.replace(f"\n{key}\n", f"\n{key}\n{part}\n", 1)
    book.write_text(text)
    server.start()


def path(server, notebook=""):
    return f"/v1/{server.project_id}/notebooks" + (f"/{notebook}" if notebook else "")


def create(server, name, flavor):
    images = server.get(f"/v1/{server.project_id}/images")["data"]
    answer = server.request("POST", path(server), {
        "name": name, "flavor": flavor, "image_id": images[0]["id"],
        "volume": {"category": "EVS", "ownership": "MANAGED", "capacity": 5}, "lease": {"type": "IDLE", "duration": 3_600_000}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "CREATING", answer.text
    return answer.json()["id"]


def until_running(server, ids, seconds=60):
    until(server, ids, "RUNNING", seconds)


def until(server, ids, status, seconds):
    deadline = time.monotonic() + seconds
    for id in ids:
        while (seen := server.get(path(server, id)))["status"] != status:
            assert time.monotonic() < deadline and "FAILED" not in seen["status"], seen
            time.sleep(0.01)


def stop(server, ids):
    for id in ids:
        server.request("POST", path(server, id) + "/stop")
    until(server, ids, "STOPPED", 120)


def delete(server, ids):
    for id in ids:
        server.request("DELETE", path(server, id))
    for id in ids:
        wait(lambda: server.request("GET", path(server, id)).status_code == 404, 120, "a notebook's end")


def cpu(server, seconds):
    """Percent of one core that the server takes by itself."""
    def ticks():
        fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])
    before = ticks()
    time.sleep(seconds)
    return (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds * 100


def memory(server):
    """MiB of the server's own memory."""
    text = pathlib.Path(f"/proc/{server.process.pid}/smaps_rollup").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("Rss:")).split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
