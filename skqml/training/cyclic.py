"""Adam on some of the weights at a time."""

import numpy as np

from .._checks import check_count
from .optimizers import Adam

_MOST_GROUPS = 1_000_000


class CyclicAdam(Adam):
    """Adam that moves every ``n_groups``-th weight in a step, and the others in the next steps, in turn.

    Group k holds the weights k, k + n_groups, k + 2 n_groups, .... The means of the gradient go on for all weights.
    With ``n_groups=n_qubits``, `BlockEncodingClassifier` is trained qubit by qubit, as on the chip of its source.

    Parameters
    ----------
    n_groups : int, default=10
    learning_rate : float, default=0.05
        Size of the first steps, in radians for angles.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the means.
    n_warm_up : int, default=0
        See `Adam`.

    References
    ----------
    W. Ren et al., Experimental quantum adversarial learning with programmable superconducting qubits, Nat. Comput. Sci.
    2, 711 (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from skqml.training import CyclicAdam, minimize
    >>> minimize(lambda w, rows: (0.5 * w @ w, w), np.ones(4), CyclicAdam(2), max_iter=1, tol=None).w
    array([0.95, 1.  , 0.95, 1.  ])
    """

    def __init__(self, n_groups=10, learning_rate=0.05, beta_1=0.9, beta_2=0.999, n_warm_up=0):
        super().__init__(learning_rate, beta_1, beta_2, n_warm_up)
        self.n_groups = n_groups

    def _begin(self, objective) -> None:
        super()._begin(objective)
        check_count("n_groups", self.n_groups, most=_MOST_GROUPS)

    def _step(self, w, gradient):
        moved = super()._step(w, gradient)
        in_turn = np.arange(len(w)) % self.n_groups == (self.n_steps_ - 1) % self.n_groups
        return np.where(in_turn, moved, w)
