"""Transfer matrices against Qiskit's own, and what fusion merges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import PTM, Kraus, Operator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error, depolarizing_error

from skqml import Noisy, all_z
from skqml.engine.density.transfer import compose, embed, of_kraus
from tests.backends.noisy.oracle import kraus_errors
from tests.engine.strategies import unitaries

OURS = [0, 1, 3, 2]  # places of I, X, Z, Y among Qiskit's I, X, Y, Z


def by_qiskit(channel, n_qubits):
    order = np.zeros(1, dtype=int)
    for _ in range(n_qubits):
        order = (4 * order[:, None] + OURS).ravel()
    return PTM(channel).data.real[np.ix_(order, order)]


@settings(max_examples=15)
@given(st.data(), st.integers(1, 2))
def test_a_channel(data, n_qubits):
    channel = Kraus(data.draw(kraus_errors(n_qubits)).to_quantumchannel())
    np.testing.assert_allclose(of_kraus(channel.data), by_qiskit(channel, n_qubits), atol=1e-12)


@settings(max_examples=15)
@given(unitaries(2), unitaries(1), st.permutations(range(3)))
def test_composing_on_more_qubits(pair, single, qubits):
    qc = QuantumCircuit(3)
    qc.unitary(pair, qubits[:2])
    qc.unitary(single, qubits[2:])
    qc.unitary(single, qubits[:1])
    maps = [(of_kraus([pair]), qubits[:2]), (of_kraus([single]), qubits[2:]), (of_kraus([single]), qubits[:1])]
    np.testing.assert_allclose(compose(maps, range(3)), by_qiskit(Operator(qc), 3), atol=1e-12)


def test_embedding_in_the_same_qubits_is_nothing():
    T = of_kraus([np.array([[1, 0], [0, 1j]])])
    assert embed(T, (3,), (3,)) is T
    np.testing.assert_array_equal(embed(embed(T, (3,), (1, 3)), (1, 3), (3, 1)), embed(T, (3,), (3, 1)))


def model():
    noise = NoiseModel(basis_gates=["rz", "sx", "cx", "rzz"])
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.1), ["rz", "sx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.1, 2), "cx")
    return noise


def passes(draw, n=3):
    """Numbers of blocks, maps and turns of a circuit drawn by a function of it and its data."""
    qc, x = QuantumCircuit(n), ParameterVector("x", 2)
    draw(qc, x)
    ops = Noisy(model()).compile(qc, all_z(n)).sweeps.tables.ops
    return np.bincount(ops[:, 0], minlength=3).tolist()


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda qc, x: (qc.ry(x[0], 0), qc.rx(x[1], 0), qc.h(0)), [1, 0, 0]),
        (lambda qc, x: (qc.h(0), qc.cx(0, 1), qc.cx(1, 0), qc.h(1)), [0, 1, 0]),
        (lambda qc, x: (qc.cx(0, 1), qc.rz(x[0], 1), qc.cx(0, 1)), [1, 2, 0]),
        (lambda qc, x: (qc.cx(0, 1), qc.cx(1, 2), qc.cx(0, 1)), [0, 3, 0]),
        (lambda qc, x: (qc.rzz(x[0], 0, 2), qc.sx(1), qc.rzz(x[0], 0, 2)), [0, 1, 2]),
    ],
)
def test_what_meets_on_the_same_qubits_is_one_pass(draw, expected):
    assert passes(draw) == expected
