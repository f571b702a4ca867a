# `make serve`, `make test` and `make check` set up .venv, and update it only after a requirements file has changed.
PYTHON ?= python3
ARGS ?=
# A variable that was given to make. The environment's are not meant: some shells set HOST.
given = $(if $(filter command%,$(origin $(1))),$($(1)))
# One module goes to one worker, in the order of tests/conftest.py; `make test ARGS="-n 0"` is one process.
IN_PARALLEL := -n auto --dist loadscope --no-loadscope-reorder

BIN := .venv/bin
SERVER := .venv/.server
DEV := .venv/.dev
RAY := .venv-ray/.installed
CLIENTS := .venv-clients/.installed
NODE := tests/clients/node
NODE_CLIENTS := $(NODE)/node_modules/.installed
LINT := tests/lint
LINTERS := $(LINT)/node_modules/.installed
SECURITY := .venv-security/.installed
TORCH := $(shell grep '^torch==' requirements.txt)
TORCH_CPU := https://download.pytorch.org/whl/cpu

EXTENSION := editors/vscode
EXTENSION_MODULES := $(EXTENSION)/node_modules/.installed
VSCODE_TESTS := tests/editors/vscode
VSCODE_DIR ?= $(CURDIR)/$(VSCODE_TESTS)/installed

.PHONY: help serve soak fuzz train audit sbom test test-fast coverage test-clients test-vscode vscode-docs vsix check bench wheel docs lint lint-editors format clean node-clients nvim

serve: $(SERVER)  ## The server, with the embedded model. PORT=8001 HOST=127.0.0.1 MODEL=owner/name ARGS="--threshold 0.9"
	$(BIN)/python -m app serve $(call given,MODEL) $(addprefix --port ,$(call given,PORT)) $(addprefix --host ,$(call given,HOST)) $(ARGS)

# Ray has an environment of its own, which sees the packages of .venv: nothing else should find Ray installed.
.PHONY: cluster test-cluster
cluster: $(RAY)  ## Two replicas of the embedded model on Ray, on CPUs, and the server in front. PORT=8001 ARGS="--replicas 3"
	.venv-ray/bin/python -m app cluster --replicas 2 --cpus 1 $(addprefix --port ,$(call given,PORT)) $(addprefix --host ,$(call given,HOST)) $(ARGS)

test-cluster: $(RAY)  ## The tests of the cluster with a real one. ARGS="-k name" selects some
	.venv-ray/bin/python -m pytest -n 0 --durations=10 $(ARGS) $(wildcard tests/cluster/test_ray*.py)

help:  ## This list
	@echo "make TARGET [VARIABLE=value ...]; the first one sets up .venv"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | sort | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

# In process: no server, no editor, no Node, no tests of training/ and bench/. The one to run while working.
test-fast: $(DEV)  ## Tests without a server, an editor or Node: run this while working
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not process and not tool" $(ARGS)

test: $(DEV) $(CLIENTS) node-clients  ## All tests. ARGS="-k name" selects some
	$(BIN)/python -m pytest $(IN_PARALLEL) --durations=25 $(ARGS)

# Lines and branches of app/ and lsp/ that tests reach without a real model server, and the floor of pyproject.toml.
coverage: $(DEV)  ## How much of app/ and lsp/ the tests reach
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not tool" --cov $(ARGS) \
		tests/test_*.py tests/messages tests/text tests/engine tests/models tests/serving tests/api tests/lsp \
		tests/evaluation

# Many clients of others, one after the other, against the server: docs/clients.md. Gigabytes for a while.
test-clients: $(DEV)  ## Many clients of others: half an hour, and packages from PyPI and npm
	$(BIN)/python -m tests.clients.table $(ARGS)

# The extension in a real VS Code (code-server), which is installed the first time: some minutes and 800 MB in VSCODE_DIR.
# First against a fake model server, then against the real one with the embedded model.
test-vscode: $(DEV) vsix  ## The extension in a real VS Code, which is installed the first time
	$(VSCODE_TESTS)/install.sh $(VSCODE_DIR)
	VSCODE_DIR=$(VSCODE_DIR) node --test --test-concurrency=1 $(ARGS) $(VSCODE_TESTS)/*.test.mjs

# The pictures and the transcript of docs/, from a run that has passed.
vscode-docs: test-vscode  ## The pictures of the extension in docs/
	VSCODE_DIR=$(VSCODE_DIR) node $(VSCODE_TESTS)/docs.mjs

# Minutes of mixed clients and attackers; exit code 1 if anything was lost or leaked. MINUTES=60 shows a slope of memory.
MINUTES ?= 2
soak: $(DEV)  ## Mixed clients and attackers for MINUTES=2. ARGS="--attack": all attacks at full strength
	$(BIN)/python -m bench.soak --minutes $(MINUTES) $(ARGS)

# Over HTTP, WebSockets and the language server; exit code 1 after a 5xx, a hang, a reset or an undocumented answer.
REQUESTS ?= 2000
fuzz: $(DEV)  ## Requests that nobody should send, REQUESTS=2000 of them. ARGS="--seed 1"
	$(BIN)/python -m bench.fuzz --requests $(REQUESTS) $(ARGS)

# After new weights, or another text in a page: read what has changed (git diff). ARGS=--check changes nothing.
.PHONY: examples
examples: $(DEV)  ## Renew every printed answer of the embedded model: pages, API document, fixtures
	$(BIN)/python -m docs.examples $(ARGS)

# Hours. Stopped (Ctrl-C saves), the same command resumes.
train: $(DEV)  ## Train the embedded model from scratch, into training/runs/mini. ARGS="--tokens 5e6"
	$(BIN)/python -m training.train --run training/runs/mini $(ARGS)
	$(BIN)/python -m training.export training/runs/mini training/runs/mini/elbarto-mini

audit: $(SECURITY)  ## Known vulnerabilities of requirements*.txt, where PyPI's data can be had
	.venv-security/bin/python .ci/audit.py $(wildcard requirements*.txt)

sbom: $(SERVER) $(SECURITY)  ## The packages of .venv as a software bill of materials, dist/sbom.cdx.json
	mkdir -p dist
	.venv-security/bin/cyclonedx-py environment $(BIN)/python --output-file dist/sbom.cdx.json

check: lint test  ## lint and test: run this before a pull request

bench: $(DEV)  ## The benchmark. ARGS=--list names its parts
	$(BIN)/python -m bench $(ARGS)

# The installable package, in dist/ (docs/decisions/0010-package.md).
wheel: $(DEV)  ## The installable package, in dist/
	$(BIN)/python -m pip wheel . --no-deps --no-build-isolation --wheel-dir dist $(ARGS)

lint: $(DEV) lint-editors  ## ruff, mypy and, with Node, Biome
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

format: $(DEV)  ## ruff format, and what ruff can fix
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# The VS Code extension, as editors/vscode/elbarto.vsix; needs Node.js 20 or newer and npm.
vsix: $(EXTENSION_MODULES)  ## The VS Code extension, editors/vscode/elbarto.vsix
	cd $(EXTENSION) && npm run package

# A Neovim for the tests of the plugin and of the language server; without one they are skipped.
nvim:  ## A Neovim for the tests of the plugin
	PYTHON=$(PYTHON) tests/editors/nvim/install.sh $(ARGS)

clean:  ## Remove everything that make has made
	rm -rf .venv .venv-clients .clients .venv-nvim .venv-security $(NODE)/node_modules $(LINT)/node_modules $(VSCODE_TESTS)/installed $(VSCODE_TESTS)/run
	rm -rf .venv-ray
	cd $(EXTENSION) && rm -rf node_modules dist server LICENSE *.vsix
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# PyPI's torch for Linux brings gigabytes of CUDA libraries, so without an NVIDIA GPU PyTorch's own CPU build goes first.
$(SERVER): requirements.txt
	@$(call require-python)
	$(PYTHON) -m venv .venv
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1; then \
		echo "No NVIDIA GPU here: trying PyTorch's CPU build ($(TORCH))"; \
		$(BIN)/python -m pip install --timeout 30 --retries 1 --index-url $(TORCH_CPU) $(TORCH) \
		|| echo "$(TORCH_CPU) cannot be used: installing $(TORCH) from the usual index instead"; \
	fi
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

$(DEV): $(SERVER) requirements-dev.txt requirements-gguf.txt requirements-lsp.txt requirements-docs.txt requirements-syntax.txt
	$(BIN)/python -m pip install -r requirements-dev.txt
	@touch $@

$(RAY): $(DEV) requirements-ray.txt
	$(PYTHON) -m venv .venv-ray
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.venv-ray/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/server.pth"
	.venv-ray/bin/python -m pip install -r requirements-ray.txt
	@touch $@

# Clients of the tests whose dependencies clash with the server's.
$(CLIENTS): tests/clients/requirements.txt
	@$(call require-python)
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/python -m pip install -r tests/clients/requirements.txt
	@touch $@

$(SECURITY): requirements-security.txt
	@$(call require-python)
	$(PYTHON) -m venv .venv-security
	.venv-security/bin/python -m pip install -r requirements-security.txt
	@touch $@

ifeq ($(shell command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && echo yes),yes)
node-clients: $(NODE_CLIENTS)

# The page's JavaScript, the editor plugins' TypeScript and Lua.
lint-editors: $(LINTERS)
	$(LINT)/node_modules/.bin/biome lint --error-on-warnings
	node $(LINT)/lua.mjs editors/nvim
else
node-clients:
	@echo "No node and npm here: the tests of Node clients will be skipped"

lint-editors:
	@echo "No node and npm here: JavaScript, TypeScript and Lua are not linted"
endif

$(NODE_CLIENTS): $(NODE)/package-lock.json
	cd $(NODE) && npm ci --no-audit --no-fund
	@touch $@

$(LINTERS): $(LINT)/package-lock.json
	cd $(LINT) && npm ci --no-audit --no-fund
	@touch $@

$(EXTENSION_MODULES): $(EXTENSION)/package-lock.json
	@command -v npm >/dev/null || { echo "npm is needed: install Node.js 20 or newer" >&2; exit 1; }
	cd $(EXTENSION) && npm ci --no-audit --no-fund
	@touch $@

# The documentation site, as site/index.html.
.PHONY: docs
docs: $(DEV)  ## The documentation as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build $(ARGS)

define require-python
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 or newer is needed, and $(PYTHON) is not: name one with make PYTHON=/path/to/python3.12" >&2; exit 1; }
endef
