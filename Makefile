# Everything sets itself up: a virtual environment in .venv, the locked packages, the fonts and, when root on
# Debian or Ubuntu, the system libraries. A second run finds all that done.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.NOTPARALLEL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VERSIONS ?= 3.11 3.12 3.13
BIN := .venv/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input
LOCKED := $(PIP_INSTALL) --only-binary :all: --require-hashes
EDITABLE := $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
DIR ?= ../shared/reference
EVERY_RUN := not long and not recorded and not wheel

PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
HAS_PANGO = import os, sys; sys.stdout = sys.stderr = open(os.devnull, "w"); import weasyprint
# the last that is cut
FONT := static/fonts/SourceSerif4-Italic.ttf

# packages, what is missing without them, the way elsewhere
define install
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	echo "installing $(1)"; \
	apt-get update -qq; \
	DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 $(1) >/dev/null; \
else \
	echo "$(2): run 'sudo apt-get install $(1)' ($(3))" >&2; \
fi
endef

.PHONY: help demo test lint types layers unit wheel-test recorded tables vectors long pythons floors bench validation picture fonts lock \
	setup setup-dev pango tools clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- use -----------------------------------------------------------------------------------------

demo: setup pango ## a brief on a synthetic market, offline, into output/
	@$(BIN)/strikebrief demo

# --- tests ---------------------------------------------------------------------------------------

test: lint types layers unit wheel-test ## what every change must pass

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

layers: setup-dev
	$(BIN)/lint-imports

unit: setup-dev pango
	$(BIN)/python -m pytest -q -m "$(EVERY_RUN)" --cov --cov-report=term

wheel-test: setup-dev build/wheel-venv/.runtime pango ## build the wheel, install it alone, try it without the source tree
	rm -rf build/wheel
	$(BIN)/python -m build --wheel --no-isolation --outdir build/wheel . > build/wheel.log || { cat build/wheel.log; exit 1; }
	build/wheel-venv/bin/python $(PIP_INSTALL) --no-deps --force-reinstall build/wheel/*.whl
	build/wheel-venv/bin/python -m pip check --disable-pip-version-check
	$(BIN)/python -m pytest -q -m wheel tests/wheel

recorded: setup-dev pango ## tests on the recorded data in ../shared
	$(BIN)/python -m pytest -q -m recorded

tables: setup-dev ## how every fault of a source ends, and the verdict on every recorded chain, as tables
	@$(BIN)/python -m pytest -q --tables -k "fault or gap or missing or verdict" tests/providers tests/analytics/test_trap_table.py

vectors: setup-dev ## every vector file of DIR (../shared/reference) through the public functions, a line a file
	@$(BIN)/python -m tests.vectors.run "$(DIR)"

long: setup-dev pango ## the slow tests, every Python that is there, the oldest versions allowed
	$(BIN)/python -m pytest -q -m long
	$(MAKE) pythons floors

pythons: setup
	@failed=; \
	for version in $(VERSIONS); do \
		found=; \
		for python in python$$version "$$HOME"/.pyenv/versions/$$version.*/bin/python; do \
			test "$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)" = $$version || continue; \
			found=$$python; \
		done; \
		if [ -z "$$found" ]; then echo "Python $$version: not here, not tested"; continue; fi; \
		echo "Python $$version: $$found"; \
		$(MAKE) .venv-$$version/.dev PYTHON="$$found"; \
		.venv-$$version/bin/python -m pytest -q -m "$(EVERY_RUN)" -p no:cacheprovider || failed="$$failed $$version"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed on Python$$failed" >&2; exit 1; fi

floors: .venv-floor/.floor $(FONT)
	.venv-floor/bin/python -m pytest -q -m "$(EVERY_RUN)" -p no:cacheprovider -W default

bench: setup-dev .venv/.bench ## the measurements of docs/
	$(BIN)/python benchmarks/run.py

validation: setup-dev ## the tables of docs/validation.md from the recorded chains in ../shared/data (some minutes)
	$(BIN)/python benchmarks/validation.py ../shared/data --smiles

picture: setup pango tools ## docs/page-one.png, the first page of the demo
	rm -rf build/picture
	$(BIN)/strikebrief demo --format pdf --out build/picture
	pdftoppm -r 80 -f 1 -l 1 -singlefile -png "$$(find build/picture -name brief.pdf)" docs/page-one

# --- set-up --------------------------------------------------------------------------------------

setup: .venv/.runtime $(FONT) ## the program in .venv
setup-dev: .venv/.dev $(FONT) ## the program and its tests in .venv
fonts: .venv/.runtime $(FONT) ## cut the fonts into static/fonts/

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "error: wanted Python 3.11 or newer, found $$({ $(PYTHON) --version 2>&1 || true; } | head -n 1): say which with make PYTHON=..." >&2; \
		exit 1; }
	$(PYTHON) -m venv $*

%/.runtime: requirements.txt pyproject.toml hatch_build.py | %/bin/python
	$*/bin/python $(LOCKED) -r requirements.txt
	@case $* in build/*) ;; *) set -x; $*/bin/python $(EDITABLE);; esac
	@touch $@

%/.dev: requirements-dev.txt pyproject.toml hatch_build.py | %/bin/python
	$*/bin/python $(LOCKED) -r requirements-dev.txt
	$*/bin/python $(EDITABLE)
	@touch $*/.runtime $@

%/.floor: requirements-dev.txt requirements-floor.txt pyproject.toml | %/bin/python
	$*/bin/python $(LOCKED) -r requirements-dev.txt
	$*/bin/python $(LOCKED) -r requirements-floor.txt
	$*/bin/python $(EDITABLE)
	@touch $@

%/.bench: requirements-bench.txt | %/bin/python
	$*/bin/python $(LOCKED) -r requirements-bench.txt
	@touch $@

$(FONT): hatch_build.py | .venv/.runtime
	$(BIN)/python hatch_build.py

# Pango draws the PDF, and HarfBuzz cuts its fonts (without it WeasyPrint warns, an error here). Root on Debian or
# Ubuntu gets them; anybody else is told how, and the other outputs still come.
pango: | .venv/.runtime
	@$(BIN)/python -W error -c '$(HAS_PANGO)' 2>/dev/null || \
	$(call install,$(PANGO),no Pango here and so no PDF,macOS: brew install pango)

tools:
	@command -v pdftoppm >/dev/null || \
	$(call install,poppler-utils,no pdftoppm here,macOS: brew install poppler)

# --- upkeep --------------------------------------------------------------------------------------

# extras stay in: without them pip takes a newer release of such a package, which has no hash here
COMPILE = build/lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --upgrade \
	--no-strip-extras --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: ## the newest versions into the requirements files
	$(PYTHON) -m venv build/lock
	build/lock/bin/python $(PIP_INSTALL) uv
	$(COMPILE) --group dev --output-file requirements-dev.txt > /dev/null
	$(COMPILE) --group setup --constraint requirements-dev.txt --output-file requirements.txt > /dev/null
	$(COMPILE) --group dev --group bench --constraint requirements-dev.txt --output-file requirements-bench.txt > /dev/null
	$(COMPILE) --resolution lowest-direct --output-file requirements-floor.txt > /dev/null

clean: ## remove what was built and what tools remember; .venv stays
	rm -rf build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -f static/fonts/*.ttf static/fonts/*.woff2
	find generator tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## and the virtual environments
	rm -rf .venv .venv-*
