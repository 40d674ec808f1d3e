"""Error against shots of a circuit that is cut, beside the whole one: what saves qubits costs shots.

A ladder of eight qubits is cut in one wire and in two, without and with outcomes that are sent over the cuts. Shots are
counted over all circuits of all parts, the error is the root mean square over rows, draws of data and weights, and
observables: Z of each qubit, or the parity of all. The bounds, 16 or 9 times as many runs of all parts for each wire,
are those of means run by run; values are products of the means of the parts, which take fewer shots, and so sending
outcomes does not pay here. ``estimate`` says what the error is: the last column.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml import Cut, Exact, Observable, Shots, all_z
from skqml.cutting import cut_cost

FIGURE = Path("cut_circuits.png")
ONE, TWO = [(4, 5)], [(2, 5), (5, 5)]
SCHEMES = {
    "whole": None,
    "one cut": {"cuts": ONE},
    "one cut, outcomes sent": {"cuts": ONE, "communication": True},
    "two cuts": {"cuts": TWO},
    "two cuts, outcomes sent": {"cuts": TWO, "communication": True},
}
N_QUBITS = 8


def ladder():
    """H and RY of a feature on each qubit, then RY, CX, RY on neighbours down the qubits."""
    x, w = ParameterVector("x", N_QUBITS), iter(ParameterVector("w", 4 * (N_QUBITS - 1)))
    circuit = QuantumCircuit(N_QUBITS)
    for q in range(N_QUBITS):
        circuit.h(q)
        circuit.ry(x[q], q)
    for a in range(N_QUBITS - 1):
        for q in (a, a + 1):
            circuit.ry(next(w), q)
        circuit.cx(a, a + 1)
        for q in (a, a + 1):
            circuit.ry(next(w), q)
    return circuit


def errors(circuit, observables, options, shots, draws, n_rows):
    """Error that was found and error that was said, for so many shots in all."""
    n_circuits = 1 if options is None else cut_cost(circuit, **options).circuits
    found, said = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X, w = np.tile(rng.normal(size=N_QUBITS), (n_rows, 1)), rng.normal(size=4 * (N_QUBITS - 1))
        backend = Shots(max(1, round(shots / n_circuits)), random_state=seed)
        program = (backend if options is None else Cut(backend, **options)).compile(circuit, observables)
        values, deviations = program.estimate(X, w)
        found.append(np.mean((values - Exact().compile(circuit, observables)(X[:1], w)) ** 2))
        said.append(np.mean(deviations**2))
    return np.sqrt(np.mean(found)), np.sqrt(np.mean(said))


def main(quick=False):
    """Print the errors at the most shots, and the shots that the same error takes; draw all of them."""
    circuit = ladder()
    shots, draws, n_rows = ((600, 2400), 1, 5) if quick else ((1000, 3000, 10000, 30000), 8, 20)
    kinds = {"Z of each qubit": all_z(N_QUBITS), "parity of all": [Observable("Z" * N_QUBITS)]}
    figure, axes = plt.subplots(1, 2, figsize=(8, 4.8), sharey=True, layout="constrained")
    for ax, (kind, observables) in zip(axes, kinds.items(), strict=True):
        print(f"\n{kind}, {shots[-1]} shots")
        pairs = {k: [errors(circuit, observables, v, n, draws, n_rows) for n in shots] for k, v in SCHEMES.items()}
        for label, options in SCHEMES.items():
            (found, said), whole = pairs[label][-1], pairs["whole"][-1][0]
            cost = cut_cost(circuit, **options or {})
            bound = cost.overhead * len(cost.qubits)
            style = "--" if options and "communication" in options else "-"
            color = "k" if options is None else "C0" if options["cuts"] is ONE else "C1"
            ax.loglog(shots, [error for error, _ in pairs[label]], f"o{style}", color=color, label=label)
            print(f"{label:24}{found:.5f}   shots x {(found / whole) ** 2:5.1f}   bound {bound:4.0f}   said {said:.5f}")
        ax.set(title=kind, xlabel="shots in all")
    axes[0].set(ylabel="error")
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
