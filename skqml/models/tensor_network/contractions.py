"""What becomes of the second qubits of a box: they are found in 0, or nobody looks at them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import ClassVar

import numpy as np

from ...states import CheckedState, count
from ...training.risk import Pullback

_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
Tensor = tuple[np.ndarray, Pullback]


@dataclass(frozen=True)
class Contraction(CheckedState, ABC):
    """How tokens, boxes and readouts become arrays of one size d.

    Kraus operators K (n, n_kept, n_out, n_in) belong to boxes, ``n_kept`` counting what is summed over; pullbacks are
    for functions of derivative ``Re sum(conj(dK) K')``. A subclass writes the abstract methods.

    Attributes
    ----------
    n_qubits : int
        Of a token.
    """

    n_qubits: int

    _contents: ClassVar[dict] = {"n_qubits": count(least=1)}

    @property
    def dimension(self) -> int:
        """Amplitudes of a token."""
        return 2**self.n_qubits

    @property
    @abstractmethod
    def size(self) -> int:
        """The length d of the vector that stands for a state."""

    @property
    @abstractmethod
    def n_kept(self) -> int:
        """Outcomes of the second qubits that count."""

    @property
    @abstractmethod
    def scales(self) -> bool:
        """Whether vectors lose norm, and are scaled back to 1."""

    @abstractmethod
    def vectors(self, psi) -> Tensor:
        """States (n, D) as vectors (n, d), and the pullback."""

    @abstractmethod
    def maps(self, K) -> Tensor:
        """Operators K on vectors, (n, d_out, d_in), and the pullback."""

    @abstractmethod
    def probabilities(self, E, h) -> tuple[np.ndarray, Pullback, Pullback]:
        """Probabilities (n_samples, n_classes) of effects ``|e><e|``, rows e of conj(E), and pullbacks to E and h.

        Where vectors are scaled, the cotangent of h is that of the vector before.
        """


class Postselect(Contraction):
    """Vectors are amplitudes."""

    n_kept = 1  # outcome 0
    scales = True  # the norm is the square root of the probability of zeros so far

    @property
    def size(self) -> int:
        """Amplitudes."""
        return self.dimension

    def vectors(self, psi) -> Tensor:
        """The amplitudes themselves."""
        return psi, lambda g: g

    def maps(self, K) -> Tensor:
        """The only Kraus operators themselves."""
        return K[:, 0], lambda g: g[:, None]

    def probabilities(self, E, h) -> tuple[np.ndarray, Pullback, Pullback]:
        """``|E h|^2``."""
        A = h @ E.T

        def of_h(g):
            slope = 2 * (g * A) @ E.conj()
            return slope - np.sum(slope.real * h.real + slope.imag * h.imag, axis=1, keepdims=True) * h

        return np.abs(A) ** 2, lambda g: 2 * (g * A).T @ h.conj(), of_h


class Discard(Contraction):
    """Vectors are coefficients of density matrices, real, in the orthonormal basis of Pauli strings."""

    scales = False  # traces stay 1

    @property
    def size(self) -> int:
        """Pauli strings."""
        return self.dimension**2

    @property
    def n_kept(self) -> int:
        """All outcomes."""
        return self.dimension

    @cached_property
    def _bases(self) -> dict[int, np.ndarray]:
        """Bases (D, D, D^2) of one token and of two, by D."""
        bases = [reduce(_kron, [_PAULIS] * n) / np.sqrt(2**n) for n in (self.n_qubits, 2 * self.n_qubits)]
        return {B.shape[1]: np.moveaxis(B, 0, -1) for B in bases}

    def vectors(self, psi) -> Tensor:
        """``r_j = <psi|B_j|psi>``."""
        B = self._bases[self.dimension]
        turned = np.einsum("abj,nb->naj", B, psi)
        r = np.einsum("na,naj->nj", psi.conj(), turned).real
        return r, lambda g: 2 * np.einsum("nj,naj->na", g, turned)

    def maps(self, K) -> Tensor:
        """``S_ij = sum_k Tr[B_i K_k B_j K_k^H]``."""
        (left, right), shape = (self._bases[n].reshape(n * n, -1) for n in K.shape[2:]), K.shape[2:]
        C = np.einsum("nkab,nkcd->nacbd", K, K.conj(), optimize=True).reshape(len(K), len(left), len(right))
        S = np.ascontiguousarray((left.conj().T @ C @ right).real)

        def pullback(g):
            of_C = (left @ g @ right.conj().T).reshape(-1, shape[0], shape[0], shape[1], shape[1])
            return 2 * np.einsum("nacbd,nkcd->nkab", of_C, K, optimize=True)

        return S, pullback

    def probabilities(self, E, h) -> tuple[np.ndarray, Pullback, Pullback]:
        """``Tr[rho |e><e|]``, as products of real vectors."""
        e, of_e = self.vectors(E.conj())
        return h @ e.T, lambda g: of_e(g.T @ h).conj(), lambda g: g @ e


def _kron(A, B) -> np.ndarray:
    """All Kronecker products of matrices A (m, a, a) and B (n, b, b), those of the first A in front."""
    products = np.einsum("mab,ncd->mnacbd", A, B)
    return products.reshape(len(A) * len(B), A.shape[1] * B.shape[1], -1)
