"""The variational quantum eigensolver under noise and shots."""

from functools import partial

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, SparsePauliOp, Statevector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.utils import get_tags

from skqml import ZNEVQE, Aer, Noisy, Shots
from skqml.backends import ShiftProgram
from skqml.backends.base import Backend
from skqml.backends.exact.backend import Exact
from skqml.circuits.ansatze.chemistry import UCCSD, ry_rz
from skqml.engine.reading.occurrences import weights_as_data
from skqml.mitigation import ZNE, WeightedShots, exponential, fold_gates, linear, scale_noise
from skqml.models.vqe.energy import draw_ansatz
from skqml.models.vqe.zero_noise import Estimates
from skqml.training import SPSA
from tests.models.vqe.molecules import molecule

SHOTS = 8192
ROWS = np.array([[0.7], [1.1]])


def depolarizing(one=0.001, two=0.01):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(one, 1), ["ry", "rz", "x"])
    noise.add_all_qubit_quantum_error(depolarizing_error(two, 2), ["cx"])
    return noise


def ideal_energies(model, operators):
    """Energies without noise at the weights of a model."""
    states = [Statevector(model.circuit_.assign_parameters(w)) for w in model.weights_]
    return np.array([state.expectation_value(H).real for state, H in zip(states, operators, strict=True)])


def gain(model, reference):
    """By how much extrapolation lowers the mean absolute error."""
    return np.abs(model.raw_energies_ - reference).mean() / np.abs(model.energies_ - reference).mean()


@pytest.fixture(scope="module", params=["h2", "lih"])
def trained(request):
    """A molecule and a model of it, trained under noise."""
    data = molecule(request.param, every=3)
    return data, ZNEVQE(backend=Noisy(depolarizing()), random_state=0).fit(data.operators)


def test_extrapolation_of_molecules(trained):
    """At least 30 times smaller errors by default, against the true energies and those of the weights."""
    data, model = trained
    assert gain(model, data.energies) > 30
    assert gain(model, ideal_energies(model, data.operators)) > 100
    assert (model.errors_ == 0).all()


def test_extrapolation_with_shots(trained):
    """At least 3 times smaller errors, with error bars that are true."""
    data, model = trained
    zne = ZNE(WeightedShots(Noisy(depolarizing(), shots=SHOTS)), scales=model.scales)
    rng = np.random.default_rng(0)
    found = Estimates.measure(zne, weights_as_data(model.circuit_), model.operators_, model.weights_, rng)
    ideal = ideal_energies(model, data.operators)
    assert np.abs(found.raw - ideal).mean() > 3 * np.abs(found.energies - ideal).mean()
    z = (found.energies - ideal) / found.errors
    assert np.abs(z).max() < 4
    assert np.abs(z).mean() < 1.6


def test_raw_energies_are_those_of_the_density_matrix():
    data = molecule("h2", every=7)
    model = ZNEVQE(backend=Noisy(depolarizing()), random_state=0).fit(data.operators)
    simulator = AerSimulator(method="density_matrix", noise_model=depolarizing())
    for w, operator, raw in zip(model.weights_, data.operators, model.raw_energies_, strict=True):
        circuit = model.circuit_.assign_parameters(w)
        circuit.save_density_matrix()
        state = DensityMatrix(simulator.run(circuit).result().data()["density_matrix"])
        assert state.expectation_value(operator).real == pytest.approx(raw, abs=1e-9)


def test_energies_at_all_scales():
    operators = molecule("h2", every=5).operators
    noisy = ZNEVQE(backend=Noisy(depolarizing()), scales=(1, 3, 5, 7), random_state=0).fit(operators)
    assert noisy.scale_energies_.shape == (len(operators), 4)
    assert np.array_equal(noisy.scale_energies_[:, 0], noisy.raw_energies_)
    assert (np.diff(noisy.scale_energies_, axis=1) > 0).all()
    exact = ZNEVQE(scales=(1, 2), random_state=0).fit(operators)
    assert np.array_equal(exact.scale_energies_, np.tile(exact.energies_[:, None], 2))
    assert np.array_equal(exact.raw_energies_, exact.energies_)
    assert not exact.errors_.any()


def test_one_scale_is_no_extrapolation():
    model = ZNEVQE(backend=Noisy(depolarizing()), scales=(1,), random_state=0).fit([[0.7]])
    assert np.array_equal(model.energies_, model.raw_energies_)


@pytest.mark.filterwarnings("ignore:Standard errors of extrapolated values are not known")
@pytest.mark.parametrize(
    "options",
    [
        {"fold": scale_noise, "scales": (1, 2, 3)},
        {"fold": fold_gates},
        {"extrapolate": exponential},
        {"extrapolate": linear, "scales": (1, 3)},
        {"extrapolate": LinearRegression(), "scales": (1, 3)},
        {
            "extrapolate": lambda scales, values, errors: (2 * values[0] - values[1], 0 * values[0]),
            "fold": scale_noise,
            "scales": (1, 2),
        },
    ],
)
def test_other_folds_and_extrapolators(options):
    data = molecule("h2", every=7)
    model = ZNEVQE(backend=Noisy(depolarizing()), random_state=0, **options).fit(data.operators)
    assert gain(model, data.energies) > 3


def test_what_extrapolators_may_return():
    model = ZNEVQE(ansatz=partial(ry_rz, n_layers=1), backend=Noisy(depolarizing()), random_state=0)
    with pytest.warns(UserWarning, match="not known"):
        model.set_params(extrapolate=lambda scales, values, errors: (values[0], None)).fit(ROWS)
    assert np.isnan(model.errors_).all()
    assert model.errors_.shape == (2,)
    model.set_params(extrapolate=lambda scales, values, errors: (values.mean(), 0.0))
    with pytest.raises(ValueError, match=r"shape \(3, 2\) into \(2,\), got \(\)"):
        model.fit(ROWS)


def test_new_rows_are_extrapolated_too():
    data = molecule("h2")
    model = ZNEVQE(backend=Noisy(depolarizing()), random_state=0).fit(data.operators[::2])
    energies = model.predict(data.operators)
    assert np.array_equal(energies[::2], model.energies_)
    assert np.abs(energies - data.energies).max() < 1e-3


def test_coupled_clusters_under_noise():
    data = molecule("h2", every=4)
    model = ZNEVQE(ansatz=UCCSD("10", "parity"), backend=Noisy(depolarizing()), random_state=0)
    assert gain(model.fit(data.operators), data.energies) > 30


@pytest.mark.parametrize(
    ("backend", "fold"),
    [(Shots(2000), None), (Noisy(depolarizing(), shots=2000), None), (Noisy(depolarizing(), shots=2000), scale_noise)],
    ids=["Shots", "Noisy", "scaled noise"],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_training_with_shots(backend, fold):
    H = SparsePauliOp(["ZZ", "XI", "IX"], [-1.0, -0.5, -0.5])
    ansatz = partial(ry_rz, n_layers=1)
    model = ZNEVQE(ansatz=ansatz, backend=backend, fold=fold, n_restarts=2, max_iter=60, random_state=0).fit(H)
    again = clone(model).fit(H)
    assert get_tags(model).non_deterministic
    assert model.energies_[0] == pytest.approx(-np.sqrt(2), abs=0.15)
    assert 0 < model.errors_[0] < 0.1
    assert np.array_equal(again.energies_, model.energies_)


def test_shots_are_shared_out_by_coefficients():
    """As many in all, smaller errors, the same mean, errors that are those of repeated runs."""
    H = SparsePauliOp(["ZZ", "XI", "IX", "YY", "II"], [-1.0, -0.05, 0.02, 0.01, 3.0])
    circuit = draw_ansatz(partial(ry_rz, n_layers=1), 2)
    w = np.random.default_rng(0).normal(size=circuit.num_parameters)
    rows, (equal, weighted) = np.zeros((400, 0)), (Shots(100), WeightedShots(Shots(100)))
    state = Statevector(circuit.assign_parameters(w))
    spread = {}
    for backend in (equal, weighted):
        program = backend.compile(circuit, [H])
        values, errors = program.estimate(rows, w, np.random.default_rng(1))
        assert values.mean() == pytest.approx(state.expectation_value(H).real, abs=5 * values.std() / 20)
        assert np.sqrt((errors**2).mean()) == pytest.approx(values.std(), rel=0.2)
        assert program(rows, w, np.random.default_rng(1)) == pytest.approx(values)
        spread[backend] = values.std()
    assert spread[weighted] < 0.7 * spread[equal]
    assert np.array_equal(WeightedShots(Exact()).compile(circuit, [H])(rows, w), Exact().compile(circuit, [H])(rows, w))


def test_gradient_free_training_on_aer():
    backend = Aer(AerSimulator(noise_model=depolarizing()), shots=500)
    options = {"optimizer": SPSA(n_calibration=1), "max_iter": 5, "n_restarts": 1}
    with pytest.warns(ConvergenceWarning):
        model = ZNEVQE(backend=backend, random_state=0, **options).fit(SparsePauliOp(["ZZ", "XI"], [-1.0, -0.5]))
    assert abs(model.energies_[0]) < 2
    assert model.errors_[0] > 0


@pytest.mark.filterwarnings("ignore:.*lowest basis state")  # noise that is not extrapolated away lifts energies
def test_search_over_scales_and_shots():
    data = molecule("h2", every=5)
    model = ZNEVQE(backend=Noisy(depolarizing()), random_state=0, n_restarts=1)
    everything = [(np.arange(len(data.operators)),) * 2]
    search = GridSearchCV(model, {"scales": [(1,), (1, 3), (1, 3, 5)]}, cv=everything)
    search.fit(data.operators, data.energies)
    assert search.best_params_ == {"scales": (1, 3, 5)}
    assert np.all(np.diff(search.cv_results_["mean_test_score"]) > 0)
    grid = {"backend__shots": [None]}
    assert GridSearchCV(model, grid, cv=everything).fit(data.operators).best_score_ > -1e-3
    assert model.backend.shots is None


class FailingBackend(Backend):
    """Values whose gradient fails at the fourth call."""

    def compile(self, circuit, observables):
        return FailingProgram(self, circuit, observables)


class FailingProgram(ShiftProgram):
    calls = 0

    def __call__(self, X, w=None, rng=None):
        return np.zeros((len(X), len(self.observables)))

    def forward(self, X, w=None, rng=None):
        self.calls += 1
        if self.calls == 4:
            raise RuntimeError("the queue is closed")
        values, pullback = Exact().compile(self.circuit, self.observables).forward(X, w)
        return values, pullback


def test_a_failing_backend_leaves_the_model_as_it_was():
    model = ZNEVQE(random_state=0).fit([[0.7], [0.9]])
    before = model.energies_.copy()
    model.set_params(backend=FailingBackend())
    with pytest.raises(RuntimeError, match="iteration 4; the model stays as it was: the queue is closed"):
        model.fit([[0.1, 0.2]])
    assert np.array_equal(model.energies_, before)
    assert model.n_features_in_ == 1
    model.set_params(backend=None)
    assert np.array_equal(model.predict([[0.9]]), before[1:])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("backend", [None, Shots(100, random_state=0)])
@pytest.mark.parametrize("unit", [2.0**-700, 1.0, 2.0**600, 2.0**1000])
def test_energies_and_errors_have_the_unit_of_the_hamiltonian(unit, backend):
    X = [unit * SparsePauliOp(["ZZ", "XI", "IX"], [-1.0, -0.5, c]) for c in (-0.5, 0.3)]
    of_one, of_unit = (
        ZNEVQE(ansatz=partial(ry_rz, n_layers=1), backend=backend, max_iter=20, random_state=0).fit(H)
        for H in ([x / unit for x in X], X)
    )
    for name in ("energies_", "errors_", "raw_energies_", "scale_energies_", "scale_errors_", "loss_curve_"):
        np.testing.assert_allclose(np.array(getattr(of_unit, name)) / unit, getattr(of_one, name), rtol=1e-12)
    new = SparsePauliOp(["ZZ", "XI"], [-1.0, -0.4])
    predicted = of_unit.predict([X[1], unit * new]) / unit
    np.testing.assert_allclose(predicted, of_one.predict([X[1] / unit, new]), rtol=1e-12)
