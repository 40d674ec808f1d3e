"""Energies of molecules and all derivatives by UCCSD: one start, and many side by side, beside qulacs and lightning."""

import pickle
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from benchmarks.frame.contest import Contender, Group
from benchmarks.models import _excitations
from skqml import Ansatz, Exact
from skqml.circuits.ansatze.chemistry import UCCSD
from skqml.datasets import load_molecule

_ROUNDS, _STARTS = 5, 16
_PEERS = {"qulacs backprop": _excitations.qulacs, "PennyLane lightning, adjoint": _excitations.lightning}


def cases(quick: bool) -> Iterator[Group]:
    """Yield six hydrogen atoms and water, or four hydrogen atoms."""
    for name in ("H4",) if quick else ("H6", "H2O"):
        molecule = load_molecule(name, "jordan_wigner")
        H, hf_bitstring = molecule.hamiltonians[1], molecule.hf_bitstring
        circuit = Ansatz(UCCSD(hf_bitstring)).build(H.num_qubits)
        W = 0.1 * np.random.default_rng(0).normal(size=(_STARTS, circuit.num_parameters))
        size = f"{H.num_qubits} qubits, {len(H)} strings, UCCSD of {circuit.num_parameters} weights"
        one = f"Energy and all derivatives, {name}, {size}, one start"
        yield Group(one, list(_one_start(circuit, H, hf_bitstring, W[0])), "skqml", rounds=_ROUNDS)
        yield Group(f"The same, {_STARTS} starts", [_side_by_side(circuit, H, W)], "skqml", rounds=_ROUNDS)


def _one_start(circuit, H, hf_bitstring: str, w: np.ndarray) -> Iterator[Contender]:
    """All compute the energy and its gradient, in one array."""
    program = Exact().compile(circuit, [H])
    yield Contender("skqml", partial(_value_and_slopes, program, w))
    yield Contender("skqml, amplitudes of all states", _all_states(circuit, H, w), tolerance=1e-9)
    for label, make in _PEERS.items():
        try:
            compute = make(H, hf_bitstring)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        yield Contender(label, partial(compute, w), tolerance=1e-9)
    yield _limit(program)


def _all_states(circuit, H, w: np.ndarray) -> Callable:
    """Behind a rotation of each qubit by a weight of 0, any state could be reached."""
    before = QuantumCircuit(H.num_qubits)
    for q, angle in enumerate(ParameterVector("a", H.num_qubits)):
        before.ry(angle, q)
    program, zeros = Exact().compile(before.compose(circuit), [H]), np.zeros(H.num_qubits)
    return lambda: np.delete(_value_and_slopes(program, np.append(zeros, w)), np.arange(1, 1 + H.num_qubits))


def _value_and_slopes(program, w: np.ndarray) -> np.ndarray:
    values, pullback = program.forward(np.empty((1, 0)), w)
    return np.concatenate([values[0], pullback(np.ones_like(values))[1]])


def _side_by_side(circuit, H, W: np.ndarray) -> Contender:
    """Weights are the data of rows, as in `ZNEVQE`."""
    program = Exact().compile(circuit.assign_parameters(ParameterVector("x", circuit.num_parameters)), [H])

    def compute() -> np.ndarray:
        values, pullback = program.forward(W)
        return np.concatenate([values, pullback(np.ones_like(values))[0]], axis=1)

    return Contender("skqml", compute)


def _limit(program) -> Contender:
    """What reading all that a program holds takes, into another array: once for the value, once for derivatives."""
    held = np.frombuffer(pickle.dumps(program), np.uint8)
    to, nothing = np.empty_like(held), np.zeros(())

    def call() -> None:
        for _ in range(2):
            np.copyto(to, held)

    note = f"{2 * held.nbytes / 1024:.0f} KiB"
    return Contender("moving what is read", call, read=lambda _: nothing, part=lambda _: nothing, note=note)
