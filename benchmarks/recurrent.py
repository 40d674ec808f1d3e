"""Steps of recurrent cells: 8 qubits, 3 layers, Z and ZZ measured at every step and Z fed back."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group


def cases(quick: bool) -> Iterator[Group]:
    """Yield one cell over a long series and over one ten times as long, and sixteen cells side by side."""
    n_qubits, n_steps = (4, 500) if quick else (8, 10_000)
    cell = Cell(n_qubits)
    yield Group(f"One cell of {n_qubits} qubits, {n_steps:,} steps", list(_peers(cell, n_steps)), reference="skqml")
    yield Group(f"skqml, {n_qubits} qubits, by size", list(_sizes(cell, n_steps)), reference="one cell")


class Cell:
    """A cell, random angles of sixteen reservoirs, and a series long enough."""

    def __init__(self, n_qubits: int):
        from skqml import Exact
        from skqml.recurrent import QRNNCell

        rng = np.random.default_rng(0)
        self.cell = QRNNCell(n_qubits)
        self.step = self.cell.compile(1, Exact())
        self.weights = self.step.draw(16, 1.0, rng)
        self.series = rng.normal(size=100_000)

    def run(self, n_steps: int, n_reservoirs: int = 1) -> np.ndarray:
        """Features (n_steps, n_reservoirs, n_outputs)."""
        state = self.cell.init_state(n_reservoirs)[None]
        return self.step.run(self.series[None, :n_steps, None], self.weights[:n_reservoirs], state)[1][0]

    def loop(self, n_steps: int, circuit: Callable) -> np.ndarray:
        """The loop over steps in Python, around ``circuit(angles) -> Z and ZZ``."""
        cell, gain = self.cell, self.cell.hidden_scale * self.weights[0, -1]
        h, out = np.zeros(cell.n_hidden), []
        for x in self.series[:n_steps]:
            v = np.concatenate([np.full(cell.n_inputs, x), gain * h])
            values = circuit(np.stack([np.arctan(v), np.arctan(v**2)], axis=1).ravel())
            h = h + cell.leak * (np.tanh(values[: cell.n_hidden]) - h)
            out.append(values)
        return np.array(out)


def _sizes(cell: Cell, n_steps: int) -> Iterator[Contender]:
    """The same cell over more steps, and more cells; each says what it computes of the reference."""
    one = Contender("one cell", lambda: cell.run(n_steps)[:, 0])
    yield one
    longer = 5 if n_steps < 10_000 else 10
    yield Contender(f"one cell, {longer} times the steps", lambda: cell.run(longer * n_steps)[:n_steps, 0])
    yield Contender("16 cells", lambda: cell.run(n_steps, 16)[:, 0], note="on all cores")


def _peers(cell: Cell, n_steps: int) -> Iterator[Contender]:
    few = min(100, n_steps)
    yield Contender("skqml", lambda: cell.run(n_steps)[:, 0], note="loop compiled; exact")
    makers = [("skqml, loop in Python", skqml), ("PennyLane lightning", lightning), ("Aer", aer)]
    for label, make in makers:
        try:
            circuit = make(cell)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        yield Contender(label, lambda circuit=circuit: cell.loop(few, circuit), part=lambda expected: expected[:few],
                        share=few / n_steps, note=f"ran {few} of {n_steps:,} steps, scaled")  # fmt: skip


def skqml(cell: Cell) -> Callable:
    """A program of this package, called once a step."""
    from skqml import Exact
    from skqml.recurrent.measured import measured

    program = Exact().compile(cell.cell.circuit(), measured(cell.cell.features, cell.cell.n_qubits))
    return lambda angles: program(angles[None], cell.weights[0, :-1])[0]


def lightning(cell: Cell) -> Callable:
    """A QNode on the C++ device."""
    import pennylane as qml

    n, layers = cell.cell.n_qubits, cell.weights[0, :-1].reshape(cell.cell.n_layers, 3, cell.cell.n_qubits)

    @qml.qnode(qml.device("lightning.qubit", wires=n), diff_method=None)
    def circuit(angles):
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
        pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
        return [qml.expval(qml.Z(q)) for q in range(n)] + [qml.expval(qml.Z(a) @ qml.Z(b)) for a, b in pairs]

    return lambda angles: np.array(circuit(angles))


def aer(cell: Cell) -> Callable:
    """Probabilities of a circuit transpiled once, its angles bound at every step."""
    from qiskit import transpile
    from qiskit_aer import AerSimulator

    circuit = cell.cell.circuit()
    n, data = circuit.num_qubits, [p for p in circuit.parameters if p.name.startswith("x[")]
    weights = [p for p in circuit.parameters if p.name.startswith("w[")]
    circuit = circuit.assign_parameters(dict(zip(weights, cell.weights[0, :-1], strict=True)))
    circuit.save_probabilities()
    simulator = AerSimulator(method="statevector", max_parallel_threads=1)
    circuit = transpile(circuit, simulator, optimization_level=1)
    signs = 1 - 2 * (np.arange(1 << n) >> np.arange(n)[:, None] & 1)
    pairs = np.array([signs[a] * signs[b] for a in range(n) for b in range(a + 1, n)])
    signs = np.concatenate([signs, pairs])

    def call(angles):
        binds = [{p: [a] for p, a in zip(data, angles, strict=True)}]
        result = simulator.run(circuit, parameter_binds=binds, shots=1, runtime_parameter_bind_enable=True).result()
        return signs @ result.data(0)["probabilities"]

    return call
