"""What is too wide is refused by arithmetic, with the bytes, before anything is drawn, wherever there is a limit."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from skqml import (
    MPS,
    FidelityKernel,
    Noisy,
    PauliPropagation,
    ProjectedKernel,
    QuantumKernelSVC,
    VariationalClassifier,
    ZZEncoding,
)
from skqml.backends.aer import Aer
from skqml.backends.primitives import Primitive
from skqml.circuits import Encoding
from skqml.cutting import Cut
from skqml.mitigation import ZNE
from tests.contracts.backends import backends, name

WIDE = [30, 62, 63, 64, 200, 1000]
BYTES = r"max_memory=\d+ bytes, but \d+ qubits need (\d+|10\*\*\d+) bytes; use fewer qubits"
UNLIMITED = Primitive, Cut, PauliPropagation, MPS  # by the bytes of states
LIMITED = [b for b in backends() if not isinstance(b, UNLIMITED) and not (isinstance(b, Aer) and b.random)]
every_backend = pytest.mark.parametrize("backend", LIMITED, ids=name)


class Undrawn(Encoding):
    """As wide as it is told, and never to be drawn."""

    def __init__(self, n_qubits=64):
        self.n_qubits = n_qubits

    def width(self, n_features):
        return self.n_qubits

    def draw(self, qc, x, weight):
        raise AssertionError("drawn before its width was looked at")


@every_backend
@pytest.mark.parametrize("n_qubits", WIDE)
def test_backends(backend, n_qubits):
    """Not even the gates of the circuit are looked at: this one is such as no backend would read."""
    circuit = QuantumCircuit(n_qubits)
    circuit.reset(0)
    for compiled in (
        lambda: backend.compile(circuit, [SparsePauliOp("Z" * n_qubits)]),
        lambda: backend.check_width(n_qubits),
    ):
        with pytest.raises(ValueError, match=BYTES):
            compiled()


@every_backend
@pytest.mark.parametrize(
    "model",
    [
        lambda b, n: QuantumKernelSVC(FidelityKernel(Undrawn(n), backend=b)),
        lambda b, n: QuantumKernelSVC(ProjectedKernel(Undrawn(n), backend=b), bandwidth=1.0),
        lambda b, n: VariationalClassifier(Undrawn(n), backend=b),
        lambda b, n: VariationalClassifier(Undrawn(n), backend=b, bandwidth=1.0),
    ],
)
@pytest.mark.parametrize("n_qubits", [30, 1000])
def test_models(backend, model, n_qubits):
    X = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(ValueError, match=BYTES):
        model(backend, n_qubits).fit(X, [0, 1, 0, 1, 0, 1])


def test_the_encoding_of_a_thousand_features():
    X = np.random.default_rng(0).normal(size=(6, 1000))
    trained = VariationalClassifier(ZZEncoding(), backend=ZNE(Noisy()))
    for model in (QuantumKernelSVC(FidelityKernel(ZZEncoding())), trained):
        with pytest.raises(ValueError, match="1000 qubits need"):
            model.fit(X, [0, 1, 0, 1, 0, 1])


@pytest.mark.parametrize(
    "backend", [Aer(method="matrix_product_state"), Aer(method="stabilizer", shots=10, random_state=0)]
)
def test_methods_without_such_a_limit_take_any_width(backend):
    circuit = QuantumCircuit(70)
    circuit.h(0)
    for q in range(69):
        circuit.cx(q, q + 1)
    values = backend.compile(circuit, [SparsePauliOp("Z" * 70)])(np.zeros((1, 0)))
    np.testing.assert_allclose(values, 1.0, atol=1e-9)


def test_a_backend_without_a_limit_is_not_asked_for_one():
    Primitive().check_width(10_000)
    kernel = FidelityKernel(Undrawn(1000), backend=Primitive(sampler=lambda seed: None, shots=10))
    with pytest.raises(AssertionError, match="drawn"):
        kernel(np.ones((2, 1)))


def test_what_fits_is_not_refused():
    """The limit stands where the states of one group of rows no longer fit."""
    for backend in LIMITED:
        backend.check_width(6)
    x = ParameterVector("x", 1)
    circuit = QuantumCircuit(6)
    circuit.ry(x[0], 0)
    for backend in LIMITED:
        backend.compile(circuit, [SparsePauliOp("ZIIIII")])
