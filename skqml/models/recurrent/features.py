"""The transformer: features of a reservoir."""

from typing import ClassVar, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from ..._sklearn import StrOptions, fit_context
from ...states import count
from ..base.failures import unchanged_on_error
from .model import ReservoirModel
from .sequences import check_several, learn_sequences, read_sequences


class QRNNFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ReservoirModel):
    """Features that an ensemble of recurrent quantum cells with frozen angles makes of sequences.

    A row of 2-D X is a sequence of one channel; 3-D X is (n_sequences, n_steps, n_channels) with NaN behind the end of
    a sequence. Inputs have mean 0 and deviation ``input_scale`` before they enter.

    Parameters
    ----------
    cell, observables, n_reservoirs, input_scale, hidden_scale, weight_scale, leak, standardize
        As in `QRNNReservoirRegressor`.
    return_states : {"last", "all"}, default="last"
        For 2-D X, whether features are those behind the last step or those of all steps. 3-D X always gives all steps.
    backend, n_jobs, random_state
        As in `QRNNReservoirRegressor`.

    Attributes
    ----------
    cell_ : Cell
    ensemble_ : Ensemble
    n_parameters_ : int
        0, as nothing is trained.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.models.recurrent import QRNNFeatures
    >>> QRNNFeatures(n_reservoirs=2, random_state=0).fit_transform(np.eye(5)).shape  # 8 Z and 28 ZZ in each
    (5, 72)
    """

    _parameter_constraints: ClassVar[dict] = ReservoirModel._parameter_constraints | {
        "return_states": [StrOptions({"last", "all"})]
    }

    _contents: ClassVar[dict] = {"_n_features_out": count(least=1)}

    def __init__(
        self,
        cell=None,
        *,
        observables=None,
        n_reservoirs=16,
        input_scale=0.1,
        hidden_scale=None,
        weight_scale=1.0,
        leak=None,
        standardize=True,
        return_states="last",
        backend=None,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(
            cell,
            observables=observables,
            n_reservoirs=n_reservoirs,
            input_scale=input_scale,
            hidden_scale=hidden_scale,
            weight_scale=weight_scale,
            leak=leak,
            standardize=standardize,
            backend=backend,
            n_jobs=n_jobs,
            random_state=random_state,
        )
        self.return_states = return_states

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Learn the scale of the inputs, and draw the reservoirs.

        Parameters
        ----------
        X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)
        y : None
            Ignored.

        Returns
        -------
        self
        """
        with unchanged_on_error(self):
            sequences = learn_sequences(self, X)
            check_several(sequences)
            self._open(sequences)
            n_steps = sequences.X.shape[1] if self.return_states == "all" and not sequences.stepwise else 1
            self._n_features_out = n_steps * self.ensemble_.n_outputs
            self.n_parameters_ = 0
        return self

    def transform(self, X) -> np.ndarray:
        """Return features.

        Parameters
        ----------
        X : array-like (n_rows, n_steps) or (n_sequences, n_steps, n_channels)

        Returns
        -------
        ndarray (n_rows, n_features_out) or (n_sequences, n_steps, n_features_out)
            The latter with NaN behind the end of a sequence.
        """
        sequences = read_sequences(self, X)
        if not sequences.stepwise and self.return_states == "last":
            return self._last(sequences)[:, sequences.X.shape[1] :]
        shape = sequences.X.shape
        out = np.empty((*shape[:2], self.ensemble_.n_outputs))
        for rows, steps, columns in self._blocks(sequences):
            out[rows, steps] = columns[:, :, shape[2] :]
        if not sequences.stepwise:
            return out.reshape(len(out), -1)
        out[~sequences.inside] = np.nan
        return out
