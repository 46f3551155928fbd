"""Callers that send one HTTP request over and over on kept connections, to a port or a Unix socket by the same code."""

import asyncio
import re
import socket
import statistics
import time

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Target:
    """What is asked: a port of this machine or the path of a Unix socket, and the bytes of the request."""

    def __init__(self, name, place, path, body=None, headers=None):
        self.name, self.place = name, place
        fields = {"Host": "localhost", **(headers or {})}
        if body is not None:
            fields |= {"Content-Type": "application/json", "Content-Length": len(body)}
        head = "".join(f"{field}: {value}\r\n" for field, value in fields.items())
        self.request = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")

    def connect(self):
        """A connection of its own, which blocks."""
        if isinstance(self.place, int):
            return socket.create_connection(("127.0.0.1", self.place), 60)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(str(self.place))
        return connection

    def ask(self):
        """The status and the body of one answer; 0 and nothing where nobody gives a whole one."""
        try:
            with self.connect() as connection:
                return self.ask_on(connection)
        except OSError:
            return 0, b""

    def ask_on(self, connection):
        """The same on a connection that stays open."""
        connection.sendall(self.request)
        received = b""
        while (end := answer_end(received)) is None:
            chunk = connection.recv(65_536)
            if not chunk:
                return 0, b""
            received += chunk
        return int(received[9:12]), received[received.index(b"\r\n\r\n") + 4 : end]

    def until_answered(self, seconds=60):
        """Asks until the answer is 200; gives its body."""
        deadline = time.monotonic() + seconds
        while (answer := self.ask())[0] != 200:
            assert time.monotonic() < deadline, f"{self.name} did not answer in {seconds} s, the last time {answer}"
            time.sleep(0.01)
        return answer[1]


def answer_end(received):
    """Where an answer with a length ends; None while it is not all there."""
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = LENGTH.search(received, 0, head)
    assert length, f"an answer without a length: {received[:500]}"
    end = head + 4 + int(length.group(1))
    return end if len(received) >= end else None


class Caller(asyncio.Protocol):
    """One kept connection that asks again as soon as it is answered, and keeps the seconds of each answer."""

    def __init__(self, request, count):
        self.request, self.left = request, count
        self.received, self.times = b"", []
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport

    def ask(self):
        self.began = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data):
        self.received += data
        if answer_end(self.received) is None:
            return
        self.times.append(time.perf_counter() - self.began)
        if self.received[9:12] != b"200":
            self.ended.set_exception(AssertionError(f"not 200: {self.received[:500]}"))
            return self.transport.close()
        self.received = b""
        self.left -= 1
        if self.left:
            return self.ask()
        self.ended.set_result(None)
        self.transport.close()

    def connection_lost(self, error):
        if not self.ended.done():
            self.ended.set_exception(error or AssertionError("a kept connection was closed"))


class Figures:
    """What callers saw: answers a second, and milliseconds of an answer."""

    def __init__(self, times, seconds):
        self.rate = len(times) / seconds
        self.p50 = statistics.median(times) * 1e3
        self.p99 = sorted(times)[len(times) * 99 // 100] * 1e3

    def __str__(self):
        return f"p50 {self.p50:.3f}, p99 {self.p99:.3f} ms, {self.rate:,.0f}/s"


async def load(target, connections, count):
    """The seconds of each of so many answers on so many connections, and of all of it."""
    loop = asyncio.get_running_loop()
    callers = []
    for _ in range(connections):
        def new():
            return Caller(target.request, count // connections)
        if isinstance(target.place, int):
            made = await loop.create_connection(new, "127.0.0.1", target.place)
        else:
            made = await loop.create_unix_connection(new, str(target.place))
        callers.append(made[1])
    began = time.perf_counter()
    for caller in callers:
        caller.ask()
    await asyncio.gather(*(caller.ended for caller in callers))
    return sum((caller.times for caller in callers), []), time.perf_counter() - began


def turns(targets, connections, count, rounds):
    """Loads the targets turn by turn, so that the machine is the same for all; the figures of each by its name."""
    times, seconds = {target.name: [] for target in targets}, dict.fromkeys((target.name for target in targets), 0)
    for target in targets:
        asyncio.run(load(target, connections, count))
    for number in range(rounds):
        for target in targets if number % 2 else reversed(targets):
            some, taken = asyncio.run(load(target, connections, count))
            times[target.name] += some
            seconds[target.name] += taken
    return {name: Figures(times[name], seconds[name]) for name in times}
