"""L-BFGS within bounds."""

import numpy as np
from scipy import optimize


class BoundedLBFGS:
    """L-BFGS of all rows within bounds, as `minimize` takes optimisers.

    Parameters
    ----------
    bounds : ndarray (n_weights, 2)
    tol : float
        Relative decrease of the loss below which it stops.
    """

    def __init__(self, bounds: np.ndarray, tol: float):
        self.bounds, self.tol = bounds, tol

    def __call__(self, objective, w, report, rng) -> None:
        """Run until `report` raises `Stop`, or the loss stands still."""
        found = optimize.minimize(
            objective,
            w,
            jac=True,
            method="L-BFGS-B",
            bounds=self.bounds,
            callback=lambda intermediate_result: report(intermediate_result.x.copy(), intermediate_result.fun),
            options={"maxiter": 10**9, "ftol": self.tol},
        )
        if found.nit == 0:  # the start is as good as it gets
            report(found.x, objective.loss(found.x))
