"""atelier rate: usage files priced without a server, whole, in parts, and with lines that cannot be rated."""

import csv
import gzip
import json
import random
import subprocess
from fractions import Fraction

import pytest

from atelier import BINARY

BOOK = """
id: lab
name: A lab's prices
currency: USD
site: international
products:
  - {id: training-job, name: Training, service: s, resource: r}
  - {id: tokens, name: Tokens, service: s, resource: r, unit: "1,000 tokens", variants: [small]}
flavors:
  - {id: cpu, name: CPU, type: CPU, vcpu: 2, memory: 4 GiB, products: [training-job]}
prices:
  - {product: training-job, flavor: cpu, per_hour: 0.23, from: 2020-01-01, until: 2026-03-02}
  - {product: training-job, flavor: cpu, per_hour: 0.46, from: 2026-03-02}
  - product: tokens
    flavor: small
    graduated: [{up_to: 10, per_unit: 0.5}, {per_unit: 0.25}]
    from: 2020-01-01
"""
HEADER = "account,project,resource,product,flavor,quantity,start,end\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A price book, and usage of forty accounts over three days."""
    folder = tmp_path_factory.mktemp("rating")
    (folder / "book.yaml").write_text(BOOK)
    chance = random.Random(7)
    rows = []
    for index in range(3_000):
        account, start = f"account-{chance.randrange(40)}", 1772323200 + chance.randrange(200_000)
        if index % 4 == 0:
            rows.append(f"{account},p,call-{index},tokens,small,{chance.randrange(1, 3_000)},{start},")
        else:
            rows.append(f"{account},p,job-{index},training-job,cpu,{chance.randrange(1, 9)},{start},{start + chance.randrange(20_000)}")
    rows.insert(1_000, "not,a,row")
    rows.insert(2_000, "account-3,p,job,training-job,cpu,many,1,2")
    (folder / "usage.csv").write_text(HEADER + "\n".join(rows) + "\n")
    with gzip.open(folder / "usage.csv.gz", "wt") as file:
        file.write(HEADER + "\n".join(rows) + "\n")
    return folder


def rate(folder, usage, *more, book="book.yaml"):
    return subprocess.run([BINARY, "rate", "--price-book", str(folder / book), "--usage", str(usage), *map(str, more)],
                          capture_output=True, text=True, timeout=300)


def whole(folder):
    """What the whole file comes to; made once."""
    if not (folder / "lines.csv").exists():
        done = rate(folder, folder / "usage.csv", "--out", folder / "lines.csv", "--summary", folder / "sums.json",
                    "--rejects", folder / "refused.csv")
        assert done.returncode == 1 and "2 of 3002 lines were refused" in done.stderr, done.stderr
    return (folder / "lines.csv").read_text()


def test_bad_lines_are_told_and_the_rest_goes_on(folder):
    whole(folder)
    refused = list(csv.DictReader((folder / "refused.csv").open()))
    assert [(row["line"], row["row"]) for row in refused] == [
        ("1002", "not,a,row"), ("2002", "account-3,p,job,training-job,cpu,many,1,2")]
    assert "fields" in refused[0]["reason"] and "quantity" in refused[1]["reason"]


def test_every_line_can_be_recomputed(folder):
    lines = list(csv.DictReader(whole(folder).splitlines()))
    for line in lines:
        assert Fraction(line["list"]) == sum(Fraction(line[key]) for key in ("discount", "truncated", "due"))
        if line["product"] == "training-job":
            price = Fraction("0.23") if line["from"] < "2026-03-01T16:00:00Z" else Fraction("0.46")
            exact = price * int(line["counted"]) / 3600
            assert Fraction(line["list"]) == Fraction(int(exact * 10**8), 10**8), line
    sums = json.loads((folder / "sums.json").read_text())
    assert Fraction(sums["due"]) == sum(Fraction(line["due"]) for line in lines)
    assert sums["lines"] == len(lines) and sums["rejected"] == 2


def test_tokens_follow_the_months_tiers(folder):
    usage = list(csv.DictReader((folder / "usage.csv").open()))
    lines = [line for line in csv.DictReader(whole(folder).splitlines()) if line["product"] == "tokens"]
    for account in {line["account"] for line in lines}:
        counted = sum(int(row["quantity"]) for row in usage if row["account"] == account and row["product"] == "tokens")
        units = Fraction(counted, 1000)
        fee = min(units, 10) * Fraction(1, 2) + max(units - 10, 0) * Fraction(1, 4)
        due = sum(Fraction(line["due"]) for line in lines if line["account"] == account)
        assert 0 <= fee - due < Fraction(len(lines), 10**8)
        assert all(line["unit_price"] == "" for line in lines)


@pytest.mark.parametrize("parts", [1, 4])
def test_parts_are_the_whole_to_the_byte(folder, tmp_path, parts):
    due = Fraction(0)
    for kind in ("lines", "refused"):
        (tmp_path / f"{kind}.whole").write_text("".join(whole(folder).splitlines(True)[1:]) if kind == "lines" else
                                                "".join((folder / "refused.csv").read_text().splitlines(True)[1:]))
    for part in range(1, parts + 1):
        rate(folder, folder / "usage.csv.gz", "--partition", f"{part}/{parts}", "--out", tmp_path / f"lines.{part}",
             "--rejects", tmp_path / f"refused.{part}", "--summary", tmp_path / f"{part}.json")
        due += Fraction(json.loads((tmp_path / f"{part}.json").read_text())["due"])
    for kind in ("lines", "refused"):
        for part in range(1, parts + 1):
            text = (tmp_path / f"{kind}.{part}").read_text().splitlines(True)[1:]
            (tmp_path / f"{kind}.{part}").write_text("".join(text))
        merged = subprocess.run(["sort", "-m", "-s", "-t", ",", "-k", "1,1n",
                                 *(str(tmp_path / f"{kind}.{part}") for part in range(1, parts + 1))],
                                capture_output=True, check=True, env={"LC_ALL": "C"}).stdout
        assert merged == (tmp_path / f"{kind}.whole").read_bytes()
    assert due == Fraction(json.loads((folder / "sums.json").read_text())["due"])


def test_groups_add_up_to_the_lines(folder, tmp_path):
    done = rate(folder, folder / "usage.csv", "--group-by", "account,day", "--out", tmp_path / "groups.csv")
    assert done.returncode == 1 and "total" in done.stdout and all(len(line) <= 100 for line in done.stdout.splitlines())
    groups = list(csv.DictReader((tmp_path / "groups.csv").open()))
    assert [(row["account"], row["day"]) for row in groups] == sorted((row["account"], row["day"]) for row in groups)
    lines = list(csv.DictReader(whole(folder).splitlines()))
    assert sum(Fraction(row["due"]) for row in groups) == sum(Fraction(line["due"]) for line in lines)
    assert sum(int(row["lines"]) for row in groups) == len(lines)


@pytest.mark.parametrize("words, code, told", [
    (["--partition", "5/4"], 2, "no share"), (["--until", "soon"], 2, "no time"),
    (["--group-by", "colour"], 2, "no column"), (["--out", "/nowhere/lines.csv"], 1, "/nowhere/lines.csv"),
])
def test_wrong_wishes_are_refused(folder, words, code, told):
    done = rate(folder, folder / "usage.csv", *words)
    assert done.returncode == code and told in done.stderr, done.stderr


def test_a_wrong_wish_leaves_nothing(folder, tmp_path):
    for words in (["--until", "soon"], ["--rejects", "/nowhere/refused.csv"]):
        done = rate(folder, folder / "usage.csv", "--out", tmp_path / "lines.csv", *words)
        assert done.returncode in (1, 2) and list(tmp_path.iterdir()) == [], done.stderr


def test_bad_files_are_refused_and_leave_nothing(folder, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "columns.csv").write_text("account,when\nx,y\n")
    damaged = bytearray((folder / "usage.csv.gz").read_bytes())
    (tmp_path / "short.gz").write_bytes(damaged[:len(damaged) // 2])
    damaged[len(damaged) // 2] ^= 0xff
    (tmp_path / "damaged.gz").write_bytes(damaged)
    for name, told in [("empty.csv", "no column"), ("columns.csv", "no column"),
                       ("short.gz", "end too soon"), ("damaged.gz", "damaged"), ("missing.csv", "missing.csv")]:
        done = rate(folder, tmp_path / name, "--out", tmp_path / "out.csv")
        assert done.returncode == 1 and told in done.stderr, (name, done.stderr)
        assert not (tmp_path / "out.csv").exists() and not (tmp_path / "out.csv.new").exists()
    (tmp_path / "book.yaml").write_text(BOOK.replace("0.46", "much"))
    done = rate(tmp_path, folder / "usage.csv")
    assert done.returncode == 1 and "book.yaml:13" in done.stderr, done.stderr
