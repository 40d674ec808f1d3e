"""Examples of valid arguments, by name."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.primitives import StatevectorSampler
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils import Bunch

from skqml import (
    ZNE,
    AngleEncoding,
    Exact,
    FidelityKernel,
    Noisy,
    QRNNCell,
    QRNNReservoirRegressor,
    QuantumKernelSVC,
    Shots,
    VariationalClassifier,
    all_z,
)
from skqml.attacks import fgsm
from skqml.circuits.ansatze import hardware_efficient, ry_cz
from skqml.datasets import make_pixels
from skqml.models.vqe import ZNEVQE

X = np.random.default_rng(0).normal(size=(8, 2))
LABELS, NUMBERS = np.arange(8) % 2, X @ [1.0, -0.5]
STORED = Path(__file__).parents[1] / "data" / "format1.skops"
SERIES = np.sin(np.arange(40.0))
WINDOWS = SERIES[:32].reshape(8, 4, 1)


def circuit(n_qubits=2):
    """A circuit of as many features, and of two weights."""
    x, w, qc = ParameterVector("x", n_qubits), ParameterVector("w", 2), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        qc.ry(x[q], q)
    qc.cx(0, 1)
    qc.rx(w[0], 0)
    qc.ry(w[1], 1)
    return qc


def bowl(w, rows=None):
    """A loss with its gradient."""
    return 0.5 * float(w @ w), w


def delays(u):
    """A reservoir: the last two inputs."""
    return np.stack([np.roll(u, k) for k in (1, 2)], axis=1)


def fresh_weights():
    """A function that hands out parameters."""
    names = iter(range(1000))
    return lambda: Parameter(f"weight{next(names)}")


def hamiltonian(r):
    """A Hamiltonian of a number."""
    return SparsePauliOp(["ZZ", "XI"], [1.0, float(np.ravel(r)[0])])


def noisy():
    """A backend with a noise model."""
    noise = NoiseModel(["rz", "ry", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 1), "ry")
    return Noisy(noise)


@cache
def vqe():
    """A fitted eigensolver."""
    return ZNEVQE(hamiltonian, n_restarts=1, max_iter=2, random_state=0).fit(np.array([[0.7]]))


def shots_model():
    """A model whose cost can be counted."""
    return QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=Shots(10)))


@cache
def fitted_model():
    """A fitted model with a kernel."""
    return QuantumKernelSVC().fit(X, LABELS)


@cache
def classical_model():
    """A fitted model that says something at once: the worst of all attacks asks it thousands of times."""
    return LogisticRegression().fit(X, LABELS)


@cache
def reservoir():
    """A fitted model of a series."""
    return QRNNReservoirRegressor(n_reservoirs=2, random_state=0).fit(SERIES[None, :-1, None], SERIES[None, 1:])


@cache
def variational():
    """A fitted model with a loss curve."""
    return VariationalClassifier(AngleEncoding(), max_iter=2, tol=None, random_state=0).fit(X, LABELS)


@cache
def field():
    """A fitted model of pixels."""
    return Ridge().fit(*make_pixels(np.eye(4)))


@cache
def figure():
    """A figure that all displays draw in."""
    return Figure()


def axes():
    """Its axes, emptied."""
    figure().clear()
    return figure().add_subplot()


def of(value) -> Callable:
    """How a value is made that nobody changes."""
    return lambda: value


# Settings of constructors that keep a use short; others keep their defaults.
SETTINGS: dict[str, Callable] = {
    "ansatz": of(hardware_efficient),
    "cell": lambda: QRNNCell(2, 1, 1),
    "ax": axes,
    "n_qubits": of(2),
    "n_layers": of(1),
    "n_blocks": of(1),
    "max_iter": of(2),
    "n_restarts": of(1),
    "n_reservoirs": of(2),
    "n_components": of(4),
    "random_state": of(0),
    "n_latent": of(2),
    "n_measured": of(1),
    "n_inputs": of(1),
    "n_thresholds": of(1),
    "shots": of(10),
    "n_units": of(2),
    "n_memory": of(1),
    "n_twirls": of(2),
    "wait": of(0.0),
    "n_folds": of(2),
    "sampler": StatevectorSampler,
    "hamiltonian": of(hamiltonian),
}

VALID: dict[str, Callable] = {
    "X": of(X),
    "y": of(NUMBERS),
    "Y": of(X),
    "trusted": of(()),
    "handles": of(None),
    "x": of(X[0]),
    "K": lambda: np.eye(3),
    "labels": of(LABELS),
    "circuit": circuit,
    "kernel": lambda: FidelityKernel(AngleEncoding()),
    "encoding": AngleEncoding,
    "losses": of([2.0, 1.0]),
    "delays": lambda: np.arange(1, 3),
    "capacities": lambda: np.ones(2),
    "scales": of((1, 3, 5)),
    "values": of([0.7, 0.5, 0.3]),
    "y_pred": of(SERIES[:5]),
    "loss_and_grad": of(bowl),
    "w": lambda: np.zeros(2),
    "rng": lambda: np.random.default_rng(0),
    "w0": lambda: np.zeros(2),
    "backend": Exact,
    "observables": lambda: all_z(2),
    "observable": lambda: all_z(2)[0],
    "qubits": of([0, 1]),
    "n_features": of(2),
    "n_channels": of(1),
    "n_rows": of(2),
    "n_steps": of(3),
    "qc": lambda: QuantumCircuit(4),
    "hf_bitstring": of("1100"),
    "weight": fresh_weights,
    "theta": lambda: np.zeros(1),
    "A": lambda: np.eye(8),
    "operator": of(SparsePauliOp("ZZ")),
    "estimator": fitted_model,
    "reservoir": of(delays),
    "series": of(SERIES),
    "width": of(4),
    "n_stretches": of(2),
    "sequences": of([SERIES[:4], SERIES[:3]]),
    "a": of(0),
    "b": of(1),
    "n_scales": of(2),
    "scale": of(3.0),
    "f": lambda: np.zeros((8, 1)),
    "table": of({0: 0, 1: 1}),
    "S": lambda: np.zeros((8, 2)),
    "folds": of(None),
    "columns": of([0]),
    "y_true": of(SERIES[:5]),
    "n_samples": of(8),
    "model": fitted_model,
    "epsilon": of(0.1),
    "epsilons": of([0.0, 0.1]),
    "image": lambda: np.eye(8),
    "symbols": of(["H", "H"]),
    "folder": of("checkpoints"),
    "geometry": of([[0, 0, 0], [0, 0, 0.7]]),
}

FORECASTS = {"X": of(SERIES[:32].reshape(8, 4)), "y": of(SERIES[:8])}
SEQUENCES = {"X": of(WINDOWS), "y": of(SERIES[1:33].reshape(8, 4))}
# Where the same name means something else.
CLASSES = {"y": of(LABELS)}
MATRICES = {"K": lambda: np.eye(8), "sample_weight": of(np.ones(8))}
ROWS = {"X": of(X)}
IMAGES = {"x": lambda: import_module("torch").ones(2, 1, 4, 4)}
OF_CLASSES = """
    VariationalClassifier ReadoutQNNClassifier QuantumKernelOnlineClassifier QuantumKernelSVC QuanvolutionClassifier
    ParallelHybridClassifier AmplitudeHybridClassifier QuantumTransferClassifier BlockEncodingClassifier
    adam apgd fgsm local_unitaries pgd
"""
OF_IMAGES = ["FlippedQuanv2d.forward", "Patches2d.forward", "Quanvolution2d.forward"]
TABLES: dict[str, dict[str, Callable]] = dict.fromkeys(OF_CLASSES.split(), CLASSES) | dict.fromkeys(OF_IMAGES, IMAGES)
TABLES |= {
    "remember": {"memory": of({})},
    "follows": {"before": lambda: import_module("skqml.training").Adam()},
    **dict.fromkeys(("alignment_loss", "svc_loss", "ridge_loss"), MATRICES),
    "kernel_matrix": {"out": of("K.npy")},
    "Ansatz": {"draw": of(hardware_efficient), "options": of(None)},
    "LayerSwapClassifier": CLASSES | {"x": of(X[0])},
    "LayerSwapClassifier.replacement_report": {"cv": of(2)},
    "AdversarialTrainingClassifier": CLASSES | {"attack": of(fgsm)},
    "square": CLASSES | {"queries": of(20)},
    **dict.fromkeys(("robust_score", "robustness_curve"), CLASSES | {"model": classical_model, "attacks": of([fgsm])}),
    "ReadoutQNNClassifier.from_truth_table": {"table": of([0, 1, 1, 0])},
    "truth_table_circuit": {"table": of([0, 1, 1, 0])},
    "RobustnessCurveDisplay": {"scores": of([1.0, 0.5])},
    "RobustnessCurveDisplay.from_result": {"result": lambda: Bunch(epsilons=[0.0, 0.1], scores=[1.0, 0.5])},
    "MemoryCapacityDisplay.from_result": {"result": lambda: Bunch(delays=np.arange(1, 3), capacities=np.ones(2))},
    "scale_noise": {"backend": noisy},
    "CircuitEncoding.build": {"n_features": of(2)},
    "AmplitudeLayer": {"n_features": of(4)},
    "AmplitudeLayer.forward": {"x": lambda: import_module("torch").ones(2, 4)},
    "FlippedQuanv2d": {"in_channels": of(1), "out_channels": of(2)},
    "QuantumLayer.forward": {"x": lambda: import_module("torch").ones(2, 2)},
    "Patches2d": {"kernel": lambda: import_module("torch").nn.Linear(4, 2)},
    "Quanvolution2d": {"circuit": lambda: circuit(4)},
    "ReuploadingLinear": {"in_features": of(4), "out_features": of(2)},
    "ReuploadingLinear.circuit": {"x": lambda: np.ones(4)},
    "ReuploadingLinear.forward": {"x": lambda: import_module("torch").ones(2, 4)},
    "AmplitudePreparation": {"amplitudes": of([3.0, 4.0])},
    "FourierKernel": {"like": lambda: FidelityKernel(AngleEncoding()), "n_components": of(10)},
    "HamiltonianEmbeddingClassifier": CLASSES | {"ansatz": of(None)},
    "SplitQCNNClassifier": CLASSES | {"block": of(ry_cz)},
    "ZNEVQE": {"X": of(np.array([[0.7]])), "y": of(None)},
    "Observable": {"labels": of(("ZI",))},
    "QuantumFieldRegressor": {"n_latent": of(1), "X": of(np.column_stack([X[:, 0], np.full(8, 0.2)]))},
    "QuantumFieldRegressor.complete": {"X": of(X[:, :1]), "X_new": of(X[:, :1]), "y": of(NUMBERS)},
    "FieldDisplay": {"truth": lambda: np.eye(4), "values": lambda: np.eye(4)},
    "FieldDisplay.from_estimator": {"estimator": field},
    "psnr": {"y_pred": of(SERIES[:5])},
    "ssim": {"y_true": lambda: np.eye(8), "y_pred": lambda: np.eye(8)},
    "QuantumTensorNetworkClassifier": CLASSES | {"x": of(X[0])},
    "QRNNReservoirRegressor": SEQUENCES,
    "FastWeightRegressor": FORECASTS,
    "FastWeightClassifier": FORECASTS | {"y": of(LABELS)},
    "QRNNReservoirClassifier": SEQUENCES | {"y": of(LABELS)},
    "QRNNFeatures": SEQUENCES,
    "ForecastDisplay.from_estimator": {"estimator": reservoir},
    "LossCurveDisplay.from_estimator": {"estimator": variational},
    "ZNEDisplay.from_backend": {"backend": ZNE, "x": of(X[0]), "w": lambda: np.zeros(2)},
    "RidgeReadout": {"folds": of(LABELS), "start": of(6)},
    "load": {"path": of(STORED)},
    "save": {"path": of("model.skops")},
    "ZNEDisplay.from_estimator": {"estimator": vqe},
    "estimate_cost": {"estimator": shots_model},
    "find_cuts": {"max_qubits": of(2)},
    "cut_cost": {"max_qubits": of(2)},
    "pauli_weight_needed": CLASSES | {"estimator": variational, "max_weight": of(1)},
}
