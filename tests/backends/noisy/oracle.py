"""Random noise models, and expectation values under them by Aer's density matrix method."""

import numpy as np
from hypothesis import strategies as st
from qiskit import transpile
from qiskit.quantum_info import Kraus
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    QuantumError,
    amplitude_damping_error,
    coherent_unitary_error,
    depolarizing_error,
    pauli_error,
    phase_damping_error,
    thermal_relaxation_error,
)

from tests.engine.strategies import is_data, unitaries

BASES = [
    ["rz", "sx", "x", "cx"],
    ["rx", "ry", "rz", "cz"],
    ["u", "cx", "id"],
    ["h", "p", "cx", "rzz", "rxx"],
    ["r", "rz", "ecr"],
    ["u3", "cp", "swap", "cx"],
    ["h", "t", "tdg", "u", "cx", "ccx"],
    ["rx", "rz", "rzx", "ryy", "cx", "ccx"],
]
PAIRS = {"cx", "cz", "rzz", "rxx", "ecr", "cp", "swap", "rzx", "ryy"}
TRIPLES = {"ccx"}
rates = st.floats(0.0, 0.6).map(lambda v: round(v, 3))


@st.composite
def kraus_errors(draw, n_qubits):
    """A channel from the first columns of a unitary on a larger space."""
    size = 2**n_qubits
    isometry = draw(unitaries(n_qubits + 1))[:, :size]
    return QuantumError(Kraus([isometry[:size], isometry[size:]]))


def relaxation(rate):
    return thermal_relaxation_error(50.0, 70.0, 50.0 * rate, excited_state_population=0.1)


ONE_RATE = {
    "depolarizing": lambda p: depolarizing_error(p, 1),
    "thermal": relaxation,
    "damping": amplitude_damping_error,
    "phase": phase_damping_error,
}


@st.composite
def single_errors(draw):
    kind = draw(st.sampled_from(["kraus", "depolarizing", "thermal", "damping", "phase", "pauli", "coherent"]))
    rate = draw(rates)
    if kind in ONE_RATE:
        return ONE_RATE[kind](rate)
    if kind == "kraus":
        return draw(kraus_errors(1))
    if kind == "pauli":
        return pauli_error([("X", rate), ("Y", 0.1), ("I", 0.9 - rate)])
    return coherent_unitary_error(draw(unitaries(1)))


@st.composite
def errors(draw, n_qubits):
    if n_qubits == 1:
        return draw(single_errors())
    kind = draw(st.sampled_from(["product", "depolarizing", "kraus" if n_qubits == 2 else "product", "both"]))
    if kind == "kraus":
        return draw(kraus_errors(2))
    if kind == "depolarizing":
        return depolarizing_error(draw(rates), n_qubits)
    product = relaxation(draw(rates))
    for _ in range(n_qubits - 1):
        product = product.tensor(amplitude_damping_error(draw(rates)))
    return product.compose(depolarizing_error(draw(rates), n_qubits)) if kind == "both" else product


def width(name):
    return 3 if name in TRIPLES else 2 if name in PAIRS else 1


@st.composite
def noise_models(draw, n_qubits):
    """Errors for all qubits and for certain ones, on some gates of a basis."""
    basis = draw(st.sampled_from(BASES))
    model = NoiseModel(basis_gates=basis)
    for name in basis:
        n = width(name)
        for _ in range(draw(st.integers(0, 2))):
            model.add_all_qubit_quantum_error(draw(errors(n)), name, warnings=False)
        for _ in range(draw(st.integers(0, 1)) if n <= n_qubits else 0):
            qubits = draw(st.permutations(range(n_qubits)))[:n]
            model.add_quantum_error(draw(errors(n)), name, qubits, warnings=False)
    return model


def native(circuit, model):
    """The circuit in the gates of a model; matrices first as their definitions.

    Otherwise Qiskit writes them now in one of several entangling gates, now in another.
    """
    while "unitary" in circuit.count_ops():
        circuit = circuit.decompose(gates_to_decompose=["unitary"])
    return transpile(circuit, basis_gates=model.basis_gates, optimization_level=0, seed_transpiler=0)


def bound(circuit, original, x, w):
    """A transpiled circuit with the parameters of the original one set."""
    weights = [p for p in original.parameters if not is_data(p)]
    values = dict(zip(weights, w, strict=True)) | {p: x[p.index] for p in original.parameters if is_data(p)}
    return circuit.assign_parameters({p: values[p] for p in circuit.parameters})


def run(circuits, model):
    simulator = AerSimulator(method="density_matrix", noise_model=model, max_parallel_threads=1)
    result = simulator.run(circuits, shots=1).result()
    assert result.success, result.status
    return [result.data(k) for k in range(len(circuits))]


def density_matrices(circuit, model, X, w):
    """Density matrices of rows by Aer, of a circuit transpiled and then bound."""
    ready = native(circuit, model)
    ready.global_phase = 0
    circuits = [bound(ready, circuit, x, w) for x in X]
    for one in circuits:
        one.save_density_matrix()
    return [np.asarray(data["density_matrix"]) for data in run(circuits, model)]


def expectations(circuit, model, X, w, operators):
    """Expectation values (n_samples, n_observables) by Aer."""
    matrices = [op.to_matrix() for op in operators]
    return np.array([[np.trace(m @ rho).real for m in matrices] for rho in density_matrices(circuit, model, X, w)])
