"""Circuits written in few gates."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.quantum_info import Operator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import Noisy, Shots, one_qubit_paulis
from skqml.engine.reading.transpile import write_in

T = Parameter("t")


def gate(name):
    """A circuit of one gate, free where it has an angle."""
    qc = QuantumCircuit(2)
    {
        "u": lambda: qc.u(T, 0.1 * T, 0.2, 0),
        **{n: lambda n=n: getattr(qc, n)(T, 1) for n in ("rx", "p")},
        **{n: lambda n=n: getattr(qc, n)(T, 0, 1) for n in ("rzz", "rxx", "crx")},
        **{n: lambda n=n: getattr(qc, n)(1, 0) for n in ("cx", "cz", "swap", "cy")},
        **{n: lambda n=n: getattr(qc, n)(0) for n in ("h", "sdg", "sx", "x", "t")},
    }[name]()
    return qc


@pytest.mark.parametrize("basis", [["ry", "rz", "cx"], ["rz", "ry", "cz"], ["rx", "rz", "cx"], ["rz", "sx", "cx"]])
@pytest.mark.parametrize(
    "name", ["u", "rx", "p", "rzz", "rxx", "crx", "cx", "cz", "swap", "cy", "h", "sdg", "sx", "x", "t"]
)
def test_gates_keep_their_meaning(name, basis):
    circuit = gate(name)
    written = write_in(circuit, basis)
    assert set(written.count_ops()) <= set(basis)
    bound = [qc.assign_parameters({T: 0.7}) if qc.parameters else qc for qc in (circuit, written)]
    assert Operator(bound[0]).equiv(Operator(bound[1]))


def test_what_has_no_rule_is_refused():
    for basis in (["rx", "cx"], ["cz"]):
        with pytest.raises(ValueError, match="can be written in the gates"):
            write_in(gate("h"), basis)
    circuit = QuantumCircuit(1)
    circuit.append(Gate("mystery", 1, []), [0])
    with pytest.raises(ValueError, match="'mystery' has neither"):
        write_in(circuit, ["ry", "rz", "cx"])


def test_noisy_shots_measure_every_pauli_in_a_basis_of_ry_and_rz():
    """Means of 10,000 shots within six deviations."""
    noise = NoiseModel(["ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(1e-3, 1), ["ry"])
    circuit = QuantumCircuit(1)
    circuit.ry(0.7, 0)
    circuit.rz(0.4, 0)
    rows, observables = np.zeros((1, 0)), one_qubit_paulis(1)
    exact, shots = (Noisy(noise, shots, random_state=0).compile(circuit, observables)(rows) for shots in (None, 10_000))
    np.testing.assert_allclose(shots, exact, atol=0.06)
    clean = Shots(10_000, random_state=0).compile(circuit, observables)(rows)
    np.testing.assert_allclose(clean, exact, atol=0.06)
