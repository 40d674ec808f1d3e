"""What a backend around a backend says of itself is what the one inside says, however many lie between."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from skqml import Exact, Noisy, Shots, all_z
from skqml.backends import Wrapper
from skqml.backends.aer import Aer
from skqml.mitigation import ZNE, PauliTwirling, ReadoutMitigation
from tests.contracts.backends import backend_classes

WRAPPERS = [cls for cls in backend_classes() if issubclass(cls, Wrapper) and cls is not Shots]
every_wrapper = pytest.mark.parametrize("cls", WRAPPERS, ids=lambda cls: cls.__name__)


def noise():
    model = NoiseModel(["rz", "sx", "cx"])
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), ["sx"])
    model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.3, 0.7]]))
    return model


@every_wrapper
@pytest.mark.parametrize("depth", [1, 3])
def test_it_says_what_the_backend_inside_says(cls, depth):
    model = noise()
    inner = Noisy(model, shots=70, random_state=3, threads=1)
    outer = cls(inner)
    for _ in range(depth - 1):
        outer = cls(outer)
    assert (outer.shots, outer.threads, outer.noise, outer.random) == (70, 1, model, True)
    assert outer.runner is inner
    assert outer.native_gates == inner.native_gates == model.basis_gates
    assert outer.generator().integers(2**40) == inner.generator().integers(2**40)
    assert outer.misread == (cls is not ReadoutMitigation)
    circuit = QuantumCircuit(2)
    circuit.cz(0, 1)
    assert outer.prepare(circuit) == inner.prepare(circuit)


@every_wrapper
def test_none_is_exact_and_no_backend_is_refused(cls):
    outer = cls()
    assert (outer.shots, outer.noise, outer.random, outer.misread, outer.native_gates) == (None, None, False, False, [])
    with pytest.raises(TypeError, match="backend must be None or a Backend, such as"):
        cls("statevector").compile(QuantumCircuit(1), all_z(1))
    with pytest.raises(ValueError, match="max_memory"):
        cls(Exact(max_memory=1)).check_width(5)


@every_wrapper
def test_parameters_are_replaced_in_a_copy_where_they_are(cls):
    outer = cls(Shots(100, backend=Noisy(noise())))
    fewer, clean = outer.replaced(shots=30), outer.replaced(noise_model=None)
    assert (outer.shots, fewer.shots, clean.shots) == (100, 30, 100)
    assert clean.noise is None and fewer.noise is not None and outer.noise is not None


def test_noise_of_a_simulator_is_that_of_its_backend():
    model = noise()
    assert Aer(AerSimulator(noise_model=model)).noise is model
    assert ZNE(PauliTwirling(Aer(AerSimulator(noise_model=model)))).noise is model
    assert Shots(backend=Noisy(model)).noise is model
    assert Aer().noise is None and Shots().noise is None


def test_shots_are_its_own():
    assert Shots(10).shots == 10 and Shots(10, random_state=1).random
    program = Shots(10, random_state=1, backend=Noisy()).compile(QuantumCircuit(1), all_z(1))
    np.testing.assert_array_equal(program(np.zeros((2, 0))), [[1.0], [1.0]])
