"""Recurrent cells whose gates are variational circuits: QRNN, QLSTM, QGRU."""

import numpy as np

from .circuit_cell import CircuitCell
from .compiled.circuit_loop import QGRU, QLSTM, QRNN

_SMALLEST_RADIUS = 1e-3  # a cell that does not feed back at all keeps a finite gain
_FORGOTTEN = 1e-3  # of the distance of two states a hundred steps before
_MAX_CUTS = 30


class QRNNCell(CircuitCell):
    r"""Quantum recurrent cell: one circuit a step.

    ``h <- (1 - leak) h + leak tanh(z)`` with the expectation values z of Z of the circuit for
    ``v = [x, hidden_scale gain h]``; the state h is as long as there are qubits without an input.

    Parameters
    ----------
    n_qubits : int, default=8
    n_inputs : int, default=2
        Number of qubits that take inputs; the others take h.
    n_layers : int, default=3
        Layers of a circuit.
    features : tuple of str, default=("Z", "ZZ")
        What is measured for the readout on every qubit or pair: products of X, Y, Z. Z always is.
    hidden_scale : float, default=0.9
        Spectral radius of the feedback: the gain of a random cell is one over that of the derivative of z by h, at
        zero input and state, and less where the cell would not forget its state then. Random circuits of many qubits
        have small derivatives, and forget at once without a gain.
    leak : float, default=0.7
        Share of the new h in the next, in (0, 1].

    References
    ----------
    S. Y.-C. Chen et al., Reservoir computing via quantum recurrent neural networks, arXiv 2211.02612.

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import Exact
    >>> from skqml.models.recurrent import QRNNCell
    >>> cell = QRNNCell(n_qubits=3)
    >>> step = cell.compile(1, Exact())
    >>> state, out = step(cell.init_state(2), np.ones((2, 1)), np.zeros((2, step.n_weights)))
    >>> state.shape, out.shape
    ((2, 1), (2, 6))
    """

    _rule, _n_circuits = QRNN, 1

    def __init__(self, n_qubits=8, n_inputs=2, n_layers=3, *, features=("Z", "ZZ"), hidden_scale=0.9, leak=0.7):
        super().__init__(n_qubits, n_inputs, n_layers, features=features, hidden_scale=hidden_scale, leak=leak)

    def _gains(self, step, angles):
        radii = np.abs(np.linalg.eigvals(step.jacobians(angles))).max(axis=1)
        gains = 1 / np.maximum(radii, _SMALLEST_RADIUS)
        chaotic = np.arange(len(angles))
        for _ in range(_MAX_CUTS):
            memories = step.memories(np.column_stack([angles, gains])[chaotic])
            chaotic = chaotic[memories > _FORGOTTEN]
            if not len(chaotic):
                break
            gains[chaotic] *= 0.8
        return gains

    def _rule_step(self, measure, state, x, scale):
        out, back = measure(0, x, scale * state)
        new = np.tanh(out[:, : self.n_hidden])

        def pullback(g_state, g_out):
            g = g_out.copy()
            g[:, : self.n_hidden] += self.leak * g_state * (1 - new**2)
            dx, dh = back(g)
            return (1 - self.leak) * g_state + scale * dh, dx, _row_sums(dh * state)

        return state + self.leak * (new - state), out, pullback


class QLSTMCell(CircuitCell):
    r"""Quantum long short-term memory: six circuits a step.

    With ``v = [x, s h]``, ``s = hidden_scale gain`` and sigma the logistic function ``f = sigma(z_1(v))``,
    ``i = sigma(z_2(v))``, ``g = tanh(z_3(v))``, ``o = sigma(z_4(v))``, ``c <- f c + i g``, ``m = o tanh(c)``,
    ``h <- (1 - leak) h + leak z_5(m)``, and the features are measured in circuit 6 of m.

    Parameters
    ----------
    n_qubits, n_inputs, n_layers, features, hidden_scale, leak
        As in `QRNNCell`; ``hidden_scale`` and ``leak`` are 1 by default.

    References
    ----------
    S. Y.-C. Chen, S. Yoo and Y.-L. L. Fang, Quantum long short-term memory, ICASSP 2022, arXiv 2009.01783.
    """

    _rule, _n_circuits = QLSTM, 6

    @property
    def _n_state(self):
        return self.n_hidden + self.n_qubits

    def _rule_step(self, measure, state, x, scale):
        n, n_inputs, n_hidden = self.n_qubits, self.n_inputs, self.n_hidden
        h, c = state[:, :n_hidden], state[:, n_hidden:]
        gates, backs = zip(*(measure(k, x, scale * h) for k in range(4)), strict=True)
        f, i, g, o = (act(z[:, :n]) for act, z in zip((_sigmoid, _sigmoid, np.tanh, _sigmoid), gates, strict=True))
        c_new = f * c + i * g
        bounded = np.tanh(c_new)
        m = o * bounded
        inner = np.zeros_like(x)
        inner[:, :n_inputs] = m[:, :n_inputs]
        (z, back_h), (out, back_out) = (measure(k, inner, m[:, n_inputs:]) for k in (4, 5))

        def pullback(g_state, g_out):
            g_z = _padded(self.leak * g_state[:, :n_hidden], z)
            dm = sum(np.hstack([d_inner[:, :n_inputs], dh]) for d_inner, dh in (back_h(g_z), back_out(g_out)))
            dc = g_state[:, n_hidden:] + dm * o * (1 - bounded**2)
            slopes = dc * c * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g**2), dm * bounded * o * (1 - o)
            parts = [back(_padded(s, z)) for back, s in zip(backs, slopes, strict=True)]
            d_fed = sum(p[1] for p in parts)
            dh = (1 - self.leak) * g_state[:, :n_hidden] + scale * d_fed
            return np.hstack([dh, dc * f]), sum(p[0] for p in parts), _row_sums(d_fed * h)

        return np.hstack([h + self.leak * (z[:, :n_hidden] - h), c_new]), out, pullback


class QGRUCell(CircuitCell):
    r"""Quantum gated recurrent unit: three circuits a step.

    With ``v = [x, s h]``, ``s = hidden_scale gain`` and sigma the logistic function ``r = sigma(z_1(v))``,
    ``k = sigma(z_2(v))``, ``h <- (1 - leak) h + leak (k h + (1 - k) tanh(z_3([x, s r h])))``; features are measured in
    circuit 3.

    Parameters
    ----------
    n_qubits, n_inputs, n_layers, features, hidden_scale, leak
        As in `QRNNCell`; ``hidden_scale`` and ``leak`` are 1 by default.
    """

    _rule, _n_circuits = QGRU, 3

    def _rule_step(self, measure, state, x, scale):
        n, fed = self.n_hidden, scale * state
        (z_reset, back_reset), (z_keep, back_keep) = (measure(k, x, fed) for k in (0, 1))
        reset, keep = _sigmoid(z_reset[:, :n]), _sigmoid(z_keep[:, :n])
        out, back = measure(2, x, reset * fed)
        new = np.tanh(out[:, :n])

        def pullback(g_state, g_out):
            g = self.leak * g_state
            dx, d_gated = back(g_out + _padded(g * (1 - keep) * (1 - new**2), out))
            parts = (
                back_reset(_padded(d_gated * fed * reset * (1 - reset), out)),
                back_keep(_padded(g * (state - new) * keep * (1 - keep), out)),
            )
            d_fed = d_gated * reset + sum(p[1] for p in parts)
            d_state = (1 - self.leak) * g_state + g * keep + scale * d_fed
            return d_state, dx + sum(p[0] for p in parts), _row_sums(d_fed * state)

        return state + self.leak * (keep * state + (1 - keep) * new - state), out, pullback


def _row_sums(values):
    return values.sum(axis=1, keepdims=True)


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _padded(g, like):
    """Cotangents of the first values, zeros behind."""
    full = np.zeros_like(like)
    full[:, : g.shape[1]] = g
    return full
