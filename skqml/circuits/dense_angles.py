"""Many features as angles of few qubits."""

from itertools import cycle, islice

from .._checks import check_count
from .encoding import Encoding


class DenseAngleEncoding(Encoding):
    """Any number of features as angles of a few qubits, without entanglement.

    ``U(x) = prod_j R_j(x_j) H``, R_j being RY for the first ``n_qubits`` features, RZ for as many behind them, then RY
    again, each on the next qubit in turn.

    Parameters
    ----------
    n_qubits : int, default=8
        Where features do not fill the last turn, the first ones come again, so that each qubit has one.

    References
    ----------
    R. LaRose and B. Coyle, Robust data encodings for quantum classifiers, Phys. Rev. A 102, 032420 (2020), for two
    features a qubit.

    Examples
    --------
    >>> from skqml.circuits import DenseAngleEncoding
    >>> dict(DenseAngleEncoding(n_qubits=2).build(4).count_ops())
    {'h': 2, 'ry': 2, 'rz': 2}
    """

    def __init__(self, n_qubits=8):
        self.n_qubits = n_qubits

    def width(self, n_features) -> int:
        """Return the number of qubits."""
        return check_count("n_qubits", self.n_qubits)

    def draw(self, qc, x, weight) -> None:
        qc.h(qc.qubits)
        for slot, feature in enumerate(islice(cycle(x), -(-len(x) // qc.num_qubits) * qc.num_qubits)):
            turn, qubit = divmod(slot, qc.num_qubits)
            (qc.rz if turn % 2 else qc.ry)(feature, qubit)
