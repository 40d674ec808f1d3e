"""The same two classifiers on every kind of backend: digits 0 and 1, and 3 and 8, beside their classical twins."""

import sys
import time
import warnings

import numpy as np
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error
from qiskit_aer.primitives import EstimatorV2, SamplerV2
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skqml import (
    ZNE,
    Aer,
    AngleEncoding,
    Ansatz,
    Exact,
    FidelityKernel,
    Noisy,
    Primitive,
    QuantumKernelSVC,
    Shots,
    VariationalClassifier,
    all_z,
)
from skqml.circuits.ansatze import hardware_efficient

N_QUBITS = 2
SHOTS = 256


def noise_model():
    """Depolarizing errors of 0.2 % and 2 % for gates on one and two qubits, and 2 % of misread bits."""
    noise = NoiseModel(basis_gates=["rz", "ry", "rx", "h", "cx", "cz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.002, 1), ["ry", "rx", "h"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx", "cz"])
    noise.add_all_qubit_readout_error(ReadoutError([[0.98, 0.02], [0.02, 0.98]]))
    return noise


def sampler(seed):
    """A V2 sampler for one job; on hardware it would be the device's own, without a function around it."""
    return SamplerV2(seed=seed, options={"run_options": {"runtime_parameter_bind_enable": True}})  # many times faster


def estimator(seed):
    """A V2 estimator for one job."""
    return EstimatorV2(options={"run_options": {"seed_simulator": seed, "runtime_parameter_bind_enable": True}})


def backends(shots=SHOTS):
    """Name and backend of each row of the table."""
    noise = noise_model()
    return {
        "Exact": Exact(),
        "Shots": Shots(shots, random_state=0),
        "Noisy": Noisy(noise),
        "Noisy, shots": Noisy(noise, shots, random_state=0),
        "Aer, noise": Aer(noise_model=noise),
        "ZNE(Noisy)": ZNE(Noisy(noise), scales=(1, 3, 5)),
        "Primitive": Primitive(sampler, estimator, shots=shots, random_state=0),
    }


def models(backend, max_iter=10):
    """Name and estimator of each column of the table."""
    support_vectors = QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=backend))
    variational = VariationalClassifier(
        AngleEncoding(),
        Ansatz(hardware_efficient, n_layers=1),
        all_z,
        backend=backend,
        learning_rate=0.3,
        max_iter=max_iter,
        tol=None,
        random_state=0,
    )
    return {
        "QuantumKernelSVC": support_vectors,
        "VariationalClassifier": variational,
    }


def digits(n_train=40, n_test=100, classes=(0, 1)):
    """Images of two digits: training rows, test rows, training labels, test labels."""
    X, y = load_digits(return_X_y=True)
    X, y = X[np.isin(y, classes)], y[np.isin(y, classes)]
    return train_test_split(X, y, train_size=n_train, test_size=n_test, stratify=y, random_state=0)


def score(model, X, X_test, y, y_test):
    """Test accuracy on the first principal components, one a qubit."""
    return make_pipeline(PCA(N_QUBITS, random_state=0), model).fit(X, y).score(X_test, y_test)


def compare(classes, quick):
    """Print one table."""
    data = digits(10, 10, classes) if quick else digits(classes=classes)
    print(f"digits {classes[0]} and {classes[1]:<11}{'QuantumKernelSVC':>18}{'seconds':>9}", end="")
    print(f"{'VariationalClassifier':>23}{'seconds':>9}")
    for name, backend in backends(32 if quick else SHOTS).items():
        line = f"{name:20}"
        for model, width in zip(models(backend, 1 if quick else 10).values(), (18, 23), strict=True):
            start = time.perf_counter()
            accuracy = score(model, *data)
            line += f"{accuracy:{width}.2f}{time.perf_counter() - start:9.2f}"
        print(line)
    twins = [score(model.classical_twin(), *data) for model in models(Exact()).values()]
    print(f"{'classical twin':20}{twins[0]:18.2f}{'':9}{twins[1]:23.2f}\n")


def main(quick=False):
    """Print both tables."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # the twin is not always done after as many iterations
    for classes in ((0, 1),) if quick else ((0, 1), (3, 8)):
        compare(classes, quick)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
