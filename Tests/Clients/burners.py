"""Who burns the processor while tests run: a process that does so for minutes is told of at the end."""

import os
import pathlib
import threading
import time

# Seconds between two looks, and looks in a row at which a process must have had most of a core.
PAUSE, LOOKS, SHARE = 15, 6, 0.8


class Burners:
    """Looks at every process now and then, from a thread of its own."""

    def __init__(self):
        self.test = ""
        self.told = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join()

    def watch(self):
        before, streaks = ticks(), {}
        while not self.over.wait(PAUSE):
            now = ticks()
            limit = SHARE * PAUSE * os.sysconf("SC_CLK_TCK")
            streaks = {process: streaks.get(process, 0) + 1 for process, count in now.items()
                       if count - before.get(process, count) > limit and process[0] != os.getpid()}
            for process, streak in streaks.items():
                if streak >= LOOKS and process not in self.told:
                    self.told[process] = f"{time.strftime('%H:%M:%S')} in {self.test}: {words(process[0])}"
            before = now


def ticks():
    """Processor time of every process, by its id and start."""
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(path.parent.name), fields[19]] = int(fields[11]) + int(fields[12])
    return found


def words(process):
    """What a process is, and which of its threads has worked most."""
    folder = pathlib.Path(f"/proc/{process}")
    try:
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
        threads = []
        for task in (folder / "task").iterdir():
            name, _, rest = (task / "stat").read_text().rpartition(")")
            fields = rest.split()
            threads.append((int(fields[11]) + int(fields[12]), name.partition("(")[2], (task / "syscall").read_text().strip()[:60]))
        return f"{process} {command}; threads {sorted(threads, reverse=True)[:3]}"
    except OSError as gone:
        return f"{process}: {gone}"
