"""The sets of the accuracy table: small tables, images, strings, series, pixels, and quantum states."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.datasets import (
    fetch_california_housing,
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
)

from skqml.datasets import (
    fetch_fashion_mnist,
    fetch_medmnist,
    fetch_mnist,
    load_images,
    load_penguins,
    load_protein_locations,
    load_sunspots,
    make_adhoc,
    make_bond_alternating_xxz,
    make_cluster_ising,
    make_hidden_manifold,
    make_linearly_separable,
    make_pixels,
    make_two_curves,
    make_windows,
)

SEED = 0


@dataclass(frozen=True)
class Rows:
    """A set.

    Attributes
    ----------
    kind : str
        What its rows are, which says what models take them: "classes" and "numbers" are tables with such targets,
        "images" are squares of pixels, in rows, with classes.
    load : callable
        A function of a number of rows, which returns X and y, of at most so many rows.
    """

    kind: str
    load: Callable


def _few(X, y, n_rows):
    rows = np.random.default_rng(SEED).permutation(len(X))[:n_rows]
    return X[rows], y[rows]


def _table(load) -> Callable:
    return lambda n_rows: _few(*map(np.asarray, load(return_X_y=True)), n_rows)


def _images(fetch) -> Callable:
    """Images of 28 x 28 pixels as means of 4 x 4 of them, 49 features for all models."""

    def load(n_rows):
        X, y = _few(*fetch(return_X_y=True), n_rows)
        return np.reshape(X, (-1, 7, 4, 7, 4)).mean(axis=(2, 4)).reshape(len(X), -1), y

    return load


def _proteins(n_rows):
    found = load_protein_locations()
    X, y = _few(found.data, found.target, n_rows)
    return np.array([letters[:60] for letters in X], dtype=object)[:, None], y


def _sunspots(n_rows):
    return make_windows(load_sunspots().data[-n_rows - 4 :], width=4)


def _camera(n_rows):
    step = int(np.ceil(32 / np.sqrt(n_rows)))
    return make_pixels(load_images("camera", 32)[::step, ::step])


# Those of ten classes, which take the longest, come last.
SETS = {
    "iris": Rows("classes", _table(load_iris)),
    "wine": Rows("classes", _table(load_wine)),
    "breast cancer": Rows("classes", _table(load_breast_cancer)),
    "penguins": Rows("classes", _table(load_penguins)),
    "PneumoniaMNIST 7x7": Rows("images", _images(partial(fetch_medmnist, "pneumoniamnist"))),
    "BreastMNIST 7x7": Rows("images", _images(partial(fetch_medmnist, "breastmnist"))),
    "ad hoc": Rows("classes", lambda n: make_adhoc(n, random_state=SEED)),
    "linearly separable": Rows("classes", lambda n: make_linearly_separable(n, 10, random_state=SEED)),
    "hidden manifold": Rows("classes", lambda n: make_hidden_manifold(n, 10, random_state=SEED)),
    "two curves": Rows("classes", lambda n: make_two_curves(n, 10, random_state=SEED)),
    "cluster Ising": Rows("states", lambda n: make_cluster_ising(n, random_state=SEED)),
    "XXZ": Rows("states", lambda n: make_bond_alternating_xxz(n, random_state=SEED)),
    "diabetes": Rows("numbers", _table(load_diabetes)),
    "California housing": Rows("numbers", _table(fetch_california_housing)),
    "proteins": Rows("strings", _proteins),
    "sunspots": Rows("windows", _sunspots),
    "camera": Rows("pixels", _camera),
    "digits": Rows("images", _table(load_digits)),
    "MNIST 7x7": Rows("images", _images(fetch_mnist)),
    "Fashion 7x7": Rows("images", _images(fetch_fashion_mnist)),
}
