"""Readouts f = <Y> of a qubit behind rotations exp(-i w P_j X / 2), by products and by statevectors."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from qiskit.circuit import ParameterVector, QuantumCircuit

from ...backends.kept import KeptProgram
from ...backends.redrawn import Drawing
from ...circuits import Observable
from ...states import CheckedState, count, each, flag, instance, option
from ...training.risk import Pullback

_GATES = {"ZX": np.diag([1.0, -1.0]).astype(complex), "XX": np.array([[0, 1], [1, 0]], dtype=complex)}
_TINY = 1e-150
_AMPLITUDES = 2**22  # of the states of one block of rows: 64 MiB


def readout_circuit(n_bits, gates, n_layers, bias) -> QuantumCircuit:
    """Return the circuit that reads bits x, its last qubit being the readout.

    Weights are angles w of ``exp(-i w P_j X_r / 2)``, gate after gate of each layer, and last that
    of ``exp(-i w X_r / 2)``, the bias.
    """
    qc = QuantumCircuit(n_bits + 1)
    x, w = ParameterVector("x", n_bits), iter(ParameterVector("w", n_layers * len(gates) * n_bits + bias))
    for j in range(n_bits):
        qc.rx(np.pi * x[j], j)
    for _ in range(n_layers):
        for gate in gates:
            for j in range(n_bits):
                (qc.rzx if gate == "ZX" else qc.rxx)(next(w), j, n_bits)
    if bias:
        qc.rx(next(w), n_bits)
    return qc


@dataclass(frozen=True)
class ProductNetwork(CheckedState):
    r"""Readouts by the product rule, for any number of bits.

    All generators commute with X of the readout, so for each of its two values the other qubits
    evolve alone, qubit j by ``V_j^+`` or ``V_j^-``. With ``M_j = (V_j^-)^H V_j^+`` a basis state z gives
    ``f(z) = Im prod_j <z_j|M_j|z_j>`` and a state psi gives ``f = Im <psi|M_1 x ... x M_n|psi>``.

    Attributes
    ----------
    n_bits, n_layers, n_readouts : int
    gates : tuple of {"ZX", "XX"}
    bias : bool
    """

    n_bits: int
    n_layers: int
    n_readouts: int
    gates: tuple[str, ...]
    bias: bool

    _contents: ClassVar[dict] = {
        "n_bits": count("n_bits", 1),
        "n_layers": count(least=1),
        "n_readouts": count(least=1),
        "gates": each(option(*_GATES)),
        "bias": flag,
    }

    @property
    def n_weights(self) -> int:
        """Number of weights of one circuit."""
        return self.n_layers * len(self.gates) * self.n_bits + self.bias

    @property
    def circuit(self) -> QuantumCircuit:
        """The circuit of one readout, which nothing runs."""
        return readout_circuit(self.n_bits, self.gates, self.n_layers, self.bias)

    @cached_property
    def _generators(self):
        """Data parts of the generators (n_layers * n_gates, 2, 2)."""
        return np.array([_GATES[g] for g in self.gates] * self.n_layers)

    @property
    def n_parameters(self) -> int:
        """Length of the vector v of all weights, those of the first readout first."""
        return self.n_readouts * self.n_weights

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Readouts (n_samples, n_readouts); see `forward`."""
        return self.forward(rows, v)[0]

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Readouts and their pullback.

        Parameters
        ----------
        rows : ndarray of bool (n_samples, n_bits) or of complex (n_samples, 2^n_bits)
            Basis states or states.
        v : ndarray (n_parameters,)

        Returns
        -------
        f : ndarray (n_samples, n_readouts)
        pullback : callable
            From cotangents (n_samples, n_readouts) to that of v.
        """
        w = v.reshape(self.n_readouts, self.n_weights)
        angles, turns = (w[:, :-1], np.exp(-1j * w[:, -1])) if self.bias else (w, np.ones(len(w)))
        M, blocks_pullback = self._blocks(angles)
        c, sweep_pullback = (_basis_sweep if rows.dtype == bool else _state_sweep)(M, rows)

        def pullback(g):
            # f = Im(turn c), so that a cotangent of c is i g, the turn taken back.
            slopes = blocks_pullback(sweep_pullback(1j * g * turns.conj()))
            if self.bias:
                slopes = np.column_stack([slopes, -np.sum(g * np.real(turns * c), axis=0)])
            return slopes.ravel()

        return np.imag(turns * c), pullback

    def _blocks(self, w):
        """Matrices M (n_readouts, n_bits, 2, 2), and the pullback from their cotangents to w.

        ``M = A A^T`` with ``A = E_1 E_2 ...``, E_l = exp(-i w_l P / 2) being symmetric.
        """
        P = self._generators
        half = 0.5 * np.moveaxis(w.reshape(len(w), len(P), self.n_bits, 1, 1), 1, 0)
        E = np.cos(half) * np.eye(2) - 1j * np.sin(half) * P[:, None, None]
        before = [np.broadcast_to(np.eye(2, dtype=complex), E.shape[1:])]
        for e in E:
            before.append(before[-1] @ e)
        A = before[-1]

        def pullback(dM):
            dA = (dM + dM.swapaxes(-1, -2)) @ A.conj()
            slopes, after = np.empty((len(w), len(P), self.n_bits)), np.broadcast_to(np.eye(2), dA.shape)
            for k in reversed(range(len(P))):
                derivative = -0.5j * before[k + 1] @ P[k] @ after
                slopes[:, k] = np.real(np.sum(dA.conj() * derivative, axis=(-1, -2)))
                after = E[k] @ after
            return slopes.reshape(w.shape)

        return A @ A.swapaxes(-1, -2), pullback


def _basis_sweep(M, bits):
    """Products ``c = prod_j <z_j|M_j|z_j>`` (n_samples, n_readouts), and the pullback to M.

    As M = A A^T has determinant 1, <1|M|1> is the conjugate of <0|M|0>: logarithms make the product
    a matrix product.
    """
    signs = 1.0 - 2.0 * bits
    # At an exact 0 the limit of the derivative is that of its neighbourhood.
    c_0 = np.where(M[:, :, 0, 0] == 0, _TINY, M[:, :, 0, 0])
    size, phase = np.prod(np.abs(c_0), axis=1), np.angle(c_0)
    c = size * np.exp(1j * signs @ phase.T)

    def pullback(g):
        cotangents = g * c.conj()
        slopes = cotangents.real.sum(axis=0)[:, None] + 1j * (cotangents.imag.T @ signs)
        dM = np.zeros_like(M)
        dM[:, :, 0, 0] = slopes / c_0.conj()
        return dM

    return c, pullback


def _state_sweep(M, psi):
    """Expectations ``c = <psi|M_1 x ... x M_n|psi>`` (n_samples, n_readouts), and the pullback to M."""
    step = max(1, _AMPLITUDES // psi.shape[1] // (M.shape[1] + 1))
    blocks = [slice(a, a + step) for a in range(0, len(psi), step)]
    c = [[np.sum(psi[b].conj() * _multiplied(m, psi[b])[-1], axis=1) for m in M] for b in blocks]

    def pullback(g):
        return np.stack([sum(_state_cotangent(m, psi[b], g[b, k]) for b in blocks) for k, m in enumerate(M)])

    return np.concatenate(c, axis=1).T, pullback


def _state_cotangent(M, psi, g):
    """Cotangents of the matrices (n_bits, 2, 2) of one readout."""
    dM, states, costate = np.empty_like(M), _multiplied(M, psi), g[:, None] * psi
    for j in reversed(range(len(M))):
        pairs = [(_split(costate, j)[:, :, a], _split(states[j], j)[:, :, b]) for a in (0, 1) for b in (0, 1)]
        dM[j] = np.reshape([np.sum(u * v.conj()) for u, v in pairs], (2, 2))
        costate = _on_qubit(M[j].conj().T, costate, j)
    return dM


def _multiplied(M, psi):
    """States before, between and behind the matrices of the qubits."""
    states = [psi]
    for j in range(len(M)):
        states.append(_on_qubit(M[j], states[-1], j))
    return states


def _split(psi, j):
    return psi.reshape(len(psi), -1, 2, 2**j)


def _on_qubit(m, psi, j):
    psi = _split(psi, j)
    result = np.empty_like(psi)
    for a in (0, 1):
        result[:, :, a] = m[a, 0] * psi[:, :, 0] + m[a, 1] * psi[:, :, 1]
    return result.reshape(len(psi), -1)


class CircuitNetwork(CheckedState):
    """Readouts by running the circuit on a backend.

    Parameters
    ----------
    backend : Backend
    drawing : Drawing
        Its last qubit is the readout.
    n_readouts : int, default=1
        How many circuits of this form there are, each with weights of its own.
    """

    _contents: ClassVar[dict] = {
        "program": instance(KeptProgram),
        "n_readouts": count(least=1),
    }

    def __init__(self, backend, drawing: Drawing, n_readouts: int = 1):
        self.program = KeptProgram(backend, drawing, [Observable("Y" + "I" * (drawing.n_qubits - 1))])
        self.n_readouts = n_readouts

    @property
    def n_bits(self) -> int:
        """All qubits but the last."""
        return self.program.n_qubits - 1

    @property
    def circuit(self) -> QuantumCircuit:
        """That of one readout."""
        return self.program.circuit

    @property
    def n_parameters(self) -> int:
        """Length of the vector v of all weights."""
        return self.n_readouts * self.program.n_weights

    def scores(self, rows, v, rng=None) -> np.ndarray:
        """Readouts (n_samples, n_readouts)."""
        X = rows.astype(float)
        return np.concatenate([self.program(X, w, rng) for w in v.reshape(self.n_readouts, -1)], axis=1)

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Readouts and their pullback; see `ProductNetwork.forward`."""
        fixed = self.program.fix_rows(rows.astype(float))
        results = [fixed.forward(w, rng) for w in v.reshape(self.n_readouts, -1)]
        f = np.concatenate([values for values, _ in results], axis=1)
        return f, lambda g: np.concatenate(
            [pullback(column[:, None])[1] for (_, pullback), column in zip(results, g.T, strict=True)]
        )
