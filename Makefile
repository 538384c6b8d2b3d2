# Everything that is done with Chappe from a working copy. `make help` lists it.
# The first call needs the network; later ones do not, until something under requirements/ changes.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps
UV := $(BIN)/uv
# The environment is named, so that one that happens to be active is left alone.
INTO := --python $(BIN)/python
# Two at once: what the smallest machine has that this is meant for. `make test JOBS=8` on a larger one.
JOBS ?= 2
TESTS ?= tests
PYTEST := $(BIN)/pytest -n $(JOBS) --dist worksteal -q

.PHONY: help run install web-client test check-fast check lint types imports docs-current docs wheel soak bench format requirements clean

help: ## List what there is.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

run: install ## Set up everything and run the server: `make run PORT=8009`, `make run ARGS="--config FILE"`.
	exec $(BIN)/chappe serve $(if $(PORT),--port $(PORT)) $(ARGS)

install: $(STAMPS)/installed web-client ## Set up everything that running needs; leaves .venv/bin/chappe.

# The server runs without its web client, too, and says at / what is missing.
web-client:
	@if ! { $(HAS_NODE); }; then echo 'The web client is not built: that needs Node 20 with npm. The server runs without it.'; \
	else $(MAKE) --no-print-directory $(STAMPS)/web-client; fi

HAS_NODE = command -v npm > /dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'

test: $(STAMPS)/dev $(STAMPS)/clients $(STAMPS)/web-client $(STAMPS)/browser ## Set up everything and run the tests: `make test TESTS=tests/rooms`.
	$(PYTEST) $(TESTS) $(ARGS)

check-fast: lint types imports $(STAMPS)/clients $(STAMPS)/web-client $(STAMPS)/browser ## Before every commit, under two minutes.
	$(PYTEST) -m 'not slow and not soak' $(TESTS)

check: lint types imports docs-current ## Before every push, under fifteen minutes: all that CI does.
	$(MAKE) --no-print-directory test

lint: $(STAMPS)/dev $(STAMPS)/web-packages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	cd client && npm run --silent lint

types: $(STAMPS)/dev $(STAMPS)/web-packages
	$(BIN)/mypy
	cd client && npm run --silent types

imports: $(STAMPS)/dev
	$(BIN)/lint-imports --no-logo

docs-current: $(STAMPS)/dev
	$(BIN)/pytest -q tests/tidy

docs: $(STAMPS)/dev ## Write again the pages that are made from code.
	$(BIN)/chappe config --markdown > docs/reference/settings.md
	$(BIN)/python -c $(ENDPOINTS) > docs/reference/endpoints.md
	$(BIN)/python -m tests.tidy.operations > docs/reference/operations.md
	$(BIN)/python -m tests.tidy.requirements > docs/reference/requirements.md

ENDPOINTS = 'from chappe import app; from chappe.http import reference; \
    print(reference.endpoints_page(app.all_routes()), end="")'

soak: $(STAMPS)/dev $(STAMPS)/clients ## Minutes to hours of load, kills and growth.
	$(BIN)/pytest -m soak $(TESTS) $(ARGS)

bench: $(STAMPS)/dev ## Measure, against Synapse in an environment of its own: `make bench ARGS="--help"`.
	$(BIN)/python -m benchmarks $(ARGS)

wheel: $(STAMPS)/runtime $(STAMPS)/web-client ## Build a wheel that contains everything, in dist/.
	rm -rf dist
	$(BIN)/python -m hatchling build --target wheel --directory dist

format: $(STAMPS)/dev $(STAMPS)/web-packages ## Let ruff and biome put the code into shape.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cd client && npm run --silent format

requirements: $(STAMPS)/dev ## Resolve again after pyproject.toml changed; ARGS=--upgrade takes newer versions.
	$(COMPILE) --group uv -o requirements/uv.txt
	$(COMPILE) pyproject.toml --extra postgres --extra s3 --group uv --group build -c requirements/uv.txt -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra postgres --extra s3 --group uv --group build --group dev -c requirements/runtime.txt \
	    -o requirements/dev.txt

# For every platform and Python, with hashes, and without naming where the packages came from.
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url \
    --custom-compile-command 'make requirements' $(INTO) $(ARGS)

clean: ## Remove what tools left behind. The environment and .build stay: rm -r .venv .build.
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist *.egg-info
	find chappe tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is newer than everything it was made from, so a second call does nothing and needs no network.

$(STAMPS)/uv: requirements/uv.txt
	@command -v $(PYTHON) > /dev/null || { echo 'Python is missing: apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'Python 3.11 or later is needed: make PYTHON=python3.12 …'; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(STAMPS) && touch $@

# What is installed or cached already is taken without asking the network, which may not be there.
$(STAMPS)/runtime: requirements/runtime.txt $(STAMPS)/uv
	$(UV) pip install --quiet --offline $(INTO) --require-hashes -r $< 2> /dev/null \
	    || $(UV) pip install --quiet $(INTO) --require-hashes -r $<
	@touch $@

# The package itself, editable: no build isolation, since what builds it is pinned with the rest.
$(STAMPS)/installed: pyproject.toml $(STAMPS)/runtime
	$(UV) pip install --quiet $(INTO) --offline --no-deps --no-build-isolation --editable .
	@touch $@

# The clients in tests/clients that nobody here wrote. The SDK asks for Node 22 and runs on 20: the story says how.
$(STAMPS)/clients: tests/clients/package-lock.json
	@command -v npm > /dev/null || { echo 'Node is missing: apt install nodejs npm'; exit 1; }
	cd tests/clients && npm ci --no-audit --no-fund --loglevel=error  # with --prefix, npm forgets the machine's settings
	@mkdir -p $(STAMPS) && touch $@

# What the web client is made of and built with.
$(STAMPS)/web-packages: client/package-lock.json client/package.json
	@command -v npm > /dev/null || { echo 'Node is missing: apt install nodejs npm'; exit 1; }
	cd client && $(NPM_CI)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/web-client: $(STAMPS)/web-packages $(shell find client/src client/public client/build -type f 2> /dev/null) \
    client/index.html client/vite.config.ts client/tsconfig.json
	cd client && npm run --silent build
	@touch $@

# A browser for the tests of the web client: the system's Chromium is taken where there is one, else the one in here.
$(STAMPS)/browser: tests/web/package-lock.json
	cd tests/web && $(NPM_CI)
	@mkdir -p $(STAMPS) && touch $@

# Nothing that comes with a package is run. The SDK asks for Node 22, and works with 20.
NPM_CI = npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error

# dev.txt contains runtime.txt; sync also removes what is in neither, the package itself included.
$(STAMPS)/dev: requirements/dev.txt pyproject.toml $(STAMPS)/installed
	$(UV) pip sync --quiet --offline $(INTO) --require-hashes $< 2> /dev/null \
	    || $(UV) pip sync --quiet $(INTO) --require-hashes $<
	$(UV) pip install --quiet $(INTO) --offline --no-deps --no-build-isolation --editable .
	@touch $(STAMPS)/runtime $(STAMPS)/installed $@
