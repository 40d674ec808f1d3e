"""Writes a small fitted model of each family, with what it predicts: ``python -m tests.files.stored``.

The archive holds, for each estimator, its file of `skqml.save`, rows, and what the model said of them as it was
written. It is written once for each format of files, by an environment with PyTorch, and then only read.
"""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import skqml
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores

ARCHIVE = Path(__file__).parents[1] / "data" / "format1.zip"
SMALL = {"max_iter": 2, "n_qubits": 2, "n_measured": 2, "n_components": 5, "n_blocks": 1, "n_layers": 1}
SMALL |= {"hidden_layer_sizes": (3,), "n_latent": 1, "scales": (1, 2), "n_reservoirs": 1}


def model(cls):
    """A fitted model of few numbers, and three rows."""
    estimator = quick(cls, **SMALL)
    if "encoding" in estimator.get_params(deep=False) and cls is not skqml.SplitQCNNClassifier:
        estimator.set_params(encoding=skqml.AngleEncoding())
    X, y = rows(estimator)
    X, y = X[::8], y[::8]
    return fitted(estimator, X, y), X[1::3]


def dense(values):
    """An array of what a model says."""
    return np.asarray(values.todense() if hasattr(values, "todense") else values)


def families():
    """All estimators that can be imported here."""
    return estimator_classes("fit")


def names():
    """Those of all estimators, also of those that cannot be imported here."""
    return sorted({cls.__name__ for cls in families()} | set(skqml._HYBRID))


def main():
    """Write all of them."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for cls in families():
            estimator, X = model(cls)
            path, buffer = Path(folder) / cls.__name__, io.BytesIO()
            skqml.save(estimator, path)
            np.savez(buffer, X=X, said=dense(scores(estimator)(X)))
            archive.writestr(zipfile.ZipInfo(f"{cls.__name__}.skops"), path.read_bytes(), zipfile.ZIP_DEFLATED)
            archive.writestr(zipfile.ZipInfo(f"{cls.__name__}.npz"), buffer.getvalue())


if __name__ == "__main__":
    main()
