#!/bin/bash
# Measures the hot paths, each beside its yardstick.
set -euo pipefail
source "$(dirname "$0")/common.sh"

[ -x Benchmarks/run.sh ] || die "there is no Benchmarks/run.sh to run"
scripts/install.sh wrk nginx-light nodejs node-configurable-http-proxy
for runtime in python scikit-learn jupyterlab inference; do scripts/runtime.sh "$runtime"; done
ATELIER=$(scripts/build.sh)
export ATELIER
exec Benchmarks/run.sh "$@"
