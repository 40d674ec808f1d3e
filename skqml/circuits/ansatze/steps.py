"""Steps that several ansätze take."""

from numbers import Integral


def rotation(qc, weight, q):
    """Any rotation of one qubit."""
    qc.rz(weight(), q)
    qc.ry(weight(), q)
    qc.rz(weight(), q)


def check_layers(n_layers):
    """A number of layers as an integer."""
    if isinstance(n_layers, bool) or not isinstance(n_layers, Integral) or n_layers < 0:
        raise ValueError(f"n_layers must be a whole number of at least 0, got {n_layers!r}.")
    return int(n_layers)
