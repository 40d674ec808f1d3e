"""Energies of molecules and all derivatives by UCCSD: one start, and many side by side, beside qulacs and lightning."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from qiskit.circuit import ParameterVector

from benchmarks.frame.contest import Contender, Group
from benchmarks.models import _excitations
from skqml import Exact
from skqml.backends.exact.program import StatevectorProgram, read
from skqml.circuits.ansatze.chemistry import UCCSD
from skqml.datasets import load_molecule
from skqml.models.vqe.energy import draw_ansatz

_ROUNDS, _STARTS = 5, 16
_PEERS = {"qulacs backprop": _excitations.qulacs, "PennyLane lightning, adjoint": _excitations.lightning}


def cases(quick: bool) -> Iterator[Group]:
    """Yield six hydrogen atoms and water, or four hydrogen atoms."""
    for name in ("H4",) if quick else ("H6", "H2O"):
        molecule = load_molecule(name, "jordan_wigner")
        H, hf_bitstring = molecule.hamiltonians[1], molecule.hf_bitstring
        circuit = draw_ansatz(UCCSD(hf_bitstring), H.num_qubits)
        W = 0.1 * np.random.default_rng(0).normal(size=(_STARTS, circuit.num_parameters))
        size = f"{H.num_qubits} qubits, {len(H)} strings, UCCSD of {circuit.num_parameters} weights"
        one = f"Energy and all derivatives, {name}, {size}, one start"
        yield Group(one, list(_one_start(circuit, H, hf_bitstring, W[0])), "skqml", rounds=_ROUNDS)
        yield Group(f"The same, {_STARTS} starts", [_side_by_side(circuit, H, W)], "skqml", rounds=_ROUNDS)


def _one_start(circuit, H, hf_bitstring: str, w: np.ndarray) -> Iterator[Contender]:
    """All compute the energy and its gradient, in one array."""
    program = Exact().compile(circuit, [H])
    yield Contender("skqml", partial(_value_and_slopes, program, w))
    dense = StatevectorProgram(read(circuit, [H]), None, 2**32, np.dtype(float))
    yield Contender("skqml, amplitudes of all states", partial(_value_and_slopes, dense, w), tolerance=1e-9)
    for label, make in _PEERS.items():
        try:
            compute = make(H, hf_bitstring)
        except ModuleNotFoundError as error:
            yield Contender(label, None, note=str(error))
            continue
        yield Contender(label, partial(compute, w), tolerance=1e-9)
    yield _limit(program.sweeps.tables)


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


def _limit(tables) -> Contender:
    """What reading all tables takes, from one array into another: once for the value, once for the derivatives."""
    read_twice = [tables.ops, tables.pairs, *tables.forms]
    copies = [(np.empty_like(array), array) for array in read_twice]
    nothing = np.zeros(())

    def call() -> None:
        for to, array in 2 * copies:
            np.copyto(to, array)

    n_bytes = 2 * sum(array.nbytes for array in read_twice)
    note = f"{n_bytes / 1024:.0f} KiB"
    return Contender("moving what is read", call, read=lambda _: nothing, part=lambda _: nothing, note=note)
