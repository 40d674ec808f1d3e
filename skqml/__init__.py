"""Quantum machine learning estimators that are scikit-learn estimators."""

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from .backends import (
    MPS,
    Backend,
    Cost,
    Exact,
    Noisy,
    PauliPropagation,
    Primitive,
    Program,
    ShiftProgram,
    Shots,
    Wrapper,
)
from .circuits import (
    AmplitudeEncoding,
    AngleEncoding,
    Ansatz,
    BlockEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    DenseAngleEncoding,
    Encoding,
    HamiltonianEncoding,
    IQPEncoding,
    Observable,
    ReuploadingEncoding,
    ZZEncoding,
    all_z,
    all_zz,
    one_qubit_paulis,
    parity,
    projectors,
    two_qubit_paulis,
)
from .cost import EstimatorCost, estimate_cost
from .cutting import Cut
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
    FieldDisplay,
    ForecastDisplay,
    KernelMatrixDisplay,
    LossCurveDisplay,
    MemoryCapacityDisplay,
    RobustnessCurveDisplay,
    ZNEDisplay,
)
from .engine.cache import clear_cache
from .inspection import information_processing_capacity, memory_capacity
from .kernels import DepolarizingMitigatedKernel, FidelityKernel, ProjectedKernel, QuantumKernel, kernel_matrix
from .mitigation import ZNE, DynamicalDecoupling, PauliTwirling, ReadoutMitigation
from .models.block_encoding import BlockEncodingClassifier
from .models.fast_weights import FastWeightClassifier, FastWeightRegressor
from .models.features import QuantumFeatures, QuanvolutionTransformer
from .models.hamiltonian_embedding import HamiltonianEmbeddingClassifier
from .models.kernel_machines import (
    KernelAlignmentTrainer,
    QuantumKernelOnlineClassifier,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
)
from .models.readout_qnn import ReadoutQNNClassifier
from .models.recurrent import (
    Cell,
    CircuitCell,
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
from .models.split_qcnn import SplitQCNNClassifier
from .models.tensor_network import QuantumTensorNetworkClassifier
from .models.transfer import QuantumLatentTransformer, QuantumTransferClassifier
from .models.variational import VariationalClassifier, VariationalRegressor
from .models.visual_field import QuantumFieldRegressor
from .models.vqe import ZNEVQE
from .persistence import load, save
from .versions import show_versions

try:
    __version__ = version("skqml")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0.0.0"

__all__ = [
    "MPS",
    "ZNE",
    "ZNEVQE",
    "Aer",
    "AmplitudeEncoding",
    "AngleEncoding",
    "Ansatz",
    "Backend",
    "BlockEncoding",
    "BlockEncodingClassifier",
    "Cell",
    "ChebyshevEncoding",
    "CircuitCell",
    "CircuitEncoding",
    "Cost",
    "Cut",
    "DenseAngleEncoding",
    "DepolarizingMitigatedKernel",
    "DynamicalDecoupling",
    "Encoding",
    "EstimatorCost",
    "Exact",
    "FastWeightClassifier",
    "FastWeightRegressor",
    "FidelityKernel",
    "FieldDisplay",
    "ForecastDisplay",
    "HamiltonianEmbeddingClassifier",
    "HamiltonianEncoding",
    "IQPEncoding",
    "KernelAlignmentTrainer",
    "KernelMatrixDisplay",
    "LossCurveDisplay",
    "MemoryCapacityDisplay",
    "MemoryCell",
    "Noisy",
    "Observable",
    "PauliPropagation",
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
    "QuantumFeatures",
    "QuantumFieldRegressor",
    "QuantumKernel",
    "QuantumKernelOnlineClassifier",
    "QuantumKernelRidge",
    "QuantumKernelSVC",
    "QuantumKernelSVR",
    "QuantumLatentTransformer",
    "QuantumNystroem",
    "QuantumTensorNetworkClassifier",
    "QuantumTransferClassifier",
    "QuanvolutionTransformer",
    "ReadoutMitigation",
    "ReadoutQNNClassifier",
    "ReuploadingEncoding",
    "RobustnessCurveDisplay",
    "ShiftProgram",
    "Shots",
    "SplitQCNNClassifier",
    "TanhCell",
    "VariationalClassifier",
    "VariationalRegressor",
    "Wrapper",
    "ZNEDisplay",
    "ZZEncoding",
    "all_z",
    "all_zz",
    "clear_cache",
    "estimate_cost",
    "information_processing_capacity",
    "kernel_matrix",
    "load",
    "make_adhoc",
    "make_bessel",
    "make_damped_pendulum",
    "make_mackey_glass",
    "make_narma",
    "make_stretches",
    "make_windows",
    "memory_capacity",
    "one_qubit_paulis",
    "pad_sequences",
    "parity",
    "projectors",
    "save",
    "show_versions",
    "two_qubit_paulis",
]

# They import PyTorch when they are asked for, and are listed where it is installed.
_HYBRID = (
    "AmplitudeHybridClassifier",
    "AutoencoderTransformer",
    "LayerSwapClassifier",
    "ParallelHybridClassifier",
    "QuanvolutionClassifier",
)
if find_spec("torch") is not None:
    __all__ += (*_HYBRID, "Torch")


def __getattr__(name) -> object:
    if name == "Aer":  # importing qiskit_aer takes as long as all the rest
        from .backends.aer import Aer

        return Aer
    if name in _HYBRID:
        from .models import hybrid

        return getattr(hybrid, name)
    if name == "Torch":  # so does this
        from .backends.torch import Torch

        return Torch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
