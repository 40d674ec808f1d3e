"""Rows as the amplitudes of a state."""

import numpy as np

from .._amplitudes import AmplitudePreparation, n_qubits_for
from .._checks import check_number
from .encoding import Encoding


class AmplitudeEncoding(Encoding):
    r"""The features of a row as the amplitudes of a state: 256 features on 8 qubits.

    ``|x> = (sum_k x_k |k> + c |d>) / sqrt(|x|^2 + c^2)`` for d features x_0, ..., x_{d-1} and the offset c; amplitudes
    up to the next power of two are 0. The first qubit is the least bit of k.

    Without an offset the length of a row is lost, as is its sign once anything is measured: the fidelity of two rows is
    the square of their cosine similarity, ``(x.y)^2 / (|x|^2 |y|^2)``, and a row of zeros is refused. With one it is
    ``(x.y + c^2)^2 / ((|x|^2 + c^2) (|y|^2 + c^2))``, which tells rows apart that are multiples of each other. So a
    fidelity kernel of this encoding is a polynomial kernel of degree 2 on rows of length 1, whose classical twin is
    ``sklearn.svm.SVC(kernel="poly", degree=2)``; no quantum computer is needed for it.

    `Exact` starts from the rows themselves, with exact gradients by the rows too. Other backends prepare each row by
    2**n - 1 rotations on n qubits and about as many CX gates, by angles that are computed from it.

    Parameters
    ----------
    offset : float, default=0.0
        One amplitude more, alike for all rows, behind the features; no such amplitude if 0.

    References
    ----------
    M. Schuld, N. Killoran, Quantum machine learning in feature Hilbert spaces, Phys. Rev. Lett. 122, 040504 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AmplitudeEncoding, FidelityKernel
    >>> AmplitudeEncoding().build(256).num_qubits
    8
    >>> FidelityKernel(AmplitudeEncoding())(np.array([[3.0, 0.0, 4.0], [1.0, 0.0, 0.0]])).round(6)
    array([[1.  , 0.36],
           [0.36, 1.  ]])
    """

    def __init__(self, offset=0.0):
        self.offset = offset

    def width(self, n_features) -> int:
        return n_qubits_for(n_features + (self._offset() != 0.0))

    def draw(self, qc, x, weight) -> None:
        offset = self._offset()
        qc.append(AmplitudePreparation([*x, offset] if offset else x), qc.qubits)

    def _offset(self) -> float:
        return check_number("offset", self.offset, -np.inf)
