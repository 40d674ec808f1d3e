"""Functions that look at models, on every backend of the package."""

import numpy as np
import pytest

from skqml import FidelityKernel, ProjectedKernel, QuantumKernelSVC, ReuploadingEncoding, VariationalRegressor
from skqml.inspection import (
    agreement,
    alignment,
    concentration,
    effective_rank,
    entangling_capability,
    expressibility,
    fisher_information,
    fourier_spectrum,
    geometric_difference,
    gradient_variance,
    nearest_polynomial,
    nearest_rbf,
    pauli_weight_needed,
    quantum_fisher_information,
    shots_needed,
)
from skqml.kernels import GaussianKernel
from skqml.training import Adam
from tests.contracts.backends import backends, name

X = np.random.default_rng(0).normal(size=(8, 2))
LABELS = np.arange(8) % 2
ENCODING = ReuploadingEncoding(2)


def one_gate(circuit, weight):
    """A trained gate."""
    circuit.rx(weight(), 0)


EVERY = pytest.mark.parametrize("backend", backends(), ids=name)


@EVERY
def test_measures_of_kernels(backend):
    model = QuantumKernelSVC(FidelityKernel(ENCODING, backend=backend)).fit(X, LABELS)
    assert 0 < concentration(model, X).mean < 1
    assert 1 < effective_rank(model, X).effective_rank < 8
    assert 0 < nearest_rbf(model, X).distance < 0.5
    assert 0 < nearest_polynomial(model, X).distance < 0.5
    assert -1 < alignment(model, X, y=LABELS) < 1
    assert 1 < shots_needed(model, X).per_entry < 2000
    assert (geometric_difference(model, X, regularization=[0.1]).difference > 0).all()
    assert 0 <= agreement(model, model.surrogate().fit(X, LABELS), X) <= 1


@EVERY
def test_measures_of_circuits(backend):
    circuit, options = ENCODING.build(2), {"backend": backend, "random_state": 0}
    assert expressibility(circuit, n_pairs=20, **options).divergence > 0
    assert 0 < entangling_capability(circuit, n_draws=5, **options).mean < 1
    assert gradient_variance(circuit, n_draws=3, **options).mean > 0


@EVERY
def test_measures_of_fitted_models(backend):
    """Of those of exact states the backend is no part."""
    targets = X[:2, 0]
    model = VariationalRegressor(ENCODING, one_gate, optimizer=Adam(), max_iter=1, tol=None, backend=backend)
    assert pauli_weight_needed(model.fit(X[:2], targets), X[:2], targets).errors[-1] == pytest.approx(0.0)
    projected = QuantumKernelSVC(ProjectedKernel(ENCODING, backend=backend)).fit(X, LABELS)
    assert pauli_weight_needed(projected, X, LABELS).scores[-1] > 0
    assert len(fourier_spectrum(model).frequencies) == 2
    for measure in (fisher_information, quantum_fisher_information):
        assert np.linalg.eigvalsh(measure(model, X, n_draws=2)).max() > 0


@pytest.mark.parametrize("kernel", [ProjectedKernel(ENCODING), GaussianKernel()], ids=["projected", "Gaussian"])
def test_shots_of_what_are_no_fidelities_are_not_told(kernel):
    """Their entries lie between 0 and 1 too, and no shots estimate them one by one."""
    for source in (kernel, QuantumKernelSVC(kernel).fit(X, LABELS)):
        with pytest.raises(ValueError, match="kernel must be a FidelityKernel"):
            shots_needed(source, X)
