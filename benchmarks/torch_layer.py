"""A circuit as a layer of a PyTorch network: forward and backward for a batch, against PennyLane's TorchLayer."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np

from benchmarks.frame.contest import Contender, Group


def cases(quick: bool) -> Iterator[Group]:
    """Yield 5 qubits, 3 strongly entangling layers, 64 rows, or a small one."""
    if find_spec("torch") is None:  # nobody is left to compare with
        return
    n_qubits, n_layers, n_samples = (3, 1, 4) if quick else (5, 3, 64)
    name = f"Forward and backward, {n_qubits} qubits, {n_layers} layers, {n_samples} rows"
    yield Group(name, list(_contenders(n_qubits, n_layers, n_samples)), reference="skqml")


def _contenders(n_qubits: int, n_layers: int, n_samples: int) -> Iterator[Contender]:
    """All give the values and their derivatives by inputs and weights, as one vector."""
    rng = np.random.default_rng(0)
    X, w = rng.uniform(0, np.pi, (n_samples, n_qubits)), rng.uniform(0, np.pi, (n_layers, n_qubits, 3))
    peers: list[tuple[str, Callable, str]] = [
        ("skqml", skqml, "QuantumLayer, double precision"),
        ("PennyLane, default.qubit", lambda *args: pennylane(*args, "default.qubit", "backprop"), "TorchLayer"),
        ("PennyLane, lightning.qubit", lambda *args: pennylane(*args, "lightning.qubit", "adjoint"), "TorchLayer"),
    ]
    for label, make, note in peers:
        try:
            yield Contender(label, make(X, w), note=note)
        except ImportError as error:
            yield Contender(label, None, note=str(error))


def _step(layer, parameters, X: np.ndarray) -> Callable:
    import torch

    x = torch.tensor(X, requires_grad=True)

    def step() -> np.ndarray:
        values = layer(x)
        slopes = torch.autograd.grad(values.sum(), [x, *parameters])
        return np.concatenate([t.detach().numpy().ravel() for t in (values, *slopes)])

    return step


def skqml(X: np.ndarray, w: np.ndarray) -> Callable:
    """RX of the inputs, then rotations RZ, RY, RZ and CX to the qubit 1, 2, ... places on."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    from skqml.nn import QuantumLayer

    n_layers, n_qubits, _ = w.shape
    x, weights, circuit = ParameterVector("x", n_qubits), ParameterVector("w", w.size), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.rx(x[q], q)
    for layer in range(n_layers):
        for q in range(n_qubits):
            k = 3 * (layer * n_qubits + q)
            circuit.rz(weights[k], q)
            circuit.ry(weights[k + 1], q)
            circuit.rz(weights[k + 2], q)
        for q in range(n_qubits):
            circuit.cx(q, (q + 1 + layer % (n_qubits - 1)) % n_qubits)
    layer = QuantumLayer(circuit, weights=w.ravel()).double()
    return _step(layer, [layer.weights], X)


def pennylane(X: np.ndarray, w: np.ndarray, device: str, method: str) -> Callable:
    """The same circuit by PennyLane's own templates."""
    import pennylane as qml
    import torch

    n_qubits = X.shape[1]

    @qml.qnode(qml.device(device, wires=n_qubits), interface="torch", diff_method=method)
    def node(inputs, weights):
        qml.AngleEmbedding(inputs, range(n_qubits))
        qml.StronglyEntanglingLayers(weights, range(n_qubits))
        return [qml.expval(qml.PauliZ(q)) for q in range(n_qubits)]

    layer = qml.qnn.TorchLayer(node, {"weights": w.shape}, init_method=lambda t: t.data.copy_(torch.tensor(w)))
    return _step(layer.double(), list(layer.parameters()), X)
