"""What every backend promises, tried on every backend that the package defines.

Statistical bounds are such that a correct backend fails a test for less than one seed in 100,000; seeds are fixed, so
that a test that passes once always passes. A mean over shots is within six times the largest standard error it could
have (two in 10**9 for a normal law); fidelities are tested by their binomial law. Standard errors that are reported
must agree with the deviations, in the root mean square, within 0.45 and 1.7: outside are 5 in a million draws from the
chi-square law of the 25 values, at least, that are independent.
"""

import copy
import pickle

import joblib
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from scipy.stats import binom
from sklearn.base import clone

from skqml import Exact, all_z, one_qubit_paulis, parity, projectors
from skqml.backends.base import Backend
from tests.contracts.backends import BUILDS, SHOTS, backend_classes, backends, floor, gain, name

N = 2
X = np.random.default_rng(0).normal(size=(5, N))
W = np.array([0.7, -1.3])
OBSERVABLES = [*one_qubit_paulis(N), *projectors(N)[:2], SparsePauliOp(["ZZ", "XI", "II"], [0.5, -1.0, 0.25])]
NORMS = np.array([1.0] * 3 * N + [0.5] * 2 + [1.5])  # deviation of one shot, at most
every_backend = pytest.mark.parametrize("backend", backends(), ids=name)


def model():
    x, w = ParameterVector("x", N), ParameterVector("w", 2)
    circuit = QuantumCircuit(N)
    circuit.ry(x[0] * w[0], 0)
    circuit.h(1)
    circuit.id(1)
    circuit.id(1)
    circuit.crx(x[1], 0, 1)
    circuit.rx(x[1] + w[1], 1)
    circuit.cx(1, 0)
    return circuit


def is_random(backend):
    return backend.generator() is not None and not np.array_equal(
        *(backend.compile(model(), OBSERVABLES)(X, W, np.random.default_rng(s)) for s in (0, 1))
    )


@pytest.mark.parametrize("cls", backend_classes(), ids=lambda cls: cls.__name__)
def test_a_backend_has_a_line(cls):
    """A class without one would go untested."""
    assert cls.__name__ in BUILDS, f"write a line for {cls.__name__} in tests/contracts/backends.py"


def test_lines_are_of_classes():
    assert set(BUILDS) == {cls.__name__ for cls in backend_classes()}


# Results


@every_backend
def test_expectation_values(backend):
    expected = Exact().compile(model(), OBSERVABLES)(X, W)
    values, errors = backend.compile(model(), OBSERVABLES).estimate(X, W)
    deviations = np.abs(values - expected)
    if is_random(backend):
        assert (deviations < 6 * gain(backend) * NORMS / np.sqrt(SHOTS)).all()
        assert 0.45 < np.sqrt((deviations**2).sum() / (errors**2).sum()) < 1.7
    else:
        assert max(deviations.max(), errors.max()) < 1e-9
    assert values.shape == errors.shape == (len(X), len(OBSERVABLES))


@every_backend
@pytest.mark.parametrize("one", [parity(N), OBSERVABLES[-1]], ids=["Observable", "SparsePauliOp"])
def test_one_observable_by_itself_is_a_sequence_of_one(backend, one):
    alone, listed = (backend.compile(model(), given)(X, W, np.random.default_rng(0)) for given in (one, [one]))
    np.testing.assert_array_equal(alone, listed)


@every_backend
def test_fidelities(backend):
    expected, overlaps = Exact().compile_overlaps(model())(X, None, W), backend.compile_overlaps(model())
    K, cross = overlaps(X, None, W), overlaps(X, X[:2], W)
    assert np.array_equal(K, K.T)
    assert K.shape == (5, 5) and cross.shape == (5, 2)
    assert 0.0 <= K.min() and K.max() <= 1.0 + 1e-9
    one_by_one = overlaps.paired(X[:4], X[1:], W)
    for found, true in (
        (K, expected),
        (cross, expected[:, :2]),
        (overlaps.diagonal(X, W), np.ones(5)),
        (one_by_one, np.diag(expected, 1)),
    ):
        if is_random(backend):
            low, high = binom.ppf([[[1e-8]], [[1 - 1e-8]]], SHOTS, np.clip(true, 0, 1)) / SHOTS - true
            assert (gain(backend) * low - floor(backend) <= found - true).all()
            assert (found - true <= gain(backend) * high + floor(backend)).all()
        else:
            np.testing.assert_allclose(found, true, atol=1e-9)


@every_backend
def test_gradients(backend):
    """By whatever way, against the exact adjoint; sampled ones within the error of shifted values."""
    observables, g = all_z(N), np.cos(np.arange(2.0 * len(X))).reshape(-1, N)
    dX, dw = Exact().compile(model(), observables).pullback(X, W, g)
    values, pullback = backend.compile(model(), observables).forward(X, W)
    found_X, found_w = pullback(g)
    assert values.shape == (len(X), N) and found_X.shape == dX.shape and found_w.shape == dw.shape
    # A shifted difference over two has an error of at most sqrt(1 / (2 shots)); 8 angles, 2 observables.
    bound = 6 * 16 * np.abs(X).max() / np.sqrt(2 * SHOTS) * gain(backend) if is_random(backend) else 1e-8
    assert np.abs(found_X - dX).max() < bound
    assert np.abs(found_w - dw).max() < bound * np.sqrt(len(X))


@every_backend
def test_probabilities_of_outcomes(backend):
    expected, program = (b.compile_probabilities(model(), [0, 1]) for b in (Exact(), backend))
    P = np.empty((len(X), 4))
    P[:, program.bits @ [1, 2]] = program(X, W)
    true = np.zeros((len(X), 4))
    np.add.at(true.T, expected.bits @ [1, 2], expected(X, W).T)
    bound = 6 * 0.5 / np.sqrt(SHOTS) * gain(backend) if is_random(backend) else 1e-9
    np.testing.assert_allclose(P, true, atol=bound)


@every_backend
def test_no_rows_and_no_observables(backend):
    assert backend.compile(model(), all_z(N))(X[:0], W).shape == (0, N)
    assert backend.compile(model(), [])(X, W).shape == (len(X), 0)
    constant = backend.compile(model(), [SparsePauliOp("II", 2.0)])(X, W)
    np.testing.assert_allclose(constant, 2.0, atol=1e-9)


@every_backend
def test_a_circuit_without_parameters(backend):
    circuit = QuantumCircuit(N)
    circuit.x(0)
    circuit.cx(0, 1)
    values = backend.compile(circuit, all_z(N))(np.zeros((3, 0)))
    np.testing.assert_allclose(values, -np.ones((3, N)), atol=1e-9)


# Randomness


@every_backend
def test_one_seed_gives_one_result(backend):
    """A backend with an integer seed repeats itself; so does any with equal generators."""
    program, overlaps = backend.compile(model(), all_z(N)), backend.compile_overlaps(model())
    for run in (lambda rng: program(X, W, rng), lambda rng: overlaps(X, None, W, rng)):
        assert np.array_equal(run(None), run(None))
        assert np.array_equal(run(np.random.default_rng(3)), run(np.random.default_rng(3)))


@every_backend
def test_equal_rows_get_independent_noise(backend):
    """The correlation of 200 independent pairs is beyond 0.35 with a probability below 1e-6."""
    if not is_random(backend):
        return
    rows = np.repeat(X[:1], 400, axis=0)
    noise = backend.compile(model(), all_z(N))(rows, W)[:, 1]
    assert abs(np.corrcoef(noise[:200], noise[200:])[0, 1]) < 0.35
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 0.25  # of 399 pairs


@every_backend
def test_a_backend_says_whether_it_is_exact(backend):
    assert not (backend.exact and is_random(backend))


# Objects


@every_backend
@pytest.mark.parametrize("way", [clone, copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies_give_the_same(backend, way):
    program = backend.compile(model(), all_z(N))
    expected = program(X, W)
    assert np.array_equal(way(backend).compile(model(), all_z(N))(X, W), expected)
    assert np.array_equal(pickle.loads(pickle.dumps(program))(X, W), expected)
    overlaps = pickle.loads(pickle.dumps(backend.compile_overlaps(model())))
    assert np.array_equal(overlaps(X, None, W), backend.compile_overlaps(model())(X, None, W))


@every_backend
def test_a_clone_is_changed_alone(backend):
    copied, before = clone(backend), dict(vars(backend))
    assert set(before) == set(backend.get_params(deep=False))
    for parameter in backend.get_params(deep=False):
        copied.set_params(**{parameter: None})
    assert vars(backend) == before


@pytest.mark.parametrize("cls", backend_classes(), ids=lambda cls: cls.__name__)
def test_constructors_store_and_do_not_judge(cls):
    for nonsense in (-1, "hello", [1], {}, np.ones(2)):
        backend = cls()
        for parameter in backend.get_params(deep=False):
            assert getattr(cls(**{parameter: nonsense}), parameter) is nonsense
            backend.set_params(**{parameter: nonsense})
    assert "\n" not in repr(cls()) and isinstance(cls(), Backend)


@every_backend
def test_nothing_that_is_given_is_changed(backend):
    circuit, rows, w, observables = model(), X.copy(), W.copy(), list(OBSERVABLES)
    params = joblib.hash(backend.get_params(deep=False))
    program, overlaps = backend.compile(circuit, observables), backend.compile_overlaps(circuit)
    program.forward(rows, w)[1](np.ones((len(X), len(observables))))
    overlaps(rows, None, w), overlaps(rows, rows[:1], w)
    assert circuit == model() or circuit.count_ops() == model().count_ops()
    assert np.array_equal(rows, X) and np.array_equal(w, W) and observables == OBSERVABLES
    assert joblib.hash(backend.get_params(deep=False)) == params


# Refusals


def measured_midway():
    circuit = QuantumCircuit(N, 1)
    circuit.measure(0, 0)
    circuit.h(0)
    return circuit


def reset():
    circuit = QuantumCircuit(N)
    circuit.reset(0)
    return circuit


def initialized():
    circuit = QuantumCircuit(N)
    circuit.initialize([0.6, 0, 0, 0.8])
    return circuit


@every_backend
@pytest.mark.parametrize(
    ("circuit", "observables", "error"),
    [
        (measured_midway(), all_z(N), ValueError),
        (reset(), all_z(N), ValueError),
        (initialized(), all_z(N), ValueError),
        ("h 0", all_z(N), TypeError),
        (model(), all_z(N + 1), ValueError),
        (model(), [SparsePauliOp("ZZ", 1j)], ValueError),
        (model(), ["ZZ"], TypeError),
    ],
    ids=["measurement", "reset", "initialize", "no circuit", "other qubits", "not Hermitian", "no observable"],
)
def test_what_cannot_be_compiled(backend, circuit, observables, error):
    with pytest.raises(error, match=r"Expected|must be"):
        backend.compile(circuit, observables)


@every_backend
@pytest.mark.parametrize(
    ("rows", "weights"),
    [
        (np.full((2, N), np.nan), W),
        (np.array([[0.0, np.inf]]), W),
        (np.zeros((2, N + 1)), W),
        (np.zeros(N), W),
        (np.zeros((2, N)), np.array([np.nan, 0.0])),
        (np.zeros((2, N)), W[:1]),
        (np.zeros((2, N)), None),
        (np.zeros((2, N), dtype=complex), W),
    ],
)
def test_rows_and_weights_that_do_not_fit(backend, rows, weights):
    program, overlaps = backend.compile(model(), all_z(N)), backend.compile_overlaps(model())
    for call in (program, program.forward, lambda rows, w: overlaps(rows, None, w)):
        with pytest.raises(ValueError, match=r"[Ee]xpected"):
            call(rows, weights)


@every_backend
@pytest.mark.parametrize("shape", [(5, 1), (5, 2), (5, 4), (4, 3), (1, 3), (3,)])
def test_cotangents_that_do_not_fit(backend, shape):
    """Compiled functions would read whatever stands behind an array that is too short."""
    program = backend.compile(model(), [*all_z(N), parity(N)])
    runs = program.forward, program.forward_rows, program.forward_weights
    for pullback in [*(run(X, W)[1] for run in runs), program.fix_rows(X).forward(W)[1]]:
        with pytest.raises(ValueError, match=r"[Ee]xpected cotangents"):
            pullback(np.ones(shape))
