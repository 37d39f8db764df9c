# Imprimatur: every command there is. `make` alone lists them.

.DEFAULT_GOAL := help
export PORT ?= 8000

# The first Python that fits; the project's own is made from it.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	if "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then echo "$$p"; break; fi; done)
RUN := .venv/bin/python

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Imprimatur needs Python 3.11, 3.12, 3.13 or 3.14 on PATH; none was found."; exit 1; }

.PHONY: start
start: setup-run ## Set up and run the portal until Ctrl-C (PORT=8000)
	@$(RUN) manage.py up

.PHONY: setup-run
setup-run: python
	@$(PYTHON) requirements/install.py run

.PHONY: setup
setup: python ## Make .venv with everything the checks need
	@$(PYTHON) requirements/install.py dev
