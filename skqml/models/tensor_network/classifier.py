"""The tensor network classifier."""

from typing import ClassVar

import numpy as np
from qiskit.circuit import Gate, QuantumCircuit
from sklearn.utils.validation import check_is_fitted

from ..._checks import check_count, check_numbers, shown
from ..._sklearn import Count, Number, StrOptions
from ...states import instance
from ...training.risk import Risk
from ..base.classifiers import TrainedClassifier
from ..base.distinct_rows import distinct_rows
from ..base.perceptrons import perceptron_twin
from .contractions import Discard, Postselect
from .drawing import sequence_circuit
from .encoder import LETTERS, Letters
from .network import TensorNetwork
from .path import PathNetwork
from .reading import SequenceReader
from .start import start_angles
from .tree import TreeNetwork, check_entries
from .twin import SequenceTwin, n_counts

_NETWORKS = {"path": PathNetwork, "convolutional": TreeNetwork}
_CONTRACTIONS = {"postselect": Postselect, "discard": Discard}


class QuantumTensorNetworkClassifier(SequenceReader, TrainedClassifier):
    r"""Classes of sequences, whose tokens small trained circuits merge one by one.

    A token is a state of few qubits, RX RZ RX on each for its letter. A box ``U(theta)`` on two tokens leaves the
    first: the second is found in 0 (post-selection), ``h' ~ <0|_2 U |h>|w>``, or discarded,
    ``rho' = Tr_2[U rho x |w><w| U^H]``. After the last box RX RZ RX on each qubit turn h, and
    ``p(class k) ~ |<k|V h>|^2``; of more than ``2^n_qubits`` classes each has a V of its own and the outcome 0.

    Simulated exactly, at any length: a path is a product of one small matrix a token.

    Parameters
    ----------
    architecture : {"path", "convolutional"}, default="path"
        A path merges token after token into one state. A convolutional network has levels: boxes across the borders of
        neighbouring pairs leave both tokens, then each pair is merged; a last odd token waits.
    sharing : {"uniform", "hierarchical"}, default="uniform"
        One box for all places, or one for each place of the path, or level.
    n_qubits : {1, 2, 3}, default=2
        Of a token.
    n_layers : int, default=1
        Of a box: RY on each of its qubits, a ring of controlled RX, RY, and the ring the other way round.
    contraction : {"postselect", "discard"}, default="postselect"
        What becomes of the second token of a box.
    alphabet, n_bins, max_length
        How X becomes letters; see `SequenceEncoder`.
    init : {"small", "counts"} or array-like (n_parameters,), default="small"
        Start of the angles: about 0, or so that the logarithm of ``p_0 / p_1`` is linear in counts of letters, as in
        logistic regression, from where training goes on; or these numbers. "counts" learns in fewer iterations, of long
        sequences above all; it needs tokens that are post-selected.
    init_scale : float, default=None
        Deviation of what is drawn on top; ``None`` means 0.3, divided by the length of sequences for "counts".
    optimizer : callable, default=None
        See `skqml.training.minimize`. ``None`` means `LBFGS`, or `Adam` with a ``batch_size``.
    learning_rate : float, default=0.01
        Of Adam.
    batch_size : int, default=None
        Rows of a mini-batch; ``None`` means all.
    max_iter : int, default=300
        Limit of iterations; with mini-batches, of passes over all rows.
    tol, n_iter_no_change : float or None, int, default=1e-3, 10
        Training stops where the loss fell by no more than ``tol`` in so many iterations; with
        ``tol=None`` only after ``max_iter``.
    early_stopping, validation_fraction, n_restarts, class_weight, warm_start
        As in `VariationalClassifier`.
    random_state : int, RandomState or None, default=None
        Draws the start and the mini-batches.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    classes_ : ndarray (n_classes,)
        Labels.
    letters_ : list of str
        In the order of their codes.
    alphabet_ : Letters
        Makes codes of letters.
    weights_ : ndarray (n_parameters,)
        Angles of letters, of boxes that merge, of those that cross, and of the readouts.
    n_parameters_ : int
        Number of trained numbers.
    circuit_ : QuantumCircuit
        The trained circuit of a sequence of the longest kind, tokens being gates without a definition; `circuit` gives
        that of one sequence.
    loss_, loss_curve_, validation_loss_curve_, n_iter_
        The lowest loss, those of all iterations (of rows held out, if any), and their number.

    Notes
    -----
    A path that is post-selected is a weighted automaton of ``2^n_qubits`` complex states, a linear recurrent network:
    nothing needs a quantum computer, on which `success_probability` is the share of runs that count. Where letters
    alone decide, counts of them do as well: the twin sees nothing else of strings. Bonds of a convolutional network
    grow with its depth: 64 tokens of one qubit take 400 times as long as in a path, and what does not fit is refused.

    References
    ----------
    C. Harvey, R. Yeung and K. Meichanetzidis, Sequence processing with quantum tensor networks, arXiv 2308.07865;
    D. Kundu et al., arXiv 2403.06890, for proteins.

    Examples
    --------
    >>> from skqml.datasets import make_membrane
    >>> from skqml.models.tensor_network import QuantumTensorNetworkClassifier
    >>> X, y = make_membrane(400, random_state=0)
    >>> model = QuantumTensorNetworkClassifier(max_iter=60, tol=None, random_state=0).fit(X[:200], y[:200])
    >>> model.score(X[200:], y[200:]) > 0.85
    True
    """

    _contents: ClassVar[dict] = {
        "alphabet_": instance(Letters),
        "network_": instance(TensorNetwork, n_classes="n_classes"),
    }
    _parameter_constraints: ClassVar[dict] = {
        **TrainedClassifier._parameter_constraints,
        "architecture": [StrOptions(set(_NETWORKS))],
        "sharing": [StrOptions({"uniform", "hierarchical"})],
        "n_qubits": [Count()],
        "n_layers": [Count()],
        "contraction": [StrOptions(set(_CONTRACTIONS))],
        **LETTERS,
        "init": [StrOptions({"small", "counts"}), "array-like"],
        "init_scale": [Number(), None],
    }

    def __init__(
        self,
        architecture="path",
        sharing="uniform",
        n_qubits=2,
        n_layers=1,
        *,
        contraction="postselect",
        alphabet=None,
        n_bins=8,
        max_length=None,
        init="small",
        init_scale=None,
        optimizer=None,
        learning_rate=0.01,
        batch_size=None,
        max_iter=300,
        tol=1e-3,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        n_restarts=1,
        class_weight=None,
        warm_start=False,
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
            class_weight=class_weight,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            checkpoint=checkpoint,
        )
        self.architecture = architecture
        self.sharing = sharing
        self.n_qubits = n_qubits
        self.n_layers = n_layers
        self.contraction = contraction
        self.alphabet = alphabet
        self.n_bins = n_bins
        self.max_length = max_length
        self.init = init
        self.init_scale = init_scale

    def _validate(self, X, *y, **options):
        if options.get("reset", True):
            check_count("n_qubits", self.n_qubits, most=3)
        return super()._validate(X, *y, **options)

    def _build(self, X, weight):
        self.alphabet_ = Letters.learn(X, weight, self.alphabet, self.n_bins, self.max_length)
        self.letters_ = self.alphabet_.names
        contraction, length = _CONTRACTIONS[self.contraction](self.n_qubits), self.alphabet_.max_length
        if self.architecture == "convolutional":
            check_entries(contraction, length)
        n_boxes = 1
        if self.sharing == "hierarchical":
            n_boxes = max(1, length - 1 if self.architecture == "path" else (length - 1).bit_length())
        kind = _NETWORKS[self.architecture]
        self.network_ = kind(contraction, self.n_layers, len(self.alphabet_), n_boxes, self._n_outputs)
        self.n_parameters_ = self.network_.n_parameters

    def _prepare(self, X):
        return self.network_.rows(self.alphabet_.codes(X))

    def _risk(self, X, Y, weight, penalty, rng):
        codes, Y, weight = distinct_rows(self.alphabet_.codes(X), Y, weight)
        return Risk(self.network_, self._loss, self.network_.rows(codes), Y, weight, penalty, rng)

    def _start(self, rng):
        return start_angles(self.network_, self.alphabet_.max_length, self.init, self.init_scale, rng)

    def _fitted(self, v):
        return {"weights_": v}

    def success_probability(self, X) -> np.ndarray:
        """Share (n_samples,) of the runs of a circuit in which all that is post-selected is found in 0.

        Parameters
        ----------
        X : sequences of n_samples
            As in `fit`.

        Returns
        -------
        ndarray (n_samples,)
            1 where tokens are discarded.
        """
        check_is_fitted(self)
        rows = self._prepare(self._validate(X, reset=False))
        return np.exp(self.network_.log_success(rows, self.weights_))

    @property
    def circuit_(self) -> QuantumCircuit:
        """The trained circuit, tokens being gates without a definition."""
        check_is_fitted(self)
        n_tokens = self.alphabet_.max_length

        def put_token(qc, qubits, t):
            qc.append(Gate(f"token {t}", len(qubits), []), qubits)

        return sequence_circuit(self.network_, self.weights_, n_tokens, put_token)

    def circuit(self, x, readout=0) -> QuantumCircuit:
        """Return the trained circuit of one sequence, ready to be transpiled.

        Parameters
        ----------
        x : str, or array-like (n_features,)
        readout : int, default=0
            Class that it measures, of more than ``2^n_qubits`` classes.

        Returns
        -------
        QuantumCircuit
            Outcome k of its first ``n_qubits`` qubits is class k (where classes have readouts of their own, outcome 0
            is that class), given that all others are 0, or whatever they are.
        """
        check_is_fitted(self)
        check_count("readout", readout, 0, self.network_.n_readouts - 1)
        if isinstance(x, str) != (self.alphabet_.kind == "u"):
            raise ValueError(f"x must be a string if fit read strings, and numbers if it read those, got {shown(x)}.")
        row = [x] if isinstance(x, str) else check_numbers("x", x).reshape(1, -1)
        codes = self.alphabet_.codes(self._validate(row, reset=False))[0]
        codes, angles = codes[codes >= 0], self.network_.unpack(self.weights_)

        def put_token(qc, qubits, t):
            self.network_.token.draw(qc, qubits, angles.tokens[codes[t]])

        return sequence_circuit(self.network_, self.weights_, len(codes), put_token, readout)

    def classical_twin(self) -> SequenceTwin:
        """Unfitted classical counterpart of about as many parameters: a perceptron on the same letters.

        Of strings it sees the share of each letter, of tables the letter of each column; before `fit` it has 16 hidden
        units.
        """
        n_inputs = n_counts(self.alphabet_) if self._is_trained else None
        letters = {"alphabet": self.alphabet, "n_bins": self.n_bins, "max_length": self.max_length}
        return perceptron_twin(self, n_inputs, kind=SequenceTwin, **letters)
