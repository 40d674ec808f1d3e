"""Scores and all derivatives of a tensor network over sequences, beside a fold of the same matrices in NumPy."""

from collections.abc import Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group

LETTERS = "ACDEFGHIKLMNPQRSTVWY"


def cases(quick: bool) -> Iterator[Group]:
    """Yield sequences of proteins' letters."""
    n_samples, n_tokens = (50, 8) if quick else (2000, 64)
    codes = np.random.default_rng(0).integers(0, len(LETTERS), (n_samples, n_tokens))
    for n_boxes, sharing in ((1, "uniform"), (n_tokens - 1, "hierarchical")):
        name = f"Path, one qubit, post-selected, {sharing}: {n_samples} sequences of {n_tokens} tokens"
        yield Group(name, list(_contenders(codes, n_boxes, sharing)), reference="skqml")


def _contenders(codes, n_boxes, sharing) -> Iterator[Contender]:
    """Scores, and behind them the derivatives of the sum of those of class 1."""
    from skqml import QuantumTensorNetworkClassifier

    model = QuantumTensorNetworkClassifier(n_qubits=1, sharing=sharing, alphabet=LETTERS, max_iter=1, tol=None)
    network = model.fit(["".join(row) for row in np.array(list(LETTERS))[codes]], np.arange(len(codes)) % 2).network_
    rows, v = network.rows(codes), np.random.default_rng(1).normal(size=network.n_parameters)
    g = np.tile([0.0, 1.0], (len(codes), 1))

    def skqml():
        scores, pullback = network.forward(rows, v)
        return np.append(scores.ravel(), pullback(g))

    angles = network.unpack(v)
    tokens = network.token.forward(angles.tokens, 1)[0][:, :, 0]
    merges = network.box.forward(angles.merges, 4)[0].reshape(-1, 2, 2, 2, 2)[:, 0]
    matrices = np.einsum("pacb,lc->plab", merges, tokens)
    readout = network.token.forward(angles.readouts, 2)[0][0]

    def fold():
        h = tokens[codes[:, 0]]
        for t in range(1, codes.shape[1]):
            h = (matrices[min(t - 1, n_boxes - 1), codes[:, t]] @ h[:, :, None])[:, :, 0]
        p = np.abs(h @ readout.T) ** 2
        return np.log(p / p.sum(axis=1, keepdims=True)).ravel()

    yield Contender("skqml", skqml, note="scores and all derivatives")
    yield Contender("NumPy fold", fold, note="scores alone, matrices given", part=lambda r: r[: 2 * len(codes)])
