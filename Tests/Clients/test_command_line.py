"""The command line drives a real server: what it prints, in which form, and with which exit code it ends."""

import csv
import io
import json
from decimal import Decimal

import pytest


@pytest.fixture(scope="module")
def job(server, tmp_path_factory):
    """A job made, followed to its end and left, all by the command line."""
    code = tmp_path_factory.mktemp("code")
    (code / "main.py").write_text("import sys\nprint('hello', *sys.argv[1:])\n")
    (code / "nested").mkdir()
    (code / "nested" / "données.txt").write_text("x")
    server.run("bucket", "create", "cli-code")
    server.run("cp", "-r", str(code), "obs://cli-code/main/")
    made = server.run("job", "create", "--name", "by-hand", "--engine", "python", "--flavor", "modelarts.vm.cpu.0.5u",
                      "--code", "obs://cli-code/main/", "--boot", "main.py", "--parameter", "greeting=two words",
                      "--output-to", "out=obs://cli-code/out/")
    followed = server.run("job", "follow", made.stdout.strip())
    assert followed.stdout.startswith("hello --greeting two words --out "), followed.stdout
    return made.stdout.strip()


def test_files_go_in_and_come_out(server, job, tmp_path):
    listed = json.loads(server.run("ls", "obs://cli-code/main/", "--output", "json").stdout)
    assert [item["key"] for item in listed] == ["main/main.py", "main/nested/données.txt"]
    server.run("cp", "-r", "obs://cli-code/main/", str(tmp_path))
    assert (tmp_path / "nested" / "données.txt").read_text() == "x"
    server.run("cp", str(tmp_path / "main.py"), "obs://cli-code/other.py")
    server.run("rm", "obs://cli-code/other.py")
    assert "other.py" not in server.run("ls", "obs://cli-code/").stdout


def test_tables_fit_a_hundred_columns(server, job):
    for words in (["job", "list"], ["flavor", "list"], ["engine", "list"], ["usage"], ["price", "show"],
                  ["ls", "obs://cli-code/"], ["bucket", "list"], ["job", "events", job], ["job", "show", job]):
        for line in server.run(*words).stdout.splitlines():
            assert len(line) <= 100, (words, line)


def test_every_form_says_the_same(server, job):
    as_json = json.loads(server.run("job", "list", "--name", "by-hand", "--output", "json").stdout)["items"]
    rows = list(csv.DictReader(io.StringIO(server.run("job", "list", "--name", "by-hand", "--output", "csv").stdout)))
    assert [row["id"] for row in rows] == [item["metadata"]["id"] for item in as_json] == [job]
    assert f"id: \"{job}\"" in server.run("job", "list", "--name", "by-hand", "--output", "yaml").stdout
    assert job in server.run("job", "list", "--name", "by-hand").stdout


def test_the_summary_tells_the_fee(server, job):
    told = dict(line.split("  ", 1) for line in server.run("job", "summary", job).stdout.splitlines())
    assert told["phase"].strip() == "Completed" and told["API"].strip() == server.endpoint
    assert "USD" in told["fee so far"] and told["metered"].strip().endswith(" s")


def test_log_and_events(server, job):
    assert server.run("job", "log", job).stdout.startswith("hello ")
    assert "Completed" in server.run("job", "events", job).stdout


def test_prices_can_be_asked(server):
    told = server.run("price", "ask", "modelarts.vm.cpu.2u", "--hours", "2.5", "--nodes", "2", "--output", "json")
    assert Decimal(json.loads(told.stdout, parse_float=str)["amount"]) == Decimal("1.15")


@pytest.mark.parametrize("words, code, says", [
    (["job", "show", "nobody"], 1, "no training job nobody"),
    (["job", "fly"], 2, "atelier job"),
    (["job", "create"], 2, "--name"),
    (["job", "list", "--output", "xml"], 2, "xml"),
    (["job", "create", "--name", "x y", "--engine", "python", "--flavor", "none"], 1, "metadata.name"),
    (["account", "top-up", "0"], 1, "amount"),
    (["cp", "/nowhere/at/all", "obs://cli-code/x"], 1, "/nowhere/at/all"),
    (["ls", "obs://no-such-bucket/"], 1, "no-such-bucket"),
    (["job", "list", "--endpoint", "http://127.0.0.1:1"], 1, "http://127.0.0.1:1"),
    (["price", "ask", "modelarts.vm.cpu.2u", "--hours", "many"], 1, "--hours"),
])
def test_what_goes_wrong_is_said(server, words, code, says):
    told = server.run(*words, check=False)
    assert told.returncode == code, (told.returncode, told.stderr)
    assert says in told.stderr and not told.stdout.strip(), told


def test_no_money_is_a_refusal(own_server):
    told = own_server.run("job", "create", "--name", "x", "--engine", "python", "--flavor", "modelarts.vm.cpu.0.5u",
                          "--command", "true", check=False)
    assert told.returncode == 3 and "top the account up" in told.stderr, told


def test_a_bill_is_listed_and_explained(own_server):
    own_server.move_clock("2030-01-10T10:59:00+08:00")
    own_server.run("account", "top-up", "5")
    job = own_server.create_job("billed", "true")
    own_server.wait_for(job, "Running", "Completed")
    own_server.move_clock("2030-01-10T10:59:01+08:00")
    running = own_server.create_job("longer", "exec sleep 60")
    own_server.wait_for(running, "Running")
    own_server.run("clock", "move", "2030-01-10T11:00:20+08:00")
    from atelier import wait

    lines = wait(lambda: json.loads(own_server.run("bill", "list", "--output", "json").stdout)["items"], what="a line")
    told = own_server.run("bill", "explain", lines[0]["id"]).stdout
    for part in ("59 s × 1 × 0.23 USD/h ÷ 3600", "Facts", "started", "Postings", "charge: cash -", "revenue "):
        assert part in told, told
    assert "payable" in own_server.run("bill", "sum", "2030-01").stdout


def test_two_servers_do_not_share_a_folder(server):
    second = server.run("serve", "--listen", "127.0.0.1:0", check=False)
    assert second.returncode == 1 and "Another server works in" in second.stderr


def test_a_folder_is_made_once(server):
    again = server.run("init", check=False)
    assert again.returncode == 1 and "already" in again.stderr
