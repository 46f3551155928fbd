#!/bin/bash
# Prepares .venv-peers (DuckDB and CloudKitty), .venv-hub (JupyterHub), .venv-mlserver and .venv-bentoml, which the benchmarks
# run beside Atelier; without one of the last two they go on.
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv .venv-peers Benchmarks/requirements.txt
venv .venv-hub Benchmarks/requirements-hub.txt
for name in mlserver bentoml; do
    venv ".venv-$name" "Benchmarks/requirements-$name.txt" || {
        rm -rf ".venv-$name"
        say "$name could not be installed, see above; it is left out"
    }
done
