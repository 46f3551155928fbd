#!/bin/bash
# Simulates the platform under seeded faults for MINUTES (60), and says how many years it saw and what it survived.
set -euo pipefail
source "$(dirname "$0")/common.sh"

scripts/install.sh
export ATELIER_SOAK_SECONDS=$((${MINUTES:-60} * 60))
exec swift test --filter 'SimulationTests/soak'
