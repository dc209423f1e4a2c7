# Every command sets up what it needs: the virtual environment, the locked dependencies, the model.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8444
HOST ?= localhost
export PORT HOST
# Names of files as they were typed. Otherwise make would take what follows a $ for its own, and the
# shell what is in backticks; so they reach the commands by the environment.
override DIR := $(value DIR)
override FILE := $(value FILE)
ifdef VECTOR_STORE
override VECTOR_STORE := $(value VECTOR_STORE)
export VECTOR_STORE
endif
export DIR FILE
PRECISION ?= int8
IMAGE ?= minilm-lambda:latest
MACHINE := $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,amd64)
ARCH ?= $(MACHINE)

# The first Python on the path that is new enough; PYTHON=… overrides.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Its messages then name the commands of make.
MINILM = MINILM_CALLED_BY=make $(BIN)/python -m handler.commands

help: ## list the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

serve: $(VENV)/serve model ## serve http://localhost:8444/v1 (PORT=, HOST=)
	@$(MINILM) serve

ingest: $(VENV)/serve model ## ingest a folder's files into the local store (DIR=, VECTOR_STORE=, REMOVE=1)
	@$(MINILM) ingest $(if $(filter-out 0 false no,$(REMOVE)),--remove) $(if $(DIR),-- "$$DIR")

text: $(VENV)/serve model ## print what ingestion reads of a file (FILE=, ARGS=--json)
	@$(MINILM) text $(ARGS) $(if $(FILE),-- "$$FILE")

# One thread each: beside other work, OpenBLAS with several is many times slower.
model test test-slow test-cpus: export OPENBLAS_NUM_THREADS := 1

# Its hundreds of processes read compiled modules, even where Python is told to write none.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/dev model ## run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-slow: $(VENV)/dev model ## run the slow tests: the model built anew, every precision, many examples
	@$(BIN)/python -m pytest -n auto --dist worksteal -m slow $(ARGS)

test-load: $(VENV)/dev model ## serve many clients for two minutes, then hostile ones beside them: nothing lost, flat memory
	@$(BIN)/python -m pytest -m load tests/load $(ARGS)

test-chaos: $(VENV)/dev model ## run ingestion through thousands of new random histories (HISTORIES=, SEED=)
	@SEED=$(or $(SEED),$(shell date +%s)00) HISTORIES=$(or $(HISTORIES),$(if $(SEED),1,2000)) \
		$(BIN)/python -m pytest -v -n auto -m '' tests/chaos $(ARGS)

fuzz: $(VENV)/dev model ## send 100,000 hostile requests and events: no 500, nothing hangs (REQUESTS=, SEED=)
	@SEED=$(or $(SEED),$(shell date +%s)00) REQUESTS=$(or $(REQUESTS),$(if $(SEED),1,100000)) \
		$(BIN)/python -m pytest -v -n auto --dist worksteal -m fuzz --show-capture=no tests/fuzz $(ARGS)

test-cpus: $(VENV)/dev model ## run the image's content on emulated Lambda CPUs (minutes)
	@$(BIN)/python -m pytest -n auto --maxschedchunk 1 -m cpus tests/cpus $(ARGS)

conformance: $(VENV)/dev model ## check every answer against OpenAI's specification (OPENAI_SPEC=file)
	@$(BIN)/python -m tests.conformance

lint: $(VENV)/dev ## check style, types, and the links of the documentation
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m website.links

format: $(VENV)/dev ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/dev .venv-docs/ready ## build the documentation as a site, and write template.yaml's parameters into it
	@$(BIN)/python -m deployment.parameter_table
	@$(BIN)/python -m website.badges
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs build --config-file website/mkdocs.yml --strict
	@$(BIN)/python -m website.built site

# Whoever asks for the model is shown it; what needs it only waits for it.
model: $(VENV)/serve ## build the model bundle, unless it is up to date, and show it (PRECISION=int8|fp32)
	@$(if $(filter model,$(MAKECMDGOALS)),$(MINILM) model,$(BIN)/python -m model_layer.build) \
		--precision $(PRECISION)

wheel: $(VENV)/bin/python ## build a wheel of the command `minilm` into dist/
	@$(BIN)/python -m pip wheel --disable-pip-version-check --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

key: $(VENV)/serve ## make an API key, and print its hash for API_KEY_HASHES
	@$(MINILM) key

bench: ## run a benchmark (NAME=…, ARGS=); without NAME, list them
	@$(if $(filter-out $(BENCHMARKS),$(NAME)),echo "NAME is '$(NAME)'; it can be $(BENCHMARKS)." >&2; exit 1)
	@$(if $(NAME),$(MAKE) bench/$(NAME),echo "make bench NAME=… runs one of them:"; \
		grep -E '^bench/[a-z_]+:.*##' $(MAKEFILE_LIST) | sed -E 's|bench/(.*):.*## |  \1\t|' | expand -t 14)

bench/cold_start: docker .venv-bench/ready model ## cold starts in Docker, and what requests cost
bench/documents: .venv-bench/ready ## what is read of real documents, beside other readers
bench/fidelity: .venv-bench/ready model ## each precision's vectors beside those of sentence-transformers
bench/ingestion: .venv-bench/ready model ## documents and tokens per second, stages, memory, cost
bench/languages: .venv-bench/ready model ## other languages than English (ARGS="--data FOLDER")
bench/peers: .venv-bench/ready .venv-infinity/ready .venv-openvino/ready model ## other libraries and servers: speed, cost
bench/requests: .venv-bench/ready model ## what a request costs beside its encoding
bench/retrieval: .venv-bench/ready model ## whether paraphrased queries find the right document
bench/runs: .venv-bench/ready model ## what a token costs in runs of one text and of several
bench/search: .venv-bench/ready ## how long a search of 100,000 chunks takes, by meaning, by words, by both

BENCHMARKS := $(shell sed -nE 's|^bench/([a-z_]+):.*##.*|\1|p' $(firstword $(MAKEFILE_LIST)))
bench/cold_start: private OPTIONS = --image "$(IMAGE)"
$(BENCHMARKS:%=bench/%): bench/%:
	@.venv-bench/bin/python -m benchmarks.$* $(OPTIONS) $(ARGS)

bench-cold: bench/cold_start
bench-ingest: bench/ingestion
bench-requests: bench/requests
bench-retrieval: bench/retrieval
fidelity: bench/fidelity

image: docker ## build the image (IMAGE=name:tag, ARCH=amd64|arm64, PRECISION=int8|fp32)
	@case "$(ARCH)" in amd64|arm64) ;; *) echo "ARCH is '$(ARCH)'; it can be amd64 or arm64." >&2; exit 1 ;; esac
	@docker build --platform linux/$(ARCH) --build-arg "MODEL_PRECISION=$(PRECISION)" --tag "$(IMAGE)" . || { \
		echo "The image was not built; the lines above say why. If it is the base image, Docker must" \
			"be able to pull the one that the Dockerfile names." >&2; \
		[ "$(ARCH)" = "$(MACHINE)" ] || echo "If it is the architecture: this machine is $(MACHINE), and" \
			"needs an emulator: docker run --privileged --rm tonistiigi/binfmt --install $(ARCH)" >&2; exit 1; }
	@docker image inspect --format '$(IMAGE): {{.Os}}/{{.Architecture}}, {{.Size}} bytes' "$(IMAGE)" | \
		grep "/$(ARCH)," || { echo "The image is not for $(ARCH): the base image that Docker has is not." >&2; exit 1; }

sam-local: docker .venv-sam/ready ## serve the function through API Gateway's emulator (PORT=, HOST=)
	@$(SAM) build $(SAM_ARCH)
	@$(SAM) local start-api $(SAM_ARCH) --host $(HOST:localhost=127.0.0.1) --port $(PORT)

test-sam: $(VENV)/dev model ## test the image and the template with Docker and `sam local`
	@if docker info >/dev/null 2>&1; then \
		$(MAKE) .venv-sam/ready && $(BIN)/python -m pytest tests/sam tests/clients -m sam $(ARGS); \
	elif [ -n "$$CI" ]; then echo "Docker does not answer, and CI=$$CI asks for its tests." >&2; exit 1; \
	else echo "Skipped: Docker does not answer. Start it (or install it) to test the image."; fi

test-browser: $(VENV)/serve model ## use the page in Chromium as people do (SCENARIO=page|security|…, ARGS=)
	@if CHROMIUM=$$(tests/browser/needs); then \
		export CHROMIUM && $(MAKE) tests/browser/node_modules/.package-lock.json && \
		node --test --test-reporter=spec --test-concurrency=2 $(ARGS) tests/browser/$(or $(SCENARIO),*).test.mjs; \
	elif [ -n "$$CI" ]; then echo "CI=$$CI asks for these tests." >&2; exit 1; \
	else echo "Skipped."; fi

screenshots: $(VENV)/serve model ## make the pictures of docs/page.md in website/images
	@CHROMIUM=$$(tests/browser/needs) && export CHROMIUM && \
		$(MAKE) tests/browser/node_modules/.package-lock.json && node tests/browser/screenshots.mjs

# npm writes this file last, so an interrupted installation is repeated.
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	@cd $(<D) && npm ci --silent || { echo "The packages of $(<D) could not be installed; npm ci there says why." >&2; exit 1; }
	@touch $@

scan: .venv-scan/ready ## scan template and Dockerfile for insecure settings
	@.venv-scan/bin/checkov --config-file .checkov.yaml

SAM = SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam
# The machine's own architecture: the other one would be emulated.
SAM_ARCH = --parameter-overrides Architecture=$(if $(filter arm64,$(MACHINE)),arm64,x86_64)

docker:
	@docker info >/dev/null 2>&1 || { \
		echo "Docker does not answer. Start it, or install it: https://docs.docker.com/engine/install" >&2; exit 1; }

golden: .venv-bench/ready model ## regenerate the reference vectors (tests/golden)
	@.venv-bench/bin/python -m tests.golden.make_golden

# docs, sam and scan have environments of their own: they pin what the others pin otherwise.
lock: $(VENV)/dev ## update the lock files (UPGRADE=--upgrade for newer versions)
	$(LOCK) --group test --group lint -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt -o requirements/serve.txt
	$(LOCK) -c requirements/dev.txt --overrides requirements/image-unused.txt -o requirements/image.txt
	$(LOCK_GROUP) --group docs -o requirements/docs.txt
	$(LOCK_GROUP) --group sam -o requirements/sam.txt
	$(LOCK_GROUP) --group scan -o requirements/scan.txt

LOCK = $(LOCK_GROUP) pyproject.toml
LOCK_GROUP = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-package pip --custom-compile-command "make lock" --quiet $(UPGRADE)

clean: ## remove everything that make created, except downloaded model files and documents.sqlite
	rm -rf $(VENV) .venv-* site .aws-sam dist .bundles .cpus model_layer/bundle tests/*/node_modules .*_cache .hypothesis

# An environment is marked ready, per lock file, once its install has finished. A lock names all
# there is, so nothing is resolved (and pip would stumble over extras among the hashes). pip's chatter goes
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
	$(call install,--no-deps --require-hashes -r $<,$(VENV))

# Has all that serve.txt has, in the same versions.
$(VENV)/dev: requirements/dev.txt requirements/serve.txt | $(VENV)/bin/python
	$(call install,--no-deps --require-hashes -r $<,$(VENV))
	@touch $(VENV)/serve

.venv-docs/ready: requirements/docs.txt | .venv-docs/bin/python
	$(call install,--no-deps --require-hashes -r $<,.venv-docs)

.venv-sam/ready: requirements/sam.txt | .venv-sam/bin/python
	$(call install,--no-deps --require-hashes -r $<,.venv-sam)

.venv-scan/ready: requirements/scan.txt | .venv-scan/bin/python
	$(call install,--no-deps --require-hashes -r $<,.venv-scan)

# In two steps, because only the first has hashes; the second leaves what it finds as it is.
.venv-bench/ready: requirements/serve.txt requirements/bench.txt | .venv-bench/bin/python
	$(call install,--no-deps --require-hashes -r $<,.venv-bench)
	$(call install,-r requirements/bench.txt,.venv-bench)

.venv-infinity/ready: requirements/infinity.txt | .venv-infinity/bin/python
	$(call install,-r $<,.venv-infinity)

# optimum-intel asks for torchvision, and never needs it for texts; where pip's torch is a CPU build and its
# torchvision a CUDA build, transformers cannot be imported beside it.
.venv-openvino/ready: requirements/openvino.txt | .venv-openvino/bin/python
	$(call install,-r $<,.venv-openvino)
	@.venv-openvino/bin/python -m pip uninstall --yes --quiet torchvision

%/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found. Install one," \
		"or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -m venv $* || { echo "$(PYTHON) cannot make virtual environments." \
		"On Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $*; exit 1; }

.PHONY: $(BENCHMARKS:%=bench/%) bench bench-cold bench-ingest bench-requests bench-retrieval clean conformance docker docs fidelity format fuzz golden help image ingest key lint lock model sam-local scan screenshots serve test test-browser test-chaos test-cpus test-load test-sam test-slow text wheel
