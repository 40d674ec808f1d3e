"""Sphinx configuration: `python -m sphinx docs docs/_build` with the extra `docs` installed."""

import skqml

project = "skqml"
author = "The skqml developers"
release = skqml.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
]
autosummary_generate = True
numpydoc_show_class_members = False
html_theme = "pydata_sphinx_theme"
exclude_patterns = ["_build"]
intersphinx_mapping = {
    "sklearn": ("https://scikit-learn.org/stable", None),
    "qiskit": ("https://docs.quantum.ibm.com/api/qiskit", None),
}
