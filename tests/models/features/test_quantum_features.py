"""Rows as expectation values: against Qiskit's states, on all kinds of backends, in pipelines."""

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, normalize

from skqml import (
    Aer,
    AmplitudeEncoding,
    AngleEncoding,
    Noisy,
    QuantumFeatures,
    QuantumLatentTransformer,
    QuanvolutionTransformer,
    ReuploadingEncoding,
    Shots,
    all_z,
    one_qubit_paulis,
    projectors,
    two_qubit_paulis,
)
from tests.contracts.estimators import IRIS_X, IRIS_Y

SMALL = ReuploadingEncoding(n_qubits=2, n_blocks=2, trainable=True)


def states(model, X):
    """By Qiskit, of rows that are standardised as scikit-learn does it."""
    Z = model.bandwidth_ * StandardScaler().fit_transform(X)
    return [
        Statevector(model.circuit_.assign_parameters({p: z[p.index] for p in model.circuit_.parameters})) for z in Z
    ]


@pytest.mark.parametrize("observables", [None, all_z, one_qubit_paulis, projectors(2)], ids=["None", "Z", "Bloch", "P"])
def test_features_are_expectation_values(observables):
    model = QuantumFeatures(SMALL, observables, random_state=0).fit(IRIS_X)
    found = model.transform(IRIS_X)
    assert model.weights_.shape == (4,) and model.n_parameters_ == 0
    given = two_qubit_paulis(2) if observables is None else observables(2) if callable(observables) else observables
    matrices = [np.zeros((4, 4), dtype=complex) for _ in given]
    letters = {
        "I": np.eye(2),
        "X": np.array([[0, 1], [1, 0]]),
        "Y": np.array([[0, -1j], [1j, 0]]),
        "Z": np.diag([1, -1]),
        "0": np.diag([1, 0]),
        "1": np.diag([0, 1]),
    }
    for matrix, observable in zip(matrices, given, strict=True):
        (label,) = observable.labels
        matrix += np.kron(letters[label[0]], letters[label[1]])
    expected = [[np.vdot(s.data, M @ s.data).real for M in matrices] for s in states(model, IRIS_X)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_probabilities_of_prepared_rows_are_their_squares():
    model = QuantumFeatures(AmplitudeEncoding(), projectors, standardize=False).fit(IRIS_X)
    np.testing.assert_allclose(model.transform(IRIS_X), normalize(IRIS_X) ** 2, atol=1e-12)


@pytest.mark.parametrize("backend", [Aer(), Noisy(), Shots(20_000, random_state=0)], ids=["Aer", "Noisy", "Shots"])
def test_backends_agree(backend):
    model = QuantumFeatures(AngleEncoding(), one_qubit_paulis, backend=backend).fit(IRIS_X)
    expected = QuantumFeatures(AngleEncoding(), one_qubit_paulis).fit(IRIS_X).transform(IRIS_X[:5])
    atol = 6 / np.sqrt(20_000) if backend.random else 1e-9
    np.testing.assert_allclose(model.transform(IRIS_X[:5]), expected, atol=atol)


@pytest.mark.parametrize("backend", [None, Shots(50, random_state=0)], ids=["Exact", "Shots"])
def test_jobs_change_nothing(backend):
    model = QuantumFeatures(AngleEncoding(), all_z, backend=backend)
    alone, together = (model.set_params(n_jobs=n).fit(IRIS_X).transform(IRIS_X) for n in (None, 2))
    np.testing.assert_allclose(alone, together, atol=1e-14)


def test_names_and_data_frames():
    pandas = pytest.importorskip("pandas")
    model = QuantumFeatures(AngleEncoding(), all_z).set_output(transform="pandas").fit(IRIS_X)
    frame = model.transform(IRIS_X)
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == list(model.get_feature_names_out()) == [f"quantumfeatures{k}" for k in range(4)]


def test_weights_are_those_given_or_drawn():
    given = QuantumFeatures(SMALL, weights=[0.1, 0.2, 0.3, 0.4]).fit(IRIS_X)
    np.testing.assert_array_equal(given.weights_, [0.1, 0.2, 0.3, 0.4])
    drawn = [QuantumFeatures(SMALL, random_state=seed).fit(IRIS_X).weights_ for seed in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    with pytest.raises(ValueError, match="weights must be 4 numbers"):
        QuantumFeatures(SMALL, weights=[0.1]).fit(IRIS_X)


def test_a_failed_fit_leaves_the_model_as_it_was():
    model = QuantumFeatures(SMALL, random_state=0).fit(IRIS_X)
    before = model.transform(IRIS_X)
    with pytest.raises(ValueError, match="observables"):
        model.set_params(observables=[]).fit(IRIS_X[:, :2])
    np.testing.assert_array_equal(model.transform(IRIS_X), before)


def test_linear_models_learn_from_them_and_from_the_twins():
    model = QuantumFeatures(random_state=0)
    for features in (model, model.classical_twin()):
        assert (
            make_pipeline(features, LogisticRegression(max_iter=1000)).fit(IRIS_X, IRIS_Y).score(IRIS_X, IRIS_Y) > 0.9
        )
        assert features.fit(IRIS_X).transform(IRIS_X).shape == (75, 276)


@pytest.mark.parametrize("kind", [QuantumFeatures, QuantumLatentTransformer, QuanvolutionTransformer])
def test_a_scaler_behind_sees_no_rounding(kind):
    """Features that are 0 for all rows are so to the last bit, or it would divide their rounding by itself."""
    model = kind(observables=two_qubit_paulis, random_state=0)
    spread = np.ptp(model.fit_transform(IRIS_X), axis=0)
    assert ((spread == 0) | (spread > 1e-9)).all()
