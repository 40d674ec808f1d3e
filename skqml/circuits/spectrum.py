"""The frequencies with which data enters a circuit."""

from dataclasses import dataclass

import numpy as np
from qiskit.circuit import Parameter, ParameterExpression, ParameterVectorElement, QuantumCircuit

from .._checks import as_generator, check_count

# Gates exp(-i t G) whose G has two eigenvalues, one apart: results have frequencies 0 and 1 in each of their angles.
_TWO_LEVELS = {"rx", "ry", "rz", "p", "u1", "rxx", "ryy", "rzz", "rzx", "cp", "mcphase", "u", "u3"}
_MOST_DEPTH = 50  # of definitions within definitions
_MOST_FREQUENCIES = 2**20
_DECIMALS = 9  # in which two frequencies are one


@dataclass(frozen=True)
class FourierSpectrum:
    """The frequencies that results of a circuit may have, in radians a unit of a feature.

    Attributes
    ----------
    rotations : ndarray (n_gates, n_features)
        The factors of the features in the angles of the gates.
    frequencies : tuple of ndarray
        Of each feature, others being fixed, from 0 on; their negatives belong to them.
    degeneracies : tuple of ndarray of float
        In how many ways the gates make each of them; of a random circuit's results, large ones are the strongest.
    """

    rotations: np.ndarray
    frequencies: tuple[np.ndarray, ...]
    degeneracies: tuple[np.ndarray, ...]

    def sample(self, n_samples, random_state=None) -> np.ndarray:
        """Draw frequency vectors (n_samples, n_features), each as often as gates make it.

        Parameters
        ----------
        n_samples : int
        random_state : int, RandomState, Generator or None, default=None

        Returns
        -------
        ndarray (n_samples, n_features)
        """
        rng = as_generator("random_state", random_state)
        shape = check_count("n_samples", n_samples), len(self.rotations)
        return (rng.integers(0, 2, shape) - rng.integers(0, 2, shape)) @ self.rotations


def circuit_spectrum(circuit: QuantumCircuit) -> FourierSpectrum:
    """The spectrum of a circuit whose data are the vector ``x``; see `inspection.fourier_spectrum`."""
    rotations = _rotations(circuit)
    spectra = [_sums(column) for column in rotations.T]
    return FourierSpectrum(rotations, tuple(f for f, _ in spectra), tuple(d for _, d in spectra))


def _rotations(circuit) -> np.ndarray:
    """Factors (n_gates, n_features) of the features in the angles of all gates."""
    own = [p for p in circuit.parameters if isinstance(p, ParameterVectorElement) and p.vector.name == "x"]
    if not own:
        raise ValueError("circuit must have features, the elements of a parameter vector x, got one without.")
    data = list(own[0].vector)
    rows = [
        [_factor(angle, p) if p in angle.parameters else 0.0 for p in data] for angle in _angles(circuit, set(data))
    ]
    return np.array(rows).reshape(-1, len(data))


def _angles(circuit, data: set[Parameter]) -> list[ParameterExpression]:
    """The angles with features in them of all gates, opened until those are rotations."""
    for _ in range(_MOST_DEPTH):
        found = [(i.operation, a) for i in circuit.data for a in i.operation.params if _has(a, data)]
        other = sorted({operation.name for operation, _ in found if operation.name not in _TWO_LEVELS})
        if not other:
            return [angle for _, angle in found]
        circuit = circuit.decompose(other)
    raise ValueError(f"circuit must hold features in gates that are made of rotations, got {other}.")


def _has(angle, data) -> bool:
    return isinstance(angle, ParameterExpression) and bool(angle.parameters & data)


def _factor(angle: ParameterExpression, feature: Parameter) -> float:
    slope = angle.gradient(feature)
    if isinstance(slope, ParameterExpression) and slope.parameters:
        raise ValueError(
            f"circuit must have angles that are sums of features with fixed factors, got {angle}, whose frequency in "
            f"{feature} is none."
        )
    return float(complex(slope).real)


def _sums(factors) -> tuple[np.ndarray, np.ndarray]:
    """Non-negative sums of 0, a or -a over all factors a, and the number of ways to each, where 0 counts twice."""
    values: np.ndarray = np.zeros(1)
    ways: np.ndarray = np.ones(1)
    for a in np.abs(factors[factors != 0]):
        sums = np.round(np.concatenate([values - a, values, values + a]), _DECIMALS)
        values, places = np.unique(sums, return_inverse=True)
        ways = np.bincount(places, np.concatenate([ways, 2.0 * ways, ways]))
        if len(values) > _MOST_FREQUENCIES:
            raise ValueError(f"circuit must have at most {_MOST_FREQUENCIES} frequencies a feature, got more.")
    return values[values >= 0] + 0.0, ways[values >= 0]
