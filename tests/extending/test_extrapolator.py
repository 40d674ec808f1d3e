"""A fold and an extrapolator of a user's own: two functions, then a kernel machine under noise."""

import numpy as np
from qiskit_aer.noise import NoiseModel, depolarizing_error
from sklearn.datasets import load_iris

from skqml import ZNE, AngleEncoding, FidelityKernel, Noisy, QuantumKernelSVC
from skqml.mitigation import extrapolator

X, Y = (array[::5] for array in load_iris(return_X_y=True))


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
    mitigated = ZNE(Noisy(noise), scales=(1, 3), fold=cubed, extrapolate=through_two_points)
    kernels = [FidelityKernel(AngleEncoding(), backend=backend) for backend in (None, Noisy(noise), mitigated)]
    exact, raw, better = (kernel(X) for kernel in kernels)
    assert np.abs(better - exact).mean() < np.abs(raw - exact).mean() / 5
    assert QuantumKernelSVC(kernels[-1]).fit(X, Y).score(X, Y) > 0.8
