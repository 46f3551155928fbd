#!/bin/bash
# Puts the sources in shape, as .swift-format has it.
set -euo pipefail
source "$(dirname "$0")/common.sh"

swift format --in-place --recursive --parallel Sources Tests Package.swift
