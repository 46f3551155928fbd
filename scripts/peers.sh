#!/bin/bash
# Prepares .venv-peers (DuckDB and CloudKitty) and .venv-hub (JupyterHub), which the benchmarks run beside Atelier.
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv .venv-peers Benchmarks/requirements.txt
venv .venv-hub Benchmarks/requirements-hub.txt
