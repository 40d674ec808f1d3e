"""The hydrogen molecule along its bond: without noise, with it, with it extrapolated away; and diagonalised."""

import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import ZNEVQE, Noisy
from skqml.datasets import load_molecule

FIGURE = Path("hydrogen.png")


def hydrogen(every):
    """Each so-manieth bond length in Angstrom, and the function from a row to its Hamiltonian."""
    molecule = load_molecule("H2")
    table = dict(zip(molecule.bond_lengths[::every], molecule.hamiltonians[::every], strict=True))
    return np.array(list(table)), lambda row: table[row[0]]


def depolarizing():
    """Errors of 0.001 for one qubit and 0.01 for two."""
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.001, 1), ["ry", "rz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    return noise


def draw(lengths, exact, found):
    """Curves of energies."""
    figure, ax = plt.subplots(layout="constrained")
    ax.plot(lengths, exact, "k-", label="diagonalised")
    for (name, energies), mark in zip(found.items(), "x.", strict=True):
        ax.plot(lengths, energies, mark, label=name)
    ax.set(xlabel="bond length in Angstrom", ylabel="energy in Hartree")
    ax.legend()
    figure.savefig(FIGURE, dpi=150)


def main(quick=False):
    """Print energies in Hartree, and errors in thousandths of it."""
    lengths, hamiltonian = hydrogen(every=5 if quick else 1)
    X, start = lengths[:, None], time.perf_counter()
    ideal = ZNEVQE(hamiltonian, random_state=0).fit(X)
    seconds = time.perf_counter() - start
    model = ZNEVQE(hamiltonian, backend=Noisy(depolarizing()), random_state=0).fit(X)
    exact = model.exact_energies(X)
    print(f"{'length':>6}{'diagonalised':>14}{'VQE, exact':>12}{'noisy':>10}{'extrapolated':>14}")
    for row in zip(lengths, exact, ideal.energies_, model.raw_energies_, model.energies_, strict=True):
        print("{:6.3f}{:14.5f}{:12.5f}{:10.5f}{:14.5f}".format(*row))
    errors = {"exact": ideal.energies_, "noisy": model.raw_energies_, "extrapolated": model.energies_}
    print("mean error in mHa:", ", ".join(f"{name} {1e3 * np.abs(E - exact).mean():.4f}" for name, E in errors.items()))
    draw(lengths, exact, {"noisy": model.raw_energies_, "extrapolated": model.energies_})
    print(f"{len(X)} lengths, {ideal.n_parameters_} weights each, without noise: {seconds:.2f} s")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
