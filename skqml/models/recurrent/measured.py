"""What is measured in a cell, by name."""

from ..._checks import as_tuple
from ...circuits import Observable


def measured(features, n_qubits):
    """Observables for names of features.

    Parameters
    ----------
    features : sequence of {"Z", "X", "Y", "ZZ", "XX", ...}
        Each name stands for that product on every qubit, or on every pair of qubits.
    n_qubits : int

    Returns
    -------
    tuple of Observable
        Z of each qubit first, as cells feed it back, named or not.

    Examples
    --------
    >>> from skqml.models.recurrent.measured import measured
    >>> [o.labels[0] for o in measured(("Z", "ZZ"), 3)]
    ['IIZ', 'IZI', 'ZII', 'IZZ', 'ZIZ', 'ZZI']
    """
    names = () if isinstance(features, str) else as_tuple("features", features)
    if isinstance(features, str) or not all(
        isinstance(f, str) and len(f) in (1, 2) and not set(f) - set("XYZ") for f in names
    ):
        raise ValueError(
            f"The 'features' parameter must be a tuple of Pauli names such as ('Z', 'ZZ', 'X'), got {features!r}."
        )
    labels = []
    for name in dict.fromkeys(["Z", *names]):
        for a in range(n_qubits):
            for b in range(a + 1, n_qubits) if len(name) == 2 else (a,):
                letters = ["I"] * n_qubits
                letters[a], letters[b] = name[0], name[-1]
                labels.append("".join(reversed(letters)))
    return tuple(Observable(label) for label in labels)
