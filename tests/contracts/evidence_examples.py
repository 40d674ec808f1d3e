"""Examples of valid arguments of what looks at models and compares them, by name."""

from collections.abc import Callable
from functools import cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from skqml import AngleEncoding
from skqml.evidence import compare_encodings, evidence_report
from skqml.inspection import effective_rank, nearest_rbf
from tests.contracts.examples import CLASSES, LABELS, ROWS, X, circuit, fitted_model, of


@cache
def report():
    """A model beside another."""
    options = {"cv": 2, "n_seeds": 1, "budget": 1, "baselines": {"a": LogisticRegression()}, "details": False}
    return evidence_report(LogisticRegression(), X, LABELS, **options)


@cache
def table():
    """An encoding at two bandwidths."""
    return compare_encodings(AngleEncoding(), X, LABELS, factors=[1.0, 2.0], cv=2)


FEW = {"estimator": LogisticRegression, "cv": of(2), "n_seeds": of(1)}
TABLES: dict[str, dict[str, Callable]] = {
    "evidence_report": CLASSES | FEW | {"inner_cv": of(2), "budget": of(1), "baselines": dict},
    "EvidenceReport.scores": {"contender": of("model")},
    "EvidenceDisplay": {"names": of(["a"]), "differences": of([0.1]), "low": of([0.0]), "high": of([0.2])},
    "EvidenceDisplay.from_report": {"report": report},
    "EncodingsDisplay": {"names": of(["a"]), "factors": of([[1.0]]), "values": of([[0.5]])},
    "EncodingsDisplay.from_table": {"table": table},
    "InspectionDisplay": {"x": lambda: np.arange(3), "y": lambda: np.ones(3)},
    "InspectionDisplay.from_result": {"result": lambda: effective_rank(np.eye(3))},
    "InspectionDisplay.from_nearest": ROWS | {"nearest": lambda: nearest_rbf(np.eye(8), X), "K": lambda: np.eye(8)},
    "InspectionDisplay.from_dimensions": {"n_samples": of([100.0]), "dimensions": of([2.0])},
    "compare_encodings": CLASSES | {"kernels": AngleEncoding, "factors": of([1.0]), "cv": of(2)},
    "ablation": CLASSES | FEW | {"changes": of({"C": {"C": 2.0}})},
    "corrected_t_test": {"differences": of([0.1, 0.2]), "test_share": of(0.25)},
    "holm": {"p_values": of([0.1, 0.2])},
    "alignment": ROWS,
    "agreement": ROWS | {"other": fitted_model},
    "concentration": ROWS,
    "expressibility": {"n_pairs": of(20)},
    "fisher_information": ROWS | {"n_draws": of(2)},
    "quantum_fisher_information": ROWS | {"n_draws": of(2)},
    "entangling_capability": {"n_draws": of(20)},
    "gradient_variance": {"circuits": circuit, "n_draws": of(20)},
    "effective_dimension": {"fisher": lambda: np.eye(2)[None], "n_samples": of(100)},
    "effective_rank": ROWS,
    "geometric_difference": ROWS,
    "shots_needed": ROWS,
}
