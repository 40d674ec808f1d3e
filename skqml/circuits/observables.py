"""Observables that are often asked for."""

from collections.abc import Sequence
from itertools import combinations, product

from .._checks import as_tuple, check_count
from .observable import Observable


def all_z(n_qubits: int) -> tuple[Observable, ...]:
    """Return Z of each qubit.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        One a qubit, qubit 0 first.

    Examples
    --------
    >>> from skqml.circuits.observables import all_z
    >>> [o.labels[0] for o in all_z(3)]
    ['IIZ', 'IZI', 'ZII']
    """
    return tuple(product_of_letters(n_qubits, {q: "Z"}) for q in range(check_count("n_qubits", n_qubits)))


def all_zz(n_qubits: int) -> tuple[Observable, ...]:
    """Return Z Z of each pair of qubits.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        n (n - 1) / 2 of them, in the order (0, 1), (0, 2), ..., (1, 2), ...

    Examples
    --------
    >>> from skqml.circuits.observables import all_zz
    >>> [o.labels[0] for o in all_zz(3)]
    ['IZZ', 'ZIZ', 'ZZI']
    """
    pairs = combinations(range(check_count("n_qubits", n_qubits)), 2)
    return tuple(product_of_letters(n_qubits, dict.fromkeys(pair, "Z")) for pair in pairs)


def one_qubit_paulis(n_qubits: int) -> tuple[Observable, ...]:
    """Return X, Y and Z of each qubit: what fixes every one-qubit reduced density matrix.

    ``rho_q = (I + <X_q> X + <Y_q> Y + <Z_q> Z) / 2``.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        X, Y, Z of qubit 0, then of qubit 1, ...

    Examples
    --------
    >>> from skqml.circuits.observables import one_qubit_paulis
    >>> [o.labels[0] for o in one_qubit_paulis(2)]
    ['IX', 'IY', 'IZ', 'XI', 'YI', 'ZI']
    """
    qubits = range(check_count("n_qubits", n_qubits))
    return tuple(product_of_letters(n_qubits, {q: letter}) for q in qubits for letter in "XYZ")


def two_qubit_paulis(n_qubits: int) -> tuple[Observable, ...]:
    """Return X, Y and Z of each qubit and their products on each pair: what fixes every two-qubit density matrix.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    tuple of Observable
        Those of `one_qubit_paulis`, then X X, X Y, ..., Z Z of the pairs (0, 1), (0, 2), ..., (1, 2), ...; the first
        letter belongs to the first qubit.

    Examples
    --------
    >>> from skqml.circuits.observables import two_qubit_paulis
    >>> [o.labels[0] for o in two_qubit_paulis(2)[6:9]]
    ['XX', 'YX', 'ZX']
    """
    pairs = combinations(range(check_count("n_qubits", n_qubits)), 2)
    products = tuple(product_of_letters(n_qubits, {p: a, q: b}) for p, q in pairs for a, b in product("XYZ", repeat=2))
    return one_qubit_paulis(n_qubits) + products


def parity(n_qubits: int) -> Observable:
    """Return the product of Z over all qubits.

    Parameters
    ----------
    n_qubits : int

    Returns
    -------
    Observable
        Of value +1 on bit strings with an even number of ones, else -1.

    Examples
    --------
    >>> from skqml.circuits.observables import parity
    >>> parity(3)
    Observable(('ZZZ',), (1.0,))
    """
    return Observable("Z" * check_count("n_qubits", n_qubits))


def projectors(n_qubits: int, bitstrings: Sequence[str] | None = None) -> tuple[Observable, ...]:
    """Return the projectors on basis states, whose values are their probabilities.

    Parameters
    ----------
    n_qubits : int
    bitstrings : sequence of str, default=None
        Basis states, rightmost bit for qubit 0; all 2^n of them, in rising order, if None.

    Returns
    -------
    tuple of Observable

    Raises
    ------
    ValueError
        If a bit string has not ``n_qubits`` letters 0 or 1.

    Examples
    --------
    >>> from skqml.circuits.observables import projectors
    >>> [o.labels[0] for o in projectors(2)]
    ['00', '01', '10', '11']
    """
    n_qubits = check_count("n_qubits", n_qubits)
    every_state = (format(k, f"0{n_qubits}b") for k in range(2**n_qubits))
    states = as_tuple("bitstrings", every_state if bitstrings is None else bitstrings)
    for bits in states:
        if not isinstance(bits, str) or len(bits) != n_qubits or set(bits) - set("01"):
            raise ValueError(f"Expected bitstrings of {n_qubits} letters 0 or 1, got {bits!r}.")
    return tuple(map(Observable, states))


def product_of_letters(n_qubits: int, letters: dict[int, str]) -> Observable:
    """Return the product with the given letter on each qubit of a dict, else I."""
    return Observable("".join(letters.get(q, "I") for q in reversed(range(n_qubits))))
