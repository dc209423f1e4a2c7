# Every command sets up what it needs: the virtual environment, the locked dependencies, the model.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules

PORT ?= 8444
HOST ?= 127.0.0.1
export PORT HOST

# The first Python on the path that is new enough; PYTHON=… overrides.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/serve model ## serve http://localhost:8444/v1 (PORT=, HOST=)
	@$(BIN)/python -m handler

test: $(VENV)/dev model ## run the tests
	@$(BIN)/python -m pytest -n auto $(ARGS)

test-arm64: $(VENV)/dev model ## run the image's content on emulated Gravitons (minutes)
	@$(BIN)/python -m pytest -m arm64 tests/arm64 $(ARGS)
.PHONY: test-arm64

lint: $(VENV)/dev ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/dev ## put the code in style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

model: $(VENV)/serve ## build the model bundle, unless it is up to date
	@$(BIN)/python -m model_layer.build

key: $(VENV)/serve ## make an API key, and print its hash for API_KEY_HASHES
	@$(BIN)/python -m handler.keys

bench: .venv-bench/ready model ## measure against sentence-transformers and fastembed
	@.venv-bench/bin/python -m benchmarks.encode $(ARGS)

golden: .venv-bench/ready model ## make the reference vectors again (tests/golden)
	@.venv-bench/bin/python -m tests.golden.make_golden

lock: $(VENV)/dev ## lock the dependencies again (UPGRADE=--upgrade for newer versions)
	$(LOCK) --group build --group serve --group test --group lint -o requirements/dev.txt
	$(LOCK) --group build --group serve -c requirements/dev.txt -o requirements/serve.txt
	$(LOCK) -c requirements/dev.txt --overrides requirements/image-unused.txt -o requirements/image.txt

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --quiet $(UPGRADE)

clean: ## remove all that was made, the cache of downloaded model files excepted
	rm -rf $(VENV) .venv-bench model_layer/bundle .*_cache .hypothesis

# An environment is marked ready, per lock file, once its install has finished. pip's chatter goes
# to a log: what a user needs of it is one sentence.
define install
	@echo "Installing $(notdir $(lastword $(1))) into $(2) (once; about a minute)."
	@$(2)/bin/python -m pip install --disable-pip-version-check --retries 2 $(1) >$(2)/pip.log 2>&1 || { \
		grep -E '^ERROR' $(2)/pip.log >&2; \
		echo "The dependencies could not be installed. If the package index cannot be reached, check" \
			"the network or set PIP_INDEX_URL to a mirror; pip's output is in $(2)/pip.log." >&2; exit 1; }
	@touch $@
endef

$(VENV)/serve: requirements/serve.txt | $(VENV)/bin/python
	$(call install,--require-hashes -r $<,$(VENV))

# Has all that serve.txt has, in the same versions.
$(VENV)/dev: requirements/dev.txt requirements/serve.txt | $(VENV)/bin/python
	$(call install,--require-hashes -r $<,$(VENV))
	@touch $(VENV)/serve

# In two steps, because only the first has hashes; the second leaves what it finds as it is.
.venv-bench/ready: requirements/serve.txt requirements/bench.txt | .venv-bench/bin/python
	$(call install,--require-hashes -r $<,.venv-bench)
	$(call install,-r requirements/bench.txt,.venv-bench)

%/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found. Install one," \
		"or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -m venv $* || { echo "$(PYTHON) cannot make virtual environments." \
		"On Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $*; exit 1; }

.PHONY: help serve test lint format model key bench golden lock clean
