"""A tabulated circuit on a device: where it starts, and the gates that follow."""

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...engine.statevector.compiled.kinds import ROW_PHASE, SHARED_PHASE, TURN_BACK
from ...engine.statevector.tables import Tables
from .angles import Column, Slopes, TensorAngles
from .layout import Layout, ones, signs
from .operations import Gate, PhaseGate, RotationGate, Signs
from .pauli_action import PauliAction


class TensorCircuit:
    """The operations of tables as gates on tensors.

    Parameters
    ----------
    tables : Tables
    layout : Layout
    """

    def __init__(self, tables: Tables, layout: Layout):
        self._tables, self._layout = tables, layout
        self._start = [self._column(slot) for slot in tables.start.tolist()]
        self._phase = cache(self._new_phase)  # each layer repeats it
        self._gates = [self._gate(*row) for row in tables.ops.tolist()]

    def _column(self, slot: int) -> Column | None:
        n_shared = self._tables.tapes.n_shared
        return None if slot < 0 else Column(slot >= n_shared, slot - n_shared * (slot >= n_shared))

    def _gate(self, kind: int, x: int, z: int, slot: int) -> Gate:
        if kind in (SHARED_PHASE, ROW_PHASE):
            return self._phase(kind, slot)
        shift, column = self._tables.parts - 1, self._column(slot)
        assert column is not None  # start alone has qubits without an angle
        part = x & shift  # set where real and imaginary parts turn into each other
        sign = 1 if (kind == TURN_BACK) ^ part else -1
        return RotationGate(PauliAction(self._layout, x >> shift, z >> shift, sign * (1j if part else 1)), column)

    def _new_phase(self, kind: int, number: int) -> PhaseGate:
        t, n_shared = self._tables, self._tables.tapes.n_shared
        if kind == SHARED_PHASE:
            of_phase = np.flatnonzero(t.phases.index == number)
            functions = signs(self._layout, t.phases.mask[of_phase].tolist())
            columns = self._one_hot(n_shared + of_phase, n_shared + len(t.phases.index))
            if self._tables.parts == 1:
                return Signs(functions, columns, None, -0.5, tracked=False)
            return PhaseGate(functions, columns, None, -0.5, bool(t.phases.tracked[number] >= 0))
        q, (later, earlier) = np.flatnonzero(t.linear[number] >= 0), np.nonzero(t.quadratic[number] >= 0)
        masks = [*(1 << q), *(1 << later | 1 << earlier)]
        slots = np.concatenate([t.linear[number][q], t.quadratic[number][later, earlier]])
        shared = self._one_hot(slots, n_shared + len(t.phases.index))
        shared[n_shared:] = 0.0  # slots behind the shared ones are of rows
        return PhaseGate(ones(self._layout, masks), shared, self._one_hot(slots - n_shared, t.tapes.n_rows), 1.0)

    def _one_hot(self, columns: np.ndarray, n_columns: int) -> Tensor:
        return self._layout.tensor(np.arange(n_columns)[:, None] == columns)

    def _trig(self, column: Column | None, angles: TensorAngles) -> tuple[Any, Any]:
        """Cosine and sine of where a qubit starts, each (n_samples or 1, 1)."""
        if column is None:
            return 1.0, 0.0
        c, t = angles.trig(column)
        return c[..., 0].real, t[..., 0].real

    def _as_states(self, s: Tensor) -> Tensor:
        """Real amplitudes (n_samples, 2**n_qubits) as states."""
        return s.view(len(s), *self._layout.shape).to(self._layout.dtype)

    def run(self, angles: TensorAngles, initial: Tensor) -> Tensor:
        """States (n_samples, 2**n_high, 2**n_low) behind all gates.

        Parameters
        ----------
        angles : TensorAngles
        initial : Tensor (n_samples, 2**n_prepared)
            Amplitudes of the first qubits; of none, ones.
        """
        s = initial
        for column in self._start:
            c, t = self._trig(column, angles)
            s = torch.cat([s * c, s * t], dim=1)
        s = self._as_states(s)
        for gate in self._gates:
            s = gate.run(s, angles)
        return s

    def pullback(self, angles: TensorAngles, s: Tensor, r: Tensor) -> tuple[Slopes, Tensor]:
        """Derivatives by all angles and by the initial amplitudes, from states and their cotangents."""
        slopes = Slopes(angles)
        for gate in reversed(self._gates):
            s, r = gate.undo(s, r, angles, slopes)
        s, r = s.real.flatten(1), r.real.flatten(1)
        for column in reversed(self._start):
            c, t = self._trig(column, angles)
            (s0, s1), (r0, r1) = s.chunk(2, dim=1), r.chunk(2, dim=1)
            s = s0 * c + s1 * t
            if column is not None:
                slopes.add(column, (s * (r1 * c - r0 * t)).sum(1))
            r = r0 * c + r1 * t
        return slopes, r

    def along(self, angles: TensorAngles, rates: TensorAngles, s: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
        """States and their derivatives, from initial amplitudes and theirs and the rates of all angles."""
        for column in self._start:
            c, t = self._trig(column, angles)
            rate = 0.0 if column is None else rates.value(column)[..., 0]
            d = torch.cat([d * c - s * (t * rate), d * t + s * (c * rate)], dim=1)
            s = torch.cat([s * c, s * t], dim=1)
        s, d = self._as_states(s), self._as_states(d)
        for gate in self._gates:
            s, d = gate.along(s, d, angles, rates)
        return s, d
