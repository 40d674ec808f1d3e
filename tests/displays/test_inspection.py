"""What inspections found, as curves: what is drawn is what was found."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from qiskit import QuantumCircuit
from sklearn.datasets import load_iris

from skqml import AngleEncoding, FidelityKernel, ReuploadingEncoding, VariationalClassifier, ZZEncoding
from skqml.circuits.ansatze import hardware_efficient
from skqml.circuits.weights import fresh_weights
from skqml.displays import EncodingsDisplay, InspectionDisplay
from skqml.evidence import compare_encodings
from skqml.inspection import (
    Concentration,
    ShotsNeeded,
    concentration,
    effective_dimension,
    effective_rank,
    entangling_capability,
    expressibility,
    fourier_spectrum,
    geometric_difference,
    gradient_variance,
    information_processing_capacity,
    nearest_polynomial,
    nearest_rbf,
    pauli_weight_needed,
    quantum_fisher_information,
    shots_needed,
)

X = np.random.default_rng(0).normal(size=(20, 4))
KERNEL = FidelityKernel(ZZEncoding())
from_result = InspectionDisplay.from_result


@pytest.fixture(autouse=True)
def no_figures():
    yield
    plt.close("all")


def ansatz(n_qubits, n_layers):
    circuit = QuantumCircuit(n_qubits)
    hardware_efficient(circuit, fresh_weights()[1], n_layers)
    return circuit


def drawn(display):
    """Data of the curve, and of what is expected."""
    lines = display.line_, display.expected_line_
    return [None if line is None else np.asarray(line.get_xydata()).T for line in lines]


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_variances_of_kernels_stand_beside_those_of_random_states():
    found = [concentration(KERNEL, X[:, :n]) for n in (2, 4)]
    display = from_result(found, name="ZZ")
    curve, expected = drawn(display)
    np.testing.assert_allclose(curve, [[2, 4], [each.variance for each in found]])
    np.testing.assert_allclose(expected[1], [each.haar_variance for each in found])
    assert display.ax_.get_yscale() == "log" and legend(display) == ["ZZ", "random states"]
    np.testing.assert_allclose(drawn(from_result(found[1]))[0], [[4], [found[1].variance]])


def test_eigenvalues_and_geometric_differences():
    spectrum, difference = effective_rank(KERNEL, X), geometric_difference(KERNEL, X)
    display = from_result(spectrum)
    np.testing.assert_allclose(drawn(display)[0][1], spectrum.eigenvalues)
    assert legend(display) == [f"effective rank {spectrum.effective_rank:.1f}"]
    curve, limit = drawn(from_result(difference, ax=display.ax_))
    np.testing.assert_allclose(curve, [difference.regularization, difference.difference])
    np.testing.assert_allclose(limit[1], np.sqrt(20))


def test_the_error_of_an_entry_meets_what_is_asked_at_the_shots_needed():
    found = shots_needed(KERNEL, X)
    (shots, errors), (_, asked) = drawn(from_result(found))
    assert np.interp(found.per_entry, shots, errors) == pytest.approx(found.precision)
    np.testing.assert_allclose(errors**2 * shots, errors[0] ** 2 * shots[0])
    assert set(asked) == {found.precision}


def test_gradients_are_over_qubits_or_over_depth():
    wide = gradient_variance([ansatz(n, 2) for n in (2, 3)], n_draws=20, random_state=0)
    deep = gradient_variance([ansatz(2, n) for n in (1, 3)], n_draws=20, random_state=0)
    for found, x, label in ((wide, wide.n_qubits, "qubits"), (deep, deep.depth, "depth")):
        display = from_result(found)
        np.testing.assert_allclose(drawn(display)[0], [x, found.mean])
        assert display.ax_.get_xlabel() == label
    assert f"times {wide.factor_per_qubit:.2f} with each qubit" in legend(from_result(wide))


def test_shares_of_states_and_of_pairs():
    found = expressibility(ansatz(2, 1), n_pairs=200, random_state=0)
    curve, expected = drawn(from_result(found))
    np.testing.assert_allclose(curve[1], found.shares)
    np.testing.assert_allclose(expected[1], found.haar_shares)
    entangled = entangling_capability(ansatz(2, 1), n_draws=200, random_state=0)
    (middles, shares), (at, _) = drawn(from_result(entangled))
    assert shares.sum() == pytest.approx(1)
    assert middles @ shares == pytest.approx(entangled.mean, abs=0.02)
    assert set(at) == {entangled.haar_mean}


def test_frequencies():
    frequencies, shares = drawn(from_result(fourier_spectrum(ReuploadingEncoding(n_qubits=2), n_features=3)))[0]
    assert shares.sum() == pytest.approx(1)
    single = fourier_spectrum(AngleEncoding(), n_features=2)
    np.testing.assert_allclose(drawn(from_result(single))[0], [[0, 1], [0.5, 0.5]])
    assert (np.diff(frequencies) > 0).all()


def test_fisher_matrices_and_effective_dimensions():
    F = quantum_fisher_information(ansatz(2, 3), n_draws=5, random_state=0)
    display = from_result(F)
    assert drawn(display)[0][1].sum() == pytest.approx(np.trace(F, axis1=1, axis2=2).mean())
    assert legend(display) == ["6 directions matter"]
    found = [effective_dimension(F, n) for n in (100, 1e6)]
    np.testing.assert_allclose(drawn(InspectionDisplay.from_dimensions([100, 1e6], found))[0], [[100, 1e6], found])


def test_scores_of_low_weights_stand_beside_the_models():
    rows, labels = load_iris(return_X_y=True)
    model = VariationalClassifier(AngleEncoding(), max_iter=3, tol=None, random_state=0).fit(rows, labels)
    found = pauli_weight_needed(model, rows, labels, max_weight=2)
    curve, itself = drawn(from_result(found))
    np.testing.assert_allclose(curve, [found.weights, found.scores])
    assert set(itself[1]) == {found.score}


def test_entries_lie_around_the_nearest_rbf_kernel():
    found, K = nearest_rbf(KERNEL, X), KERNEL(X)
    (distances, entries), (grid, nearest) = drawn(InspectionDisplay.from_nearest(found, K, X))
    assert len(entries) == 20 * 19 // 2
    np.testing.assert_allclose(nearest, np.exp(-found.gamma * grid))
    assert np.corrcoef(np.exp(-found.gamma * distances), entries)[0, 1] == pytest.approx(found.correlation)
    assert entries[0] == K[0, 1] and distances[0] == pytest.approx(np.sum((X[0] - X[1]) ** 2))


def test_entries_of_a_polynomial_kernel_are_on_the_line():
    K = (1 + 0.3 * X @ X.T) ** 3
    lengths = np.sqrt(np.diag(K))
    K = K / lengths / lengths[:, None]
    (nearest, entries), line = drawn(InspectionDisplay.from_nearest(nearest_polynomial(K, X), K, X))
    np.testing.assert_allclose(nearest, entries, atol=1e-3)
    np.testing.assert_array_equal(*line)


def test_capacities_by_degree():
    found = information_processing_capacity(lambda u: np.stack([u, u**2], axis=1), max_delay=2, random_state=0)
    np.testing.assert_allclose(drawn(from_result(found))[0], [[1, 2, 3], found.by_degree])


def test_encodings_over_bandwidths():
    table = compare_encodings([AngleEncoding(), ZZEncoding()], X, X[:, 0] > 0, factors=[2.0, 0.5], cv=2)
    display = EncodingsDisplay.from_table(table, "alignment", line_kwargs={"marker": "x"})
    for row in table.rows:
        (line,) = (each for each in display.lines_ if each.get_label() == row["kernel"])
        assert (row["factor"], row["alignment"]) in [tuple(point) for point in line.get_xydata()]
    assert [tick.get_text() for tick in display.ax_.get_xticklabels()] == ["0.5", "2"]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: from_result(0.5), TypeError, "result must be what a function"),
        (lambda: from_result([0.5]), TypeError, "result must be what a function"),
        (lambda: from_result([Concentration(0.1, 0.1, None, None, None)]), ValueError, "give n_qubits"),
        (lambda: from_result(ShotsNeeded(0.0, np.inf, np.inf, np.inf)), ValueError, "finite numbers of shots"),
        (lambda: from_result(np.ones((2, 3, 4))), ValueError, "Fisher matrices"),
        (lambda: InspectionDisplay.from_nearest(0.5, np.eye(3), X[:3]), TypeError, "nearest_polynomial returns"),
        (lambda: InspectionDisplay.from_nearest(nearest_rbf(KERNEL, X), np.eye(3), X), ValueError, "X must be the 3"),
        (lambda: EncodingsDisplay.from_table([1]), TypeError, "compare_encodings returns"),
        (lambda: EncodingsDisplay(names=["a"], factors=[[1.0]], values=[[1.0, 2.0]]).plot(), ValueError, "as many"),
        (lambda: InspectionDisplay(x=[1.0], y=[1.0], x_expected=[1.0], y_expected=[]).plot(), ValueError, "as many"),
    ],
)
def test_what_is_none_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
