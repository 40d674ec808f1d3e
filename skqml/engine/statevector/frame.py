"""Clifford gates that are never run: they change the Pauli strings of what follows, and of what is measured."""

from dataclasses import dataclass

from ..reading.affine import Affine


@dataclass
class Frame:
    """The Clifford F of a circuit F O: images F^-1 X_q F and F^-1 Z_q F, with their signs."""

    x: list[int]
    z: list[int]
    x_sign: list[int]
    z_sign: list[int]

    @classmethod
    def identity(cls, n_qubits: int) -> "Frame":
        """The frame of an empty circuit."""
        bits = [1 << q for q in range(n_qubits)]
        return cls(list(bits), list(bits), [0] * n_qubits, [0] * n_qubits)

    def image(self, x: int, z: int) -> tuple[int, int, int]:
        """Masks and sign (+1 or -1) of F^-1 P F for the Pauli string P = (x, z)."""
        new_x = new_z = flips = 0
        for q in range(max(x, z).bit_length()):
            if x >> q & 1:
                new_x ^= self.x[q]
                flips ^= self.x_sign[q]
            if z >> q & 1:
                new_z ^= self.z[q]
                flips ^= self.z_sign[q]
        powers = (x & z).bit_count() - (new_x & new_z).bit_count()  # of i, always even
        return new_x, new_z, 1 - 2 * ((flips + powers // 2) % 2)

    def append_pauli(self, x: int, z: int) -> None:
        """Put a Pauli string behind the frame."""
        for q in range(max(x, z).bit_length()):
            self.x_sign[q] ^= z >> q & 1
            self.z_sign[q] ^= x >> q & 1

    def append_permutation(self, gate: Affine, qubits: tuple[int, ...]) -> None:
        """Put |b> -> |A b + c> on some qubits behind the frame."""
        for images, signs, sources in ((self.x, self.x_sign, gate.x_from), (self.z, self.z_sign, gate.z_from)):
            old = [(images[q], signs[q]) for q in qubits]
            for q, source in zip(qubits, sources, strict=True):
                images[q] = signs[q] = 0
                for j in source:
                    images[q] ^= old[j][0]
                    signs[q] ^= old[j][1]
        for k, q in enumerate(qubits):
            self.z_sign[q] ^= gate.shift >> k & 1
