#!/bin/bash
# Runs every benchmark of the release binary beside its yardstick, in one run, and prints a table.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/common.sh

scripts/clients.sh
say "building the yardstick"
swift build -c release --package-path Benchmarks --scratch-path .build-bench >&2
scripts/peers.sh
tools=$PWD/.build-bench/release
BARE=$tools/bare .venv-clients/bin/python Benchmarks/bench.py "$@"
KERNEL=$tools/kernel PEERS=$PWD/.venv-peers/bin/python python3 Benchmarks/rating.py "$@"
GATEWAY=$tools/gateway python3 Benchmarks/gateway.py
for part in notebooks services events hour_close stored_lines; do .venv-clients/bin/python "Benchmarks/$part.py"; done
