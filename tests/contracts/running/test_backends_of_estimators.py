"""Settings of a backend that are none: each estimator refuses them by name in `fit`, before anything costly."""

import numpy as np
import pytest

import skqml
from skqml import Exact, Noisy, Shots
from tests.contracts.estimators import estimator_classes, quick, rows
from tests.contracts.examples import hamiltonian

HAVING = [cls for cls in estimator_classes("get_params") if "backend" in cls().get_params(deep=False)]
BACKENDS = {
    "threads": Exact(threads="text"),
    "max_memory": Exact(max_memory=-1),
    "precision": Exact(precision="half"),
    "shots": Shots(0),
    "random_state": Shots(10, random_state="text"),
    "noise_model": Noisy("text"),
}


def test_all_families_are_looked_at():
    assert len(HAVING) > 10 and {skqml.QRNNReservoirRegressor, skqml.VariationalClassifier} <= {*HAVING}


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("cls", HAVING)
def test_odd_settings_are_refused_by_name(cls, name):
    model = quick(cls, max_iter=1, backend=BACKENDS[name])
    X, y = rows(model)
    if cls is skqml.ZNEVQE:
        model, X = model.set_params(hamiltonian=hamiltonian), np.array([[0.7]])
    with pytest.raises((TypeError, ValueError), match=rf"\b{name}\b"):
        model.fit(X, y)
    assert not [a for a in vars(model) if a.endswith("_")]


def test_they_are_right_otherwise():
    """What is refused above is the setting alone."""
    model = quick(skqml.QRNNReservoirRegressor, backend=Exact(threads=1))
    assert np.isfinite(model.fit(*rows(model)).predict(rows(model)[0])).all()
