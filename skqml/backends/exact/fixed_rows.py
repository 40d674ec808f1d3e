"""Circuits in which data enters before all weights: states of rows are computed only once.

With ``|psi(x, w)> = W(w) |phi(x)>`` a training needs the states phi of its rows once. A step then
costs the 2**n columns of W and one matrix product, not a sweep for each row; its gradient likewise
(Heisenberg's picture: the observable moves, the states stay).
"""

from collections.abc import Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from ...engine.reading.lower import DATA, Lowered, flat, lower, split_parameters
from ...engine.statevector.fusion import Frame, fuse
from ...engine.statevector.sweeps import Sweeps
from ...engine.statevector.tables import tabulate
from ...engine.threads import one_blas_thread
from .program import StatevectorProgram

_MAX_QUBITS = 7  # with more, products with 2**n columns never pay
_COLUMN = 1.5  # cost of an amplitude of a row in the products, in vector operations of a sweep


class DataFirstProgram(StatevectorProgram):
    """A statevector program that also holds its circuit cut behind the last data gate.

    Parameters
    ----------
    circuit : QuantumCircuit
    cut : pair of QuantumCircuit
        Its two parts, from `cut_behind_data`.
    observables, threads, max_memory, dtype
        See `StatevectorProgram`.
    """

    def __init__(self, circuit, cut, observables: Sequence, threads, max_memory, dtype):
        super().__init__(circuit, observables, threads, max_memory, dtype)
        first, second = cut
        n = circuit.num_qubits
        self._states = _States(lower(first), threads, max_memory, dtype)
        self._columns = StatevectorProgram(_behind_basis_states(second), observables, threads, max_memory, dtype)
        self._basis = np.pi * ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1)

    def pays(self, n_samples: int) -> bool:
        """Whether a step by matrix products is cheaper than one by sweeps, roughly."""
        sweep, n_columns = len(self.sweeps.tables.ops), len(self._basis)
        return n_samples * (sweep - _COLUMN * n_columns) > 2 * n_columns * len(self._columns.sweeps.tables.ops)

    @one_blas_thread()
    def forward(self, X, w=None, rng=None, data_gradient=True):
        """Values and pullback; by matrix products where that pays and dX is not wanted."""
        X, w = self._check(X, w)
        if data_gradient or not self.pays(len(X)):
            return super().forward(X, w, rng, data_gradient)
        S, columns, sweeps = self._states(X), self._columns, self._columns.sweeps
        parts = sweeps.tables.parts
        run = sweeps.run(self._basis, w)
        T = S @ _as_complex(run.states, parts)[: len(self._basis)]
        states = sweeps.lines(sweeps.grouped(T.view(float)))

        @one_blas_thread()
        def pullback(g):
            R = _as_complex(columns.cotangents(states, np.asarray(g, dtype=float)), 2)[: len(X)]
            Q = S.conj().T @ R
            lines = sweeps.lines(sweeps.grouped(Q.view(float) if parts == 2 else Q.real))
            return None, sweeps.pull_back(run, lines, self._basis, w)[1]

        return columns.values(states, len(X)), pullback


class _States:
    """States of rows as complex vectors in the computational basis; the last ones are kept."""

    def __init__(self, lowered: Lowered, threads, max_memory, dtype):
        self.sweeps = Sweeps(tabulate(lowered, None)[0], threads, max_memory, dtype)
        self.image, self.sign = permutation(fuse(lowered)[1])
        self._kept: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, X) -> np.ndarray:
        """States (n_samples, 2**n_qubits), up to a phase."""
        kept = self._kept  # read once, and returned as read: another thread may put its own rows there meanwhile
        if kept is None or not np.array_equal(kept[0], X):
            parts = self.sweeps.amplitudes(X, np.zeros(0)).astype(float)
            S = np.empty((len(X), len(self.image)), dtype=complex)
            S[:, self.image] = self.sign * (parts[:, 0] + 1j * parts[:, 1] if parts.shape[1] == 2 else parts[:, 0])
            kept = self._kept = X.copy(), S
        return kept[1]

    def __getstate__(self):
        return vars(self) | {"_kept": None}


def permutation(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Images and signs of basis states under a frame: F |b> = sign[b] |image[b]>, up to a phase."""
    b = np.arange(1 << len(frame.z))
    linear, image, sign = np.zeros_like(b), np.zeros_like(b), np.ones(len(b))
    for q, (z, flip) in enumerate(zip(frame.z, frame.z_sign, strict=True)):
        bit = np.bitwise_count(b & z) & 1
        linear |= bit << q
        image |= (bit ^ flip) << q
    for q, minus in enumerate(frame.x_sign):
        if minus:
            sign[linear >> q & 1 == 1] *= -1
    return image, sign


def cut_behind_data(circuit: QuantumCircuit) -> tuple[QuantumCircuit, QuantumCircuit] | None:
    """A circuit as one of data only and, behind it, one of weights only; None if that cannot be."""
    if not isinstance(circuit, QuantumCircuit) or circuit.num_qubits > _MAX_QUBITS:
        return None
    weights = split_parameters(circuit)[1]
    circuit = flat(circuit)
    data = set(split_parameters(circuit)[0])
    first, second = circuit.copy_empty_like(), circuit.copy_empty_like()
    front: list = []
    back: list = []
    blocked: set = set()
    for instruction in reversed(circuit.data):
        parameters = {p for value in instruction.operation.params for p in getattr(value, "parameters", ())}
        if data & parameters or blocked & set(instruction.qubits):
            front.append(instruction)
            blocked |= set(instruction.qubits)
        else:
            back.append(instruction)
    for part, instructions in ((first, front), (second, back)):
        for instruction in reversed(instructions):
            part.append(instruction)
    of_second = split_parameters(second)[1]
    if split_parameters(first)[1] or not weights or of_second != weights or len(blocked) < circuit.num_qubits:
        return None
    return first, second


def _behind_basis_states(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit behind RY(x_q) on each qubit q: angles of 0 and pi make all basis states."""
    prepared = circuit.copy_empty_like()
    for q, angle in enumerate(ParameterVector(DATA, circuit.num_qubits)):
        prepared.ry(angle, q)
    return prepared.compose(circuit)


def _as_complex(states: np.ndarray, parts: int) -> np.ndarray:
    """Complex vectors (n_groups * lanes, 2**n_qubits) of states given lane by lane."""
    rows = np.ascontiguousarray(states.transpose(0, 2, 1), dtype=float).reshape(-1, states.shape[1])
    return rows.view(complex) if parts == 2 else rows.astype(complex)
