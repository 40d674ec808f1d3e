"""`skops.io.dump` of the same objects: files without the checks of `skqml.load`, and the same predictions."""

import numpy as np
import pytest
import skops.io

from skqml.files.trusted import TRUSTED
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores


@pytest.mark.parametrize("cls", estimator_classes("fit"))
def test_every_estimator_goes_through_skops_alone(cls, tmp_path):
    """Before and after fitting."""
    model = quick(cls, max_iter=2, n_qubits=2, n_measured=2, n_components=5, n_blocks=1)
    X, y = rows(model)
    X, y = X[::8], y[::8]
    for state in (model, fitted(model, X, y)):
        skops.io.dump(state, tmp_path / "model.skops")
        trusted = [name for name in skops.io.get_untrusted_types(file=tmp_path / "model.skops") if name in TRUSTED]
        again = skops.io.load(tmp_path / "model.skops", trusted=trusted)
        assert repr(again) == repr(state)
    np.testing.assert_array_equal(_dense(scores(again)(X)), _dense(scores(state)(X)))


def _dense(values):
    return values.todense() if hasattr(values, "todense") else values
