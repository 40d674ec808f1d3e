"""Paired tests of scores of overlapping folds, where the truth is known."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_rel
from sklearn.model_selection import StratifiedKFold

from skqml.evidence import corrected_t_test, holm
from skqml.evidence.comparison import compare
from skqml.evidence.trials import Trial


def test_without_overlap_it_is_the_paired_t_test():
    a, b = np.random.default_rng(0).normal(size=(2, 12))
    found = corrected_t_test(a - b, test_share=1e-12)
    assert found.p_value == pytest.approx(ttest_rel(a, b).pvalue, abs=1e-9)
    interval = ttest_rel(a, b).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_values_of_the_formula():
    """Ten folds, worked by hand: mean 0.02, variance 0.0001 * 10 / 9, and t = 0.02 / sqrt((0.1 + 1/9) var)."""
    d = np.tile([0.01, 0.03], 5)
    found = corrected_t_test(d, test_share=1 / 9)
    half = 2.2621571628 * np.sqrt((0.1 + 1 / 9) * 0.0001 * 10 / 9)
    assert (found.mean, found.low) == pytest.approx((0.02, 0.02 - half), abs=1e-9)


@pytest.mark.parametrize("n_folds", [2, 3, 5, 25])
def test_equal_differences_count_by_their_signs(n_folds):
    """A row in each of five folds is no certainty."""
    assert corrected_t_test(np.zeros(n_folds), test_share=0.25).p_value == 1.0
    expected = binomtest(n_folds, n_folds).pvalue  # the sign test
    assert corrected_t_test(np.full(n_folds, 0.1), test_share=0.25).p_value == pytest.approx(expected)


def test_more_overlap_is_less_evidence():
    d = np.random.default_rng(1).normal(0.5, 1, 25)
    p_values = [corrected_t_test(d, test_share=share).p_value for share in (0.01, 0.1, 0.25, 1.0)]
    assert p_values == sorted(p_values)


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.02, 0.03, 0.04]), [0.04, 0.06, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.5, 0.9, 0.001]), [1.0, 1.0, 0.003])
    assert holm([]).size == 0


def test_what_is_none_is_refused():
    with pytest.raises(ValueError, match="p_values"):
        holm([0.5, 1.5])
    with pytest.raises(ValueError, match="differences must be of at least two"):
        corrected_t_test([0.1], test_share=0.25)
    with pytest.raises(ValueError, match="test_share"):
        corrected_t_test([0.1, 0.2], test_share=0.0)


def nearest_mean(Z, y, train, test):
    """Accuracy of the nearest mean of two classes."""
    means = [Z[train][y[train] == k].mean(axis=0) for k in (0, 1)]
    return np.mean((((Z[test] - means[0]) ** 2).sum(axis=1) > ((Z[test] - means[1]) ** 2).sum(axis=1)) == y[test])


def verdicts(features, y, seed, n_seeds=5, n_folds=5):
    """Of a model that sees the first of several sets of features, each other model seeing another of them."""
    trials = []
    for k in range(n_seeds):
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=1000 * seed + k)
        for fold, (train, test) in enumerate(folds.split(features[0], y)):
            for name, Z in zip(["model", *"abcdef"], features, strict=False):
                score = float(nearest_mean(Z, y, train, test))
                trials.append(Trial(name, k, fold, score, "", 1, 0, 0.0, [0] * len(test)))
    return [found.verdict for found in compare(trials, 1 / (n_folds - 1), 0.05, classify=True).values()]


@pytest.mark.parametrize(("n_seeds", "n_folds"), [(2, 5), (1, 2), (1, 3)])
def test_between_equal_models_it_is_rarely_ahead(n_seeds, n_folds):
    """Of 200 seeds in at most 5 % against any of three others, where all that models see is noise of one kind.

    In few folds too, where differences of few rows are often equal.
    """
    n_ahead = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        y = np.arange(50) % 2
        found = verdicts(rng.normal(size=(4, 50, 3)) + 0.3 * y[:, None], y, seed, n_seeds, n_folds)
        n_ahead += "ahead" in found
    assert n_ahead <= 10


def test_a_planted_advantage_is_found():
    """Of 50 seeds in 80 % against all of three others, whose features tell less."""
    n_found = 0
    for seed in range(50):
        rng = np.random.default_rng(seed)
        y = np.arange(100) % 2
        features = rng.normal(size=(4, 100, 3))
        features[0] += 1.5 * y[:, None]
        features[1:] += 0.3 * y[:, None]
        found = verdicts(features, y, seed, n_seeds=2)
        n_found += found == ["ahead"] * 3
    assert n_found >= 40
