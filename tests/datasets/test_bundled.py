"""Data that come with the package: shapes and values that are known from elsewhere, and what is refused."""

from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigsh

from skqml import datasets
from skqml.datasets import (
    load_el_nino,
    load_images,
    load_japanese_vowels,
    load_laser,
    load_molecule,
    load_penguins,
    load_protein_locations,
    load_sunspots,
)


def test_penguins():
    penguins = load_penguins()
    assert penguins.data.shape == (342, 4)
    assert dict(zip(penguins.target_names, np.bincount(penguins.target), strict=True)) == {
        "Adelie": 151,
        "Chinstrap": 68,
        "Gentoo": 123,
    }
    assert penguins.data[:, 3].min() == 2700  # grams
    X, y = load_penguins(return_X_y=True)
    np.testing.assert_array_equal(X, penguins.data)
    np.testing.assert_array_equal(y, penguins.target)


def test_laser():
    series = load_laser()
    assert series.shape == (8000,)
    assert (series.min(), series.max()) == (0, 255)


@pytest.mark.parametrize(
    ("period", "n", "first", "last"), [("yearly", 309, 1700, 2008), ("monthly", 2820, "1749-01", "1983-12")]
)
def test_sunspots(period, n, first, last):
    sunspots = load_sunspots(period)
    assert len(sunspots.data) == len(sunspots.time) == n
    assert (str(sunspots.time[0]), str(sunspots.time[-1])) == (str(first), str(last))
    assert np.isfinite(sunspots.data).all()


def test_el_nino():
    el_nino = load_el_nino()
    assert len(el_nino.data) == len(el_nino.time) == 12 * 61
    assert (str(el_nino.time[0]), str(el_nino.time[-1])) == ("1950-01", "2010-12")
    warmest = el_nino.data.reshape(61, 12).mean(axis=1).argsort()[-3:]
    assert {1983, 1997} <= set(1950 + warmest)


def test_vowels():
    vowels = load_japanese_vowels()
    assert np.bincount(vowels.target).tolist() == [30] * 9
    lengths = np.isfinite(vowels.data).all(axis=2).sum(axis=1)
    assert (lengths.min(), lengths.max()) == (7, 26)
    assert len(vowels.data_test) == len(vowels.target_test) == 185


def test_proteins():
    binary, everything = load_protein_locations(), load_protein_locations("all")
    for part in ("target", "target_test"):
        counts = np.bincount(binary[part])
        assert counts[0] == counts[1]
    letters = set("ACDEFGHIKLMNPQRSTVWY")
    assert all(set(sequence) <= letters and len(sequence) <= 500 for sequence in everything.data)
    names = dict(zip(everything.data, everything.target_names[everything.target], strict=True))
    assert [names[s] for s in binary.data] == binary.target_names[binary.target].tolist()


@pytest.mark.parametrize("name", ["camera", "brick", "astronaut", "cat", "flower", "china"])
def test_an_image_is_the_mean_of_the_next_larger(name):
    for size in (32, 64, 128):
        small, large = load_images(name, size), load_images(name, 2 * size)
        means = large.reshape(size, 2, size, 2, -1).mean(axis=(1, 3)).reshape(small.shape)
        assert 0 <= small.min() < small.max() <= 1
        assert np.abs(small - means).mean() < 0.01  # not every side of the original divides by 256


@pytest.mark.parametrize("name", ["H2", "LiH", "H4"])
@pytest.mark.parametrize("mapping", ["parity", "jordan_wigner"])
def test_molecules_have_the_energies_that_they_tell(name, mapping):
    molecule = load_molecule(name, mapping)
    for k in (0, -1):
        H = molecule.hamiltonians[k]
        state = int(molecule.hf_bitstring[::-1], 2)
        diagonal = H.to_matrix(sparse=True).diagonal().real
        assert abs(diagonal[state] - molecule.hf_energies[k]) < 1e-6
        spectrum = np.linalg.eigvalsh(H.to_matrix())
        assert np.abs(spectrum - molecule.energies[k]).min() < 1e-6


@pytest.mark.parametrize(("name", "n_electrons"), [("H6", 6), ("H2O", 10)])
@pytest.mark.parametrize("mapping", ["parity", "jordan_wigner"])
def test_larger_molecules_have_the_energies_that_they_tell(name, n_electrons, mapping):
    """Of the reference, and the lowest of all states that a product of excitations reaches from it."""
    molecule = load_molecule(name, mapping)
    assert molecule.n_electrons == n_electrons
    reference = int(molecule.hf_bitstring[::-1], 2)
    for H, hf_energy, energy in zip(molecule.hamiltonians, molecule.hf_energies, molecule.energies, strict=True):
        matrix = H.to_matrix(sparse=True).tocsr().real
        assert abs(matrix[reference, reference] - hf_energy) < 1e-9
        block = connected_components(abs(matrix) > 1e-10, directed=False)[1]
        kept = block == block[reference]
        assert abs(eigsh(matrix[kept][:, kept], k=1, which="SA")[0][0] - energy) < 1e-9


@pytest.mark.parametrize("value", ["nobody", 65, None, [], True, 1.5, b"H2"])
@pytest.mark.parametrize(
    ("load", "name"),
    [
        (load_molecule, "name"),
        (load_molecule, "mapping"),
        (load_images, "name"),
        (load_images, "size"),
        (load_sunspots, "period"),
        (load_protein_locations, "classes"),
    ],
)
def test_what_there_is_not_is_refused_by_name(load, name, value):
    with pytest.raises(ValueError, match=f"{name} must be one of"):
        load(**{name: value})


def test_licence_and_source_of_every_file_are_told():
    folder = files(datasets) / "data"
    readme = (folder / "README.md").read_text()
    assert all(f"`{path.name}`" in readme for path in folder.iterdir() if path.name != "README.md")
    assert sum(len(path.read_bytes()) for path in folder.iterdir()) < 4 * 2**20


def test_the_package_is_small():
    """All its files, packed as a wheel packs them, take less than 5 MB."""
    folder, packed = Path(str(files(datasets))).parent, BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as wheel:
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                wheel.write(path, path.relative_to(folder))
    assert len(packed.getvalue()) < 5_000_000
