#!/bin/bash
# Prepares .venv-clients: the official SDKs and what tests and benchmarks need beside them.
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv .venv-clients Tests/Clients/requirements.txt
