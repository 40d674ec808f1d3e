# make demo         quantum and classical classifiers side by side
# make test         the tests, with the code in docstrings, in docs/ and in the README
# make test-oldest  the same with the oldest versions of Python and of other packages that setup.cfg allows
# make test-torch   the tests of what runs on PyTorch; TORCH=... chooses what pip installs
# make test-ibm     the tests on fake devices of IBM, in the local mode of its runtime
# make test-ray     the tests on a cluster of Ray
# make oracles      measures of circuits, circuits in parts, and attacks, beside those of other packages, which it installs
# make calibration  how often verdicts of evidence_report are right, where the truth is known
# make fuzz         thousands of broken files instead of hundreds
# make docs         the site, in docs/_build/html; every warning is an error
# make links        asks each address that the site points to whether it is there; needs a network
# make dist         wheel and source archive, checked; the wheel runs README and the first pages in a bare environment
# make lint         ruff, its formatter, and mypy
#
# Each makes a virtual environment in .venv and installs what it needs. PYTHON=... chooses the interpreter (and an
# environment of its own), JOBS=... the number of test processes.

SHELL := /bin/bash
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/local/bin/python3)
JOBS ?= 2
TORCH ?= torch==2.13.0
VENV ?= .venv$(if $(PYTHON),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
OLDEST ?=
LOWER_BOUNDS = sed -n '/^install_requires/,/^$$/s/^ *\(.*\)>=\(.*\)/\1==\2/p' setup.cfg

# Each test process uses one thread in the libraries below it; SCIPY_ARRAY_API makes scikit-learn run its array checks.
TEST_SETTINGS := SCIPY_ARRAY_API=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 RAYON_NUM_THREADS=1 QISKIT_PARALLEL=FALSE MPLBACKEND=Agg

RUN_PAGE = import doctest, sys; \
    failed, tried = doctest.testfile(sys.argv[1], False, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS); \
    print(f"{sys.argv[1]}: {tried} examples ran, {failed} failed"); sys.exit(failed > 0 or tried == 0)
# Data without their licences may not be given away.
DATA_IN_WHEEL = import pathlib, sys, zipfile; \
    here = {p.as_posix() for p in pathlib.Path("skqml/datasets/data").iterdir()}; \
    lacking = here - set(zipfile.ZipFile(sys.argv[1]).namelist()); \
    sys.exit(f"The wheel lacks {sorted(lacking)}." if lacking or not any("NOTICES" in p for p in here) else 0)

# Folders that are not collected without it, and contracts of what is in them, by name.
TESTS_OF_TORCH := tests/nn tests/states/test_checked.py tests/models/hybrid tests/backends/torch skqml/nn skqml/models/hybrid skqml/backends/torch tests/test_layers.py tests/test_docs.py docs/families/hybrid.rst
CONTRACTS_OF_TORCH := QuantumLayer or Patches2d or Quanvolution or FlippedQuanv2d or ReuploadingLinear or Torch or gpu or \
	HybridClassifier or AmplitudeLayer or LayerSwap or Autoencoder or hybrid_

TESTS_OF_IBM := tests/backends/primitives/ibm docs/howto/hardware.rst

TESTS_OF_RAY := tests/kernels/tiles/test_ray.py

.PHONY: demo test test-oldest test-torch of-torch test-ibm of-ibm test-ray of-ray coverage fuzz oracles calibration docs site links of-links dist lint clean

demo: $(VENV)/with-plot
	$(BIN)/python examples/demo.py

test: $(VENV)/with-test
	$(TEST_SETTINGS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-oldest:
	$(MAKE) test VENV=.venv-oldest OLDEST=.venv-oldest/oldest.txt PYTHONS="$(or $(PYTHON),python3.11 $(PYTHONS))"

test-torch:
	$(MAKE) of-torch VENV=.venv-torch$(if $(PYTHON),-$(notdir $(PYTHON)))

of-torch: $(VENV)/with-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check '$(TORCH)'
	$(TEST_SETTINGS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS_OF_TORCH)
	$(TEST_SETTINGS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal tests/contracts tests/test_sklearn_checks.py tests/test_benchmarks.py tests/files tests/test_examples.py -k '$(CONTRACTS_OF_TORCH)'

test-ibm:
	$(MAKE) of-ibm VENV=.venv-ibm$(if $(PYTHON),-$(notdir $(PYTHON)))

of-ibm: $(VENV)/with-test $(VENV)/with-ibm
	$(TEST_SETTINGS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(TESTS_OF_IBM)

test-ray:
	$(MAKE) of-ray VENV=.venv-ray$(if $(PYTHON),-$(notdir $(PYTHON)))

of-ray: $(VENV)/with-test $(VENV)/with-ray
	$(TEST_SETTINGS) $(BIN)/python -m pytest $(TESTS_OF_RAY)

coverage: $(VENV)/with-test
	$(TEST_SETTINGS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term-missing

fuzz: $(VENV)/with-test
	$(TEST_SETTINGS) SKQML_FLIPS=9000 $(BIN)/python -m pytest tests/files/test_broken.py tests/files/test_crafted_circuits.py -n $(JOBS)

oracles: $(VENV)/with-test $(VENV)/with-bench
	$(BIN)/python -m benchmarks measures
	$(BIN)/python -m benchmarks cutting --quick
	$(TEST_SETTINGS) $(BIN)/python -m pytest tests/attacks/test_art.py tests/cutting/test_qiskit_addon.py

calibration: $(VENV)/with-test
	$(BIN)/python examples/studies/evidence_calibration.py

docs:
	$(MAKE) site VENV=.venv-docs$(if $(PYTHON),-$(notdir $(PYTHON)))

site: $(VENV)/with-docs
	MPLBACKEND=Agg $(BIN)/python -m sphinx -W --keep-going --quiet --builder html docs docs/_build/html

links:
	$(MAKE) of-links VENV=.venv-docs$(if $(PYTHON),-$(notdir $(PYTHON)))

of-links: $(VENV)/with-docs
	$(BIN)/python -m sphinx -D plot_gallery=0 --quiet --builder linkcheck docs docs/_build/links

dist: $(VENV)/with-dist
	rm -rf build dist
	$(BIN)/python -m build
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python -c '$(DATA_IN_WHEEL)' dist/*.whl
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(BIN)/python -m venv "$$folder/bare" \
	    && cp dist/*.whl README.md docs/install.rst docs/start.rst "$$folder" && cd "$$folder" && wheel=$$(echo *.whl) \
	    && install() { bare/bin/python -m pip install --quiet --disable-pip-version-check "$$1"; } \
	    && run() { bare/bin/python -c '$(RUN_PAGE)' "$$1"; } \
	    && install "$$wheel" && run README.md && run install.rst \
	    && install "$$wheel[files]" && run start.rst

lint: $(VENV)/with-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

# The stamp of an extra says that it is installed and that the files that define it have not changed since.
$(VENV)/with-%: $(BIN)/python setup.cfg pyproject.toml
	$(if $(OLDEST),$(LOWER_BOUNDS) > $(OLDEST))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(OLDEST),--constraint $(OLDEST)) --editable '.[$*]'
	@touch $@

# A Python may be too old, a shim without an interpreter, or (on Debian) without the module that makes environments: try each.
$(BIN)/python:
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    "$$python" -m venv --clear $(VENV) >/dev/null 2>&1 && exit 0; \
	done; \
	rm -rf $(VENV); \
	echo "skqml needs Python 3.11 or newer that can make virtual environments; tried: $(PYTHONS). Install one (on Debian also the package python3-venv), or name it: make PYTHON=/path/to/python" >&2; \
	exit 1

clean:
	rm -rf .venv .venv-* build dist docs/_build docs/generated docs/auto_examples *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage*
	find skqml tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
