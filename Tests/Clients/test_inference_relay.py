"""The inference runtime's relay: a user's own server behind a Unix socket, byte by byte."""

import hashlib
import os
import socket

import pytest
from atelier import wait
from inference import Process, Relay

LARGE = os.urandom(1 << 20) * 10

# Answers POST with what it got, GET with its process id; listens once a file is there, if one is named.
ECHO = """
import http.server, os, pathlib, sys, time

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(str(os.getpid()).encode())

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

while len(sys.argv) > 2 and not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.01)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

# Reads to the end of what is sent, and only then answers with its digest; ends when it is asked to, with 7.
HALF = """
import hashlib, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    connection, _ = listener.accept()
    digest = hashlib.sha256()
    while chunk := connection.recv(65536):
        digest.update(chunk)
    connection.sendall(digest.hexdigest().encode())
    connection.close()
"""

# Says its last words to the first who comes, and ends.
LAST_WORDS = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
connection, _ = listener.accept()
connection.sendall(b"x" * 3000000 + b"end")
connection.close()
sys.exit(5)
"""


def test_ten_megabytes_come_through_both_ways():
    with Relay(ECHO) as relay:
        wait(lambda: relay.answers() == 200, what="the server behind the relay")
        for _ in range(2):
            answer = relay.request("POST", "/", LARGE)
            assert answer.status == 200 and answer.body == LARGE
        assert oct(os.stat(relay.socket).st_mode)[-3:] == "600"


def test_connections_end_while_the_port_does_not_answer(tmp_path):
    with Relay(ECHO, tmp_path / "go") as relay:
        wait(relay.socket.exists, what="the socket")
        for _ in range(3):
            with relay.connect() as connection:
                assert connection.recv(1) == b""
        (tmp_path / "go").touch()
        wait(lambda: relay.answers() == 200, what="the server behind the relay")


def test_the_end_of_one_way_leaves_the_other_open():
    with Relay(HALF) as relay:
        wait(lambda: digest(relay, b"") == hashlib.sha256(b"").hexdigest(), what="the server behind the relay")
        assert digest(relay, LARGE) == hashlib.sha256(LARGE).hexdigest()
        relay.terminate()
        assert relay.ended() == 7
        assert not relay.socket.exists()


def digest(relay, content):
    """Sends content and its end; gives what is answered then."""
    try:
        with relay.connect() as connection:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    except OSError:
        return None


def test_what_a_command_said_last_is_delivered():
    with Relay(LAST_WORDS) as relay:
        def heard():
            try:
                with relay.connect() as connection:
                    return b"".join(iter(lambda: connection.recv(65536), b""))
            except OSError:
                return b""
        words = wait(heard, what="the command's words")
        assert len(words) == 3000003 and words.endswith(b"end")
        assert relay.ended() == 5


@pytest.mark.parametrize("script, code", [
    ("import sys; sys.exit(42)", 42), ("pass", 0), ("import os; os.kill(os.getpid(), 9)", 128 + 9)])
def test_the_relay_ends_with_its_command(script, code):
    with Relay(script) as relay:
        assert relay.ended() == code


def test_a_signal_ends_a_command_that_does_not_mind_it():
    with Relay(ECHO) as relay:
        wait(lambda: relay.answers() == 200, what="the server behind the relay")
        relay.terminate()
        assert relay.ended() == 128 + 15


def test_a_command_that_is_not_there_is_told():
    with Process("relay", "--port", "8080", "--", "./nowhere", "--flag") as process:
        assert process.ended() == 127
        assert process.said().splitlines()[-1] == (
            "error: The command ./nowhere cannot be started: No such file or directory")
