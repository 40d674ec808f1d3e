"""Sets of images too large to come with the package: from a folder of the user's, else from the network, once."""

import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.datasets import fetch_openml, get_data_home
from sklearn.utils import Bunch

from .._checks import check_option
from .download import Archive, download

_PARTS = ("train", "test")
_MEDICAL_PARTS = ("train", "val", "test")
_N_TRAIN = 60_000  # of both sets of MNIST's shape; OpenML's tables have them first
_CLOTHES = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot".split(",")
_MEDMNIST = "https://zenodo.org/records/10519652/files/"
_ARCHIVES = {
    "breastmnist": Archive(_MEDMNIST + "breastmnist.npz", "750601b1f35ba3300ea97c75c52ff8f6"),
    "pneumoniamnist": Archive(_MEDMNIST + "pneumoniamnist.npz", "28209eda62fecd6e6a2d98b1501bb15f"),
}
_MEDICAL_CLASSES = {"breastmnist": ["malignant", "normal or benign"], "pneumoniamnist": ["normal", "pneumonia"]}


def fetch_mnist(subset="train", *, data_home=None, return_X_y=False) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return MNIST: handwritten digits of 28 x 28 pixels.

    Read from ``mnist.npz`` in the folder that the environment variable ``SKQML_DATA`` names, if it is there, else
    fetched from OpenML once.

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
        If the set is in no folder and cannot be fetched.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proceedings of the IEEE 86, 2278 (1998); CC BY-SA 3.0.
    """
    return _like_mnist("mnist", "mnist_784", [str(k) for k in range(10)], subset, data_home, return_X_y)


def fetch_fashion_mnist(subset="train", *, data_home=None, return_X_y=False) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return Fashion-MNIST: ten kinds of clothing, in all else as `fetch_mnist`; the file is ``fashion_mnist.npz``.

    References
    ----------
    H. Xiao, K. Rasul and R. Vollgraf, arXiv 1708.07747 (2017); MIT licence.
    """
    return _like_mnist("fashion_mnist", "Fashion-MNIST", _CLOTHES, subset, data_home, return_X_y)


def fetch_medmnist(
    name="pneumoniamnist", subset="train", *, data_home=None, return_X_y=False
) -> Bunch | tuple[np.ndarray, np.ndarray]:
    """Return a medical set of images in two classes, as `fetch_mnist` does, but from the set's own archive.

    Parameters
    ----------
    name : {"pneumoniamnist", "breastmnist"}, default="pneumoniamnist"
        Chest X-rays of children, or ultrasound of the breast; also the name of the local file.
    subset : {"train", "val", "test"}, default="train"

    References
    ----------
    J. Yang et al., MedMNIST v2, Scientific Data 10, 41 (2023); CC BY 4.0.
    """
    check_option("name", name, _ARCHIVES)
    check_option("subset", subset, _MEDICAL_PARTS)
    path = _local(name)
    if path is None:
        path = download(_ARCHIVES[name], Path(get_data_home(data_home)) / "medmnist" / f"{name}.npz")
        keys = f"{subset}_images", f"{subset}_labels"
    else:
        keys = f"x_{subset}", f"y_{subset}"
    return _bunch(*_read(path, *keys), _MEDICAL_CLASSES[name], return_X_y)


def _like_mnist(name, table, classes, subset, data_home, return_X_y) -> Bunch | tuple[np.ndarray, np.ndarray]:
    check_option("subset", subset, _PARTS)
    path = _local(name)
    if path is not None:
        return _bunch(*_read(path, f"x_{subset}", f"y_{subset}"), classes, return_X_y)
    try:
        X, y = fetch_openml(table, version=1, as_frame=False, return_X_y=True, data_home=data_home, parser="liac-arff")
    except (OSError, ValueError) as error:
        raise OSError(
            f"{table} could not be fetched from OpenML ({error}); check the network, or set SKQML_DATA to a folder "
            f"with {name}.npz (arrays x_train, y_train, x_test, y_test)."
        ) from error
    rows = slice(_N_TRAIN) if subset == "train" else slice(_N_TRAIN, None)
    return _bunch(X[rows].reshape(-1, 28, 28).astype(np.uint8), y[rows], classes, return_X_y)


def _local(name: str) -> Path | None:
    folder = os.environ.get("SKQML_DATA")
    path = None if folder is None else Path(folder) / f"{name}.npz"
    return path if path is not None and path.exists() else None


def _read(path: Path, images: str, labels: str) -> tuple[np.ndarray, np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return arrays[images], arrays[labels]
    except (KeyError, ValueError, EOFError, BadZipFile) as error:
        raise OSError(
            f"{path} holds no arrays {images!r} and {labels!r} that can be read; replace the file."
        ) from error


def _bunch(images, y, classes, return_X_y) -> Bunch | tuple[np.ndarray, np.ndarray]:
    X, y = images.reshape(len(images), -1), np.asarray(y).ravel().astype(int)
    if check_option("return_X_y", return_X_y, (False, True)):
        return X, y
    return Bunch(data=X, target=y, images=images, target_names=np.array(classes))
