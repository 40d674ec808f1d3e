"""Shots sampled from exact results."""

import numpy as np
from qiskit import QuantumCircuit
from scipy.sparse import csr_array

from .._checks import check_count
from ..engine.reading.bases import CommutingTerms, group_terms
from ..engine.reading.unitary_part import unitary_part
from .base import Backend
from .counts import mean_and_variance
from .defaults import PairOverlaps, ShiftProgram
from .program import Overlaps, Program
from .wrapper import Wrapper

_BLOCK_BYTES = 2**26  # of the states of rows that are sampled together


class Shots(Wrapper):
    """Results with shot noise, sampled from exact ones.

    A fidelity is drawn from ``Binomial(shots, K) / shots``. Expectation values come from counts:
    terms that commute qubit by qubit share one measurement basis with `shots` shots, and the
    counts of a row and basis are one multinomial draw. Noise is independent for every row, pair
    of rows and basis; gradients come from parameter shifts, sampled too.

    Parameters
    ----------
    shots : int, default=1024
        Shots for each row and basis, and for each pair of rows of a fidelity.
    random_state : int, RandomState, Generator or None, default=None
        Source of the noise where a call is given no ``rng``. With an integer equal calls give
        equal results.
    backend : Backend, default=None
        What the exact results come from; ``None`` means `Exact`.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from skqml import all_z
    >>> from skqml import Shots
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.h(0)
    >>> values = Shots(100, random_state=0).compile(qc, all_z(1))(np.zeros((1000, 0)))
    >>> values.std().round(1)  # 1 / sqrt(shots)
    np.float64(0.1)
    """

    # Its own, not those of the backend inside:
    shots: int | None = None
    random = Backend.random
    seed = Backend.seed

    def __init__(self, shots=1024, random_state=None, backend=None):
        self.shots = shots
        self.random_state = random_state
        self.backend = backend

    def _base(self) -> Backend:
        check_count("shots", self.shots)
        self.generator()
        if self.inner.random:
            raise ValueError(
                "The 'backend' parameter of Shots must be None or a Backend whose own results have no "
                f"shot noise, such as Exact(), got {self.backend!r}."
            )
        return self.inner

    def compile(self, circuit, observables) -> Program:
        """Return a program that samples; see `Backend.compile`."""
        return SampledProgram(self, self._base(), circuit, observables)

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities that are sampled from exact ones."""
        return SampledOverlaps(self, self._base(), circuit)


class SampledProgram(ShiftProgram):
    """Expectation values from counts drawn from exact probabilities.

    Parameters
    ----------
    backend : Shots
    base : Backend
        Gives the probabilities.
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend: Shots, base: Backend, circuit: QuantumCircuit, observables):
        super().__init__(backend, circuit, observables)
        groups, self._constant = group_terms(self.observables, circuit.num_qubits)
        circuit = unitary_part(circuit)
        self._samplers = [_Sampler(base, circuit, group) for group in groups]

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Sampled expectation values (n_samples, n_observables)."""
        return self.estimate(X, w, rng)[0]

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Values and standard errors from the same counts; see `Program.estimate`."""
        X, w, rng = self._asked(X, w, rng)
        values = np.tile(self._constant, (len(X), 1))
        variances = np.zeros_like(values)
        for sampler in self._samplers:
            step = max(1, _BLOCK_BYTES // (16 * sampler.n_outcomes))
            for a in range(0, len(X), step):
                mean, variance = sampler(X[a : a + step], w, check_count("shots", self.backend.shots), rng)
                values[a : a + step] += mean
                variances[a : a + step] += variance
        return values, np.sqrt(variances)


class _Sampler:
    """Counts of one measurement basis, turned into parts of the observables."""

    def __init__(self, base: Backend, circuit: QuantumCircuit, group: CommutingTerms):
        measured = circuit.compose(group.rotations(circuit.num_qubits))
        self._probabilities = base.compile_probabilities(measured, group.qubits)
        self.n_outcomes = len(self._probabilities.bits)
        # Outcomes that all observables see alike are one outcome: a parity has two.
        values = group.values(self._probabilities.bits)
        self._values, kinds = np.unique(values, axis=0, return_inverse=True)
        entries = np.ones(self.n_outcomes), (np.arange(self.n_outcomes), kinds.ravel())
        self._kinds = csr_array(entries, shape=(self.n_outcomes, len(self._values)))

    def __call__(self, X, w, shots: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Means over the shots and the means' variances, both (n_samples, n_observables)."""
        P = self._probabilities(X, w) @ self._kinds
        counts = rng.multinomial(shots, P / P.sum(axis=1, keepdims=True))
        return mean_and_variance(counts, self._values)


class SampledOverlaps(PairOverlaps):
    """Fidelities drawn from binomial laws around exact ones; derivatives from parameter shifts.

    Parameters
    ----------
    backend : Shots
    base : Backend
        Gives the exact fidelities.
    circuit : QuantumCircuit
    """

    def __init__(self, backend: Shots, base: Backend, circuit: QuantumCircuit):
        super().__init__(backend, circuit)
        self._exact = base.compile_overlaps(circuit)

    def _sample(self, K, rng) -> np.ndarray:
        shots = check_count("shots", self.backend.shots)
        return rng.binomial(shots, np.clip(K, 0.0, 1.0)) / shots

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Sampled fidelities (n, m)."""
        rng = self.backend.generator() if rng is None else rng
        K = self._exact(X, Y, w)
        if Y is not None:
            return self._sample(K, rng)
        upper = np.triu_indices(len(K))
        K[upper] = K.T[upper] = self._sample(K[upper], rng)
        return K

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Sampled fidelities (n,) of the state of each row of X with that of the same row of Y."""
        rng = self.backend.generator() if rng is None else rng
        return self._sample(self._exact.diagonal(X, w) if Y is X else self._exact.paired(X, Y, w), rng)
