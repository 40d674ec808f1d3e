"""Losses of one circuit in sQUlearn and in qiskit-machine-learning's VQC."""

from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit


def squlearn(circuit: QuantumCircuit, observable: str, n_features: int) -> Callable:
    """Values and derivatives on the qulacs executor, the fastest of its exact ones (qulacs, pennylane, qiskit).

    The observable is a Pauli string in Qiskit's order; sQUlearn writes the first qubit first.
    """
    from squlearn import Executor
    from squlearn.encoding_circuit import QiskitEncodingCircuit
    from squlearn.observables import CustomObservable
    from squlearn.qnn.lowlevel_qnn.lowlevel_qnn import LowLevelQNN

    encoding = QiskitEncodingCircuit(circuit, mode="auto")
    # Without caching: a second epoch has other weights.
    observable = CustomObservable(circuit.num_qubits, [observable[::-1]])
    network = LowLevelQNN(encoding, observable, Executor("qulacs"), n_features, caching=False)

    def compute(X, w):
        found = network.evaluate(X, w, [], "f", "dfdp")
        return found["f"], found["dfdp"]

    return compute


def vqc(feature_map: QuantumCircuit, ansatz: QuantumCircuit, X: np.ndarray, y: np.ndarray) -> Callable:
    """The loss that `VQC.fit` hands to its optimiser, with the default sampler; the first qubit is the class."""
    from qiskit_machine_learning.algorithms import VQC

    class Found(Exception):
        pass

    def catch(fun, x0, jac=None, bounds=None):
        raise Found(fun)

    model = VQC(feature_map=feature_map, ansatz=ansatz, optimizer=catch, initial_point=np.zeros(ansatz.num_parameters))
    try:
        model.fit(X, y)
    except Found as found:
        return found.args[0]
    raise RuntimeError("VQC.fit did not call its optimiser.")
