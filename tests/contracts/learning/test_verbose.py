"""Lines of a training say what their numbers are, for every estimator that writes them."""

import inspect
import re

import numpy as np
import pytest
from sklearn.base import is_regressor
from sklearn.datasets import load_iris

from skqml import ZNEVQE, VariationalClassifier
from skqml.training import SPSA
from tests.contracts.estimators import estimator_classes, settings

X, Y = (a[::5] for a in load_iris(return_X_y=True))
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def writers():
    return [c for c in estimator_classes("fit") if "verbose" in inspect.signature(c).parameters]


def lines(capsys, model):
    """What the lines of a fit begin with, and their numbers by name."""
    model.fit(X, X[:, 0] if is_regressor(model) else Y)
    written = capsys.readouterr().out.splitlines()
    numbers = [dict(re.findall(r"(?<=, )([a-z ]+) (-?[\d.]+)", line)) for line in written]
    return written, [{name: float(value) for name, value in line.items()} for line in numbers]


@pytest.mark.parametrize("cls", writers(), ids=lambda cls: cls.__name__)
def test_lines_hold_the_loss_curve_by_its_name(cls, capsys):
    model = cls(max_iter=3, random_state=0, verbose=1)
    model.set_params(**settings(model, {"train_cell": True, "n_reservoirs": 1}))
    _, numbers = lines(capsys, model)
    what = "mean energy" if cls is ZNEVQE else "loss"
    assert numbers and all(line.keys() == {what, f"lowest {what}"} for line in numbers)
    if cls is not ZNEVQE:  # whose searches go on from each other's weights
        np.testing.assert_allclose([line[what] for line in numbers], model.loss_curve_, atol=1e-6)


def test_with_rows_held_out_lines_tell_the_losses_apart(capsys):
    model = VariationalClassifier(max_iter=4, early_stopping=True, random_state=0, verbose=1)
    _, numbers = lines(capsys, model)
    curves = {"training loss": model.loss_curve_, "validation loss": model.validation_loss_curve_}
    curves["lowest validation loss"] = np.minimum.accumulate(model.validation_loss_curve_)
    for name, curve in curves.items():
        np.testing.assert_allclose([line[name] for line in numbers], curve, atol=1e-6)


def test_starts_and_hamiltonians_are_named(capsys):
    written, _ = lines(capsys, VariationalClassifier(max_iter=1, n_restarts=2, random_state=0, verbose=1))
    assert [line.split(",")[0] for line in written] == ["start 1 of 2", "start 2 of 2"]
    written, _ = lines(capsys, ZNEVQE(optimizer=SPSA(), max_iter=1, n_restarts=1, random_state=0, verbose=1))
    assert {line.split(",")[0] for line in written} == {f"Hamiltonian {k}" for k in range(len(X))}
