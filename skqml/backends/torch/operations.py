"""Operations of tables on tensors of amplitudes: forward, backward, and along a direction.

For a state s and a cotangent r (d loss = Re <r|ds>), the derivative by the angle t of ``exp(t G)`` is ``Re <r|G s>``,
behind the operation or in front of it alike.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from .angles import Column, Slopes, TensorAngles
from .layout import Functions
from .pauli_action import PauliAction, imaginary_product

Pair = tuple[Tensor, Tensor]


class Gate(ABC):
    """One operation on all rows."""

    @abstractmethod
    def run(self, s: Tensor, angles: TensorAngles) -> Tensor:
        """States behind it."""

    @abstractmethod
    def undo(self, s: Tensor, r: Tensor, angles: TensorAngles, slopes: Slopes) -> Pair:
        """States and cotangents in front of it; derivatives by its angles are added to the slopes."""

    @abstractmethod
    def along(self, s: Tensor, d: Tensor, angles: TensorAngles, rates: TensorAngles) -> Pair:
        """States and their derivatives behind it, when angles move at these rates."""


class RotationGate(Gate):
    """A rotation about a Pauli string, by the angle in a slot.

    Parameters
    ----------
    action : PauliAction
    column : Column
    """

    def __init__(self, action: PauliAction, column: Column):
        self._action, self._column = action, column

    def run(self, s: Tensor, angles: TensorAngles) -> Tensor:
        """See `Gate.run`."""
        return self._action.rotated(s, self._action.flipped(s), *angles.trig(self._column))

    def undo(self, s: Tensor, r: Tensor, angles: TensorAngles, slopes: Slopes) -> Pair:
        """See `Gate.undo`."""
        action, (c, t) = self._action, angles.trig(self._column)
        f = action.flipped(s)
        slopes.add(self._column, action.inner(r, f))
        return action.rotated(s, f, c, -t), action.rotated(r, action.flipped(r), c, -t)

    def along(self, s: Tensor, d: Tensor, angles: TensorAngles, rates: TensorAngles) -> Pair:
        """See `Gate.along`."""
        s, d = self.run(s, angles), self.run(d, angles)
        return s, d + rates.value(self._column) * self._action(s)


class PhaseGate(Gate):
    """The factors ``exp(i factor sum_m a_m f_m(b))`` for angles a_m in some slots.

    Parameters
    ----------
    functions : Functions
    shared, rows : Tensor (n_angles, n_functions), the second or None
        One in the row of the angle of each function, zeros elsewhere: among angles that all rows share, and among
        those of each row.
    factor : float
    tracked : bool
        Whether derivatives are wanted.
    """

    def __init__(self, functions: Functions, shared: Tensor, rows: Tensor | None, factor: float, tracked: bool = True):
        self._functions, self._tracked = functions, tracked
        self._shared, self._rows = shared * factor, None if rows is None else rows * factor

    def exponents(self, angles: TensorAngles) -> Tensor:
        """Those of the factors (n_samples or 1, 2**n_high, 2**n_low)."""
        a = angles.values(False) @ self._shared
        return self._functions.combined(a if self._rows is None else a + angles.values(True) @ self._rows)

    def _factors_with(self, exponents: Tensor) -> Tensor:
        return torch.polar(torch.ones_like(exponents), exponents)

    def factors(self, angles: TensorAngles, sign: int = 1) -> Tensor:
        """All factors, or their inverses."""
        return angles.once((self, sign), lambda: self._factors_with(sign * self.exponents(angles)))

    def run(self, s: Tensor, angles: TensorAngles) -> Tensor:
        """See `Gate.run`."""
        return s * self.factors(angles)

    def undo(self, s: Tensor, r: Tensor, angles: TensorAngles, slopes: Slopes) -> Pair:
        """See `Gate.undo`."""
        if self._tracked:
            slope = imaginary_product(s, r)
            sums = self._functions.sums(slope.sum(0, keepdim=True) if self._rows is None else slope)
            slopes.add_all(False, sums.sum(0, keepdim=True) @ self._shared.T)
            if self._rows is not None:
                slopes.add_all(True, sums @ self._rows.T)
        inverses = self.factors(angles, -1)
        return s * inverses, r * inverses

    def along(self, s: Tensor, d: Tensor, angles: TensorAngles, rates: TensorAngles) -> Pair:
        """See `Gate.along`."""
        s, d = self.run(s, angles), self.run(d, angles)
        return s, d + s * (1j * self.exponents(rates))


class Signs(PhaseGate):
    """A phase of constant angles whose factors are signs, so that real states stay real."""

    def _factors_with(self, exponents: Tensor) -> Tensor:
        """Over that of the first state."""
        return (exponents - exponents[:, :1, :1]).cos()

    def along(self, s: Tensor, d: Tensor, angles: TensorAngles, rates: TensorAngles) -> Pair:
        """See `Gate.along`."""
        return self.run(s, angles), self.run(d, angles)
