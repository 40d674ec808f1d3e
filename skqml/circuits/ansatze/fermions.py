"""Occupations of spin orbitals as qubits, and excitations of electrons as Pauli strings."""

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
from qiskit.quantum_info import PauliList, SparsePauliOp

from ..._checks import check_option
from ...states import CheckedState

MAPPINGS = ("jordan_wigner", "parity")


def read_bits(hf_bitstring) -> np.ndarray:
    """Bits (n_qubits,) of a text of characters 0 and 1."""
    if not isinstance(hf_bitstring, str) or not hf_bitstring or set(hf_bitstring) - set("01"):
        raise ValueError(f"hf_bitstring must be text of characters 0 and 1, such as '1100', got {hf_bitstring!r}.")
    return np.array([int(c) for c in hf_bitstring])


class FermionMapping(CheckedState):
    """How occupations of spin orbitals become qubits: ``bits = A n`` modulo 2, some of them left out.

    Parameters
    ----------
    occupied : ndarray of bool (n_modes,)
        Occupation n of the reference.
    spins : ndarray of int (n_modes,)
    A : ndarray of int (n_modes, n_modes)
    kept : ndarray of int (n_qubits,)
        Rows of A that are qubits.
    """

    def __init__(self, occupied, spins, A, kept):
        self.occupied, self.spins, self.A, self.kept = occupied, spins, A, kept
        self._of_z = np.rint(np.linalg.inv(A)).astype(int).T  # A and its inverse are triangular with a diagonal of 1

    @classmethod
    def read(cls, hf_bitstring, mapping) -> "FermionMapping":
        """The mapping of a name, from the bits of the reference."""
        bits = read_bits(hf_bitstring)
        check_option("mapping", mapping, MAPPINGS)
        if mapping == "jordan_wigner":
            n = len(bits)
            return cls(bits == 1, np.arange(n) % 2, np.eye(n, dtype=int), np.arange(n))
        if len(bits) % 2:
            raise ValueError(f"mapping='parity' has an even number of qubits, got {len(bits)}.")
        n = len(bits) + 2
        kept = np.delete(np.arange(n), [n // 2 - 1, n - 1])
        occupied = _filled_from_below(bits)
        return cls(occupied, np.arange(n) // (n // 2), np.tri(n, dtype=int), kept)

    @classmethod
    def filled(cls, n_electrons: int, n_orbitals: int, mapping) -> "FermionMapping":
        """The mapping of a name whose reference fills orbitals from below, each with two electrons."""
        filled = np.arange(n_orbitals) < n_electrons // 2
        if check_option("mapping", mapping, MAPPINGS) == "jordan_wigner":
            return cls.read("".join(map(str, np.repeat(filled, 2).astype(int))), mapping)
        bits = np.cumsum(np.tile(filled, 2)) % 2
        return cls.read("".join(map(str, np.delete(bits, [n_orbitals - 1, 2 * n_orbitals - 1]))), mapping)

    @property
    def hf_bitstring(self) -> str:
        """The reference, one character a qubit."""
        return "".join(map(str, (self.A @ self.occupied % 2)[self.kept]))

    def excitations(self) -> Iterator[tuple[list[int], list[int]]]:
        """Pairs (raised, lowered) of the modes that gain and that lose electrons, singles first."""
        filled, empty = np.flatnonzero(self.occupied).tolist(), np.flatnonzero(~self.occupied).tolist()
        for n in (1, 2):
            for lowered, raised in product(combinations(filled, n), combinations(empty, n)):
                if sorted(self.spins[list(lowered)]) == sorted(self.spins[list(raised)]):
                    yield list(raised), list(lowered)

    def strings(self, raised: list[int], lowered: list[int]) -> tuple[np.ndarray, list[tuple[np.ndarray, float]]]:
        """The generator ``T - T^+`` as ``sum_k c_k X^x Z^z_k``.

        It flips the modes of T where they are as T or as T^+ finds them, with a sign for each
        electron that one of its own passes: projectors on these occupations are sums of Z.

        Returns
        -------
        x : ndarray of int (n_qubits,)
        terms : list of (ndarray of int (n_qubits,), float)
            z_k and c_k.
        """
        x, passed = np.zeros(len(self.A), dtype=int), np.zeros(len(self.A), dtype=int)
        modes = raised + lowered
        x[modes] = 1
        for mode in modes:
            passed[:mode] ^= 1
        passed[modes] = 0
        reference = self.A @ self.occupied % 2
        terms = []
        for odd in (s for k in range(1, len(modes), 2) for s in combinations(modes, k)):
            z = passed.copy()
            z[list(odd)] = 1
            bits = self._of_z @ z % 2
            fixed = np.delete(bits * reference, self.kept).sum()  # qubits left out are as in the reference
            sign = (-1) ** (fixed + len(set(odd) & set(lowered)))
            terms.append((bits[self.kept], sign * 2.0 ** (1 - len(modes))))
        return (self.A @ x % 2)[self.kept], terms

    def on_qubits(self, operator: SparsePauliOp) -> SparsePauliOp:
        """From one qubit a mode (Jordan-Wigner) to the qubits kept, for operators that conserve electrons of each spin.

        ``X^x Z^z`` becomes ``X^(A x) Z^(A^-T z)``; a Z of a qubit left out is the number that it is in the reference.
        """
        x, z = (bits @ M.T % 2 for bits, M in ((operator.paulis.x, self.A), (operator.paulis.z, self._of_z)))
        fixed = np.delete(z, self.kept, axis=1) @ np.delete(self.A @ self.occupied % 2, self.kept)
        paulis = PauliList.from_symplectic(z[:, self.kept] == 1, x[:, self.kept] == 1)
        phases = (1j) ** (_n_y(operator.paulis) - _n_y(paulis)) * (-1.0) ** fixed  # Y = i X Z
        return SparsePauliOp(paulis, operator.coeffs * phases).simplify()


def _n_y(paulis) -> np.ndarray:
    return (paulis.x & paulis.z).sum(axis=1)


def _filled_from_below(bits) -> np.ndarray:
    """Return occupations of spin orbitals, all up and then all down, whose reduced parity mapping is ``bits``."""
    n = len(bits) // 2 + 1
    found = []
    for up, down in product(range(n + 1), repeat=2):
        occupied = np.concatenate([np.arange(n) < up, np.arange(n) < down])
        parities = np.cumsum(occupied) % 2
        if np.array_equal(np.delete(parities, [n - 1, 2 * n - 1]), bits):
            found.append((abs(up - down), -up, occupied))
    if not found:
        raise ValueError(
            f"hf_bitstring={''.join(map(str, bits))!r} is not the parity mapping of orbitals filled from below; "
            "expected such as '10' (hydrogen) or '1100' (two electrons in three orbitals)."
        )
    return min(found, key=lambda state: state[:2])[2]
