"""The reservoir regressor."""

from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score

from ..._sklearn import fit_context
from ...states import instance
from ..base.failures import unchanged_on_error
from ..base.forecasts.closed_loop import Range
from ..base.forecasts.windows import WindowPast
from .fitting import fit_readout
from .forecasting import ReservoirForecasts
from .past import Keeping, StepPast
from .sequences import Sequences, check_longer, read_sequences, read_targets
from .supervised import SupervisedReservoir
from .training import AtSteps


class QRNNReservoirRegressor(MultiOutputMixin, RegressorMixin, ReservoirForecasts, SupervisedReservoir):
    """Reservoir of recurrent quantum cells with a linear readout, for series and for windows.

    Angles of the cells are random and frozen; only the readout ``y_t = a + B [x_t, z_t]`` learns, from inputs x and
    from the expectation values z of all cells, in one linear solve.

    2-D X: each row is a sequence of one channel with one target; the readout sees the whole row and the features behind
    its last step. 3-D X (n_sequences, n_steps, n_channels): a target for every step, y (n_sequences, n_steps) or
    (n_sequences, n_steps, n_targets); one long series is ``X[None]``; NaN stands behind the end of a sequence.

    Parameters
    ----------
    cell : Cell, default=None
        ``None`` means ``QRNNCell()``.
    readout : estimator, default=None
        Any linear regressor; ``None`` means `RidgeReadout`, for which features never are in memory as a whole.
        Features are small and not scaled: begin a pipeline by a `StandardScaler`.
    observables : Observable or SparsePauliOp, sequence of those, or callable, default=None
        What is measured in a cell, or a function of its number of qubits; ``None`` leaves it to the cell.
    washout : int, default=0
        First steps of each sequence that are left out of the fit and of `score`.
    n_reservoirs : int, default=16
        Number of cells side by side.
    input_scale : float, default=0.1
        Deviation of the inputs in the cells.
    hidden_scale : float, default=None
        Factor of the state where it is fed back; ``None`` leaves it to the cell.
    weight_scale : float, default=1.0
        Angles are uniform between minus and plus this many radians.
    leak : float, default=None
        Share of the new state in the next, in (0, 1]; ``None`` leaves it to the cell.
    train_cell : bool, default=False
        Train the angles too, by the exact gradient through time; the readout is solved for at every iteration.
    truncation : int, default=None
        Number of steps through which that gradient goes back; ``None`` means all.
    standardize : bool, default=True
        Whether each channel gets mean 0 and deviation 1 before ``input_scale``; in `partial_fit` by the first block.
    optimizer : callable, default=None
        See `minimize`, for ``train_cell``; ``None`` means `LBFGS`.
    max_iter : int, default=100
        Iterations of ``train_cell``.
    tol, n_iter_no_change : float or None, int, default=None, 10
        ``train_cell`` stops where the loss fell by no more than ``tol`` in so many iterations.
    early_stopping, validation_fraction : bool, float, default=False, 0.1
        Whether the loss that counts in ``train_cell`` is that of the last rows: the last steps of a series, or the last
        of several sequences, as large a share of all.
    n_restarts : int, default=1
        Number of starts of ``train_cell``, the best of which is kept.
    warm_start : bool, default=False
        Whether ``train_cell`` starts from the angles of the last fit.
    backend : Backend, default=None
        ``None`` means `Exact`.
    n_jobs : int, default=None
        Workers, one reservoir a task. `Exact` uses threads of its own without.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Writes a line every so many iterations of ``train_cell``.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    cell_ : Cell
    readout_ : estimator
        Fitted; its columns are the inputs, then the features, one reservoir after another.
    ensemble_ : Ensemble
        Its ``weights`` (n_reservoirs, n_weights) are the angles.
    washout_ : int
        The first steps of each sequence that were left out.
    past_ : WindowPast or StepPast
        The last rows or steps and what followed each, from which `forecast` goes on.
    loss_, loss_curve_, validation_loss_curve_
        The lowest loss of ``train_cell``, those of all iterations, and of rows held out, if any.
    n_iter_ : int
        Their number, or 1 for the solution of the readout.
    n_parameters_ : int
        Number of coefficients of the readout and, with ``train_cell``, of angles.

    References
    ----------
    S. Y.-C. Chen et al., Reservoir computing via quantum recurrent neural networks, arXiv 2211.02612.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import QRNNReservoirRegressor
    >>> series = np.sin(0.3 * np.arange(300))[None, :, None]
    >>> model = QRNNReservoirRegressor(washout=20, random_state=0).fit(series[:, :-1], series[:, 1:, 0])
    >>> model.score(series[:, :-1], series[:, 1:, 0]) > 0.999
    True
    >>> model.forecast(10).shape
    (1, 10)
    """

    _contents: ClassVar[dict] = {
        "readout_": instance(BaseEstimator),
        "past_": instance(WindowPast, StepPast),
    }
    _parameter_constraints: ClassVar[dict] = SupervisedReservoir._parameter_constraints

    def _learn_targets(self, y, sequences):
        return sequences, read_targets(self, y, sequences)

    def _of_rows(self, sequences, X, y):
        used = self._used(sequences)
        fixed, Y = (X[used], y[used]) if sequences.stepwise else (X[:, :, 0], y)
        return AtSteps(used), fixed, Y, None if sequences.weight is None else sequences.weight[used]

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None) -> Self:
        """Go on fitting: rows of 2-D X are further rows, sequences of 3-D X go on where those of the last call ended.

        The readout alone goes on: its sums hold features of the angles as they are, and would have to be made again
        from all rows before if the angles moved.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`. The first call sets the scale of the inputs. Blocks of one long series may differ in weight.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            further, sequences = self._is_trained, self._read_further(X, sample_weight)
            y = read_targets(self, y, sequences)
            if further:
                self._check_targets(sequences, y)
            self._go_on(sequences, y)
            self._fit_readout(sequences, y, further)
        return self

    def _check_targets(self, sequences: Sequences, y) -> None:
        n_targets, before = y[(0,) * (1 + sequences.stepwise)].size, len(self.past_.range.low)
        if n_targets != before:
            raise ValueError(f"Expected {before} targets as before, got {n_targets}.")

    def _fit_readout(self, sequences: Sequences, y, further: bool) -> None:
        """Fit the readout, and remember the range of the targets, the last of the data and where they ended."""
        (self._fit_to_steps if sequences.stepwise else self._fit_to_rows)(sequences, y, further)
        n_columns, n_targets = self.n_features_in_ + self.ensemble_.n_outputs, len(self.past_.range.low)
        self.n_parameters_ = self._count_parameters(n_columns, n_targets)

    def _fit_to_rows(self, sequences: Sequences, y, further: bool) -> None:
        fit_readout(self.readout_, [self._block(sequences, self._last(sequences), y)], further)
        before = self.past_ if further else None
        self.past_ = WindowPast.of(sequences.X[:, :, 0], y, before, sequences.weights)

    def _fit_to_steps(self, sequences: Sequences, y, further: bool) -> None:
        state, last = self._state_before(sequences, further), self._empty_columns(sequences)
        used, start = self._used(sequences, further), state.copy()
        before = self.past_ if further else None
        keeping = Keeping(sequences, y, self.washout_, before)
        blocks = self._step_blocks(sequences, y, state, used, last, keeping.begin, start)
        fit_readout(self.readout_, blocks, further)
        counted = used & (sequences.weight_of_steps > 0)
        limits, at_end = Range.of(y[counted].reshape(counted.sum(), -1), y.shape[1]), y[:, -1].copy()
        if before is not None:
            limits, at_end = before.range.further(limits), at_end.reshape(-1, *before.last.shape[1:])
        end = self._step_loop(limits, state, last) if sequences.inside.all() else None
        self.past_ = keeping.past(self, start, limits, at_end, end)

    def _state_before(self, sequences: Sequences, further: bool) -> np.ndarray:
        """States before the first step: where the call before ended, if the sequences go on from there."""
        if not further:
            return self.ensemble_.start(len(sequences.X))
        end = self.past_.end
        if end is None or len(end.state) != len(sequences.X):
            raise ValueError(
                "partial_fit goes on with the sequences of the call before: expected as many, and none that had ended "
                f"in NaN, got {len(sequences.X)}; use fit for others."
            )
        return end.state.copy()

    def _step_blocks(self, sequences, y, state, used, last, border, start):
        """Columns, targets, folds and weights of the steps behind the washout.

        `last` gets the columns of the last step, `start` the states before the step at the border.
        """
        n_sequences, n_steps = sequences.X.shape[:2]
        numbers = sequences.numbers(y.reshape(n_sequences, n_steps, -1))
        # Sequences are left out as a whole where there are enough of them, else stretches of time.
        folds = numbers[:, None] if numbers.max() >= 9 else np.arange(n_steps) * 5 // n_steps
        folds = np.broadcast_to(folds, (n_sequences, n_steps))
        for rows, steps, columns in self._blocks(sequences, state, max(0, border)):
            last[rows] = columns[:, -1]
            if steps.stop == border:
                start[rows] = state[rows]
            keep = used[rows, steps]
            if keep.any():
                weight = None if sequences.weight is None else sequences.weight[rows, steps][keep]
                yield columns[keep], y[rows, steps][keep], folds[rows, steps][keep], weight

    def predict(self, X) -> np.ndarray:
        """Predict.

        Parameters
        ----------
        X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)

        Returns
        -------
        ndarray (n_rows[, n_targets]) or (n_sequences, n_steps[, n_targets])
            Every step, those of the washout too; NaN behind the end of a sequence.
        """
        sequences = read_sequences(self, X)
        if not sequences.stepwise:
            return self.readout_.predict(self._last(sequences))
        out = np.full(sequences.X.shape[:2] + self.past_.last.shape[1:], np.nan)
        for rows, steps, columns in self._blocks(sequences):
            values = self.readout_.predict(columns.reshape(-1, columns.shape[2]))
            out[rows, steps] = values.reshape(*columns.shape[:2], *values.shape[1:])
        out[~sequences.inside] = np.nan
        return out

    def score(self, X, y, sample_weight=None) -> float:
        """Return R^2, for 3-D X over all steps behind the washout.

        Parameters
        ----------
        X, y, sample_weight
            As in `fit`.

        Returns
        -------
        float
        """
        predicted = self.predict(X)
        sequences = read_sequences(self, X)
        y = read_targets(self, y, sequences)
        check_longer(sequences, self.washout_)
        used = self._used(sequences) if sequences.stepwise else slice(None)
        if sample_weight is None:
            return r2_score(y[used], predicted[used])
        weighted = sequences.weighted(sample_weight)
        weight = weighted.weight_of_steps if sequences.stepwise else weighted.weights
        return r2_score(y[used], predicted[used], sample_weight=weight[used])

    def _empty_columns(self, sequences):
        return np.empty((len(sequences.X), sequences.X.shape[2] + self.ensemble_.n_outputs))
