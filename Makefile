# Every target does its own set-up: a fresh machine needs Python 3.11, git and make. What only tests need beside that is
# installed where it can be (tests/programs).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
export PATH := $(CURDIR)/.tools/node_modules/.bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE # tests start hundreds of processes, which need not compile the same each time

.DEFAULT_GOAL := help
.PHONY: help demo test test-full programs check conformance bench bench-fleet format schemas clean

help: ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/' | sort

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(READY) ## a commit becomes API calls on a simulated fleet, drift is raised and healed
	@$(BIN)/stxr demo

test: check programs ## everything that a clone can test by itself
	$(BIN)/python -m pytest -n 4 --dist loadgroup --durations=20 -m "not conformance and not full"

test-full: check programs ## the same, and what takes longer: every case of the fault matrix, whose results it writes down
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not conformance" --durations=10 --fault-results docs/results/fault-matrix.md

programs: ## what some tests talk to: PostgreSQL and others of the distribution, yaml-language-server
	@tests/programs

conformance: $(READY) ## against recordings and example files of the real thing, where they stand beside the clone
	@if [ -d "$${STXR_SHARED:-../shared}" ] || [ "$$STXR_CONFORMANCE" = required ]; then \
		$(BIN)/python -m pytest -m conformance --conformance tests/conformance; \
	else echo "conformance: not run: recordings and examples do not stand beside this clone"; fi

check: $(READY) ## format, lint, types, import contracts, fresh schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	$(BIN)/stxr schema --check schemas

bench: $(READY) ## requests, CPU, latency and memory, as ratios within one run
	@$(BIN)/python -m benchmarks

bench-fleet: $(READY) ## half an hour, on a quiet machine: 5,000 sites at their pace, well sites beside dark and slow ones
	@$(BIN)/python -m benchmarks pace fairness

format: $(READY) ## rewrite what `check` would complain of
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: $(READY) ## write schemas/ anew from the models
	$(BIN)/stxr schema --write schemas

clean: ## forget the environment and caches
	rm -rf $(VENV) .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis
