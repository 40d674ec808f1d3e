"""The hydrogen molecule along its bond: without noise, with it, with it extrapolated away; and diagonalised."""

import json
import os
import time
from pathlib import Path

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, depolarizing_error

from skqml import ZNEVQE, Noisy
from skqml.vqe.hamiltonians import ising_chain


def hydrogen():
    """Bond lengths in Angstrom and the function from a row to its Hamiltonian; an Ising chain without the data."""
    folder = Path(os.environ.get("SKQML_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / "hamiltonian_h2.json").exists():
        return np.linspace(0.3, 2.5, 15), ising_chain
    geometries = json.loads((folder / "hamiltonian_h2.json").read_text())["geometries"]
    # The file's labels count qubits from the left, Qiskit's from the right.
    table = {
        g["bond_length"]: SparsePauliOp.from_list([(p[::-1], c) for p, c in g["forms"]["parity_reduced"]["paulis"]])
        for g in geometries
    }
    return np.array(list(table)), lambda row: table[row[0]]


def depolarizing():
    """Errors of 0.001 for one qubit and 0.01 for two."""
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.001, 1), ["ry", "rz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    return noise


def main():
    """Print energies in Hartree, and errors in thousandths of it."""
    lengths, hamiltonian = hydrogen()
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
    print(f"{len(X)} lengths, {ideal.n_parameters_} weights each, without noise: {seconds:.2f} s")


if __name__ == "__main__":
    main()
