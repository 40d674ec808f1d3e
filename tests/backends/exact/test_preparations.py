"""Sweeps that start from rows: values against Qiskit's states, derivatives against differences."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml import Exact, all_zz, one_qubit_paulis
from skqml.backends.exact.fixed_rows import FixedStates
from skqml.circuits import AmplitudePreparation
from tests.backends.prepared import N_FEATURES, N_WEIGHTS, OBSERVABLES, OBSERVABLES_OF_4, circuit, rows, slopes, states

CIRCUITS = [circuit(), circuit((0, 1, 2)), circuit((1, 3, 2), 4), circuit((0, 1, 2), 4, 2), circuit(real=True)]
every_circuit = pytest.mark.parametrize("qc", CIRCUITS, ids=range(len(CIRCUITS)))
X, W = rows()


def observables(qc):
    return OBSERVABLES if qc.num_qubits == 3 else OBSERVABLES_OF_4


@every_circuit
@pytest.mark.parametrize("precision", ["double", "single"])
def test_values_are_those_of_the_states(qc, precision):
    S = states(qc, X, W)
    matrices = [o.to_matrix() for o in observables(qc)]
    expected = np.einsum("na,oab,nb->no", S.conj(), matrices, S).real
    program = Exact(precision=precision).compile(qc, observables(qc))
    atol = 1e-12 if precision == "double" else 1e-5
    np.testing.assert_allclose(program(X, W), expected, atol=atol)
    np.testing.assert_allclose(program.forward(X, W)[0], expected, atol=atol)


@every_circuit
def test_gradients_are_slopes(qc):
    """By rows and by weights; where neighbouring amplitudes are 0 too."""
    program = Exact().compile(qc, observables(qc))
    g = np.random.default_rng(1).normal(size=(len(X), program.n_observables))
    dX, dw = program.pullback(X, W, g)
    expected_X, expected_w = slopes(lambda X, w: np.sum(g * program(X, w)), X, W)
    np.testing.assert_allclose(dX, expected_X, atol=1e-7)
    np.testing.assert_allclose(dw, expected_w, atol=1e-7)


@every_circuit
def test_fidelities_and_their_derivatives(qc):
    overlaps, S = Exact().compile_overlaps(qc), states(qc, X, W)
    np.testing.assert_allclose(overlaps(X, None, W), np.abs(S @ S.conj().T) ** 2, atol=1e-12)
    np.testing.assert_allclose(overlaps(X, X[:3], W), np.abs(S @ S[:3].conj().T) ** 2, atol=1e-12)
    of_X, of_w = slopes(lambda X, w: overlaps(X, None, w), X[:4], W)
    rng = np.random.default_rng(1)
    dX, dw, A = rng.normal(size=(4, N_FEATURES)), rng.normal(size=N_WEIGHTS), rng.normal(size=(4, 4))
    expected = np.einsum("ijnk,nk->ij", of_X, dX) + of_w @ dw
    np.testing.assert_allclose(overlaps.tangent(X[:4], W, dX, dw), expected, atol=1e-7)
    found_X, found_w = overlaps.pullback(X[:4], W, A)
    np.testing.assert_allclose(found_X, np.einsum("ij,ijnk->nk", A, of_X), atol=1e-7)
    np.testing.assert_allclose(found_w, np.einsum("ij,ijk->k", A, of_w), atol=1e-7)


def test_gradients_by_a_long_row_are_short():
    """A state knows no length, so that the gradient falls with it, and is orthogonal to a row of amplitudes alone."""
    x = ParameterVector("x", 4)
    qc = QuantumCircuit(2)
    qc.append(AmplitudePreparation(x), [0, 1])
    program, g = Exact().compile(qc, one_qubit_paulis(2)), np.ones((5, 6))
    rows = np.random.default_rng(0).normal(size=(5, 4))
    short, long = (program.pullback(length * rows, None, g)[0] for length in (1.0, 1e150))
    np.testing.assert_allclose(1e150 * long, short, rtol=1e-10)
    np.testing.assert_allclose(np.sum(short * rows, axis=1), 0.0, atol=1e-12)


@pytest.mark.parametrize("real", [True, False])
def test_training_on_states_that_are_computed_once(real):
    program = Exact().compile(circuit((1, 0, 2), 3, 12, real=real), OBSERVABLES)
    many, _ = rows(203)
    fixed = program.fix_rows(many)
    assert isinstance(fixed, FixedStates)
    values, pullback = program.forward(many, W)
    fast_values, fast_pullback = fixed.forward(W)
    np.testing.assert_allclose(fast_values, values, atol=1e-12)
    g = np.random.default_rng(2).normal(size=values.shape)
    np.testing.assert_allclose(fast_pullback(g)[1], pullback(g)[1], atol=1e-10)


def test_blocks_of_few_rows_give_the_same():
    program, few = (Exact(max_memory=m).compile(circuit(), OBSERVABLES) for m in (2**30, 4 * 8 * 8 * 2 * 8))
    g = np.ones((len(X), len(OBSERVABLES)))
    for one, other in zip(program.pullback(X, W, g), few.pullback(X, W, g), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def drawn(*steps):
    x = ParameterVector("x", 2)
    qc = QuantumCircuit(3)
    for step in steps:
        step(qc, x)
    return qc


def prepare(*qubits, power=1):
    return lambda qc, x: qc.append(AmplitudePreparation([x[0], power * x[1] if power != 1 else x[1]]), qubits)


@pytest.mark.parametrize(
    ("qc", "message"),
    [
        (drawn(lambda qc, x: qc.h(0), prepare(0)), "gates before it"),
        (drawn(prepare(0), prepare(1)), "2 of them"),
        (drawn(prepare(0, power=2)), "without a factor"),
        (drawn(lambda qc, x: qc.append(AmplitudePreparation([x[0], x[0]]), [0])), "each once"),
    ],
    ids=["behind a gate", "twice", "with a factor", "one feature twice"],
)
def test_what_cannot_be_prepared_is_refused(qc, message):
    for compiled in (Exact().compile, lambda qc, _: Exact().compile_overlaps(qc)):
        with pytest.raises(ValueError, match=message):
            compiled(qc, all_zz(3))


def test_bad_rows_are_named():
    program = Exact().compile(circuit(), OBSERVABLES)
    for bad, message in ((np.nan, "X gives NaN"), (np.inf, "X gives NaN or infinity")):
        with pytest.raises(ValueError, match=message):
            program(np.where(np.eye(11, N_FEATURES, dtype=bool), bad, X), W)
