"""APGD on models of 10 qubits: all steps on all rows, and rows that fall and are left alone."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from benchmarks.frame.contest import Contender, Group

_UNMOVED = 1e-9  # no row falls to so little


def cases(quick: bool) -> Iterator[Group]:
    """Yield attacks on a model of 10 features and one of 256, of which no row falls, and one whose rows fall soon."""
    n_samples, steps = (16, 3) if quick else (1000, 100)
    rounds = 1 if quick else 3
    for name, make, epsilon in [
        ("variational, 10 features, all stand", _variational, _UNMOVED),
        ("block encoding, 256 features, all stand", _blocks, _UNMOVED),
        ("block encoding, 256 features, some fall", _blocks, 0.05),
    ][: 1 if quick else 3]:
        title = f"APGD on {name}, 10 qubits, {n_samples} rows, {steps} steps"
        yield Group(title, list(_contenders(make, n_samples, steps, epsilon)), "double", rounds=rounds)


def _contenders(make, n_samples: int, steps: int, epsilon: float) -> Iterator[Contender]:
    from skqml import Exact
    from skqml.attacks import apgd

    X = np.random.default_rng(0).uniform(0.0, 1.0, (n_samples, make.n_features))
    for precision in ("double", "single"):
        model = make(Exact(precision=precision)).fit(X[:16], np.arange(16) % 2)
        attack = partial(apgd, model, X, model.predict(X), epsilon, steps=steps, random_state=0)
        # Where slopes are nearly 0 their signs differ, so that it is distances that are compared.
        yield Contender(precision, attack, read=lambda Z: (np.abs(Z - X).max() <= 1.001 * epsilon).astype(float))


def _blocks(backend):
    from skqml import BlockEncodingClassifier

    options = {"standardize": False, "bandwidth": 0.3, "max_iter": 1, "tol": None, "random_state": 0}
    return BlockEncodingClassifier(10, (8, 6, 6, 6), backend=backend, **options)


def _variational(backend):
    from skqml import AngleEncoding, VariationalClassifier

    return VariationalClassifier(AngleEncoding(), backend=backend, max_iter=1, tol=None, random_state=0)


_blocks.n_features, _variational.n_features = 256, 10
