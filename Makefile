# What this project can do. `make` alone prints this list.
PYTHON ?= python3
PRESET ?= default
BIN := .venv/bin
# A quick look never replaces what was built in full.
OUT := $(if $(filter default,$(PRESET)),build,build/$(PRESET))

# Threads of two processes on two cores would wait for each other.
TWO_AT_ONCE = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: help course site test style types unit slow browser bench clean

help:  ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

course: .venv/.course  ## set up, then build every EdEx and lecture (PRESET=quick for a fast look)
	$(BIN)/edex build --preset $(PRESET) --out $(OUT)

site: .venv/.site  ## set up, then the whole course as web pages in build/site/html
	$(BIN)/edex site --preset $(PRESET) --out $(OUT)

test: style types unit slow browser  ## set up, then all tests; the last ones read the site in a browser

style: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell

types: .venv/.dev
	$(BIN)/mypy

unit: .venv/.dev  ## the tests that take seconds
	$(TWO_AT_ONCE) -m "not slow and not browser"

slow: .venv/.dev  ## the tests that take minutes: EdExes are built, run and answered
	$(TWO_AT_ONCE) -m "slow and not browser"

browser: .venv/.dev  ## build the quick site and open it in headless chromium (Debian: chromium)
	$(MAKE) --no-print-directory site PRESET=quick
	EDEX_SITE_DIR=build/quick/site/html $(BIN)/python -m pytest -m browser tests/site

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
