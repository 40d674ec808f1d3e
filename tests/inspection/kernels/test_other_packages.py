"""Measures of kernel matrices as QuASK 1.0.2 gives them, `quask.metrics`, for an angle encoding beside an RBF kernel.

Its geometric difference has the largest sum of a row where the paper has the spectral norm, which was put in its place.
"""

import numpy as np
import pytest
from sklearn.metrics.pairwise import rbf_kernel

from skqml import AngleEncoding, FidelityKernel
from skqml.inspection import alignment, geometric_difference

X = np.linspace(-2, 2, 12)[:, None]
LABELS = np.where(np.sin(3 * X[:, 0]) > 0, 1, -1)
REGULARIZATION = [0.01, 0.1, 1.0]


def test_geometric_difference_and_complexities():
    found = geometric_difference(
        FidelityKernel(AngleEncoding()), X, classical=rbf_kernel(X, gamma=0.5), y=LABELS, regularization=REGULARIZATION
    )
    np.testing.assert_allclose(found.difference, [1.1239245, 1.08598428, 0.93865929], atol=1e-6)
    np.testing.assert_allclose(found.complexity, [0.28044075, 0.26717807, 0.17395235], atol=1e-6)
    np.testing.assert_allclose(found.classical_complexity, [62.18194599, 14.41522169, 1.90205781], atol=1e-5)
    assert (found.difference < [1.36589231, 1.20849568, 0.99519031]).all()  # largest sums of rows are larger


def test_alignment():
    assert alignment(FidelityKernel(AngleEncoding()), X, y=LABELS, centred=False) == pytest.approx(0.0390149, abs=1e-6)
