"""Quantum machine learning estimators that are scikit-learn estimators."""

from importlib.metadata import PackageNotFoundError, version

from .circuits import (
    AngleEncoding,
    Ansatz,
    ChebyshevEncoding,
    CircuitEncoding,
    Encoding,
    HamiltonianEncoding,
    IQPEncoding,
    Observable,
    ReuploadingEncoding,
    ZZEncoding,
    all_paulis,
    all_z,
    all_zz,
    parity,
    projectors,
)
from .cost import Cost, estimate_cost
from .datasets import (
    make_adhoc,
    make_bessel,
    make_damped_pendulum,
    make_mackey_glass,
    make_narma,
    make_stretches,
    make_windows,
)
from .displays import (
    ForecastDisplay,
    KernelMatrixDisplay,
    LossCurveDisplay,
    MemoryCapacityDisplay,
    ZNEDisplay,
)
from .engine.backend import Backend, Program
from .engine.cache import clear_cache
from .engine.exact import Exact
from .engine.mitigation import ZNE, DynamicalDecoupling, PauliTwirling, ReadoutMitigation
from .engine.noise.noisy import Noisy
from .engine.primitives import Primitive
from .engine.shots import Shots
from .fast_weights import FastWeightClassifier, FastWeightRegressor
from .hamiltonian import HamiltonianEmbeddingClassifier
from .inspection import information_processing_capacity, memory_capacity
from .kernel_machines import (
    KernelAlignmentTrainer,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
)
from .kernels import FidelityKernel, MitigatedKernel, ProjectedKernel, QuantumKernel
from .readout import ReadoutQNNClassifier
from .recurrent import (
    Cell,
    MemoryCell,
    QGRUCell,
    QLSTMCell,
    QRNNCell,
    QRNNFeatures,
    QRNNReservoirClassifier,
    QRNNReservoirRegressor,
    TanhCell,
    pad_sequences,
)
from .variational import VariationalClassifier, VariationalRegressor
from .vqe import ZNEVQE

try:
    __version__ = version("skqml")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0.0.0"

__all__ = [
    "ZNE",
    "ZNEVQE",
    "Aer",
    "AngleEncoding",
    "Ansatz",
    "Backend",
    "Cell",
    "ChebyshevEncoding",
    "CircuitEncoding",
    "Cost",
    "DynamicalDecoupling",
    "Encoding",
    "Exact",
    "FastWeightClassifier",
    "FastWeightRegressor",
    "FidelityKernel",
    "ForecastDisplay",
    "HamiltonianEmbeddingClassifier",
    "HamiltonianEncoding",
    "IQPEncoding",
    "KernelAlignmentTrainer",
    "KernelMatrixDisplay",
    "LossCurveDisplay",
    "MemoryCapacityDisplay",
    "MemoryCell",
    "MitigatedKernel",
    "Noisy",
    "Observable",
    "PauliTwirling",
    "Primitive",
    "Program",
    "ProjectedKernel",
    "QGRUCell",
    "QLSTMCell",
    "QRNNCell",
    "QRNNFeatures",
    "QRNNReservoirClassifier",
    "QRNNReservoirRegressor",
    "QuantumKernel",
    "QuantumKernelRidge",
    "QuantumKernelSVC",
    "QuantumKernelSVR",
    "QuantumNystroem",
    "ReadoutMitigation",
    "ReadoutQNNClassifier",
    "ReuploadingEncoding",
    "Shots",
    "TanhCell",
    "VariationalClassifier",
    "VariationalRegressor",
    "ZNEDisplay",
    "ZZEncoding",
    "all_paulis",
    "all_z",
    "all_zz",
    "clear_cache",
    "estimate_cost",
    "information_processing_capacity",
    "make_adhoc",
    "make_bessel",
    "make_damped_pendulum",
    "make_mackey_glass",
    "make_narma",
    "make_stretches",
    "make_windows",
    "memory_capacity",
    "pad_sequences",
    "parity",
    "projectors",
]


def __getattr__(name):
    if name == "Aer":  # importing qiskit_aer takes as long as all the rest
        from .engine.aer import Aer

        return Aer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
