"""Circuits over the whole gate library, drawn gate by gate so that failures shrink."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter, ParameterVector, ParameterVectorElement
from qiskit.circuit import library as lib
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.linalg import expm

STANDARD = {k: g for k, g in get_standard_gate_name_mapping().items() if isinstance(g, Gate)}
DATA = ParameterVector("x", 3)
WEIGHTS = [Parameter(name) for name in ("2x", "lambda", "x-y", "θ₀")] + list(ParameterVector("w", 2))

numbers = st.floats(-3.0, 3.0).map(lambda v: round(v, 3))
SHAPES = [
    lambda a, b: a,
    lambda a, b: 2 * a - 0.3,
    lambda a, b: a * b + b,
    lambda a, b: (np.pi - a) * (np.pi - b),
    lambda a, b: a.sin() * b,
    lambda a, b: (a * b).cos().exp(),
    lambda a, b: a**2 - b**3,
    lambda a, b: (a * a + 1.0) ** 0.5,
    lambda a, b: (a * a + 1.0) ** 5 / 100,
    lambda a, b: a / (b * b + 1.5),
    lambda a, b: -((a + 4.0).log()) - b.arctan(),
    lambda a, b: (a / 4).arccos() + (b / 4).arcsin(),
    lambda a, b: (b * b + 1.0) ** a,
]


@dataclass(frozen=True)
class Drawn:
    """A circuit with rows and weights to run it on."""

    circuit: QuantumCircuit
    X: np.ndarray
    w: np.ndarray

    def states(self, X=None, w=None):
        """States of rows by Qiskit, one circuit after another."""
        X, w = self.X if X is None else X, self.w if w is None else w
        # Qiskit's matrix of a sum's evolution is exact; the gate itself is defined as a product formula.
        circuit = self.circuit.decompose(gates_to_decompose=["PauliEvolution"])
        return [Statevector(bind(circuit, x, w)) for x in X]


def is_data(parameter):
    return isinstance(parameter, ParameterVectorElement) and parameter.vector.name == "x"


def bind(circuit, x, w):
    """The circuit for one row, by the convention that users are told."""
    values = {p: x[p.index] for p in circuit.parameters if is_data(p)}
    weights = [p for p in circuit.parameters if not is_data(p)]
    return circuit.assign_parameters(values | dict(zip(weights, w, strict=True)))


@st.composite
def angles(draw):
    if draw(st.sampled_from(["free", "free", "free", "fixed"])) == "fixed":
        return draw(numbers)
    atoms = st.sampled_from(list(DATA) + WEIGHTS)
    return draw(st.sampled_from(SHAPES))(draw(atoms), draw(atoms))


@st.composite
def unitaries(draw, n):
    m = draw(arrays(float, (2, 2**n, 2**n), elements=numbers))
    h = m[0] + 1j * m[1]
    return expm(1j * (h + h.conj().T))


@st.composite
def amplitudes(draw, n):
    v = draw(arrays(float, (2, 2**n), elements=numbers))
    v = v[0] + 1j * v[1]
    v[0] += 0.5 if abs(v[0] + 0.5) > 0.1 else 1.5
    return v / np.linalg.norm(v)


@st.composite
def evolutions(draw, n):
    labels = draw(st.lists(st.text("IXYZ", min_size=n, max_size=n), min_size=1, max_size=2))
    op = SparsePauliOp(labels, [draw(numbers) for _ in labels])
    return lib.PauliEvolutionGate(op, time=draw(angles()))


@st.composite
def controlled(draw, n):
    base = draw(st.sampled_from(["h", "x", "sx", "rx", "ry", "rz", "p", "u"]))
    gate = STANDARD[base].base_class(*[draw(angles()) for _ in STANDARD[base].params])
    return gate.control(n - 1, ctrl_state=draw(st.integers(0, 2 ** (n - 1) - 1)), annotated=False)


@st.composite
def named(draw, n, turning=False):
    """A gate of at most n qubits out of Qiskit's standard library; with angles only, if asked for."""
    names = [k for k, g in STANDARD.items() if g.num_qubits <= n and (g.params or not turning)]
    gate = STANDARD[draw(st.sampled_from(names))]
    return gate.base_class(*[draw(angles()) for _ in gate.params]) if gate.params else gate


def gates(n):
    """Any gate of at most n qubits."""
    size = st.integers(1, min(n, 3))
    phases = st.lists(numbers, min_size=2, max_size=2).map(lambda v: np.exp(1j * np.array(v)))
    kinds = [
        named(n),
        size.flatmap(unitaries).map(lib.UnitaryGate),
        size.flatmap(evolutions),
        phases.map(lib.DiagonalGate),
        size.flatmap(amplitudes).map(lib.StatePreparation),
        st.permutations(range(n)).map(lib.PermutationGate),
    ]
    if n > 1:
        controls = st.integers(1, min(n, 4) - 1)
        kinds += [
            st.integers(2, min(n, 3)).flatmap(controlled),
            controls.map(lib.MCXGate),
            st.builds(lib.MCPhaseGate, angles(), controls),
        ]
    return named(n, turning=True) | named(n) | st.one_of(kinds)


def rows(n_features, n_rows=2):
    return arrays(float, (n_rows, n_features), elements=numbers)


@st.composite
def drawn_circuits(draw, max_qubits=8, max_gates=8, n_rows=2, min_qubits=1):
    n = draw(st.integers(min_qubits, max_qubits))
    circuit = QuantumCircuit(n)
    for gate in draw(st.lists(gates(n), min_size=1, max_size=max_gates)):
        circuit.append(gate, draw(st.permutations(range(n)))[: gate.num_qubits])
    n_features = len(DATA) if any(map(is_data, circuit.parameters)) else 0
    n_weights = sum(not is_data(p) for p in circuit.parameters)
    return Drawn(circuit, draw(rows(n_features, n_rows)), draw(arrays(float, n_weights, elements=numbers)))


@st.composite
def observables(draw, n, letters="IXYZ", max_size=6):
    labels = draw(st.lists(st.text(letters, min_size=n, max_size=n), min_size=1, max_size=max_size))
    return [SparsePauliOp(label) for label in labels]
