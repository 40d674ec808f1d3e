"""Training on states that are computed once: the same numbers as by sweeps."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Operator, Statevector

from skqml import Exact, all_zz, one_qubit_paulis
from skqml.backends.exact.fixed_rows import DataFirstProgram, FixedStates, cut_behind_data, permutation
from skqml.engine.reading.lower import lower
from skqml.engine.statevector.fusion import fuse

N = 4
OBSERVABLES = [*one_qubit_paulis(N), *all_zz(N)]


def encoded(n_layers, *, real):
    """Data in all qubits, drawn qubit by qubit between Clifford gates, then layers of weights."""
    x, w = ParameterVector("x", N), ParameterVector("w", 2 * N * n_layers)
    weights = iter(w)
    qc = QuantumCircuit(N)
    for q in range(N):
        qc.ry(x[q] * 2 + 0.3, q)
        if not real:
            qc.rz(x[q] * x[0], q)
    qc.cx(0, 1)
    qc.x(2)
    qc.swap(1, 3)
    qc.z(0)
    for _ in range(n_layers):
        for q in range(N):
            qc.ry(next(weights), q)
            (qc.ry if real else qc.rz)(next(weights) + 0.1, q)
        for q in range(N - 1):
            qc.cx(q, q + 1)
    return qc


@pytest.mark.parametrize("real", [True, False])
def test_products_and_sweeps_agree(real):
    qc, rng = encoded(12, real=real), np.random.default_rng(0)
    program = Exact().compile(qc, OBSERVABLES)
    X, w = rng.normal(size=(203, N)), rng.normal(size=96)
    rows = program.fix_rows(X)
    assert isinstance(rows, FixedStates)
    values, pullback = program.forward(X, w)
    fast_values, fast_pullback = rows.forward(w)
    np.testing.assert_allclose(fast_values, values, atol=1e-12)
    np.testing.assert_allclose(rows(w), values, atol=1e-12)
    g = rng.normal(size=values.shape)
    np.testing.assert_allclose(fast_pullback(g)[1], pullback(g)[1], atol=1e-10)


@pytest.mark.parametrize("index", [slice(40, None), np.arange(199, 20, -1), np.array([5, 5, 7])], ids=repr)
def test_some_of_the_rows(index):
    program, rng = Exact().compile(encoded(12, real=False), OBSERVABLES), np.random.default_rng(1)
    X, w = rng.normal(size=(200, N)), rng.normal(size=96)
    batch = program.fix_rows(X)[index]
    assert len(batch) == len(X[index])
    assert isinstance(batch, FixedStates) == program.pays(len(batch))
    values, pullback = program.forward(X[index], w)
    np.testing.assert_allclose(batch.forward(w)[0], values, atol=1e-12)
    np.testing.assert_allclose(batch.forward(w)[1](values)[1], pullback(values)[1], atol=1e-10)


def test_few_rows_and_shallow_circuits_are_swept():
    shallow, deep = (Exact().compile(encoded(n, real=False), OBSERVABLES) for n in (1, 12))
    for program, n_samples in ((shallow, 10_000), (deep, 3)):
        assert not isinstance(program.fix_rows(np.zeros((n_samples, N))), FixedStates)


def test_cut_is_the_circuit():
    qc = encoded(2, real=False)
    first, second = cut_behind_data(qc)
    values = dict(zip(qc.parameters, np.random.default_rng(2).normal(size=qc.num_parameters), strict=True))

    def bound(part):
        return part.assign_parameters({p: v for p, v in values.items() if p in part.parameters})

    assert {p.vector.name for p in first.parameters} == {"x"}
    assert {p.vector.name for p in second.parameters} == {"w"}
    assert Operator(bound(first).compose(bound(second))).equiv(Operator(bound(qc)))


@pytest.mark.parametrize("kind", ["weights first", "a gate of both", "no weights", "an idle qubit"])
def test_other_circuits_are_not_cut(kind):
    x, a, qc = ParameterVector("x", 1), Parameter("a"), QuantumCircuit(2)
    if kind == "weights first":
        qc.ry(a, 0)
    qc.ry(x[0] * a if kind == "a gate of both" else x[0], 0)
    if kind != "an idle qubit":
        qc.cx(0, 1)
    if kind in ("weights first", "an idle qubit"):
        qc.rx(a, 0)
    assert cut_behind_data(qc) is None
    assert not isinstance(Exact().compile(qc, one_qubit_paulis(2)), DataFirstProgram)


def test_permutation_is_the_frame():
    qc = QuantumCircuit(3)
    qc.cx(0, 2)
    qc.x(1)
    qc.z(0)
    qc.swap(0, 1)
    qc.y(2)
    qc.cx(2, 1)
    image, sign = permutation(fuse(lower(qc))[1])
    expected = Operator(qc).data
    found = np.zeros_like(expected)
    found[image, np.arange(8)] = sign
    np.testing.assert_allclose(abs(np.vdot(found, expected)), 8, atol=1e-12)


def test_pickle_holds_no_states():
    program, rng = Exact().compile(encoded(12, real=False), OBSERVABLES), np.random.default_rng(3)
    X, w = rng.normal(size=(1000, N)), rng.normal(size=96)
    values = program.fix_rows(X)(w)
    data = pickle.dumps(program)
    assert len(data) < 40_000 < X.nbytes * 2
    np.testing.assert_array_equal(pickle.loads(data)(X[:3], w), program(X[:3], w))
    qc = encoded(12, real=False)
    state = Statevector(qc.assign_parameters(np.concatenate([w, X[0]])))  # w before x, by name
    np.testing.assert_allclose(values[0, 0], state.expectation_value(OBSERVABLES[0].to_operator()).real, atol=1e-10)
