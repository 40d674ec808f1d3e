"""Hamiltonians of small molecules, from the shared data or, for hydrogen at one length, from here."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from qiskit.quantum_info import SparsePauliOp

# H2, STO-3G, 0.735 Angstrom: PySCF 2.14.0 and OpenFermion 1.8.1, as in the shared data.
_PAIR = 0.04523279994605788
_HYDROGEN = {
    "bond_length": 0.735,
    "hf_energy": -1.116998996754004,
    "active_space_fci_energy": -1.1373060357534004,
    "forms": {
        "parity_reduced": {
            "hf_bitstring": "10",
            "paulis": [["II", -0.3324042513238805], ["IZ", -0.3979374248431795], ["ZI", 0.3979374248431794],
                       ["XX", 0.18093119978423153], ["ZZ", -0.011280104256235213]],
        },
        "jordan_wigner": {
            "hf_bitstring": "1100",
            "paulis": [["IIII", -0.09057898608834788], ["IIIZ", -0.225753492224024], ["IIZI", -0.225753492224024],
                       ["IZII", 0.1721839326191555], ["ZIII", 0.1721839326191555], ["IIZZ", 0.17464343068300442],
                       ["IZIZ", 0.1209126326177663], ["IZZI", 0.1661454325638242], ["ZIIZ", 0.1661454325638242],
                       ["ZIZI", 0.1209126326177663], ["ZZII", 0.16892753870087918], ["XXYY", -_PAIR],
                       ["XYYX", _PAIR], ["YXXY", _PAIR], ["YYXX", -_PAIR]],
        },
    },
}  # fmt: skip


class Molecule(NamedTuple):
    """A molecule at several bond lengths."""

    lengths: np.ndarray
    operators: list
    energies: np.ndarray
    hf_energies: np.ndarray
    hf_bitstring: str
    form: str


def molecule(name, form="parity_reduced", every=1) -> Molecule:
    """Each so-manieth bond length of h2, lih or h4; hydrogen at one length where there is no folder of data."""
    folder = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[3] / "shared" / "data"))
    path = folder / f"hamiltonian_{name}.json"
    geometries = json.loads(path.read_text())["geometries"][::every] if path.exists() else [_HYDROGEN]
    forms = [geometry["forms"][form] for geometry in geometries]
    # Characters of the data's labels count qubits from the left, Qiskit's from the right.
    operators = [SparsePauliOp.from_list([(label[::-1], c) for label, c in f["paulis"]]) for f in forms]
    lengths, energies, hf = (
        np.array([geometry[key] for geometry in geometries])
        for key in ("bond_length", "active_space_fci_energy", "hf_energy")
    )
    return Molecule(lengths, operators, energies, hf, forms[0]["hf_bitstring"], form)
