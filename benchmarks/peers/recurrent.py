"""One recurrent cell in other packages: makers of ``run(series) -> (n_steps, n_outputs)``, Z and ZZ at every step."""

from collections.abc import Callable

import numpy as np


def signs(n_qubits: int) -> np.ndarray:
    """Eigenvalues (n_outputs, 2**n_qubits) of all Z, then all Z Z, with qubit 0 as the lowest bit."""
    z = 1 - 2 * (np.arange(1 << n_qubits) >> np.arange(n_qubits)[:, None] & 1)
    pairs = [z[a] * z[b] for a in range(n_qubits) for b in range(a + 1, n_qubits)]
    return np.concatenate([z, np.array(pairs).reshape(-1, 1 << n_qubits)]).astype(float)


def loop(cell, circuit: Callable) -> Callable:
    """The loop over steps in Python, around ``circuit(angles) -> Z and ZZ``."""
    kind, gain = cell.cell, cell.cell.hidden_scale * cell.weights[0, -1]

    def run(series):
        h, out = np.zeros(kind.n_hidden), []
        for x in series:
            v = np.concatenate([np.full(kind.n_inputs, x), gain * h])
            values = circuit(np.stack([np.arctan(v), np.arctan(v**2)], axis=1).ravel())
            h = h + kind.leak * (np.tanh(values[: kind.n_hidden]) - h)
            out.append(values)
        return np.array(out)

    return run


def _pennylane_gates(qml, cell) -> Callable:
    n = cell.cell.n_qubits
    layers = cell.weights[0, :-1].reshape(cell.cell.n_layers, 3, n)

    def gates(angles):
        for q in range(n):
            qml.Hadamard(q)
            qml.RY(angles[2 * q], q)
            qml.RZ(angles[2 * q + 1], q)
        for first, second, third in layers:
            for distance in (1, 2):
                for q in range(n):
                    qml.CNOT([q, (q + distance) % n])
            for q in range(n):
                qml.RZ(first[q], q)
                qml.RY(second[q], q)
                qml.RZ(third[q], q)

    return gates


def jax_scan(cell) -> Callable:
    """PennyLane's gates on JAX, the loop over steps compiled by ``lax.scan``, in double precision."""
    import jax
    import pennylane as qml

    jax.config.update("jax_enable_x64", True)
    np_ = jax.numpy
    kind, gates = cell.cell, _pennylane_gates(qml, cell)
    n, gain = kind.n_qubits, kind.hidden_scale * cell.weights[0, -1]
    # PennyLane's first wire is the highest bit.
    order = np.arange(1 << n).reshape((2,) * n).transpose().ravel()
    table = np_.asarray(signs(n)[:, order])

    @qml.qnode(qml.device("default.qubit", wires=n), interface="jax", diff_method="backprop")
    def probabilities(angles):
        gates(angles)
        return qml.probs(wires=range(n))

    def step(h, x):
        v = np_.concatenate([np_.full(kind.n_inputs, x), gain * h])
        values = table @ probabilities(np_.stack([np_.arctan(v), np_.arctan(v**2)], axis=1).ravel())
        return h + kind.leak * (np_.tanh(values[: kind.n_hidden]) - h), values

    scan = jax.jit(lambda series: jax.lax.scan(step, np_.zeros(kind.n_hidden), series)[1])
    return lambda series: np.asarray(scan(series))


def qulacs(cell) -> Callable:
    """A circuit whose fixed gates qulacs has merged, its angles set at every step, probabilities read in NumPy."""
    from qulacs import ParametricQuantumCircuit, QuantumState

    kind = cell.cell
    n, table = kind.n_qubits, signs(kind.n_qubits)
    head, state = ParametricQuantumCircuit(n), QuantumState(n)
    for q in range(n):
        head.add_H_gate(q)
        head.add_parametric_RY_gate(q, 0.0)
        head.add_parametric_RZ_gate(q, 0.0)
    fixed = _qulacs_layers(cell)

    def circuit(angles):
        for k, angle in enumerate(angles):
            head.set_parameter(k, -angle)  # qulacs turns by minus the angle
        state.set_zero_state()
        head.update_quantum_state(state)
        fixed.update_quantum_state(state)
        return table @ np.abs(state.get_vector()) ** 2

    return loop(cell, circuit)


def _qulacs_layers(cell):
    from qulacs import QuantumCircuit
    from qulacs.circuit import QuantumCircuitOptimizer

    n, fixed = cell.cell.n_qubits, QuantumCircuit(cell.cell.n_qubits)
    for first, second, third in cell.weights[0, :-1].reshape(cell.cell.n_layers, 3, n):
        for distance in (1, 2):
            for q in range(n):
                fixed.add_CNOT_gate(q, (q + distance) % n)
        for q in range(n):
            fixed.add_RZ_gate(q, -first[q])
            fixed.add_RY_gate(q, -second[q])
            fixed.add_RZ_gate(q, -third[q])
    QuantumCircuitOptimizer().optimize(fixed, 2)
    return fixed


def lightning(cell) -> Callable:
    """A QNode on PennyLane's C++ device, called once a step."""
    import pennylane as qml

    n, gates = cell.cell.n_qubits, _pennylane_gates(qml, cell)
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]

    @qml.qnode(qml.device("lightning.qubit", wires=n), diff_method=None)
    def circuit(angles):
        gates(angles)
        return [qml.expval(qml.Z(q)) for q in range(n)] + [qml.expval(qml.Z(a) @ qml.Z(b)) for a, b in pairs]

    return loop(cell, lambda angles: np.array(circuit(angles)))


def qiskit_circuit(cell):
    """The circuit of data x, the angles arctan v and arctan v^2, and of weights w."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    n = cell.cell.n_qubits
    qc, x, w = QuantumCircuit(n), ParameterVector("x", 2 * n), iter(ParameterVector("w", 3 * n * cell.cell.n_layers))
    for q in range(n):
        qc.h(q)
        qc.ry(x[2 * q], q)
        qc.rz(x[2 * q + 1], q)
    for _ in range(cell.cell.n_layers):
        for distance in (1, 2):
            for q in range(n):
                qc.cx(q, (q + distance) % n)
        for gate in (qc.rz, qc.ry, qc.rz):
            for q in range(n):
                gate(next(w), q)
    return qc


def aer(cell) -> Callable:
    """Probabilities of a circuit transpiled once, its angles bound at every step."""
    from qiskit import transpile
    from qiskit_aer import AerSimulator

    circuit = qiskit_circuit(cell)
    data = [p for p in circuit.parameters if p.name.startswith("x[")]
    weights = [p for p in circuit.parameters if p.name.startswith("w[")]
    circuit = circuit.assign_parameters(dict(zip(weights, cell.weights[0, :-1], strict=True)))
    circuit.save_probabilities()
    simulator = AerSimulator(method="statevector", max_parallel_threads=1)
    circuit, table = transpile(circuit, simulator, optimization_level=1), signs(circuit.num_qubits)

    def call(angles):
        binds = [{p: [a] for p, a in zip(data, angles, strict=True)}]
        result = simulator.run(circuit, parameter_binds=binds, shots=1, runtime_parameter_bind_enable=True).result()
        return table @ result.data(0)["probabilities"]

    return loop(cell, call)
