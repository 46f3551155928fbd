"""atelier price import: public price lists become price books that rate usage."""

import json
import subprocess

import pytest

from atelier import BINARY, ROOT

GCP = """machine_type,gpu_family,vcpu,ram_gib,accelerators,region,hour,hour_spot,month,month_1y,month_3y,month_spot
a2-highgpu-1g,1,12,85,"{""a100"": 1}",us-central1,3.673385,0.91,2681.57105,1689.3711392,938.56707798,
a2-highgpu-1g,1,12,85,"{""a100"": 1}",europe-west4,3.7479720000000003,,2736.01956,,,
m1,0,1,3.75,{},us-central1,0.05,0.01,36.5,,,
"""
AWS = "instance_type,region,usd_per_hour\np3.2xlarge,us-east-1,3.06\np3.2xlarge,us-west-2,3.06\n"
DATA = ROOT.parent / "shared" / "data" / "prices"


def run(*words):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120)


def rated(folder, book, product, flavor, seconds):
    (folder / "usage.csv").write_text(
        f"account,project,resource,product,flavor,quantity,start,end\na,p,r,{product},{flavor},2,1772323200,{1772323200 + seconds}\n")
    done = run("rate", "--price-book", book, "--usage", folder / "usage.csv", "--summary", folder / "sums.json")
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "sums.json").read_text())["due"]


def test_a_list_becomes_a_book(tmp_path):
    (tmp_path / "gcp.csv").write_text(GCP)
    done = run("price", "import", "gcp", tmp_path / "gcp.csv", "--out", tmp_path / "gcp.yaml")
    assert done.returncode == 0 and done.stderr == "5 prices; 1 were rounded to 10 decimals\n"
    book = (tmp_path / "gcp.yaml").read_text()
    assert "term: 1 year, price: 20272.4536704" in book and "term: 3 years, price: 33788.41480728" in book
    assert rated(tmp_path, tmp_path / "gcp.yaml", "gce-instance", "a2-highgpu-1g.us-central1", 3600) == "7.34677"
    assert rated(tmp_path, tmp_path / "gcp.yaml", "gce-instance-spot", "a2-highgpu-1g.us-central1", 1800) == "0.91"
    assert rated(tmp_path, tmp_path / "gcp.yaml", "gce-instance", "a2-highgpu-1g.europe-west4", 3600) == "7.495944"


def test_regions_and_other_clouds(tmp_path):
    (tmp_path / "aws.csv").write_text(AWS)
    shown = run("price", "import", "aws", tmp_path / "aws.csv", "--region", "us-east-1")
    assert shown.returncode == 0 and "us-east-1" in shown.stdout and "us-west-2" not in shown.stdout
    (tmp_path / "aws.yaml").write_text(shown.stdout)
    assert rated(tmp_path, tmp_path / "aws.yaml", "ec2-instance", "p3.2xlarge.us-east-1", 60) == "0.102"


@pytest.mark.parametrize("text, words, told", [
    ("a,b\n1,2\n", [], "no such column"), (AWS.replace("3.06", "three"), [], "Line 2, column usd_per_hour"), (AWS, ["--region", "mars"], "no price"),
    (AWS, ["--from", "soon"], "no date"),
])
def test_bad_lists_are_refused(tmp_path, text, words, told):
    (tmp_path / "list.csv").write_text(text)
    done = run("price", "import", "aws", tmp_path / "list.csv", *words)
    assert done.returncode in (1, 2) and told in done.stderr, done.stderr


@pytest.mark.skipif(not DATA.exists(), reason="the shared data folder is not beside this clone")
@pytest.mark.parametrize("source, name, least", [
    ("gcp", "gcp_gpu_instances_2026-07-30.csv", 1_800), ("gcp", "gcp_cpu_instances_sample_2026-07-30.csv", 2_400),
    ("aws", "aws_ec2_linux_ondemand_gpu_2025-03.csv", 900)])
def test_the_real_lists(tmp_path, source, name, least):
    done = run("price", "import", source, DATA / name, "--out", tmp_path / "book.yaml")
    assert done.returncode == 0 and int(done.stderr.split()[0]) >= least, done.stderr
    first = next(line for line in (tmp_path / "book.yaml").read_text().splitlines() if "per_hour" in line)
    product, flavor = (first.split(f"{key}: ")[1].split(",")[0] for key in ("product", "flavor"))
    assert float(rated(tmp_path, tmp_path / "book.yaml", product, flavor, 3600)) > 0
