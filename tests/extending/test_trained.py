"""A trained model of a user's own: rows held out, weights of rows and small steps come with the base class."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from skqml import Exact, ReuploadingEncoding, all_z
from skqml.models.base import TrainedClassifier


class Circuit:
    def __init__(self, n_features, n_outputs):
        self.circuit = ReuploadingEncoding(n_outputs, n_blocks=3, trainable=True).build(n_features)
        self.scores = Exact().compile(self.circuit, all_z(n_outputs))

    def forward(self, rows, v, rng=None):
        values, pullback = self.scores.forward(rows, v, rng)
        return values, lambda g: pullback(g)[1]


class Reuploaded(TrainedClassifier):
    def __init__(self, max_iter=30, early_stopping=False):
        super().__init__(max_iter=max_iter, early_stopping=early_stopping, tol=None, random_state=0)

    def _build(self, X, weight):
        self.network_ = Circuit(X.shape[1], self._n_outputs)
        self.circuit_, self.n_parameters_ = self.network_.circuit, self.network_.scores.n_weights

    def _start(self, rng):
        return rng.normal(size=self.n_parameters_)


def test_trained():
    X, y = scale(load_iris().data), load_iris().target
    model = Reuploaded(early_stopping=True).fit(X, y)
    assert model.score(X, y) > 0.8 and len(model.validation_loss_curve_) == model.n_iter_ == 30
    twice, weighted = Reuploaded(5).fit(np.vstack([X, X]), np.tile(y, 2)), Reuploaded(5).fit(X, y, np.full(150, 2.0))
    np.testing.assert_array_equal(twice.predict_proba(X), weighted.predict_proba(X))
    assert model.partial_fit(X, y).n_iter_ == 31
