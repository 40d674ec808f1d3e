"""The circuit that a fitted estimator shows is the one that it computes with: Qiskit's own simulator gives the same."""

from html import escape

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from scipy.special import softmax
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skqml
from skqml.engine.reading.lower import split_parameters
from skqml.models.base.inside import find_fitted
from tests.contracts.estimators import IRIS_X, IRIS_Y, estimator_classes, fitted, quick, rows

X_TEST = IRIS_X[::25]
HYDROGEN = skqml.Observable(["II", "IZ", "ZI", "XX", "ZZ"], [-0.33, -0.40, 0.40, 0.18, -0.01])


def states(circuit, X, w):
    """States of a circuit for rows of data and weights, both in the order of the circuit's parameters."""
    data, weights = split_parameters(circuit)
    for x, weight in zip(X, np.broadcast_to(w, (len(X), len(weights))), strict=True):
        values = {p: x[p.index] for p in data} | dict(zip(weights, weight, strict=True))
        yield Statevector(circuit.assign_parameters(values))


def expectations(observables, psi):
    return [psi.expectation_value(o.to_operator()).real for o in observables]


def of_a_kernel(model):
    Z = model.standardizer_.transform(X_TEST)
    shown = states(model.circuit_, model.kernel_.scale * Z, model.kernel_.initial_weights(Z.shape[1]))
    psi = np.array([s.data for s in shown])
    return model.kernel_(Z), np.abs(psi @ psi.conj().T) ** 2


def of_a_variational_model(model):
    found = model._validated_scores(X_TEST)
    shown = states(model.circuit_, model.standardizer_.transform(X_TEST), model.weights_)
    values = np.array([expectations(model.observables_, psi) for psi in shown])
    return found, values @ model.readout_coef_.T + model.readout_intercept_


def of_outcomes(model):
    """Probabilities of the qubits that are measured, a little above 0."""
    letters = [o.labels[0][::-1] for o in model.observables_]
    qubits = [string.index("Z") for string in letters if string.count("Z") == 1]
    shown = states(model.circuit_, model.standardizer_.transform(X_TEST), model.weights_)
    p = np.array([psi.probabilities(qubits)[: len(model.classes_)] for psi in shown])
    return np.exp(model._validated_scores(X_TEST)), 1e-6 + (1 - 1e-6) * p


def of_fast_weights(model):
    last = model.standardizer_.transform(X_TEST[:, -1:])
    theta = model.fast_weights(X_TEST)[:, -1].reshape(len(last), -1)
    Z = skqml.all_z(model.circuit_.num_qubits)[: model.n_measured]
    values = np.array([expectations(Z, psi) for psi in states(model.circuit_, np.hstack([last, theta]), [])])
    scores = values @ model.readout_coef_.T + model.readout_intercept_
    if hasattr(model, "classes_"):
        return model.predict_proba(X_TEST), softmax(scores, axis=1)
    return model.predict(X_TEST), model.y_mean_ + model.y_scale_ * scores[:, 0]


def of_a_readout_qubit(model):
    bits = model.thresholds_.transform(X_TEST)
    n_data = model.circuit_.num_qubits - 1
    Y = [skqml.Observable("Y" + n_data * "I")]
    shown = [[expectations(Y, psi)[0] for psi in states(model.circuit_, bits, w)] for w in model.weights_]
    p = 0.5 * (1 + np.array(shown).T)
    return model.predict_proba(X_TEST), p / p.sum(axis=1, keepdims=True)


def of_a_hamiltonian(model):
    """The circuit of each row, which is the one shown but for the gate of the image."""
    gates = [[qc.find_bit(q).index for q in i.qubits] for qc in (model.circuit_,) for i in qc.data]
    p = []
    for x in X_TEST:
        qc = model.circuit(x)
        assert [[qc.find_bit(q).index for q in i.qubits] for i in qc.data] == gates
        p.append(Statevector(qc).probabilities()[: len(model.classes_)])
    return model.predict_proba(X_TEST), softmax(model.logit_scale_ * np.array(p), axis=1)


def of_swapped_layers(model):
    """The circuit of each row, which is the one shown but for the gate that loads it."""
    shapes = [(len(i.qubits), i.operation.name == "h") for i in model.circuit_.data]
    offsets, p = model.module_[-2].bias.detach().numpy(), []
    for x in X_TEST:
        qc = model.circuit(x)
        assert [(len(i.qubits), i.operation.name == "h") for i in qc.data] == shapes
        p.append(Statevector(qc).probabilities()[: len(model.classes_)] + offsets)
    return model.decision_function(X_TEST), model.module_[-1].logarithm.exp().item() * np.array(p)


def of_a_tensor_network(model):
    """The circuit of each row, which is the one shown but for the tokens; what is merged away is found in 0."""
    boxes = [i.operation.name for i in model.circuit_.data if not i.operation.name.startswith("token")]
    p = []
    for x in X_TEST:
        qc = model.circuit(x)
        assert [i.operation.name for i in qc.data][-len(boxes) :] == boxes
        p.append(Statevector(qc).probabilities()[: len(model.classes_)])
    return model.predict_proba(X_TEST), p / np.sum(p, axis=1, keepdims=True)


def of_a_field(model):
    shown = states(model.circuit_, model.tree_angles(X_TEST), model.angles_)
    Z = skqml.all_z(model.circuit_.num_qubits)[:1]
    values = np.array([expectations(Z, psi)[0] for psi in shown])
    return model.predict(X_TEST), model.y_mean_ + model.y_scale_ * values


def of_an_eigensolver(model):
    shown = (Statevector(model.circuit_.assign_parameters(w)) for w in model.weights_)
    return model.energies_, [expectations([HYDROGEN], psi)[0] for psi in shown]


def of_features(model):
    shown = states(model.circuit_, model._inputs(X_TEST), [])
    return model.transform(X_TEST), [expectations(model.observables_, psi) for psi in shown]


def of_a_transfer(model):
    Z = model._reduction.transform(X_TEST)
    shown = states(model.circuit_, model.latent_._inputs(Z), [])
    return model.latent_.transform(Z), [expectations(model.observables_, psi) for psi in shown]


def of_a_module(model):
    """The first layer of the module that is a circuit, for any inputs."""
    layer = next(part for part in model.module_.modules() if hasattr(part, "program"))
    inputs = layer.weights.new_tensor(np.random.default_rng(0).normal(size=(3, layer.program.n_features)))
    w = layer.weights.detach().numpy()
    values = [expectations(model.observables_, psi) for psi in states(model.circuit_, inputs.numpy(), w)]
    return layer(inputs).detach().numpy(), values


ORACLES = {
    "latent_": of_a_transfer,
    "replacement_report": of_swapped_layers,
    "module_": of_a_module,
    "kernel_": of_a_kernel,
    "fast_weights": of_fast_weights,
    "thresholds_": of_a_readout_qubit,
    "times_": of_a_hamiltonian,
    "tree_angles": of_a_field,
    "letters_": of_a_tensor_network,
    "energies_": of_an_eigensolver,
    "program_": of_features,
    "readout_qubit": of_outcomes,
    "observables_": of_a_variational_model,
}


@pytest.mark.parametrize("cls", estimator_classes("draw"))
@pytest.mark.parametrize("trained", [None, False, True])
def test_it_is_the_one_in_use(cls, trained):
    """With what stands for None, with fixed encodings, and with encodings whose weights are trained."""
    model = quick(cls, n_thresholds=1, n_blocks=1, max_iter=60 if cls is skqml.ZNEVQE else 3)
    if trained is not None:
        encoding = skqml.ReuploadingEncoding(n_qubits=3, trainable=trained)
        for name, part in {"encoding": encoding, "kernel": skqml.FidelityKernel(encoding)}.items():
            if getattr(model, name, "") is None:
                model.set_params(**{name: part})
    model = fitted(model, *((HYDROGEN,) if cls is skqml.ZNEVQE else rows(model)))
    if hasattr(model, "circuit_"):
        oracle = next(oracle for name, oracle in ORACLES.items() if hasattr(model, name))
        np.testing.assert_allclose(*oracle(model), atol=1e-10)
        assert str(model.draw()) == str(model.circuit_.draw())
        assert escape(str(model.draw(fold=-1))) in model._repr_html_()


def test_circuits_stand_in_diagrams_of_what_is_around_models():
    """Of a step of a pipeline, and of the best model of a search, once it is fitted; each once."""
    svc = skqml.QuantumKernelSVC(skqml.FidelityKernel(skqml.AngleEncoding()))
    behind = make_pipeline(StandardScaler(), svc)
    for whole in map(clone, (svc, behind, GridSearchCV(behind, {}, cv=2))):
        assert "Circuit of" not in whole._repr_html_()
        html, model = whole.fit(IRIS_X, IRIS_Y)._repr_html_(), find_fitted(whole, "circuit_")[0]
        assert html.count(escape(str(model.draw(fold=-1)))) == html.count("Circuit of") == 1


@pytest.mark.parametrize("cls", estimator_classes("draw"))
def test_diagrams_stand_without_a_circuit(cls):
    """Before a fit, and where what is given is of no use: a list, as NumPy 2.0 compares no text with a bool."""
    for name in cls().get_params(deep=False):
        assert cls.__name__ in cls().set_params(**{name: ["nonsense"]})._repr_html_()


def test_diagrams_leave_large_circuits_out():
    """Text of a circuit is quick to read and to make, or is not made."""
    model = skqml.QuantumKernelSVC(skqml.FidelityKernel(skqml.ReuploadingEncoding(n_blocks=200)))
    html = model.fit(IRIS_X, IRIS_Y)._repr_html_()
    assert "which draw() shows" in html and "<pre" not in html[html.index("Circuit of") :]
