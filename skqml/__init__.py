"""Quantum machine learning estimators that are scikit-learn estimators."""

from .circuits import (
    AngleEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    Encoding,
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
from .engine.exact import Exact

__all__ = ["Exact", "all_z"]
