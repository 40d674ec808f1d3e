"""Tables of OpenML, from a server on this machine that truncates, lies, stalls or is not there."""

import hashlib
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import _openml

from skqml.datasets import fetch_fashion_mnist, fetch_mnist, fetching
from tests.datasets.serving import serving

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
LABELS = np.arange(8)
FETCHERS = {"mnist": fetch_mnist, "fashion_mnist": fetch_fashion_mnist}
ADDRESSES = ("_SEARCH_NAME", "_DATA_INFO", "_DATA_FEATURES", "_DATA_QUALITIES")


def written(images=IMAGES, labels=LABELS) -> bytes:
    """A table of images as OpenML writes it."""
    head = "".join(f"@ATTRIBUTE pixel{k} real\n" for k in range(784)) + "@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}\n"
    rows = (",".join(map(str, [*image.ravel(), y])) for image, y in zip(images, labels, strict=True))
    return f"@RELATION images\n{head}@DATA\n".encode() + "\n".join(rows).encode()


class OpenML(BaseHTTPRequestHandler):
    """Answers as OpenML does, save where `fault` says what goes wrong, and counts what it was asked for."""

    fault = ""
    asked: list[str] = []  # noqa: RUF012
    over = threading.Event()

    def do_GET(self):
        self.asked.append(self.path)
        kind = self.path.split("/")[1]
        if self.fault == f"no {kind}":
            return self.send_error(404)
        if self.fault == f"silent {kind}":
            return self.over.wait(10)
        body = self.table() if kind == "table" else json.dumps(self.answer(kind)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.fault == f"half {kind}":
            return self.wfile.write(body[: len(body) // 2])
        if self.fault == f"stalling {kind}":
            self.wfile.write(body[:20])
            return self.over.wait(10)
        return self.wfile.write(body)

    def table(self):
        images, labels = IMAGES.copy(), LABELS.copy()
        if self.fault == "another pixel":
            images[3, 4, 5] ^= 1
        if self.fault == "other labels":
            labels[:2] = labels[1::-1]
        if self.fault == "other parts":
            images, labels = images[::-1], labels[::-1]
        n = 7 if self.fault == "few rows" else 8
        return written(images[:n], labels[:n])

    def answer(self, kind):
        if self.fault == f"empty {kind}":
            return {}
        host, md5 = self.headers["Host"], hashlib.md5(self.table(), usedforsecurity=False).hexdigest()
        no = {"is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
        pixels = [
            {"index": str(k), "name": f"pixel{k}", "data_type": "numeric", "is_target": "false", **no}
            for k in range(784)
        ]
        return {
            "list": {"data": {"dataset": [{"did": 1}]}},
            "info": {
                "data_set_description": {
                    "status": "active",
                    "format": "ARFF",
                    "description": "",
                    "url": f"http://{host}/table/images.arff",
                    "md5_checksum": md5[::-1] if self.fault == "false checksum" else md5,
                }
            },
            "features": {
                "data_features": {
                    "feature": [
                        *pixels,
                        {"index": "784", "name": "class", "data_type": "nominal", "is_target": "true", **no},
                    ]
                }
            },
            "qualities": {"data_qualities": {"quality": [{"name": "NumberOfInstances", "value": "8"}]}},
        }[kind]

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def url():
    with serving(OpenML) as address:
        yield address
        OpenML.over.set()


@pytest.fixture
def server(url, monkeypatch):
    monkeypatch.delenv("SKQML_DATA", raising=False)
    for name, path in zip(ADDRESSES, ("/list/{}", "/info/{}", "/features/{}", "/qualities/{}"), strict=True):
        monkeypatch.setattr(_openml, name, url + path)
    monkeypatch.setattr(_openml.time, "sleep", lambda seconds: None)  # between tries
    md5 = fetching._checksum(IMAGES[:6], LABELS[:6]), fetching._checksum(IMAGES[6:], LABELS[6:])
    for name, table in fetching._TABLES.items():
        monkeypatch.setitem(fetching._TABLES, name, table._replace(md5=md5, n_train=6))
    monkeypatch.setattr(OpenML, "fault", "")
    OpenML.asked.clear()
    return OpenML


@pytest.mark.parametrize("name", FETCHERS)
def test_a_table_is_fetched_once_and_cut_where_the_test_images_begin(name, server, tmp_path):
    for _ in range(2):
        train, test = (FETCHERS[name](subset, data_home=tmp_path) for subset in ("train", "test"))
        np.testing.assert_array_equal(np.concatenate([train.images, test.images]), IMAGES)
        np.testing.assert_array_equal(np.concatenate([train.target, test.target]), LABELS)
        assert len(train.data) == 6
    assert len(server.asked) == len(set(server.asked)) == 5
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / name / f"{name}.npz"]


@pytest.mark.parametrize("kept", [b"", b"PK\x03\x04 no archive", "cut", "flipped", "other rows"])
def test_what_has_been_damaged_is_fetched_again(kept, server, tmp_path):
    path = tmp_path / "mnist" / "mnist.npz"
    fetch_mnist(data_home=tmp_path)
    whole = path.read_bytes()
    if kept == "other rows":
        np.savez(path, x_train=IMAGES[1:6], y_train=LABELS[1:6], x_test=IMAGES[6:], y_test=LABELS[6:])
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
        path.write_bytes({"cut": whole[:-100], "flipped": flipped}.get(kept, kept))
    np.testing.assert_array_equal(fetch_mnist(data_home=tmp_path).images, IMAGES[:6])
    assert len(server.asked) == 10


KINDS = ("list", "info", "features", "table")
FAULTS = [f"{fault} {kind}" for fault in ("no", "half", "silent", "stalling") for kind in KINDS]
LIES = ["empty list", "empty info", "empty features", "false checksum", "few rows", "another pixel", "other labels"]


@pytest.mark.filterwarnings("ignore:A network error occurred", "ignore:Invalid cache")
@pytest.mark.parametrize("fault", [*FAULTS, *LIES, "other parts"])
def test_what_does_not_arrive_whole_and_right_is_refused(fault, server, tmp_path, monkeypatch):
    monkeypatch.setattr(server, "fault", fault)
    waits = fault.startswith(("silent", "stalling"))
    monkeypatch.setattr(fetching, "_TIMEOUT", 0.2 if waits else 30.0)
    why = "timed out" if waits else "checksums" if fault in ("another pixel", "other labels", "other parts") else ".*"
    with pytest.raises(OSError, match=rf"^mnist_784 could not .*{why}.*; check the network, or set SKQML_DATA to a"):
        fetch_mnist(data_home=tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert socket.getdefaulttimeout() is None
    monkeypatch.setattr(server, "fault", "")
    monkeypatch.setattr(fetching, "_TIMEOUT", 30.0)
    np.testing.assert_array_equal(fetch_mnist(data_home=tmp_path).images, IMAGES[:6])


@pytest.mark.filterwarnings("ignore:A network error occurred")
@pytest.mark.parametrize("name", FETCHERS)
def test_no_network_is_said_in_a_sentence(name, server, tmp_path, monkeypatch):
    monkeypatch.setattr(_openml, "_SEARCH_NAME", "http://127.0.0.1:9/{}")  # nobody listens there
    with pytest.raises(OSError, match=rf"could not be fetched from OpenML .*refused.* a folder with {name}\.npz"):
        FETCHERS[name](data_home=tmp_path)


def test_the_timeout_of_sockets_is_as_it_was(server, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(fetching, "fetch_openml", lambda *a, **k: seen.append(socket.getdefaulttimeout()))
    socket.setdefaulttimeout(77.0)
    try:
        with pytest.raises(OSError, match="could not be fetched"):
            fetch_mnist(data_home=tmp_path)
        assert socket.getdefaulttimeout() == 77.0
    finally:
        socket.setdefaulttimeout(None)
    assert seen == [30.0]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_shows_what_is_fetched(terminal, server, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    fetch_mnist(data_home=tmp_path)
    said = capsys.readouterr().err
    assert ("mnist_784" in said and "128 MB" in said) == terminal
    fetch_mnist(data_home=Path(tmp_path))
    assert capsys.readouterr().err == ""
