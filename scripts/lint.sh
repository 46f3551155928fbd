#!/bin/bash
# Says where the sources are out of shape; fails if they are.
set -euo pipefail
source "$(dirname "$0")/common.sh"

swift format lint --strict --recursive --parallel Sources Tests Package.swift
if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR -S warning scripts/*.sh .ci/run; fi
