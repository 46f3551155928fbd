#!/bin/bash
# Runs every benchmark of the release binary beside its yardstick, in one run, and prints a table.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

scripts/clients.sh
say "building the yardstick"
swift build -c release --package-path Benchmarks --scratch-path .build-bench >&2
BARE=$PWD/.build-bench/release/bare .venv-clients/bin/python Benchmarks/bench.py "$@"
