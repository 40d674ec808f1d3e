"""Circuits and observables: what is drawn, before anything runs."""

from skqml.circuits.ansatze import Ansatz
from skqml.circuits.circuit_encoding import CircuitEncoding
from skqml.circuits.encoding import Encoding
from skqml.circuits.encodings import (
    AngleEncoding,
    ChebyshevEncoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
)
from skqml.circuits.hamiltonian import HamiltonianEncoding
from skqml.circuits.observables import (
    Observable,
    all_z,
    all_zz,
    one_qubit_paulis,
    parity,
    projectors,
)

__all__ = [
    "AngleEncoding",
    "Ansatz",
    "ChebyshevEncoding",
    "CircuitEncoding",
    "Encoding",
    "HamiltonianEncoding",
    "IQPEncoding",
    "Observable",
    "ReuploadingEncoding",
    "ZZEncoding",
    "all_z",
    "all_zz",
    "one_qubit_paulis",
    "parity",
    "projectors",
]
