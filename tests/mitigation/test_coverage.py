"""Error bars hold the truth as often as they say, for every extrapolator, where its own curve is true."""

import importlib
import inspect
import pkgutil
from functools import partial

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

import skqml.mitigation
from skqml import ZNE, ZNEVQE, Noisy, Shots
from skqml.circuits.ansatze.chemistry import ry_rz
from skqml.mitigation import ReadoutMitigation, linear, neural_network, scale_noise
from skqml.mitigation.counted import limit_of_counts
from skqml.mitigation.regressors import regress
from skqml.models.vqe.energy import draw_ansatz

SCALES = [np.array([1.0, 3.0, 5.0]), np.arange(1.0, 6.0), np.array([1.0, 1.5, 2.0, 3.0, 4.0, 5.0])]
N_SEEDS = 200
LINE = lambda s: 0.9 - 0.05 * s  # noqa: E731
PARABOLA = lambda s: 0.9 - 0.1 * s + 0.004 * s**2  # noqa: E731


def random_networks(s):
    """Curves (n_scales, 200) of networks with normal weights, of deviation 1 over scales from 1 to 5."""
    points, curves = np.append(s, np.arange(1.0, 6.0)), []
    for rng in map(np.random.default_rng, range(N_SEEDS)):
        gain, rate = 10 ** rng.uniform(-1, 0), 3 * 30 ** rng.uniform(-1, 0)
        layer = np.exp(-rate * points / 4)[:, None]
        layer = (layer - layer[-5:].mean()) / layer[-5:].std()
        for size in (16, 16):
            weights = gain * rng.normal(size=(layer.shape[1], size)) / np.sqrt(layer.shape[1])
            layer = np.tanh(layer @ weights + rng.normal(size=size))
        curve = layer @ rng.normal(size=16)
        curves.append(curve[: np.size(s)] / curve[np.size(s) :].std())
    return np.transpose(curves)


# A curve that each extrapolator can draw. A new one needs a line here.
CURVES = {
    "linear": [(linear, LINE)],
    "polynomial": [(skqml.mitigation.polynomial, PARABOLA)],
    "richardson": [(skqml.mitigation.richardson, PARABOLA)],
    "exponential": [(skqml.mitigation.exponential, lambda s: 0.1 + 0.8 * np.exp(-0.4 * s))],
    "poly_exponential": [(skqml.mitigation.poly_exponential, lambda s: np.exp(-0.1 - 0.1 * s - 0.01 * s**2))],
    "neural_network": [(neural_network, random_networks)],
    "regress": [
        (partial(regress, regressor=LinearRegression()), LINE),
        (partial(regress, regressor=make_pipeline(PolynomialFeatures(2), LinearRegression())), PARABOLA),
    ],
}
CASES = [
    pytest.param(name, *case, scales, noise, id=f"{name}-{len(scales)}-{noise}")
    for name, cases in CURVES.items()
    for case in cases
    for scales in SCALES
    for noise in (0.5, 1.0, 10.0)
    if name != "regress" or (noise == 1.0 and len(scales) != 5)  # slow
]


def extrapolators():
    """Names of all functions of the package that `extrapolator` marks."""
    modules = pkgutil.walk_packages(skqml.mitigation.__path__, "skqml.mitigation.")
    members = [pair for m in modules for pair in inspect.getmembers(importlib.import_module(m.name), callable)]
    return {function.__name__ for _, function in members if hasattr(function, "n_scales")}


def test_every_extrapolator_has_its_curve():
    assert extrapolators() == set(CURVES)


@pytest.mark.parametrize(("name", "extrapolate", "curve", "scales", "noise"), CASES)
def test_bars_of_95_per_cent(name, extrapolate, curve, scales, noise):
    n_seeds = N_SEEDS if name in ("neural_network", "regress") else 10_000  # the others fit all at once
    sigma = noise * np.linspace(0.002, 0.005, len(scales))[:, None] * np.ones(n_seeds)
    values = curve(scales).reshape(len(scales), -1) + sigma * np.random.default_rng(0).normal(size=sigma.shape)
    value, error = extrapolate(scales, values, sigma)
    held = np.mean(np.abs(value - curve(0.0)) < 1.96 * error)
    assert 0.90 <= held <= 0.98, held


# Curves near 1, where counts of few shots are often all alike, and what the errors of these shots make of a fit.
COUNTED = {
    "linear": (linear, lambda s: 0.98 - 0.05 * s),
    "steep": (linear, lambda s: 0.99 - 0.15 * s),
    "polynomial": (skqml.mitigation.polynomial, lambda s: 0.98 - 0.1 * s + 0.004 * s**2),
    "richardson": (skqml.mitigation.richardson, lambda s: 0.98 - 0.1 * s + 0.004 * s**2),
    "poly_exponential": (
        partial(skqml.mitigation.poly_exponential, degree=1),
        lambda s: 0.98 * np.exp(-0.1 * s),
    ),
}


@pytest.mark.parametrize("shots", [20, 50, 100, 1000])
@pytest.mark.parametrize("scales", SCALES, ids=len)
@pytest.mark.parametrize("name", COUNTED)
def test_bars_from_few_counts(name, scales, shots):
    """No bias, and 95 per cent: errors that come from the same counts as the values do not weigh these."""
    extrapolate, curve = COUNTED[name]
    n_seeds = 20_000
    chance = (1 + curve(scales)[:, None]) / 2
    values = 2 * np.random.default_rng(0).binomial(shots, chance, (len(scales), n_seeds)) / shots - 1
    value, error = limit_of_counts(extrapolate, scales, values, np.sqrt((1 - values**2) / (shots - 1)))
    bias = np.mean(value) - curve(0.0)
    if name != "poly_exponential":  # the mean of a logarithm is not that of its number
        assert abs(bias) < 5 * np.std(value) / np.sqrt(n_seeds)
    assert abs(bias) < 0.1 * np.std(value)
    assert 0.93 <= np.mean(np.abs(value - curve(0.0)) <= 1.96 * error) <= 0.985


def test_errors_of_counts_are_those_of_the_extrapolator_where_all_are_alike():
    """In any unit; and what is not propagated goes to the extrapolator as it is."""
    scales, values = SCALES[2], np.exp(-0.1 * SCALES[2])[:, None] * [1.0, -0.5]
    for unit in (1.0, 1e-100, 1e100):
        errors = np.full(values.shape, 0.01)
        for extrapolate in (linear, skqml.mitigation.richardson):
            found = limit_of_counts(extrapolate, scales, unit * values, unit * errors)
            np.testing.assert_allclose(found, extrapolate(scales, unit * values, unit * errors), rtol=1e-9)
    errors = np.linspace(0.01, 0.02, len(scales))[:, None] * np.ones(2)
    network = partial(neural_network, hidden_layer_sizes=(2,), n_networks=20)
    np.testing.assert_array_equal(limit_of_counts(network, scales, values, errors), network(scales, values, errors))
    for none in (None, np.zeros(values.shape)):
        np.testing.assert_array_equal(limit_of_counts(linear, scales, values, none), linear(scales, values, none))


@pytest.mark.parametrize("extrapolate", [partial(neural_network, hidden_layer_sizes=(2,)), LinearRegression()])
def test_bars_of_energies_from_shots(extrapolate):
    """Errors of shots alone: there is no noise, whatever the scale."""
    circuit, H = draw_ansatz(partial(ry_rz, n_layers=1), 2), SparsePauliOp(["ZZ", "XI", "IX"], [-1.0, -0.5, -0.5])
    w = np.random.default_rng(0).normal(size=circuit.num_parameters)
    truth = Statevector(circuit.assign_parameters(w)).expectation_value(H).real
    program = ZNE(Shots(500), extrapolate=extrapolate).compile(circuit, [H])
    value, error = program.estimate(np.zeros((40, 0)), w, np.random.default_rng(1))
    assert np.isfinite(error).all()
    assert 0.85 <= np.mean(np.abs(value - truth) < 1.96 * error)


def flips(p):
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    if p:
        noise.add_all_qubit_readout_error(ReadoutError([[1 - p, p], [p, 1 - p]]))
    return noise


H, SMALL = SparsePauliOp(["ZZ", "XI", "IX"], [-1.0, -0.5, -0.5]), partial(ry_rz, n_layers=1)


def energies(backend, **options):
    return ZNEVQE(ansatz=SMALL, backend=backend, fold=scale_noise, n_restarts=1, random_state=0, **options).fit(H)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("shots", [None, 500])
def test_errors_are_unknown_where_a_readout_errs(shots):
    options = {"max_iter": 5} if shots else {}
    for backend, known in ((Noisy(flips(0.0), shots), True), (ReadoutMitigation(Noisy(flips(0.05), shots)), True)):
        assert np.isfinite(energies(backend, **options).errors_).all() == known
    with pytest.warns(UserWarning, match="readout errors.*put ReadoutMitigation around"):
        model = energies(Noisy(flips(0.05), shots), **options)
    assert np.isnan(model.errors_).all() and np.isfinite(model.energies_).all()
    program = ZNE(Noisy(flips(0.05), shots, random_state=0), fold=scale_noise).compile(model.circuit_, [H])
    with pytest.warns(UserWarning, match="not known"):
        assert np.isnan(program.estimate(np.zeros((1, 0)), model.weights_[0])[1]).all()


def test_errors_are_unknown_where_values_are_exact():
    with pytest.warns(UserWarning, match="only from the errors of values with shots"):
        model = energies(Noisy(flips(0.0)), extrapolate=LinearRegression())
    assert np.isnan(model.errors_).all() and np.isfinite(model.energies_).all()
