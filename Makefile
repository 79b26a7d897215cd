# The commands of this repository. `make` alone lists them; the text after ## is what it prints.

PYTHON       ?= python3
SIZAO_SHARED ?= ../shared
VENV         := .venv
BIN          := $(VENV)/bin
PIP          := $(BIN)/python -m pip --disable-pip-version-check
SUITES       := unit examples equality shell documentation journeys faults

export SIZAO_SHARED := $(abspath $(SIZAO_SHARED))
export PATH         := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help env demo test test-data check journeys screens faults faults-list faults-long hostile generate bench long lock clean

help:       ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env:        ## make .venv from the hashed pins (after make clean, PYTHON=python3.12 chooses another: 3.11 to 3.13)
env: $(VENV)/.pins $(VENV)/.sizao

demo: env   ## make a city to look at and serve it on http://127.0.0.1:8000 (sizao demo --help: folder, port)
	@sizao demo

test: env   ## run every test that needs the repository only, and say the seconds of each suite
	@tools/in_turn $(foreach suite,$(SUITES),'$(suite)=tools/suite tests/$(suite)')

test-data: env ## compare with real data in SIZAO_SHARED (../shared); a missing folder is a failure
	@test -d "$(SIZAO_SHARED)" || { echo "$(SIZAO_SHARED) is not a folder. Say where the data is: make test-data SIZAO_SHARED=FOLDER" >&2; exit 1; }
	@tools/in_turn 'data=tools/suite tests/data'

check: env  ## style, layout, types, import rules, generated files, policy packs: all of them, then what failed
	@tools/in_turn 'style=ruff check' 'layout=ruff format --check' 'types=mypy' \
	  'imports=lint-imports --no-logo' 'generated=python -m tools.generated check' 'policies=tools/packs'

journeys: env ## only the journeys: a browser at every page, and days at desks (needs Chromium)
	@tools/in_turn 'journeys=tools/suite tests/journeys'

screens: env ## every page in both languages and widths as pictures, in build/screens (needs Chromium)
	@python -m tools.screens

FAULTS := PYTHONPATH=$(CURDIR)/tests:$(CURDIR)/src python -m faults.running $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))
PAGE    = $(if $(ONLY),,--page docs/reference/evidence/faults-$(shell date -u +%F)$(1).md)

faults: env ## do every fault, each beside a planted bug; writes the evidence (meant to take a quarter of an hour; ONLY=name, SEED=number)
	@$(FAULTS) --size full $(call PAGE)

faults-list: env ## what faults there are, and how often each is done
	@$(FAULTS) --list

faults-long: env ## the same, each as often as there is something to break: every system call, a thousand kills (hours)
	@$(FAULTS) --size long $(call PAGE,-long)

hostile: env ## fifty thousand hostile requests to a real server, from the description of the interface; writes the evidence
	@PYTHONPATH=$(CURDIR)/tests:$(CURDIR)/src:$(CURDIR) python -m shell.gateway.full $(if $(REQUESTS),--requests $(REQUESTS))

generate: env ## write again every file that is generated from the dictionary and the packs
	@python -m tools.generated write

bench: env $(VENV)/.bench ## measure beside the peers; prints ratios
	@test -d benchmarks || { echo "benchmarks/ does not exist yet: nothing to measure." >&2; exit 1; }
	@python -m benchmarks

long: env   ## the tests again with many more random histories, and those too slow for every day
	@tools/in_turn $(foreach suite,$(SUITES),'$(suite)=tools/suite tests/$(suite) --hypothesis-profile=long -m ""')

lock:       ## for maintainers: choose newer versions and write the pins again
	@tools/lock

clean:      ## remove .venv, caches and build outputs
	@[ ! -d build/tests/postgresql ] || SIZAO_MODE=test SIZAO_DATA=build/tests $(BIN)/sizao stop
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache src/*.egg-info

# Two stamps: a changed pyproject.toml installs only Sizao itself again, and that takes seconds.
# Nothing is compiled ahead: most of what is installed is never imported, and compiling it all takes as long as the rest together.
$(VENV)/.pins: requirements/dev.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is no Python 3.11 or newer. Name one: make env PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { printf '%s\n' "$(PYTHON) cannot make virtual environments. On Debian this mends it:" "  apt-get install --yes python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(PIP) install --quiet --no-compile --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

$(VENV)/.sizao: $(VENV)/.pins pyproject.toml
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.bench: $(VENV)/.pins requirements/bench.txt
	$(PIP) install --quiet --require-hashes --no-deps -r requirements/bench.txt
	@touch $@
