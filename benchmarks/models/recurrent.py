"""Steps of recurrent cells: 8 qubits, 3 layers, Z and ZZ measured at every step and Z fed back."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.peers import recurrent as peers


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
        from skqml.models.recurrent import QRNNCell

        rng = np.random.default_rng(0)
        self.cell = QRNNCell(n_qubits)
        self.step = self.cell.compile(1, Exact())
        self.weights = self.step.draw(16, 1.0, rng)
        self.series = rng.normal(size=100_000)

    def run(self, n_steps: int, n_reservoirs: int = 1) -> np.ndarray:
        """Features (n_steps, n_reservoirs, n_outputs)."""
        state = self.cell.init_state(n_reservoirs)[None]
        return self.step.run(self.series[None, :n_steps, None], self.weights[:n_reservoirs], state)[1][0]


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
    makers: list[tuple[str, Callable, int]] = [
        ("PennyLane, JAX lax.scan", peers.jax_scan, n_steps),
        ("qulacs, loop in Python", peers.qulacs, few),
        ("skqml, loop in Python", skqml, few),
        ("PennyLane lightning", peers.lightning, few),
        ("Aer", peers.aer, few),
    ]
    for label, make, n_run in makers:
        try:
            run = make(cell)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        note = "compiled before" if n_run == n_steps else f"ran {n_run} of {n_steps:,} steps, scaled"
        yield Contender(
            label,
            lambda run=run, n_run=n_run: run(cell.series[:n_run]),
            part=lambda expected, n_run=n_run: expected[:n_run],
            share=n_run / n_steps,
            note=note,
        )


def skqml(cell: Cell) -> Callable:
    """A program of this package, called once a step."""
    from skqml import Exact, all_z, all_zz

    n_qubits = cell.cell.n_qubits
    program = Exact().compile(peers.qiskit_circuit(cell), all_z(n_qubits) + all_zz(n_qubits))
    return peers.loop(cell, lambda angles: program(angles[None], cell.weights[0, :-1])[0])
