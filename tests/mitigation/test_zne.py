"""Zero-noise extrapolation as a backend.

Statistical bounds are set so that a correct program fails for one seed in a million at most; seeds are fixed.
"""

import pickle
from functools import partial

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from scipy.stats import binom
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV

from skqml import (
    AngleEncoding,
    Exact,
    FidelityKernel,
    Noisy,
    QuantumKernelSVC,
    Shots,
    VariationalClassifier,
    all_z,
    all_zz,
)
from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.mitigation import (
    ZNE,
    DynamicalDecoupling,
    PauliTwirling,
    ReadoutMitigation,
    WeightedShots,
    exponential,
    fold_gates,
    fold_global,
    linear,
    neural_network,
    poly_exponential,
    polynomial,
    richardson,
    scale_noise,
)
from tests.mitigation.noisy import NO_DATA, N, W, X, aer, depolarizing, model

NOISY = aer(depolarizing())
OBSERVABLES = all_zz(N)
EXACT = Exact().compile(model(), OBSERVABLES)(X, W)


def values(backend):
    return backend.compile(model(), OBSERVABLES)(X, W)


class Drifting(Backend):
    """Exact values to which a curve of a scale is added."""

    def __init__(self, curve=np.zeros_like, scale=1.0):
        self.curve = curve
        self.scale = scale

    def compile(self, circuit, observables):
        return DriftingProgram(self, circuit, observables)


class DriftingProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        exact = Exact().compile(self.circuit, self.observables)(X, w)
        return exact + self.backend.curve(self.backend.scale)


def drift(circuit, backend, scale):
    """A fold that grows the curve's argument."""
    return circuit, clone(backend).set_params(scale=scale)


def straight(s):
    return 0.3 * s


def decaying(s):
    return 0.3 - 0.3 * np.exp(-0.4 * s)


@pytest.mark.parametrize("fold", [fold_global, fold_gates, scale_noise])
@pytest.mark.parametrize("backend", [NOISY, aer(depolarizing(), shots=50, random_state=3)], ids=["exact", "shots"])
def test_scale_one_alone_gives_the_raw_results(fold, backend):
    np.testing.assert_array_equal(values(ZNE(backend, (1,), fold)), values(backend))
    K = ZNE(backend, (1,), fold).compile_overlaps(model())(X, None, W)
    np.testing.assert_allclose(K, np.clip(backend.compile_overlaps(model())(X, None, W), 0, 1), atol=1e-12)


@pytest.mark.parametrize(
    ("extrapolate", "curve"),
    [
        (richardson, straight),
        (linear, straight),
        (polynomial, np.square),
        (exponential, decaying),
        (LinearRegression(), straight),
    ],
)
def test_values_on_the_assumed_curve_are_recovered(extrapolate, curve):
    np.testing.assert_allclose(values(ZNE(Drifting(curve), (1, 2, 3), drift, extrapolate)), EXACT, atol=1e-9)


@pytest.mark.parametrize("scales", [(1, 3, 5), (1, 3, 5, 7)])
@pytest.mark.parametrize("extrapolate", [richardson, exponential, poly_exponential])
def test_folds_bring_most_of_the_loss_back(scales, extrapolate):
    mitigated = values(ZNE(NOISY, scales, fold_gates, extrapolate))
    assert np.abs(mitigated - EXACT).mean() < np.abs(values(NOISY) - EXACT).mean() / 30


@pytest.mark.parametrize("wrap", [ZNE, PauliTwirling, ReadoutMitigation, DynamicalDecoupling])
def test_a_backend_is_random_if_the_one_inside_draws_shots(wrap):
    assert wrap(Shots(10)).random
    assert not wrap(NOISY).random
    assert not wrap().random


def test_no_noise_stays_no_noise():
    np.testing.assert_allclose(values(ZNE()), EXACT, atol=1e-12)


@pytest.mark.parametrize("extrapolate", [richardson, linear, exponential, partial(poly_exponential, degree=1)])
def test_gradients_are_those_of_the_extrapolated_values(extrapolate):
    program = ZNE(NOISY, (1, 3, 5), fold_global, extrapolate).compile(model(), OBSERVABLES)
    g, step = np.cos(np.arange(float(EXACT.size))).reshape(EXACT.shape), 1e-4
    found, pullback = program.forward(X, W)
    np.testing.assert_allclose(found, program(X, W), atol=1e-12)
    dX, dw = pullback(g)
    for k, e in enumerate(step * np.eye(len(W))):
        slope = np.sum(g * (program(X, W + e) - program(X, W - e))) / (2 * step)
        np.testing.assert_allclose(dw[k], slope, atol=1e-5)
    e = step * np.eye(N)[1]
    slopes = np.sum(g * (program(X + e, W) - program(X - e, W)), axis=1) / (2 * step)
    np.testing.assert_allclose(dX[:, 1], slopes, atol=1e-5)


def test_a_kernel_folds_both_halves_and_stays_symmetric():
    zne = ZNE(NOISY, (1, 3, 5), fold_gates)
    overlaps = zne.compile_overlaps(model())
    K, exact = overlaps(X, None, W), Exact().compile_overlaps(model())(X, None, W)
    np.testing.assert_array_equal(K, K.T)
    assert ((K >= 0) & (K <= 1)).all()
    raw = NOISY.compile_overlaps(model())(X, None, W)
    assert np.abs(K - exact).max() < np.abs(raw - exact).max() / 20
    np.testing.assert_allclose(overlaps(X[:2], X, W), K[:2], atol=1e-12)
    np.testing.assert_allclose(overlaps.diagonal(X, W), np.diag(K), atol=1e-12)
    parts = [NOISY.compile_overlaps(fold_gates(model(), NOISY, s)[0])(X, None, W) for s in (1, 3, 5)]
    np.testing.assert_allclose(K, np.clip(richardson([1, 3, 5], parts)[0], 0, 1), atol=1e-12)


def test_derivatives_of_a_kernel():
    overlaps = ZNE(NOISY, (1, 3), fold_gates, linear).compile_overlaps(model())
    A, step, dX = np.array([[1.0, -2.0], [0.5, 3.0]]), 1e-4, X[2:]
    up, down = (overlaps(X[:2] + s * dX, None, W + s) for s in (step, -step))
    slope = (up - down) / (2 * step)
    tangent = overlaps.tangent(X[:2], W, dX, np.ones_like(W))
    np.testing.assert_allclose(tangent, slope, atol=1e-5)
    gX, gw = overlaps.pullback(X[:2], W, A)
    np.testing.assert_allclose(np.sum(gX * dX) + gw.sum(), np.sum(A * slope), atol=1e-4)


def test_error_bars_hold_the_exact_value_as_often_as_they_say():
    """The noise is linear, so that the extrapolator's model is true; 2000 rows of independent shots."""
    circuit = QuantumCircuit(2)
    circuit.rx(0.9, 0)
    circuit.rx(0.4, 1)
    backend = ZNE(Shots(500, 0, backend=aer(depolarizing(p=0.05))), (1, 2, 3), scale_noise, linear)
    value, error = backend.compile(circuit, all_z(2)).estimate(np.zeros((2000, 0)))
    held = (np.abs(value - np.cos([0.9, 0.4])) < 2 * error).sum(axis=0)
    assert (held > binom.ppf(1e-6, 2000, 0.945)).all()
    np.testing.assert_allclose(value.mean(axis=0), np.cos([0.9, 0.4]), atol=0.01)
    assert (np.abs(value.std(axis=0) / np.median(error, axis=0) - 1) < 0.15).all()


def test_estimates_without_shots_are_the_values():
    program = ZNE(NOISY, (1, 3, 5)).compile(model(), OBSERVABLES)
    value, error = program.estimate(X, W)
    np.testing.assert_allclose(value, program(X, W), atol=1e-12)
    assert not error.any()
    assert program.scaled_values(X, W).shape == (3, *EXACT.shape)
    np.testing.assert_array_equal(program.scales, [1, 3, 5])


def test_extrapolation_goes_by_the_scales_that_were_realised():
    program = ZNE(NOISY, (1, 1.9, 3.2), fold_gates).compile(model(), OBSERVABLES)
    n = model().size()
    np.testing.assert_allclose(program.scales, [1 + 2 * round((s - 1) * n / 2) / n for s in (1, 1.9, 3.2)])
    assert program.scales[1] != 1.9


def test_one_seed_gives_one_result_and_scales_get_shots_of_their_own():
    backend = ZNE(Shots(100, 5), (1, 3), fold_global, linear)
    program = backend.compile(model(), OBSERVABLES)
    for same in (program, pickle.loads(pickle.dumps(program)), clone(backend).compile(model(), OBSERVABLES)):
        np.testing.assert_array_equal(same(X, W), program(X, W))
    first, second = program.scaled_values(np.repeat(X[:1], 300, axis=0), W)[..., 0] - EXACT[0, 0]
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.3
    assert not np.array_equal(
        program(X, W), clone(backend).set_params(backend__random_state=6).compile(model(), OBSERVABLES)(X, W)
    )


def test_copies_and_grid_search():
    zne = ZNE(Shots(20, 0), (1, 3), partial(fold_gates), partial(polynomial, degree=1))
    for copy in (clone(zne), pickle.loads(pickle.dumps(zne))):
        assert copy.backend is not zne.backend
        np.testing.assert_array_equal(values(copy), values(zne))
    svc = QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=zne))
    grid = {"kernel__backend__scales": [(1, 2), (1, 3)], "kernel__backend__backend__shots": [5, 50]}
    rows, labels = np.random.default_rng(0).normal(size=(12, 2)), np.tile([0, 1], 6)
    search = GridSearchCV(svc, grid, cv=2).fit(rows + 2 * labels[:, None], labels)
    assert len(search.cv_results_["params"]) == 4
    assert zne.backend.shots == 20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scales": (0.5, 1, 2)}, "at least 1"),
        ({"scales": (1, np.nan)}, "at least 1"),
        ({"scales": 3}, "sequence of numbers"),
        ({"scales": ()}, "at least 1 for"),
        ({"scales": (1, 3, 3)}, "distinct"),
        ({"scales": (1,), "extrapolate": linear}, "at least 2 for"),
        ({"scales": (1, 3), "extrapolate": exponential}, "at least 3 for"),
        ({"scales": (1, 3, 5), "extrapolate": partial(polynomial, degree=3)}, "at least 4 for"),
        ({"scales": (1,), "extrapolate": neural_network}, "at least 2 for"),
        ({"scales": (1,), "extrapolate": LinearRegression()}, "at least 2 for"),
        ({"scales": (1, 1.01, 1.02)}, "tell apart"),
        ({"backend": "Aer"}, "must be None or a Backend"),
        ({"fold": "global"}, "must be a function"),
        ({"extrapolate": "linear"}, "must be a function"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(options, words):
    backend = ZNE(**{"backend": NOISY} | options)
    for compile_it in (lambda: backend.compile(model(), OBSERVABLES), lambda: backend.compile_overlaps(model())):
        with pytest.raises((TypeError, ValueError), match=words):
            compile_it()


def spoilt(s):
    return np.nan if s == 3 else 0.0


def inner_drift(circuit, backend, scale):
    return circuit, WeightedShots(drift(circuit, backend.backend, scale)[1])


def test_a_backend_that_gives_nan_is_named():
    backend = ZNE(Drifting(spoilt), (1, 3, 5), drift)
    program = backend.compile(model(), OBSERVABLES)
    for call in (program, program.estimate, program.forward):
        with pytest.raises(ValueError, match="finite values from Drifting, but at noise scale 3"):
            call(X, W)
    with pytest.raises(ValueError, match="Drifting"):
        backend.compile_overlaps(model())(X, None, W)
    with pytest.raises(ValueError, match="finite values from Drifting"):
        ZNE(WeightedShots(Drifting(spoilt)), (1, 3, 5), inner_drift).compile(model(), OBSERVABLES)(X, W)


def test_it_works_under_models_and_other_backends():
    noisy = Noisy(depolarizing(0.01, 0.02))
    rows, labels = np.random.default_rng(0).normal(size=(10, 2)), np.tile([0, 1], 5)
    backend = ZNE(noisy, (1, 3))
    classifier = VariationalClassifier(AngleEncoding(), backend=backend, max_iter=2, tol=None, random_state=0)
    assert classifier.fit(rows, labels).predict(rows).shape == (10,)
    sampled = Shots(100_000, 0, backend=ZNE(noisy, (1, 3, 5)))
    assert np.abs(values(sampled) - EXACT).max() < 5.5 / np.sqrt(100_000) + 0.01
    twice = ZNE(ZNE(noisy, (1, 3), fold_gates, linear), (1, 2), scale_noise, linear)
    assert np.abs(values(twice) - EXACT).max() < np.abs(values(noisy) - EXACT).max() / 3
    inside = ZNE(ZNE(noisy, (1, 2), scale_noise, linear), (1, 3), fold_gates, linear)
    np.testing.assert_allclose(values(inside), values(twice), atol=1e-10)


def test_rows_without_data_and_a_circuit_of_one_parameter():
    w = ParameterVector("w", 1)
    circuit = QuantumCircuit(1)
    circuit.ry(w[0], 0)
    value = ZNE(NOISY, (1, 3)).compile(circuit, all_z(1))(NO_DATA, np.array([0.5]))
    np.testing.assert_allclose(value, np.cos(0.5), atol=1e-5)
