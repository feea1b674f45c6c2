# Every command of the project; CI calls the same targets. `make help` lists them.
#
# Needs python3 (3.11 or newer, with venv), git and make. Everything else comes from the lock files: Python packages
# through uv into .venv, browser packages through the machine's npm or, where there is none, through one in .venv.

PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
OFFLINE := $(BIN)/python -m huigong.cli.offline
# A proxy that looks into TLS puts its certificate into the system's store; pip, uv and npm look elsewhere unless told.
CERTS := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(CERTS),)
export SSL_CERT_FILE ?= $(CERTS)
export PIP_CERT ?= $(CERTS)
export NODE_EXTRA_CA_CERTS ?= $(CERTS)
endif
SYNC := $(BIN)/uv sync --frozen --inexact

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help run install test check format soak bench docs
.SUFFIXES:

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.packages node_modules/.packages ## Start the demo in the foreground, making whatever it needs (PORT, HUIGONG_DATA)
	@exec $(BIN)/huigong up

install: .venv/.packages node_modules/.packages ## Install what running needs, without starting anything

test: .venv/.packages-dev node_modules/.packages-dev ## Run every test (ARGS="path -k word" for some)
	@deploy/install-browser
	@exec $(BIN)/pytest $(ARGS)

check: .venv/.packages-dev node_modules/.packages ## Static checks: lint, format, layers, types, settings, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(OFFLINE) $(BIN)/mypy
	$(OFFLINE) $(BIN)/django-admin check --deploy --fail-level=WARNING
	$(OFFLINE) $(BIN)/django-admin makemigrations --check --dry-run

format: .venv/.packages-dev ## Format the code and sort its imports
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

soak: .venv/.packages-dev node_modules/.packages-dev ## Run the long tests: whole permission matrix, fuzzing, chaos
	@exec $(BIN)/pytest -m soak $(ARGS)

bench: .venv/.packages-dev node_modules/.packages ## Measure side by side; prints ratios
	@exec $(BIN)/python -m benchmarks $(ARGS)

docs: .venv/.packages-dev node_modules/.packages ## Take the pictures of the documentation again (docs/screens)
	@deploy/install-browser
	@exec $(BIN)/python -m docs.pictures

# What is installed. Each stamp is younger than the lock it was made from; a second run does nothing.

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo '需要 Python 3.11 以上（python3）。' >&2; exit 1; }
	@echo '正在建立运行环境 .venv ……'
	@$(PYTHON) -m venv .venv \
	  || { echo '建立 .venv 失败；Debian 上请先安装 python3-venv。' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) \
	  || { echo '安装 uv 失败；请检查网络（pip 能否访问 PyPI）。' >&2; exit 1; }

.venv/.packages: $(BIN)/uv uv.lock pyproject.toml
	@echo '正在安装 Python 软件包……'
	@$(SYNC) --no-dev || { echo '安装 Python 软件包失败；请检查网络（能否访问 PyPI）。' >&2; exit 1; }
	@touch $@

.venv/.packages-dev: .venv/.packages
	@echo '正在安装开发用的 Python 软件包……'
	@$(SYNC) --group dev || { echo '安装 Python 软件包失败；请检查网络（能否访问 PyPI）。' >&2; exit 1; }
	@touch $@

node_modules/.packages: package.json package-lock.json | .venv/.packages
	@deploy/install-frontend --omit=dev
	@touch $@

node_modules/.packages-dev: package.json package-lock.json | .venv/.packages
	@deploy/install-frontend
	@touch $@ node_modules/.packages
