"""Circuits in which data enters before all weights: states of fixed rows are computed only once.

With ``|psi(x, w)> = W(w) |phi(x)>`` a training needs the states phi of its rows once. A step then
costs the 2**n columns of W and one matrix product, not a sweep for each row; its gradient likewise
(Heisenberg's picture: the observable moves, the states stay).
"""

from collections.abc import Callable, Sequence

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from ...engine.checks import as_cotangents, as_rows, as_weights
from ...engine.preparation import split_preparation
from ...engine.reading.lower import DATA, Lowered, flat, lower, split_parameters
from ...engine.reading.unitary_part import unitary_part
from ...engine.statevector.frame import Frame
from ...engine.statevector.fusion import fuse
from ...engine.statevector.group_sweeps import GroupSweeps
from ...engine.statevector.run import Run
from ...engine.statevector.tables import tabulate
from ...engine.threads import one_blas_thread
from ..program import FixedRows
from .program import StatevectorProgram, read

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

    Attributes
    ----------
    second : StatevectorProgram
        The second part, behind the basis states.
    basis : ndarray (2**n_qubits, n_qubits)
        Its rows that give all basis states.
    """

    def __init__(self, circuit, cut, observables: Sequence, threads, max_memory, dtype):
        super().__init__(read(circuit, observables), threads, max_memory, dtype)
        first, second = cut
        n = circuit.num_qubits
        self._states = _RowStates(lower(first, prepared=True), threads, max_memory, dtype)
        behind = read(_behind_basis_states(second), observables)
        self.second = StatevectorProgram(behind, threads, max_memory, dtype)
        self.basis = np.pi * ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1)

    def pays(self, n_samples: int) -> bool:
        """Whether a step by matrix products is cheaper than one by sweeps, roughly."""
        sweep, n_columns = len(self.sweeps.tables.ops), len(self.basis)
        return n_samples * (sweep - _COLUMN * n_columns) > 2 * n_columns * len(self.second.sweeps.tables.ops)

    def fix_rows(self, X) -> FixedRows:
        """Rows with their states, where products with these are cheaper than sweeps; see `Program.fix_rows`."""
        X = as_rows(X, self.n_features)
        return FixedStates(self, X, self._states(X)) if self.pays(len(X)) else FixedRows(self, X)


class FixedStates(FixedRows):
    """Rows that hold their states in front of all weights.

    Parameters
    ----------
    program : DataFirstProgram
    X : ndarray (n_samples, n_features)
    states : ndarray of complex (n_samples, 2**n_qubits)
    """

    program: DataFirstProgram

    def __init__(self, program: DataFirstProgram, X: np.ndarray, states: np.ndarray):
        super().__init__(program, X)
        self.states = states

    def __getitem__(self, index) -> FixedRows:
        few = super().__getitem__(index)
        return FixedStates(self.program, few.X, self.states[index]) if self.program.pays(len(few)) else few

    @one_blas_thread()
    def __call__(self, w=None, rng=None) -> np.ndarray:
        """Expectation values (n_samples, n_observables)."""
        second = self.program.second
        return second.values(second.sweeps.groups.means(self._turned(w)[1], len(self)))

    @property
    def forward(self) -> Callable[..., tuple[np.ndarray, Callable]]:
        """``forward(w, rng)``: expectation values, and a function from their cotangents g to (None, dw)."""
        return self._forward

    @one_blas_thread()
    def _forward(self, w=None, rng=None) -> tuple[np.ndarray, Callable]:
        """The same, by products with the columns of W(w)."""
        second, S = self.program.second, self.states
        sweeps, parts = second.sweeps.groups, second.sweeps.tables.parts
        run, states = self._turned(w)

        @one_blas_thread()
        def pullback(g) -> tuple[None, np.ndarray]:
            h = second.pullback_values(as_cotangents(g, (len(S), second.n_observables)))
            R = _as_complex(sweeps.pullback_means(states, h), 2)[: len(S)]
            Q = S.conj().T @ R
            lines = sweeps.in_groups(Q.view(float) if parts == 2 else Q.real)
            return None, sweeps.pullback(run, lines)[1]

        return second.values(sweeps.means(states, len(S))), pullback

    def _turned(self, w) -> tuple[Run, np.ndarray]:
        """The run of all basis states, whose results are the columns of W(w), and the states of rows behind W(w)."""
        sweeps, basis = self.program.second.sweeps.groups, self.program.basis
        run = sweeps.run(basis, as_weights(w, self.program.n_weights))
        T = self.states @ _as_complex(run.states, sweeps.tables.parts)[: len(basis)]
        return run, sweeps.in_groups(T.view(float))


class _RowStates:
    """States of rows as complex vectors in the computational basis."""

    def __init__(self, lowered: Lowered, threads, max_memory, dtype):
        self.sweeps = GroupSweeps(tabulate(lowered, None)[0], threads, max_memory, dtype)
        self.image, self.sign = permutation(fuse(lowered)[1])

    def __call__(self, X) -> np.ndarray:
        """States (n_samples, 2**n_qubits), up to a phase."""
        parts = self.sweeps.amplitudes(X, np.zeros(0)).astype(float)
        S = np.empty((len(X), len(self.image)), dtype=complex)
        S[:, self.image] = self.sign * (parts[:, 0] + 1j * parts[:, 1] if parts.shape[1] == 2 else parts[:, 0])
        return S


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
    if not weights:
        return None
    circuit = unitary_part(circuit)
    preparation, rest = split_preparation(circuit)
    prepared = [] if preparation is None else [circuit.find_bit(q).index for q in preparation.qubits]
    first, second, blocked = _cut(flat(rest))
    if preparation is not None:
        first = first.compose(preparation.operation, prepared, front=True)
    if split_parameters(first)[1] or split_parameters(second)[1] != weights:
        return None
    in_order = sorted(prepared) == list(range(len(prepared)))  # tables have prepared qubits first
    return (first, second) if in_order and len(blocked.union(prepared)) == circuit.num_qubits else None


def _cut(circuit: QuantumCircuit) -> tuple[QuantumCircuit, QuantumCircuit, set[int]]:
    """The circuit up to the last data on each qubit, what follows, and the numbers of the qubits with data."""
    data = set(split_parameters(circuit)[0])
    first, second = circuit.copy_empty_like(), circuit.copy_empty_like()
    parts: dict[bool, list] = {True: [], False: []}
    blocked: set = set()
    for instruction in reversed(circuit.data):
        parameters = {p for value in instruction.operation.params for p in getattr(value, "parameters", ())}
        of_data = bool(data & parameters or blocked & set(instruction.qubits))
        parts[of_data].append(instruction)
        blocked |= set(instruction.qubits) if of_data else set()
    for part, instructions in ((first, parts[True]), (second, parts[False])):
        for instruction in reversed(instructions):
            part.append(instruction)
    return first, second, {circuit.find_bit(q).index for q in blocked}


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
