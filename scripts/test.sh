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

# Errors do not end a function that `part` calls, so its steps are joined.
client_packages() {
    local requirements=Tests/Clients/requirements.txt stamp=.venv-clients/prepared wanted
    wanted=$(sha256sum <"$requirements")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
    rm -rf .venv-clients &&
        /usr/bin/python3 -m venv .venv-clients &&
        .venv-clients/bin/pip install --quiet --disable-pip-version-check -r "$requirements" &&
        printf '%s\n' "$wanted" >"$stamp"
}

runtimes() { scripts/runtime.sh python && scripts/runtime.sh scikit-learn; }

part "packages" scripts/install.sh
part "runtimes" runtimes
part "Swift build" swift build --build-tests
part "Swift tests" swift test --skip-build --parallel
if compgen -G 'Tests/Clients/test_*.py' >/dev/null; then
    part "packages of the clients" client_packages
    part "clients" .venv-clients/bin/python -m pytest -q -p no:cacheprovider Tests/Clients
fi
say "everything took $(since 0)"
