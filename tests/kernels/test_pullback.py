"""Pull backs of kernels, as trainers of kernels take them."""

import numpy as np
import pytest
from sklearn.base import clone

from skqml import FidelityKernel, ProjectedKernel
from skqml.kernels import GaussianKernel
from tests.kernels.test_kernels import TRAINABLE, random_rows


@pytest.mark.parametrize("fixed", [{}, {"scale_bounds": "fixed"}, {"weights_bounds": "fixed"}])
@pytest.mark.parametrize(
    "kernel",
    [
        FidelityKernel(TRAINABLE, scale=0.8, weights=[0.3, -0.7, 1.1, -2.0]),
        ProjectedKernel(TRAINABLE, gamma=0.7, scale=0.8, weights=[0.3, -0.7, 1.1, -2.0]),
        ProjectedKernel(TRAINABLE),
        GaussianKernel(scale=0.8, weights=[0.3, -0.7, 0.2]),
    ],
    ids=repr,
)
def test_pull_back_is_the_gradient_of_a_weighted_sum(kernel, fixed):
    X, A = random_rows(5, 2), np.random.default_rng(1).normal(size=(5, 5))
    kernel = clone(kernel).set_params(**fixed)
    _, K_gradient = kernel(X, eval_gradient=True)
    np.testing.assert_allclose(kernel.pullback(X, A), np.einsum("ij,ijk->k", A, K_gradient), atol=1e-8)
    assert len(kernel.pullback(X, A)) == len(kernel.theta) == len(kernel.bounds)
