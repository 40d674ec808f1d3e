"""What programs and fidelities say that they will run is what runs."""

from types import SimpleNamespace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorSampler
from qiskit.quantum_info import SparsePauliOp

from skqml import Aer, Cost, Exact, Noisy, Primitive, Shots, all_z
from skqml.mitigation import ZNE, DynamicalDecoupling, PauliTwirling, ReadoutMitigation, WeightedShots

OBSERVABLES = [SparsePauliOp(["ZI", "XX"], [1.0, 0.1]), SparsePauliOp("IY")]
X, W = np.random.default_rng(0).normal(size=(3, 2)), np.array([0.3])


class Counting:
    """A sampler that counts the circuits, shots and jobs that it runs."""

    def __init__(self):
        self.circuits = self.shots = self.jobs = 0
        self.sampler = StatevectorSampler(seed=np.random.default_rng(0))

    def run(self, pubs, shots):
        self.circuits += sum(len(pub[1]) for pub in pubs)
        self.shots += sum(len(pub[1]) * shots for pub in pubs)
        self.jobs += 1
        return SimpleNamespace(result=self.sampler.run(pubs, shots=shots).result)

    def since(self, call):
        before = self.circuits, self.shots, self.jobs
        call()
        return self.circuits - before[0], self.shots - before[1], self.jobs - before[2]


def model():
    x, w, circuit = ParameterVector("x", 2), ParameterVector("w", 1), QuantumCircuit(2)
    circuit.ry(x[0], 0)
    circuit.crx(x[1] * w[0], 0, 1)
    circuit.rz(w[0], 1)
    return circuit


WRAPPED = {
    "Primitive": lambda inner: inner,
    "ZNE": lambda inner: ZNE(inner, (1, 3)),
    "ReadoutMitigation": ReadoutMitigation,
    "nearest": lambda inner: ReadoutMitigation(inner, "least_squares"),
    "PauliTwirling": lambda inner: PauliTwirling(inner, 3, random_state=0),
    "DynamicalDecoupling": DynamicalDecoupling,
    "ZNE(WeightedShots)": lambda inner: ZNE(WeightedShots(inner), (1, 3)),
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED)
def test_values_gradients_and_fidelities(wrap):
    counting = Counting()
    backend = wrap(Primitive(counting, shots=300, max_rows=10))
    program, overlaps = backend.compile(model(), OBSERVABLES), backend.compile_overlaps(model())
    pairs = {"rows": (3, None), "two sets": (3, 2)}
    costs = {key: overlaps.cost(*sizes) for key, sizes in pairs.items()}
    slope, gradient, values = overlaps.cost(3, gradient=True), program.cost(3, gradient=True), program.cost(3)
    weights, g = program.cost(3, gradient="weights"), np.ones((3, 2))
    ran = {
        "values": counting.since(lambda: program(X, W)),
        "gradient": counting.since(lambda: program.pullback(X, W, g)),
        "weights": counting.since(lambda: program.forward_weights(X, W)[1](g)),
        "training": counting.since(lambda: program.fix_rows(X).forward(W)[1](g)),
        "rows": counting.since(lambda: overlaps(X, None, W)),
        "two sets": counting.since(lambda: overlaps(X, X[:2], W)),
        "slope": counting.since(lambda: overlaps.pullback(X, W, np.ones((3, 3)))),
    }
    told = costs | {"values": values, "gradient": gradient, "slope": slope}
    told |= {"weights": weights, "training": weights}
    assert values.circuits < weights.circuits < gradient.circuits  # an angle of data alone is not shifted
    assert ran == {key: (told[key].circuits, told[key].shots, told[key].jobs) for key in ran}


@pytest.mark.parametrize(
    ("backend", "cost"),
    [
        (Exact(), Cost(5, 0, 16 * 4)),
        (Exact(precision="single"), Cost(5, 0, 8 * 4)),
        (Noisy(), Cost(5, 0, 16 * 16)),
        (Aer(), Cost(5, 0, 16 * 4)),
        (Shots(100), Cost(10, 1000, 16 * 4)),
        (Aer(shots=100), Cost(10, 1000, 16 * 4)),
    ],
    ids=repr,
)
def test_states_where_there_are_no_shots(backend, cost):
    """Two bases, Z and X, where there are shots."""
    program = backend.compile(model(), [*all_z(2), SparsePauliOp("XX")])
    assert program.cost(5) == cost
    adjoint = isinstance(backend, Exact | Noisy)
    assert program.cost(5, gradient=True).circuits == cost.circuits * (1 if adjoint else 1 + 2 * 4)


def test_costs_add_up():
    assert Cost(1, 2, 30, 4) + Cost(10, 20, 3, 1) == Cost(11, 22, 30, 5)
    assert Cost(11, 22, 30, 5) - Cost(1, 2, 3, 1) == Cost(10, 20, 30, 4)
