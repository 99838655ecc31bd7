# Two commands on a fresh machine: `make demo` and `make test`. Needs nothing but Python >= 3.11 with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# Home Assistant wants a Python of its own: make test-home-assistant HOME_ASSISTANT_PYTHON=/path/to/python3.13
HOME_ASSISTANT_PYTHON ?= python3.13
HOUSE := .venv-home-assistant
# Node-RED wants Node.js 18 or newer and npm.
RED := .node-red
AUDIT := .venv-audit

.PHONY: demo test test-home-assistant test-node-red check audit docs clean

demo: $(VENV)/.demo
	@trap : INT; $(BIN)/sitbreak demo $(ARGS) || [ $$? -eq 130 ]

test: $(VENV)/.test
	$(BIN)/python -m pytest $(ARGS)

test-home-assistant: $(VENV)/.test $(HOUSE)/.ready
	HASS=$(CURDIR)/$(HOUSE)/bin/hass $(BIN)/python -m pytest -n0 tests/home_assistant $(ARGS)

test-node-red: $(VENV)/.test $(RED)/.ready
	NODE_RED=$(CURDIR)/$(RED)/node_modules/.bin/node-red $(BIN)/python -m pytest -n0 tests/node_red $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The site in site/; a broken link or anchor ends it (not with --quiet: that silences --strict, too).
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# What is known against the installed libraries. --strict: a database that cannot be asked is no clean result.
audit: $(VENV)/.all $(AUDIT)/.ready
	$(BIN)/python -m pip freeze --exclude-editable > $(AUDIT)/installed.txt
	$(AUDIT)/bin/pip-audit --strict --disable-pip --no-deps -r $(AUDIT)/installed.txt $(ARGS)

# A stamp for each set of extras, newer than pyproject.toml: a second run installs nothing and needs no network.
$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "sitbreak needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[sim,broker,web]"
	@touch $@

$(VENV)/.test: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@ $(VENV)/.demo

$(VENV)/.dev: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.test $(VENV)/.demo

$(VENV)/.docs: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[docs]"
	@touch $@

$(VENV)/.all: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[all]"
	@touch $@

$(AUDIT)/.ready:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check "pip-audit>=2.7,<3"
	@touch $@

$(HOUSE)/.ready: tests/home_assistant/requirements.txt
	$(HOME_ASSISTANT_PYTHON) -m venv $(HOUSE)
	$(HOUSE)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(RED)/.ready: tests/node_red/package.json
	mkdir -p $(RED) && cp $< $(RED)/
	npm install --prefix $(RED) --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) $(HOUSE) $(RED) dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis $(AUDIT)
