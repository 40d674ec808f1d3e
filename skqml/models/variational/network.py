"""A compiled circuit with a linear readout, as one function of one vector of parameters."""

import numpy as np


class Network:
    """Scores ``s(x) = A <O>(x, w) + b`` of rows, with all parameters in one vector v.

    Parameters
    ----------
    program : Program
        Gives the values <O> of the observables.
    n_weights, n_observables, n_outputs : int
    readout : {"affine", "bias"} or None
        What of A and b is in v: both, b, or neither. A matrix that is not trained is the identity,
        or (-1, 1) for two outputs of a single observable; b is then 0.

    Raises
    ------
    ValueError
        If the readout is not trained, and the observables are not as many as the outputs.
    """

    def __init__(self, program, n_weights: int, n_observables: int, n_outputs: int, readout):
        self.program = program
        self.n_weights = n_weights
        self.shape = (n_outputs, n_observables)
        self.readout = readout
        self.fixed = None if readout == "affine" else _fixed_matrix(*self.shape)

    @property
    def n_parameters(self) -> int:
        """Length of v."""
        n_outputs, n_observables = self.shape
        return self.n_weights + {"affine": n_outputs * (n_observables + 1), "bias": n_outputs, None: 0}[self.readout]

    def pack(self, w, A, b) -> np.ndarray:
        """The vector v of weights and whatever of the readout is trained."""
        return np.concatenate([w, *{"affine": [A.ravel(), b], "bias": [b], None: []}[self.readout]])

    def unpack(self, v):
        """Weights (n_weights,), matrix A (n_outputs, n_observables) and offset b (n_outputs,)."""
        n_outputs = self.shape[0]
        w, rest = v[: self.n_weights], v[self.n_weights :]
        A = self.fixed if self.fixed is not None else rest[:-n_outputs].reshape(self.shape)
        return w, A, np.zeros(n_outputs) if self.readout is None else rest[-n_outputs:]

    def start(self, w) -> np.ndarray:
        """Parameters of given weights and a readout of zeros."""
        return self.pack(w, np.zeros(self.shape), np.zeros(self.shape[0]))

    def scores(self, X, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs)."""
        w, A, b = self.unpack(v)
        return self.program(X, w, rng) @ A.T + b

    def forward(self, X, v, rng=None):
        """Scores, and a function from their cotangents to those (dX, dv), dv summed over rows."""
        w, A, b = self.unpack(v)
        values, pullback = self.program.forward(X, w, rng)

        def of_all(g):
            dX, dw = pullback(g @ A)
            return dX, self.pack(dw, g.T @ values, g.sum(axis=0))

        return values @ A.T + b, of_all

    def fix_rows(self, X):
        """Rows that stay while the parameters change; see `Program.fix_rows`."""
        return NetworkRows(self, self.program.fix_rows(X))


class NetworkRows:
    """Fixed rows of a network, as a function of its parameters.

    Parameters
    ----------
    network : Network
    rows : FixedRows
        Of the network's program.
    """

    def __init__(self, network: Network, rows):
        self.network, self.rows = network, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index) -> "NetworkRows":
        return NetworkRows(self.network, self.rows[index])

    def __call__(self, v, rng=None) -> np.ndarray:
        """Scores (n_samples, n_outputs)."""
        w, A, b = self.network.unpack(v)
        return self.rows(w, rng) @ A.T + b

    def forward(self, v, rng=None):
        """Scores, and a function from their cotangents to dv."""
        w, A, b = self.network.unpack(v)
        values, pullback = self.rows.forward(w, rng)
        return values @ A.T + b, lambda g: self.network.pack(pullback(g @ A), g.T @ values, g.sum(axis=0))


def _fixed_matrix(n_outputs, n_observables):
    if n_observables == n_outputs:
        return np.eye(n_outputs)
    if (n_outputs, n_observables) == (2, 1):
        return np.array([[-1.0], [1.0]])
    raise ValueError(
        f"Without a trained readout expected one observable for each of {n_outputs} outputs (one will do for two "
        f"classes), got {n_observables} observables; choose others, or readout='affine'."
    )
