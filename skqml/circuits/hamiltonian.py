"""Images, or other rows, as Hamiltonians: exp(-i t H(x))."""

import numpy as np
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import Pauli

from .._checks import check_count, check_number, check_option
from .encoding import Encoding


class HamiltonianEncoding(Encoding):
    r"""A row as the matrix elements of a Hamiltonian, under which qubits evolve for a time.

    ``|x> = exp(-i t A(x) / 2) |+...+>`` with ``A = (M + M^T) / 2``, M being the row as a square
    matrix, row after row, with zeros where the row ends and up to a power of two. An image of
    32 x 32 pixels needs 5 qubits.

    An image and its transpose are the same Hamiltonian, so half of what pixels can say is lost.

    As a circuit it is the product formula ``(prod_P exp(-i t a_P P / (2 reps)))^reps`` of
    ``A = sum_P a_P P`` over Pauli strings P, in which each a_P is linear in x. `eigen` serves
    the exact exponential, for all times by one decomposition.

    Parameters
    ----------
    time : float, default=1.0
        Time t; None makes it a weight.
    reps : int, default=1
        Number of steps of the product formula, whose error falls as 1 / reps.
    entangled : bool, default=True
        Whether strings on several qubits are part of A; without them qubits stay in product states.

    References
    ----------
    P. Wang, C. R. Myers, L. C. L. Hollenberg and U. Parampalli, Quantum Hamiltonian embedding of
    images for data reuploading classifiers, arXiv 2407.14055.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.circuits.hamiltonian import HamiltonianEncoding
    >>> HamiltonianEncoding().matrices(np.array([[1.0, 4.0, 0.0, 3.0]]))
    array([[[1., 2.],
            [2., 3.]]])
    >>> HamiltonianEncoding().build(64).num_qubits
    3
    """

    def __init__(self, time=1.0, reps=1, entangled=True):
        self.time = time
        self.reps = reps
        self.entangled = entangled

    def width(self, n_features) -> int:
        return max(1, (_side(n_features) - 1).bit_length())

    def eigen_scale(self, n_features) -> float:
        """Return s = 2 / sqrt(side), for which standardised rows have eigenvalues of about 2."""
        return float(2.0 / np.sqrt(_side(n_features)))

    def matrices(self, X, n_qubits=None) -> np.ndarray:
        """Return the matrices A of rows.

        Parameters
        ----------
        X : ndarray (n_samples, n_features)
        n_qubits : int, default=None
            As many as the rows need if None, else at least so many.

        Returns
        -------
        ndarray (n_samples, 2^n_qubits, 2^n_qubits)
        """
        n_samples, n_features = X.shape
        side = _side(n_features)
        n_qubits = self.width(n_features) if n_qubits is None else n_qubits
        if 2**n_qubits < side:
            raise ValueError(f"Rows of {n_features} features need {self.width(n_features)} qubits, got {n_qubits}.")
        square = np.zeros((n_samples, side * side))
        square[:, :n_features] = X
        square = square.reshape(n_samples, side, side)
        A = np.zeros((n_samples, 2**n_qubits, 2**n_qubits))
        A[:, :side, :side] = 0.5 * (square + square.swapaxes(1, 2))
        return self._kept(A)

    def _kept(self, A) -> np.ndarray:
        """The part of symmetric matrices that strings make which are part of the Hamiltonian."""
        return _one_qubit_part(A) if self._most_qubits() == 1 else A

    def _most_qubits(self) -> float:
        """Of a string that is part of the Hamiltonian."""
        return np.inf if check_option("entangled", self.entangled, (False, True)) else 1

    def features(self, A, n_features) -> np.ndarray:
        """Return derivatives (n_samples, n_features) by rows from those A (n_samples, D, D) by their matrices."""
        side = _side(n_features)
        square = self._kept(0.5 * (A + A.swapaxes(1, 2)))[:, :side, :side]
        return square.reshape(len(A), -1)[:, :n_features]

    def eigen(self, X, n_qubits=None) -> tuple[np.ndarray, np.ndarray]:
        """Return eigenvalues and eigenvectors of the matrices: ``A = Q diag(values) Q^T``.

        Parameters
        ----------
        X, n_qubits
            As in `matrices`.

        Returns
        -------
        values : ndarray (n_samples, 2^n_qubits)
        Q : ndarray (n_samples, 2^n_qubits, 2^n_qubits)
        """
        return np.linalg.eigh(self.matrices(X, n_qubits))

    def draw(self, qc, x, weight) -> None:
        reps = check_count("reps", self.reps)
        time = weight() if self.time is None else check_number("time", self.time, -np.inf, also="None or ")
        qc.h(qc.qubits)
        terms = [(pauli, sum(c * x[k] for k, c in row)) for pauli, row in self._paulis(len(x))]
        for _ in range(reps):
            for pauli, coefficient in terms:
                qubits = [q for q in range(qc.num_qubits) if pauli[q] != Pauli("I")]
                rotation = PauliEvolutionGate(pauli[qubits], time * coefficient / (2 * reps))
                qc.compose(rotation.definition, qubits, inplace=True)

    def _paulis(self, n_features):
        """Yield each Pauli string but the identity with the (feature, factor) of its coefficient."""
        n_qubits = self.width(n_features)
        side, b, most = _side(n_features), np.arange(2**n_qubits), self._most_qubits()
        row, column = np.divmod(np.arange(n_features), side)
        for x in range(2**n_qubits):
            used = np.flatnonzero(row ^ column == x)
            for z in range(2**n_qubits):
                n_y = (x & z).bit_count()
                if n_y % 2 or x == z == 0 or not len(used) or (x | z).bit_count() > most:
                    continue  # A is real and symmetric: no odd number of Y
                sign = (-1) ** (n_y // 2) * (-1.0) ** np.bitwise_count(z & b)
                factors = 0.5 * (sign[row[used]] + sign[column[used]]) / len(b)
                bits = [(m >> np.arange(n_qubits)) & 1 for m in (z, x)]
                yield Pauli((bits[0] == 1, bits[1] == 1)), [(k, c) for k, c in zip(used, factors, strict=True) if c]


def _one_qubit_part(A) -> np.ndarray:
    """Projection of symmetric matrices (n_samples, D, D) on sums of the identity and of Z and X of each qubit."""
    b, part = np.arange(A.shape[1]), np.zeros_like(A)
    diagonal = A[:, b, b]
    kept = np.broadcast_to(diagonal.mean(axis=1, keepdims=True), diagonal.shape).copy()
    for bit in (1 << k for k in range(len(b).bit_length() - 1)):
        sign = np.where(b & bit, -1.0, 1.0)
        kept += np.mean(diagonal * sign, axis=1, keepdims=True) * sign
        part[:, b, b ^ bit] = A[:, b, b ^ bit].mean(axis=1, keepdims=True)
    part[:, b, b] = kept
    return part


def _side(n_features) -> int:
    """Return the number of rows of the smallest square that holds the features."""
    return int(np.ceil(np.sqrt(n_features)))
