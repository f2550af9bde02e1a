# Analytics for customs administrations. Each target sets up what it needs, and nothing twice.
.DEFAULT_GOAL := help
.PHONY: help setup briefings test coverage lint lab lock reference clean spark docs

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JOBS   ?= 2

# Compiled once, not by each worker, command and kernel anew, whatever the shell says.
export PYTHONDONTWRITEBYTECODE =

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Compiled once: where PYTHONDONTWRITEBYTECODE is set every process would compile all libraries anew, 4 s of each start.
# Debian's Python has no ensurepip and its pip installs nothing outside a venv: pip installs INTO the venv.
$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib analytics >/dev/null || true
	@touch $@

setup: $(READY) ## make .venv and install the locked dependencies

briefings: $(READY) ## run every parameter set of params/ and write reports/en/index.html
	$(BIN)/analytics run --jobs $(JOBS)

test: $(READY) ## run the whole test suite
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

coverage: $(READY) ## run the tests and say which lines they reach, in kernels and commands too
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Spark comes apart from the rest: its archive is 400 MB and needs Java 17. The lock pins it by its hash.
spark: $(READY) ## install the extra `spark` (needs Java 17)
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17: install it first (Debian: openjdk-17-jre-headless)"; exit 1; }
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes --no-deps --no-build-isolation \
	    -r requirements-spark.lock

lint: $(READY) ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(READY) ## open JupyterLab on the right kernel
	$(BIN)/python -m ipykernel install --prefix $(VENV) --name python3 --display-name "Analytics" >/dev/null
	JUPYTER_PREFER_ENV_PATH=1 $(BIN)/jupyter lab notebooks

lock: ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --extra dev --output-file requirements.lock pyproject.toml
	echo 'pyspark>=4.0,<4.1' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --constraint requirements.lock \
	    --output-file requirements-spark.lock -
	printf 'mkdocs-material>=9.6\nmkdocstrings[python]>=0.29\n' | uv pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    --output-file requirements-docs.lock -

clean: ## remove what runs have written (reports, private tables, caches)
	rm -rf reports private .pytest_cache .ruff_cache .mypy_cache .hypothesis

# Apart from the suite's own environment: a writer of pages needs none of it, and an analyst none of this.
docs: requirements-docs.lock ## write the documentation as a site that needs no network (site/)
	@test -x .venv-docs/bin/python || $(PYTHON) -m venv --without-pip .venv-docs
	$(PYTHON) -m pip --python .venv-docs/bin/python install --quiet --require-hashes -r requirements-docs.lock
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet --strict

reference: $(READY) ## write docs/parameters.md from the schemas in params/
	$(BIN)/analytics params --write docs/parameters.md
