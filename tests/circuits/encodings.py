"""What the tests of encodings share."""

import inspect

import numpy as np
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Statevector

from skqml.circuits import (
    AngleEncoding,
    ChebyshevEncoding,
    Encoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
)
from tests.rooms import defined


def instance(cls):
    """Build a class from its defaults, with a circuit or an encoding where one is required."""
    required = [p for p in inspect.signature(cls).parameters.values() if p.default is p.empty]
    return cls(*(zz_feature_map(3, reps=1) if p.name == "circuit" else IQPEncoding() for p in required))


ENCODINGS = [instance(cls) for cls in defined(Encoding)]
VARIANTS = [
    AngleEncoding("x"),
    AngleEncoding("z"),
    ZZEncoding(reps=1, entanglement=((0, 1), (2, 1)), alpha=1.5),
    IQPEncoding(reps=2),
    ChebyshevEncoding(n_qubits=2, degree=3, reps=2),
    ReuploadingEncoding(n_qubits=2, n_blocks=3, trainable=True),
    ReuploadingEncoding(n_qubits=1),
]


def bind(circuit, x, w=(), data="x"):
    """Give a circuit its numbers by name, so that the test relies on names and indices alone."""
    values = {}
    for p in circuit.parameters:
        vector = {data: x, "w": w}[p.vector.name]
        values[p] = float(vector[p.index])
    return circuit.assign_parameters(values)


def state(circuit, x, w=()):
    return Statevector(bind(circuit, x, w)).data


def fidelity(a, b):
    return abs(np.vdot(a, b)) ** 2


def n_weights(circuit):
    return len({p for p in circuit.parameters if p.vector.name == "w"})
