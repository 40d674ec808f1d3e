"""Sequences of letters by formula: a motif in noise, and proteins that cross a membrane."""

import numpy as np

from .._checks import as_random_state, check_count

_BASES = np.array(list("ACGT"))
_AMINO_ACIDS = np.array(list("ACDEFGHIKLMNPQRSTVWY"))
_HYDROPHOBIC = np.array(list("AFILMVW"))


def make_motif(n_samples=2000, length=50, *, motif="CGACCGAACTCC", random_state=None) -> tuple[np.ndarray, np.ndarray]:
    """Return random DNA sequences, half of which hold a motif at a random place.

    Letters are drawn evenly and independently; the motif takes the place of as many letters.

    Parameters
    ----------
    n_samples, length : int, default=2000, 50
    motif : str over ACGT, default="CGACCGAACTCC"
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray of str (n_samples,)
    y : ndarray of int (n_samples,)
        Whether the motif was put in.

    Raises
    ------
    ValueError
        If the motif is empty, has other letters, or does not fit.

    Examples
    --------
    >>> from skqml.datasets import make_motif
    >>> X, y = make_motif(4, length=12, motif="ACGT", random_state=0)
    >>> ["ACGT" in x for x, label in zip(X, y) if label]
    [True, True]
    """
    check_count("n_samples", n_samples)
    check_count("length", length)
    if not isinstance(motif, str) or not motif or set(motif) - set(_BASES) or len(motif) > length:
        raise ValueError(f"motif must be 1 to {length} letters of ACGT, got {motif!r}; mend it or raise length.")
    rng = as_random_state(random_state)
    letters, y = rng.choice(_BASES, (n_samples, length)), _half(n_samples, rng)
    for row in np.flatnonzero(y):
        start = rng.randint(length - len(motif) + 1)
        letters[row, start : start + len(motif)] = list(motif)
    return _joined(letters), y


def make_membrane(n_samples=2000, length=80, *, n_residues=20, random_state=None) -> tuple[np.ndarray, np.ndarray]:
    """Return random protein sequences, half of which hold a hydrophobic segment, as those that cross a membrane do.

    Letters are drawn evenly from the 20 amino acids, those of the segment from A, F, I, L, M, V and W. So composition
    alone tells much: print a linear model of letter counts beside any other.

    Parameters
    ----------
    n_samples, length : int, default=2000, 80
    n_residues : int, default=20
        Letters of the segment.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray of str (n_samples,)
    y : ndarray of int (n_samples,)
        Whether there is a segment.

    Raises
    ------
    ValueError
        If the segment does not fit.

    Examples
    --------
    >>> from skqml.datasets import make_membrane
    >>> X, y = make_membrane(6, random_state=0)
    >>> len(X[0]), sorted(y.tolist())
    (80, [0, 0, 0, 1, 1, 1])
    """
    check_count("n_samples", n_samples)
    check_count("length", length)
    check_count("n_residues", n_residues, most=length)
    rng = as_random_state(random_state)
    letters, y = rng.choice(_AMINO_ACIDS, (n_samples, length)), _half(n_samples, rng)
    for row in np.flatnonzero(y):
        start = rng.randint(length - n_residues + 1)
        letters[row, start : start + n_residues] = rng.choice(_HYDROPHOBIC, n_residues)
    return _joined(letters), y


def _half(n_samples, rng):
    return rng.permutation(np.arange(n_samples) % 2)


def _joined(letters):
    return np.array(["".join(row) for row in letters], dtype=object)
