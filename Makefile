# Two commands: `make demo` runs the whole of LAPA, small; `make test` checks everything.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
export DO_NOT_TRACK := 1
export KEDRO_LOGGING_CONFIG := conf/logging.yml
# Tests run many tiny models: waking a second thread costs more than it computes.
TEST_ENV := OMP_NUM_THREADS=1 MUJOCO_GL=disable
# Processes that share out the test files, whole files each: fixtures of a file are made once.
WORKERS ?= 2

.PHONY: help install demo test lint types pytest viz mlflow clean

help:
	@echo "make demo    record, train, label, pretrain, finetune, evaluate; ends with the report's path"
	@echo "make test    lint, types, import contracts, tests"
	@echo "make viz     browse the lineage (Kedro-Viz, 127.0.0.1:4141)"
	@echo "make mlflow  compare runs (MLflow, 127.0.0.1:5000)"

install: $(STAMP)

# torch comes first and alone: with a CPU wheel configured (--find-links or an index), pip takes it,
# and nothing later in the list can then pull a CUDA build.
$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "$$(grep '^torch==' requirements.lock)"
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

demo: $(STAMP)
	$(BIN)/kedro run --only-missing-outputs

test: lint types pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy --strict src

pytest: $(STAMP)
	$(TEST_ENV) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--durations=40 --durations-min=5

viz: $(STAMP)
	$(BIN)/kedro viz run

mlflow: $(STAMP)
	$(BIN)/kedro mlflow ui

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
