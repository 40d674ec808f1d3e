"""The same Gram matrix by different packages: one file a package, each with functions ``X -> K``.

K[i, j] = \\|<phi(x_i)\\|phi(x_j)>\\|^2 for the ZZ feature map with two repetitions and full entanglement.
A file may define ``forget()``, which drops what the package remembers of earlier data, never what it compiled.
"""
