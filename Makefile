# Everything this repository can do, with all set-up done on the way. `make help` lists the targets.
# On a fresh machine `make demo` needs Python >= 3.11 and Java 17; `make test` also Go (and a browser, which it
# installs itself where it may).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.7
PYTEST_ARGS ?=
export ONLINE_RETAIL_DIR ?= $(abspath ../shared/data/online-retail)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub("%", "NAME", $$1); printf "  make %-12s %s\n", $$1, $$2}'

## Set-up: each step leaves a stamp in .venv and is done again only when what it depends on has changed.

.PHONY: setup
setup: $(VENV)/.stamp-package $(VENV)/.stamp-jars ## .venv with the command `medallion`, and the engine jars

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; name one: make PYTHON=/path/to/python3 setup" >&2; exit 3; }
	@echo "setup: $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.stamp-build: requirements/build.txt | $(BIN)/python
	@echo "setup: build tools"
	@$(PIP) install --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.stamp-local: requirements/local.txt $(VENV)/.stamp-build
	@echo "setup: the toolkit's dependencies and Spark (the first time some minutes: PySpark is large)"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/local.txt
	@touch $@

$(VENV)/.stamp-dev: requirements/dev.txt $(VENV)/.stamp-local
	@echo "setup: test and lint tools"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/dev.txt
	@touch $@

$(VENV)/.stamp-package: pyproject.toml $(VENV)/.stamp-local
	@echo "setup: medallion"
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(VENV)/.stamp-jars: src/medallion_toolkit/engine/jars.py $(VENV)/.stamp-package
	@echo "setup: engine jars"
	@$(BIN)/python scripts/fetch_jars.py
	@touch $@

$(BIN)/actionlint: | $(BIN)/python
	@command -v go >/dev/null || { echo "Go is missing: it builds actionlint and the Databricks CLI" >&2; exit 3; }
	@echo "setup: actionlint"
	@GOBIN=$(abspath $(BIN)) GOFLAGS=-mod=mod go install $(ACTIONLINT)
	@touch $@

.PHONY: tools
tools: ## tools/databricks/bin: the pinned Databricks CLI and the fake workspace
	@tools/databricks/build

## What it is for

.PHONY: demo
demo: setup ## a project from the template, run locally twice: day one, then only what day two brings
	@PATH="$(abspath $(BIN)):$$PATH" scripts/demo.sh

.PHONY: example-online-retail
example-online-retail: setup ## real invoices: an empty project, examples/online_retail over it, seventy days in two runs
	@test -d "$(ONLINE_RETAIL_DIR)/by-day" || \
		{ echo "no data in $(ONLINE_RETAIL_DIR), see examples/online_retail/README.md" >&2; exit 3; }
	@rm -rf demo/online_retail
	@export PATH="$(abspath $(BIN)):$$PATH"; \
		medallion new online_retail --set sample_data=no --output-dir demo >/dev/null; \
		cp -R examples/online_retail/. demo/online_retail; \
		cd demo/online_retail; \
		medallion generate; python deliver.py 7; medallion run; python deliver.py; medallion run

.PHONY: test-setup
test-setup: setup $(VENV)/.stamp-dev $(BIN)/actionlint tools
	@scripts/find_browser.sh >/dev/null

.PHONY: test
test: test-setup ## every check a change has to pass: lint, types, all tests but the long ones
	@$(MAKE) lint
	@$(BIN)/python -m pytest -m "not long" --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

.PHONY: test-fast
test-fast: setup $(VENV)/.stamp-dev $(BIN)/actionlint ## the tests that need no Spark, no browser and no CLI: less than two minutes
	@$(BIN)/python -m pytest -m "not long and not spark and not online_retail and not cli and not browser" $(PYTEST_ARGS)

.PHONY: test-long
test-long: test-setup ## kills, large property runs, all seventy days one by one
	@$(BIN)/python -m pytest -m long $(PYTEST_ARGS)

.PHONY: lint
lint: $(VENV)/.stamp-dev $(VENV)/.stamp-package $(BIN)/actionlint ## ruff, mypy, import directions, workflow files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@MYPYPATH='template/{{.project_name}}' $(BIN)/mypy -p medallion
	@PYTHONPATH='template/{{.project_name}}' $(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_workflows.py

.PHONY: format
format: $(VENV)/.stamp-dev ## rewrite Python files the way `make lint` wants them
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: docs
docs: setup ## write the generated pages of docs/ anew
	@$(BIN)/python scripts/generate_docs.py

.PHONY: lock
lock: $(BIN)/python ## write requirements/*.txt anew (scripts/lock.sh --upgrade takes newer versions)
	@PYTHON=$(BIN)/python scripts/lock.sh

.PHONY: bench
bench: setup ## every benchmark, one JSON line a measure
	@$(BIN)/python scripts/run_benchmarks.py

bench-%: setup ## one benchmark: `make bench-read` runs benchmarks/bench_read.py
	@$(BIN)/python scripts/run_benchmarks.py $*

.PHONY: clean
clean: ## take away what make made, but not .venv
	@rm -rf build dist demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
