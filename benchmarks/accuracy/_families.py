"""The families of estimators of the accuracy table, and what is tried of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

import skqml
from skqml import (
    AmplitudeEncoding,
    BlockEncodingClassifier,
    FastWeightRegressor,
    FidelityKernel,
    HamiltonianEmbeddingClassifier,
    KernelAlignmentTrainer,
    ProjectedKernel,
    QRNNReservoirRegressor,
    QuantumFeatures,
    QuantumFieldRegressor,
    QuantumKernelOnlineClassifier,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumKernelSVR,
    QuantumNystroem,
    QuantumTensorNetworkClassifier,
    QuantumTransferClassifier,
    ReadoutQNNClassifier,
    SplitQCNNClassifier,
    VariationalClassifier,
    VariationalRegressor,
)

TUNED: dict[str, Any] = {"n_seeds": 1, "budget": 4}
AS_GIVEN: dict[str, Any] = {"n_seeds": 1, "budget": 1}  # what is trained for long


@dataclass(frozen=True)
class Family:
    """A model of the table.

    Attributes
    ----------
    make : callable
        Returns the estimator.
    kinds : tuple of str
        Of the sets that it takes.
    tries : dict
        Options of `evidence_report`: seeds, and settings that are tried.
    """

    make: Callable
    kinds: tuple[str, ...]
    tries: dict[str, Any]


def _states() -> QuantumKernelSVC:
    """The kernel of the overlaps of states that are rows themselves."""
    return QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False)


def _before_a_linear_model(transformer) -> Pipeline:
    return make_pipeline(transformer, LogisticRegression(C=10.0, max_iter=1000))


def _aligned() -> Pipeline:
    """A kernel that is trained in each fold."""
    return make_pipeline(KernelAlignmentTrainer(), SVC(kernel="precomputed", C=10.0))


TABLES = ("classes", "images")
CLASSES = (*TABLES, "states")
FAMILIES = {
    "QuantumKernelSVC": Family(QuantumKernelSVC, CLASSES, TUNED),
    "QuantumKernelSVC, projected": Family(lambda: QuantumKernelSVC(ProjectedKernel()), CLASSES, TUNED),
    "QuantumKernelSVC, amplitudes": Family(_states, ("states",), TUNED),
    "QuantumKernelSVR": Family(QuantumKernelSVR, ("numbers",), TUNED),
    "QuantumKernelRidge": Family(QuantumKernelRidge, ("numbers", "windows", "pixels"), TUNED),
    "QuantumKernelOnlineClassifier": Family(QuantumKernelOnlineClassifier, TABLES, TUNED),
    "QuantumNystroem": Family(lambda: _before_a_linear_model(QuantumNystroem()), TABLES, TUNED),
    "KernelAlignmentTrainer": Family(_aligned, TABLES, TUNED),
    "QuantumFeatures": Family(lambda: _before_a_linear_model(QuantumFeatures()), TABLES, TUNED),
    "VariationalClassifier": Family(VariationalClassifier, TABLES, AS_GIVEN),
    "VariationalRegressor": Family(VariationalRegressor, ("numbers",), AS_GIVEN),
    "ReadoutQNNClassifier": Family(ReadoutQNNClassifier, TABLES, AS_GIVEN),
    "HamiltonianEmbeddingClassifier": Family(HamiltonianEmbeddingClassifier, TABLES, AS_GIVEN),
    "SplitQCNNClassifier": Family(SplitQCNNClassifier, TABLES, AS_GIVEN),
    "BlockEncodingClassifier": Family(BlockEncodingClassifier, TABLES, AS_GIVEN),
    "QuantumTransferClassifier": Family(QuantumTransferClassifier, TABLES, AS_GIVEN),
    "QuantumTensorNetworkClassifier": Family(QuantumTensorNetworkClassifier, (*TABLES, "strings"), AS_GIVEN),
    "QuantumFieldRegressor": Family(QuantumFieldRegressor, ("pixels",), AS_GIVEN),
    "QRNNReservoirRegressor": Family(QRNNReservoirRegressor, ("windows",), AS_GIVEN),
    "FastWeightRegressor": Family(FastWeightRegressor, ("windows",), AS_GIVEN),
}
HYBRID = ("QuanvolutionClassifier", "ParallelHybridClassifier")
FAMILIES |= {name: Family(getattr(skqml, name), ("images",), AS_GIVEN) for name in HYBRID if name in skqml.__all__}


def options_for(kind: str) -> dict[str, Any]:
    """Options of `evidence_report` for a kind of rows: series are tested on what comes later, strings are no table."""
    if kind == "windows":
        return {"cv": TimeSeriesSplit(5), "inner_cv": TimeSeriesSplit(3)}
    return {"baselines": {}} if kind == "strings" else {}
