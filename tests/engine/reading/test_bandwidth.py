"""Bandwidths: one circuit has one, whoever draws it, and it is nearly that of an RBF kernel."""

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter, ParameterVector
from sklearn.base import clone
from sklearn.datasets import load_iris

from skqml import (
    AngleEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    FidelityKernel,
    IQPEncoding,
    QuantumKernelSVC,
    QuantumNystroem,
    ReuploadingEncoding,
    VariationalClassifier,
    ZZEncoding,
)
from skqml.engine.reading.bandwidth import natural_bandwidth
from tests.circuits.encodings import ENCODINGS, VARIANTS, fidelity, state
from tests.contracts.estimators import estimator_classes

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # two iterations
X, Y = load_iris(return_X_y=True)
TUNABLE = [cls for cls in estimator_classes("fit") if "bandwidth" in cls().get_params(deep=False)]


def fitted(estimator, rows=X):
    """Trained on every fifth row, circuits for two iterations at most."""
    few = {"max_iter": 2, "n_components": 10, "random_state": 0}
    params = estimator.get_params(deep=False)
    few = {name: value for name, value in few.items() if name in params and (params[name] or 0) <= 1000}
    estimator.set_params(**few)
    return estimator.fit(rows[::5], Y[::5])


@pytest.mark.parametrize("encoding", ENCODINGS + VARIANTS, ids=repr)
class TestSameCircuit:
    def test_it_has_the_same_scale_whichever_class_draws_it(self, encoding):
        wrapped = CircuitEncoding(encoding.build(3))
        scales = {FidelityKernel(e, group_size=None).auto_bandwidth(3) for e in (encoding, clone(encoding), wrapped)}
        assert len(scales) == 1 and 0 < scales.pop() <= 1

    @pytest.mark.parametrize(
        "make",
        [
            lambda e: QuantumKernelSVC(FidelityKernel(e, group_size=None)),
            lambda e: QuantumNystroem(FidelityKernel(e, group_size=None)),
            lambda e: VariationalClassifier(e, lambda qc, weight: [qc.ry(weight(), 0)], max_iter=2),
        ],
        ids=["SVC", "Nystroem", "Variational"],
    )
    def test_estimators_choose_and_show_it(self, encoding, make):
        found = {fitted(make(e), X[:, :3]).bandwidth_ for e in (encoding, CircuitEncoding(encoding.build(3)))}
        assert found == {natural_bandwidth([encoding.build(3)])}

    def test_all_angles_are_real_far_from_the_mean(self, encoding):
        circuit = encoding.build(3)
        s = natural_bandwidth([circuit])
        for corner in (np.full(3, 9.9), np.array([9.9, -9.9, 9.9])):
            assert np.isfinite(np.abs(state(circuit, s * corner, np.linspace(-2, 2, 99)))).all()


@pytest.mark.parametrize(
    "encoding", [AngleEncoding(), ReuploadingEncoding(), ReuploadingEncoding(n_blocks=1), IQPEncoding()], ids=repr
)
def test_fidelities_near_the_mean_are_those_of_an_rbf_kernel(encoding):
    x, y = 0.3 * np.random.default_rng(5).normal(size=(2, 8))
    circuit = encoding.build(8)
    s = natural_bandwidth([circuit])
    rbf = np.exp(-0.9 * np.sum((x - y) ** 2) / 8)
    if isinstance(encoding, IQPEncoding):  # its products add to the motion far from the mean only
        assert rbf < fidelity(state(circuit, s * x), state(circuit, s * y)) < 1
    else:
        np.testing.assert_allclose(fidelity(state(circuit, s * x), state(circuit, s * y)), rbf, atol=5e-3)


@pytest.mark.parametrize(
    "encoding",
    [ZZEncoding(reps=1), ZZEncoding(reps=1, entanglement="linear", alpha=3.0), IQPEncoding(), AngleEncoding()],
    ids=repr,
)
def test_fidelities_of_standardised_rows_stay_apart(encoding):
    # exp(-2) is the mean of the default RBF kernel, whose exponent here is 0.9 of that
    circuit = encoding.build(4)
    s = natural_bandwidth([circuit])
    states = [state(circuit, s * x) for x in np.random.default_rng(7).normal(size=(30, 4))]
    gram = np.abs(np.conj(states) @ np.transpose(states)) ** 2
    assert 0.1 < np.mean(gram[np.triu_indices(30, 1)]) ** (1 / 0.9) < 0.5


@pytest.mark.parametrize(("n_features", "reps"), [(4, 1), (13, 1), (13, 2)])
def test_products_of_features_have_the_scale_of_their_closed_form(n_features, reps):
    s = natural_bandwidth([IQPEncoding(reps).build(n_features)])
    v = n_features * reps * (s**2 + (n_features - 1) * s**4) / 4  # of independent features of variance 1
    np.testing.assert_allclose(v, 0.9, rtol=0.02)


def test_scale_of_linear_angles_counts_rotations():
    for n_features in (5, 8, 64):
        circuit = ReuploadingEncoding(trainable=True).build(n_features)
        angles = [p for i in circuit.data for p in i.operation.params]
        n_rotations = sum(p.vector.name == "x" for p in angles)
        np.testing.assert_allclose(natural_bandwidth([circuit]), np.sqrt(3.6 / n_rotations))


def test_transpiling_does_not_move_it():
    circuit = ZZEncoding().build(3)
    moved = transpile(circuit, basis_gates=["rz", "sx", "cx"], optimization_level=1)
    np.testing.assert_allclose(natural_bandwidth([moved]), natural_bandwidth([circuit]), rtol=1e-9)


def test_registers_side_by_side_have_the_scale_of_one_circuit():
    parts, both = [AngleEncoding().build(3), IQPEncoding().build(2)], QuantumCircuit(5)
    x = ParameterVector("x", 5)
    both.compose(parts[0].assign_parameters(list(x)[:3]), [0, 1, 2], inplace=True)
    both.compose(parts[1].assign_parameters(list(x)[3:]), [3, 4], inplace=True)
    np.testing.assert_allclose(natural_bandwidth(parts), natural_bandwidth([both]), rtol=0.05)
    np.testing.assert_allclose(natural_bandwidth([parts[0]] * 3), natural_bandwidth([AngleEncoding().build(9)]))


def test_angles_that_do_not_move_have_scale_one():
    qc = QuantumCircuit(1)
    qc.ry(Parameter("a"), 0)
    assert natural_bandwidth([qc]) == 1.0


def test_domains_of_functions_bound_it():
    assert 0.09 < natural_bandwidth([ChebyshevEncoding().build(4)]) <= 0.1


@pytest.mark.parametrize("cls", TUNABLE, ids=lambda cls: cls.__name__)
class TestScaleOfEstimators:
    def test_it_is_shown(self, cls):
        assert len(TUNABLE) >= 10
        assert fitted(cls(bandwidth=0.3)).bandwidth_ == 0.3
        assert 0 < fitted(cls()).bandwidth_ <= 2

    def test_units_and_offsets_of_features_do_not_matter(self, cls):
        unit = np.array([4.0, 0.25, 1024.0, 2.0**-20])
        if "n_channels" in cls().get_params():  # features are the steps of one series, which has one unit
            unit = np.full(4, 1024.0)
        model, moved = fitted(cls()), fitted(cls(), X * unit + 64 * unit)
        method = "predict" if hasattr(cls, "predict") else "transform"
        found = getattr(moved, method)((X * unit + 64 * unit)[1::5])
        expected = getattr(model, method)(X[1::5])
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
        else:
            assert np.mean(found == expected) > 0.95
