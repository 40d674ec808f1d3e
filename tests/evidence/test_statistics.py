"""Paired tests of scores of overlapping folds, where the truth is known."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_rel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, LeaveOneOut, ShuffleSplit

from skqml.evidence import ablation, corrected_t_test, evidence_report, holm
from skqml.evidence.comparison import compare
from skqml.evidence.folds import folds_of
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
    folds = folds_of(n_folds, features[0], y, 1000 * seed, n_seeds, classify=True)
    for k, own in enumerate(folds):
        for fold, (train, test) in enumerate(own):
            for name, Z in zip(["model", *"abcdef"], features, strict=False):
                score = float(nearest_mean(Z, y, train, test))
                trials.append(Trial(name, k, fold, score, "", 1, 0, 0.0, [0] * len(test)))
    return [found.verdict for found in compare(trials, folds, 0.05, classify=True).values()]


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


@pytest.mark.parametrize("cv", [KFold(4), LeaveOneOut()])
def test_seeds_with_the_same_folds_are_no_more_evidence(cv):
    """What is fitted without chance has one score for each set of rows, however often it is asked."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(24, 2)), np.arange(24) % 2
    model = LogisticRegression(C=0.01)
    changes = {"other": {"C": 100.0}}
    given = {"budget": 1, "baselines": {"other": LogisticRegression(C=100.0)}, "details": False}
    tests, tables = [], []
    for n_seeds in (1, 3):
        tests.append(evidence_report(model, X, y, cv=cv, n_seeds=n_seeds, **given).comparisons["other"].test)
        tables.append(ablation(model, X, y, changes=changes, cv=cv, n_seeds=n_seeds).rows[0])
    for field in ("mean", "low", "high", "p_value"):
        assert getattr(tests[0], field) == pytest.approx(getattr(tests[1], field))
    assert [tables[0][key] for key in ("low", "high", "p (Holm)")] == pytest.approx(
        [tables[1][key] for key in ("low", "high", "p (Holm)")]
    )


def test_a_single_set_of_rows_is_refused_before_anything_is_fitted():
    X, y = np.random.default_rng(0).normal(size=(24, 2)), np.arange(24) % 2
    with pytest.raises(ValueError, match="cv must test at least two"):
        evidence_report(LogisticRegression(), X, y, cv=ShuffleSplit(1), n_seeds=1)
    with pytest.raises(ValueError, match="cv must test at least two"):
        ablation(LogisticRegression(), X, y, changes={"other": {"C": 2.0}}, cv=ShuffleSplit(1), n_seeds=1)
