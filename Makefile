# Shape Explainer. Needs Python 3.11 to 3.13 and make; everything else goes into .venv.
#
# The first `make run` or `make test` sets .venv up. The two stamps below are what says that it is: a changed
# requirements file makes them stale, and a rerun with nothing changed starts at once.

PYTHON ?=
PY      := .venv/bin/python
ARGS    ?=
APP     := .venv/.app-installed
DEV     := .venv/.dev-installed
# A file is the work of one process, so its tests share their fixtures (the server, for one). One process more than most
# machines here have cores: a test in a browser, or one that ends a worker, waits for others most of its time. The
# browser tests come last (tests/browser/conftest.py says why), which reordering by size would undo. Bytecode is kept
# even where the environment says otherwise: each of some fifty processes would compile all sources again.
PYTEST  := PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder
FUZZED  := tests/fuzz tests/explainers/reading/test_safety.py tests/explainers/reading/test_budget.py \
           tests/explainers/test_every_explainer.py::test_the_whole_range_of_dims_ends_in_a_picture_or_a_sentence \
           tests/explainers/practice/challenges/test_engine.py::test_more_seeds
PINS    := requirements.txt requirements.lock deploy/tensorflow-on-cpu/pyproject.toml scripts/setup_venv.sh

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

$(APP): $(PINS)
	@PYTHON="$(PYTHON)" sh scripts/setup_venv.sh requirements.txt
	@touch $@

# The tests' requirements name the app's, so both stamps are true afterwards.
$(DEV): $(PINS) requirements-dev.txt
	@PYTHON="$(PYTHON)" sh scripts/setup_venv.sh requirements-dev.txt
	@touch $(APP) $@

##@ Use

.PHONY: run
run: $(APP) ## start the app at http://127.0.0.1:8501 (options: make run ARGS="--server.port 8600")
	@$(PY) -m shell.start $(ARGS)

.PHONY: setup
setup: $(APP) ## set .venv up for the app alone
	@echo ".venv is ready"

##@ Develop

.PHONY: setup-dev
setup-dev: $(DEV) ## set .venv up with what the tests and checks need
	@echo ".venv is ready"

.PHONY: test
test: $(DEV) ## run the tests, those in a browser too (options: make test ARGS="-k conv1d")
	@$(PY) -m scripts.chromium
	@$(PYTEST) -m "not long" $(ARGS)

.PHONY: test-all
test-all: $(DEV) ## the same and the long ones: products of everything with everything (pyproject.toml says which)
	@$(PY) -m scripts.chromium
	@$(PYTEST) $(ARGS)

.PHONY: test-fast
test-fast: $(DEV) ## run the tests that need neither a browser nor patience
	@$(PYTEST) -m "not browser and not slow and not long" $(ARGS)

.PHONY: lint
lint: $(DEV) ## ruff and its formatter, mypy; ESLint, Prettier and TypeScript for the JavaScript
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m scripts.javascript

.PHONY: format
format: $(DEV) ## let ruff, ESLint and Prettier mend and format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) -m scripts.javascript --fix

.PHONY: lock
lock: $(DEV) ## write the versions now in .venv into the two locks, the image's with hashes (needs the network)
	@$(PY) -m venv build/lock && build/lock/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(PY) -m scripts.lock build/lock/bin/uv

##@ Measure

.PHONY: bench
bench: $(DEV) ## how long the engine takes, against its budget
	@$(PY) -m benchmarks.engine --write $(ARGS)

.PHONY: diagnose-report
diagnose-report: $(DEV) ## how well pasted texts are read (other cases: make diagnose-report ARGS=CASES.jsonl)
	@$(PY) -m benchmarks.diagnose_report $(ARGS)

.PHONY: bench-browser
bench-browser: $(DEV) ## starts and changes in a real browser, in seconds and bytes
	@$(PY) -m scripts.chromium
	@$(PY) -m benchmarks.browser $(ARGS)

.PHONY: load-class
load-class: $(DEV) ## a class that answers, 30 and 100 students (options: make load-class ARGS="--json", "--write")
	@$(PY) -m benchmarks.class_load $(ARGS)

.PHONY: load
load: $(DEV) ## thirty learners at once, then a class (options: make load ARGS="--learners 30 60 120 --write")
	@$(PY) -m benchmarks.load $(ARGS)
	@$(PY) -m benchmarks.class_load $(filter --write,$(ARGS))

.PHONY: siege
siege: $(DEV) ## a class of twelve under attack for ten minutes (options: make siege ARGS="--seconds 60")
	@$(PY) -m benchmarks.siege $(ARGS)

.PHONY: soak
soak: $(DEV) ## 10,000 rebuilds: does memory grow? (options: make soak ARGS="--count 2000")
	@$(PY) -m benchmarks.soak $(ARGS)

.PHONY: corners
corners: $(DEV) ## the ends of all dims, through the workers with their limits
	@$(PY) -m benchmarks.corners $(ARGS)

.PHONY: fuzz
fuzz: $(DEV) ## more than 100,000 random inputs of every kind (options: make fuzz FUZZ_EXAMPLES=20000)
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),2000) $(PYTEST) $(FUZZED) --timeout 7200 $(ARGS)

.PHONY: screenshots
screenshots: $(DEV) ## a picture of every page, wide and narrow, light and dark
	@$(PY) -m scripts.chromium
	@$(PY) -m scripts.screenshots $(ARGS)

.PHONY: image-test
image-test: $(DEV) ## build the Dockerfile and run the image, with no Docker engine (root on Debian; 12 GB for a while)
	@$(PY) -m scripts.image_test $(ARGS)

.PHONY: replicas-test
replicas-test: $(DEV) ## three copies behind nginx, one of them killed (options: make replicas-test ARGS="--learners 12")
	@$(PY) -m scripts.replicas_test $(ARGS)

.PHONY: audit
audit: $(DEV) ## ask for known weaknesses of every pinned package (needs the network)
	@$(PY) -m venv build/audit && build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@grep -o '^tensorflow[a-z-]*==[0-9.]*' requirements.txt | sort -u > build/audit/tensorflow.txt
	@build/audit/bin/pip-audit --strict --no-deps --disable-pip -r requirements.lock -r build/audit/tensorflow.txt

##@ Help

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z-]*:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: clean
clean: ## remove .venv and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build test-results tools/javascript/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
