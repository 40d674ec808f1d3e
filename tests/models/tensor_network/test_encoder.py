"""Sequences and tables as codes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import skqml
from skqml.models.tensor_network import SequenceEncoder
from tests.test_sklearn_checks import quietly

TEXTS = ["CABA", "A", "", "BB"]
CODES = [[2, 0, 1, 0], [0, -1, -1, -1], [-1, -1, -1, -1], [1, 1, -1, -1]]
FORMS = [
    TEXTS,
    np.array(TEXTS),
    np.array(TEXTS, dtype="S"),
    np.array(TEXTS, dtype=object)[:, None],
    pd.Series(TEXTS),
    pd.DataFrame({"sequence": TEXTS}),
    pd.Series(TEXTS, dtype="string"),
]


@parametrize_with_checks([SequenceEncoder()], xfail_strict=True)
def test_checks_of_scikit_learn(estimator, check):
    quietly(check, estimator)


@pytest.mark.parametrize("X", FORMS, ids=lambda X: type(X).__name__)
def test_strings_in_every_form(X):
    encoder = SequenceEncoder().fit(X)
    np.testing.assert_array_equal(encoder.transform(X), CODES)
    assert encoder.letters_ == ["A", "B", "C"]
    assert encoder.get_feature_names_out().tolist() == ["token0", "token1", "token2", "token3"]


def test_unseen_letters_are_skipped_with_one_warning():
    encoder = SequenceEncoder().fit(TEXTS)
    with pytest.warns(UserWarning, match="Skipped 2 letters") as found:
        codes = encoder.transform(["AXBZ", "ZZ"])
    assert len(found) == 1
    np.testing.assert_array_equal(codes, [[0, 1, -1, -1], [-1, -1, -1, -1]])


def test_an_alphabet_is_known_before():
    encoder = SequenceEncoder(alphabet="ABCD", max_length=3).fit(["AB", "BA"])
    assert encoder.letters_ == ["A", "B", "C", "D"]
    np.testing.assert_array_equal(encoder.transform(["DCBA"]), [[3, 2]])


def test_integers_are_codes_of_one_alphabet():
    X = np.array([[5, 7, -1], [7, 7, 5]])
    np.testing.assert_array_equal(SequenceEncoder().fit_transform(X), [[0, 1, -1], [1, 1, 0]])


def test_floats_fall_into_bins_of_equal_counts_in_any_unit():
    X = np.random.default_rng(0).exponential(size=(400, 2)) * [1e-9, 1e9]
    codes = SequenceEncoder(n_bins=4).fit_transform(X)
    np.testing.assert_array_equal(np.bincount(codes.ravel()), np.full(8, 100))
    assert codes[:, 0].max() < codes[:, 1].min()  # each column has letters of its own
    assert (np.argsort(X[:, 0]) == np.argsort(codes[:, 0] + 0.5 * X[:, 0] / X[:, 0].max())).all()


def test_rows_of_weight_0_do_not_count():
    encoder = SequenceEncoder().fit(TEXTS, sample_weight=[0, 1, 1, 1])
    assert encoder.letters_ == ["A", "B"]


@pytest.mark.parametrize(
    ("X", "why"),
    [(["A", None], "X must be strings"), (pd.Series(["A", 3]), "X must be strings"), (["", ""], "must have letters")],
)
def test_what_is_no_sequence_is_refused(X, why):
    with pytest.raises(ValueError, match=why):
        SequenceEncoder().fit(X)


def test_strings_and_numbers_are_not_mixed_up():
    for first, second in ((TEXTS, np.ones((4, 1))), (np.ones((4, 1)), TEXTS)):
        with pytest.raises(ValueError, match="must hold strings if fit did"):
            SequenceEncoder().fit(first).transform(second)


def test_a_file_keeps_it(tmp_path):
    encoder = SequenceEncoder().fit(TEXTS)
    skqml.save(encoder, tmp_path / "encoder.skops")
    np.testing.assert_array_equal(skqml.load(tmp_path / "encoder.skops").transform(TEXTS), CODES)
