"""The built-in encodings."""

from collections.abc import Mapping
from itertools import combinations, cycle, islice

import numpy as np
from qiskit.circuit.library import zz_feature_map
from qiskit.exceptions import QiskitError

from .._checks import check_count, check_number, check_option
from .encoding import Encoding


class AngleEncoding(Encoding):
    """One feature a qubit, as the angle of one rotation.

    ``|x> = prod_i R(x_i) |0...0>``, without entanglement.

    Parameters
    ----------
    rotation : {"x", "y", "z"}, default="y"
        Axis. A rotation about z does nothing to ``|0>``, so a Hadamard gate goes before it.

    Examples
    --------
    >>> from skqml.circuits import AngleEncoding
    >>> print(AngleEncoding("z").build(2).draw())
         ┌───┐┌──────────┐
    q_0: ┤ H ├┤ Rz(x[0]) ├
         ├───┤├──────────┤
    q_1: ┤ H ├┤ Rz(x[1]) ├
         └───┘└──────────┘
    """

    def __init__(self, rotation="y"):
        self.rotation = rotation

    def draw(self, qc, x, weight) -> None:
        check_option("rotation", self.rotation, ("x", "y", "z"))
        for qubit, feature in enumerate(x):
            if self.rotation == "z":
                qc.h(qubit)
            getattr(qc, f"r{self.rotation}")(feature, qubit)


class ZZEncoding(Encoding):
    """Qiskit's second-order Pauli-Z evolution: `qiskit.circuit.library.zz_feature_map`.

    ``U(x) = (exp(-i a/2 sum_ij (pi - x_i)(pi - x_j) Z_i Z_j) exp(-i a/2 sum_i x_i Z_i) H)^reps``
    up to a phase, with a = ``alpha`` and sums over the entangled pairs and over all qubits.

    Parameters
    ----------
    reps : int, default=2
        Number of repetitions.
    entanglement : str, sequence of pairs, mapping or callable, default="full"
        Which qubits are paired: a name that Qiskit knows (``"full"``, ``"linear"``,
        ``"reverse_linear"``, ``"pairwise"``, ``"circular"``, ``"sca"``), the pairs themselves,
        Qiskit's mapping ``{1: [(i,), ...], 2: [(i, j), ...]}``, or a function from the number of
        the repetition to one of these.
    alpha : float, default=2.0
        Factor of all angles.

    References
    ----------
    Havlicek et al., "Supervised learning with quantum-enhanced feature spaces", Nature 567 (2019).

    Examples
    --------
    >>> from skqml.circuits import ZZEncoding
    >>> dict(ZZEncoding(reps=1, entanglement=[(0, 2)]).build(3).count_ops())
    {'p': 4, 'h': 3, 'cx': 2}
    """

    def __init__(self, reps=2, entanglement="full", alpha=2.0):
        self.reps = reps
        self.entanglement = entanglement
        self.alpha = alpha

    def draw(self, qc, x, weight) -> None:
        reps = check_count("reps", self.reps)
        if not check_number("alpha", self.alpha, -np.inf):
            raise ValueError("alpha must be another number than 0, which encodes nothing.")
        if len(x) == 1:  # there is no pair, which Qiskit's function refuses
            for _ in range(reps):
                qc.h(0)
                qc.p(self.alpha * x[0], 0)
            return
        entanglement = self.entanglement
        try:
            if callable(entanglement):
                circuit = zz_feature_map(len(x), reps, lambda rep: _connections(entanglement(rep), len(x)), self.alpha)
            else:
                circuit = zz_feature_map(len(x), reps, _connections(entanglement, len(x)), self.alpha)
        except QiskitError as error:
            raise ValueError(
                "entanglement must be a name that Qiskit knows, such as 'full' or "
                f"'linear', or pairs of qubits, got {entanglement!r}."
            ) from error
        qc.compose(circuit.assign_parameters({p: x[p.index] for p in circuit.parameters}), inplace=True)


class IQPEncoding(Encoding):
    """Instantaneous quantum polynomial circuit: single features and products of all pairs.

    ``U(x) = (exp(-i/2 sum_{i<j} x_i x_j Z_i Z_j) exp(-i/2 sum_i x_i Z_i) H)^reps``

    Parameters
    ----------
    reps : int, default=1
        Number of repetitions.

    References
    ----------
    Huang et al., "Power of data in quantum machine learning", Nature Communications 12 (2021).

    Examples
    --------
    >>> from skqml.circuits import IQPEncoding
    >>> dict(IQPEncoding().build(3).count_ops())
    {'h': 3, 'rz': 3, 'rzz': 3}
    """

    def __init__(self, reps=1):
        self.reps = reps

    def draw(self, qc, x, weight) -> None:
        for _ in range(check_count("reps", self.reps)):
            qc.h(range(len(x)))
            for i in range(len(x)):
                qc.rz(x[i], i)
            for i, j in combinations(range(len(x)), 2):
                qc.rzz(x[i] * x[j], i, j)


class ChebyshevEncoding(Encoding):
    """Chebyshev tower: each feature as the angles k arccos(x), k = 1, ..., degree.

    ``RY(k arccos x) |0>`` has ``<Z> = T_k(x)``, the Chebyshev polynomial of degree k. The rotations
    of all features follow each other along the qubits; a ring of CZ gates stands wherever a qubit
    is used again.

    Features must lie in [-1, 1], where arccos is real. Estimators that standardise see to it: with
    ``bandwidth="auto"`` the ends are ten deviations from the mean, and what lies beyond is clipped. Kernels by
    themselves refuse other rows: scale those with ``MinMaxScaler((-1, 1), clip=True)``.

    Parameters
    ----------
    n_qubits : int, default=None
        Number of qubits; one a rotation, ``degree * n_features``, if None.
    degree : int, default=1
        Number of rotations a feature.
    reps : int, default=1
        How often all rotations are drawn.

    References
    ----------
    Kyriienko, Paine, Elfving, "Solving nonlinear differential equations with differentiable
    quantum circuits", Physical Review A 103 (2021).

    Examples
    --------
    >>> from skqml.circuits import ChebyshevEncoding
    >>> dict(ChebyshevEncoding(degree=3).build(2).count_ops())
    {'ry': 6}
    """

    limit = 1.0 - 1e-9  # at 1 itself the angle has no derivative

    def __init__(self, n_qubits=None, degree=1, reps=1):
        self.n_qubits = n_qubits
        self.degree = degree
        self.reps = reps

    def width(self, n_features) -> int:
        if self.n_qubits is None:
            return n_features * check_count("degree", self.degree)
        return check_count("n_qubits", self.n_qubits)

    def draw(self, qc, x, weight) -> None:
        degree = check_count("degree", self.degree)
        angles = [k * feature.arccos() for feature in x for k in range(1, degree + 1)]
        for slot, angle in enumerate(angles * check_count("reps", self.reps)):
            qubit = slot % qc.num_qubits
            if slot and qubit == 0:
                _cz_ring(qc)
            qc.ry(angle, qubit)


class ReuploadingEncoding(Encoding):
    """Any number of features on a few qubits, in blocks with mixing layers between them.

    ``|x> = R(x_k, ...) M_b ... R(x_j, ...) M_1 R(x_1, ...) |+...+>``, where a block R is one RY a
    qubit, each by the next feature, and a mixing layer M a ring of CZ gates, then RY and RZ on each
    qubit by fixed random or trainable angles. The row of features is drawn over and over, as a
    whole, until there are at least ``n_blocks`` full blocks.

    Parameters
    ----------
    n_qubits : int, default=8
        Number of qubits.
    n_blocks : int, default=2
        Smallest number of blocks; more features than ``n_blocks * n_qubits`` make more blocks.
    trainable : bool, default=False
        Whether the angles of the mixing layers are weights; a single block has none.
    seed : int, default=0
        Seed of the angles of the mixing layers if they are fixed: an integer, as the circuit must be the same whenever
        it is drawn.

    References
    ----------
    Perez-Salinas et al., "Data re-uploading for a universal quantum classifier", Quantum 4 (2020).

    Examples
    --------
    >>> from skqml.circuits import ReuploadingEncoding
    >>> ReuploadingEncoding().build(64).num_qubits
    8
    >>> len(ReuploadingEncoding(n_qubits=2, trainable=True).build(4).parameters)  # x and w
    8
    """

    def __init__(self, n_qubits=8, n_blocks=2, trainable=False, seed=0):
        self.n_qubits = n_qubits
        self.n_blocks = n_blocks
        self.trainable = trainable
        self.seed = seed

    @property
    def divisible(self) -> bool:
        """True unless there are weights, whose number would grow."""
        return not self.trainable

    def width(self, n_features) -> int:
        return check_count("n_qubits", self.n_qubits)

    def draw(self, qc, x, weight) -> None:
        mixing_angle = weight if check_option("trainable", self.trainable, (False, True)) else self._random_angles()
        qc.h(qc.qubits)
        for slot, feature in enumerate(islice(cycle(x), len(x) * self._n_copies(len(x)))):
            qubit = slot % qc.num_qubits
            if slot and qubit == 0:
                _cz_ring(qc)
                for q in qc.qubits:
                    qc.ry(mixing_angle(), q)
                    qc.rz(mixing_angle(), q)
            qc.ry(feature, qubit)

    def _n_copies(self, n_features) -> int:
        n_rotations = self.width(n_features) * check_count("n_blocks", self.n_blocks)
        return -(-n_rotations // n_features)

    def _random_angles(self):
        # At pi/2 a mixing layer is a Clifford gate, after which the data rotations of neighbouring
        # blocks are independent: the fidelity is nearly isotropic in x, as an RBF kernel is. The
        # spread keeps later blocks from repeating earlier ones. Angles from the whole circle
        # double the anisotropy, and accuracy then depends on the seed.
        rng = np.random.default_rng(check_count("seed", self.seed, 0))
        return lambda: rng.uniform(np.pi / 3, 2 * np.pi / 3)


def _cz_ring(qc) -> None:
    """Draw CZ between neighbours, the last qubit being a neighbour of the first."""
    for q in range(qc.num_qubits if qc.num_qubits > 2 else qc.num_qubits - 1):
        qc.cz(q, (q + 1) % qc.num_qubits)


def _connections(entanglement, n_qubits):
    """Return the entanglement in the form of Qiskit's function, which aborts on bad pairs."""
    if isinstance(entanglement, str):
        return entanglement
    singles = [(i,) for i in range(n_qubits)]
    connections = entanglement if isinstance(entanglement, Mapping) else {1: singles, 2: entanglement}
    qubits = set(range(n_qubits))
    try:
        tuples = {k: [tuple(qs) for qs in connections.get(k, ())] for k in (1, 2)}
        valid = all(len(qs) == len(set(qs) & qubits) == k for k, members in tuples.items() for qs in members)
    except TypeError:
        valid = False
    if not valid:
        raise ValueError(
            "entanglement must be a name that Qiskit knows or pairs of different "
            f"qubits below {n_qubits}, got {entanglement!r}."
        )
    return tuples
