"""Digests of settings and circuits: of equal ones equal in any process, of others others."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate, zz_feature_map
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

import skqml
from skqml.files.digests import digest, digest_of_circuit
from skqml.files.qpy import CircuitPart


def circuit(angle=0.3):
    """A circuit with a parameter of its own, and a gate of its own."""
    inner, outer = QuantumCircuit(1), QuantumCircuit(2)
    inner.ry(angle, 0)
    outer.rx(2 * Parameter("a"), 0)
    outer.append(inner.to_gate(), [1])
    return outer


def noise(p=0.1):
    """A noise model."""
    model = NoiseModel(["cx", "ry"])
    model.add_all_qubit_quantum_error(depolarizing_error(p, 2), ["cx"])
    return model


def bent(function):
    """A circle: a list that holds itself."""
    circle = [function]
    circle.append(circle)
    return circle


def scaling(scale):
    """A function that holds a number."""
    return lambda n: n * scale


def unitary(angle):
    """A circuit of a gate that is a matrix."""
    qc = QuantumCircuit(1)
    qc.append(UnitaryGate(np.diag([1.0, np.exp(1j * angle)])), [0])
    return qc


# Each two values that are to differ.
PAIRS = {
    "numbers": (1, 1.0),
    "kinds": ([1], (1,)),
    "text": ("1", b"1"),
    "arrays": (np.zeros(2), np.zeros((1, 2))),
    "types of numbers": (np.zeros(2), np.zeros(2, dtype=np.float32)),
    "keys": ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    "sets": ({"a", "b", "c"}, {"a", "b"}),
    "constants": (lambda n, rng: rng.normal(size=n), lambda n, rng: rng.normal(size=n + 1)),
    "calls": (lambda n, rng: rng.normal(size=n), lambda n, rng: rng.uniform(size=n)),
    "defaults": (lambda n=1: n, lambda n=2: n),
    "surroundings": (scaling(1), scaling(2)),
    "partial": (partial(np.full, 3), partial(np.full, 4)),
    "functions": (skqml.all_z, skqml.all_zz),
    "classes": (skqml.AngleEncoding, skqml.IQPEncoding),
    "objects": (skqml.Shots(10), skqml.Shots(11)),
    "inner objects": (skqml.FidelityKernel(backend=skqml.Shots(10)), skqml.FidelityKernel(backend=skqml.Shots(11))),
    "observables": (skqml.Observable("ZI"), skqml.Observable("IZ")),
    "circuits": (circuit(), circuit(0.4)),
    "matrices": (unitary(0.1), unitary(0.2)),
    "circuits of Qiskit": (zz_feature_map(2), zz_feature_map(2, reps=1)),
    "operators": (SparsePauliOp("ZZ"), SparsePauliOp("ZZ", 2.0)),
    "noise": (skqml.Noisy(noise()), skqml.Noisy(noise(0.2))),
    "simulators": (AerSimulator(), AerSimulator(noise_model=noise())),
    "circles": (bent(min), bent(max)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_has_another_digest(name):
    """Also inside of others."""
    first, second = PAIRS[name]
    assert digest(first) != digest(second)
    assert digest([1, {"a": first}]) != digest([1, {"a": second}])


def circuit_of(angle=0.3, names="xw", swapped=False, turn=0.1):
    """A circuit of one feature and one weight, with a matrix and a gate of its own in it."""
    x, w = map(Parameter, names)
    qc = QuantumCircuit(2)
    qc.rx((2 * x + w) * angle, swapped)
    qc.append(circuit(turn).to_gate(), [0, 1])
    qc.append(UnitaryGate(np.diag([1.0, np.exp(1j * turn)])), [0])
    return qc, [x, w, *(p for p in qc.parameters if p.name == "a")]


def test_what_a_circuit_does_has_a_digest():
    """One for all names of parameters and rounding errors; others for other angles, places and gates."""
    first, parameters = circuit_of()
    assert digest_of_circuit(*circuit_of(names="uv")) == digest_of_circuit(first, parameters)
    assert digest_of_circuit(*circuit_of(0.3 + 1e-13)) == digest_of_circuit(first, parameters)
    written = CircuitPart.read(CircuitPart.written(first))
    assert digest_of_circuit(written, parameters) == digest_of_circuit(first, parameters)
    others = [circuit_of(0.31), circuit_of(swapped=True), circuit_of(turn=0.2), (first, parameters[::-1])]
    others += [(first.inverse(), parameters), (QuantumCircuit(2), []), (QuantumCircuit(3), [])]
    assert len({digest_of_circuit(*other) for other in [(first, parameters), *others]}) == len(others) + 1


SCRIPT = """
import json
from tests.files.test_digests import PAIRS, circuit_of, digest, digest_of_circuit
print(json.dumps({name: digest(pair) for name, pair in PAIRS.items()} | {"circuit": digest_of_circuit(*circuit_of())}))
"""


def test_digests_are_those_of_any_process():
    """Whatever the order of sets, the numbers of parameters and the places in memory."""
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True, text=True, cwd=root)
    there = json.loads(found.stdout.splitlines()[-1])
    assert digest_of_circuit(*circuit_of()) == there["circuit"]
    assert {name for name, pair in PAIRS.items() if digest(pair) != there[name]} <= {"simulators"}


def test_what_belongs_to_a_process_is_refused():
    """In a sentence."""
    with pytest.raises(TypeError, match="which cannot be told from others"):
        digest({"numbers": (k for k in range(3))})
