"""The base of models of one trained circuit with an affine readout."""

from typing import Any, ClassVar

from ...._sklearn import Number
from ....states import floats, instance
from .circuit import CircuitModel
from .network import ReadoutNetwork


class ReadoutModel(CircuitModel):
    """Base class of models whose ``_build`` sets ``standardizer_`` and ``network_``, a `ReadoutNetwork`.

    It stands beside `TrainedClassifier` or `TrainedRegressor`. A subclass has the parameters of
    ``_parameter_constraints``.
    """

    network_: ReadoutNetwork

    _contents: ClassVar[dict] = {
        "network_": instance(ReadoutNetwork),
        "weights_": floats(None),
        "readout_coef_": floats("n_outputs", "n_observables"),
        "readout_intercept_": floats("n_outputs"),
    }
    _parameter_constraints: ClassVar[dict] = CircuitModel._parameter_constraints | {"alpha": [Number(closed="left")]}

    def __init__(self, *, alpha, **options):
        super().__init__(**options)
        self.alpha = alpha

    def _penalty(self, v, n_samples):
        return self.network_.penalty(v, self.alpha / n_samples)

    def _fitted(self, v) -> dict[str, Any]:
        w, A, b = self.network_.unpack(v)
        return {"weights_": w, "readout_coef_": A, "readout_intercept_": b}
