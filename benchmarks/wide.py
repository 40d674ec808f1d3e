"""Circuits of 40 qubits: matrix products and Pauli propagation, beside a circuit a row on Aer."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_aer import AerSimulator

from benchmarks.frame.contest import Contender, Group
from skqml import MPS, Aer, PauliPropagation, all_z, clear_cache, one_qubit_paulis

_ROUNDS = 3  # a row on Aer takes seconds


def cases(quick: bool) -> Iterator[Group]:
    """Yield Bloch vectors in a line and in a ring, exact and truncated, fidelities, and values with gradients."""
    n_qubits, n_rows = (12, 3) if quick else (40, 100)
    X = 0.3 * np.random.default_rng(0).normal(size=(n_rows, n_qubits))
    for ring, n_layers, most in ((False, 3, None), (True, 3, None), (False, 5, 8)):
        size = f"{n_qubits} qubits in a {'ring' if ring else 'line'}, {n_layers} layers, {n_rows} rows"
        work = layers(n_qubits, n_layers, ring), X, weights(n_qubits, n_layers, 1.0)
        yield Group(f"Vectors of a projected kernel, {size}", list(_bloch(*work, most)), "MPS", rounds=_ROUNDS)
        if most is None:
            yield Group(f"Fidelity kernel, {size}", list(_fidelities(*work)), "MPS", rounds=_ROUNDS)
    size, work = f"{n_qubits} qubits in a ring, 3 layers, {n_rows} rows", (layers(n_qubits, 3, True), X)
    slopes = list(_slopes(*work, weights(n_qubits, 3, 1.0)))
    yield Group(f"All Z and all derivatives, {size}", slopes, "Pauli propagation", rounds=_ROUNDS)
    for n_layers in (4, 6, 8):
        contender = _single(layers(n_qubits, n_layers, True), X[:1], weights(n_qubits, n_layers, np.pi))
        name = f"One Z from strings of up to 6 letters, compiled anew, {n_qubits} qubits in a ring, {n_layers} layers"
        yield Group(name, [contender], "Pauli propagation", rounds=_ROUNDS)


def weights(n_qubits: int, n_layers: int, largest: float) -> np.ndarray:
    """Uniform angles for `layers`."""
    return np.random.default_rng(1).uniform(-largest, largest, size=2 * n_qubits * n_layers)


def layers(n_qubits: int, n_layers: int, ring: bool) -> QuantumCircuit:
    """RY of a feature and a weight and RZ of a weight on each qubit, then CZ of neighbours."""
    x, w = ParameterVector("x", n_qubits), iter(ParameterVector("w", 2 * n_qubits * n_layers))
    circuit = QuantumCircuit(n_qubits)
    for _ in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(x[q] + next(w), q)
            circuit.rz(next(w), q)
        for q in range(n_qubits if ring else n_qubits - 1):
            circuit.cz(q, (q + 1) % n_qubits)
    return circuit


def _bloch(circuit, X, w, most) -> Iterator[Contender]:
    """Means of X, Y and Z of each qubit; one run of cut bonds beside the exact ones, if ``most`` is a number."""
    operators = one_qubit_paulis(circuit.num_qubits)
    exact = MPS().compile(circuit, operators)
    yield Contender("MPS", lambda: exact(X, w))
    if most is None:
        propagation = PauliPropagation().compile(circuit, operators)
        yield Contender("Pauli propagation", lambda: propagation(X, w))
    else:
        cut = MPS(most).compile(circuit, operators)
        note = f"lost up to {cut.truncation_error(X, w).max():.0e} of a state"
        yield Contender(f"MPS({most})", lambda: cut(X, w), tolerance=1e-3, note=note)
    one_by_one = Aer(method="matrix_product_state").compile(circuit, operators)
    yield Contender("Aer", lambda: one_by_one(X[:1], w), part=lambda v: v[:1], share=1 / len(X), note="a circuit a row")


def _fidelities(circuit, X, w) -> Iterator[Contender]:
    overlaps = MPS().compile_overlaps(circuit)
    yield Contender("MPS", lambda: overlaps(X, None, w), before=clear_cache)
    share, note = 2 / (len(X) * (len(X) + 1)), "a circuit a pair, of one pair"
    call, part = partial(_aer_fidelity, circuit, X[0], X[1], w), partial(np.take, indices=1)
    yield Contender("Aer", call, part=part, share=share, note=note)


def _aer_fidelity(circuit: QuantumCircuit, x, y, w) -> float:
    """Probability of 0...0 behind U(x) and then U(y)^-1."""
    there, back = (circuit.assign_parameters(np.concatenate([w, row])) for row in (x, y))
    pair = there.compose(back.inverse())
    pair.save_amplitudes([0])
    result = AerSimulator(method="matrix_product_state").run(pair, shots=1).result()
    return abs(result.data()["amplitudes"][0]) ** 2


def _slopes(circuit, X, w) -> Iterator[Contender]:
    """Values of Z of each qubit and the gradient of their sum by data and weights."""

    def contender(name, backend):
        program = backend.compile(circuit, all_z(circuit.num_qubits))

        def call():
            values, pullback = program.forward(X, w)
            return np.concatenate([a.ravel() for a in (values, *pullback(np.ones_like(values)))])

        return Contender(name, call)

    yield contender("Pauli propagation", PauliPropagation())
    yield contender("MPS", MPS())


def _single(circuit, X, w) -> Contender:
    def call():
        return PauliPropagation(max_weight=6).compile(circuit, all_z(circuit.num_qubits)[:1])(X, w)

    dropped = PauliPropagation(max_weight=6).compile(circuit, all_z(circuit.num_qubits)[:1]).dropped(X, w)
    return Contender("Pauli propagation", call, note=f"dropped weight {dropped.weight[0, 0]:.1e}")
