"""Prints "PID COMMAND" of the process that listens on a TCP port, "0 unknown" when it is another user's.

usage: port-holder.py PORT; prints nothing when the port is free. Reads /proc, so it needs no tool.
"""

import pathlib
import sys

LISTENING = "0A"


def sockets(port):
    """The inodes of the sockets that listen on a port."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = pathlib.Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                yield f"socket:[{fields[9]}]"


def holder(inodes):
    """The process that has one of the sockets open."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                return f"{process.name} {command.strip()}"
        except OSError:
            continue
    return "0 unknown"


inodes = set(sockets(int(sys.argv[1])))
if inodes:
    print(holder(inodes))
