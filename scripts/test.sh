#!/bin/bash
# Runs every suite: Swift's, then the official Python SDKs against a real server. CI=1 makes warnings errors.
set -euo pipefail
source "$(dirname "$0")/common.sh"

TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# Says what is done and how long it took.
part() {
    local began=$SECONDS name=$1
    shift
    say "== $name"
    "$@" || { say "== $name failed after $(since "$began")"; exit 1; }
    say "== $name took $(since "$began")"
}

runtimes() {
    local runtime
    for runtime in python scikit-learn jupyterlab inference pytorch; do scripts/runtime.sh "$runtime" || return; done
}

quiet='GatewayTests|VolumeDisksTests'

# Tests use a browser, too.
part "packages" scripts/install.sh chromium fonts-dejavu-core
part "runtimes" runtimes
part "Swift build" swift build --build-tests
# Connections and disks are watched against time limits, so they have the machine to themselves.
part "Swift tests" swift test --skip-build --parallel --skip "$quiet|SimulationTests"
part "Swift tests of connections and disks" swift test --skip-build --no-parallel --filter "$quiet"
part "simulation" swift test --skip-build --filter SimulationTests
part "auditor" python3 -m unittest discover -q -s Audit/tests
if compgen -G 'Tests/Clients/test_*.py' >/dev/null; then
    part "packages of the clients" scripts/clients.sh
    part "clients" .venv-clients/bin/python -m pytest -q --durations=15 -p no:cacheprovider Tests/Clients
fi
say "everything took $(since 0)"
