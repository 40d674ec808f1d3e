"""Attacks on classifiers of states: every qubit turned a little."""

from functools import cache, partial

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from .._checks import as_generator, check_callable, check_count
from ..models.base.labels import one_hot
from ..training import cross_entropy
from .auto_steps import climbed
from .ball import Ball
from .gradient_steps import A_LOSS
from .pipelines import find_pullback
from .target import Target, check_classifier

_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_Y = np.array([[0.0, -1.0], [1.0, 0.0]])  # -i times the matrix, which is real


def local_unitaries(
    model, X, y, epsilon, *, norm="inf", loss=cross_entropy, steps=100, restarts=1, random_state=None
) -> np.ndarray:
    r"""Turn each qubit of a state by a small angle, so that the state is taken for another class.

    ``|psi'> = prod_q exp(-i (a_q X_q + b_q Y_q + c_q Z_q) / 2) |psi>``, by the steps of `apgd` in the angles. Real
    amplitudes stay real: they are turned about Y alone. For these, gradients are exact where the model has
    ``input_pullback``, else central differences. What such unitaries do to a state, imperfect gates of the device that
    prepares it may do, and no entanglement comes or goes.

    Parameters
    ----------
    model : fitted classifier
        Of rows of amplitudes, such as a `QuantumKernelSVC` of `AmplitudeEncoding` with ``standardize=False``, or
        `ReadoutQNNClassifier` with ``inputs="state"``.
    X : array-like (n_samples, 2^n_qubits)
        Amplitudes, real or complex, of any length; the first qubit is the least bit.
    y : array-like (n_samples,)
        Labels.
    epsilon : float
        Largest angle in radians.
    norm : {"inf", 2}, default="inf"
        What is limited: each angle, or the Euclidean norm of all angles of a state.
    loss, steps, restarts, random_state
        As in `apgd`.

    Returns
    -------
    X_adv : ndarray (n_samples, 2^n_qubits)
        Accuracy under attack is ``model.score(X_adv, y)``: a state that can be taken for another class is.

    References
    ----------
    W. Ren et al., Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci.
    2, 711 (2022), for thermal and localised states; S. Lu, L.-M. Duan and D.-L. Deng, Quantum adversarial machine
    learning, Phys. Rev. Research 2, 033212 (2020).

    Examples
    --------
    >>> from skqml import AmplitudeEncoding, FidelityKernel, QuantumKernelSVC
    >>> from skqml.attacks import local_unitaries
    >>> from skqml.datasets import make_cluster_ising
    >>> X, y = make_cluster_ising(60, n_qubits=4, random_state=0)
    >>> model = QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False).fit(X, y)
    >>> model.score(X, y) - model.score(local_unitaries(model, X, y, 1.0, steps=20, random_state=0), y) > 0.2
    True
    """
    classes = check_classifier(model)
    psi = _states(X)
    y = column_or_1d(y)
    check_consistent_length(psi, y)
    n_angles = (psi.shape[1].bit_length() - 1) * (3 if np.iscomplexobj(psi) else 1)
    ball = Ball.checked(np.zeros((len(psi), n_angles)), epsilon, norm, None)
    target = _Turned(model, one_hot(y, classes), ball, psi)
    rng, steps = as_generator("random_state", random_state), check_count("steps", steps)
    check_callable("loss", loss, A_LOSS)
    return target.states(climbed(target, loss, steps, check_count("restarts", restarts), rng))


class _Turned(Target):
    """States of a classifier that are attacked; points are the angles (n_samples, n_qubits * n_axes) that turn them.

    Parameters
    ----------
    model, Y, ball
        As in `Target`; the ball is around angles of 0.
    psi : ndarray (n_samples, 2^n_qubits)
    """

    def __init__(self, model, Y, ball: Ball, psi: np.ndarray, pullback=None):
        if np.iscomplexobj(psi):
            pullback = _no_pullback
        super().__init__(model, Y, ball, pullback or cache(partial(find_pullback, model, psi)))
        self.psi = psi

    def __getitem__(self, rows) -> "_Turned":
        return _Turned(self.model, self.Y[rows], self.ball[rows], self.psi[rows], self._pullback)

    def states(self, Z) -> np.ndarray:
        """States turned by angles."""
        psi, n_qubits = self.psi, self.psi.shape[1].bit_length() - 1
        angles = Z.reshape(len(Z), n_qubits, -1)
        for q in range(n_qubits):
            psi = _on_qubit(_rotations(angles[:, q]), psi, q)
        return psi

    def scores(self, Z) -> np.ndarray:
        return super().scores(self.states(Z))

    def slopes(self, Z, loss) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        if (forward := self._pullback()) is None:
            S = self.scores(Z)
            return loss(S, self.Y)[0], self.fooled(S), self.differences(Z, loss)
        psi = self.states(Z)
        S, pullback = forward(psi)
        losses, g = loss(S, self.Y)
        slopes = pullback(g)
        # A further turn about Y by t multiplies by exp(t _Y / 2).
        turned = [0.5 * np.sum(slopes * _on_qubit(_Y, psi, q), axis=1) for q in range(Z.shape[1])]
        return losses, self.fooled(S), np.stack(turned, axis=1)


def _no_pullback() -> None:
    """Classifiers have no derivatives by complex amplitudes."""


def _states(X) -> np.ndarray:
    """Rows as amplitudes, complex if they are given so."""
    X = np.asarray(X)
    parts = [
        check_array(part, dtype=float, input_name="X") for part in ((X.real, X.imag) if X.dtype.kind == "c" else [X])
    ]
    if parts[0].shape[1] < 2 or parts[0].shape[1] & (parts[0].shape[1] - 1):
        raise ValueError(f"X must be rows of 2^n amplitudes, n >= 1, got shape {parts[0].shape}.")
    return parts[0] if len(parts) == 1 else parts[0] + 1j * parts[1]


def _rotations(angles) -> np.ndarray:
    """Matrices (n_samples, 2, 2) of turns about Y, or about the three axes, by angles (n_samples, n_axes)."""
    if angles.shape[1] == 1:
        half = 0.5 * angles[:, :, None]
        return np.cos(half) * np.eye(2) + np.sin(half) * _Y
    half = 0.5 * np.linalg.norm(angles, axis=1)[:, None, None]
    # sin(t) / t, which NumPy's sinc has for pi t.
    return np.cos(half) * np.eye(2) - 0.5j * np.sinc(half / np.pi) * np.tensordot(angles, _PAULIS, axes=1)


def _on_qubit(matrices, psi, q) -> np.ndarray:
    """States (n_samples, 2^n_qubits) multiplied by matrices (2, 2), or one for each, on a qubit."""
    split = psi.reshape(len(psi), -1, 2, 2**q)
    return np.matmul(matrices if matrices.ndim == 2 else matrices[:, None], split).reshape(psi.shape)
