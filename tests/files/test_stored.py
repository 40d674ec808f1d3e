"""A file that a version of skqml wrote loads in all later ones, or says why not.

``format1.skops`` was written by 0.1.0.dev0: ``skqml.save(stored(), path)``. When `FORMAT` changes, add a file.
"""

import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skqml
from tests.contracts.examples import LABELS, X, circuit

FILE = Path(__file__).parents[1] / "data" / "format1.skops"
DECISIONS = [
    0.066432078043,
    0.461520783439,
    -0.126273902008,
    0.86126648192,
    -0.705542924427,
    -0.264300422921,
    -0.861266497291,
    -0.678639721168,
]


def stored():
    """The model in the file: a circuit of a user's own, behind a step of scikit-learn."""
    encoding = skqml.CircuitEncoding(circuit().assign_parameters({"w[0]": 0.3, "w[1]": 0.7}))
    return make_pipeline(StandardScaler(), skqml.QuantumKernelSVC(skqml.FidelityKernel(encoding))).fit(X, LABELS)


def test_a_stored_file_loads():
    """And decides as it did; other versions of scikit-learn or skqml say so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        model = skqml.load(FILE)
    np.testing.assert_allclose(model.decision_function(X), DECISIONS, atol=1e-9)
    np.testing.assert_allclose(model.fit(X, LABELS).decision_function(X), DECISIONS, atol=1e-9)


def test_another_version_is_named(tmp_path):
    """In a warning, as predictions may differ."""
    path = tmp_path / "other.skops"
    path.write_bytes(FILE.read_bytes().replace(b"0.1.0.dev0", b"0.0.1.dev0"))
    with pytest.raises(ValueError, match="broken: Bad CRC-32"):
        skqml.load(path)
    skqml.save(stored(), path)
    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.warns(UserWarning, match=r"written by skqml '.*', and this is 99"),
    ):
        patch.setattr("skqml.persistence._versions", lambda: {"skqml": "99"})
        skqml.load(path)
