"""Hamiltonians of molecules of one's own from their geometry: integrals by PySCF, electrons on qubits here."""

from itertools import product
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from sklearn.utils import Bunch

from .._checks import check_count, check_kind, check_numbers, check_option, shown
from ..circuits.ansatze.fermions import MAPPINGS, FermionMapping


def make_molecule(symbols, geometry, *, basis="sto-3g", charge=0, active_space=None, mapping="parity") -> Bunch:
    """Return the Hamiltonians of a molecule with paired electrons at one or several geometries.

    ``H = E_0 + sum_pq h_pq E_pq + 1/2 sum_pqrs (pq|rs) (E_pq E_rs - delta_qr E_ps)`` in the orbitals of restricted
    Hartree-Fock, where ``E_pq`` moves an electron of either spin from orbital q to p and E_0 is the energy of nuclei
    and frozen electrons: expectation values are total energies. Needs PySCF (``pip install 'skqml[chemistry]'``).

    Parameters
    ----------
    symbols : list of str
        Of the n_atoms atoms, such as ``["Li", "H"]``.
    geometry : array-like of shape (n_atoms, 3) or (n_geometries, n_atoms, 3)
        Positions in Angstrom.
    basis : str, default="sto-3g"
        Any that PySCF knows.
    charge : int, default=0
        Of the molecule; the number of electrons that is left must be even.
    active_space : None or tuple (n_electrons, orbitals), default=None
        What is treated, all by default: ``orbitals`` is a number of orbitals from the lowest that is not frozen up,
        or a list of their indices by energy, from 0. Electrons beyond n_electrons are frozen in the lowest others.
    mapping : {"parity", "jordan_wigner"}, default="parity"
        From orbitals to qubits, two an orbital. Parity leaves out two qubits that are conserved.

    Returns
    -------
    Bunch
        ``hamiltonians``, a list of n_geometries `SparsePauliOp` in Hartree, ``energies`` (n_geometries,), exact in the
        active space, ``hf_energies`` (n_geometries,), ``hf_bitstring``, the occupied qubits of Hartree-Fock, first
        qubit first, and ``n_electrons``.

    Raises
    ------
    ImportError
        Without PySCF.
    TypeError, ValueError
        If an argument is none of the above, PySCF knows no such atoms or basis, electrons are left unpaired, or
        Hartree-Fock does not converge.

    References
    ----------
    Q. Sun et al., Recent developments in the PySCF program package, J. Chem. Phys. 153, 024109 (2020);
    T. Helgaker, P. Jorgensen and J. Olsen, Molecular Electronic-Structure Theory (2000), for H.

    Examples
    --------
    >>> from skqml.datasets import make_molecule
    >>> hydrogen = make_molecule(["H", "H"], [[[0, 0, 0], [0, 0, d]] for d in (0.7, 0.9)])
    >>> hydrogen.hamiltonians[0].num_qubits, hydrogen.energies.round(4)
    (2, array([-1.1362, -1.1206]))
    """
    check_option("mapping", mapping, MAPPINGS)
    check_kind("basis", basis, str, "the name of a basis")
    charge = check_count("charge", charge, -100, 100)
    symbols, positions = _check_atoms(symbols, geometry)
    found = [_solve(list(zip(symbols, atoms, strict=True)), basis, charge, active_space) for atoms in positions]
    n_electrons = found[0].n_electrons
    fermions = FermionMapping.filled(n_electrons, len(found[0].h), mapping)
    return Bunch(
        hamiltonians=[fermions.on_qubits(_hamiltonian(each, fermions.spins)) for each in found],
        energies=np.array([each.energy for each in found]),
        hf_energies=np.array([each.hf_energy for each in found]),
        hf_bitstring=fermions.hf_bitstring,
        n_electrons=n_electrons,
    )


class _Electrons(NamedTuple):
    """Electrons in orbitals of Hartree-Fock: E_0, h (n, n), (pq|rs) (n, n, n, n), and energies in Hartree."""

    n_electrons: int
    constant: float
    h: np.ndarray
    repulsion: np.ndarray
    energy: float
    hf_energy: float


def _check_atoms(symbols, geometry) -> tuple[list[str], np.ndarray]:
    """Return the symbols and positions (n_geometries, n_atoms, 3)."""
    check_kind("symbols", symbols, (list, tuple), "a list of symbols of atoms")
    symbols = [check_kind("symbols", symbol, str, "a list of symbols of atoms") for symbol in symbols]
    positions = check_numbers("geometry", geometry, n_axes=(2, 3))
    positions = positions.reshape(-1, *positions.shape[-2:])
    if not len(positions) or not symbols or positions.shape[1:] != (len(symbols), 3):
        raise ValueError(
            f"geometry must be of shape ({len(symbols)}, 3) for the {len(symbols)} symbols, or one such a geometry, "
            f"got {np.shape(geometry)}; give x, y, z of each atom in Angstrom."
        )
    return symbols, positions


def _pyscf() -> ModuleType:
    try:
        import pyscf.ao2mo
        import pyscf.mcscf
    except ImportError as error:
        raise ImportError("Molecules need the package PySCF: pip install 'skqml[chemistry]'.") from error
    return pyscf


def _solve(atoms, basis, charge, active_space) -> _Electrons:
    """Hartree-Fock of one geometry, and the exact energy in the active space, with as many electrons up as down."""
    pyscf = _pyscf()
    molecule = _molecule(pyscf, atoms, basis, charge)
    field = pyscf.scf.RHF(molecule).run(conv_tol=1e-12)
    if not field.converged:
        raise ValueError(
            "geometry has no converged Hartree-Fock state; move atoms that lie far apart or on each other."
        )
    n_electrons, orbitals = _check_active(active_space, molecule.nelectron, field.mo_coeff.shape[1])
    active = pyscf.mcscf.CASCI(field, len(orbitals), n_electrons)
    active.fcisolver = pyscf.fci.direct_spin1.FCI(molecule)  # the default leaves triplets out
    orbitals = active.sort_mo(orbitals, base=0)
    h, constant = active.get_h1eff(orbitals)
    repulsion = pyscf.ao2mo.restore(1, active.get_h2eff(orbitals), len(h))
    return _Electrons(n_electrons, constant, h, repulsion, active.kernel(orbitals)[0], field.e_tot)


def _molecule(pyscf: ModuleType, atoms, basis, charge) -> Any:
    """The atoms with paired electrons."""
    try:
        molecule = pyscf.gto.M(atom=atoms, basis=basis, charge=charge, spin=None, verbose=0)
    except Exception as error:  # whatever its parsers meet
        symbols = shown([symbol for symbol, _ in atoms])
        raise ValueError(f"symbols={symbols} and basis={shown(basis)} must be known to PySCF: {error}") from error
    if molecule.nelectron < 2 or molecule.nelectron % 2:
        raise ValueError(
            f"charge={charge} leaves {molecule.nelectron} electrons, expected an even number of at least 2; "
            "change the charge of the molecule."
        )
    molecule.spin = 0
    return molecule


def _check_active(active_space, n_electrons, n_orbitals) -> tuple[int, list[int]]:
    """Return the electrons and the indices of orbitals that are treated."""
    if active_space is None:
        return n_electrons, list(range(n_orbitals))
    check_kind("active_space", active_space, tuple, "None or a pair (n_electrons, orbitals)")
    if len(active_space) != 2:
        raise ValueError(f"active_space must be None or a pair (n_electrons, orbitals), got {shown(active_space)}.")
    active, orbitals = check_count("active_space[0]", active_space[0], 2, n_electrons), active_space[1]
    frozen = (n_electrons - active) // 2
    if not isinstance(orbitals, list | tuple):
        orbitals = range(frozen, frozen + check_count("active_space[1]", orbitals, 1, n_orbitals - frozen))
    orbitals = [check_count("active_space[1]", p, 0, n_orbitals - 1) for p in orbitals]
    if active % 2 or len(set(orbitals)) < len(orbitals) or not active // 2 <= len(orbitals) <= n_orbitals - frozen:
        raise ValueError(
            f"active_space must be an even number of electrons in as many different orbitals as hold them, of which "
            f"{frozen} others stay for those frozen, got {shown(active_space)}."
        )
    return active, orbitals


def _hamiltonian(electrons: _Electrons, spins) -> SparsePauliOp:
    """H on one qubit a spin orbital; ``spins`` says of which spin each is."""
    n = len(electrons.h)
    modes = np.array([np.flatnonzero(spins == spin) for spin in (0, 1)]).T
    moves = {(p, q): _move(modes[p], modes[q], 2 * n) for p, q in product(range(n), repeat=2)}
    h = electrons.h - 0.5 * np.einsum("pqqs->ps", electrons.repulsion)
    total = SparsePauliOp("I" * 2 * n, electrons.constant)
    for (p, q), move in moves.items():
        field = SparsePauliOp.sum([0.5 * electrons.repulsion[p, q, r, s] * other for (r, s), other in moves.items()])
        total += h[p, q] * move + move @ field.simplify()
    return total.simplify(atol=1e-12)


def _move(to, away, n_modes) -> SparsePauliOp:
    """E_pq, the modes of orbital p given as ``to``, of q as ``away``, one a spin."""
    return SparsePauliOp.sum(
        [_annihilate(p, n_modes).adjoint() @ _annihilate(q, n_modes) for p, q in zip(to, away, strict=True)]
    ).simplify()


def _annihilate(mode, n_modes) -> SparsePauliOp:
    """``Z_0 ... Z_(j-1) (X_j + i Y_j) / 2``, which takes an electron from mode j."""
    qubits = list(range(mode + 1))
    return SparsePauliOp.from_sparse_list([("Z" * mode + p, qubits, c) for p, c in (("X", 0.5), ("Y", 0.5j))], n_modes)
