# The work stands in scripts/; every target is one of them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up test soak bench build install format lint clean

# What `make up` and `make soak` read; give them on the command line.
export LISTEN ATELIER_DATA ONCE FLAVOR MINUTES

help: ## Say what the targets do.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Install, build, start the server, run the digits example. ONCE=1 stops there; LISTEN=127.0.0.1:8081 moves it.
	@scripts/up.sh

test: ## Run every suite: Swift, then the official Python SDKs against a real server.
	@scripts/test.sh

soak: ## Simulate years of use under random faults, MINUTES=60; says what was survived.
	@scripts/soak.sh

bench: ## Measure every hot path beside its yardstick.
	@scripts/bench.sh

build: ## Build the release binary, one file.
	@scripts/build.sh

install: ## Install the Debian packages that are missing.
	@scripts/install.sh

format: ## Put the sources in shape.
	@scripts/format.sh

lint: ## Say what `make format` would change and what it cannot.
	@scripts/lint.sh

clean: ## Remove what was built; data folders stay.
	@scripts/clean.sh
