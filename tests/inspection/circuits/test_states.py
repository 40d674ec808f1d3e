"""Expressibility and entangling capability against published values, closed forms and Haar random states."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Statevector, partial_trace, purity

from skqml import Noisy, Shots, VariationalClassifier
from skqml.inspection import entangling_capability, expressibility
from tests.inspection.circuits.circuits import layered, mixed, product, random_states


def one_qubit(gates):
    """The one-qubit circuits of Sim et al., figure 3."""
    circuit = QuantumCircuit(1)
    for k, gate in enumerate(gates):
        circuit.h(0) if gate == "h" else getattr(circuit, gate)(Parameter(f"angle{k}"), 0)
    return circuit


@pytest.mark.parametrize(("gates", "published"), [(("h", "rz"), 0.22), (("h", "rz", "rx"), 0.02)])
def test_published_values(gates, published):
    """Sim et al.: 5,000 pairs, 75 bins; the value of Haar random unitaries is 0.007, which is the bias."""
    found = expressibility(one_qubit(gates), random_state=0)
    assert found.divergence == pytest.approx(published, abs=0.006)
    assert found.bias == pytest.approx(0.007, abs=0.0005)


@pytest.mark.parametrize("n_qubits", [1, 2, 6])
def test_a_circuit_that_does_nothing_is_least_expressive(n_qubits):
    """All fidelities are in the last of m bins, whose Haar probability is m^(1 - d): 4.3 for a qubit, as published."""
    circuit = QuantumCircuit(n_qubits)
    circuit.rz(Parameter("a"), 0)
    found = expressibility(circuit, n_pairs=50, random_state=0)
    assert found.divergence == pytest.approx((2**n_qubits - 1) * np.log(75))


def test_one_rotation_has_the_arcsine_law():
    """The fidelity of RZ on |+> is cos^2 of a uniform angle."""
    found = expressibility(one_qubit(("h", "rz")), n_pairs=200_000, n_bins=20, random_state=0)
    arcsine = np.diff(2 / np.pi * np.arcsin(np.sqrt(np.linspace(0, 1, 21))))
    np.testing.assert_allclose(found.shares, arcsine, atol=0.004)
    np.testing.assert_allclose(found.haar_shares, 1 / 20)
    assert found.divergence == pytest.approx(np.sum(arcsine * np.log(20 * arcsine)), abs=0.005)


@pytest.mark.parametrize("n_qubits", [1, 2, 4])
def test_the_bias_is_the_mean_divergence_of_random_states(n_qubits):
    rng, n_pairs, found = np.random.default_rng(0), 300, expressibility(layered(n_qubits, 1), n_pairs=300)
    divergences = []
    for _ in range(400):
        S, T = (random_states(n_qubits, n_pairs, rng) for _ in range(2))
        shares = np.histogram(np.abs(np.sum(S.conj() * T, axis=1)) ** 2, 75, (0, 1))[0] / n_pairs
        used = shares > 0
        divergences.append(np.sum(shares[used] * np.log(shares[used] / found.haar_shares[used])))
    error = np.std(divergences) / np.sqrt(len(divergences))
    assert found.bias == pytest.approx(np.mean(divergences), abs=4 * error)


def test_deep_circuits_come_to_the_bias():
    shallow, deep = (expressibility(layered(4, n), random_state=0) for n in (1, 8))
    assert shallow.divergence > 10 * shallow.bias
    assert deep.divergence < 3 * deep.bias
    assert shallow.shares.sum() == pytest.approx(1)
    assert shallow.haar_shares.sum() == pytest.approx(1)


def test_product_states_are_not_entangled():
    found = entangling_capability(product(3), n_draws=50, random_state=0)
    np.testing.assert_allclose(found.values, 0, atol=1e-12)
    assert entangling_capability(product(1), n_draws=50).mean == pytest.approx(0, abs=1e-12)


def test_a_ghz_state_is_as_entangled_as_can_be():
    circuit = QuantumCircuit(4)
    circuit.h(0)
    for q in range(3):
        circuit.cx(q, q + 1)
    circuit.rz(Parameter("a"), 0)
    assert entangling_capability(circuit, n_draws=5).mean == pytest.approx(1)


def test_entanglement_is_that_of_the_purities():
    circuit = layered(3, 1)
    rng = np.random.default_rng(5)
    bound = circuit.assign_parameters(rng.uniform(0, 2 * np.pi, circuit.num_parameters))
    bound.rz(Parameter("a"), 0)  # changes nothing
    rho = Statevector(bound.assign_parameters([0.3]))
    purities = [np.real(purity(partial_trace(rho, [p for p in range(3) if p != q]))) for q in range(3)]
    assert entangling_capability(bound, n_draws=3).mean == pytest.approx(2 * (1 - np.mean(purities)))


def test_deep_circuits_are_as_entangled_as_random_states():
    found = entangling_capability(layered(3, 10), random_state=0)
    S = random_states(3, 2000, np.random.default_rng(0)).reshape(-1, 2, 2, 2)
    reduced = [np.einsum(f"n{a}{b}{c},n{a.upper()}{b}{c}->n{a}{a.upper()}", S, S.conj()) for a, b, c in ["abc"]]
    haar = 2 * (1 - np.mean(np.sum(np.abs(reduced[0]) ** 2, axis=(1, 2))))
    assert found.haar_mean == pytest.approx(haar, abs=0.01)
    assert found.mean == pytest.approx(found.haar_mean, abs=5 * found.standard_error)


@pytest.mark.parametrize("backend", [Shots(4000, random_state=0), Noisy()], ids=["shots", "noisy"])
def test_other_backends_agree(backend):
    exact, found = (expressibility(mixed(), n_pairs=300, backend=b, random_state=1) for b in (None, backend))
    assert found.divergence == pytest.approx(exact.divergence, abs=0.1)
    exact, found = (entangling_capability(mixed(), n_draws=100, backend=b, random_state=1) for b in (None, backend))
    assert found.mean == pytest.approx(exact.mean, abs=0.01)


def test_a_fitted_model_is_its_circuit_and_seeds_repeat():
    X = np.random.default_rng(0).normal(size=(12, 2))
    model = VariationalClassifier(max_iter=2, tol=None, random_state=0).fit(X, X[:, 0] > 0)
    for measure in (expressibility, entangling_capability):
        sizes = {"n_pairs": 20} if measure is expressibility else {"n_draws": 20}
        found, again = (measure(c, random_state=3, **sizes) for c in (model, model.circuit_))
        np.testing.assert_equal(vars(found), vars(again))


@pytest.mark.parametrize("measure", [expressibility, entangling_capability])
@pytest.mark.parametrize(
    ("circuit", "error", "match"),
    [
        (QuantumCircuit(2), ValueError, "circuit must have parameters"),
        ("no", TypeError, "circuit must be a QuantumCircuit"),
        (VariationalClassifier(), ValueError, "not fitted"),
    ],
)
def test_what_is_no_circuit_is_refused(measure, circuit, error, match):
    with pytest.raises(error, match=match):
        measure(circuit)
