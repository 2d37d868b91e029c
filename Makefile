# The developer's and operator's commands. `make run` and `make test` need only Python ≥ 3.11, make and the network;
# everything else is installed into .venv from the locks (hashed, without addresses).

PYTHON ?= python3
BIN := .venv/bin
CODE := monitor tests alembic demo benchmarks
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: run help test check setup setup-dev fmt lint types imports house demo bench bench-peers image lock clean

run: .venv/runtime ## start the monitor; without token and channel it shows the posts here
	@$(BIN)/monitor run

help: ## what can be made here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# In CI every test of a database runs on both, SQLite and PostgreSQL; here, outside of storage, on one of them.
# Bytecode is kept, whatever the environment says of it: each worker and each process would compile every module anew.
test: .venv/dev ## run every test (PostgreSQL included: from the system, else from a wheel)
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n auto --dist worksteal $(if $(CI),,--one-database)

check: lint types imports test ## exactly what CI runs; the house rules are among the tests

setup: .venv/runtime ## what the monitor needs, into .venv
setup-dev: .venv/dev ## the tools as well

.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Нужен Python 3.11 или новее, а это " + sys.version.split()[0] + ". Укажите другой: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo 'Ставлю библиотеки в .venv: один раз, около минуты…'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@

fmt: .venv/dev ## put the code in shape
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lint: .venv/dev ## format and rules of the code, locks, Dockerfile
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	@! grep -nE 'https?://|file:' requirements*.lock || { echo 'a lock names an address: make lock'; exit 1; }
	@$(BIN)/hadolint Dockerfile

types: .venv/dev ## mypy, strict
	$(BIN)/mypy

imports: .venv/dev ## imports point down
	$(BIN)/lint-imports

house: .venv/dev ## the rules no linter knows, which the tests run, too
	$(BIN)/pytest -q tests/test_house.py

demo: .venv/runtime ## a newsroom on this machine, polled and posted to a stand-in: no network, no token
	@$(BIN)/python -m demo

bench: .venv/dev ## side by side, as ratios; not a part of the tests (an hour of soak.py and a million texts of find.py by hand)
	@for script in $(filter-out benchmarks/soak.py benchmarks/find.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; $(BIN)/python $$script || exit 1; done
	@echo '== benchmarks/matching (peers that are missing: make bench-peers)'; $(BIN)/python -m benchmarks.matching

bench-peers: .venv/dev ## the libraries to measure the matcher beside; never ru-core-news-sm, a placeholder on PyPI
	$(BIN)/uv pip install --python $(BIN)/python --group bench

image: ## the container image
	docker build -t monitor .

lock: .venv/dev ## renew both locks after a change in pyproject.toml
	$(BIN)/$(LOCK) pyproject.toml --group build -o requirements.lock
	$(BIN)/$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## .venv and the caches go
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
