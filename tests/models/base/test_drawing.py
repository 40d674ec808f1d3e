"""Displays never make a dense matrix of an operator, whichever estimator holds it."""

import inspect
import tracemalloc

import pytest
from qiskit.quantum_info import SparsePauliOp
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skqml

N = 24  # a dense matrix of which has 2**52 bytes
OPERATOR = SparsePauliOp("Z" * N)
OPERATORS = ("observables", "observable", "hamiltonian", "hamiltonians", "operators")
HOLDERS = [
    (cls, name)
    for _, cls in inspect.getmembers(skqml, inspect.isclass)
    if issubclass(cls, BaseEstimator) and not inspect.isabstract(cls)
    for name in OPERATORS
    if name in inspect.signature(cls).parameters
]


def test_there_are_holders():
    assert len(HOLDERS) >= 2


@pytest.mark.parametrize(("cls", "name"), HOLDERS, ids=lambda p: getattr(p, "__name__", p))
@pytest.mark.parametrize("value", [OPERATOR, [OPERATOR, OPERATOR]], ids=["one", "list"])
def test_notebooks(cls, name, value):
    model = cls(**{name: value})
    tracemalloc.start()
    for shown in (model, *([make_pipeline(StandardScaler(), model)] if hasattr(model, "fit") else [])):
        assert "ZZZZZ" in shown._repr_html_() and "ZZZZZ" in repr(shown)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**25
    assert getattr(model, name) is value
