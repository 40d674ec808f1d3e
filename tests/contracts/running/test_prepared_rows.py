"""Every backend on circuits that prepare rows as amplitudes: it agrees with sweeps that start from them."""

import numpy as np
import pytest
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import Aer, AmplitudeEncoding, Exact, FidelityKernel, Noisy, QuantumKernelSVC, VariationalClassifier, all_z
from skqml.attacks import fgsm
from skqml.engine.reading.lower import lower
from skqml.mitigation import fold_global
from tests.backends.prepared import OBSERVABLES, circuit, rows
from tests.contracts.backends import SHOTS, backends, floor, gain, name

X, W = rows(4)
BACKENDS = [b for b in backends() if getattr(b, "max_weight", None) is None]  # what is truncated is exact on two qubits
every_backend = pytest.mark.parametrize("backend", BACKENDS, ids=name)


def bound(backend, scale):
    """Of errors: six standard errors of sums of so many terms of one shot each."""
    return 6 * gain(backend) * scale / np.sqrt(SHOTS) if backend.random else 1e-8


@every_backend
def test_values_and_gradients(backend):
    exact, program = (b.compile(circuit(), OBSERVABLES) for b in (Exact(), backend))
    g = np.random.default_rng(1).normal(size=(len(X), len(OBSERVABLES)))
    expected, expected_back = exact.forward(X, W)
    values, pullback = program.forward(X, W)
    assert np.abs(values - expected).max() < bound(backend, 1.0)
    assert np.abs(program.estimate(X, W)[0] - expected).max() < bound(backend, 1.0)
    (dX, dw), (expected_X, expected_w) = pullback(g), expected_back(g)
    # A derivative is the sum of at most 8 results with factors below 4, of 4 observables.
    assert np.abs(dX - expected_X).max() < bound(backend, 8 * np.abs(g).sum(axis=1).max())
    assert np.abs(dw - expected_w).max() < bound(backend, 4 * np.abs(g).sum())
    fixed = program.fix_rows(X).forward(W)
    assert np.abs(fixed[0] - expected).max() < bound(backend, 1.0)
    assert np.abs(fixed[1](g)[1] - expected_w).max() < bound(backend, 4 * np.abs(g).sum())


@every_backend
def test_fidelities(backend):
    exact, overlaps = (b.compile_overlaps(circuit()) for b in (Exact(), backend))
    K, few = exact(X, None, W), bound(backend, 0.5) + floor(backend)
    assert np.abs(overlaps(X, None, W) - K).max() < few
    assert np.abs(overlaps(X, X[:2], W) - K[:, :2]).max() < few
    assert np.abs(overlaps.paired(X[1:], X[:3], W) - np.diag(K, -1)).max() < few
    assert np.abs(overlaps.diagonal(X, W) - 1).max() < few


@pytest.mark.parametrize("backend", [b for b in BACKENDS if not b.random], ids=name)
def test_derivatives_of_fidelities(backend):
    exact, overlaps = (b.compile_overlaps(circuit()) for b in (Exact(), backend))
    rng = np.random.default_rng(1)
    A, dX, dw = rng.normal(size=(4, 4)), rng.normal(size=X.shape), rng.normal(size=W.shape)
    np.testing.assert_allclose(overlaps.tangent(X, W, dX, dw), exact.tangent(X, W, dX, dw), atol=1e-8)
    for found, expected in zip(overlaps.pullback(X, W, A), exact.pullback(X, W, A), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-8)
    moved = overlaps.pullback_rows(X, X[:2], W, A[:, :2])
    np.testing.assert_allclose(moved, exact.pullback_rows(X, X[:2], W, A[:, :2]), atol=1e-8)


@pytest.mark.parametrize("backend", [b for b in BACKENDS if not b.random], ids=name)
def test_probabilities(backend):
    compiled = [b.compile_probabilities(circuit(), [2, 0]) for b in (backend, Exact())]
    outcomes = [p(X, W) @ (p.bits[:, None] == [[0, 0], [1, 0], [0, 1], [1, 1]]).all(axis=2) for p in compiled]
    np.testing.assert_allclose(*outcomes, atol=1e-9)


def noise():
    model = NoiseModel(["ry", "rz", "cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx"])
    return model


def test_noise_is_on_the_gates_that_prepare():
    """As Aer has it; derivatives by rows are refused, those by weights are exact."""
    noisy, aer = (b.compile(circuit(), OBSERVABLES) for b in (Noisy(noise()), Aer(noise_model=noise())))
    np.testing.assert_allclose(noisy(X, W), aer(X, W), atol=1e-12)
    assert np.abs(noisy(X, W) - Exact().compile(circuit(), OBSERVABLES)(X, W)).max() > 0.01
    g, step = np.ones((4, len(OBSERVABLES))), 1e-6 * np.eye(len(W))
    differences = [np.sum(noisy(X, W + e) - noisy(X, W - e)) / 2e-6 for e in step]
    np.testing.assert_allclose(noisy.fix_rows(X).forward(W)[1](g)[1], differences, atol=1e-7)
    with pytest.raises(ValueError, match="without gate noise"):
        noisy.pullback(X, W, g)


def test_models_learn_from_prepared_rows_and_are_attacked():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 6)) + np.repeat([[1.0], [-1.0]], 20, axis=0) * [1, 0, 2, 0, 0, 1]
    y = np.repeat(["a", "b"], 20)
    models = [
        QuantumKernelSVC(FidelityKernel(AmplitudeEncoding(offset=1.0), backend=backend)) for backend in (None, Aer())
    ]
    models += [
        VariationalClassifier(AmplitudeEncoding(offset=1.0), backend=backend, max_iter=20, tol=None, random_state=0)
        for backend in (None, Noisy())
    ]
    attacked = [fgsm(model.fit(X, y), X[:3], y[:3], 0.1) for model in models]
    assert min(model.score(X, y) for model in models) > 0.9
    for one, other in (attacked[:2], attacked[2:]):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_readers_of_gates_refuse_such_circuits():
    for read in (lower, lambda qc: fold_global(qc, Noisy(), 3)):
        with pytest.raises(ValueError, match="prepares the data of rows"):
            read(circuit())
    with pytest.raises(ValueError, match="prepares the data of rows"):
        Noisy().compile(circuit_inside(), all_z(3))


def circuit_inside():
    """A circuit that prepares rows, as an instruction of another."""
    outer = circuit().copy_empty_like()
    outer.append(circuit().to_instruction(), range(3))
    return outer
