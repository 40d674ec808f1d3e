"""Zero-noise extrapolation of random circuits: neural networks beside the curves of physics.

Random RY-RZ circuits of 4 qubits run at error rates from 0.005 to 0.05, depolarizing after each gate; the
value of Z...Z at rate 0, which nothing has seen, is extrapolated from these ten. Noise of this kind is close to one
exponential of the rate. Networks that decay with it win without shots, before an exponential; with shots they come
second to a quadratic.
"""

import sys

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import Exact, Noisy, parity
from skqml.mitigation import ZNE, exponential, linear, neural_network, polynomial, richardson, scale_noise

N, RATE, SCALES = 4, 0.005, np.arange(1, 11)
METHODS = {  # Richardson's rule through all ten points would turn shots into noise of size 5
    "unmitigated": lambda scales, values, errors: (values[0], None),
    "linear": linear,
    "quadratic": polynomial,
    "Richardson (3)": lambda scales, values, errors: richardson(scales[:3], values[:3]),
    "exponential": exponential,
    "neural network": neural_network,
}


def ry_rz(n_layers):
    """RY and RZ with an angle each on all qubits, and chains of CX between such walls."""
    x = ParameterVector("x", 2 * N * (n_layers + 1))
    angle, circuit = iter(x), QuantumCircuit(N)
    for layer in range(n_layers + 1):
        for q in range(N - 1 if layer else 0):
            circuit.cx(q, q + 1)
        for q in range(N):
            circuit.ry(next(angle), q)
            circuit.rz(next(angle), q)
    return circuit


def errors_of_methods(n_circuits, shots=None, ratio=1):
    """Mean errors over circuits of 1, 2 and 3 layers; CX gates have the given ratio of the other gates' rate."""
    model, errors = NoiseModel(["ry", "rz", "cx"]), []
    model.add_all_qubit_quantum_error(depolarizing_error(RATE, 1), ["ry", "rz"])
    model.add_all_qubit_quantum_error(depolarizing_error(ratio * RATE, 2), "cx")
    zne = ZNE(Noisy(model, shots, random_state=0), SCALES, scale_noise)
    for k, circuit in enumerate(map(ry_rz, (1, 2, 3))):
        X = np.random.default_rng(0).uniform(0, 2 * np.pi, (len(range(k, n_circuits, 3)), len(circuit.parameters)))
        values, spread = zne.compile(circuit, parity(N)).scaled_estimates(X)
        exact = Exact().compile(circuit, parity(N))(X)
        limits = [method(SCALES, values, spread if shots else None)[0] for method in METHODS.values()]
        errors.append(np.abs(limits - exact))
    return dict(zip(METHODS, np.concatenate(errors, axis=1).mean(axis=(1, 2)), strict=True))


def main(quick=False):
    """Print the errors of 100 circuits, or of a few."""
    n_circuits = 3 if quick else 100
    for shots in (None, 8192):
        print(f"mean |error| of {n_circuits} circuits, {f'{shots} shots' if shots else 'exact'}")
        for name, error in errors_of_methods(n_circuits, shots).items():
            print(f"    {name:16}{error:.5f}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
