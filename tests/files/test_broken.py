"""Files that were cut, or of which bits flipped: one sentence, or the model as it was."""

import os
import random
import resource
import sys
import warnings

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import skqml
from skqml import CircuitEncoding, FidelityKernel, QuantumKernelSVC
from skqml.files.archive import read_archive, write_archive
from tests.contracts.estimators import scores
from tests.contracts.examples import LABELS, X

N_FLIPS = int(os.environ.get("SKQML_FLIPS", "300"))  # `make fuzz` takes thousands


@pytest.fixture(scope="module")
def model():
    """A fitted model with a circuit of the user's own."""
    return QuantumKernelSVC(FidelityKernel(CircuitEncoding(zz_feature_map(2)))).fit(X, LABELS)


@pytest.fixture(scope="module")
def data(model, tmp_path_factory):
    """The bytes of its file."""
    path = tmp_path_factory.mktemp("files") / "model.skops"
    skqml.save(model, path)
    return path.read_bytes()


def check_refused_or_same(data, path, model):
    """A ValueError or TypeError of one sentence, or a model that predicts the same."""
    path.write_bytes(data)
    try:
        found = skqml.load(path)
    except (ValueError, TypeError) as error:
        assert "\n" not in str(error)
        return False
    np.testing.assert_array_equal(scores(found)(X), scores(model)(X))
    return True


def test_cut_files_are_refused(data, model, tmp_path):
    """At any length."""
    rng = random.Random(0)
    for n in [0, 1, 22, len(data) - 1, *(rng.randrange(len(data)) for _ in range(N_FLIPS))]:
        assert not check_refused_or_same(data[:n], tmp_path / "cut", model)


def flipped(data, rng):
    """The bytes with one bit flipped."""
    place = rng.randrange(len(data))
    return b"".join([data[:place], bytes([data[place] ^ 1 << rng.randrange(8)]), data[place + 1 :]])


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_are_seen(data, model, tmp_path, seed):
    """Or they are in what says nothing, such as a date."""
    rng = random.Random(seed)
    results = [check_refused_or_same(flipped(data, rng), tmp_path / "flipped", model) for _ in range(N_FLIPS // 3)]
    assert np.mean(results) < 0.2


@pytest.mark.parametrize("seed", range(3))
def test_parts_that_somebody_changed_do_no_harm(data, tmp_path, seed):
    """Flipped bits under sums that were made right again: a sentence, or some model."""
    rng, path = random.Random(seed), tmp_path / "changed"
    for _ in range(N_FLIPS // 3):
        parts = read_archive(data)
        for _ in range(rng.choice([1, 1, 3])):
            name = rng.choice(list(parts))
            parts[name] = flipped(parts[name], rng)
        path.write_bytes(write_archive(parts))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                skqml.load(path)
            except (ValueError, TypeError) as error:
                assert "\n" not in str(error)


def test_anything_else_is_refused(data, model, tmp_path):
    """Text, noise, and files of others."""
    rng = random.Random(0)
    for other in [b"", b"PK", b"\x80\x04.", b"{}", rng.randbytes(1000), data[::-1], data + data[:100]]:
        check_refused_or_same(other, tmp_path / "other", model)
    assert not check_refused_or_same(rng.randbytes(100), tmp_path / "other", model)


def test_files_that_are_not_there(tmp_path):
    """Nor are folders files."""
    with pytest.raises(ValueError, match="where no file is"):
        skqml.load(tmp_path)
    with pytest.raises(ValueError, match="where no file is"):
        skqml.load(tmp_path / "nothing")


def test_machines_that_read_outside_are_refused(tmp_path):
    """Support vectors of scikit-learn's own machines, which its compiled code looks for where they say."""
    path, machine = tmp_path / "machine", SVC().fit(X, LABELS)
    machine.support_ = machine.support_ + 10**6
    skqml.save(make_pipeline(StandardScaler(), machine), path)
    with pytest.raises(ValueError, match="support vectors of a SVC outside its 8 rows"):
        skqml.load(path)


@pytest.mark.skipif(sys.platform != "linux", reason="counts kB as Linux does")
def test_memory_stays_small(data, model, tmp_path):
    """Broken files take no memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rng = random.Random(1)
    for _ in range(100):
        check_refused_or_same(flipped(data, rng), tmp_path / "flipped", model)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
