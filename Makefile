# Works on a machine that has Python 3.11, git and make. Every target but help and clean sets up .venv first,
# from the pins in constraints.txt, and again only when constraints.txt or pyproject.toml changed.

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

CODE := $(wildcard dataclaw_assets resources definitions.py tests bench)
BENCHMARKS := $(filter-out bench/__init__.py bench/_%.py,$(wildcard bench/*.py))

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz test-lerobot test-vllm test-vllm-server test-smollm test-wheel dev bench bench-anchors lint clean

help:
	@echo "make demo        make a small mixed landing folder, run the whole chain on it, say what to open next"
	@echo "make test        run the tests in parallel"
	@echo "make fuzz        damage files of every format, TIMES (50) times as long as the tests do"
	@echo "make test-lerobot  load LeRobot datasets in the lerobot package itself (once: 1.5 GB or more)"
	@echo "make test-vllm   the chain over the real vLLM engine and a tiny model (once: 4 GB)"
	@echo "make test-vllm-server  the same model behind vLLM's server"
	@echo "make test-smollm  a small real text model reads requests (once: 140 MB)"
	@echo "make test-wheel  build the wheel, install it in an empty environment, run the demo with it"
	@echo "make dev         open the Dagster UI on the same data"
	@echo "make bench       run every benchmark under bench/"
	@echo "make bench-anchors  time all facts of a video against decoding; FILES=\"a.mp4 b.webm\" adds your own"
	@echo "make lint        ruff, mypy --strict and the import contract"
	@echo "make clean       remove .venv, build output and caches; never .dataclaw/, which holds your data"
	@echo
	@echo "Each but help and clean sets up .venv first, from constraints.txt: a few minutes, once."
	@echo "PYTHON=/path/to/python3.11 chooses the interpreter."

# The build tools come from the pins as well, hence no isolated build.
$(READY): constraints.txt pyproject.toml
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "==> creating .venv with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv .venv || \
		{ echo "This Python cannot make an environment (on Debian: apt-get install python3-venv)."; exit 1; }
	@echo "==> installing the pinned packages of constraints.txt into .venv (a few minutes the first time)"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

demo: $(READY)
	@echo "==> dataclaw demo"
	@$(BIN)/dataclaw demo
	@echo
	@echo "The command is $(BIN)/dataclaw here; after 'source $(BIN)/activate' it is plain dataclaw."

dev: $(READY)
	@echo "==> dataclaw dev"
	@$(BIN)/dataclaw dev

test: $(READY)
	@echo "==> pytest, in parallel"
	@$(BIN)/python -m pytest -n auto

fuzz: $(READY)
	@echo "==> pytest -m hypothesis, the readers' fuzz tests"
	@DATACLAW_FUZZ=$(or $(TIMES),50) $(BIN)/python -m pytest -n auto -m hypothesis --timeout 3600 tests/raw_sources

test-lerobot: $(READY)
	@echo "==> the environment of the lerobot package (minutes, once)"
	@$(BIN)/python -m tests.lerobot_env.environment
	@echo "==> pytest -m lerobot"
	@$(BIN)/python -m pytest -m lerobot tests/lerobot_env

test-vllm: $(READY)
	@echo "==> the environment of vLLM (minutes, once), then pytest -m vllm in it"
	@$(BIN)/python -m tests.vllm_env.environment pytest -m vllm tests/vllm_env

test-vllm-server: $(READY)
	@$(BIN)/python -m tests.vllm_env.environment
	@echo "==> pytest -m vllm tests/vllm_server, vLLM as a server that is killed and started again"
	@$(BIN)/python -m pytest -m vllm tests/vllm_server

test-smollm: $(READY)
	@$(BIN)/python -m tests.smollm_env.environment
	@echo "==> pytest -m smollm, a model of 135 million parameters that reads requests"
	@$(BIN)/python -m pytest -m smollm tests/smollm_env

test-wheel: $(READY)
	@echo "==> the wheel in an empty environment (a few minutes)"
	@$(BIN)/python -m tests.try_wheel

lint: $(READY)
	@echo "==> ruff check"
	@$(BIN)/ruff check $(CODE)
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check $(CODE)
	@echo "==> mypy --strict"
	@$(BIN)/mypy $(CODE)
	@echo "==> import contract"
	@$(BIN)/lint-imports

bench: $(READY)
	@test -n "$(BENCHMARKS)" || echo "bench/ holds no benchmark yet; nothing was run."
	@missed=0; for file in $(BENCHMARKS); do \
		name=$$(basename $$file .py); \
		echo "==> python -m bench.$$name"; \
		$(BIN)/python -m bench.$$name || missed=1; \
	done; exit $$missed

bench-anchors: $(READY)
	@echo "==> python -m bench.anchors"
	@$(BIN)/python -m bench.anchors $(FILES)

clean:
	@echo "==> removing .venv, build output and caches"
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
