# Every habit is one word; `make` alone prints them. Nothing but Python 3.11+ (with venv) is needed.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test quick lint fix content journeys budgets city map bench clean

help: ## print these lines
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (with venv)."; exit 1; }
	@echo "  private environment .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "This Python has no venv: install it (Debian: python3-venv)."; exit 1; }

# `touch` last: an interrupted installation is done again.
.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "  packages (once; pinned and hashed)"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@echo "  packages for tests (once; pinned and hashed)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

setup: .venv/.run ## prepare everything, start nothing
	@$(BIN)/tongban setup

run: .venv/.run ## start the site: database, web, worker (Ctrl-C stops everything)
	@$(BIN)/tongban up

test: .venv/.dev ## every test; says at its end what was skipped and why
	@$(BIN)/pytest $(ARGS)

quick: .venv/.dev ## the fast tests
	@$(BIN)/pytest -m "not slow and not browser and not kill" $(ARGS)

lint: .venv/.dev ## style, types, floors, content
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/tongban content check

fix: .venv/.dev ## mend what a tool can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/tongban content fmt

content: .venv/.run ## check and publish content/, say what changed for citizens
	@$(BIN)/tongban content check
	@$(BIN)/tongban content diff
	@$(BIN)/tongban content publish

journeys: .venv/.dev ## replay the golden journeys; UPDATE=1 rewrites the transcripts
	@UPDATE=$(UPDATE) $(BIN)/pytest tests/journeys $(ARGS)

budgets: .venv/.dev ## query budgets of list pages; UPDATE=1 rewrites them
	@UPDATE=$(UPDATE) $(BIN)/pytest -n0 -m budget $(ARGS)

city: .venv/.run ## rebuild the demo city
	@$(BIN)/tongban city

map: .venv/.run ## write the generated pages of docs/
	@$(BIN)/tongban map

bench: .venv/.run ## the benchmark of a case's life; NAME=… chooses another
	@$(BIN)/tongban bench $(or $(NAME),life) $(ARGS)

clean: ## remove .venv and every trace of a run, the data included
	@rm -rf .venv .tongban .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
