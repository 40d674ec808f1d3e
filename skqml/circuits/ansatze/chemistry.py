"""Ansätze for ground states: RY-RZ with a chain of CX, and from the Hartree-Fock state UCCSD and Givens rotations."""

from collections.abc import Iterator

import numpy as np
from sklearn.base import BaseEstimator

from ..._checks import check_count
from ...states import CheckedState
from .fermions import FermionMapping, read_bits

__all__ = ["UCCSD", "Givens"]


def ry_rz(qc, weight, n_layers=2) -> None:
    """Rotations RY, RZ of each qubit, then layers of CX from each qubit to the next and rotations again.

    2 n (n_layers + 1) weights on n qubits.

    Parameters
    ----------
    qc : QuantumCircuit
    weight : callable
        Hands out a fresh weight.
    n_layers : int, default=2
        Number of entangling layers.

    References
    ----------
    S. Bhattacharjee, S. Sarkar, K. Das and B. Sarkar, Zero noise extrapolation on variational
    quantum eigensolver via neural networks, arXiv 2403.07025.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> from skqml.circuits.ansatze.chemistry import ry_rz
    >>> names = iter("abcdefgh")
    >>> qc = QuantumCircuit(2)
    >>> ry_rz(qc, lambda: Parameter(next(names)), n_layers=1)
    >>> print(qc.draw())
         ┌───────┐┌───────┐     ┌───────┐┌───────┐
    q_0: ┤ Ry(a) ├┤ Rz(b) ├──■──┤ Ry(e) ├┤ Rz(f) ├
         ├───────┤├───────┤┌─┴─┐├───────┤├───────┤
    q_1: ┤ Ry(c) ├┤ Rz(d) ├┤ X ├┤ Ry(g) ├┤ Rz(h) ├
         └───────┘└───────┘└───┘└───────┘└───────┘
    """
    for layer in range(check_count("n_layers", n_layers, 0) + 1):
        for q in range(qc.num_qubits - 1 if layer else 0):
            qc.cx(q, q + 1)
        for q in range(qc.num_qubits):
            qc.ry(weight(), q)
            qc.rz(weight(), q)


def hartree_fock(qc, hf_bitstring) -> None:
    """Flip the qubits whose character in a bit string is 1; character k belongs to qubit k.

    Parameters
    ----------
    qc : QuantumCircuit
    hf_bitstring : str
        One character 0 or 1 a qubit, the first for qubit 0.
    """
    bits = read_bits(hf_bitstring)
    if len(bits) != qc.num_qubits:
        raise ValueError(
            f"hf_bitstring={hf_bitstring!r} is for {len(bits)} qubits, but the Hamiltonian has {qc.num_qubits}; "
            "use the bit string of its own mapping."
        )
    for q in np.flatnonzero(bits):
        qc.x(int(q))


class UCCSD(CheckedState, BaseEstimator):
    """Unitary coupled cluster with single and double excitations, as a product of excitations.

    ``|psi(w)> = prod_k exp(w_k (T_k - T_k^+)) |HF>``, where T_k moves one or two electrons from
    occupied to virtual spin orbitals without a flip of spin: an ansatz, to be called as
    ``ansatz(qc, weight)``. Each exponential is exact: one fan of CX and rotations RY in between.

    Parameters
    ----------
    hf_bitstring : str
        Hartree-Fock state, character k for qubit k.
    mapping : {"jordan_wigner", "parity"}, default="jordan_wigner"
        Jordan-Wigner: one qubit a spin orbital, spins taking turns (up, down, up, ...). Parity,
        reduced: all up, then all down, qubits hold parities of the occupations up to their own,
        and the two that conserved numbers of electrons fix are left out; the reference is taken
        to fill orbitals from below, with as many electrons up as down where that is possible.
    n_layers : int, default=1
        How often the product is repeated, each time with weights of its own.

    References
    ----------
    A. Peruzzo et al., A variational eigenvalue solver on a photonic quantum processor, Nature
    Communications 5, 4213 (2014); Y. S. Yordanov, D. R. M. Arvidsson-Shukur and C. H. W. Barnes,
    Efficient quantum circuits for quantum computational chemistry, Phys. Rev. A 102, 062612
    (2020), for circuits of this form.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> from skqml.circuits.ansatze.chemistry import UCCSD
    >>> qc, names = QuantumCircuit(2), iter("abc")
    >>> UCCSD("10", mapping="parity")(qc, lambda: Parameter(next(names)))
    >>> [str(p) for p in qc.parameters]
    ['a', 'b', 'c']
    """

    def __init__(self, hf_bitstring, mapping="jordan_wigner", n_layers=1):
        self.hf_bitstring = hf_bitstring
        self.mapping = mapping
        self.n_layers = n_layers

    def __call__(self, qc, weight) -> None:
        """Draw the ansatz into a circuit, with a fresh weight for each excitation."""
        hartree_fock(qc, self.hf_bitstring)
        fermions = FermionMapping.read(self.hf_bitstring, self.mapping)
        for _ in range(check_count("n_layers", self.n_layers)):
            for raised, lowered in fermions.excitations():
                _excite(qc, weight(), *fermions.strings(raised, lowered))


class Givens(CheckedState, BaseEstimator):
    """Layers of Givens rotations from the Hartree-Fock state, which keep electrons and spins as they are.

    A layer visits neighbouring orbitals (0, 1), (2, 3), ... and then (1, 2), (3, 4), ...: one rotation of
    electrons between the two, alike for both spins, and one of pairs of electrons. Unlike `UCCSD`
    it does not tell occupied orbitals from empty ones. An ansatz, to be called as ``ansatz(qc, weight)``,
    of 2 (n_orbitals - 1) weights a layer.

    Parameters
    ----------
    hf_bitstring, mapping
        As in `UCCSD`.
    n_layers : int, default=2
        Number of layers.

    References
    ----------
    G.-L. R. Anselmetti, D. Wierichs, C. Gogolin and R. M. Parrish, Local, expressive,
    quantum-number-preserving VQE ansätze for fermionic systems, New J. Phys. 23, 113010 (2021).

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> from skqml.circuits.ansatze.chemistry import Givens
    >>> qc, names = QuantumCircuit(4), iter("abcd")
    >>> Givens("1100")(qc, lambda: Parameter(next(names)))
    >>> [str(p) for p in qc.parameters]
    ['a', 'b', 'c', 'd']
    """

    def __init__(self, hf_bitstring, mapping="jordan_wigner", n_layers=2):
        self.hf_bitstring = hf_bitstring
        self.mapping = mapping
        self.n_layers = n_layers

    def __call__(self, qc, weight) -> None:
        """Draw the ansatz into a circuit."""
        hartree_fock(qc, self.hf_bitstring)
        fermions = FermionMapping.read(self.hf_bitstring, self.mapping)
        up, down = (np.flatnonzero(fermions.spins == spin).tolist() for spin in (0, 1))
        for _ in range(check_count("n_layers", self.n_layers)):
            for p in [*range(0, len(up) - 1, 2), *range(1, len(up) - 1, 2)]:
                angle = weight()
                for modes in (up, down):
                    _excite(qc, angle, *fermions.strings([modes[p + 1]], [modes[p]]))
                _excite(qc, weight(), *fermions.strings([up[p + 1], down[p + 1]], [up[p], down[p]]))


def _excite(qc, angle, x, terms) -> None:
    """Draw ``exp(angle sum_k c_k X^x Z^z_k)`` for terms that commute, each with an odd number of Y.

    CX from one flipped qubit to the others leaves ``X_q Z_q Z_rest``; CX from the rest to it leaves
    ``X_q Z_q``, whose exponential is RY. From one term to the next only the changes of the rest are drawn.
    """
    target, *others = (int(q) for q in np.flatnonzero(x))
    for q in others:
        qc.cx(target, q)
    controls: set[int] = set()
    for z, factor in _neighbours_in_turn(terms, target):
        rest = {int(q) for q in np.flatnonzero(z)} - {target}
        for q in sorted(controls ^ rest):
            qc.cx(q, target)
        controls = rest
        qc.ry(2 * factor * angle, target)
    for q in sorted(controls):
        qc.cx(q, target)
    for q in reversed(others):
        qc.cx(target, q)


def _neighbours_in_turn(terms, target) -> Iterator[tuple[np.ndarray, float]]:
    """Terms in an order in which each differs little from the one before."""
    left, last = list(terms), np.zeros_like(terms[0][0])
    while left:
        distances = [np.delete(z ^ last, target).sum() for z, _ in left]
        last, factor = left.pop(int(np.argmin(distances)))
        yield last, factor
