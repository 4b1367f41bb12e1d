# What this project can do. `make` alone prints this list.
PYTHON ?= python3
PRESET ?= default
BIN := .venv/bin

.PHONY: help course site test style types unit slow bench clean

help:  ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

course: .venv/.course  ## set up, then build every EdEx (PRESET=quick for a fast look)
	$(BIN)/edex build --preset $(PRESET)

site: .venv/.site  ## set up, then the whole course as web pages in build/site/html
	$(BIN)/edex site --preset $(PRESET)

test: style types unit slow  ## set up, then all tests: style, types, unit tests, slow tests

style: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell

types: .venv/.dev
	$(BIN)/mypy

unit: .venv/.dev  ## the tests that take seconds
	$(BIN)/python -m pytest -m "not slow" -n 2

slow: .venv/.dev  ## the tests that take minutes: EdExes are built, run and answered
	$(BIN)/python -m pytest -m slow -n 2

bench: .venv/.dev  ## measure speed against peers and rewrite benchmarks/README.md
	$(BIN)/python benchmarks/run.py

clean:  ## remove what was built (not .venv)
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "edex needs Python 3.11, 3.12 or 3.13; $(PYTHON) is `$(PYTHON) --version`."; \
	    echo "Name another one: make course PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.course: .venv/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all]"
	@touch $@

.venv/.site: .venv/.course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all,site]"
	@touch $@

.venv/.dev: .venv/.course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[all,site,dev]"
	@touch $@ .venv/.site
	@touch $@
