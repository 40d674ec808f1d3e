"""Sets of images too large to come with the package: from a folder of the user's, else from the network, once."""

import hashlib
import os
import socket
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from sklearn.datasets import fetch_openml, get_data_home
from sklearn.utils import Bunch

from .._checks import check_option
from .download import Archive, download

_PARTS = ("train", "test")
_MEDICAL_PARTS = ("train", "val", "test")
_TIMEOUT = 30.0  # seconds without a byte
_TURN = threading.Lock()
_CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(",")


class _OpenMLTable(NamedTuple):
    """A table of OpenML: images for training and, behind them, 10,000 for tests; ``md5`` is `_checksum` of both."""

    name: str
    n_bytes: str
    md5: tuple[str, str]
    n_train: int = 60_000


# The checksums are those of the four files that the authors of each set have published.
_TABLES = {
    "mnist": _OpenMLTable(
        "mnist_784", "128 MB", ("1228972b116b122ead7d85363d692702", "08c0c30fd594a68c64ebde646fcb7c06")
    ),
    "fashion_mnist": _OpenMLTable(
        "Fashion-MNIST", "155 MB", ("7d30abdbc06051d96938095dff65d6c2", "18fe85b75a4bd3000e746463ad8a5d8d")
    ),
}
_MEDMNIST = "https://zenodo.org/records/10519652/files/"
_ARCHIVES = {
    "breastmnist": Archive(_MEDMNIST + "breastmnist.npz", "750601b1f35ba3300ea97c75c52ff8f6"),
    "pneumoniamnist": Archive(_MEDMNIST + "pneumoniamnist.npz", "28209eda62fecd6e6a2d98b1501bb15f"),
}
_MEDICAL_CLASSES = {"breastmnist": ["malignant", "normal or benign"], "pneumoniamnist": ["normal", "pneumonia"]}


def fetch_mnist(subset="train", *, data_home=None, return_X_y=False) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return MNIST: handwritten digits of 28 x 28 pixels.

    Read from ``mnist.npz`` in the folder that the environment variable ``SKQML_DATA`` names, if it is there, else
    fetched from OpenML once (128 MB of text, a minute to read) and kept if every pixel and label is as published.

    Parameters
    ----------
    subset : {"train", "test"}, default="train"
        60,000 or 10,000 images.
    data_home : str or None, default=None
        Folder of what has been fetched; ``None`` for scikit-learn's, ``~/scikit_learn_data``.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    Bunch
        ``data`` (n_samples, 784), integers from 0 to 255, ``target`` (n_samples,), ``images`` (n_samples, 28, 28),
        ``target_names``.

    Raises
    ------
    OSError
        If the set is in no folder and cannot be fetched whole and right.

    Notes
    -----
    A server that sends nothing for 30 seconds is given up. Meanwhile sockets that other threads open have the same
    timeout, unless they set their own.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proceedings of the IEEE 86, 2278 (1998); CC BY-SA 3.0.
    """
    return _like_mnist("mnist", [str(k) for k in range(10)], subset, data_home, return_X_y)


def fetch_fashion_mnist(subset="train", *, data_home=None, return_X_y=False) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return Fashion-MNIST: ten kinds of clothing, in all else as `fetch_mnist`; the file is ``fashion_mnist.npz``.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, arXiv 1708.07747 (2017); MIT licence.
    """
    return _like_mnist("fashion_mnist", _CLOTHES, subset, data_home, return_X_y)


def fetch_medmnist(
    name="pneumoniamnist", subset="train", *, data_home=None, return_X_y=False
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return a medical set of images in two classes, as `fetch_mnist` does, but from the set's own archive.

    Parameters
    ----------
    name : {"pneumoniamnist", "breastmnist"}, default="pneumoniamnist"
        Chest X-rays of children, or ultrasound of the breast; also the name of the local file.
    subset : {"train", "val", "test"}, default="train"
    data_home, return_X_y
        As in `fetch_mnist`.

    References
    ----------
    J. Yang et al., MedMNIST v2, Scientific Data 10, 41 (2023); CC BY 4.0.
    """
    check_option("name", name, _ARCHIVES)
    check_option("subset", subset, _MEDICAL_PARTS)
    check_option("return_X_y", return_X_y, (False, True))
    path = _local(name)
    if path is None:
        path = download(_ARCHIVES[name], Path(get_data_home(data_home)) / "medmnist" / f"{name}.npz")
        keys = f"{subset}_images", f"{subset}_labels"
    else:
        keys = f"x_{subset}", f"y_{subset}"
    return _bunch(path, keys, _MEDICAL_CLASSES[name], return_X_y)


def _like_mnist(name, classes, subset, data_home, return_X_y) -> Bunch | tuple[np.ndarray, np.ndarray]:
    check_option("subset", subset, _PARTS)
    check_option("return_X_y", return_X_y, (False, True))
    path = _local(name) or _fetched(name, Path(get_data_home(data_home)) / name / f"{name}.npz")
    return _bunch(path, (f"x_{subset}", f"y_{subset}"), classes, return_X_y)


def _fetched(name: str, path: Path) -> Path:
    """Return the path of a set from OpenML, fetched first if it is not there or is damaged."""
    table = _TABLES[name]
    with suppress(OSError, ValueError):
        if tuple(_checksum(*_read(path, f"x_{part}", f"y_{part}")) for part in _PARTS) == table.md5:
            return path
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # scikit-learn keeps some broken answers for ever: its cache is a folder that goes with the call.
        with TemporaryDirectory(dir=path.parent) as folder:
            whole = Path(folder) / path.name
            _write(table, whole)
            whole.replace(path)
    except Exception as error:  # broken answers also raise EOFError, KeyError, HTTPException, ArffException...
        raise OSError(
            f"{table.name} could not be fetched from OpenML ({type(error).__name__}: {error}); check the network, or "
            f"set SKQML_DATA to a folder with {name}.npz (arrays x_train, y_train, x_test, y_test)."
        ) from error
    return path


def _write(table: _OpenMLTable, path: Path) -> None:
    """Fetch a table, which is read from text in about a minute, check it and write its four arrays."""
    if sys.stderr.isatty():
        sys.stderr.write(f"Fetching {table.name} from OpenML: {table.n_bytes} of text, less where it comes packed.\n")
    with _timeout(_TIMEOUT):
        X, y = fetch_openml(
            table.name, version=1, as_frame=False, return_X_y=True, data_home=path.parent, parser="liac-arff"
        )
    X, y = X.astype(np.uint8).reshape(-1, 28, 28), y.astype(np.uint8)
    n = table.n_train
    found = _checksum(X[:n], y[:n]), _checksum(X[n:], y[n:])
    if found != table.md5:
        raise OSError(f"its images and labels have checksums {found} in place of {table.md5}")
    np.savez_compressed(path, x_train=X[:n], y_train=y[:n], x_test=X[n:], y_test=y[n:])


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    # fetch_openml takes no timeout: only the default of new sockets reaches it, those of other threads included. One
    # call at a time, or the second would restore what the first has set.
    with _TURN:
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(seconds)
        try:
            yield
        finally:
            socket.setdefaulttimeout(before)


def _checksum(images: np.ndarray, y: np.ndarray) -> str:
    """Return the MD5 of images of 784 bytes with their labels, in whatever order they come."""
    rows = np.ascontiguousarray(np.column_stack([images.reshape(len(y), 784), y]), dtype=np.uint8)
    return hashlib.md5(np.sort(rows.view("S785").ravel()).tobytes(), usedforsecurity=False).hexdigest()


def _local(name: str) -> Path | None:
    folder = os.environ.get("SKQML_DATA")
    path = None if folder is None else Path(folder) / f"{name}.npz"
    return path if path is not None and path.exists() else None


def _read(path: Path, images: str, labels: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return arrays[images], arrays[labels]
    # A file of one array is no context, which is a TypeError.
    except (OSError, KeyError, TypeError, ValueError, EOFError, RuntimeError, BadZipFile, zlib.error) as error:
        raise OSError(
            f"{path} holds no arrays {images!r} and {labels!r} that can be read ({error}); replace the file."
        ) from error


def _bunch(path: Path, keys: tuple[str, str], classes, return_X_y) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Images and labels of a file; OSError where it holds others."""
    images, y = _read(path, *keys)
    whole = images.dtype.kind in "iu" and images.ndim == 3 and images.shape[1:] == (28, 28) and len(images)
    if not whole or images.min() < 0 or images.max() > 255 or not _are_labels(y, len(images), len(classes)):
        raise OSError(
            f"{path} must hold images (n, 28, 28) of integers from 0 to 255 and as many labels from 0 to "
            f"{len(classes) - 1}, but {keys[0]!r} and {keys[1]!r} are arrays {images.shape} of {images.dtype} and "
            f"{y.shape} of {y.dtype}, or of other numbers; replace the file."
        )
    X, y = images.reshape(len(images), -1), y.ravel().astype(int)
    if return_X_y:
        return X, y
    return Bunch(data=X, target=y, images=images, target_names=np.array(classes))


def _are_labels(y, n_images: int, n_classes: int) -> bool:
    return y.dtype.kind in "iu" and y.shape in ((n_images,), (n_images, 1)) and 0 <= y.min() and y.max() < n_classes
