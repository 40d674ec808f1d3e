"""Encodings beside each other, and what a model's score hangs on."""

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_circles
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

from skqml import (
    AngleEncoding,
    FidelityKernel,
    ProjectedKernel,
    QuantumFieldRegressor,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumTensorNetworkClassifier,
    ReadoutQNNClassifier,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.evidence import ablation, compare_encodings
from skqml.evidence.ablation import _defaults
from skqml.evidence.contenders import default_space, draw_settings
from skqml.evidence.table import as_html, as_markdown
from skqml.inspection import alignment

X, Y = (part[:100:2] for part in load_iris(return_X_y=True))


def test_scores_and_measures_are_those_of_each_kernel_by_itself():
    table = compare_encodings({"angle": AngleEncoding()}, X, Y, factors=[0.5, 2.0], cv=3, n_seeds=2)
    for row in table.rows:
        model = QuantumKernelSVC(FidelityKernel(AngleEncoding(), scale=row["factor"]))
        folds = [StratifiedKFold(3, shuffle=True, random_state=seed) for seed in (0, 1)]
        scores = np.concatenate([cross_val_score(model, X, Y, cv=each) for each in folds])
        assert (row["score"], row["deviation"]) == pytest.approx((scores.mean(), scores.std()))
        assert row["alignment"] == pytest.approx(alignment(model.fit(X, Y), X, y=Y))
    assert {row["factor"] for row in table.rows} == {0.5, 2.0}


def test_the_best_comes_first_in_all_forms():
    table = compare_encodings([AngleEncoding(), AngleEncoding("x"), ProjectedKernel()], X, Y, factors=[1.0], cv=2)
    scores = [row["score"] for row in table.rows]
    assert scores == sorted(scores, reverse=True)
    names = {"AngleEncoding 1", "AngleEncoding 2", "ProjectedKernel"}
    assert {row["kernel"] for row in table.rows} == set(table.to_frame()["kernel"]) == names
    for text in (str(table), table._repr_html_()):
        assert all(name in text for name in names)


def test_numbers_take_a_ridge_or_what_is_given():
    y = np.sin(X[:, 0])
    for estimator in (None, QuantumKernelSVR(C=10.0)):
        table = compare_encodings(ZZEncoding(), X, y, estimator=estimator, factors=[1.0], cv=3)
        assert table.rows[0]["score"] > 0.5


def test_what_matters_is_seen():
    """Of a kernel that needs the distance from the centre, no width of another order will do."""
    X, y = make_circles(120, noise=0.05, factor=0.5, random_state=0)
    model = QuantumKernelSVC(check_kernel=False)
    changes = {"far too narrow": {"kernel__scale": 1e-3}, "a little wider": {"kernel__scale": 1.1}}
    found = {row["change"]: row for row in ablation(model, X, y, changes=changes, n_seeds=1).rows}
    assert found["far too narrow"]["verdict"] == "better as it is"
    assert found["far too narrow"]["high"] < 0
    assert found["a little wider"]["verdict"] == "no difference"


def test_each_number_is_halved_and_doubled():
    model = QuantumKernelSVC(FidelityKernel(ZZEncoding(reps=2)))
    found = {row["change"] for row in ablation(model, X, Y, cv=2, n_seeds=1).rows}
    names = ("kernel__scale", "kernel__encoding__reps")
    assert found == {f"{word} {name}" for word in ("half", "twice") for name in names} | {"without entanglement"}


def test_what_a_model_has_none_of_stays_so():
    """A first latent number would make the last column that of a field."""
    assert not [name for name in _defaults(QuantumFieldRegressor(), X, Y) if "n_latent" in name]


@pytest.mark.parametrize(("n_qubits", "more"), [(4, ["twice", 8]), (8, ["12", 12]), (16, None)])
def test_qubits_are_doubled_while_that_is_quick(n_qubits, more):
    model = QuantumKernelSVC(FidelityKernel(ReuploadingEncoding(n_qubits=n_qubits)))
    place = "kernel__encoding__n_qubits"
    found = {name: model.get_params()[place] for name, model in _defaults(model, X, Y).items() if place in name}
    assert found.pop(f"half {place}") == n_qubits // 2
    assert found == ({} if more is None else {f"{more[0]} {place}": more[1]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compare_encodings([], X, Y), "kernels must be"),
        (lambda: compare_encodings([3], X, Y), "kernels must be"),
        (lambda: compare_encodings(AngleEncoding(), X, Y, factors=[0.0]), "factors must be"),
        (lambda: compare_encodings(AngleEncoding(), X, Y, estimator=LogisticRegression()), "estimator must be"),
        (lambda: ablation(LogisticRegression(), X, Y), "changes must be given"),
        (lambda: ablation(QuantumKernelSVC(), X, Y, changes={}), "changes must be at least one"),
        (lambda: ablation(QuantumKernelSVC(), X, Y, changes={"a": 3}), "changes must be"),
    ],
)
def test_what_is_none_is_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_cells_are_escaped():
    assert as_markdown(["a|b"], [["c"]]).splitlines()[0] == r"| a\|b |"
    assert "<td>&lt;b&gt;</td>" in as_html(["a"], [["<b>"]])


def test_models_without_regularisation_are_tuned_in_their_rate_of_learning():
    """A model and its twins get as many tries."""
    for cls in (ReadoutQNNClassifier, QuantumTensorNetworkClassifier):
        for model in (cls(), cls().classical_twin()):
            assert len(draw_settings(default_space(model, 1.0), 4, 0)) == 4
