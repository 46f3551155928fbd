"""The independent auditor against atelier rate: random price books of every key, random usage, and tampered answers."""

import csv
import gzip
import random
import subprocess
import sys

import pytest

from atelier import BINARY, ROOT

AUDIT = [sys.executable, str(ROOT / "Audit" / "audit.py")]
START = 1772323200 - 3 * 86400  # Three days before the first of March 2026, UTC.


def decimal(chance, most, places):
    return f"{chance.randrange(most)}.{chance.randrange(10**places):0{places}}" if places else str(chance.randrange(1, most))


def random_scheme(chance):
    kind = chance.choice(["per_unit", "per_unit", "per_hour", "flat", "graduated", "volume", "package"])
    if kind == "package":
        return f"package: {{size: {chance.randrange(1, 9)}, price: {decimal(chance, 5, 4)}}}"
    if kind in ("graduated", "volume"):
        bounds = sorted(chance.sample(range(1, 60), chance.randrange(0, 4)))
        tiers = [f"{{up_to: {bound}, per_unit: {decimal(chance, 3, 4)}, flat: {decimal(chance, 2, 2)}}}" for bound in bounds]
        return f"{kind}: [{', '.join([*tiers, f'{{per_unit: {decimal(chance, 3, 10)}}}'])}]"
    return f"{kind}: {decimal(chance, 3, chance.choice([0, 2, 10]))}"


def random_price(chance, product, flavor, more=""):
    extra = ""
    if chance.random() < 0.2:
        extra += f", free: {chance.randrange(1, 5)}"
    if chance.random() < 0.2:
        extra += f", minimum: {decimal(chance, 4, 2)}"
    if chance.random() < 0.2:
        extra += f", maximum: {chance.randrange(5, 50)}"
    return f"  - {{product: {product}, flavor: {flavor}, {random_scheme(chance)}{extra}{more}"


def random_book(chance):
    units = ["hour", "minute", "GB-hour", '{name: "ten minutes", of: 600, counts: seconds, rounding: up}', '"1,000 tokens"',
             "request", "{name: dozen, of: 12, rounding: half_up}"]
    products = [f"p{index}" for index in range(3)]
    text = ["id: fuzz", "name: Fuzz", "currency: USD", f"site: {chance.choice(['international', 'china'])}", "products:"]
    for product in products:
        metering = chance.choice(["", "", ", metering: minute", ", metering: day", ", minimum_seconds: 5400"])
        text.append(f"  - {{id: {product}, name: {product}, service: s, resource: r, unit: {chance.choice(units)}, variants: [a, b]{metering}}}")
    text.append("prices:")
    for product in products:
        for flavor in "ab":
            change = START + chance.randrange(6 * 86400)
            text.append(random_price(chance, product, flavor, f", from: 2020-01-01, until: {iso(change)}}}"))
            text.append(random_price(chance, product, flavor, f", from: {iso(change)}}}"))
            if chance.random() < 0.4:
                text.append(random_price(chance, product, flavor, ', daily: "22:30-06:15", from: 2020-01-01}'))
            if chance.random() < 0.4:
                text.append(random_price(chance, product, flavor, ", account: a1, from: 2020-01-01}"))
            if chance.random() < 0.3:
                text.append(random_price(chance, product, flavor, f", project: x2, from: {iso(change - 50000)}}}"))
    text.append("discounts:")
    for index in range(chance.randrange(1, 4)):
        scope = chance.choice(["", ", account: a2", ", project: x1", ", product: p1", ", flavor: b"])
        text.append(f"  - {{name: d{index}, percent: {chance.choice(['5', '12.5', '33.3333', '100'])}{scope}, from: {iso(START + chance.randrange(400000))}}}")
    return "\n".join(text) + "\n"


def iso(second):
    import datetime
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def random_usage(chance, count):
    yield "account,project,resource,product,flavor,quantity,start,end\n"
    for index in range(count):
        start = START + chance.randrange(6 * 86400) // chance.choice([1, 3600]) * 1
        start -= chance.choice([0, start % 3600])
        end = start + int(chance.choice([0, 1, 59, 600, 3600, chance.randrange(200000)]))
        quantity = chance.choice(["1", "2", "7", "0.5", "1.25", "12", "0.000001"])
        said = chance.choice([str(end), iso(end), ""])
        row = [f"a{chance.randrange(4)}", f"x{chance.randrange(4)}", f"job-{index}", f"p{chance.randrange(3)}", chance.choice("ab"), quantity,
               chance.choice([str(start), iso(start)]), said]
        if chance.random() < 0.03:
            row[chance.randrange(8)] = chance.choice(["", "x", "-1", "p9", "1e3"])
        yield ",".join(row) + "\n"


def rate(folder, usage, *more):
    done = subprocess.run([BINARY, "rate", "--price-book", folder / "book.yaml", "--usage", usage, "--out", folder / "lines.csv",
                           "--rejects", folder / "refused.csv", "--until", "1773000000", *more], capture_output=True, text=True, timeout=300)
    assert done.returncode == (1 if "lines were refused" in done.stderr else 0), done.stderr
    return done


def audit(folder, usage):
    return subprocess.run([*AUDIT, "usage", "--price-book", folder / "book.yaml", "--usage", usage, "--lines", folder / "lines.csv",
                           "--rejects", folder / "refused.csv", "--until", "1773000000"], capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("seed", range(24))
def test_both_agree_on_random_books(tmp_path, seed):
    chance = random.Random(seed)
    (tmp_path / "book.yaml").write_text(random_book(chance))
    usage = tmp_path / ("usage.csv.gz" if seed % 4 == 0 else "usage.csv")
    with (gzip.open(usage, "wt") if seed % 4 == 0 else usage.open("w")) as file:
        file.writelines(random_usage(chance, 200))
    done = rate(tmp_path, usage)
    assert "book.yaml" not in done.stderr, done.stderr + (tmp_path / "book.yaml").read_text()
    agreed = audit(tmp_path, usage)
    assert agreed.returncode == 0, f"seed {seed}\n{agreed.stdout}{agreed.stderr}\n{(tmp_path / 'book.yaml').read_text()}"
    assert int(agreed.stdout.split()[4]) >= 100


def test_what_is_tampered_with_is_found(tmp_path):
    chance = random.Random(99)
    (tmp_path / "book.yaml").write_text(random_book(chance))
    (tmp_path / "usage.csv").write_text("".join(random_usage(chance, 200)))
    rate(tmp_path, tmp_path / "usage.csv")
    whole = (tmp_path / "lines.csv").read_text().splitlines(True)
    rows = list(csv.reader(whole))
    place = next(index for index, row in enumerate(rows) if index > 5 and row[14] not in ("0", "due"))

    def tampered(lines):
        (tmp_path / "lines.csv").write_text("".join(lines))
        return audit(tmp_path, tmp_path / "usage.csv")

    one = rows[place][14]
    changed = ",".join([*rows[place][:14], one[:-1] + str((int(one[-1]) + 1) % 10)]) + "\n"
    for lines in ([*whole[:place], changed, *whole[place + 1:]], [*whole[:place], *whole[place + 1:]],
                  [*whole[:place], whole[place], *whole[place:]]):
        found = tampered(lines)
        assert found.returncode == 1 and f"line {rows[place][0]}:" in found.stderr, found.stdout + found.stderr
    assert tampered(whole).returncode == 0
