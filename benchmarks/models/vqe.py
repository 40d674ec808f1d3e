"""The variational quantum eigensolver to convergence: one start on LiH, and whole curves of bond lengths."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group


def cases(quick: bool) -> Iterator[Group]:
    """Yield one start on LiH with two ansätze, and curves of H2 and LiH."""
    lih, hf_bitstring = molecule("LiH")
    one = lih[len(lih) // 2 : len(lih) // 2 + 1]
    yield Group("LiH, 4 qubits, one length, one start, UCCSD", list(_one_start(one, hf_bitstring)), "skqml")
    yield Group("LiH, 4 qubits, one length, one start, RY-RZ", [_ours(one, n_restarts=1)], "skqml")
    for name in ("H2",) if quick else ("H2", "LiH"):
        operators = molecule(name)[0]
        title = f"{name}, {operators[0].num_qubits} qubits, {len(operators)} lengths"
        yield Group(f"{title}, RY-RZ, 4 starts each", [_ours(operators)], "skqml")


def molecule(name: str, mapping: str = "parity"):
    """Hamiltonians of all bond lengths, and the Hartree-Fock bit string, the first qubit first."""
    from skqml.datasets import load_molecule

    found = load_molecule(name, mapping)
    return found.hamiltonians, found.hf_bitstring


def _ours(operators, **options) -> Contender:
    from skqml import ZNEVQE

    exact = ZNEVQE().exact_energies(operators)
    model = ZNEVQE(random_state=0, **options)
    error = 1e3 * np.abs(model.fit(operators).energies_ - exact).max()
    note = f"largest error {error:.4f} mHa"
    return Contender("skqml", lambda: model.fit(operators), read=lambda model: model.energies_, note=note)


def _one_start(operators, hf_bitstring: str) -> Iterator[Contender]:
    from skqml.circuits.ansatze.chemistry import UCCSD

    ansatz = UCCSD(hf_bitstring, mapping="parity")
    yield _ours(operators, ansatz=ansatz, n_restarts=1)
    for label, make, note in (
        ("Qiskit Statevector, SciPy", qiskit_differences, "L-BFGS-B, finite differences"),
        ("PennyLane lightning, SciPy", lightning, "L-BFGS-B, adjoint gradients"),
    ):
        try:
            compute = make(operators[0], ansatz)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        yield Contender(label, compute, note=note)


def _circuit(operator, ansatz):
    from skqml import Ansatz

    return Ansatz(ansatz).build(operator.num_qubits)


def _minimised(energy: Callable, n_weights: int, jac) -> np.ndarray:
    from scipy.optimize import minimize

    start = 0.1 * np.random.default_rng(0).normal(size=n_weights)
    return np.array([minimize(energy, start, jac=jac, method="L-BFGS-B", options={"ftol": 1e-12}).fun])


def qiskit_differences(operator, ansatz) -> Callable:
    """Energies of bound circuits."""
    from qiskit.quantum_info import Statevector

    circuit = _circuit(operator, ansatz)

    def energy(w):
        return Statevector(circuit.assign_parameters(w)).expectation_value(operator).real

    return lambda: _minimised(energy, circuit.num_parameters, None)


def lightning(operator, ansatz) -> Callable:
    """The C++ device's adjoint method, the circuit drawn gate by gate."""
    import pennylane as qml

    circuit, n = _circuit(operator, ansatz), operator.num_qubits
    wires = {q: q for q in range(n)}
    words = [qml.pauli.string_to_pauli_word(label[::-1], wire_map=wires) for label in operator.paulis.to_labels()]
    H = qml.Hamiltonian(operator.coeffs.real, words)
    place = {p: k for k, p in enumerate(circuit.parameters)}

    @qml.qnode(qml.device("lightning.qubit", wires=n), diff_method="adjoint")
    def node(w):
        for instruction in circuit.data:
            wires = [circuit.find_bit(q).index for q in instruction.qubits]
            name, params = instruction.operation.name, instruction.operation.params
            if name == "ry":
                (p,) = params[0].parameters
                qml.RY(float(params[0].gradient(p)) * w[place[p]], wires[0])
            else:
                {"x": qml.PauliX, "cx": qml.CNOT}[name](wires)
        return qml.expval(H)

    slope = qml.grad(node)

    def value_and_slope(w):
        w = qml.numpy.array(w, requires_grad=True)
        gradient = slope(w)
        return float(slope.forward), np.asarray(gradient)

    return lambda: _minimised(value_and_slope, circuit.num_parameters, True)
