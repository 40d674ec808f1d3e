"""Series on which the coverage of prediction intervals is measured."""

import numpy as np
from scipy.signal import lfilter

from skqml.datasets import load_el_nino, load_sunspots


def autoregression(coefs, n_steps, seed):
    """A linear process (n_steps,) driven by normal noise of deviation 1."""
    noise = np.random.default_rng(seed).normal(size=n_steps + 200)
    return lfilter([1.0], [1.0, *np.negative(coefs)], noise)[200:]


# Models are fitted to the first half of each. Errors of sunspots grow with their number, and later cycles are stronger.
SERIES = {
    "AR(1)": autoregression([0.95], 1000, 0),
    "AR(2)": autoregression([1.5, -0.75], 1000, 0),
    "El Nino": load_el_nino().data,
    "sunspots, yearly": load_sunspots().data,
    "sunspots, monthly": load_sunspots("monthly").data,
}
