#!/bin/bash
# Prepares .venv-clients: the official SDKs and what tests and benchmarks need beside them.
set -euo pipefail
source "$(dirname "$0")/common.sh"

requirements=Tests/Clients/requirements.txt
stamp=.venv-clients/prepared
wanted=$(sha256sum <"$requirements")
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit; fi
rm -rf .venv-clients
/usr/bin/python3 -m venv .venv-clients
.venv-clients/bin/pip install --quiet --disable-pip-version-check -r "$requirements"
printf '%s\n' "$wanted" >"$stamp"
