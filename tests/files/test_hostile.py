"""Files that were made to do harm: no code runs, no memory is taken, one sentence says what is wrong."""

import io
import json
import os
import pickle
import struct
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skops.io
from qiskit import QuantumCircuit, qpy

import skqml
from skqml import CircuitEncoding, FidelityKernel, QuantumKernelSVC
from skqml.files.archive import read_archive, write_archive
from skqml.files.schema import nodes
from tests.contracts.examples import LABELS, X


@cache
def saved():
    """Parts of the file of a fitted model."""
    model = QuantumKernelSVC(FidelityKernel(CircuitEncoding(skqml.AngleEncoding().build(2)))).fit(X, LABELS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.skops"
        skqml.save(model, path)
        return read_archive(path.read_bytes())


def described(change):
    """The file with a change in the description of its objects."""
    parts = dict(saved())
    tree = json.loads(parts["schema.json"])
    tree = change(tree) or tree
    return write_archive(parts | {"schema.json": json.dumps(tree).encode()})


def node(loader, module, name, **rest):
    """A description."""
    return {"__loader__": loader, "__module__": module, "__class__": name} | rest


def text(value):
    """The description of a text or a number."""
    return node("JsonNode", "builtins", "str", content=json.dumps(value), is_json=True)


def listed(*items, loader="ListNode", name="list"):
    """The description of a list."""
    return node(loader, "builtins", name, content=list(items))


def put(tree, inner):
    """Give a model one more attribute."""
    attributes = tree["content"]
    attributes["content"]["note"] = inner
    attributes["key_types"]["content"].append(node("TypeNode", "builtins", "str"))


def of_class(loader, module, name, **rest):
    """A file whose one attribute ``note`` is something else."""

    def change(tree):
        put(tree, node(loader, module, name, **rest))

    return described(change)


TOUCHED = "touch /tmp/skqml-was-here"
SYSTEM = listed(text(TOUCHED), loader="TupleNode", name="tuple")
EMPTY = node("DictNode", "builtins", "dict", content={}, key_types=listed())


class Command:
    """Runs when it is unpickled."""

    def __reduce__(self):
        return os.system, (TOUCHED,)


def pickled_array():
    """An array that holds a pickle."""
    buffer = io.BytesIO()
    np.save(buffer, np.array([Command()]), allow_pickle=True)
    return with_part(".npy", lambda _: buffer.getvalue())


def with_part(ending, change):
    """The file with one of its parts changed."""
    parts = dict(saved())
    name = next(name for name in parts if name.endswith(ending))
    return write_archive(parts | {name: change(parts[name])})


def of_version(version):
    """QPY bytes that say that they are of another version."""
    return with_part(".bin", lambda data: data[:6] + bytes([version]) + data[7:])


def huge(shape, dtype="<f8"):
    """The bytes of an array that says it is huge."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()


def zipped(**options):
    """The parts in a zip file of another kind."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, data in saved().items():
            archive.writestr(name, data)
    return buffer.getvalue()


def bomb():
    """A zip file of a gigabyte of zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in saved().items():
            archive.writestr(name, data)
        with archive.open("bomb.npy", "w") as part:
            for _ in range(64):
                part.write(bytes(2**20))
    return buffer.getvalue()


def renamed(name):
    """The file with a part of another name."""
    return write_archive(saved() | {name: b"0"})


def doubled():
    """Objects that refer to each other, so that they double 60 times."""

    def change(tree):
        inner = text(0)
        for k in range(60):
            inner = listed(inner, {"__id__": k + 1}) | {"__id__": k + 2}
        put(tree, inner)

    return described(change)


def deep(n):
    """Lists inside each other."""

    def change(tree):
        inner = text(0)
        for _ in range(n):
            inner = listed(inner)
        put(tree, inner)

    return described(change)


def reused():
    """A part that is used many times."""

    def change(tree):
        array = next(n for n in nodes(tree) if "file" in n)
        put(tree, listed(*[array] * 1000))

    return described(change)


def keyed():
    """A dictionary whose keys are made by a class."""

    def change(tree):
        kinds = listed(node("TypeNode", "skqml.models.vqe.estimator", "ZNEVQE"))
        put(tree, node("DictNode", "builtins", "dict", content={"a": text(0)}, key_types=kinds))

    return described(change)


def placed(place):
    """A random state that reads behind its numbers."""
    parts, whole = read_archive(skops.io.dumps(np.random.RandomState(0))), dict(saved())
    state, tree = json.loads(parts.pop("schema.json")), json.loads(whole["schema.json"])
    for inner in nodes(state):
        inner.pop("__id__", None)
        if "pos" in inner.get("content", ()):
            inner["content"]["pos"] = text(place)
    put(tree, state)
    return write_archive(whole | parts | {"schema.json": json.dumps(tree).encode()})


def noise_on(qubit):
    """The description of a noise model with an error on a qubit."""
    gate = mapping(name=text("x"), qubits=listed(text(qubit)))
    error = mapping(
        type=text("qerror"),
        operations=listed(text("x")),
        probabilities=listed(text(1.0)),
        instructions=listed(listed(gate)),
    )
    return mapping(basis_gates=listed(text("x")), errors=listed(error))


def mapping(**content):
    """The description of a dictionary."""
    kinds = [node("TypeNode", "builtins", "str")] * len(content)
    return node("DictNode", "builtins", "dict", content=content, key_types=listed(*kinds))


OPERATOR = {"attrs": listed(text("system"), text(TOUCHED), loader="TupleNode", name="tuple")}
HOSTILE = {
    "os.system": lambda: of_class("ConstructorFromReduceNode", "posix", "system", content=SYSTEM),
    "eval": lambda: of_class("FunctionNode", "builtins", "eval"),
    "subprocess": lambda: of_class("ObjectNode", "subprocess", "Popen", content=EMPTY),
    "a type": lambda: of_class("TypeNode", "os", "system"),
    "import": lambda: of_class("ObjectNode", "antigravity", "Fly", content=EMPTY),
    "a method": lambda: of_class("MethodNode", "os", "system", content={"obj": EMPTY, "func": "clear"}),
    "methodcaller": lambda: of_class("OperatorFuncNode", "operator", "methodcaller", **OPERATOR),
    "partial": lambda: of_class(
        "PartialNode",
        "functools",
        "partial",
        content={"func": node("TypeNode", "os", "system"), "args": SYSTEM, "kwds": EMPTY, "namespace": EMPTY},
    ),
    "our class called": lambda: of_class("ConstructorFromReduceNode", "skqml.persistence", "save", content=SYSTEM),
    "our function": lambda: of_class("FunctionNode", "skqml.persistence", "load"),
    "a list of a class": lambda: of_class("ListNode", "skqml.backends.shots", "Shots", content=[text(1)]),
    "an array of a class": lambda: of_class("NdArrayNode", "skqml.backends.shots", "Shots", type="numpy", file="0.npy"),
    "a tree": lambda: of_class("TreeNode", "sklearn.tree._tree", "Tree", content=EMPTY),
    "a dtype's state": lambda: of_class("ObjectNode", "numpy", "dtype", content=EMPTY),
    "no loader": lambda: of_class("NoNode", "builtins", "list"),
    "keys of a class": keyed,
    "a pickle": lambda: pickle.dumps(Command()),
    "a pickle in an array": pickled_array,
    "a pickle for a description": lambda: write_archive(saved() | {"schema.json": pickle.dumps(Command())}),
    "old QPY": lambda: of_version(12),
    "future QPY": lambda: of_version(200),
    "many circuits": lambda: with_part(".bin", _two_circuits),
    "many qubits": lambda: with_part(".bin", _many_qubits),
    "a huge array": lambda: with_part(".npy", lambda _: huge((10**12,))),
    "a huge empty text": lambda: with_part(".npy", lambda _: huge((10**12,), "<U0")),
    "objects": lambda: with_part(".npy", lambda _: huge((1,), "|O")),
    "a negative array": lambda: with_part(".npy", lambda _: huge((-1,))),
    "a zip bomb": bomb,
    "packed": lambda: zipped(compression=zipfile.ZIP_DEFLATED),
    "up": lambda: renamed("../../etc/passwd"),
    "root": lambda: renamed("/etc/passwd"),
    "unused": lambda: renamed("unused.npy"),
    "no stamp": lambda: write_archive({k: v for k, v in saved().items() if k != "skqml.json"}),
    "odd stamp": lambda: write_archive(saved() | {"skqml.json": b"[]"}),
    "later format": lambda: write_archive(saved() | {"skqml.json": b'{"format": 2, "versions": {"skqml": "9"}}'}),
    "deep json": lambda: write_archive(saved() | {"schema.json": b"[" * 100_000}),
    "deep lists": lambda: deep(200),
    "doubling": doubled,
    "reused": reused,
    "placed": lambda: placed(10**6),
    "noise on many qubits": lambda: of_class(
        "ConstructorFromReduceNode", "skqml.files.noise", "NoisePart", content=listed(noise_on(10**9))
    ),
    "numbers": lambda: write_archive(saved() | {"schema.json": b"1" * 100_000}),
    "missing part": lambda: of_class("BytesNode", "builtins", "bytes", file="9999.bin"),
}


def _two_circuits(_):
    buffer = io.BytesIO()
    qpy.dump([QuantumCircuit(1)] * 2, buffer)
    return buffer.getvalue()


def _many_qubits(_):
    buffer = io.BytesIO()
    qpy.dump(QuantumCircuit(20_000), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name, tmp_path, monkeypatch):
    """Whatever the caller trusts besides; commands fail the test, and leave no trace."""
    path = tmp_path / "hostile"
    path.write_bytes(HOSTILE[name]())
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("code ran"))
    for trusted in [(), (skqml.VariationalClassifier,)]:
        with pytest.raises((ValueError, TypeError)) as caught:
            skqml.load(path, trusted=trusted)
        message = str(caught.value)
        assert "\n" not in message
        assert len(message) < 700
    assert not os.path.exists(TOUCHED.split()[1])


def test_the_file_they_are_made_of_is_good(tmp_path):
    """So that each is refused for what is wrong with it."""
    path = tmp_path / "good"
    path.write_bytes(described(lambda tree: None))
    assert isinstance(skqml.load(path), QuantumKernelSVC)
    path.write_bytes(placed(624))
    assert isinstance(skqml.load(path).note, np.random.RandomState)
