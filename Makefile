# Every target is documented by the text after its ##; `make help` prints them.
PYTHON ?= python3
ARGS ?=
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test lint audit bench lock env-example clean

help: ## Show the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: ## Make .venv with the locked packages, tools for tests included
	@$(PYTHON) -m scripts.bootstrap --dev

run: ## Start everything here: database, demo company, web and jobs (PORT=8050; with DATABASE_URL on that database)
	@$(PYTHON) -m scripts.run

test: ## Run every test, browser tests included (ARGS="tests/unit -k money" for some)
	@$(PYTHON) -m scripts.test $(ARGS)

lint: setup ## Check style, types and the direction of imports
	$(VENV)/ruff check .
	$(VENV)/mypy .
	$(VENV)/lint-imports

audit: setup ## Look for known holes, dangerous code and licences (docs/licences.md)
	@$(VENV)/python -m scripts.audit

bench: setup ## Measure the promises on speed and rightness, at size (ARGS="--scale small" for a quick look)
	@$(VENV)/python -m bench $(ARGS)

lock: setup ## Write requirements*.txt (exact versions, hashes) from requirements*.in
	@$(PYTHON) -m scripts.lock

env-example: setup ## Write .env.example from the settings class
	@$(VENV)/python -m scripts.env_example

clean: ## Remove caches; .venv and var/ (the data) stay
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
