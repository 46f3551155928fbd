"""What services cost: calls through the gateway beside nginx in front of the same instances, callers that rest, a
start, and a prediction beside the instance itself, MLServer and BentoML; a line a figure.

WHAT limits the run: `calls`, `idle`, `starts`, `latency`. BENCH_SECONDS is how long wrk runs at a time, BENCH_ROUNDS
how often everything has its turn. MLSERVER and BENTOML are the Pythons of environments with them.
"""

import contextlib
import json
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Clients"))
from atelier import Server, wait  # noqa: E402
from callers import Target, turns  # noqa: E402
from gateway import NGINX, answers, free_port, rss, tree_rss, wrk  # noqa: E402
from model_servers import INFER, NAME, VERSION, Alone, open_inference, peers, running  # noqa: E402
from models import Services, make_model, token_of  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CORE, CORES = "modelarts.vm.cpu.1u", "modelarts.vm.cpu.2u"
# Limits that are looked at with every call and never reached.
LIMITS = {"requests_per_second": 1_000_000, "concurrency": 100_000, "body_bytes": 1 << 20, "timeout_seconds": 60}
BODY = b'{"instances": [[0.1, 0.2, 0.3, 0.4]]}'
SHARES = {"1.0.0": 90, "2.0.0": 10}
SOCKET = "/run/service/j"
# About the fastest prediction that there is, and one of a few milliseconds.
ESTIMATORS = {"digits": "linear_model.LogisticRegression(max_iter=200)",
              "forest of 100 trees": "ensemble.RandomForestClassifier(n_estimators=100, random_state=0)"}
DIGITS = """
import json, joblib
from sklearn import ensemble, linear_model
from sklearn.datasets import load_digits
pictures, digits = load_digits(return_X_y=True)
model = ESTIMATOR.fit(pictures[1:] / 16, digits[1:])
joblib.dump(model, "model.joblib")
json.dump({"row": (pictures[0] / 16).tolist(), "told": int(model.predict(pictures[:1] / 16)[0])}, open("row.json", "w"))
"""


def main(what):
    # Callers and server share the machine, and 2,000 callers are as many files.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Linux {os.uname().release}")
    report("what", "ours", "yardstick", "ratio", "bar")
    for part in what or ["calls", "idle", "starts", "latency"]:
        {"calls": calls, "idle": idle, "starts": starts, "latency": latency}[part]()


@contextlib.contextmanager
def platform():
    """A folder, and what a project deploys on a server with money; it is deleted at the end."""
    with tempfile.TemporaryDirectory() as name, Server(name) as server:
        server.top_up("1000")
        services = Services(server)
        try:
            yield pathlib.Path(name), services
        finally:
            # Instances would outlive the server.
            services.clear()


# Calls


def calls():
    """Two models behind one address, 90/10: on their sockets themselves, then behind the runtime's relay."""
    with platform() as (folder, services), split(folder, services, "fast", behind_relay=False) as ways:
        for method in ("POST", "GET"):
            compare(f"{method}, 64 connections", folder, ways, method, "≥ 0.60; p99 ≤ 2x")
        added(ways)
    with platform() as (folder, services), split(folder, services, "relayed", behind_relay=True) as ways:
        compare("POST, 64 connections, behind the relay", folder, ways, "POST", "")


class Ways:
    """The same instances by the gateway, by nginx, and directly."""

    def __init__(self, service, gateway, nginx, direct, token):
        self.path = f"/v1/infers/{service}/predict"
        self.gateway, self.nginx, self.direct = gateway, nginx, direct
        self.headers = {"X-Auth-Token": token}

    def targets(self, body=None):
        return [Target("direct", self.direct, "/predict", body, self.headers),
                Target("nginx", self.nginx, self.path, body, self.headers),
                Target("gateway", self.gateway, self.path, body, self.headers)]


@contextlib.contextmanager
def split(folder, services, name, behind_relay):
    """A service of two models with limits, and nginx with the same split in front of its instances."""
    models = {answering(services, name, version, behind_relay): weight for version, weight in SHARES.items()}
    id = services.running(name, *(services.config(model, weight, flavor=CORE) for model, weight in models.items()),
                          limits=LIMITS)
    sockets = {instance_socket(services, one): models[one["model_id"]] for one in services.instances(id)}
    assert sorted(sockets.values()) == [10, 90], sockets
    ways = Ways(id, port_of(services.server), free_port(), max(sockets, key=sockets.get), token_of(services.server))
    with yardstick(folder, id, ways.nginx, sockets) as process:
        ways.yardstick = process
        for target in ways.targets(BODY):
            seen = sorted(Counter(target.ask()[1] for _ in range(100)).values())
            # nginx's workers share out each for itself.
            right = {"direct": seen == [100], "gateway": seen == [10, 90], "nginx": len(seen) == 2 and seen[0] < 15}
            assert right[target.name], (target.name, seen)
        yield ways
    shown = services.show(id)
    assert shown["failed_times"] == 0 and shown["invocation_times"] >= 100, shown


def answering(services, name, version, behind_relay):
    """A model whose command is nginx with one answer: on the instance's socket in the relay's place, or on the port."""
    place, take = ("127.0.0.1:8080", "") if behind_relay else (f"unix:{SOCKET}", f"rm -f {SOCKET}; ")
    body = f"""server {{ listen {place}; location / {{ return 200 '{{"version": "{version}"}}'; }} }}"""
    config = {"model_type": "Custom", "health": {"url": "/health", "protocol": "http"},
              "command": f"{take}exec /usr/sbin/nginx -e /tmp/said -c $PWD/nginx.conf"}
    place = services.upload(f"{name}-{version}", {
        "nginx.conf": NGINX.format(folder="/tmp", name="answering", workers=1, body=body).encode(),
        "config.json": json.dumps(config).encode()})
    return services.model(name, version, source_location=place)


@contextlib.contextmanager
def yardstick(folder, service, port, sockets):
    """nginx as a proxy of the instances, with kept connections and the headers that the gateway sets."""
    instances = "".join(f"server unix:{path} weight={weight}; " for path, weight in sockets.items())
    body = f"""
      upstream instances {{ {instances} keepalive 64; keepalive_requests 1000000000; }}
      server {{ listen 127.0.0.1:{port} backlog=4096;
        proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
        proxy_set_header X-Request-Id $request_id; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Auth-Token ""; proxy_request_buffering off;
        location /v1/infers/{service}/ {{ proxy_pass http://instances/; }} }}"""
    path = folder / "yardstick.conf"
    path.write_text(NGINX.format(folder=folder, name="yardstick", workers=2, body=body))
    with running(["/usr/sbin/nginx", "-e", str(folder / "yardstick.said"), "-c", str(path)], folder) as process:
        wait(lambda: answers(port), 10, "nginx")
        yield process


def compare(what, folder, ways, method, bar):
    """Requests a second and latencies under wrk, turn by turn; of each the median of its rounds."""
    script = folder / f"{method}.lua"
    script.write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
                      f"wrk.body = [[{BODY.decode()}]]\n" if method == "POST" else "")
    rounds = {ways.nginx: [], ways.gateway: []}
    for _ in range(ROUNDS):
        for port, seen in rounds.items():
            seen.append(wrk(f"http://127.0.0.1:{port}{ways.path}", ways.headers, 64, SECONDS, script))
    theirs, ours = ([statistics.median(one) for one in zip(*seen)] for seen in rounds.values())
    def told(figures):
        return "{:,.0f}/s, p50 {:.2f}, p99 {:.2f} ms".format(*figures)
    ratio = f"{ours[0] / theirs[0]:.2f}; p99 {ours[2] / theirs[2]:.1f}x"
    report(what, told(ours), f"nginx: {told(theirs)}", ratio, bar)


def added(ways):
    """What one request at a time waits longer than without anything in between."""
    seen = turns(ways.targets(BODY), 1, 400, ROUNDS * 4)
    ours, theirs = (seen[name].p50 - seen["direct"].p50 for name in ("gateway", "nginx"))
    report("added to POST at 1 connection, p50", f"{ours:+.3f} ms, {seen['gateway'].p50:.3f} ms in all",
           f"nginx: {theirs:+.3f} ms; direct: {seen['direct'].p50:.3f} ms", f"{ours / theirs:.1f}", "≤ 0.3 ms")


# Callers that rest


def idle(count=2_000):
    """What the server's memory grows by with callers that have asked once and keep their connections."""
    with platform() as (folder, services), split(folder, services, "resting", behind_relay=False) as ways:
        _, nginx, gateway = ways.targets()
        # Memory that any load takes is taken before.
        turns([gateway, nginx], 64, 6_400, 1)
        theirs = rest(nginx, count, lambda: tree_rss(ways.yardstick))
        ours = rest(gateway, count, lambda: rss(services.server.process))
        told = "{:+.1f} MB to {:.0f} MB".format
        report(f"{count:,} idle keep-alive callers, growth", told(ours[1], sum(ours)),
               f"nginx: {told(theirs[1], sum(theirs))}", f"{ours[1] / max(theirs[1], 0.1):.1f}", "≤ +100 MB")


def rest(target, count, memory):
    """Megabytes before, and what they grew by while so many callers kept their connections."""
    before = memory()
    callers = [target.connect() for _ in range(count)]
    for caller in callers:
        assert target.ask_on(caller)[0] == 200
    grown = memory() - before
    for caller in callers:
        assert target.ask_on(caller)[0] == 200, "a caller that rested lost its connection"
        caller.close()
    return before, grown


# Starts


def starts():
    """From the request that deploys to the first answer, beside the runtime's own start and those of peers."""
    with platform() as (folder, services):
        digits = Digits(folder, services)
        alone = Alone(folder, digits.folder, threads=2)
        others = list(peers(folder, digits.folder, digits.row))
        times = {name: [] for name in ["ours", alone.name, *(one.name for one in others)]}
        for _ in range(ROUNDS + 1):
            for one in (alone, *others):
                times[one.name].append(seconds_to_start(one))
            times["ours"].append(seconds_to_deploy(services, digits))
    # The first of each warms the files that all of them read.
    times = {name: statistics.median(seen[1:]) for name, seen in times.items()}
    ours = times.pop("ours")
    for name, theirs in times.items():
        bar = "≤ +300 ms" if name == alone.name else ""
        report("model of digits, POST → first answer, p50", f"{ours:.3f} s", f"{name}, start → ready: {theirs:.3f} s",
               f"{(ours - theirs) * 1e3:+.0f} ms", bar)


def seconds_to_start(one):
    """Seconds from a process's start until it says that it is ready."""
    began = time.perf_counter()
    with one.start():
        one.ready.until_answered()
        return time.perf_counter() - began


def seconds_to_deploy(services, digits):
    """Seconds from the request that deploys until a caller has a prediction; what was deployed is deleted."""
    token = token_of(services.server)
    began = time.perf_counter()
    id = services.create(NAME, services.config(digits.model, flavor=CORES))
    answer = digits.target(services, id, token).until_answered()
    taken = time.perf_counter() - began
    assert predicted(answer) == digits.told, answer
    services.delete(id)
    services.ids.remove(id)
    return taken


# Latency


def latency():
    """A prediction about one row: by the platform, by the same instance's own socket, by nginx in front of that socket,
    and by peers."""
    for kind in ESTIMATORS:
        latency_of(kind)


def latency_of(kind):
    with platform() as (folder, services), contextlib.ExitStack() as stack:
        digits = Digits(folder, services, kind)
        id = services.running(NAME, services.config(digits.model, flavor=CORE), limits=LIMITS)
        socket = instance_socket(services, services.instances(id)[0])
        direct = Target("its own socket", socket, INFER, open_inference(digits.row))
        nginx = free_port()
        stack.enter_context(yardstick(folder, id, nginx, {socket: 1}))
        targets = [direct, digits.target(services, id, token_of(services.server)),
                   Target("nginx", nginx, f"/v1/infers/{id}{INFER}", open_inference(digits.row))]
        for peer in peers(folder, digits.folder, digits.row):
            stack.enter_context(peer.start())
            peer.ready.until_answered()
            targets.append(peer.infer)
        for target in targets:
            answer = target.until_answered()
            assert predicted(answer) == digits.told, (target.name, answer)
        for connections, count in [(1, 400), (8, 800)]:
            tell(kind, connections, turns(targets, connections, count, ROUNDS * 4))


def tell(kind, connections, seen):
    """A line for each that was asked beside the platform."""
    ours = seen.pop("ours")
    for name, theirs in seen.items():
        bar = "≤ 1.05" if name == "its own socket" else ""
        report(f"{kind}: a row, connections: {connections}", str(ours), f"{name}: {theirs}",
               f"{ours.p50 / theirs.p50:.3f}", bar)


# Pieces


class Digits:
    """A model of digits that is taken up, a picture that it has not seen, and what it says of it."""

    def __init__(self, folder, services, kind="digits"):
        self.folder = folder / "digits"
        self.folder.mkdir()
        make_model(self.folder, DIGITS.replace("ESTIMATOR", ESTIMATORS[kind]))
        asked = json.loads((self.folder / "row.json").read_text())
        self.row, self.told = asked["row"], asked["told"]
        place = services.upload("digits", {"model.joblib": (self.folder / "model.joblib").read_bytes()})
        self.model = services.model(NAME, VERSION, source_location=place)

    def target(self, services, id, token):
        """The question about the picture, asked of a service."""
        return Target("ours", port_of(services.server), f"/v1/infers/{id}{INFER}", open_inference(self.row),
                      {"X-Auth-Token": token})


def predicted(answer):
    """The one prediction of an answer, of the Open Inference Protocol or of BentoML."""
    answer = json.loads(answer)
    return (answer if isinstance(answer, list) else answer["outputs"][0]["data"])[0]


def instance_socket(services, instance):
    """Where an instance listens: `s/RUN/j` of the data folder, RUN being the last 16 signs of its id."""
    return services.server.data / "s" / instance["id"].replace("-", "")[-16:] / "j"


def port_of(server):
    return int(server.endpoint.rsplit(":", 1)[1])


def report(what, ours, yardstick, ratio, bar):
    print(f"{what:<56}{ours:<44}{yardstick:<66}{ratio:<18}{bar}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
