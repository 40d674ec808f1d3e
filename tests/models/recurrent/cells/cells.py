"""Every cell of the package, found by itself, in the sizes that a test asks for."""

import inspect

import numpy as np

from skqml import Cell, Exact, QRNNCell
from skqml.models.recurrent import Step
from tests.rooms import defined

# Sizes by the names of parameters; what has others takes its defaults.
SMALL = {"n_qubits": 3, "n_inputs": 1, "n_layers": 1, "n_memory": 2, "n_units": 3}
# Parameters without a default: what a cell around others needs is built in the same sizes.
REQUIRED = {"cell": QRNNCell}


def cell_classes():
    """All concrete cells of the package, those that twins are made of too."""
    return defined(Cell)


def small(cls, **values):
    """A small cell of a class; it takes of the values those that it has parameters for."""
    parameters = inspect.signature(cls).parameters.values()
    required = {p.name: small(REQUIRED[p.name], **values) for p in parameters if p.default is p.empty}
    return cls(**required | {p.name: v for p in parameters if (v := (SMALL | values).get(p.name)) is not None})


def has_gradients(cell):
    return type(cell.compile(1, Exact())).forward is not Step.forward


def compiled(cell, n_channels=1, n_reservoirs=2, *, weight_scale=1.5, seed=0, backend=None):
    """A step, and random weights for some reservoirs."""
    step = cell.compile(n_channels, Exact() if backend is None else backend)
    return step, step.draw(n_reservoirs, weight_scale, np.random.default_rng(seed))


def start(cell, n_sequences, n_reservoirs):
    return cell.init_state(n_sequences * n_reservoirs).reshape(n_sequences, n_reservoirs, -1)
