"""Every backend on circuits that prepare rows as amplitudes: it agrees with sweeps that start from them."""

import numpy as np
import pytest
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error, pauli_error

from skqml import Aer, AmplitudeEncoding, Exact, FidelityKernel, Noisy, QuantumKernelSVC, VariationalClassifier, all_z
from skqml.attacks import fgsm
from skqml.engine.reading.lower import lower
from skqml.mitigation import fold_global
from tests.backends.prepared import OBSERVABLES, circuit, rows, slopes
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


def damping():
    """Noise under which angles of gates that cancel without it count."""
    model = NoiseModel(["ry", "rz", "cx"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.05), ["ry"])
    model.add_all_qubit_quantum_error(pauli_error([("ZX", 0.03), ("II", 0.97)]), ["cx"])
    return model


MODELS = pytest.mark.parametrize("model", [noise(), damping()], ids=["depolarising", "damping"])
SMOOTH = rows(7)[0][3:]  # no amplitude is 0


@MODELS
def test_noise_is_on_the_gates_that_prepare(model):
    """As Aer has it, with derivatives by rows and weights."""
    noisy, aer = (b.compile(circuit(), OBSERVABLES) for b in (Noisy(model), Aer(noise_model=model)))
    np.testing.assert_allclose(noisy(X, W), aer(X, W), atol=1e-12)
    assert np.abs(noisy(X, W) - Exact().compile(circuit(), OBSERVABLES)(X, W)).max() > 0.01
    g = np.random.default_rng(1).normal(size=(4, len(OBSERVABLES)))
    dX, dw = slopes(lambda X, w: np.sum(g * noisy(X, w)), SMOOTH, W)
    for program in (noisy, aer):
        for found, expected in zip(program.forward(SMOOTH, W)[1](g), (dX, dw), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-7)


@MODELS
def test_derivatives_of_noisy_fidelities(model):
    overlaps = Noisy(model).compile_overlaps(circuit())
    rng = np.random.default_rng(1)
    A, dX, dw = rng.normal(size=(4, 4)), rng.normal(size=SMOOTH.shape), rng.normal(size=W.shape)
    both = slopes(lambda X, w: np.sum(A * overlaps(X, None, w)), SMOOTH, W)
    for found, expected in zip(overlaps.pullback(SMOOTH, W, A), both, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-7)
    first = slopes(lambda X, w: np.sum(A * overlaps(X, SMOOTH, w)), SMOOTH, W)[0]
    np.testing.assert_allclose(overlaps.pullback_rows(SMOOTH, SMOOTH, W, A), first, atol=1e-7)
    along = [overlaps(SMOOTH + e * dX, None, W + e * dw) for e in (1e-6, -1e-6)]
    np.testing.assert_allclose(overlaps.tangent(SMOOTH, W, dX, dw), (along[0] - along[1]) / 2e-6, atol=1e-7)


@pytest.mark.parametrize("neighbour", [0.0, -0.4], ids=["nothing", "negative"])
def test_rows_without_derivatives_are_refused(neighbour):
    """What noise makes of them jumps as such amplitudes pass 0; derivatives by weights are exact."""
    program, row = Noisy(damping()).compile(circuit(), OBSERVABLES), SMOOTH[:1].copy()
    row[0, [0, 2]] = neighbour, 0.0
    below, above = row.copy(), row.copy()
    below[0, 2], above[0, 2] = -1e-12, 1e-12
    assert np.abs(program(below, W) - program(above, W)).max() > 1e-4
    g = np.ones((1, len(OBSERVABLES)))
    with pytest.raises(ValueError, match="angles that prepare row 0 jump"):
        program.pullback(row, W, g)
    differences = [np.sum(program(row, W + e) - program(row, W - e)) / 2e-6 for e in 1e-6 * np.eye(len(W))]
    for dw in (program.fix_rows(row).forward(W)[1](g)[1], program.forward_weights(row, W)[1](g)):
        np.testing.assert_allclose(dw, differences, atol=1e-7)


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
