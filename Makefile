# Imprimatur: every command there is. `make` alone lists them.

.DEFAULT_GOAL := help
export PORT ?= 8000
# Dozens of processes start in one run of the tests; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that fits; the project's own is made from it.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	if "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then echo "$$p"; break; fi; done)
RUN := .venv/bin/python
# The engine of production where there is one; the tests say which it is.
ENGINE = $$($(RUN) -c "from tests import machine; print('postgres' if machine.postgres_url() else 'sqlite')")

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Imprimatur needs Python 3.11, 3.12, 3.13 or 3.14 on PATH; none was found."; exit 1; }

.PHONY: start
start: setup-run ## Set up and run the portal until Ctrl-C; PORT=8001 to choose the port
	@$(RUN) manage.py up

.PHONY: setup-run
setup-run: python
	@$(PYTHON) requirements/install.py run

.PHONY: setup
setup: python ## Make .venv with everything the checks need
	@$(PYTHON) requirements/install.py dev

.PHONY: test
test: setup ## Set up, then run every check and every test
	@$(RUN) -m tests

.PHONY: check
check: setup ## Lint, types, import contracts, migrations
	@$(RUN) -m ruff check --quiet .
	@$(RUN) -m ruff format --check --quiet .
	@git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --check --target-version 5.2
	@$(RUN) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo
	@DJANGO_SETTINGS_MODULE=tests.settings $(RUN) manage.py makemigrations --check --dry-run
	@! grep -rnE 'https?://' requirements/*.txt

.PHONY: fix
fix: setup ## Put right what ruff and djade can put right by themselves
	@$(RUN) -m ruff check --fix --quiet . || true
	@$(RUN) -m ruff format --quiet .
	@git ls-files -z -- 'templates/*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2 || true

.PHONY: coverage
coverage: setup ## Run the tests and say which lines and branches none of them reach
	@TEST_DATABASE=$(ENGINE) $(RUN) -m pytest -q -n 2 --dist loadgroup -m "not browser" --cov --cov-report term-missing:skip-covered

.PHONY: prove
prove: setup ## What `make test` does in part, whole: a hundred kills, every value in every form, every page at both widths, every test without the cast; twenty minutes
	@TEST_DATABASE=$(ENGINE) TEST_KILLS=100 TEST_RACES=20 $(RUN) -m pytest -q -s tests/faults/test_random_kills.py tests/faults/test_last_dollar.py
	@TEST_DATABASE=$(ENGINE) TEST_WHOLE=1 $(RUN) -m pytest -q -n 2 --dist loadgroup $(SHARED)
	@TEST_DATABASE=sqlite TEST_EMPTIED=1 $(RUN) -m pytest -q -n 2 --dist loadgroup -m "not browser" tests/approvals tests/assets tests/boundaries tests/config tests/core tests/generation

# Where the suite takes a part of the values.
SHARED = $$(grep -rl --include='test_*.py' '^from tests.share import' tests)

.PHONY: journey
journey: setup ## Walk the way in a browser and leave a picture of each step in screenshots/
	@TEST_DATABASE=$(ENGINE) TEST_SCREENSHOTS=1 $(RUN) -m pytest -q tests/journey

.PHONY: bench
bench: setup ## Measure throughput, verbs over ten thousand pictures, renditions, calls and pages at a hundred thousand; fifteen minutes on an idle machine
	@$(RUN) -m tests.benchmarks

.PHONY: lighthouse
lighthouse: setup ## Score the nine main pages as on a phone; needs Node, and a machine that does nothing else
	@$(RUN) -m pytest -q -s tests/benchmarks/bench_lighthouse.py

.PHONY: corpus
corpus: setup ## Take every file of a folder in, copy it and read it: make corpus FOLDER=…; one line a file, totals last
	@test -n "$(FOLDER)" || { echo "Say which folder: make corpus FOLDER=…"; exit 1; }
	@$(RUN) -m tests.corpus "$(FOLDER)"

.PHONY: schema
schema: setup ## Write tests/openapi.yaml, the agreed description of the API, anew
	@IMPRIMATUR_WRITE_SCHEMA=1 $(RUN) -m pytest -q tests/approvals/test_schema.py

.PHONY: pictures
pictures: setup ## Take the pictures of the README anew, from a portal with some life in it
	@$(RUN) -m pytest -q tests/journey/readme_pictures.py

.PHONY: live
live: setup ## Ask the real providers once each; needs their keys and costs money
	@$(RUN) -m pytest -q -m live

.PHONY: lock
lock: setup ## Resolve the dependencies anew into requirements/*.txt
	@.venv/bin/uv lock --upgrade
	@.venv/bin/uv export $(LOCK) --all-extras --output-file requirements/run.txt
	@.venv/bin/uv export $(LOCK) --all-extras --group dev --output-file requirements/dev.txt
	@.venv/bin/uv export $(LOCK) --only-group uv --output-file requirements/uv.txt
	@rm uv.lock  # it records the addresses of the index it was made with

LOCK := --frozen --quiet --format requirements.txt --no-emit-project --no-header --no-annotate --no-default-groups
