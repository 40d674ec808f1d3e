"""Circuits and observables: what is drawn, before anything runs."""

from .._amplitudes import AmplitudePreparation
from .amplitude import AmplitudeEncoding
from .ansatze import Ansatz
from .block import BlockEncoding
from .circuit_encoding import CircuitEncoding
from .dense_angles import DenseAngleEncoding
from .encoding import Encoding
from .encodings import (
    AngleEncoding,
    ChebyshevEncoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
)
from .hamiltonian import HamiltonianEncoding
from .observables import (
    Observable,
    all_z,
    all_zz,
    one_qubit_paulis,
    parity,
    projectors,
    two_qubit_paulis,
)
from .product import ProductAnsatz, ProductEncoding, without_entanglers

__all__ = [
    "AmplitudeEncoding",
    "AmplitudePreparation",
    "AngleEncoding",
    "Ansatz",
    "BlockEncoding",
    "ChebyshevEncoding",
    "CircuitEncoding",
    "DenseAngleEncoding",
    "Encoding",
    "HamiltonianEncoding",
    "IQPEncoding",
    "Observable",
    "ProductAnsatz",
    "ProductEncoding",
    "ReuploadingEncoding",
    "ZZEncoding",
    "all_z",
    "all_zz",
    "one_qubit_paulis",
    "parity",
    "projectors",
    "two_qubit_paulis",
    "without_entanglers",
]
