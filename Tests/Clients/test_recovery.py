"""kill -9 of the server while jobs run: they go on, their logs are whole, the bill is theirs to the second, and
nothing starts twice."""

import os
import random
import sqlite3
import threading
import time

from atelier import Server

MOMENTS = 20
SEED = 20_230_418


def test_kill_at_twenty_random_moments(tmp_path):
    chance = random.Random(SEED)
    with Server(tmp_path) as server:
        server.top_up("1000")
        marks = tmp_path / "marks"
        jobs = []
        for moment in range(MOMENTS):
            jobs.append(submit(server, moment))
            time.sleep(chance.uniform(0, 0.6))  # the random moment itself, not a wait for something
            server.kill()
            server.start()
        for job, moment in jobs:
            if job is None:
                job = find(server, moment)
            if job is None:
                continue  # killed before the request was accepted: nothing was promised
            ended = server.wait_for_end(job, seconds=120)
            log = server.whole_log(job).decode()
            assert ended["status"]["phase"] == "Completed", (moment, ended["status"], log)
            assert log.splitlines() == [f"begin {moment}"] + [str(tick) for tick in range(10)] + ["end"], (moment, log)
            assert_billed_as_run(server, job)


def submit(server, moment):
    """Creates a job from a thread, so that the kill may come before, in, or after the request."""
    done = []

    def create():
        try:
            done.append(server.create_job(
                f"moment-{moment}", f"echo begin {moment}; for i in 0 1 2 3 4 5 6 7 8 9; do sleep 0.1; echo $i; done; echo end"))
        except Exception:  # the server was killed under the request
            pass

    thread = threading.Thread(target=create)
    thread.start()
    thread.join(timeout=0.3)
    return (done[0] if done else None, moment)


def find(server, moment):
    answer = server.request("POST", f"/v2/{server.project_id}/training-job-searches", {"limit": 50}).json()
    found = [item["metadata"]["id"] for item in answer["items"] if item["metadata"]["name"] == f"moment-{moment}"]
    assert len(found) <= 1
    return found[0] if found else None


def assert_billed_as_run(server, job):
    """The metered seconds are those between the shim's own `started` and `ended`, each cut to the second once."""
    usage = [item for item in server.get(f"/atelier/v1/usage?resource={job}")["items"]]
    assert len(usage) == 1, usage
    started, ended, starts = shim_records(server, job)
    assert starts == 1, "the work started twice"
    assert usage[0]["seconds"] == ended // 1000 - started // 1000, (usage, started, ended)
    assert usage[0]["running"] is False


def shim_records(server, job):
    """Reads the attempt folder itself: (started, ended) in milliseconds, and how many starts there are."""
    folder = attempt_folder(server, job)
    lines = (folder / "records").read_text().splitlines()
    times = {}
    starts = 0
    for line in lines:
        words = line.split()
        kind, at = words[1], int(words[2])
        times[kind] = at
        starts += kind == "started"
    return times["started"], times["ended"], starts


def attempt_folder(server, job):
    """Where the shim of a job keeps its records, as the database names it."""
    with sqlite3.connect(f"file:{server.data}/atelier.sqlite?mode=ro", uri=True) as database:
        (attempt,) = database.execute("SELECT attempt FROM training_jobs WHERE id = ?", (job,)).fetchone()
    return server.data / "attempts" / attempt


def test_a_graceful_stop_leaves_the_work_running(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("10")
        job = server.create_job("goes-on", "for i in 1 2 3; do sleep 0.5; echo $i; done")
        server.wait_for(job, "Running")
        server.stop()
        server.start()
        assert server.wait_for_end(job)["status"]["phase"] == "Completed"
        assert server.whole_log(job) == b"1\n2\n3\n"


def test_a_killed_shim_is_billed_to_its_last_proof_of_life(tmp_path):
    with Server(tmp_path) as server:
        server.top_up("10")
        job = server.create_job("lost", "exec sleep 300")
        server.wait_for(job, "Running")
        pid = int((attempt_folder(server, job) / "pid").read_text())
        os.kill(pid, 9)
        ended = server.wait_for_end(job)
        assert ended["status"]["phase"] in ("Abnormal", "Failed")
        usage = server.get(f"/atelier/v1/usage?resource={job}")["items"][0]
        assert usage["running"] is False and usage["seconds"] < 60
