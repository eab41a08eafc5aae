# Two commands are enough: `make demo` and `make test`. Each sets up what it needs in .venv, and only once.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
EXAMPLE := examples/gpt-oss-120b/release.toml

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(VENV)/.installed ## review the example manifest and show the report
	@echo '$$ release-review check $(EXAMPLE)'
	@status=0; $(BIN)/release-review check --output-format full $(EXAMPLE) || status=$$?; \
	echo "exit status: $$status"; test $$status -le 1

.PHONY: test
test: lint browser ## run every check: style, types, layers, tests with coverage
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --cov

.PHONY: lint
lint: $(VENV)/.installed-dev ## check style, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(VENV)/.installed-dev ## format the code and repair what can be repaired
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: golden
golden: $(VENV)/.installed-dev ## rewrite the expected outputs in tests/golden; read the diff afterwards
	$(BIN)/python -m pytest --golden

PATIENCE := -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

# No build fails for want of a browser: the tests that need one are skipped, and say so.
.PHONY: browser
browser: ## install Chromium for the tests of the HTML report, if there is none and apt-get may
	@found() { for name in $(BROWSERS); do command -v $$name >/dev/null && return; done; return 1; }; \
	install() { \
		root=; test "$$(id -u)" = 0 || root='sudo -n'; \
		command -v apt-get >/dev/null && $$root true && \
		{ $$root env DEBIAN_FRONTEND=noninteractive apt-get $(PATIENCE) install -y -q chromium || \
			{ $$root apt-get $(PATIENCE) update -q && \
				$$root env DEBIAN_FRONTEND=noninteractive apt-get $(PATIENCE) install -y -q chromium; }; }; \
	} >/dev/null 2>&1 </dev/null; \
	found || install || : ; \
	found || echo 'note: there is no Chromium; the tests that open the HTML report in it will be skipped'

.PHONY: picture
picture: $(VENV)/.installed-dev browser ## renew the pictures of the HTML pages in docs/images
	$(BIN)/python tests/pictures.py docs/images/report.png docs/images/audit.png

.PHONY: bench
bench: $(VENV)/.installed-dev ## measure whole checks, reviews per second, the engines, and audits
	$(BIN)/python tests/benchmarks/bench.py $(EXAMPLE)
	$(BIN)/python tests/benchmarks/bench_audits.py

SHIPPED := $(notdir $(patsubst %/,%,$(dir $(wildcard policies/*/policy.toml))))
PAIRS ?= 200000
SEED ?= 1

.PHONY: fuzz
fuzz: $(VENV)/.installed-dev ## every shipped case in the reference engine, and the engines against two oracles: PAIRS, SEED
	$(BIN)/release-review policy test --engine reference $(SHIPPED)
	$(BIN)/python tests/fuzz.py --pairs $(PAIRS) --seed $(SEED)

CARDS ?=

.PHONY: cards
cards: $(VENV)/.installed-dev ## count what real model cards fill and deny; CARDS are files, REVIEW_DATA a folder
	@PYTHONPATH=plugins/release-review-huggingface/src $(BIN)/python \
		plugins/release-review-huggingface/tests/count_cards.py $(CARDS)

WRITE ?=

.PHONY: registries
registries: $(VENV)/.installed-dev ## count what real registries fill, in the folder REVIEW_DATA; WRITE=1 renews the docs
	@$(BIN)/python tests/support/count_registries.py $(if $(WRITE),--write)

RELEASES ?= 100000

.PHONY: audit-at-scale
audit-at-scale: $(VENV)/.installed-dev ## audit RELEASES made-up releases, unbroken and killed: counts, bytes, time, memory
	@PYTHONPATH=tests/support $(BIN)/python tests/audit_at_scale.py --releases $(RELEASES)

.PHONY: page-speed
page-speed: $(VENV)/.installed-dev browser ## how long Chromium takes to open the page of an audit of 10,000 releases
	@PYTHONPATH=tests/support $(BIN)/python tests/page_speed.py

.PHONY: test-lowest
test-lowest: ## run the tests with the oldest dependencies that pyproject.toml admits
	$(PYTHON) -m venv --clear $(VENV)-lowest
	$(PYTHON) tests/lowest.py pyproject.toml > $(VENV)-lowest/constraints.txt
	$(VENV)-lowest/bin/python -m pip --disable-pip-version-check install --quiet \
		--constraint $(VENV)-lowest/constraints.txt --editable '.[test]'
	$(VENV)-lowest/bin/python -m pytest

# `release-review-evals` reads the logs of Inspect with Inspect, which brings eighty packages. `make test` skips the tests that
# need it, and says so; here nothing is skipped, and all plugins are installed side by side.
EVALS := plugins/release-review-evals
OTHER_PLUGINS := $(filter-out $(EVALS)/,$(dir $(wildcard plugins/*/pyproject.toml)))

.PHONY: plugins
plugins: $(VENV)-plugins/.installed $(VENV)/.installed-dev ## install all plugins side by side, and test them with Inspect
	REVIEW_PLUGINS=$(VENV)-plugins $(BIN)/python -m pytest -q tests/plugins/test_together.py
	cd $(EVALS) && "$(abspath $(VENV))-plugins/bin/python" -m pytest -q -p no:cacheprovider

$(VENV)-plugins/.installed: $(wildcard plugins/*/pyproject.toml) plugins/constraints.txt pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-plugins
	$(VENV)-plugins/bin/python -m pip --disable-pip-version-check install --quiet --constraint plugins/constraints.txt \
		editables hatchling hypothesis pytest
	$(VENV)-plugins/bin/python -m pip --disable-pip-version-check install --quiet --constraint plugins/constraints.txt \
		--no-build-isolation --editable . --editable './$(EVALS)[inspect]' $(addprefix --editable ./,$(OTHER_PLUGINS))
	@touch $@

.PHONY: clean
clean: ## remove all that these targets have made
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-plugins .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as new as what was installed; while it is up to date, nothing asks the network.

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'error: $(PYTHON) is older than Python 3.11; run make with PYTHON=python3.11' >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# The build backend comes first and under constraints too, so there is nothing left for build isolation to fetch.
$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) hatchling
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@
