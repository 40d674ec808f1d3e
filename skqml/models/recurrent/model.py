"""What reservoir estimators share: parameters, preparation of inputs, the ensemble."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Self

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import BaseEstimator, clone

from ..._checks import as_seed
from ..._parts import OptionalParts
from ..._sklearn import Count, Number
from ...backends import Backend, Exact
from ...circuits import Observable
from ...states import count, flag, instance
from ..base.drawing import DrawnCircuit, MayHaveShots, ShownOperators
from ..base.inputs import Standardizer
from .cells.base import Cell
from .cells.layered import QRNNCell
from .cells.tanh_cell import TanhCell
from .reservoir import Ensemble
from .sequences import Sequences

_LARGEST = 1e30  # input of a cell; powers of larger ones overflow in encodings
_OF_THE_CELL = ("observables", "hidden_scale", "leak")


class ReservoirModel(MayHaveShots, ShownOperators, DrawnCircuit, OptionalParts, BaseEstimator):
    """Base class: cells with random frozen angles, and inputs of mean 0 and deviation ``input_scale``."""

    _contents: ClassVar[dict] = {
        "n_features_in_": count("n_features", 1),
        "standardizer_": instance(Standardizer, n_features="n_channels"),
        "cell_": instance(Cell),
        "ensemble_": instance(Ensemble, n_channels="n_channels"),
        "_stepwise": flag,
        "n_parameters_": count(),
    }
    _default_parts: ClassVar[dict] = {"cell": lambda self: QRNNCell(), "backend": lambda self: Exact()}
    _parameter_constraints: ClassVar[dict] = {
        "cell": [Cell, None],
        "observables": [callable, Sequence, Observable, SparsePauliOp, None],
        "n_reservoirs": [Count()],
        "input_scale": [Number(high=1e100)],
        "hidden_scale": [Number(), None],
        "weight_scale": [Number(closed="left")],
        "leak": [Number(high=1.0, closed="right"), None],
        "standardize": ["boolean"],
        "backend": [Backend, None],
        "n_jobs": [Count(-(2**15)), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        cell,
        *,
        observables,
        n_reservoirs,
        input_scale,
        hidden_scale,
        weight_scale,
        leak,
        standardize,
        backend,
        n_jobs,
        random_state,
    ):
        self.cell = cell
        self.observables = observables
        self.n_reservoirs = n_reservoirs
        self.input_scale = input_scale
        self.hidden_scale = hidden_scale
        self.weight_scale = weight_scale
        self.leak = leak
        self.standardize = standardize
        self.backend = backend
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _cell(self) -> Cell:
        """The cell with what this estimator says about it."""
        cell = clone(self._part("cell"))
        said = {name: getattr(self, name) for name in _OF_THE_CELL if getattr(self, name) is not None}
        for name in said.keys() - cell.get_params(deep=False).keys():
            raise ValueError(f"The '{name}' parameter must be None: {type(cell).__name__} has no such parameter.")
        return cell.set_params(**said)

    def _open(self, sequences: Sequences) -> None:
        """Learn the scale of the inputs, and draw the ensemble."""
        rng = np.random.default_rng(as_seed(self.random_state))
        self.standardizer_ = Standardizer.fit(
            sequences.X[sequences.inside],
            None if sequences.weight is None else sequences.weight[sequences.inside],
            standardize=self.standardize,
            bandwidth=float(self.input_scale),
            auto_bandwidth=lambda n_channels: 1.0,
        )
        self.cell_ = self._cell()
        backend = clone(self._part("backend"))
        n_channels = sequences.X.shape[2]
        step = self.cell_.compile(n_channels, backend)
        weights = step.draw(self.n_reservoirs, self.weight_scale, rng)
        self.ensemble_ = Ensemble(self.cell_, step, backend, weights, self.n_jobs, n_channels)
        self._stepwise = sequences.stepwise

    def _inputs(self, sequences: Sequences) -> np.ndarray:
        """Inputs of the cells, zero behind the end of a sequence."""
        X = np.clip(self.standardizer_.transform(sequences.X), -_LARGEST, _LARGEST)
        X[~sequences.inside] = 0.0
        return X

    def _blocks(self, sequences: Sequences, state=None, border=0) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Columns [inputs, features] (n_rows, n_steps, n_columns) of the readout, block by block."""
        X, ensemble = self._inputs(sequences), self.ensemble_
        for rows, steps, features in ensemble.blocks(X, ensemble.start(len(X)) if state is None else state, border):
            yield rows, steps, np.concatenate([X[rows, steps], features], axis=2)

    def _last(self, sequences: Sequences) -> np.ndarray:
        """For rows as sequences: [inputs of all steps, features behind the last step]."""
        n_steps = sequences.X.shape[1]
        out = np.empty((len(sequences.X), n_steps + self.ensemble_.n_outputs))
        out[:, :n_steps] = self._inputs(sequences)[:, :, 0]
        for rows, steps, columns in self._blocks(sequences):
            if steps.stop == n_steps:
                out[rows, n_steps:] = columns[:, -1, 1:]
        return out

    def classical_twin(self) -> BaseEstimator:
        """Unfitted classical counterpart: this estimator with a `TanhCell` in place of the cell.

        It has as many units as the cell has features. Where ``train_cell`` trains the weights of both, units and
        reservoirs are as many as give about as many parameters; before `fit`, for one channel and one target.
        """
        step = self.ensemble_.step if hasattr(self, "ensemble_") else self._cell().compile(1, Exact())
        n_reservoirs, n_units = self._twin_size(step)
        return clone(self).set_params(cell=TanhCell(n_units), n_reservoirs=n_reservoirs, observables=None, backend=None)

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this estimator, the cell's circuits without entangling gates."""
        return clone(self).set_params(cell=self._cell().without_entanglers(), **dict.fromkeys(_OF_THE_CELL))

    def _twin_size(self, step) -> tuple[int, int]:
        """Number of reservoirs of the twin, and of units in each."""
        return self.n_reservoirs, step.n_outputs

    def _shown_circuit(self):
        cell = self._cell()
        if not hasattr(cell, "circuit"):
            raise ValueError(f"cell must have a circuit to be drawn, such as QRNNCell(), got {cell!r}.")
        return cell.circuit()
