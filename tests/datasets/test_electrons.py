"""Hamiltonians from a geometry against the committed ones, which another package made, and against PySCF's FCI."""

import sys

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from scipy.sparse.linalg import eigsh

from skqml import ZNEVQE
from skqml.circuits.ansatze.chemistry import UCCSD
from skqml.datasets import load_molecule, make_molecule

pyscf = pytest.importorskip("pyscf")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pyscf")


def line(n_atoms, spacing):
    """Atoms on a straight line."""
    return [[0, 0, k * spacing] for k in range(n_atoms)]


@pytest.mark.parametrize("mapping", ["parity", "jordan_wigner"])
@pytest.mark.parametrize(
    ("name", "symbols", "active_space"),
    [("H2", ["H", "H"], None), ("LiH", ["Li", "H"], (2, [1, 2, 5])), ("H4", ["H"] * 4, None)],
)
def test_equals_the_committed_hamiltonians(name, symbols, active_space, mapping):
    """Up to the signs of orbitals: the same spectrum, energies and reference."""
    known = load_molecule(name, mapping)
    at = [2, 4]
    geometries = [line(len(symbols), known.bond_lengths[k]) for k in at]
    found = make_molecule(symbols, geometries, active_space=active_space, mapping=mapping)
    assert (found.hf_bitstring, found.n_electrons) == (known.hf_bitstring, known.n_electrons)
    np.testing.assert_allclose(found.energies, known.energies[at], atol=1e-9)
    np.testing.assert_allclose(found.hf_energies, known.hf_energies[at], atol=1e-9)
    for k, H in zip(at, found.hamiltonians, strict=True):
        spectra = [np.linalg.eigvalsh(each.to_matrix()) for each in (H, known.hamiltonians[k])]
        np.testing.assert_allclose(*spectra, atol=1e-9)


@pytest.mark.parametrize(
    ("symbols", "geometry", "options"),
    [
        (["O", "H", "H"], [[0, 0, 0.117], [0, 0.757, -0.469], [0, -0.757, -0.469]], {"active_space": (4, 4)}),
        (["He", "H"], line(2, 0.8), {"charge": 1}),
        (["H"] * 3, line(3, 0.9), {"charge": 1}),
        (["H", "H"], line(2, 0.7), {"basis": "6-31g"}),
    ],
)
@pytest.mark.parametrize("mapping", ["parity", "jordan_wigner"])
def test_reference_and_exact_energy(symbols, geometry, options, mapping):
    """The Hartree-Fock state has the Hartree-Fock energy, and the exact energy of PySCF is an eigenvalue."""
    found = make_molecule(symbols, geometry, mapping=mapping, **options)
    H = found.hamiltonians[0]
    reference = Statevector.from_label(found.hf_bitstring[::-1])
    assert reference.expectation_value(H).real == pytest.approx(found.hf_energies[0], abs=1e-9)
    energies = np.linalg.eigvalsh(H.to_matrix())
    assert np.abs(energies - found.energies[0]).min() < 1e-8


def test_full_space_is_fci():
    """Six hydrogen atoms on 12 qubits: the lowest energy is that of full configuration interaction."""
    found = make_molecule(["H"] * 6, line(6, 1.0), mapping="jordan_wigner")
    molecule = pyscf.gto.M(atom=[("H", at) for at in line(6, 1.0)], basis="sto-3g", verbose=0)
    exact = pyscf.fci.FCI(pyscf.scf.RHF(molecule).run(verbose=0)).kernel()[0]
    H = found.hamiltonians[0].to_matrix(sparse=True)
    assert eigsh(H, k=1, which="SA")[0][0] == pytest.approx(exact, abs=1e-7)
    assert found.energies[0] == pytest.approx(exact, abs=1e-7)


def test_a_curve_for_the_eigensolver():
    """Hamiltonians and reference go into `ZNEVQE` with UCCSD as they are."""
    found = make_molecule(["H", "H"], [line(2, d) for d in (0.6, 0.9)])
    ansatz = UCCSD(found.hf_bitstring, mapping="parity")
    model = ZNEVQE(ansatz=ansatz, random_state=0).fit(found.hamiltonians)
    np.testing.assert_allclose(model.energies_, found.energies, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"symbols": "HH"}, "symbols must be a list"),
        ({"symbols": ["H"]}, r"geometry must be of shape \(1, 3\)"),
        ({"symbols": ["H", "Qq"]}, "known to PySCF"),
        ({"basis": "none-such"}, "known to PySCF"),
        ({"charge": 1}, "even number"),
        ({"charge": 2}, "even number"),
        ({"geometry": line(2, np.nan)}, "geometry"),
        ({"active_space": (1, 2)}, "active_space"),
        ({"active_space": (2, 3)}, r"active_space\[1\]"),
        ({"active_space": (2, [0, 0])}, "active_space"),
        ({"active_space": 4}, "active_space"),
        ({"mapping": "bravyi"}, "mapping"),
    ],
)
def test_refused(given, message):
    """What cannot be computed is refused with the parameter's name."""
    with pytest.raises((TypeError, ValueError), match=message):
        make_molecule(**({"symbols": ["H", "H"], "geometry": line(2, 0.7)} | given))


def test_without_pyscf(monkeypatch):
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, "pyscf.ao2mo", None)
    with pytest.raises(ImportError, match=r"skqml\[chemistry\]"):
        make_molecule(["H", "H"], line(2, 0.7))
