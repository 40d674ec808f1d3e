"""A primitive that writes down what it is asked, and the circuit that it is asked about."""

from types import SimpleNamespace

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorEstimator, StatevectorSampler

from skqml import Exact

X = np.random.default_rng(0).normal(size=(10, 2))


def model():
    x = ParameterVector("x", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0], 0)
    circuit.crx(x[1], 0, 1)
    return circuit


def expected(observables):
    return Exact().compile(model(), observables)(X)


class Spy:
    """A primitive as IBM Runtime's looks: `run` takes PUBs and returns a job; everything is written down."""

    def __init__(self, primitive, fails=lambda number: False, answer=lambda result: result):
        self.primitive, self.fails, self.answer = primitive, fails, answer
        self.asked: list = []
        self.n_runs = self.n_answers = 0

    def run(self, pubs, **options):
        self.n_runs += 1
        if self.fails(self.n_runs):
            raise ConnectionError(f"run {self.n_runs} broke")
        self.asked.append((pubs, options))
        return SimpleNamespace(result=lambda: self._result(pubs, options))

    def _result(self, pubs, options):
        self.n_answers += 1
        return self.answer(self.primitive.run(pubs, **options).result())

    @property
    def rows(self):
        """Rows of PUBs in each job that ran."""
        return [sum(len(pub[-1]) for pub in pubs) for pubs, _ in self.asked]


def sampled(seed=0):
    return StatevectorSampler(seed=np.random.default_rng(seed))


def estimated(**how):
    return Spy(StatevectorEstimator(), **how)
