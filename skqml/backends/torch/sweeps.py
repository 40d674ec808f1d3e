"""Tables run over rows on a device: states, their cotangents and their tangents."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import DTypeLike
from torch import Tensor

from ...engine.preparation import PreparedRows
from ...engine.statevector.measured import NO_STRINGS
from ...engine.statevector.row_blocks import RowBlocks
from ...engine.statevector.tables import Tables
from .angles import TensorAngles
from .device import check_states, find_device
from .layout import Functions, Layout, signs
from .pauli_action import PauliAction, real_product
from .tensor_circuit import TensorCircuit

_ANGLE_BYTES = 64  # of an angle of a row, its cosine and sine, and its derivative


@dataclass
class TensorRun:
    """Angles and final states (n_samples, 2**n_high, 2**n_low) of some rows.

    Attributes
    ----------
    U, w : ndarray (n_samples, n_inputs), (n_weights,)
        What the angles of rows depend on, and the weights.
    prepared : PreparedRows or None
    """

    U: np.ndarray
    w: np.ndarray
    prepared: PreparedRows | None
    angles: TensorAngles
    states: Tensor


class TorchSweeps:
    """Runs tables over rows, a block of them at a time; angles are moved once, and nothing else on the way.

    Parameters
    ----------
    tables : Tables
    device : {"cpu", "cuda"}
    max_memory : int
        Bytes that states and what they are computed with may take at one time.
    dtype : dtype
        ``float64`` or ``float32``.
    strings : int64 (n_strings, 3)
        Measured strings: masks of X and Z, and the number of Y; those without X and Y first.

    Raises
    ------
    ValueError
        If there is no such device, or the sweep of one row does not fit in the memory allowed.
    """

    def __init__(
        self, tables: Tables, device: str, max_memory: int, dtype: DTypeLike, strings: np.ndarray = NO_STRINGS
    ):
        self.tables, self.max_memory, self.dtype, self.strings = tables, max_memory, np.dtype(dtype), strings
        self.device = device
        find_device(device)
        self.row_bytes = check_states(tables.n_qubits, max_memory, self.dtype, tables.parts)
        self.row_bytes += _ANGLE_BYTES * tables.tapes.n_rows

    def __getstate__(self) -> dict:
        kept = ("tables", "max_memory", "dtype", "strings", "device", "row_bytes")
        return {name: vars(self)[name] for name in kept}  # tensors are made where they are used

    @property
    def state_bytes(self) -> int:
        """Bytes of one state."""
        return self.dtype.itemsize * self.tables.parts << self.tables.n_qubits

    @cached_property
    def layout(self) -> Layout:
        """How amplitudes lie."""
        real = torch.float64 if self.dtype == np.float64 else torch.float32
        dtype = real if self.tables.parts == 1 else real.to_complex()
        return Layout(self.tables.n_qubits, find_device(self.device), real, dtype)

    @cached_property
    def _circuit(self) -> TensorCircuit:
        return TensorCircuit(self.tables, self.layout)

    @cached_property
    def _measured(self) -> tuple[Functions, list[PauliAction | None]]:
        """Strings of Z, and the others; None for those whose mean is 0, as the states are real."""
        real, n_diagonal = self.tables.parts == 1, int((self.strings[:, 0] == 0).sum())
        turns = [
            None if real and n_y % 2 else PauliAction(self.layout, x, z, (1 - (n_y & 2)) * (-1j if n_y % 2 else 1))
            for x, z, n_y in self.strings[n_diagonal:].tolist()
        ]
        return signs(self.layout, self.strings[:n_diagonal, 1].tolist()), turns

    def for_rows(self, n_samples: int) -> "TorchSweeps":
        """The sweeps for so many rows: always these."""
        return self

    @torch.no_grad()
    def means(self, states: Tensor, n_samples: int) -> np.ndarray:
        """Expectation values (n_samples, n_strings) of the measured strings."""
        diagonal, turns = self._measured
        found = [diagonal.sums(real_product(states, states))]
        for action in turns:
            mean = (
                states.real.new_zeros(len(states)) if action is None else action.inner(states, action.flipped(states))
            )
            found.append(mean[:, None])
        return as_array(torch.cat(found, dim=1))

    @torch.no_grad()
    def pullback_means(self, states: Tensor, g: np.ndarray) -> Tensor:
        """Cotangents of states from those (n_samples, n_strings) of the expectation values."""
        diagonal, turns = self._measured
        h = self.layout.tensor(2.0 * g)
        n_diagonal = h.shape[1] - len(turns)
        cotangents = diagonal.combined(h[:, :n_diagonal]) * states
        for action, column in zip(turns, h[:, n_diagonal:].T, strict=True):
            if action is not None:
                cotangents += column[:, None, None] * action(states)
        return cotangents

    def few(self, X: np.ndarray) -> None:
        """Few rows are run as all others."""
        return None

    @property
    def blocks(self) -> RowBlocks:
        """Rows whose sweeps fit in the memory allowed."""
        return RowBlocks.alike(max(1, self.max_memory // self.row_bytes))

    def _angles(self, shared: np.ndarray, rows: np.ndarray) -> TensorAngles:
        moved = [torch.from_numpy(np.ascontiguousarray(a)).to(self.layout.device) for a in (shared[None], rows)]
        return TensorAngles(moved[0], moved[1], self.layout)

    def _inputs(self, X: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, TensorAngles, PreparedRows | None, Tensor]:
        """What angles of rows depend on, all angles, what is prepared, and its amplitudes."""
        t = self.tables
        U = t.tapes.rows.inputs_from(X, w)
        angles = self._angles(t.tapes.shared_angles(w), t.tapes.row_angles(U))
        prepared = None if t.preparation is None else t.preparation(X)
        return U, angles, prepared, self.layout.tensor(np.ones((len(X), 1)) if prepared is None else prepared.states)

    @torch.no_grad()
    def run(self, X: np.ndarray, w: np.ndarray) -> TensorRun:
        """Sweep over all rows of X, which have to fit in memory."""
        U, angles, prepared, initial = self._inputs(X, w)
        return TensorRun(U, w, prepared, angles, self._circuit.run(angles, initial))

    @torch.no_grad()
    def pullback(self, run: TensorRun, cotangents: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of the final states."""
        slopes, of_initial = self._circuit.pullback(run.angles, run.states, cotangents)
        g_shared, g_rows = as_array(slopes.shared)[0], as_array(slopes.rows)
        dX, dw = self.tables.tapes.pullback(run.U, run.w, g_shared, g_rows)
        if run.prepared is not None:
            run.prepared.add_pullback(as_array(of_initial), dX)
        return dX, dw

    def pullback_run(self, run: TensorRun, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) from those of `means`."""
        return self.pullback(run, self.pullback_means(run.states, g))

    def amplitudes(self, X: np.ndarray, w: np.ndarray) -> Tensor:
        """States (n_samples, 2**n_qubits), complex or real."""
        found = [self.run(X[block], w).states.flatten(1) for block in self.blocks.large(len(X))]
        none = torch.empty(0, 1 << self.tables.n_qubits, dtype=self.layout.dtype, device=self.layout.device)
        return torch.cat(found or [none])

    def pullback_amplitudes(self, X: np.ndarray, w: np.ndarray, R: Tensor) -> tuple[np.ndarray, np.ndarray]:
        """Cotangents (dX, dw) for cotangents R of the amplitudes, in their shape."""
        dX, dw = np.zeros(X.shape), np.zeros(len(w))
        for block in self.blocks.large(len(X)):
            dX[block], step = self.pullback(self.run(X[block], w), R[block].view(-1, *self.layout.shape))
            dw += step
        return dX, dw

    @torch.no_grad()
    def tangents(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[Tensor, Tensor]:
        """States and their derivatives along (dX, dw), in the shape of `amplitudes`."""
        pairs = [self._along(X[block], w, dX[block], dw) for block in self.blocks.large(len(X))]
        S, D = (torch.cat(states).flatten(1) for states in zip(*pairs, strict=True))
        return S, D

    def _along(self, X: np.ndarray, w: np.ndarray, dX: np.ndarray, dw: np.ndarray) -> tuple[Tensor, Tensor]:
        U, angles, prepared, initial = self._inputs(X, w)
        rates = self._angles(*self.tables.tapes.tangents(U, w, dX, dw))
        moves = torch.zeros_like(initial) if prepared is None else self.layout.tensor(prepared.tangents(dX))
        return self._circuit.along(angles, rates, initial, moves)


def as_array(values: Tensor) -> np.ndarray:
    """Numbers of the device as an array of doubles."""
    return values.detach().cpu().double().numpy()


def squares(values: Tensor) -> Tensor:
    """``|values|^2``."""
    return real_product(values, values)
