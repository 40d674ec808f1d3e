"""The same work by different packages, each used in the fastest way it can be.

A file a package for Gram matrices, with functions ``X -> K``,
K[i, j] = \\|<phi(x_i)\\|phi(x_j)>\\|^2 for the ZZ feature map with two repetitions and full entanglement;
``training`` and ``recurrent`` hold all packages' way of one kind of work.
A file may define ``forget()``, which drops what the package remembers of earlier data, never what it compiled.
"""
