"""The classifier on strings: what it learns, what it shows, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from qiskit.quantum_info import Statevector
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import skqml
from skqml import QuantumTensorNetworkClassifier
from skqml.datasets import make_membrane
from skqml.models.tensor_network import SequenceEncoder

WORDS = ["AAB", "ABB", "BA", "BBA", "AB", "BAA", "AABB", "BBAA"]
FIRST = np.array([w[0] for w in WORDS])
KINDS = [
    (a, s, c) for a in ("path", "convolutional") for s in ("uniform", "hierarchical") for c in ("postselect", "discard")
]


def quick(**options):
    return QuantumTensorNetworkClassifier(**{"n_qubits": 1, "max_iter": 60, "tol": None, "random_state": 0} | options)


@pytest.mark.parametrize(("architecture", "sharing", "contraction"), KINDS)
def test_each_kind_learns_which_letter_comes_first(architecture, sharing, contraction):
    """Which counts of letters do not tell."""
    model = quick(architecture=architecture, sharing=sharing, contraction=contraction, max_iter=40)
    model.fit(WORDS, FIRST)
    assert model.score(WORDS, FIRST) == 1.0
    n_boxes = {"uniform": 1, "hierarchical": 3 if architecture == "path" else 2}[sharing]
    assert model.n_parameters_ == 2 * 3 + 8 * n_boxes * (1 + (architecture == "convolutional")) + 3


def test_parameters_are_those_of_the_paper():
    """60 angles of letters, 8 for each merge of 93 tokens, 3 before the measurement."""
    words = ["ACDEFGHIKLMNPQRSTVWY" * 5, "A" * 93]
    model = quick(sharing="hierarchical", max_length=93, max_iter=1).fit(words, [0, 1])
    assert model.n_parameters_ == 60 + 3 + 8 * 92


def test_strings_of_a_data_frame_in_cross_validation_and_search():
    X, y = make_membrane(90, length=24, n_residues=20, random_state=0)
    frame = pd.DataFrame({"sequence": [x[: 20 + k % 5] for k, x in enumerate(X)]})
    model = quick(max_iter=40)
    assert cross_val_score(model, frame["sequence"], y, cv=3, error_score="raise").mean() > 0.7
    search = GridSearchCV(model, {"n_qubits": [1, 2]}, cv=2, error_score="raise").fit(frame, y)
    assert search.score(frame, y) > 0.8


def test_codes_of_an_encoder_are_the_strings():
    whole = quick().fit(WORDS, FIRST)
    behind = make_pipeline(SequenceEncoder(), quick()).fit(WORDS, FIRST)
    np.testing.assert_allclose(whole.predict_proba(WORDS), behind.predict_proba(WORDS), atol=1e-9)


@pytest.mark.parametrize("architecture", ["path", "convolutional"])
def test_success_is_the_probability_of_zeros(architecture):
    model = quick(architecture=architecture, n_qubits=2).fit(WORDS, FIRST)
    for word, found in zip(WORDS[:3], model.success_probability(WORDS[:3]), strict=True):
        p = Statevector(model.circuit(word)).probabilities()[:4]
        assert found == pytest.approx(p.sum())
        np.testing.assert_allclose(model.predict_proba([word])[0], p[:2] / p[:2].sum(), atol=1e-9)
    discarded = quick(contraction="discard").fit(WORDS, FIRST)
    np.testing.assert_array_equal(discarded.success_probability(WORDS), 1.0)


def test_unseen_letters_at_prediction_are_skipped():
    model = quick().fit(WORDS, FIRST)
    with pytest.warns(UserWarning, match="Skipped 1 letters"):
        found = model.predict_proba(["AXB", "AB", "X"])
    np.testing.assert_array_equal(found[0], found[1])
    assert np.isfinite(found).all()


def test_many_classes_have_readouts_of_their_own():
    words = [letter * 3 for letter in "ABCDE"]
    model = quick(max_iter=200).fit(words, list("ABCDE"))
    assert model.score(words, list("ABCDE")) == 1.0
    q = [Statevector(model.circuit("AAA", k)).probabilities()[0] for k in range(5)]
    np.testing.assert_allclose(model.predict_proba(["AAA"])[0], q / np.sum(q), atol=1e-9)


def test_steps_on_batches_of_strings():
    model = quick(learning_rate=0.05)
    for _ in range(150):
        model.partial_fit(WORDS, FIRST, classes=["A", "B"])
    assert model.score(WORDS, FIRST) == 1.0


def test_a_file_keeps_networks_of_strings(tmp_path):
    for contraction in ("postselect", "discard"):
        model = quick(architecture="convolutional", contraction=contraction, max_iter=2).fit(WORDS, FIRST)
        skqml.save(model, tmp_path / "model.skops")
        again = skqml.load(tmp_path / "model.skops")
        np.testing.assert_array_equal(again.predict_proba(WORDS), model.predict_proba(WORDS))


def test_a_start_that_counts_tells_long_strings_apart_within_few_iterations():
    """By what they are made of, which a start about 0 does not see before a box and a letter say something."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    words = ["".join(rng.choice(list("ABCD"), 300, p=[0.3, 0.2, 0.2, 0.3] if label else [0.25] * 4)) for label in y]
    for n_qubits in (1, 2):
        model = quick(n_qubits=n_qubits, max_iter=30, init="counts").fit(words, y)
        assert model.score(words, y) > 0.9
        assert model.loss_ < model.set_params(init="small").fit(words, y).loss_


@pytest.mark.parametrize(("architecture", "sharing"), [k[:2] for k in KINDS[::2]])
def test_starts_that_count_learn_order_too(architecture, sharing):
    model = quick(architecture=architecture, sharing=sharing, init="counts", n_qubits=2).fit(WORDS, FIRST)
    assert model.score(WORDS, FIRST) == 1.0


def test_a_start_may_be_given():
    model = quick(max_iter=2).fit(WORDS, FIRST)
    again, other = (quick(max_iter=1, init=model.weights_, random_state=k).fit(WORDS, FIRST) for k in (0, 1))
    np.testing.assert_array_equal(again.weights_, other.weights_)
    assert again.loss_ < model.loss_
    with pytest.raises(ValueError, match=f"init must be {len(model.weights_)} finite numbers"):
        again.set_params(init=model.weights_[:-1]).fit(WORDS, FIRST)


def test_the_twin_reads_strings_too():
    X, y = make_membrane(200, random_state=0)
    twin = quick(max_iter=2).fit(X, y).classical_twin().set_params(machine__max_iter=500).fit(X[:100], y[:100])
    assert twin.score(X[100:], y[100:]) > 0.85


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"n_qubits": 4}, "n_qubits"),
        ({"architecture": "convolutional", "contraction": "discard"}, "lower max_length"),
        ({"contraction": "discard", "init": "counts"}, "init='small'"),
    ],
)
def test_what_does_not_fit_is_refused(options, why):
    X, y = make_membrane(4, random_state=0)
    with pytest.raises(ValueError, match=why):
        QuantumTensorNetworkClassifier(**options).fit(X, y)


def test_strings_in_several_columns_are_refused():
    X, y = make_membrane(4, random_state=0)
    with pytest.raises(ValueError, match="strings in one column, or numbers, got strings in 2 columns"):
        QuantumTensorNetworkClassifier().fit(np.column_stack([X, X]), y)
