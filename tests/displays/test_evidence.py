"""Differences of scores with their intervals."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from skqml.displays import EvidenceDisplay
from skqml.evidence import evidence_report


def test_it_shows_what_the_report_says():
    X, y = load_iris(return_X_y=True)
    others = {"same": LogisticRegression(max_iter=1000), "strong": LogisticRegression(C=1e-4)}
    report = evidence_report(LogisticRegression(max_iter=1000), X, y, n_seeds=1, budget=1, baselines=others)
    ax = Figure().add_subplot()
    display = EvidenceDisplay.from_report(report, ax=ax, bar_kwargs={"color": "black"})
    assert display.ax_ is ax
    assert ax.get_title() == "LogisticRegression"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["same", "strong"]
    differences = [c.test.mean for c in report.comparisons.values()]
    np.testing.assert_allclose(display.bars_.lines[0].get_xdata(), differences)
    ends = np.array([segment[:, 0] for segment in display.bars_.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends, [[c.test.low, c.test.high] for c in report.comparisons.values()])


def test_what_is_none_is_refused():
    with pytest.raises(TypeError, match="report must be"):
        EvidenceDisplay.from_report(3)
    with pytest.raises(ValueError, match="as many"):
        EvidenceDisplay(names=["a"], differences=[1.0, 2.0], low=[0.0], high=[3.0]).plot()
    with pytest.raises(ValueError, match="low and high"):
        EvidenceDisplay(names=["a"], differences=[1.0], low=[2.0], high=[3.0]).plot()
