"""A file that a version of skqml wrote loads in all later ones, or says why not.

``format1.skops`` was written by 0.1.0.dev0: ``skqml.save(stored(), path)``, and ``format1.zip``, a model of each
family, by ``python -m tests.files.stored``. When `FORMAT` changes, add others; for a new family, write all anew.
"""

import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skqml
from tests.contracts.estimators import scores
from tests.contracts.examples import LABELS, X, circuit
from tests.files.stored import ARCHIVE, dense, names
from tests.rooms import HAS_TORCH

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


def test_each_family_has_a_file():
    """New ones too, so that later versions are tested on them."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        assert archive.namelist() == [f"{name}.{ending}" for name in names() for ending in ("skops", "npz")]
    assert ARCHIVE.stat().st_size < 500_000


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", [name for name in names() if HAS_TORCH or name not in skqml._HYBRID])
def test_stored_models_say_what_they_said(name, tmp_path):
    """Up to the order in which sums are added on another machine; networks of single precision by their digits."""
    path = tmp_path / "stored.skops"
    with zipfile.ZipFile(ARCHIVE) as archive:
        path.write_bytes(archive.read(f"{name}.skops"))
        stored = np.load(io.BytesIO(archive.read(f"{name}.npz")))
    model, tol = skqml.load(path), 1e-5 if name in skqml._HYBRID else 1e-9
    np.testing.assert_allclose(dense(scores(model)(stored["X"])), stored["said"], rtol=tol, atol=tol)
