"""What the tests of the readout network share."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from skqml.models.readout_qnn.network import ProductNetwork

GATES = [("ZX", "XX"), ("XX", "ZX"), ("ZX",), ("XX",)]
seeds = st.integers(0, 2**32 - 1)


def all_bits(n):
    """All rows of n bits, feature 0 changing fastest."""
    return np.array(list(product((0, 1), repeat=n)))[:, ::-1]


def random_states(rng, n_samples, n_qubits):
    psi = rng.normal(size=(n_samples, 2**n_qubits)) + 1j * rng.normal(size=(n_samples, 2**n_qubits))
    return psi / np.linalg.norm(psi, axis=1, keepdims=True)


def network(rng, n_bits, gates, bias, n_layers=2, n_readouts=2):
    products = ProductNetwork(n_bits, n_layers, n_readouts, gates, bias)
    return products, rng.normal(size=products.n_parameters)
