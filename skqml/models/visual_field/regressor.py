"""The visual field regressor."""

from typing import ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import clone
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ..._checks import check_count, check_numbers
from ..._sklearn import Count, Number, StrOptions
from ...backends import Backend, Exact
from ...states import instance
from ..base.input_gradients import InputGradients
from ..base.perceptrons import perceptron_twin
from ..base.regressors import TrainedRegressor
from ..base.rotations.rotations import Rotations
from ..base.twin import TwinRegressor
from .circuits import block_gates, field_circuit, first_nodes, identity_angles, tree_angles
from .coordinates import PositionalEncoding
from .heads import head_of
from .metrics import psnr
from .network import FieldNetwork, FieldRows, likeliest_code
from .perceptron import Perceptron

_REACH = 0.9  # of values of Z that targets span: an expectation of 1 needs a perfect state


class QuantumFieldRegressor(TrainedRegressor, InputGradients):
    r"""Fields over space, such as images and solids, by a perceptron that loads a small circuit with amplitudes.

    A perceptron turns sines of the coordinates into energies E of the 2^n basis states. Their probabilities
    ``P_i ~ exp(-beta E_i)`` are loaded as the state ``sum_i sqrt(P_i) |i>``, which trained real rotations S turn, and
    ``y_c = <Z_c>`` of the first qubits, scaled to the range of the targets.

    Parameters
    ----------
    n_qubits : int, default=5
        As many as targets at least.
    n_blocks : int, default=3
        Blocks of S: RY on each qubit, controlled RY on each pair, and the same gates backwards.
    hidden_layer_sizes : sequence of int, default=(32, 32)
    activation : {"relu", "sine"}, default="relu"
    n_frequencies : int, default=None
        Sines and cosines of each coordinate, of 1/2, 1, 2, ... periods over half its range; ``None`` means 6 for up to
        three coordinates, and none for more.
    beta : float, default=1.0
        Inverse temperature.
    ansatz_init : {"identity", "gaussian"}, default="identity"
        S starts as the identity, each block taking back its own random angles, or near it, with angles of variance
        ``1 / n_angles``.
    state : {"pure", "mixed"}, default="pure"
        "mixed" loads ``sum_i P_i |i><i|`` instead: values are linear in P.
    entangled : bool, default=True
        Without, each qubit has an energy, and blocks are RY alone: states are products.
    n_latent : int, default=0
        Above 0 the last column of X is the number of a field, and each field has a trained code of this length, an
        input more of the perceptron.
    alpha : float, default=1e-3
        Penalty ``alpha |z|^2 / 2`` of codes z, against the sum of losses.
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` where there are batches or shots.
    learning_rate : float, default=0.003
        Of Adam.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=500
        Limit of iterations; with mini-batches, of passes over all rows.
    tol, n_iter_no_change : float or None, int, default=1e-4, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with ``tol=None`` only after
        ``max_iter``, as memorising an image takes.
    early_stopping, validation_fraction, n_restarts, warm_start
        As in `VariationalRegressor`.
    backend : Backend, default=None
        Runs circuits; ``None`` means their matrix.
    random_state : int, RandomState or None, default=None
        Draws the start, mini-batches and shots.
    verbose, checkpoint
        As in `VariationalRegressor`.

    Attributes
    ----------
    weights_ : ndarray (n_parameters,)
        Weights of the perceptron, angles, codes.
    angles_ : ndarray (n_angles,)
        Of S, in the order of the weights of ``circuit_``.
    codes_ : ndarray (n_fields, n_latent)
    encoding_ : PositionalEncoding
        Ranges of coordinates, and numbers of fields.
    circuit_ : QuantumCircuit
        Its data are what `tree_angles` gives.
    n_parameters_ : int
        Number of trained numbers.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    Exactly, values are ``a^T M_c a`` of unit vectors a: a quadratic head of eigenvalues +-1. Compare it with a free
    one, on points not trained on: a network of as many parameters as pixels just remembers.

    References
    ----------
    S. Wang, C. Theobalt and V. Golyanik, arXiv 2508.10900; the entangling gates, published as a figure alone, are ours.

    Examples
    --------
    >>> from skqml.datasets import load_images, make_pixels
    >>> from skqml.models.visual_field import QuantumFieldRegressor
    >>> X, y = make_pixels(load_images("camera", 32)[::2, ::2])
    >>> model = QuantumFieldRegressor(max_iter=60, tol=None, random_state=0).fit(X, y)
    >>> model.psnr(X, y) > 20
    True
    """

    _default_parts: ClassVar[dict] = {**TrainedRegressor._default_parts, "backend": lambda self: Exact()}
    _contents: ClassVar[dict] = {
        "encoding_": instance(PositionalEncoding, n_features="n_features", n_fields="n_fields"),
        "network_": instance(FieldNetwork, n_fields="n_fields"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **TrainedRegressor._parameter_constraints,
        "n_qubits": [Count()],
        "n_blocks": [Count()],
        "hidden_layer_sizes": ["array-like"],
        "activation": [StrOptions({"relu", "sine"})],
        "n_frequencies": [Count(0), None],
        "beta": [Number()],
        "ansatz_init": [StrOptions({"identity", "gaussian"})],
        "state": [StrOptions({"pure", "mixed"})],
        "entangled": ["boolean"],
        "n_latent": [Count(0)],
        "alpha": [Number(closed="left")],
        "backend": [Backend, None],
    }

    def __init__(
        self,
        n_qubits=5,
        n_blocks=3,
        hidden_layer_sizes=(32, 32),
        activation="relu",
        *,
        n_frequencies=None,
        beta=1.0,
        ansatz_init="identity",
        state="pure",
        entangled=True,
        n_latent=0,
        alpha=1e-3,
        optimizer=None,
        learning_rate=0.003,
        batch_size=None,
        max_iter=500,
        tol=1e-4,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        warm_start=False,
        backend=None,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        super().__init__(
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_iter=max_iter,
            tol=tol,
            n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_restarts=n_restarts,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.n_qubits = n_qubits
        self.n_blocks = n_blocks
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.n_frequencies = n_frequencies
        self.beta = beta
        self.ansatz_init = ansatz_init
        self.state = state
        self.entangled = entangled
        self.n_latent = n_latent
        self.alpha = alpha
        self.backend = backend

    def _scale(self, Y, weight):
        """Middle and half range of the targets."""
        low, high = Y[weight > 0].min(axis=0), Y[weight > 0].max(axis=0)
        width = 0.5 * high - 0.5 * low
        return 0.5 * high + 0.5 * low, np.where(width > 0, width, 1.0) / _REACH

    def _build(self, X, weight):
        if self._n_outputs > self.n_qubits:
            raise ValueError(f"n_qubits must be at least {self._n_outputs}, one a target, got {self.n_qubits}.")
        layers = [check_count("Each of hidden_layer_sizes", size) for size in self.hidden_layer_sizes]
        self.encoding_ = PositionalEncoding(self.n_frequencies, self.n_latent > 0).fit(X, sample_weight=weight)
        rotations = Rotations(self.n_qubits, block_gates(self.n_qubits, self.n_blocks, self.entangled))
        head = head_of(self.state, clone(self.backend, safe=False), rotations, self._n_outputs, self.entangled)
        inputs, n_energies = self.encoding_.n_outputs_ + self.n_latent, self.n_qubits
        perceptron = Perceptron((inputs, *layers, 2**n_energies if self.entangled else n_energies), self.activation)
        sizes = len(self.encoding_.fields_), self.n_latent
        self.network_ = FieldNetwork(perceptron, head, self.beta, *sizes, self.entangled)
        self.n_parameters_ = self.network_.n_parameters

    def _prepare(self, X):
        return FieldRows(self.encoding_.encode(X), self.encoding_.fields_of(X))

    def _start(self, rng):
        v = np.zeros(self.n_parameters_)
        weights, theta, codes = self.network_.unpack(v)
        weights[:] = self.network_.perceptron.start(rng)
        n, identity = len(theta), self.ansatz_init == "identity"
        theta[:] = identity_angles(n, self.n_blocks, rng) if identity else rng.normal(0.0, n**-0.5, n)
        codes[:] = rng.normal(0.0, 0.1, codes.shape)
        return v

    def _penalty(self, v, n_samples):
        slope = np.zeros_like(v)
        codes = self.network_.unpack(v)[2]
        self.network_.unpack(slope)[2][:] = self.alpha * codes / n_samples
        return 0.5 * self.alpha * np.sum(codes**2) / n_samples, slope

    def _fitted(self, v):
        _, theta, codes = self.network_.unpack(v)
        return {"weights_": v, "angles_": theta, "codes_": codes}

    def _pullback(self, X):
        rows = self._prepare(X)
        weights, theta, codes = self.network_.unpack(self._state.v)
        S, back = self.network_.values(rows.inputs, codes[rows.fields], weights, theta)
        return S, lambda g: self.encoding_.pullback(X, back(g)[0][:, : rows.inputs.shape[1]])

    # Use

    @property
    def circuit_(self) -> QuantumCircuit:
        """The circuit in use, of data and weights."""
        check_is_fitted(self)
        return field_circuit(self.n_qubits, self.network_.head.rotations.gates, self.entangled)

    def psnr(self, X, y) -> float:
        """Peak signal-to-noise ratio of the predictions, in dB; see `skqml.models.visual_field.psnr`."""
        y, values = check_numbers("y", y, (1, 2)), self.predict(X)
        if y.shape != values.shape:
            raise ValueError(f"y must have shape {values.shape}, as predictions have, got shape {y.shape}.")
        return psnr(y, values)

    def tree_angles(self, X) -> np.ndarray:
        """Data (n_samples, n_data) of ``circuit_`` for points X (n_samples, n_features)."""
        check_is_fitted(self)
        P = self.network_.probabilities(self._prepare(self._validate(X, reset=False)), self._state.v)
        return tree_angles(P)[0][:, first_nodes(self.n_qubits, self.entangled)]

    def complete(self, X, y, X_new) -> np.ndarray:
        """Values of a field that fit has not seen, at other points, from some of its points.

        The model stays as it is; the code of the field is the likeliest, from the best of ``codes_`` on.

        Parameters
        ----------
        X : array-like (n_points, n_coordinates)
            Coordinates alone.
        y : array-like (n_points,) or (n_points, n_targets)
        X_new : array-like (n_new, n_coordinates)

        Returns
        -------
        ndarray (n_new,) or (n_new, n_targets)
        """
        check_is_fitted(self)
        if not self.n_latent:
            raise ValueError("complete needs a model of several fields, got n_latent=0; fit one with more.")
        inputs, new = self.encoding_.encode_points("X", X), self.encoding_.encode_points("X_new", X_new)
        y = check_numbers("y", y, (1, 2))
        check_consistent_length(inputs, y)
        code = likeliest_code(self.network_, self._state.v, inputs, self._known(y), self.alpha)
        return self._values(self.network_.values_of_code(new, code, self._state.v))

    def product_twin(self) -> Self:
        """Unfitted counterpart without entanglement: this model with ``entangled=False``."""
        return clone(self).set_params(entangled=False)

    def classical_twin(self) -> TwinRegressor:
        """Unfitted perceptron on the same sines, of about as many parameters; before `fit`, of 16 hidden units."""
        encoding = PositionalEncoding(self.n_frequencies, self.n_latent > 0)
        fields = len(self.encoding_.fields_) if self._is_trained and self.n_latent else 0
        n_inputs = self.encoding_.n_outputs_ + fields if self._is_trained else None
        return perceptron_twin(self, n_inputs, transformer=encoding, standardize=False)
