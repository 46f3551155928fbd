#!/bin/bash
# Prepares .venv-peers: DuckDB and CloudKitty, which the benchmarks run beside Atelier.
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv .venv-peers Benchmarks/requirements.txt
