# Xinqiao. `make` alone lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
ONLY ?=
WORKERS ?= 2

.PHONY: help run test lint format demo bench docs messages pictures lock clean prepare prepare-test

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

prepare:
	@tools/prepare run

prepare-test:
	@tools/prepare test

run: prepare ## Start everything with the demo school: engines, web, worker, clock (PORT=8000, XINQIAO_VAR=var)
	@exec $(PY) manage.py serve

test: prepare-test lint ## The whole suite, browser and fault tests too (ARGS="-k name" narrows it)
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: prepare-test ## Style, imports' direction, types, migrations, words without Chinese
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/djade --check --target-version 5.2 $$(git ls-files '*.html' | grep templates/)
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/mypy
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m tools.messages check

format: prepare-test ## Put code and templates into one form
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
	@.venv/bin/djade --target-version 5.2 $$(git ls-files '*.html' | grep templates/) || true

demo: prepare ## Load the demo school (once; again changes nothing)
	@$(PY) manage.py migrate -v0 && $(PY) manage.py demo

bench: prepare-test ## The figures, each beside its floor (ONLY=name runs one)
	@$(PY) -m benchmarks $(ONLY)

docs: prepare-test ## Write the documents that are made from code: who may do what
	@$(PY) manage.py access_table --write

messages: prepare-test ## Collect new words into the catalogues of all rooms
	@$(PY) -m tools.messages collect && $(PY) -m xinqiao.ui.catalogues

pictures: prepare-test ## Make the README's pictures from the running product
	@$(PY) -m tools.pictures

lock: prepare-test ## Resolve the dependencies again into the hashed lock
	@.venv/bin/pip-compile -q --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra build -o requirements.txt pyproject.toml
	@.venv/bin/pip-compile -q --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --extra build -c requirements.txt -o requirements-dev.txt pyproject.toml

clean: ## Remove what was made: .venv, caches, compiled catalogues (var/ with its data stays)
	@rm -rf .venv .ruff_cache .mypy_cache .pytest_cache build dist *.egg-info
	@find . -name '*.mo' -not -path './var/*' -delete; find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
