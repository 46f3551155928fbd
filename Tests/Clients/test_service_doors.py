"""A service's own door: calls whose signature covers the body, WebSockets, and callers who mean no good."""

import hashlib
import json
import socket

import pytest
import requests
import websocket
from atelier import wait
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from models import Services, token_of

# A WebSocket server of a user's own, by RFC 6455: it sends back every frame, and says who it is to GET /health.
SOCKETS = b"""
import base64, hashlib, socketserver, struct

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        head = {}
        first = self.rfile.readline()
        while (line := self.rfile.readline()) not in (b"\\r\\n", b""):
            name, _, value = line.partition(b":")
            head[name.strip().lower()] = value.strip()
        if b"sec-websocket-key" not in head:
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
            return
        key = head[b"sec-websocket-key"] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key).digest())
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                         b"Sec-WebSocket-Accept: " + accept + b"\\r\\n\\r\\n")
        while len(start := self.rfile.read(2)) == 2:
            length = start[1] & 127
            if length > 125:
                length, = struct.unpack(">H" if length == 126 else ">Q", self.rfile.read(2 if length == 126 else 8))
            mask, data = self.rfile.read(4), self.rfile.read(length)
            mask = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
            data = (int.from_bytes(data, "big") ^ mask).to_bytes(length, "big")
            size = bytes([length]) if length < 126 else struct.pack(">BQ", 127, length)
            self.wfile.write(start[:1] + size + data)
            if start[0] & 15 == 8:
                return

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

Server(("127.0.0.1", 8080), Handler).serve_forever()
"""


READS = b"""
from model_service.pytorch_model_service import PTServingBaseService

class Reads(PTServingBaseService):
    def _inference(self, data):
        return data
"""


@pytest.fixture(scope="module")
def services(server):
    services = Services(server)
    yield services
    services.clear()


@pytest.fixture(scope="module")
def echo(services):
    return services.running("door", services.config(services.echo(name="door")))


class Raw:
    """A connection of somebody who speaks as he likes."""

    def __init__(self, server):
        host, _, port = server.endpoint.split("://")[1].partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)

    def send(self, data):
        self.socket.sendall(data)

    def rest(self):
        """All that comes until the other side ends."""
        came = b""
        try:
            while data := self.socket.recv(65536):
                came += data
        except ConnectionResetError:
            pass
        return came

    def status(self):
        return int(self.rest().split(b" ")[1])


def head(id, token, *fields, method="POST", path="/"):
    lines = [f"{method} /v1/infers/{id}{path} HTTP/1.1", "Host: h", f"X-Auth-Token: {token}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def signed(server, path, body, secret=None, **headers):
    """The headers of a call that the SDK's own signer has signed."""
    host = server.endpoint.split("://")[1]
    request = SdkRequest(
        method="POST", schema="http", host=host, resource_path=path, uri=path, query_params=[],
        header_params={"Content-Type": "application/json", "Host": host, **headers}, body=body)
    Signer(BasicCredentials(server.access_key, secret or server.secret_key, "x")).sign(request)
    return request.header_params


def test_a_signature_may_cover_the_body(server, echo):
    path = f"/v1/infers/{echo}/deep"
    body = json.dumps({"status": 200, "text": "ü" * 100_000}).encode()
    headers = signed(server, path, body)
    assert headers.get("X-Sdk-Content-Sha256") != "UNSIGNED-PAYLOAD"
    session = requests.Session()

    def call(body, headers=headers, path=path):
        return session.post(server.endpoint + path, data=body, headers=headers, timeout=60)

    answer = call(body)
    assert (answer.status_code, answer.json()["bytes"], answer.json()["path"]) == (200, len(body), "/deep")
    changed = call(body[:-2] + b"!}")
    assert changed.status_code == 401 and "signature does not match" in changed.json()["error_msg"]
    chunked = call(iter([body[:1000], body[1000:]]))
    assert (chunked.status_code, chunked.json()["path"]) == (200, "/deep")
    stranger = call(body, signed(server, path, body, secret="another"))
    assert stranger.status_code == 401
    # By its name, too, and with a digest that is told.
    by_name = "/v2/models/door/infer"
    assert call(body, signed(server, by_name, body), by_name).status_code == 200
    told = {"X-Sdk-Content-Sha256": hashlib.sha256(body).hexdigest()}
    headers = signed(server, path, body, **told)
    assert call(body, headers).status_code == 200
    assert call(body[:-2] + b"!}", headers).status_code == 401


def test_a_signed_body_above_the_limit_is_told_what_to_do(server, echo):
    path = f"/v1/infers/{echo}/"
    largest = b"{}" + b" " * ((12 << 20) - 2)
    answer = requests.post(server.endpoint + path, data=largest, headers=signed(server, path, largest), timeout=60)
    assert (answer.status_code, answer.json()["bytes"]) == (200, 12 << 20)
    larger = largest + b" "
    answer = requests.post(server.endpoint + path, data=larger, headers=signed(server, path, larger), timeout=60)
    assert answer.status_code == 413 and "UNSIGNED-PAYLOAD" in answer.json()["error_msg"]
    headers = signed(server, path, larger, **{"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
    answer = requests.post(server.endpoint + path, data=larger, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["bytes"]) == (200, len(larger))


def test_nobody_is_waited_for_whose_key_is_unknown(server, echo):
    """The head alone is refused: nothing of the body is read, or held."""
    path = f"/v1/infers/{echo}/"
    headers = signed(server, path, b"{}")
    raw = Raw(server)
    authorization = headers["Authorization"].replace(server.access_key, "NOBODY")
    raw.send((f"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: {authorization}\r\n"
              f"X-Sdk-Date: {headers['X-Sdk-Date']}\r\nContent-Length: 1000000\r\n\r\n").encode())
    assert raw.status() == 401


def test_websockets_pass(server, services):
    config = {"command": "python app.py", "health": {"url": "/health", "protocol": "http"}}
    place = services.upload("sockets", {"app.py": SOCKETS, "config.json": json.dumps(config).encode()})
    id = services.running("sockets", services.config(services.model("sockets", source_location=place)))
    address = server.endpoint.replace("http", "ws") + f"/v1/infers/{id}/chat"
    connection = websocket.create_connection(address, header={"X-Auth-Token": token_of(server)}, timeout=60)
    for size in (1, 125, 126, 70_000, 3 << 20):
        text = "x" * size
        connection.send(text)
        assert connection.recv() == text
    connection.ping(b"there?")
    opcode, frame = connection.recv_data_frame(control_frame=True)
    assert (opcode, frame.data) == (websocket.ABNF.OPCODE_PING, b"there?")
    connection.close()
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(address, timeout=60)
    assert refused.value.status_code == 401


@pytest.mark.parametrize("bomb, status", [
    (["X-Bomb: " + "x" * 17_000], 431), ([f"X-{number}: x" for number in range(201)], 431),
    ([f"X-{number}: " + "x" * 8_000 for number in range(9)], 431), (["X-Bomb : x"], 400), (["Content-Length: x"], 400),
    (["Content-Length: 1", "Transfer-Encoding: chunked"], 400)])
def test_bombs_of_heads_are_refused_and_closed(server, services, echo, bomb, status):
    raw = Raw(server)
    raw.send(head(echo, token_of(server), *bomb))
    assert raw.status() == status
    assert services.caller(echo).post({}).status_code == 200


def test_who_sends_slowly_is_closed_and_harms_nobody(server, services, echo):
    """Heads that come a byte at a time, for ever: 20 s each, and others are answered meanwhile."""
    caller = services.caller(echo)
    slow = [Raw(server) for _ in range(100)]
    for raw in slow:
        raw.send(f"POST /v1/infers/{echo}/ HTTP/1.1\r\nX: ".encode())
        raw.socket.setblocking(False)
    closed, answers = [], []

    def drip():
        for raw in list(slow):
            try:
                raw.socket.send(b"y")
                came = raw.socket.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                came = b""
            slow.remove(raw)
            closed.append(came)
        answers.append(caller.post({}).elapsed.total_seconds())
        return not slow

    wait(drip, seconds=40, what="the end of the slow")
    assert all(came.startswith(b"HTTP/1.1 408") for came in closed), set(closed)
    assert len(answers) > 20 and max(answers) < 5


def memory(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) >> 10


def test_a_gigabyte_is_refused_without_being_read(server, services, echo):
    token, before = token_of(server), memory(server)
    announced = Raw(server)
    announced.send(head(echo, token, f"Content-Length: {1 << 30}"))
    assert announced.status() == 413
    # Who does not say how much it is learns it on the way, from the gateway or from what runs behind it.
    place = services.upload("reads", {"customize_service.py": READS})
    reads = services.running("reads", services.config(services.model("reads", source_location=place)))
    raw = Raw(server)
    raw.send(head(reads, token, "Transfer-Encoding: chunked"))
    chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
    try:
        for _ in range(1 << 10):
            raw.send(chunk)
    except OSError:
        pass
    assert raw.status() == 413
    assert memory(server) - before < 48, "bodies stay in memory"
    assert services.caller(reads).post({}).status_code == 200


def test_connections_that_are_half_closed(server, services, echo):
    token = token_of(server)
    whole = Raw(server)
    whole.send(head(echo, token, "Content-Length: 2") + b"{}")
    whole.socket.shutdown(socket.SHUT_WR)
    told = whole.rest()
    assert told.startswith(b"HTTP/1.1 200") and json.loads(told.split(b"\r\n\r\n")[1])["bytes"] == 2
    half = Raw(server)
    half.send(head(echo, token, "Content-Length: 20") + b"{}")
    half.socket.shutdown(socket.SHUT_WR)
    assert half.status() == 400
    within = Raw(server)
    within.send(f"POST /v1/infers/{echo}/ HTTP/1.1\r\nHo".encode())
    within.socket.shutdown(socket.SHUT_WR)
    assert within.rest() == b""
    # Whoever is gone before the answer leaves nothing open.
    gone = Raw(server)
    gone.send(head(echo, token, "Content-Length: 13") + b'{"wait": 0.5}')
    gone.socket.close()
    wait(lambda: open_calls(server, echo) == 0, what="the end of calls")


def open_calls(server, id):
    text = requests.get(server.endpoint + "/metrics", timeout=60).text
    return next(int(line.split()[-1]) for line in text.splitlines()
                if line.startswith("service_open_calls") and id in line)
