#!/bin/bash
# Removes what was built and prepared; data folders stay.
set -euo pipefail
source "$(dirname "$0")/common.sh"

rm -rf .build .build-release .venv-clients .venv-peers var/runtimes var/swift-version
if [ -d var/data ]; then say "var/data stays: it holds your jobs and bills"; fi
