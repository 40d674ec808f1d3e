"""Readout mitigation: expectation values as a perfect measurement would give them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from qiskit import QuantumCircuit

from .._checks import check_count, check_option
from ..backends import Backend, Cost, Program, ShiftProgram, Wrapper
from ..backends.probabilities import all_bits
from ..backends.program import Gradient, Pullback
from ..circuits.observables import Observable, all_z, product_of_letters
from ..engine.reading.bases import CommutingTerms, group_terms
from ..engine.reading.paulis import as_observables, read_terms
from ..engine.reading.unitary_part import unitary_part
from .programs import SeveralPrograms

_METHODS = ("inverse", "least_squares")
_MAX_QUBITS = 12  # that one term or measurement basis may be on: 4096 outcomes
_LEAST_CONTRAST = 1e-6  # of the means of 0 and of 1, lest rounding be made large
_ROUNDING = 1e-9  # by which values may pass their bounds and keep their slopes


class ReadoutMitigation(Wrapper):
    r"""Corrects the errors of reading out each qubit, as the backend itself shows them.

    When a circuit is compiled, the backend prepares and measures 0...0 and 1...1, which gives each qubit's mean of
    Z in both states, ``b + a`` and ``b - a``. Readout errors of different qubits are assumed to be
    independent, small errors of the X gates that prepare 1...1 count as errors of the readout, and
    the calibration's own scatter is no part of standard errors.

    Parameters
    ----------
    backend : Backend, default=None
        ``None`` means `Exact`.
    method : {"inverse", "least_squares"}, default="inverse"
        "inverse" replaces each factor Z of an observable by ``(Z - b) / a``: without bias, but shots, whose scatter
        it multiplies by 1 / a, may leave the observable's range; values are clipped to the sum of the absolute
        coefficients, and slopes are 0 there. "least_squares" takes the
        probabilities nearest to the inverse's quasi-probabilities, which keeps values in range, at
        the price of a bias; up to 12 qubits a measurement basis.

    Raises
    ------
    ValueError
        By `compile`, where a readout does not tell 0 from 1 by more than three standard errors of the shots.

    References
    ----------
    S. Bravyi et al., Mitigating measurement errors in multiqubit experiments, Phys. Rev. A 103,
    042605 (2021); J. A. Smolin, J. M. Gambetta and G. Smith, Efficient method for computing the
    maximum-likelihood quantum state from measurements with additive Gaussian noise, Phys. Rev. Lett.
    108, 070502 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit_aer import AerSimulator
    >>> from qiskit_aer.noise import NoiseModel, ReadoutError
    >>> from skqml import Aer, all_z
    >>> from skqml.mitigation import ReadoutMitigation
    >>> noise = NoiseModel()
    >>> noise.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    >>> counted = Aer(AerSimulator(noise_model=noise), shots=100_000, random_state=0)
    >>> qc = QuantumCircuit(1)
    >>> for backend in (counted, ReadoutMitigation(counted)):
    ...     backend.compile(qc, all_z(1))(np.zeros((1, 0))).round(1)
    array([[0.8]])
    array([[1.]])
    """

    misread = False

    def __init__(self, backend=None, method="inverse"):
        self.backend = backend
        self.method = method

    def compile(self, circuit, observables) -> Program:
        """Measure the readout's errors, and return a program that corrects them; see `Backend.compile`."""
        check_option("method", self.method, _METHODS)
        inner, n_qubits = self.inner, circuit.num_qubits
        observables = as_observables(observables)
        readout = _Readout.measured(inner, n_qubits)
        if self.method == "inverse" or not group_terms(observables, n_qubits)[0]:
            program = inner.compile(circuit, [readout.corrected(o, n_qubits) for o in observables])
            return BoundedProgram(self, circuit, observables, program)
        return NearestProbabilities(self, inner, readout, circuit, observables)


@dataclass(frozen=True)
class _Readout:
    """Mean of Z of each qubit: ``b + a`` for state 0 and ``b - a`` for state 1."""

    a: np.ndarray
    b: np.ndarray

    @classmethod
    def measured(cls, backend: Backend, n_qubits: int) -> "_Readout":
        """The readout of a backend, from two circuits."""
        rng = backend.generator()
        # A stream of its own: an integer seed must not give calibration and results the same noise.
        rng = None if rng is None else rng.spawn(1)[0]
        zeros, ones = QuantumCircuit(n_qubits), QuantumCircuit(n_qubits)
        ones.x(range(n_qubits))
        z = all_z(n_qubits)
        up, down = (backend.compile(circuit, z)(np.zeros((1, 0)), None, rng)[0] for circuit in (zeros, ones))
        variance = 0.0 if backend.shots is None else (2.0 - up**2 - down**2) / check_count("shots", backend.shots)
        scatter = np.sqrt(np.maximum(variance, 0.0))
        clear = up - down - np.maximum(3 * scatter, _LEAST_CONTRAST)
        if not (clear > 0).all():
            raise ValueError(
                f"Expected a backend that tells 0 from 1, but {type(backend).__name__} measures no larger mean of Z "
                f"for 0 than for 1 on qubit {int(np.argmin(clear))}, or none beyond the scatter of the shots; use more "
                "shots, or other qubits."
            )
        return cls((up - down) / 2, (up + down) / 2)

    def factors(self, letter: str, q: int) -> dict[str, float]:
        """What a measured factor of an observable has to be replaced by."""
        a, b = self.a[q], self.b[q]
        if letter == "I":
            return {"I": 1.0}
        if letter in "01":
            sign = 1.0 if letter == "0" else -1.0
            return {"0": 0.5 * (1 + sign * (1 - b) / a), "1": 0.5 * (1 + sign * (-1 - b) / a)}
        return {letter: 1 / a, "I": -b / a} if b else {letter: 1 / a}

    def corrected(self, observable, n_qubits: int) -> Observable:
        """The observable whose measured mean is the given one's true mean."""
        total: dict[str, float] = {}
        for label, coefficient in read_terms(observable, n_qubits):
            _check_width(n_qubits - label.count("I"))
            choices = [self.factors(letter, n_qubits - 1 - k).items() for k, letter in enumerate(label)]
            for parts in product(*choices):
                new = "".join(letter for letter, _ in parts)
                total[new] = total.get(new, 0.0) + coefficient * float(np.prod([f for _, f in parts]))
        return Observable(tuple(total), tuple(total.values()))

    def inverse(self, qubits: Sequence[int]) -> np.ndarray:
        """Matrix (2**m, 2**m) from measured to true probabilities of the outcomes of m qubits."""
        inverse = np.ones((1, 1))
        for q in qubits:
            one = np.array([[self.factors(true, q)[read] for read in "01"] for true in "01"])
            inverse = np.kron(one, inverse)
        return inverse


class BoundedProgram(ShiftProgram):
    """Values of another program, clipped to what they can be: the sum of the observable's absolute coefficients.

    Parameters
    ----------
    backend : ReadoutMitigation
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    program : Program
    """

    def __init__(self, backend, circuit: QuantumCircuit, observables: Sequence, program: Program):
        super().__init__(backend, circuit, observables)
        terms = [read_terms(observable, circuit.num_qubits) for observable in self.observables]
        self._bounds = np.array([sum(abs(c) for _, c in parts) for parts in terms])
        self._program = program

    def cost(self, n_rows: int, gradient: Gradient = False) -> Cost:
        """That of the other program."""
        return self._program.cost(n_rows, gradient)

    def _clipped(self, values) -> np.ndarray:
        return np.clip(values, -self._bounds, self._bounds)

    def __call__(self, X, w=None, rng=None) -> np.ndarray:
        """Bounded values (n_samples, n_observables)."""
        return self._clipped(self._program(X, w, rng))

    def estimate(self, X, w=None, rng=None) -> tuple[np.ndarray, np.ndarray]:
        """Bounded values, and the standard errors of those that are not."""
        values, errors = self._program.estimate(X, w, rng)
        return self._clipped(values), errors

    def forward(self, X, w=None, rng=None) -> tuple[np.ndarray, Pullback]:
        """Bounded values, and a function from their cotangents to (dX, dw), which leaves out those that are clipped."""
        return self._bounded(*self._program.forward(X, w, rng))

    def forward_weights(self, X, w=None, rng=None) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """The same by weights alone; see `Program.forward_weights`."""
        return self._bounded(*self._program.forward_weights(X, w, rng))

    def _bounded(self, values, pullback) -> tuple[np.ndarray, Callable]:
        inside = np.abs(values) <= self._bounds * (1 + _ROUNDING)
        return self._clipped(values), lambda g: pullback(self._checked_g(g, len(values)) * inside)


def _check_width(width: int) -> None:
    if width > _MAX_QUBITS:
        raise ValueError(
            f"Expected terms and measurement bases of at most {_MAX_QUBITS} qubits, got one of {width}; use "
            "observables of fewer qubits."
        )


class NearestProbabilities(SeveralPrograms):
    """Expectation values under the probabilities that are nearest to what the inverse of the readout gives.

    Parameters
    ----------
    backend : ReadoutMitigation
    inner : Backend
    readout : _Readout
    circuit : QuantumCircuit
    observables : sequence of SparsePauliOp or Observable
    """

    def __init__(self, backend, inner: Backend, readout: _Readout, circuit: QuantumCircuit, observables: Sequence):
        super().__init__(backend, circuit, observables)
        circuit = unitary_part(circuit)
        groups, self._constant = group_terms(self.observables, circuit.num_qubits)
        for group in groups:
            _check_width(len(group.qubits))
        self.programs = [
            inner.compile(circuit.compose(group.rotations(circuit.num_qubits)), _outcomes(group, circuit.num_qubits))
            for group in groups
        ]
        self._inverses = [readout.inverse(group.qubits) for group in groups]
        self._values = [group.values(all_bits(len(group.qubits))) for group in groups]

    def _nearest(self, measured) -> list[np.ndarray]:
        return [nearest_probabilities(P @ inv.T) for P, inv in zip(measured, self._inverses, strict=True)]

    def _means(self, nearest) -> np.ndarray:
        return self._constant + sum(P @ values for P, values in zip(nearest, self._values, strict=True))

    def _joined(self, found):
        """Corrected values, and the chain rule through the projection onto probabilities."""
        nearest = self._nearest(found)

        def of_each(g) -> list[np.ndarray]:
            cotangents = []
            for P, inv, values in zip(nearest, self._inverses, self._values, strict=True):
                # Probabilities that are 0 stay so, and the others keep their sum.
                dP = np.where(P > 0, g @ values.T, 0.0)
                dP -= np.where(P > 0, dP.sum(axis=1, keepdims=True) / (P > 0).sum(axis=1, keepdims=True), 0.0)
                cotangents.append(dP @ inv)
            return cotangents

        return self._means(nearest), of_each


def _outcomes(group: CommutingTerms, n_qubits: int) -> list[Observable]:
    """Projectors on the outcomes of a group's qubits, least bit first."""
    each = (dict(zip(group.qubits, map(str, bits), strict=True)) for bits in all_bits(len(group.qubits)))
    return [product_of_letters(n_qubits, letters) for letters in each]


def nearest_probabilities(Q: np.ndarray) -> np.ndarray:
    """Probabilities (n, m) nearest to rows that sum to 1 but may have negative entries."""
    order = -np.sort(-Q, axis=1)
    excess = (np.cumsum(order, axis=1) - 1.0) / np.arange(1, Q.shape[1] + 1)
    last = (order > excess).sum(axis=1) - 1
    return np.maximum(Q - np.take_along_axis(excess, last[:, None], axis=1), 0.0)
