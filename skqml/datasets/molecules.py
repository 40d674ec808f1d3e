"""Hamiltonians of small molecules along their bond lengths."""

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from sklearn.utils import Bunch

from .._checks import check_option
from .bundled import read_json

_ELECTRONS = {"H2": 2, "LiH": 2, "H4": 4, "H6": 6, "H2O": 10}
_FORMS = {"parity": "parity_reduced", "jordan_wigner": "jordan_wigner"}


def load_molecule(name="H2", mapping="parity") -> Bunch:
    """Return the Hamiltonians of a molecule in the STO-3G basis at several bond lengths.

    Expectation values are total energies: nuclear repulsion and frozen electrons are part of the constant.

    Parameters
    ----------
    name : {"H2", "LiH", "H4", "H6", "H2O"}, default="H2"
        Hydrogen at 15 lengths, lithium hydride at 13 (Li 1s frozen, two empty orbitals left out), chains of four
        hydrogen atoms at 7 and of six at 3, water at 2.
    mapping : {"parity", "jordan_wigner"}, default="parity"
        From orbitals to qubits. Parity leaves out two qubits that are conserved: 2, 4, 6, 10 and 12 qubits, else 4, 6,
        8, 12 and 14.

    Returns
    -------
    Bunch
        ``bond_lengths`` (n,) in Angstrom, ``hamiltonians``, a list of n `SparsePauliOp` in Hartree, ``energies`` (n,),
        the exact ground energies of ``n_electrons``, ``hf_energies`` (n,) of Hartree-Fock, and ``hf_bitstring``, the
        occupied qubits of Hartree-Fock, first qubit first.

    Raises
    ------
    ValueError
        If there is no such molecule or mapping.

    Examples
    --------
    >>> from skqml.datasets import load_molecule
    >>> hydrogen = load_molecule("H2")
    >>> hydrogen.hamiltonians[0].num_qubits, len(hydrogen.bond_lengths)
    (2, 15)
    """
    check_option("name", name, _ELECTRONS)
    check_option("mapping", mapping, _FORMS)
    geometries = read_json(f"hamiltonian_{name.lower()}.json")["geometries"]
    forms = [geometry["forms"][_FORMS[mapping]] for geometry in geometries]
    lengths, energies, hf_energies = (
        np.array([geometry[key] for geometry in geometries])
        for key in ("bond_length", "active_space_fci_energy", "hf_energy")
    )
    return Bunch(
        bond_lengths=lengths,
        # Labels of the files count qubits from the left, Qiskit's from the right.
        hamiltonians=[SparsePauliOp.from_list([(label[::-1], c) for label, c in form["paulis"]]) for form in forms],
        energies=energies,
        hf_energies=hf_energies,
        hf_bitstring=forms[0]["hf_bitstring"],
        n_electrons=_ELECTRONS[name],
    )
