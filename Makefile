# make demo: set up, run the built-in study, print the answer and the report's place.
# make test: set up the same way, check style and layers, run every test.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= demo-report
# Many small arrays: threads inside one product only cost time.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test lint setup lock clean

demo: .venv/ready
	$(BIN)/stallpoint demo --out $(OUT)

test: lint
	$(BIN)/pytest

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: .venv/ready

# Modules are compiled as they are used, which is a fraction of what is installed.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Needs uv. Hashes only: no index address enters the lock.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock

clean:
	rm -rf .venv demo-report .pytest_cache .mypy_cache .ruff_cache
