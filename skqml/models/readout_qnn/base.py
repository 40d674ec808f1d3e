"""How rows become bits or states, which circuits see them, and what is minimised."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone

from ..._checks import check_numbers
from ..._sklearn import Count, Number, StrOptions
from ...backends import Backend, Exact
from ...backends.redrawn import Drawing
from ...states import instance, nullable
from ...training import logistic_loss
from ...training.risk import Risk
from ..base.classifiers import TrainedClassifier
from ..base.distinct_rows import distinct_rows
from ..base.drawing import KeptCircuit
from .bits import BitInputs, ThresholdBits, superposition
from .inputs import Inputs
from .network import CircuitNetwork, ProductNetwork, readout_circuit
from .quantum_states import StateInputs

_INPUTS: dict[str, Inputs] = {"bits": BitInputs(), "state": StateInputs()}
_MAX_STATE_BITS = 22


class ReadoutQubits(KeptCircuit, TrainedClassifier):
    """Base class: a readout qubit for each class, or one for two; has the parameters of ``_parameter_constraints``."""

    _default_parts: ClassVar[dict] = {**TrainedClassifier._default_parts, "backend": lambda self: Exact()}
    _contents: ClassVar[dict] = {
        "thresholds_": nullable(instance(ThresholdBits, n_features="n_features", n_bits="n_bits")),
        "network_": instance(ProductNetwork, CircuitNetwork, n_bits="n_bits"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **TrainedClassifier._parameter_constraints,
        "n_layers": [Count()],
        "gates": [Sequence],
        "bias": ["boolean"],
        "inputs": [StrOptions(set(_INPUTS))],
        "threshold": [StrOptions({"quantiles"}), Number(-np.inf)],
        "n_thresholds": [Count()],
        "loss": [callable, None],
        "init": ["array-like", None],
        "superposition_batches": ["boolean"],
        "backend": [Backend, None],
    }

    _default_loss = staticmethod(logistic_loss)

    def _validate(self, X, *y, **options):
        first = options.get("reset", True)
        if y and first:
            self._check_gates()
        inputs = self._inputs if first else self._fitted_inputs
        if y:
            inputs.check(self)
        return inputs.read(self, X, *y, **options)

    def _check_whole(self):
        super()._check_whole()
        if self.network_.n_readouts != self._n_readouts:
            raise ValueError(f"{self.network_.n_readouts} readouts where {self._n_readouts} belong")

    @property
    def _inputs(self) -> Inputs:
        return _INPUTS[self.inputs]

    @property
    def _fitted_inputs(self) -> Inputs:
        return _INPUTS["state" if self.thresholds_ is None else "bits"]

    @property
    def _n_readouts(self) -> int:
        return self._n_outputs if self._n_outputs > 2 else 1

    def _check_gates(self) -> None:
        if not self.gates or not set(self.gates) <= {"ZX", "XX"}:
            raise ValueError(f"gates must be a sequence of 'ZX' and 'XX', got {self.gates!r}.")

    def _build(self, X, weight):
        self.thresholds_, n_bits = self._inputs.learn(self, X, weight)
        if self.superposition_batches and n_bits > _MAX_STATE_BITS:
            raise ValueError(
                f"superposition_batches have 2^n amplitudes for n bits, at most {_MAX_STATE_BITS} bits, "
                f"got {n_bits}; use fewer features or thresholds."
            )
        n_readouts = self._n_readouts
        products = ProductNetwork(n_bits, self.n_layers, n_readouts, tuple(self.gates), bool(self.bias))
        self.network_: ProductNetwork | CircuitNetwork = products
        if self.backend is not None:
            drawing = Drawing(readout_circuit, n_bits, tuple(self.gates), self.n_layers, bool(self.bias))
            self.network_ = CircuitNetwork(clone(self.backend), drawing, n_readouts)
        self.n_parameters_ = products.n_parameters

    def _kept_circuit(self) -> QuantumCircuit:
        return self.network_.circuit

    def _prepare(self, X):
        return X if self.thresholds_ is None else self.thresholds_.transform(X)

    def _risk(self, X, Y, weight, penalty, rng):
        rows = self._prepare(X)
        if self.thresholds_ is not None:  # rows that differ may have the same bits
            rows, Y, weight = distinct_rows(rows, Y, weight)
        signs = 2 * Y[:, -self.network_.n_readouts :] - 1
        kind = SuperposedRisk if self.superposition_batches else Risk
        return kind(self.network_, self._loss, rows, signs, weight, penalty, rng)

    def _start(self, rng):
        n_readouts = self.network_.n_readouts
        n_weights = self.n_parameters_ // n_readouts
        if self.init is None:  # wide sums of phases would wrap around at once
            return rng.normal(0.0, 0.3 / np.sqrt(n_weights), self.n_parameters_)
        if (v := check_numbers("init", self.init, (0, 1, 2))).size != self.n_parameters_:
            raise ValueError(f"init must be numbers of shape {(n_readouts, n_weights)}, got shape {v.shape}.")
        return v.ravel()

    @property
    def _stochastic(self):
        return super()._stochastic or self.superposition_batches

    def _fitted(self, v):
        return {"weights_": v.reshape(self.network_.n_readouts, -1)}

    def _scores(self, X):
        f = super()._scores(X)
        return f if f.shape[1] > 1 else 0.5 * np.hstack([-f, f])


class SuperposedRisk(Risk):
    """A `Risk` of one state a class: the superposition of all its rows, with random phases."""

    def _batch(self, batch):
        rows, Y, share = super()._batch(batch)
        classes = Y.argmax(axis=1) if Y.shape[1] > 1 else (Y[:, 0] > 0).astype(int)
        present, first = np.unique(classes, return_index=True)
        shares = np.array([share[classes == k].sum() for k in present])
        states = np.stack([superposition(rows, share * (classes == k), self.rng) for k in present])
        return states, Y[first], shares
