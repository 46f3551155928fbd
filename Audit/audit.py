#!/usr/bin/env python3
"""Recomputes bills from facts and prices with exact numbers; shares no code with what made them."""

import sys

from auditor.command import main

sys.exit(main(sys.argv[1:]))
