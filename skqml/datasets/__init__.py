"""Data sets: small ones that come with the package, larger ones to fetch, and those made by formulas."""

from .adhoc import make_adhoc
from .electrons import make_molecule
from .fetching import fetch_fashion_mnist, fetch_medmnist, fetch_mnist
from .fields import make_pixels, make_solid
from .images import load_images
from .molecules import load_molecule
from .penguins import load_penguins
from .phases import make_bond_alternating_xxz, make_cluster_ising
from .proteins import load_protein_locations
from .recorded import load_el_nino, load_japanese_vowels, load_laser, load_sunspots
from .separability import make_hidden_manifold, make_linearly_separable, make_two_curves
from .sequences import make_membrane, make_motif
from .series import make_bessel, make_damped_pendulum, make_mackey_glass, make_narma
from .windows import make_stretches, make_windows

__all__ = [
    "fetch_fashion_mnist",
    "fetch_medmnist",
    "fetch_mnist",
    "load_el_nino",
    "load_images",
    "load_japanese_vowels",
    "load_laser",
    "load_molecule",
    "load_penguins",
    "load_protein_locations",
    "load_sunspots",
    "make_adhoc",
    "make_bessel",
    "make_bond_alternating_xxz",
    "make_cluster_ising",
    "make_damped_pendulum",
    "make_hidden_manifold",
    "make_linearly_separable",
    "make_mackey_glass",
    "make_membrane",
    "make_molecule",
    "make_motif",
    "make_narma",
    "make_pixels",
    "make_solid",
    "make_stretches",
    "make_two_curves",
    "make_windows",
]
