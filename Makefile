# Python 3.11 or newer and make are all that is needed. `make` alone lists what there is.

PYTHON ?= python3
# More arguments for pytest, such as: make test ARGS="tests/floors -x"
ARGS ?=
# Processes that `make test` shares the files of tests out among. They wait more than they compute, so these are more than
# cores; 0 runs everything in one.
WORKERS ?= 4
# What `make bench` renders and measures; see docs/benchmarks.md.
SUITES ?= clear night rain snow birds shake lamps trees small faint mixed quiet \
	hidden offset mirror dives insects leaves laundry gondola drips clouds volley light low \
	fps15 fps30 lowrate repeats fourk crowded sensitivity
# What is measured with one of these parts switched off at a time, and on which suites.
PARTS ?= seeing clutter physics trace-back origin network
ABLATED ?= shake clouds snow rain trees hidden mirror night

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-slow check bench-small bench clean

help:
	@echo "make demo         sample clip, detection, evidence, work order, review page"
	@echo "make test         all tests but the slow ones"
	@echo "make test-slow    the slow ones"
	@echo "make check        lint, formatting, types, architecture"
	@echo "make bench-small  accuracy and speed on one rendered clip"
	@echo "make bench        accuracy and speed on all rendered suites (hours)"
	@echo "make clean        remove what make has made; evidence stays"

demo: $(VENV)/.edge
	@$(BIN)/droptrace demo

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: $(VENV)/.dev
	@$(BIN)/python -m pytest -m slow $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench-small: $(VENV)/.edge
	@$(BIN)/droptrace scene demo --out var/bench/demo
	@$(BIN)/droptrace bench var/bench/demo --out var/bench/small

bench: $(VENV)/.edge
	@for suite in $(SUITES); do $(BIN)/droptrace scene $$suite --out var/bench/$$suite || exit; done
	@$(BIN)/droptrace bench $(addprefix var/bench/,$(SUITES)) --out var/bench/all --peers
	@for part in $(PARTS); do \
	  $(BIN)/droptrace bench $(addprefix var/bench/,$(ABLATED)) --out var/bench/without-$$part --without $$part \
	    --no-throughput || exit; done
	@$(BIN)/python -m benchmarks.accuracy var/bench/all/results.json \
	  --without $(PARTS:%=var/bench/without-%/results.json) > var/bench/accuracy.md
	@echo "What was reached: var/bench/accuracy.md, var/bench/all/report.html"

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache var/demo var/bench
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below are made last, so that an interrupted installation is taken up again.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "droptrace needs Python 3.11 or newer, and '$(PYTHON)' is not; name another: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.edge: requirements/edge.lock pyproject.toml $(VENV)/.made
	@echo "Installing what the program needs (some 225 MB, once) ..."
	@$(PIP) install -r requirements/edge.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.edge
	@echo "Installing what tests and checks need ..."
	@$(PIP) install -r requirements/dev.lock
	@touch $@
