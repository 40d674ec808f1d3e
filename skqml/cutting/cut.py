"""A backend around a backend that runs a circuit in parts."""

import numpy as np

from .._checks import check_count
from ..backends import Overlaps, Program, Wrapper
from ..backends.defaults import PairOverlaps
from .chosen_parts import chosen_parts
from .running.program import CutProgram


class Cut(Wrapper):
    r"""Circuits in parts that fit on fewer qubits: wires are cut, and values put together from those of the parts.

    ``rho = 1/2 sum_M Tr[M rho] M`` over the Pauli matrices M = I, X, Y, Z: what is before a cut is measured in three
    bases (I comes with Z), what is behind it begins in one of the states 0, 1, + and +i, so that one cut takes 7
    circuits. A gate CX, CZ or RZZ can be cut too, in 5 circuits for each side, one qubit wider each. Results are those
    of the whole circuit, exactly, gradients too. Shots pay: for the same error a cut takes up to 16 times as many, that
    of a gate up to 9 times. The circuits of all parts have as many shots together as if each had those of the backend
    inside, divided among them by the coefficients that their values have.

    Parameters
    ----------
    backend : Backend, default=None
        Runs the parts; ``None`` means `Exact`.
    max_qubits : int, default=None
        Of a part. Cuts are found by `find_cuts`, unless there are ``cuts``; ``None`` leaves circuits whole.
    cuts : sequence of (int, int) or int, or callable (circuit) -> such, default=None
        A qubit, and how many of its gates lie before the cut, or the number of a gate; sub-circuits written out.
        Circuits of other gates, such as those of a fidelity, U(x) and then U(y)^-1, are cut at the same places; a
        function can choose others, such as ``partial(find_cuts, max_qubits=5, gates=True)``.
    communication : bool, default=False
        Whether what is measured before a cut is sent on: in bases X, Y and Z, of which the wire behind begins in the
        same state, for Z in the other one with a minus. A cut of a wire then takes up to 9 times as many shots and 9
        circuits. Parts run in order, each as often in a state as those before have sent it. Gates cannot be cut, nor
        wires that come back to a part.
    n_jobs : int, default=None
        Parts that run at the same time, by joblib, so also on a cluster (``joblib.parallel_config("dask")``). Numbers
        are the same for any.

    References
    ----------
    T. Peng, A. W. Harrow, M. Ozols and X. Wu, Simulating large quantum circuits on a small quantum
    computer, Phys. Rev. Lett. 125, 150504 (2020). L. Brenner, C. Piveteau and D. Sutter, Optimal wire cutting with
    classical communication, arXiv 2302.03366; in the form of H. Harada, K. Wada and N. Yamamoto, Doubly optimal
    parallel wire cutting without ancilla qubits, PRX Quantum 5, 040308 (2024).

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from skqml import all_z
    >>> from skqml.cutting import Cut
    >>> ladder = QuantumCircuit(4)
    >>> _ = ladder.x(0)
    >>> for q in range(3):
    ...     _ = ladder.cx(q, q + 1)
    >>> Cut(max_qubits=3).compile(ladder, all_z(4))(np.zeros((1, 0))).round(6)
    array([[-1., -1., -1., -1.]])
    """

    def __init__(self, backend=None, max_qubits=None, cuts=None, communication=False, n_jobs=None):
        self.backend = backend
        self.max_qubits = max_qubits
        self.cuts = cuts
        self.communication = communication
        self.n_jobs = n_jobs

    def compile(self, circuit, observables) -> Program:
        """Return a program that runs the parts; see `Backend.compile`."""
        found = chosen_parts(circuit, self.max_qubits, self.cuts, self.communication)
        if len(found.parts) == 1:
            return self.inner.compile(circuit, observables)
        return CutProgram(self, circuit, observables, found)

    def compile_overlaps(self, circuit) -> Overlaps:
        """Return fidelities by pairs, clipped to [0, 1]."""
        return ClippedOverlaps(self, circuit).compiled()

    def check_width(self, n_qubits: int) -> None:
        """Raise ValueError if the backend inside can surely not run parts of circuits of so many qubits."""
        if self.cuts is None or self.max_qubits is not None:
            most = n_qubits if self.max_qubits is None else check_count("max_qubits", self.max_qubits)
            self.inner.check_width(min(n_qubits, most))


class ClippedOverlaps(PairOverlaps):
    """Fidelities by pairs of rows, clipped to [0, 1]: shots of parts may add up to a little more or less."""

    def __call__(self, X, Y=None, w=None, rng=None) -> np.ndarray:
        """Fidelities (n, m)."""
        return np.clip(super().__call__(X, Y, w, rng), 0.0, 1.0)

    def paired(self, X, Y, w=None, rng=None) -> np.ndarray:
        """Fidelities (n,) of the state of each row of X with that of the same row of Y."""
        return np.clip(super().paired(X, Y, w, rng), 0.0, 1.0)
