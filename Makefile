# One command each, on a machine with git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The packages are plain source folders: an install is stale only when the recipe or the pins change.
BASE   := $(VENV)/.base
DEV    := $(VENV)/.dev

.PHONY: demo test fuzz conformance crash clients bench check format clean

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(BASE): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(BASE)

demo: $(BASE)   ## sample events become Heap requests, on this machine alone
	$(BIN)/atpath demo

test: $(DEV)    ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

fuzz: $(DEV)    ## the properties for longer: a thousand examples of each
	ATPATH_PROFILE=long $(BIN)/python -m pytest -n 2 tests/properties tests/fast tests/runtime tests/compiler tests/dsl

conformance: $(DEV)  ## Segment's semantics against vectors of its own engine: make conformance VECTORS=folder
	$(BIN)/python tests/conformance/vectors.py $(VECTORS)

crash: $(DEV)   ## kill -9 of serve and send, 200 rounds each
	ATPATH_CRASH_ROUNDS=200 $(BIN)/python -m pytest tests/delivery/test_crash.py tests/delivery/test_sending.py -k random

clients: $(DEV) ## Segment's Python and Node clients, 10,000 events each
	ATPATH_CLIENTS=1 $(BIN)/python -m pytest tests/delivery/test_clients.py

bench: $(DEV)   ## speed beside what a Python user would write: a table and a plot in bench/out
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/run.py

check: $(DEV)   ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

format: $(DEV)  ## mend format and lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info
