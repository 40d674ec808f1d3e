"""Folds: functions that run a circuit under more noise than it has.

A fold is a function ``fold(circuit, backend, scale) -> (circuit, backend)``. Options are fixed by
`functools.partial`. Those here insert gates that undo each other, ``G -> G (G^-1 G)^k``, among the
gates that the backend runs (see `NativeSteps`), parameters staying symbolic; `scale_noise` multiplies the rates
of a noise model instead.

The realised scale is the number of gates after the fold over that before, a gate's inverse counting
as one gate. It is an odd number for whole folds; other scales fold a part of the gates once more, so that the
realised scale is as near as 1 / n_gates, and stands in ``circuit.metadata["noise_scale"]``, which
extrapolation goes by.
"""

from collections.abc import Callable, Sequence

import numpy as np
from qiskit import QuantumCircuit

from .._checks import as_generator, check_number
from ..backends.base import Backend
from ..engine.reading.inverse import inverted
from .native_steps import PAULI_GATES, NativeStep, NativeSteps

Fold = tuple[float, QuantumCircuit, Backend]
_LARGEST = 1000.0  # scale; a folded circuit has as many times the gates


def fold_global(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    r"""Fold the whole circuit, ``U -> U (U^-1 U)^k (L^-1 L)`` with L the last gates of U.

    Parameters
    ----------
    circuit : QuantumCircuit
    backend : Backend
        What is to run it.
    scale : float
        At least 1. Only odd scales grow the noise of all gates alike.

    Returns
    -------
    circuit : QuantumCircuit
    backend : Backend

    References
    ----------
    T. Giurgica-Tiron et al., Digital zero noise extrapolation for quantum error mitigation,
    IEEE QCE (2020), arXiv:2005.10921.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from skqml import Exact
    >>> qc = QuantumCircuit(2)
    >>> _ = qc.h(0)
    >>> _ = qc.cx(0, 1)
    >>> [i.operation.name for i in fold_global(qc, Exact(), 2)[0].data]
    ['h', 'cx', 'cx', 'cx']
    """
    native = NativeSteps(circuit, backend)
    gates = native.steps
    whole, rest = divmod(_n_folds(scale, len(gates)), max(1, len(gates)))
    last = gates[len(gates) - rest :]
    steps = gates + whole * (_inverse(native, gates) + gates) + _inverse(native, last) + last
    return _marked(native, steps, scale, whole * len(gates) + rest, len(gates)), backend


def fold_gates(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    """Fold each gate, ``G -> G (G^-1 G)^k``, and a part of each kind of gates once more.

    That part is spread evenly over the circuit, so that the noise of each kind grows as a whole.
    Parameters and returned values are those of `fold_global`.
    """
    native = NativeSteps(circuit, backend)
    return _fold_each(native, _one_by_one(native), scale, range(len(native.steps)), _spread), backend


def fold_two_qubit_gates(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    """Fold gates of two or more qubits alone, of which the scale is then; see `fold_gates`."""
    native = NativeSteps(circuit, backend)
    chosen = [k for k, step in enumerate(native.steps) if len(step.qubits) > 1]
    return _fold_each(native, _one_by_one(native), scale, chosen, _spread), backend


def fold_random(circuit, backend, scale, random_state=None) -> tuple[QuantumCircuit, Backend]:
    """Fold each gate, and gates drawn at random once more; see `fold_gates`.

    Parameters
    ----------
    circuit, backend, scale
        As in `fold_global`.
    random_state : int, RandomState, Generator or None, default=None
    """
    native, rng = NativeSteps(circuit, backend), as_generator("random_state", random_state)

    def draw(kinds, n):
        return rng.permutation(len(kinds))[:n]

    return _fold_each(native, _one_by_one(native), scale, range(len(native.steps)), draw), backend


def fold_layers(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    """Fold each layer of gates that act side by side, and a part of the layers once more; see `fold_gates`."""
    native = NativeSteps(circuit, backend)
    layers = _layers(native)
    return _fold_each(native, layers, scale, range(len(layers)), _spread), backend


def insert_identities(circuit, backend, scale) -> tuple[QuantumCircuit, Backend]:
    """Insert pairs of layers of X on all qubits, evenly between the layers of the circuit.

    The scale is that of the number of layers; no gate of the circuit is repeated, so that the noise
    of one-qubit gates alone grows. X is written in the backend's gates. Parameters and returned
    values are those of `fold_global`.
    """
    native = NativeSteps(circuit, backend)
    layers = _layers(native)
    n_pairs = _n_folds(scale, len(layers))
    flips = [step for q in range(circuit.num_qubits) for step in native.write(PAULI_GATES["X"], (q,))]
    before = np.arange(n_pairs) * len(layers) // max(1, n_pairs)
    steps: list[NativeStep] = []
    for layer, n in zip(layers, np.bincount(before, minlength=len(layers)).tolist(), strict=True):
        steps += layer + n * 2 * flips
    return _marked(native, steps, scale, n_pairs, len(layers)), backend


def with_inverses(fold: Callable[[QuantumCircuit], list[Fold]], circuit: QuantumCircuit) -> list[Fold]:
    """Folds of a circuit, each with that of the inverse in ``metadata["inverse"]``, where `inverted` finds it.

    The inverse of a fold may hold more gates: that of a Hadamard is one, that of what it is written in may be five.

    Parameters
    ----------
    fold : callable (circuit) -> list of (realised scale, circuit, backend)
    circuit : QuantumCircuit
    """
    there, back = fold(circuit), fold(inverted(circuit))
    pairs: list[Fold] = []
    for (scale, folded, backend), (scale_back, inverse, _) in zip(there, back, strict=True):
        if folded is not circuit:  # else it is the noise that was scaled
            folded = folded.copy()
            folded.metadata = (folded.metadata or {}) | {"inverse": inverse}
        pairs.append(((scale + scale_back) / 2, folded, backend))
    return pairs


def check_scale(scale) -> float:
    """The scale as a number of at least 1."""
    return check_number("scale", scale, 1.0, _LARGEST, "both", also="at least 1, the noise as it is: ")


def _n_folds(scale, n: int) -> int:
    """How many of n gates to fold in all; one that is folded twice counts twice."""
    return round((check_scale(scale) - 1) * n / 2)


def _inverse(native: NativeSteps, steps: Sequence[NativeStep]) -> list[NativeStep]:
    return [inner for step in reversed(steps) for inner in native.inverse(step)]


def _one_by_one(native: NativeSteps) -> list[list[NativeStep]]:
    return [[step] for step in native.steps]


def _fold_each(
    native: NativeSteps, units: list[list[NativeStep]], scale, foldable: Sequence[int], choose
) -> QuantumCircuit:
    """The circuit with units of steps folded, of which only some can be.

    ``choose(kinds, n)`` gives the places, among those, of n units that are folded once more than the others; the kind
    of a unit is the names of its gates.
    """
    whole, rest = divmod(_n_folds(scale, len(foldable)), max(1, len(foldable)))
    times = np.zeros(len(units), dtype=int)
    times[foldable] = whole
    more = choose([" ".join(sorted(step.gate.name for step in units[k])) for k in foldable], rest)
    times[np.asarray(foldable, dtype=int)[more]] += 1
    steps: list[NativeStep] = []
    for unit, n in zip(units, times.tolist(), strict=True):
        steps += unit + n * (_inverse(native, unit) + unit)
    sizes = np.array([len(unit) for unit in units], dtype=int)
    return _marked(native, steps, scale, int(times @ sizes), int(sizes[foldable].sum()))


def _spread(kinds: Sequence[str], n: int) -> np.ndarray:
    """Indices of n entries, a like part of each kind, evenly over the circuit."""
    order = np.argsort(np.asarray(kinds, dtype=str), kind="stable")
    return order[((np.arange(n) + 0.5) * len(kinds) / max(1, n)).astype(int)]


def _layers(native: NativeSteps) -> list[list[NativeStep]]:
    """Gates in layers, each as early as its qubits allow."""
    layers: list[list[NativeStep]] = []
    depth = [0] * native.n_qubits
    for step in native.steps:
        at = max(depth[q] for q in step.qubits)
        layers += [[]] if at == len(layers) else []
        layers[at].append(step)
        for q in step.qubits:
            depth[q] = at + 1
    return layers


def _marked(native: NativeSteps, steps: list[NativeStep], scale, n_folds: int, n: int) -> QuantumCircuit:
    circuit = native.circuit(steps)
    # Where nothing can be folded nothing is noisy, and any scale is as good.
    circuit.metadata = {"noise_scale": 1 + 2 * n_folds / n if n else check_scale(scale)}
    return circuit
