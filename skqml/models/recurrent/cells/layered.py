"""Recurrent cells whose gates are layered variational circuits: QRNN, QLSTM, QGRU."""

import numpy as np

from ...._checks import check_count
from .circuit_cell import CircuitCell
from .gains import forgetting_gains


class LayeredCell(CircuitCell):
    """Base class of cells made of one layered circuit.

    A circuit takes ``v = [x, h]``, one entry a qubit: H, RY(arctan v_i), RZ(arctan v_i^2), then ``n_layers`` times a
    ring of CX from i to i + 1, a ring of CX from i to i + 2, and RZ, RY, RZ of angles on each qubit. Channels beyond
    the input qubits follow in further blocks of RY, RZ on those and layers.
    """

    def __init__(self, n_qubits=8, n_inputs=2, n_layers=3, *, observables=None, hidden_scale=1.0, leak=1.0):
        super().__init__(n_qubits, n_inputs, observables=observables, hidden_scale=hidden_scale, leak=leak)
        self.n_layers = n_layers

    def _check(self) -> None:
        super()._check()
        check_count("n_layers", self.n_layers, 1)

    def draw(self, qc, x, h, weight) -> None:
        """Draw the circuit; see `CircuitCell.draw`."""
        blocks = [x[k : k + self.n_inputs] for k in range(0, len(x), self.n_inputs)]
        blocks[0] = [*blocks[0], *h]
        qc.h(range(self.n_qubits))
        for block in blocks:
            for qubit, v in enumerate(block):
                qc.ry(v.arctan(), qubit)
                qc.rz((v**2).arctan(), qubit)
            for _ in range(self.n_layers):
                draw_layer(qc, weight)


def draw_layer(qc, weight) -> None:
    """Draw rings of CX from i to i + 1 and to i + 2, then RZ, RY, RZ on each qubit."""
    n = qc.num_qubits
    for distance in (1, 2):
        for q in range(n):
            if (q + distance) % n != q:
                qc.cx(q, (q + distance) % n)
    for gate in (qc.rz, qc.ry, qc.rz):
        for q in range(n):
            gate(weight(), q)


class QRNNCell(LayeredCell):
    r"""Quantum recurrent cell: one circuit a step.

    ``h <- (1 - leak) h + leak tanh(z)`` with the expectation values z of Z of the circuit for
    ``v = [x, hidden_scale gain h]``; the state h is as long as there are qubits without an input.

    Parameters
    ----------
    n_qubits : int, default=8
    n_inputs : int, default=2
        Number of qubits that take inputs; the others take h. Fewer channels are repeated on them.
    n_layers : int, default=3
        Layers of a circuit.
    observables : Observable or SparsePauliOp, sequence of those, or callable, default=None
        What is measured for the readout: a sequence, or a function of the number of qubits; ``None`` means Z of each
        qubit and Z Z of each pair.
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

    def __init__(self, n_qubits=8, n_inputs=2, n_layers=3, *, observables=None, hidden_scale=0.9, leak=0.7):
        super().__init__(n_qubits, n_inputs, n_layers, observables=observables, hidden_scale=hidden_scale, leak=leak)

    def gains(self, step, angles) -> np.ndarray:
        """Return one over the spectral radius, or less where the cell would not forget; see `CircuitCell.gains`."""
        return forgetting_gains(step, angles)


class QLSTMCell(LayeredCell):
    r"""Quantum long short-term memory: six circuits a step.

    With ``v = [x, s h]``, ``s = hidden_scale gain`` and sigma the logistic function ``f = sigma(z_1(v))``,
    ``i = sigma(z_2(v))``, ``g = tanh(z_3(v))``, ``o = sigma(z_4(v))``, ``c <- f c + i g``, ``m = o tanh(c)``,
    ``h <- (1 - leak) h + leak z_5(m)``, and the observables are measured in circuit 6 of m.

    Parameters
    ----------
    n_qubits, n_inputs, n_layers, observables, hidden_scale, leak
        As in `QRNNCell`; ``hidden_scale`` and ``leak`` are 1 by default.

    References
    ----------
    S. Y.-C. Chen, S. Yoo and Y.-L. L. Fang, Quantum long short-term memory, ICASSP 2022, arXiv 2009.01783.
    """

    def state_sizes(self) -> tuple[int, ...]:
        """Lengths of h and c."""
        return self.n_hidden, self.n_qubits

    def update(self, measure, x, scale, *state) -> tuple:
        """Next h and c; see `CircuitCell.update`."""
        h, c = state
        fed = scale * h
        f, i = measure(x, fed).sigmoid(), measure(x, fed).sigmoid()
        g, o = measure(x, fed).tanh(), measure(x, fed).sigmoid()
        c = f * c + i * g
        m = o * c.tanh()
        inputs, hidden = m[: self.n_inputs], m[self.n_inputs :]
        z = measure(inputs, hidden)
        measure(inputs, hidden)
        return self._leaky(h, z[: self.n_hidden]), c


class QGRUCell(LayeredCell):
    r"""Quantum gated recurrent unit: three circuits a step.

    With ``v = [x, s h]``, ``s = hidden_scale gain`` and sigma the logistic function ``r = sigma(z_1(v))``,
    ``k = sigma(z_2(v))``, ``h <- (1 - leak) h + leak (k h + (1 - k) tanh(z_3([x, s r h])))``; the observables are
    measured in circuit 3.

    Parameters
    ----------
    n_qubits, n_inputs, n_layers, observables, hidden_scale, leak
        As in `QRNNCell`; ``hidden_scale`` and ``leak`` are 1 by default.
    """

    def update(self, measure, x, scale, *state) -> tuple:
        """Next h; see `CircuitCell.update`."""
        (h,) = state
        n, fed = self.n_hidden, scale * h
        reset, keep = (measure(x, fed)[:n].sigmoid() for _ in range(2))
        new = measure(x, reset * fed)[:n].tanh()
        return (self._leaky(h, keep * h + (1 - keep) * new),)
