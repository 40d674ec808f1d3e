"""Fetched sets: from a folder, or from a server that truncates, lies, stalls or is not there."""

import hashlib
import time
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from itertools import product

import numpy as np
import pytest

from skqml.datasets import fetch_fashion_mnist, fetch_medmnist, fetch_mnist, fetching
from skqml.datasets.download import Archive, download
from tests.datasets.serving import serving

CONTENT = np.random.default_rng(0).bytes(200_000)
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


np.save(file := BytesIO(), np.zeros((2, 28, 28)))
ONE = file.getvalue()  # array alone, as of numpy.save


class Server(BaseHTTPRequestHandler):
    """Answers each path in its own way, and counts what it was asked for."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self):
        self.asked.append(self.path)
        if self.path == "/missing":
            return self.send_error(404)
        body = {"/lies": CONTENT[::-1], "/truncates": CONTENT[:1000]}.get(self.path, CONTENT)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.path in ("/stalls", "/drips"):
            for k in range(20):
                self.wfile.write(body[k : k + 1])
                self.wfile.flush()
                time.sleep(1.0 if self.path == "/stalls" else 0.05)
            return None
        return self.wfile.write(body)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def url():
    with serving(Server) as address:
        yield address


def test_a_file_is_fetched_once(url, tmp_path):
    Server.asked.clear()
    path = tmp_path / "folder" / "file"
    for _ in range(3):
        assert download(Archive(f"{url}/good", MD5), path).read_bytes() == CONTENT
    assert Server.asked == ["/good"]


def test_a_damaged_file_is_fetched_again(url, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT[:-1])
    assert download(Archive(f"{url}/good", MD5), path).read_bytes() == CONTENT


@pytest.mark.parametrize("fault", ["lies", "truncates", "stalls", "drips", "missing", None])
def test_what_does_not_arrive_whole_and_right_is_refused(url, tmp_path, fault):
    address = f"{url}/{fault}" if fault else "http://127.0.0.1:9"  # nobody listens there
    with pytest.raises(OSError, match=r"could not be fetched .*; check the network, or put the file at"):
        download(Archive(address, MD5), tmp_path / "file", timeout=0.3, limit=0.5)
    assert list(tmp_path.iterdir()) == []


def write_images(path, **parts):
    arrays = {}
    for part, n in parts.items():
        rng = np.random.default_rng(n)
        arrays[f"x_{part}"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, 2, n, dtype=np.uint8)
    np.savez(path, **arrays)
    return arrays


FETCHERS = {"mnist": fetch_mnist, "fashion_mnist": fetch_fashion_mnist, "pneumoniamnist": fetch_medmnist}


@pytest.mark.parametrize("name", FETCHERS)
def test_sets_come_from_the_folder_that_the_environment_names(name, tmp_path, monkeypatch):
    arrays = write_images(tmp_path / f"{name}.npz", train=5, val=3, test=4)
    monkeypatch.setenv("SKQML_DATA", str(tmp_path))
    for subset in ("train", "test"):
        found = FETCHERS[name](subset=subset)
        np.testing.assert_array_equal(found.images, arrays[f"x_{subset}"])
        np.testing.assert_array_equal(found.target, arrays[f"y_{subset}"])
        X, y = FETCHERS[name](subset=subset, return_X_y=True)
        np.testing.assert_array_equal(X, found.images.reshape(len(X), 784))
        np.testing.assert_array_equal(y, found.target)


@pytest.mark.parametrize("name", FETCHERS)
@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no archive", CONTENT, ONE], ids=["empty", "half", "noise", "one"]
)
def test_a_broken_file_in_the_folder(name, content, tmp_path, monkeypatch):
    (tmp_path / f"{name}.npz").write_bytes(content)
    monkeypatch.setenv("SKQML_DATA", str(tmp_path))
    with pytest.raises(OSError, match=rf"{name}\.npz holds no arrays .* replace the file"):
        FETCHERS[name]()


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((5, 28, 28), np.uint8), np.zeros(4, int)),
        (np.zeros((5, 784), np.uint8), np.zeros(5, int)),
        (np.zeros((5, 28, 28, 3), np.uint8), np.zeros(5, int)),
        (np.full((5, 28, 28), 0.5), np.zeros(5, int)),
        (np.full((5, 28, 28), -1), np.zeros(5, int)),
        (np.full((5, 28, 28), 256), np.zeros(5, int)),
        (np.array(1), np.array(1)),
        (np.zeros((0, 28, 28), np.uint8), np.zeros(0, int)),
        (np.full((5, 28, 28), "a"), np.zeros(5, int)),
        (np.zeros((5, 28, 28), np.uint8), np.full(5, 10)),
        (np.zeros((5, 28, 28), np.uint8), np.full(5, -1)),
        (np.zeros((5, 28, 28), np.uint8), np.full(5, np.nan)),
        (np.zeros((5, 28, 28), np.uint8), np.eye(10, dtype=int)[:5]),
        (np.zeros((5, 28, 28), np.uint8), np.array(list("abcde"))),
    ],
)
@pytest.mark.parametrize("name", FETCHERS)
def test_a_file_of_something_else_in_the_folder(name, images, labels, tmp_path, monkeypatch):
    np.savez(tmp_path / f"{name}.npz", x_train=images, y_train=labels)
    monkeypatch.setenv("SKQML_DATA", str(tmp_path))
    with pytest.raises(OSError, match=rf"{name}\.npz must hold images .* as many labels .* replace the file"):
        FETCHERS[name]()


@pytest.mark.filterwarnings("ignore::UserWarning")  # of NumPy, of headers that it does not know
def test_one_wrong_bit_is_found_or_does_no_harm(tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    images, labels = np.arange(784, dtype=np.uint8).reshape(1, 28, 28), np.array([7])
    np.savez_compressed(path, x_train=images, y_train=labels)
    whole = path.read_bytes()
    monkeypatch.setenv("SKQML_DATA", str(tmp_path))
    for k, bit in product(range(len(whole)), (1, 128)):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ bit]) + whole[k + 1 :])
        try:
            found = fetch_mnist()
        except OSError as error:
            assert "replace the file" in str(error)
        else:
            np.testing.assert_array_equal(found.images, images)
            np.testing.assert_array_equal(found.target, labels)


def test_the_medical_archive_is_read_as_it_is_published(url, tmp_path, monkeypatch):
    monkeypatch.delenv("SKQML_DATA", raising=False)
    images = np.arange(2 * 784, dtype=np.uint8).reshape(2, 28, 28)
    np.savez(tmp_path / "published.npz", test_images=images, test_labels=np.array([[1], [0]], dtype=np.uint8))
    md5 = hashlib.md5((tmp_path / "published.npz").read_bytes(), usedforsecurity=False).hexdigest()
    monkeypatch.setitem(fetching._ARCHIVES, "breastmnist", Archive((tmp_path / "published.npz").as_uri(), md5))
    found = fetch_medmnist("breastmnist", "test", data_home=str(tmp_path / "home"))
    np.testing.assert_array_equal(found.images, images)
    assert found.target.tolist() == [1, 0]


@pytest.mark.parametrize("subset", ["all", None, 3])
@pytest.mark.parametrize("fetch", FETCHERS.values())
def test_subsets_that_there_are_not(fetch, subset):
    with pytest.raises(ValueError, match="subset must be one of"):
        fetch(subset=subset)
