"""An encoding of a user's own: one method, then kernels, searches, Gaussian processes and trained angles."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import WhiteKernel
from sklearn.model_selection import GridSearchCV

from skqml import Encoding, FidelityKernel, KernelAlignmentTrainer, QuantumKernelSVC

X, Y = (array[::5] for array in load_iris(return_X_y=True))


class Phases(Encoding):
    """Features as phases, with a trainable factor each."""

    def __init__(self, turns=1):
        self.turns = turns

    def draw(self, qc, x, weight):
        for qubit, feature in enumerate(x):
            qc.h(qubit)
            qc.rz(self.turns * weight() * feature, qubit)
            qc.h(qubit)


def test_encoding():
    kernel = FidelityKernel(Phases(), weights=np.ones(4))
    formula = np.prod(np.cos((X[:, None] - X[None]) / 2) ** 2, axis=2)
    np.testing.assert_allclose(kernel(X), formula, atol=1e-12)
    search = GridSearchCV(QuantumKernelSVC(kernel), {"kernel__encoding__turns": [1, 2]}, cv=3).fit(X, Y)
    assert search.best_score_ > 0.8
    gp = GaussianProcessRegressor(kernel + WhiteKernel(0.1, "fixed")).fit(X, Y)
    assert gp.log_marginal_likelihood_value_ > gp.log_marginal_likelihood((kernel + WhiteKernel(0.1, "fixed")).theta)
    assert gp.score(X, Y) > 0.8
    assert KernelAlignmentTrainer(FidelityKernel(Phases()), max_iter=5).fit(X, Y).kernel_.weights.shape == (4,)
