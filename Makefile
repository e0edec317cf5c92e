# Two commands are the whole set-up: `make demo` and `make test`.
.PHONY: demo test check setup format clean
VENV := .venv
PY := $(VENV)/bin/python

demo: setup
	@$(VENV)/bin/nianbao demo $(if $(ONCE),--once)

test: check
	@$(PY) -m pytest -n 2 --dist loadfile

check: setup
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo > .importlinter.log 2>&1 || { cat .importlinter.log; exit 1; }

setup:
	@scripts/setup

format:
	@$(VENV)/bin/ruff check --quiet --fix . ; $(VENV)/bin/ruff format --quiet .

clean:
	@rm -rf $(VENV) data build *.egg-info .mypy_cache .ruff_cache .pytest_cache .importlinter.log
