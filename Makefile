# All commands for Pushoff, for developers and for CI. Needs make and Python 3.11 or newer.
PYTHON ?= python3
# Number of processes that run tests. Each has its own database cluster.
JOBS ?= 2
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
NODE := tests/clients/node_modules
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test quick lint check check-browser check-openapi check-clients check-audit bench soak openapi lock clean

help: ## this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## start the service on 127.0.0.1:8000; settings: PUSHOFF_HOST, PUSHOFF_PORT, …
	@exec $(BIN)/pushoff serve --migrate

test: lint ## all tests, on SQLite and on a real PostgreSQL; PYTEST_ARGS="-k word" runs some
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadfile $(PYTEST_ARGS)

quick: lint ## the inner loop: form, types, and the tests of pure code with few random examples
	$(BIN)/pytest --quiet --numprocesses=$(JOBS) --hypothesis-profile=quick tests/training tests/formats

lint: $(VENV)/test.stamp ## format, linters and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: check-audit check-openapi check-clients check-browser ## checks that need more than Python: a browser, npm, an audit

check-browser: $(VENV)/check.stamp ## the pages in a headless Chromium, with axe-core
	$(call need,chromium,chromium)
	$(call need,chromedriver,chromium-driver)
	@$(MAKE) --no-print-directory $(NODE)/.package-lock.json
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=loadfile tests/browser

check-openapi: $(NODE)/.package-lock.json ## openapi.yaml against the Spectral linter
	$(NODE)/.bin/spectral lint openapi.yaml --ruleset tests/contract/.spectral.yaml --fail-severity=warn

check-clients: $(VENV)/check.stamp $(NODE)/.package-lock.json ## generated Python and TypeScript clients against the service
	$(BIN)/pytest tests/clients

check-audit: $(VENV)/check.stamp ## known vulnerabilities of the dependencies, and bandit on our own code
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive app migrations
	$(BIN)/python -m tools.audit requirements/check.txt

bench: $(VENV)/test.stamp ## the benchmarks, as ratios that hold on any machine
	$(BIN)/python -m benchmarks

soak: $(VENV)/test.stamp ## the long form of every promise, about an hour; writes docs/soak.md
	$(BIN)/python -m tools.soak

openapi: $(VENV)/test.stamp ## write openapi.yaml from the routes, with answers of the app as examples
	$(BIN)/pushoff openapi
	$(BIN)/python -m tests.contract.example_answers
	$(BIN)/pushoff openapi

lock: .cache/uv/bin/uv ## write the newest versions that fit pyproject.toml, with hashes, into requirements/
	$(call lock,run,--group build --upgrade)
	$(call lock,test,--group build --group test --upgrade --constraints requirements/run.txt)
	$(call lock,check,--group build --group test --group check --upgrade --constraints requirements/test.txt)

clean: ## remove what make created, except databases
	rm -rf $(VENV) $(NODE) .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find app tests migrations benchmarks examples tools -name __pycache__ -prune -exec rm -rf {} +

# uv resolves the lock for every platform and Python version at once. It must not contain an index or
# a folder of the machine that ran it: others would install from there.
lock = .cache/uv/bin/uv --no-config pip compile pyproject.toml $(2) --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" --output-file requirements/$(1).txt

.cache/uv/bin/uv:
	$(PYTHON) -m venv .cache/uv
	.cache/uv/bin/python -m pip --disable-pip-version-check install --quiet uv==$(UV_VERSION)

# A stamp is as new as what it installed, so that a second `make run` starts without pip.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement $<
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Pushoff needs Python 3.11 or newer, and $(PYTHON) is not: try make PYTHON=python3.12 run" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(NODE)/.package-lock.json: tests/clients/package-lock.json
	$(call need,npm,nodejs npm)
	npm --prefix tests/clients ci --ignore-scripts --no-audit --no-fund
	@touch $@

# $(call need,COMMAND,PACKAGES): check for a command; install it as root on Debian, else report it as missing.
need = @command -v $(1) >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(2); } || \
	{ echo "missing: $(1). Install it ($(2) on Debian), then make check again." >&2; exit 1; }
