"""Sphinx configuration of the site: `make docs` builds it, with every warning an error."""

import sys
from importlib.util import find_spec
from pathlib import Path

import skqml

sys.path.insert(0, str(Path(__file__).parent / "tools"))

project = "skqml"
author = "The skqml developers"
copyright = author
version = release = skqml.__version__
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "gallery",
    "mathml",
    "reference",
]
exclude_patterns = ["_build", "_templates", "tools"]
templates_path = ["_templates"]
root_doc = "index"

# A name of ours that leads nowhere is an error; names of other packages are text.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!skqml).*")]
autodoc_typehints = "none"
default_role = "py:obj"  # names between backticks in docstrings lead to what they name
autodoc_mock_imports = [] if find_spec("torch") else ["torch"]
autosummary_generate = True
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "_build/examples",
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skqml",),
    "reset_argv": "gallery.quick",
    "reset_modules": ("matplotlib", "gallery.quiet"),
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "show_signature": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "skqml"
html_math_renderer = "mathml"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "header_links_before_dropdown": 8,
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
}
html_sidebars = {"index": [], "install": [], "start": [], "changelog": []}
copybutton_exclude = ".linenos, .gp, .go"
