"""Hamiltonians of small molecules at some of their bond lengths."""

from typing import NamedTuple

import numpy as np

from skqml.datasets import load_molecule

NAMES = {"h2": "H2", "lih": "LiH", "h4": "H4"}


class Molecule(NamedTuple):
    """A molecule at several bond lengths."""

    lengths: np.ndarray
    operators: list
    energies: np.ndarray
    hf_energies: np.ndarray
    hf_bitstring: str
    form: str


def molecule(name, form="parity", every=1) -> Molecule:
    """Each so-manieth bond length of h2, lih or h4."""
    found = load_molecule(NAMES[name], form)
    arrays = (found.bond_lengths, found.hamiltonians, found.energies, found.hf_energies)
    return Molecule(*(array[::every] for array in arrays), found.hf_bitstring, form)
