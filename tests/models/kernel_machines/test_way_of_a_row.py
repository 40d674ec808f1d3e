"""The way of a row from a model's method to the first compiled sweep: short, and each thing done once."""

import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map

import skqml
from skqml import (
    CircuitEncoding,
    FidelityKernel,
    ProjectedKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    VariationalClassifier,
    clear_cache,
)
from skqml.engine.statevector import few, group_sweeps

ROOT = str(Path(skqml.__file__).parent)
DRAWN = {"Encoding.build", "CircuitEncoding.build"}
ONCE = ("as_rows", "Standardizer.transform", "EncodedKernel._scaled", "tabulate")
X = np.random.default_rng(0).normal(size=(20, 4))
Y = (X[:, 0] > 0).astype(int)
MACHINES = [QuantumKernelSVC, QuantumKernelSVR, QuantumKernelRidge, QuantumNystroem]


def way(call):
    """Frames of the package on the stack of the first compiled sweep, and calls of its functions until then."""
    frames, calls = [], Counter()

    def first(compiled, *args):
        frame = sys._getframe(1)
        while frame is not None and not waypoints:
            frames.append(frame.f_code)
            frame = frame.f_back
        waypoints.append(True)
        return compiled(*args)

    def count(frame, event, arg):
        if event == "call" and not waypoints and frame.f_code.co_filename.startswith(ROOT):
            calls[frame.f_code.co_qualname] += 1

    waypoints = []
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((group_sweeps, "forward"), (few, "few_forward")):
            patch.setattr(module, name, partial(first, getattr(module, name)))
        sys.setprofile(count)
        try:
            call()
        finally:
            sys.setprofile(None)
    return [code for code in frames if code.co_filename.startswith(ROOT)], calls


@pytest.fixture(autouse=True)
def empty_cache():
    clear_cache()


def assert_short(frames):
    assert 0 < len(frames) <= 10, [code.co_name for code in frames]
    assert len({code.co_filename for code in frames}) <= 8


def assert_once(calls):
    """A circuit is drawn and compiled, rows are checked by the program, standardised and scaled; each once."""
    assert sum(calls[name] for name in DRAWN) == 1 and not calls["checked_rows"]  # the estimator has checked them
    assert {name: calls[name] for name in ONCE} == dict.fromkeys(ONCE, 1)


@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("encoding", [None, CircuitEncoding(zz_feature_map(4))], ids=["default", "circuit"])
def test_a_fit_does_each_thing_once(kind, encoding):
    model = kind(FidelityKernel(encoding))
    if kind is QuantumNystroem:
        model.set_params(n_components=10)
    frames, calls = way(lambda: model.fit(X, Y))
    assert_short(frames)
    assert_once(calls)


@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("encoding", [None, CircuitEncoding(zz_feature_map(4))], ids=["default", "circuit"])
def test_a_prediction_draws_and_compiles_nothing(kind, encoding):
    model = kind(FidelityKernel(encoding), **({"n_components": 10} if kind is QuantumNystroem else {})).fit(X, Y)
    method = "transform" if kind is QuantumNystroem else "predict"
    for rows in (X[:3], X[:5] + 1.0):  # states of the training rows are computed at the first, those of X at the second
        frames, calls = way(lambda rows=rows: getattr(model, method)(rows))
        assert_short(frames)
        assert calls["Standardizer.transform"] == 1 and calls["EncodedKernel._scaled"] == 2  # X and training rows
        assert not any(calls[name] for name in (*DRAWN, "tabulate", "checked_rows"))


def test_bloch_vectors_of_training_rows_are_computed_once():
    frames, calls = way(lambda: QuantumKernelSVC(ProjectedKernel()).fit(X, Y))
    assert_short(frames)
    assert_once(calls)


def test_a_training_has_its_starts_and_its_optimiser_on_the_way():
    frames, calls = way(lambda: VariationalClassifier(tol=None, max_iter=1).fit(X, Y))
    assert_short(frames)
    assert calls["tabulate"] == calls["Standardizer.transform"] == calls["ReuploadingEncoding.draw"] == 1
