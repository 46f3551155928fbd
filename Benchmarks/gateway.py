"""What the gateway costs, beside nginx and beside JupyterHub with its own proxy, in one run; a line a figure.

GATEWAY is the server of Benchmarks/Sources/gateway; HUB is the Python of an environment with JupyterHub and JupyterLab;
nginx-light, wrk and node-configurable-http-proxy are Debian's. WHAT limits the run: `requests`, `bytes`, `sockets`, `kernels`.
"""

import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TOKEN = "bench-token"
GATEWAY = os.environ.get("GATEWAY", ".build-bench/release/gateway")
HUB = os.environ.get("HUB", ".venv-hub/bin/python")
JUPYTER = os.environ.get("JUPYTER", "var/runtimes/jupyterlab/bin/python")
SIZE = 1 << 30
PROXY = ["configurable-http-proxy"]
PROXY_ENVIRONMENT = {"NODE_PATH": "/usr/share/nodejs"}  # where Debian has its modules, whichever node runs

NGINX = """
user root; worker_processes {workers}; daemon off; error_log {folder}/{name}.log crit; pid {folder}/{name}.pid;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000000; client_max_body_size 0; sendfile on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  {body}
}}
"""


def main(what):
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        bench = Bench(pathlib.Path(name), stack)
        print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Linux {os.uname().release}")
        for part in what or ["requests", "bytes", "sockets", "kernels"]:
            getattr(bench, part)()


class Bench:
    """A fast backend (nginx), and in front of it the gateway, nginx, and JupyterHub's proxy."""

    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        self.backend, self.nginx, self.port, self.bare, self.chp, self.chp_api, self.echo = (free_port() for _ in range(7))
        self.blob = blob = pathlib.Path(f"/dev/shm/gateway-bench-{os.getpid()}.bin")
        with open(blob, "wb") as file:
            file.write(os.urandom(1 << 20) * (SIZE >> 20))
        stack.callback(blob.unlink, missing_ok=True)
        self.serve_nginx("backend", 1, f"""server {{ listen 127.0.0.1:{self.backend}; listen unix:{folder}/fast.sock;
            location ~ /file$ {{ alias {blob}; }} location / {{ return 200 "{{\\"ok\\":true}}"; }} }}""")
        self.serve_nginx("proxy", 2, f"""
          upstream fast {{ server 127.0.0.1:{self.backend}; keepalive 64; keepalive_requests 1000000000; }}
          upstream echo {{ server 127.0.0.1:{self.echo}; }}
          server {{ listen 127.0.0.1:{self.nginx};
            proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Request-Id $request_id;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_request_buffering off;
            location /ws {{ proxy_pass http://echo; proxy_read_timeout 1h;
              proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }}
            location / {{ proxy_pass http://fast; proxy_set_header Connection ""; }} }}""")
        self.gateway = self.start([GATEWAY, str(self.port), str(self.bare), TOKEN, str(folder), str(self.backend)], self.port)

    def serve_nginx(self, name, workers, body):
        path = self.folder / f"{name}.conf"
        path.write_text(NGINX.format(folder=self.folder, name=name, workers=workers, body=body))
        port = self.backend if name == "backend" else self.nginx
        setattr(self, f"{name}_process", self.start(["nginx", "-c", str(path)], port))

    def start(self, command, port, **environment):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}-{port}.out", "w")
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True)
        self.stack.callback(end, process)
        wait(lambda: answers(port), 30, f"{command[0]} on port {port}")
        return process

    def start_proxy(self, target):
        """JupyterHub's proxy, the one that it starts by default, with one route."""
        process = self.start([*PROXY, "--ip", "127.0.0.1", "--port", str(self.chp), "--api-ip", "127.0.0.1", "--api-port",
                              str(self.chp_api), "--default-target", target], self.chp, **PROXY_ENVIRONMENT)
        return process

    # Small requests.

    def requests(self):
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        direct = f"http://127.0.0.1:{self.backend}/v1/infers/a/x"
        nginx = f"http://127.0.0.1:{self.nginx}/v1/infers/a/x"
        ours = f"http://127.0.0.1:{self.port}/v1/infers/a/x"
        by_socket = f"http://127.0.0.1:{self.port}/notebooks/fast/x"
        process = self.start_proxy(f"http://127.0.0.1:{self.backend}")
        hub = f"http://127.0.0.1:{self.chp}/v1/infers/a/x"
        for connections in (64, 16):
            rates = {}
            for name, url in [("direct", direct), ("nginx", nginx), ("gateway", ours), ("gateway, Unix socket", by_socket),
                              ("JupyterHub's proxy", hub), ("nginx", nginx), ("gateway", ours)]:
                rate, p50, p99 = wrk(url, bearer, connections, 4)
                if rate > rates.get(name, (0,))[0]:
                    rates[name] = (rate, p50, p99)
            for name, (rate, p50, p99) in rates.items():
                bar = f"{rate / rates['nginx'][0]:.2f} of nginx"
                report(f"small requests, {connections} connections: {name}", f"{rate:,.0f}/s, p50 {p50:.2f}, p99 {p99:.2f} ms", bar)
        end(process)
        alone = {name: added_latency(url, bearer) for name, url in
                 [("direct", direct), ("nginx", nginx), ("gateway", ours), ("gateway, Unix socket", by_socket)]}
        for name, p50 in alone.items():
            report(f"one request at a time, p50: {name}", f"{p50 * 1e3:.3f} ms", f"added {(p50 - alone['direct']) * 1e3:.3f} ms")
        for name, path in [("decided by a task each time", "asked"), ("the same, kept for 5 s", "kept")]:
            rate, p50, p99 = wrk(f"http://127.0.0.1:{self.port}/{path}/a/x", bearer, 64, 4)
            report(f"small requests, 64 connections: {name}", f"{rate:,.0f}/s, p50 {p50:.2f}, p99 {p99:.2f} ms", "")
        plain, behind = (max(wrk(f"http://127.0.0.1:{port}/healthz", {}, 16, 2)[0] for _ in range(3)) for port in (self.bare, self.port))
        report("a request that is not the gateway's", f"{behind:,.0f}/s", f"{behind / plain:.2f} of a server without it, {plain:,.0f}/s")
        self.idle_callers(ours)

    def idle_callers(self, url, count=2_000):
        before = rss(self.gateway)
        callers = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(count)]
        asked = f"GET /v1/infers/a/x HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        for caller in callers:
            caller.sendall(asked)
            caller.recv(4_096)
        report(f"{count:,} idle keep-alive callers", f"{rss(self.gateway):.0f} MB resident",
               f"bar 100 MB; {(rss(self.gateway) - before) * 1024 / count:.1f} KB each")
        for caller in callers:
            caller.close()

    # Large bodies.

    def bytes(self):
        process = self.start_proxy(f"http://127.0.0.1:{self.backend}")
        ways = [("direct", self.backend, "/v1/infers/a/file"), ("nginx", self.nginx, "/v1/infers/a/file"),
                ("gateway", self.port, "/v1/infers/a/file"), ("gateway, Unix socket", self.port, "/notebooks/fast/file"),
                ("JupyterHub's proxy", self.chp, "/v1/infers/a/file")]
        rates = {name: max(download(port, path) for _ in range(3)) for name, port, path in ways}
        for name, rate in rates.items():
            report(f"1 GB down: {name}", f"{rate / 1e6:,.0f} MB/s", f"{rate / rates['direct']:.2f} of direct")
        report("gateway's peak after it", f"{rss(self.gateway, 'VmHWM'):.0f} MB", "")
        sink = Sink()
        self.stack.callback(sink.close)
        before = rss(self.gateway)
        self_socket = self.folder / "sink.sock"
        sink.listen(str(self_socket))
        rates = {"direct": max(upload(str(self_socket), "/x") for _ in range(2)),
                 "gateway, Unix socket": max(upload(self.port, "/notebooks/sink/x") for _ in range(2))}
        for name, rate in rates.items():
            report(f"1 GB up: {name}", f"{rate / 1e6:,.0f} MB/s", f"{rate / rates['direct']:.2f} of direct")
        report("gateway's growth by it", f"{rss(self.gateway) - before:.0f} MB", "")
        end(process)

    # WebSockets.

    def sockets(self, count=1_000):
        server = Echo(self.echo)
        server.listen(str(self.folder / "echo.sock"))
        self.stack.callback(server.close)
        process = self.start_proxy(f"http://127.0.0.1:{self.echo}")
        ways = [("gateway", self.port, "/notebooks/echo/ws", [self.gateway]),
                ("nginx", self.nginx, "/ws", [self.proxy_process]), ("JupyterHub's proxy", self.chp, "/ws", [process])]
        for name, port, path, processes in ways:
            before = sum(tree_rss(p) for p in processes)
            opened = [open_socket(port, path) for _ in range(count)]
            for connection in opened:
                connection.sendall(b"hello")
                assert connection.recv(16) == b"hello"
            grown = sum(tree_rss(p) for p in processes) - before
            report(f"one of {count:,} idle WebSockets: {name}", f"{grown * 1024 / count:.1f} KB", "bar 50 KB" if name == "gateway" else "")
            for connection in opened:
                connection.close()
        end(process)

    # Kernels.

    def kernels(self, rounds=400):
        """A kernel's round trip through the gateway and without it, turn by turn; the same for JupyterHub."""
        subprocess.run([HUB, str(pathlib.Path(__file__).with_name("gateway_kernels.py")), str(self.folder), str(self.port), TOKEN,
                        JUPYTER, str(rounds)], check=True)


# Loads.

def wrk(url, headers, connections, seconds, script=None):
    """(requests a second, p50 and p99 in ms) of a GET, or of what a script says; any answer but 200 fails."""
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    words += ["-s", str(script)] if script else []
    told = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", *words, url], capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told, told
    def latency(percent):
        number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", told).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told).group(1)), latency(50), latency(99)


def added_latency(url, headers, count=4_000):
    """Seconds of one request after another on one connection, p50."""
    host, path = re.match(r"http://([^/]+)(.*)", url).groups()
    address, port = host.split(":")
    asked = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
    asked += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    times = []
    with socket.create_connection((address, int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            began = time.perf_counter()
            connection.sendall(asked.encode())
            connection.recv(65_536)
            times.append(time.perf_counter() - began)
    return statistics.median(times[count // 10:])


def download(port, path):
    """Bytes a second of one body of a gigabyte, thrown away as it comes."""
    told = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{size_download} %{time_total} %{http_code}", "-H",
                           f"Authorization: Bearer {TOKEN}", f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout.split()
    assert told[2] == "200" and int(told[0]) == SIZE, told
    return int(told[0]) / float(told[1])


def upload(place, path):
    where = ["--unix-socket", place, f"http://h{path}"] if isinstance(place, str) else [f"http://127.0.0.1:{place}{path}"]
    told = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{size_upload} %{time_total} %{http_code}", "-T", f"/dev/shm/gateway-bench-{os.getpid()}.bin", "-H",
                           "Expect:", "-H", f"Authorization: Bearer {TOKEN}", *where], capture_output=True, text=True, check=True).stdout.split()
    assert told[2] == "200" and int(told[0]) == SIZE, told
    return int(told[0]) / float(told[1])


def open_socket(port, path):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"GET {path}?token={TOKEN} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(4_096)
    assert head.startswith(b"HTTP/1.1 101"), head
    return connection


class Server:
    """A small server on a thread of its own loop."""

    def __init__(self, port=None):
        import asyncio
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        if port:
            self.run(asyncio.start_server(self.serve, "127.0.0.1", port, backlog=4_096))

    def run(self, work):
        import asyncio
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def listen(self, path):
        import asyncio
        self.run(asyncio.start_unix_server(self.serve, path, backlog=4_096))

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


class Echo(Server):
    """Leaves HTTP, then sends back what comes."""

    async def serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()


class Sink(Server):
    """Takes a body and throws it away."""

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        left = int(re.search(rb"Content-Length: (\d+)", head, re.I).group(1))
        while left:
            left -= len(await reader.read(1 << 20))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()


# Processes.

def rss(process, name="VmRSS"):
    return int(re.search(rf"{name}:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text()).group(1)) / 1024


def tree_rss(process):
    """MB of a process and its children."""
    pids = [process.pid] + [int(pid) for pid in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    return sum(int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) for pid in pids) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait(condition, seconds, what):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not come in {seconds} s"
        time.sleep(0.02)


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, 15)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        if process.poll() is None:
            os.killpg(process.pid, 9)


def report(what, figure, beside):
    print(f"{what:<64}{figure:<40}{beside}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
