"""Protein sequences and the place in the cell where they are found."""

import numpy as np
from sklearn.utils import Bunch

from .._checks import check_option
from .bundled import read_arrays


def load_protein_locations(classes="binary") -> Bunch:
    """Return protein sequences of up to 500 residues, and where in the cell they are found.

    Parameters
    ----------
    classes : {"binary", "all"}, default="binary"
        Cytoplasm against membrane, as many of each; or nine places, from 43 to 2,177 sequences each.

    Returns
    -------
    Bunch
        ``data`` (n_samples,), an object array of strings over the 20 letters of amino acids, and ``target``, its
        labels, to train on; ``data_test`` and ``target_test``; ``target_names``. "all" also has ``data_validation``
        and ``target_validation``.

    Raises
    ------
    ValueError
        If ``classes`` is something else.

    References
    ----------
    The UniProt Consortium, Nucleic Acids Research 51, D523 (2023), CC BY 4.0; D. O. S. Ouso, SCL2205.

    Examples
    --------
    >>> from skqml.datasets import load_protein_locations
    >>> proteins = load_protein_locations()
    >>> proteins.data.shape, proteins.target_names.tolist()
    ((2000,), ['Cytoplasm', 'Membrane'])
    """
    check_option("classes", classes, ("binary", "all"))
    arrays = read_arrays("protein_location.npz")
    names, found = arrays["class_names"], Bunch()
    for part, ending in {"train": "", "val": "_validation", "test": "_test"}.items():
        sequences = np.array([letters.decode("ascii") for letters in arrays[f"seq_{part}"]], dtype=object)
        found[f"data{ending}"], found[f"target{ending}"] = sequences, arrays[f"y_{part}"].astype(int)
    found.target_names = names
    return found if classes == "all" else _binary(found)


def _binary(found: Bunch) -> Bunch:
    rows, names = read_arrays("protein_binary_rows.npz"), found.target_names
    pair = Bunch(target_names=np.array(["Cytoplasm", "Membrane"]))
    for part, ending in {"train": "", "test": "_test"}.items():
        pair[f"data{ending}"] = found[f"data{ending}"][rows[part]]
        pair[f"target{ending}"] = (names[found[f"target{ending}"][rows[part]]] == "Membrane").astype(int)
    return pair
