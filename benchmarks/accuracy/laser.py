"""One step of the Santa Fe laser: quantum reservoirs, and echo state networks with as many features.

A figure is the root mean squared error over the deviation, on the steps behind the first 6,000; a round is a seed.
Tuned means the best of the same settings of spectral radius, leak and input scale on the last third of the training
steps.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from warnings import catch_warnings

import numpy as np
from scipy.linalg import LinAlgWarning

from benchmarks.frame.contest import Contender, Group
from examples.sequences.laser_forecast import SETTINGS, autoregression, nrmse, one_step_error, tuned
from skqml.datasets import load_laser

WASHOUT = 100
PENALTIES = np.logspace(-10, -2, 5)


def cases(quick: bool) -> Iterator[Group]:
    """Yield the forecast with 16 default cells, for three seeds, or with fewer cells and steps."""
    series, n_train, n_reservoirs, n_seeds = load_laser(), 6000, 16, 3
    if quick:
        series, n_train, n_reservoirs, n_seeds = series[:2000], 1500, 2, 1
    name = f"One step of the laser, {n_train:,} training steps, {36 * n_reservoirs} features"
    contenders = [
        Contender(label, error and _by_seed(error, n_seeds), note=note)
        for label, error, note in _errors(series, n_train, n_reservoirs)
    ]
    yield Group(name, contenders, reference="reservoirpy, tuned", unit="NRMSE", reports=True, rounds=n_seeds)


def _by_seed(error: Callable[[int], float], n_seeds: int) -> Callable[[], float]:
    """A call that reports the error for one seed after the other."""
    seeds, known = cycle(range(n_seeds)), cache(error)
    return lambda: known(next(seeds))


def _errors(series: np.ndarray, n_train: int, n_reservoirs: int) -> Iterator[tuple[str, Callable | None, str]]:
    """Label, error for a seed, and note."""
    from skqml.models.recurrent import QRNNReservoirRegressor

    def quantum(seed):
        return QRNNReservoirRegressor(washout=WASHOUT, n_reservoirs=n_reservoirs, random_state=seed)

    def twin(seed):
        return quantum(seed).classical_twin()

    for label, model in (("skqml", quantum), ("skqml's classical twin", twin)):
        yield label, lambda seed, model=model: one_step_error(model(seed), series, n_train), "default settings"
        yield (
            f"{label}, tuned",
            lambda seed, model=model: one_step_error(tuned(model(seed), series, n_train, SETTINGS), series, n_train),
            f"best of {len(SETTINGS)} settings",
        )
    if find_spec("reservoirpy") is None:
        yield "reservoirpy, tuned", None, "No module named 'reservoirpy'"
    else:
        n_units, note = 36 * n_reservoirs, f"best of {len(SETTINGS)} settings; one network"
        yield "reservoirpy, tuned", lambda seed: reservoirpy_error(series, n_train, n_units, seed), note
    yield "20 linear lags", lambda seed: autoregression(series, n_train), "no seed"


def reservoirpy_error(series: np.ndarray, n_train: int, n_units: int, seed: int) -> float:
    """Error with the best setting and the best penalty of the readout, which sees inputs beside units as ours does."""
    x = ((series - series[:n_train].mean()) / series[:n_train].std())[:, None]
    found = {}
    for k, setting in enumerate(SETTINGS):
        columns = _columns(x[:n_train], n_units, seed, **setting)
        for penalty in PENALTIES:
            found[k, penalty] = _readout_error(columns, x[1 : n_train + 1], n_train - n_train // 3, penalty)
    k, penalty = min(found, key=found.__getitem__)
    return _readout_error(_columns(x[:-1], n_units, seed, **SETTINGS[k]), x[1:], n_train, penalty)


def _columns(x, n_units, seed, hidden_scale, leak, input_scale):
    """Inputs and units of one network."""
    from reservoirpy.mat_gen import bernoulli
    from reservoirpy.nodes import Reservoir

    reservoir = Reservoir(n_units, sr=hidden_scale, lr=leak, input_scaling=input_scale, bias=bernoulli, seed=seed)
    return np.hstack([x, reservoir.run(x)])


def _readout_error(columns, y, n_train, penalty):
    from reservoirpy.nodes import Ridge

    with catch_warnings(action="ignore", category=LinAlgWarning):  # the smallest penalties may be too small
        readout = Ridge(ridge=penalty).fit(columns[WASHOUT:n_train], y[WASHOUT:n_train])
    return nrmse(readout.run(columns[n_train:]), y[n_train:])
