"""Circuits of the user as encodings."""

import copy
import pickle

import numpy as np
import pytest
from qiskit import transpile
from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Operator
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV

from skqml.circuits import CircuitEncoding
from tests.circuits.encodings import fidelity, state


def user_circuit():
    qc, x, w = QuantumCircuit(2), ParameterVector("x", 3), ParameterVector("theta", 2)
    qc.ry(x[2] * w[0], 0)
    qc.rx(x[0] + w[1], 1)
    qc.cx(0, 1)
    return qc


def test_circuit_is_handed_out_as_a_copy():
    qc = user_circuit()
    built = CircuitEncoding(qc).build(3)  # x[1] is unused
    assert built == qc and built is not qc
    built.h(0)
    assert CircuitEncoding(qc).build(3) == qc


def test_data_vector_of_another_name():
    qc = user_circuit()  # weights are called w and x
    built = CircuitEncoding(qc, data="theta").build(2)
    theta = [p for p in qc.parameters if p.vector.name == "theta"]
    weights = [p for p in qc.parameters if p.vector.name != "theta"]
    assert [p.name for p in built.parameters if p.vector.name == "x"] == [f"x[{p.index}]" for p in theta]
    numbers = np.arange(1.0, 1 + qc.num_parameters)
    expected = qc.assign_parameters(dict(zip(weights + theta, numbers, strict=True)))
    assert Operator(built.assign_parameters(numbers)) == Operator(expected)  # w comes before x


def test_transpiled_circuit():
    x = np.random.default_rng(6).normal(size=3)
    compiled = transpile(zz_feature_map(3, reps=1), basis_gates=["rz", "sx", "cx"], optimization_level=2)
    built = CircuitEncoding(compiled).build(3)
    expected = state(zz_feature_map(3, reps=1), x)
    np.testing.assert_allclose(fidelity(state(built, x), expected), 1, atol=1e-12)


def test_single_parameters_become_a_vector_in_their_order():
    a, b, c = Parameter("x[0]"), Parameter("b"), Parameter("c")
    qc = QuantumCircuit(1)
    qc.rx(a, 0)
    qc.rz(b, 0)
    qc.ry(c, 0)
    encoding = CircuitEncoding(qc, data=(c, a))
    built = encoding.build(2)
    assert [p.name for p in built.parameters] == ["w[0]", "x[0]", "x[1]"]
    values = dict(zip(built.parameters, [0.1, 0.2, 0.3], strict=True))
    assert Operator(built.assign_parameters(values)) == Operator(qc.assign_parameters({b: 0.1, c: 0.2, a: 0.3}))
    assert clone(encoding) == encoding == pickle.loads(pickle.dumps(encoding))


def test_weights_with_the_names_of_features_are_renamed():
    a, x0 = Parameter("a"), Parameter("x[0]")
    qc = QuantumCircuit(1)
    qc.rx(a, 0)
    qc.ry(x0, 0)
    built = CircuitEncoding(qc, data=(a,)).build(1)
    assert Operator(built.assign_parameters([0.2, 0.1])) == Operator(qc.assign_parameters({a: 0.1, x0: 0.2}))
    with pytest.raises(ValueError, match="differ"):
        CircuitEncoding(qc, data=(a, a)).build(2)


def test_measured_circuit_can_be_drawn_into_another():
    measured = zz_feature_map(2, reps=1)
    measured.measure_all()
    qc = QuantumCircuit(2)
    CircuitEncoding(measured).draw(qc, ParameterVector("x", 2), None)
    assert "measure" not in qc.count_ops()
    assert CircuitEncoding(measured).build(2) == measured
    x = [0.2, -0.4]
    np.testing.assert_allclose(state(qc, x), state(zz_feature_map(2, reps=1), x), atol=1e-12)


def test_circuit_equality_is_by_content():
    qc = user_circuit()
    encoding = CircuitEncoding(qc)
    longer = qc.copy()
    longer.h(0)
    for other in (clone(encoding), copy.deepcopy(encoding), pickle.loads(pickle.dumps(encoding))):
        assert other == encoding and other.circuit is not qc
    assert encoding != CircuitEncoding(longer)
    assert encoding != CircuitEncoding(qc, data="theta")
    assert encoding != CircuitEncoding(qc, data=tuple(qc.parameters))
    assert encoding != qc
    with pytest.raises(TypeError, match="unhashable"):
        hash(encoding)


@pytest.mark.parametrize("n_features", [2, 4])
def test_circuit_of_another_number_of_features(n_features):
    with pytest.raises(ValueError, match=f"3 features.*n_features={n_features}"):
        CircuitEncoding(user_circuit()).build(n_features)


@pytest.mark.parametrize("data", ["y", "", (), (Parameter("x[0]"),)])
def test_circuit_without_data(data):
    with pytest.raises(ValueError, match="no data parameter"):
        CircuitEncoding(user_circuit(), data=data).build(1)


@pytest.mark.parametrize(
    ("circuit", "data"), [("h q[0];", "x"), (None, "x"), (user_circuit(), 3), (user_circuit(), ["x"])]
)
def test_circuit_of_another_type(circuit, data):
    with pytest.raises(TypeError, match="must be"):
        CircuitEncoding(circuit, data=data).build(3)


@pytest.mark.parametrize("nonsense", [-1, 3.0, "helloworld", [1], {}, [], np.array([1.0, 4.0])])
def test_nonsense_is_stored_silently(nonsense):
    encoding = CircuitEncoding(nonsense, data=nonsense)
    assert encoding.circuit is nonsense and encoding.data is nonsense
    assert repr(encoding)


class Width(BaseEstimator):
    def __init__(self, encoding=None):
        self.encoding = encoding

    def fit(self, X, y):
        self.width_ = self.encoding.width(X.shape[1])
        return self

    def score(self, X, y):
        return self.width_


def test_grid_search_over_circuits():
    wide = QuantumCircuit(3)
    wide.compose(zz_feature_map(2), [0, 1], inplace=True)
    encodings = [CircuitEncoding(zz_feature_map(2)), CircuitEncoding(wide)]
    search = GridSearchCV(Width(), {"encoding": encodings}, cv=2)
    search.fit(np.zeros((4, 2)), np.zeros(4))
    assert search.best_params_["encoding"] == encodings[1]
    assert search.best_estimator_._repr_html_()
