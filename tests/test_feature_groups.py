"""Rows dealt out to several runs of a circuit: registers side by side, one after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.datasets import load_digits, load_wine, make_classification
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import (
    MPS,
    AngleEncoding,
    DepolarizingMitigatedKernel,
    FidelityKernel,
    KernelAlignmentTrainer,
    Noisy,
    PauliPropagation,
    ProjectedKernel,
    QuantumKernelSVC,
    QuantumNystroem,
    ReuploadingEncoding,
    Shots,
    estimate_cost,
    one_qubit_paulis,
)

X = np.random.default_rng(0).normal(size=(6, 5))
SMALL = ReuploadingEncoding(n_qubits=2, n_blocks=2)
TRAINABLE = ReuploadingEncoding(n_qubits=2, n_blocks=2, trainable=True)


def depolarizing():
    noise = NoiseModel(["ry", "rz", "cz", "h"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.05, 1), ["ry", "rz"])
    return Noisy(noise)


def registers(encoding, groups, weights):
    """States of X of one circuit with all registers, by Qiskit."""
    qc = QuantumCircuit(sum(encoding.width(n) for n in groups))
    x, w = ParameterVector("x", sum(groups)), ParameterVector("w", len(weights))
    n_drawn = n_qubits = n_weights = 0
    for n in groups:
        part = encoding.build(n)
        new = {p: (x[n_drawn + p.index] if p.vector.name == "x" else w[n_weights + p.index]) for p in part.parameters}
        qc.compose(part.assign_parameters(new), range(n_qubits, n_qubits + part.num_qubits), inplace=True)
        n_drawn, n_qubits, n_weights = n_drawn + n, n_qubits + part.num_qubits, n_weights + len(new) - n
    values = {v: a for v, a in ((x, None), (w, weights)) if len(v)}
    return [Statevector(qc.assign_parameters(values | {x: row})) for row in X]


@pytest.mark.parametrize("encoding", [SMALL, TRAINABLE, AngleEncoding()], ids=repr)
class TestAgainstOneCircuit:
    def states(self, kernel):
        return registers(kernel.encoding, kernel.groups(5), kernel.initial_weights(5))

    def test_fidelities(self, encoding):
        kernel = FidelityKernel(encoding, group_size=2)
        S = np.array([state.data for state in self.states(kernel)])
        expected = np.abs(S.conj() @ S.T) ** 2
        np.testing.assert_allclose(kernel(X), expected, atol=1e-12)
        np.testing.assert_allclose(kernel(X[:4], X[1:]), expected[:4, 1:], atol=1e-12)
        np.testing.assert_allclose(kernel.diag(X), 1.0)

    def test_bloch_vectors(self, encoding):
        kernel = ProjectedKernel(encoding, gamma=0.7, group_size=2)
        states = self.states(kernel)
        paulis = [SparsePauliOp(list(p.labels), list(p.coeffs)) for p in one_qubit_paulis(states[0].num_qubits)]
        R = np.array([[s.expectation_value(p).real for p in paulis] for s in states])
        expected = np.exp(-0.35 * np.sum((R[:, None] - R) ** 2, axis=2))
        np.testing.assert_allclose(kernel(X), expected, atol=1e-12)
        np.testing.assert_allclose(kernel(X[:4], X[1:]), expected[:4, 1:], atol=1e-12)


@pytest.mark.parametrize("backend", [None, depolarizing()], ids=["Exact", "Noisy"])
def test_a_group_is_a_kernel_of_its_own(backend):
    parts = [X[:, :2], X[:, 2:4], X[:, 4:]]
    alone = [FidelityKernel(SMALL, backend=backend)(part) for part in parts]
    kernel = FidelityKernel(SMALL, backend=backend, group_size=2)
    np.testing.assert_allclose(kernel(X), np.prod(alone, axis=0), atol=1e-12)
    alone = [np.log(ProjectedKernel(SMALL, gamma=1.0, group_size=None, backend=backend)(part)) for part in parts]
    kernel = ProjectedKernel(SMALL, gamma=1.0, group_size=2, backend=backend)
    np.testing.assert_allclose(np.log(kernel(X)), np.sum(alone, axis=0), atol=1e-12)


def test_shots_scatter_around_it():
    exact = FidelityKernel(SMALL, group_size=2)(X)
    drawn = FidelityKernel(SMALL, group_size=2, backend=Shots(20_000, random_state=0))(X)
    assert 1e-5 < np.abs(drawn - exact).max() < 0.03


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize("encoding", [SMALL, TRAINABLE, AngleEncoding()], ids=["small", "trainable", "unequal"])
@pytest.mark.parametrize("backend", [None, PauliPropagation(), MPS()], ids=["Exact", "PauliPropagation", "MPS"])
def test_derivatives_are_those_of_finite_differences(kind, encoding, backend):
    """Runs of few qubits among them, whose expectation values are fewer than those of others."""
    kernel = kind(encoding, scale=0.8, group_size=2, backend=backend)
    rng = np.random.default_rng(1)
    if weights := len(kernel.initial_weights(5)):
        kernel = kernel.set_params(weights=rng.uniform(0, 6, weights))
    A = rng.normal(size=(6, 6))
    _, gradient = kernel(X, eval_gradient=True)
    summed = kernel.pullback(X, A)
    for k, step in enumerate(np.eye(kernel.n_dims) * 1e-6):
        up, down = (kernel.clone_with_theta(kernel.theta + s)(X) for s in (step, -step))
        np.testing.assert_allclose(gradient[..., k], (up - down) / 2e-6, atol=1e-7)
        np.testing.assert_allclose(summed[k], np.sum(A * gradient[..., k]), atol=1e-10)
    moved = [[kernel(X + s, X[:2])[:, :2] @ A[0, :2] for s in (step, -step)] for step in np.eye(5) * 1e-6]
    expected = np.stack([(up - down) / 2e-6 for up, down in moved], axis=1)
    np.testing.assert_allclose(kernel.pullback_rows(X, X[:2], np.tile(A[0, :2], (6, 1))), expected, atol=1e-7)


def test_pull_back_is_the_gradient_of_a_sum():
    kernel = FidelityKernel(TRAINABLE, group_size=2)
    kernel = kernel.set_params(weights=np.random.default_rng(1).uniform(0, 6, len(kernel.initial_weights(5))))
    A = np.random.default_rng(2).normal(size=(6, 6))
    expected = np.tensordot(A, kernel(X, eval_gradient=True)[1], axes=2)
    np.testing.assert_allclose(kernel.pullback(X, A), expected, atol=1e-10)


@given(n_features=st.integers(1, 300), size=st.integers(1, 40))
def test_groups_are_even_and_leave_nothing_out(n_features, size):
    groups = FidelityKernel(group_size=size).groups(n_features)
    assert sum(groups) == n_features and max(groups) <= size and max(groups) - min(groups) <= 1


def test_automatic_groups_are_those_of_encodings_that_allow_it():
    assert FidelityKernel().groups(16) == [16] and FidelityKernel().groups(17) == [9, 8]
    assert ProjectedKernel().groups(8) == [4, 4]
    assert FidelityKernel(AngleEncoding()).groups(20) == [20]
    assert FidelityKernel(group_size=None).groups(3000) == [3000]
    assert FidelityKernel().circuit(3000).num_qubits == 8


@pytest.mark.parametrize("size", [0, -1, 1.5, "all", True])
@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_bad_group_sizes_are_refused(kind, size):
    with pytest.raises(ValueError, match="group_size must be an integer"):
        kind(group_size=size)(X)


def test_cost_counts_every_run():
    kernels = (FidelityKernel(SMALL, group_size=size, backend=Shots(10)) for size in (None, 2))
    one, three = (estimate_cost(QuantumKernelSVC(kernel), X) for kernel in kernels)
    assert (three.circuits, three.n_qubits) == (3 * one.circuits, one.n_qubits)


class Depolarized(FidelityKernel):
    """The exact kernel, of whose states a row's own part survives in each run, another one in the next."""

    def run_fidelities(self, X, Y=None):
        others = X if Y is None else Y
        exact = zip(super().run_fidelities(X, Y), self.run_qubits(X.shape[1]), strict=True)
        for k, (K, n_qubits) in enumerate(exact, 1):
            survival = np.exp(-0.1 * k * (np.abs(X[:, :1]) + np.abs(others[:, 0])))
            yield survival * K + (1 - survival) * 0.5**n_qubits

    def run_diagonals(self, X):
        return [np.diag(K) for K in self.run_fidelities(X)]


def test_mitigation_takes_out_what_each_run_has_lost():
    """Exactly, where each register is depolarized, which is no depolarizing of all of them together."""
    exact, kernel = FidelityKernel(SMALL, group_size=2), Depolarized(SMALL, group_size=2)
    for rows in (None, X[:2] + 0.3):
        np.testing.assert_allclose(DepolarizingMitigatedKernel(kernel)(X, rows), exact(X, rows), atol=1e-12)
    np.testing.assert_array_equal(DepolarizingMitigatedKernel(kernel).diag(X), 1.0)


@pytest.mark.parametrize("survival", [None, "mean"])
def test_mitigation_of_runs_of_one_qubit_is_exact(survival):
    exact = FidelityKernel(AngleEncoding(), group_size=1)
    raw = FidelityKernel(AngleEncoding(), group_size=1, backend=depolarizing())
    kernel = DepolarizingMitigatedKernel(raw, survival)
    for _ in range(2):
        np.testing.assert_allclose(kernel(X), exact(X), atol=1e-12)
        np.testing.assert_allclose(kernel(X, X[:2] + 0.3), exact(X, X[:2] + 0.3), atol=1e-12)
        np.testing.assert_allclose(kernel.diag(X), 1.0, atol=1e-12)
        kernel.adapt(X)
    assert kernel.survival is None or np.shape(kernel.survival) == (5,)
    if survival is not None:
        np.testing.assert_allclose(kernel.set_params(survival=kernel.survival[0])(X), exact(X), atol=1e-12)
        with pytest.raises(ValueError, match="one for each of 5 runs"):
            kernel.set_params(survival=(0.9, 0.9))(X)


def test_mitigation_knows_all_qubits():
    exact = FidelityKernel(SMALL, group_size=2)
    kernel = DepolarizingMitigatedKernel(FidelityKernel(SMALL, group_size=2, backend=depolarizing()))
    assert np.abs(kernel(X) - exact(X)).max() < 0.5 * np.abs(kernel.kernel(X) - exact(X)).max()


def test_other_estimators_take_wide_rows():
    rows, y = make_classification(40, 50, n_informative=20, random_state=0)
    assert KernelAlignmentTrainer(max_iter=2).fit_transform(rows, y).shape == (40, 40)
    assert QuantumNystroem(n_components=10, random_state=0).fit_transform(rows).shape == (40, 10)


@pytest.mark.parametrize(("kind", "loss"), [(FidelityKernel, 0.03), (ProjectedKernel, 0.05)])
@pytest.mark.parametrize("load", [load_wine, load_digits])
def test_defaults_hold_on_tables(kind, loss, load):
    rows, y = (a[:300] for a in load(return_X_y=True))
    found = cross_val_score(QuantumKernelSVC(kind()), rows, y, cv=3).mean()
    assert found >= cross_val_score(make_pipeline(StandardScaler(), SVC()), rows, y, cv=3).mean() - loss


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_defaults_learn_from_3000_features(kind):
    rng, y = np.random.default_rng(0), np.arange(120) % 2
    rows = rng.normal(size=(120, 3000)) + np.outer(2 * y - 1, rng.choice([-0.08, 0.08], 3000))
    assert QuantumKernelSVC(kind()).fit(rows[:80], y[:80]).score(rows[80:], y[80:]) > 0.9
