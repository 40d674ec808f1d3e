"""What a user adds, from end to end: an encoding, a kernel, a backend, a cell, a fold and an extrapolator."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import WhiteKernel
from sklearn.model_selection import GridSearchCV, cross_val_score

from skqml import (
    ZNE,
    AngleEncoding,
    Cell,
    Encoding,
    FidelityKernel,
    KernelAlignmentTrainer,
    Noisy,
    ProjectedKernel,
    QRNNReservoirRegressor,
    QuantumKernel,
    QuantumKernelRidge,
    QuantumKernelSVC,
    QuantumNystroem,
)
from skqml.backends.base import Backend
from skqml.backends.defaults import ShiftProgram
from skqml.backends.program import Program
from skqml.mitigation import extrapolator
from skqml.models.recurrent import Step

X, Y = load_iris(return_X_y=True)
X, Y = X[::5], Y[::5]


class Phases(Encoding):
    """Features as phases, with a trainable factor each."""

    def __init__(self, turns=1):
        self.turns = turns

    def draw(self, qc, x, weight):
        for qubit, feature in enumerate(x):
            qc.h(qubit)
            qc.rz(self.turns * weight() * feature, qubit)
            qc.h(qubit)


class Cosine(QuantumKernel):
    """``prod_i cos^2((x_i - y_i) s / 2)``, without a circuit."""

    def __init__(self, s=1.0):
        self.s = s

    def matrix(self, X, Y):
        return np.prod(np.cos(self.s * (X[:, None] - Y[None]) / 2) ** 2, axis=2)


class TunableCosine(Cosine):
    """The same with a hyperparameter."""

    @property
    def hyperparameter_s(self):
        from sklearn.gaussian_process.kernels import Hyperparameter

        return Hyperparameter("s", "numeric", (1e-2, 1e2))


class Dense(Backend):
    """Qiskit's `Statevector`, row by row."""

    def compile(self, circuit, observables):
        return DenseProgram(self, circuit, observables)


class DenseProgram(ShiftProgram):
    def __call__(self, X, w=None, rng=None):
        return np.array([self._row(x, () if w is None else w) for x in X])

    def _row(self, x, w):
        data = {p: x[p.index] for p in self.circuit.parameters if p.name.startswith("x[")}
        weights = [p for p in self.circuit.parameters if p not in data]
        state = Statevector(self.circuit.assign_parameters(data | dict(zip(weights, w, strict=True))))
        return [state.expectation_value(as_operator(o)).real for o in self.observables]


def as_operator(o):
    return o if isinstance(o, SparsePauliOp) else o.to_operator()


def test_encoding():
    kernel = FidelityKernel(Phases(), weights=np.ones(4))
    np.testing.assert_allclose(kernel(X), Cosine()(X), atol=1e-12)
    search = GridSearchCV(QuantumKernelSVC(kernel), {"kernel__encoding__turns": [1, 2]}, cv=3).fit(X, Y)
    assert search.best_score_ > 0.8
    gp = GaussianProcessRegressor(kernel + WhiteKernel(0.1, "fixed")).fit(X, Y)
    assert gp.log_marginal_likelihood_value_ > gp.log_marginal_likelihood((kernel + WhiteKernel(0.1, "fixed")).theta)
    assert gp.score(X, Y) > 0.8
    trainer = KernelAlignmentTrainer(FidelityKernel(Phases()), max_iter=5).fit(X, Y)
    assert trainer.kernel_.weights.shape == (4,)


@pytest.mark.parametrize("kernel", [Cosine(), TunableCosine()], ids=repr)
def test_kernel(kernel):
    assert cross_val_score(QuantumKernelSVC(kernel), X, Y).mean() > 0.8
    assert QuantumKernelRidge(kernel).fit(X, Y).score(X, Y) > 0.8
    assert QuantumNystroem(kernel, n_components=7).fit_transform(X).shape == (30, 7)
    svc = QuantumKernelSVC(kernel).fit(X, Y)
    assert svc.circuit_ is None
    with pytest.raises(ValueError, match="no circuit"):
        svc.draw()
    np.testing.assert_allclose(kernel.diag(X), 1.0)
    assert clone(kernel).get_params() == kernel.get_params()
    assert GaussianProcessClassifier(kernel).fit(X, Y).score(X, Y) > 0.8


def test_gradient_of_a_kernel_that_has_none_of_its_own():
    kernel = TunableCosine(0.8)
    _, K_gradient = kernel(X, eval_gradient=True)
    exact = FidelityKernel(AngleEncoding(), scale=0.8)(X, eval_gradient=True)[1]
    np.testing.assert_allclose(K_gradient, exact, atol=1e-8)
    gp = GaussianProcessRegressor(kernel + WhiteKernel(0.1, "fixed")).fit(X, np.sin(X).sum(axis=1))
    same = FidelityKernel(AngleEncoding(), scale=0.8) + WhiteKernel(0.1, "fixed")
    expected = GaussianProcessRegressor(same).fit(X, np.sin(X).sum(axis=1))
    np.testing.assert_allclose(gp.kernel_.k1.s, expected.kernel_.k1.scale, rtol=1e-3)


def test_indefinite_kernel_is_repaired():
    class Sigmoid(Cosine):
        def matrix(self, X, Y):
            return np.tanh(X @ Y.T - 1)

    assert np.linalg.eigvalsh(Sigmoid()(X - X.mean(axis=0))).min() < -0.1
    assert QuantumKernelSVC(Sigmoid()).fit(X, Y).score(X, Y) >= 0.8


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_backend(kind):
    dense, exact = kind(Phases(), backend=Dense(), weights=[1.0, 2.0]), kind(Phases(), weights=[1.0, 2.0])
    rows = X[:6, :2]
    np.testing.assert_allclose(dense(rows), exact(rows), atol=1e-12)
    np.testing.assert_allclose(dense(rows, rows[:2]), exact(rows, rows[:2]), atol=1e-12)
    gradients = [kernel(rows[:3], eval_gradient=True)[1] for kernel in (dense, exact)]
    np.testing.assert_allclose(*gradients, atol=1e-9)
    svc, expected = (QuantumKernelSVC(k).fit(rows, [0, 0, 0, 1, 1, 1]) for k in (dense, exact))
    np.testing.assert_allclose(svc.decision_function(rows), expected.decision_function(rows), atol=1e-3)


def test_backend_under_a_gaussian_process():
    rows, y = X[:5, :1], X[:5, 1]
    kernels = [FidelityKernel(AngleEncoding(), backend=b) + WhiteKernel(0.1, "fixed") for b in (Dense(), None)]
    dense, exact = (GaussianProcessRegressor(k).fit(rows, y) for k in kernels)
    np.testing.assert_allclose(dense.predict(rows), exact.predict(rows), atol=1e-4)


class Delay(Cell):
    """A delay line: its state is the last inputs, and so are its features."""

    def __init__(self, length=3):
        self.length = length

    def compile(self, n_channels, backend):
        return DelayStep(self.length)

    def init_state(self, n_rows):
        return np.zeros((n_rows, self.length))


class DelayStep(Step):
    n_weights = 0

    def __init__(self, length):
        self.n_outputs = length

    def __call__(self, state, x, w, rng=None):
        state = np.hstack([x[:, :1], state[:, :-1]])
        return state, state


def test_cell():
    """Autoregression by hand: a sine follows from its last two values."""
    series = np.sin(0.4 * np.arange(80))
    model = QRNNReservoirRegressor(Delay(), n_reservoirs=1, washout=3).fit(series[None, :-1, None], series[None, 1:])
    assert model.score(series[None, :-1, None], series[None, 1:]) > 0.9999
    np.testing.assert_allclose(model.forecast(5)[0], np.sin(0.4 * np.arange(80, 85)), atol=1e-2)


def cubed(circuit, backend, scale):
    """Only scales 1 and 3: the circuit, or the circuit, its inverse and itself."""
    return (circuit if scale == 1 else circuit.compose(circuit.inverse()).compose(circuit)), backend


@extrapolator(2, linear=True)
def through_two_points(scales, values, errors):
    (a, b), (first, second) = scales, values
    return (b * first - a * second) / (b - a), np.zeros(np.shape(first))


def test_fold_and_extrapolator():
    noise = NoiseModel(["ry", "rz", "cx"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), ["ry"])
    exact, raw = (FidelityKernel(AngleEncoding(), backend=b)(X) for b in (None, Noisy(noise)))
    mitigated = ZNE(Noisy(noise), scales=(1, 3), fold=cubed, extrapolate=through_two_points)
    better = FidelityKernel(AngleEncoding(), backend=mitigated)(X)
    assert np.abs(better - exact).mean() < np.abs(raw - exact).mean() / 5
    assert QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=mitigated)).fit(X, Y).score(X, Y) > 0.8


def test_a_class_without_its_method_cannot_be_made():
    for base in (Encoding, QuantumKernel, Backend, Program, Cell, Step):
        empty = type("Empty", (base,), {})
        with pytest.raises(TypeError, match="abstract"):
            empty()
