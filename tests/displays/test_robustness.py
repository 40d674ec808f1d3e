"""Curves of accuracy under attack."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.utils import Bunch

from skqml.displays import RobustnessCurveDisplay

CURVE = Bunch(epsilons=np.array([0.0, 0.1, 0.2]), scores=np.array([1.0, 0.7, 0.1]))


@pytest.fixture(autouse=True)
def no_figures():
    yield
    plt.close("all")


def test_two_curves_side_by_side():
    first = RobustnessCurveDisplay.from_result(CURVE, name="quantum")
    second = RobustnessCurveDisplay.from_result(CURVE, ax=first.ax_, line_kwargs={"marker": "x"})
    np.testing.assert_array_equal(first.line_.get_xydata(), np.column_stack([CURVE.epsilons, CURVE.scores]))
    assert [text.get_text() for text in first.ax_.get_legend().get_texts()] == ["quantum", "accuracy"]
    assert second.line_.get_marker() == "x" and second.figure_ is first.figure_


def test_what_is_no_curve_is_refused():
    with pytest.raises(TypeError, match="robustness_curve returns"):
        RobustnessCurveDisplay.from_result({"epsilons": [0.1]})
    with pytest.raises(ValueError, match="must be as many"):
        RobustnessCurveDisplay(epsilons=[0.1], scores=[1.0, 0.5]).plot()
