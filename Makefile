# Xinqiao. `make` alone lists what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PY := .venv/bin/python
APPS := tasks content training parents screening
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

lint: prepare-test ## Style, imports' direction, types, migrations
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/djade --check --target-version 5.2 $$(git ls-files '*.html' | grep templates/)
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/mypy
	@$(PY) manage.py makemigrations --check --dry-run

format: prepare-test ## Put code and templates into one form
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
	@.venv/bin/djade --target-version 5.2 $$(git ls-files '*.html' | grep templates/) || true

demo: prepare ## Load the demo school (once; again changes nothing)
	@$(PY) manage.py migrate -v0 && $(PY) manage.py demo

bench: prepare-test ## The figures, each beside its floor (ONLY=name runs one)
	@$(PY) -m benchmarks $(ONLY)

docs: prepare-test ## Write what is generated: the table of access, the message catalogues compiled
	@$(PY) manage.py access_table --write

messages: prepare-test ## Collect strings into the catalogues
	@cd site && ../$(PY) ../manage.py makemessages -l zh_Hans --no-location --no-wrap -v0
	@for app in $(APPS); do (cd $$app && mkdir -p locale && ../$(PY) ../manage.py makemessages -l zh_Hans --no-location --no-wrap -v0); done

pictures: prepare-test ## Make the README's pictures from the running product
	@$(PY) -m tools.pictures

lock: prepare-test ## Resolve the dependencies again into the hashed lock
	@.venv/bin/pip-compile -q --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra build -o requirements.txt pyproject.toml
	@.venv/bin/pip-compile -q --strip-extras --allow-unsafe --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --extra build -c requirements.txt -o requirements-dev.txt pyproject.toml

clean: ## Remove what was made: .venv, caches, compiled catalogues (var/ with its data stays)
	@rm -rf .venv .ruff_cache .mypy_cache .pytest_cache build dist *.egg-info
	@find . -name '*.mo' -not -path './var/*' -delete; find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
