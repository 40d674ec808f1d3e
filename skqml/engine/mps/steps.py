"""What acts on states of many rows, and on their cotangents: matrices of single qubits, products of tensors, cuts.

A state is a list of tensors, one a qubit (n_samples, left, 2, right). Each step has a call, and, where it is linear,
a pullback of cotangents C, for which ``d loss = Re sum conj(C) dT``.
"""

from dataclasses import dataclass

import numpy as np

Sites = list[np.ndarray]


@dataclass(frozen=True)
class QubitRotation:
    """Rotation exp(-i t P / 2) of one qubit, with its angle in a slot."""

    pauli: np.ndarray
    slot: int

    def matrix(self, angles: np.ndarray, ahead: float = 0.0) -> np.ndarray:
        """Matrices (n_samples, 2, 2) for angles in slots, and more; half a turn ahead is twice the derivative."""
        t = 0.5 * (angles[:, self.slot, None, None] + ahead)
        return np.cos(t) * np.eye(2) - 1j * np.sin(t) * self.pauli


@dataclass(frozen=True)
class Constant:
    """A fixed gate of one qubit."""

    entries: np.ndarray

    def matrix(self, angles: np.ndarray) -> np.ndarray:
        """The matrix, for all rows."""
        return self.entries[None]


@dataclass(frozen=True)
class Local:
    """Gates of one qubit, one after another."""

    site: int
    factors: tuple[QubitRotation | Constant, ...]

    def __call__(self, sites: Sites, angles: np.ndarray) -> Sites:
        """The state behind them."""
        return _replaced(sites, self.site, [_product(self._matrices(angles))[:, None] @ sites[self.site]])

    def pullback(self, sites: Sites, C: Sites, angles: np.ndarray, slopes: np.ndarray) -> Sites:
        """Cotangents in front, from those behind; derivatives by angles are added to slopes (n_samples, n_slots)."""
        T, of_site, matrices = sites[self.site], C[self.site], self._matrices(angles)
        of_matrix = np.einsum("natb,nasb->nts", of_site, T.conj())
        for k, factor in enumerate(self.factors):
            if isinstance(factor, QubitRotation):
                step = _product(matrices[k + 1 :]) @ factor.matrix(angles, np.pi) @ _product(matrices[:k])
                slopes[:, factor.slot] += 0.5 * np.einsum("nts,nts->n", of_matrix.conj(), step).real
        back = _product(matrices).conj().transpose(0, 2, 1)
        return _replaced(C, self.site, [back[:, None] @ of_site])

    def _matrices(self, angles: np.ndarray) -> list[np.ndarray]:
        return [factor.matrix(angles) for factor in self.factors]


@dataclass(frozen=True)
class Chain:
    """An operator over neighbouring sites, as a product of tensors (left, out, in, right).

    With a slot it is ``cos(t / 2) I - i sin(t / 2) P``: these are factors of the first tensor's two right indices.
    """

    first: int
    tensors: tuple[np.ndarray, ...]
    slot: int | None = None

    @property
    def ranks(self) -> list[int]:
        """Dimension of each bond between its sites."""
        return [W.shape[3] for W in self.tensors[:-1]]

    @property
    def _places(self) -> slice:
        return slice(self.first, self.first + len(self.tensors))

    def __call__(self, sites: Sites, angles: np.ndarray) -> Sites:
        """The state behind it, its bonds multiplied by those of the operator."""
        found = [_joined(T, W) for T, W in zip(sites[self._places], self.tensors, strict=True)]
        if self.slot is not None:
            found[0] *= self._factors(angles, found[0].shape[3])
        return _replaced(sites, self.first, found)

    def pullback(self, sites: Sites, C: Sites, angles: np.ndarray, slopes: np.ndarray) -> Sites:
        """Cotangents in front, from those behind; derivatives by angles are added to slopes (n_samples, n_slots)."""
        behind = C[self._places]
        if self.slot is not None:
            step = _joined(sites[self.first], self.tensors[0]) * self._factors(angles, behind[0].shape[3], np.pi)
            slopes[:, self.slot] += 0.5 * np.einsum("nasb,nasb->n", behind[0].conj(), step).real
            behind[0] = behind[0] * self._factors(angles, behind[0].shape[3]).conj()
        return _replaced(C, self.first, [_parted(D, W) for D, W in zip(behind, self.tensors, strict=True)])

    def _factors(self, angles: np.ndarray, right: int, ahead: float = 0.0) -> np.ndarray:
        t = 0.5 * (angles[:, self.slot] + ahead)
        return np.repeat(np.stack([np.cos(t), -1j * np.sin(t)], axis=1), right // 2, axis=1)[:, None, None, :]


@dataclass(frozen=True)
class Compress:
    """Cuts bonds back: orthogonal from the left, then from the right the largest singular values of each bond.

    Attributes
    ----------
    bonds : list of int
        Their dimensions from left to right, those at the ends included.
    """

    bonds: list[int]

    def __call__(self, sites: Sites, angles: np.ndarray) -> Sites:
        """The state with smaller bonds; its norm is smaller by what was lost."""
        sites, last = list(sites), len(sites) - 1
        for q in range(last):
            n, a, _, b = sites[q].shape
            Q, R = np.linalg.qr(sites[q].reshape(n, 2 * a, b))
            sites[q] = Q.reshape(n, a, 2, -1)
            n, a, _, b = sites[q + 1].shape
            sites[q + 1] = (R @ sites[q + 1].reshape(n, a, 2 * b)).reshape(n, -1, 2, b)
        for q in range(last, 0, -1):
            n, a, _, b = sites[q].shape
            k, rest = self.bonds[q], sites[q - 1]
            U, s, V = np.linalg.svd(sites[q].reshape(n, a, 2 * b), full_matrices=False)
            sites[q] = V[:, :k].reshape(n, k, 2, b)
            sites[q - 1] = (rest.reshape(n, -1, a) @ (U[:, :, :k] * s[:, None, :k])).reshape(n, -1, 2, k)
        return sites


Step = Local | Chain | Compress


def zeros(n_samples: int, n_qubits: int) -> Sites:
    """The state |0...0> of all rows."""
    site = np.zeros((n_samples, 1, 2, 1), dtype=complex)
    site[:, 0, 0] = 1.0
    return [site] * n_qubits


def _product(matrices: list[np.ndarray]) -> np.ndarray:
    """Product of matrices (n_samples or 1, 2, 2), the first acting first."""
    total = np.eye(2, dtype=complex)[None]
    for matrix in matrices:
        total = matrix @ total
    return total


def _joined(T: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Site (n, l a, 2, r b): a tensor W (l, 2, 2, r) acts on a site T (n, a, 2, b)."""
    n, a, _, b = T.shape
    out = np.tensordot(T, W, ((2,), (2,)))  # n a b l t r
    return np.ascontiguousarray(out.transpose(0, 3, 1, 4, 5, 2)).reshape(n, W.shape[0] * a, 2, W.shape[3] * b)


def _parted(C: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Cotangent (n, a, 2, b) of the site on which W acted, from that of what came out."""
    left, _, _, right = W.shape
    n, la, _, rb = C.shape
    parts = C.reshape(n, left, la // left, 2, right, rb // right)
    out = np.tensordot(parts, W.conj(), ((1, 3, 4), (0, 1, 3)))  # n a b s
    return np.ascontiguousarray(out.transpose(0, 1, 3, 2))


def _replaced(sites: Sites, first: int, new: Sites) -> Sites:
    return [*sites[:first], *new, *sites[first + len(new) :]]
