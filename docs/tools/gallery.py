"""Examples as sphinx-gallery wants them: with a title each, run where their packages are installed."""

import ast
import re
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEADER = """Gallery
=======

Each example ran when this page was built; those that take minutes or fetch data ran with ``--quick``, and say so. Those
that need PyTorch are shown as they are where it is not installed.
"""
# What takes more than half a minute, or a network.
SMALL = {
    "hamiltonian_embedding.py",
    "hybrid_images.py",
    "laser_forecast.py",
    "mnist_nystroem.py",
    "readout_qnn.py",
    "tensor_network.py",
    "variational_classifier.py",
}
NOTE = """.. note::
   This page was made with ``--quick``: little data and few iterations. Its numbers and its figure show that the example
   runs, not what the models can do.
"""


def quick(gallery_conf: dict, script_vars: dict) -> list[str]:
    """Arguments that each example gets."""
    return ["--quick"] if Path(script_vars["src_file"]).name in SMALL else []


def quiet(gallery_conf: dict, name: str) -> None:
    """Leave out warnings, which name folders of the machine: few iterations do not converge."""
    warnings.simplefilter("ignore")


NOT_RUN = """.. note::
   A package that this example needs was not installed where this page was made, so that it did not run.
"""


def titled(name: str, text: str) -> str:
    """The example with what comes first in its docstring as title: its first sentence up to a comma or colon."""
    doc = ast.get_docstring(ast.parse(text), clean=False)
    title = re.split(r"[,:.;](?:\s|$)", doc, maxsplit=1)[0].replace("\n", " ")
    note = f"\n\n{NOTE if runs(text) else NOT_RUN}" if name in SMALL or not runs(text) else ""
    return text.replace(doc, f"{title}\n{'=' * len(title)}\n\n{doc}{note}", 1)


def runs(text: str) -> bool:
    """Whether all that a file imports, name by name, is installed."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    try:
        exec(compile(ast.Module(imports, []), "imports", "exec"), {})
    except ImportError:
        return False
    return True


def prepare(app, config) -> None:
    """Write the examples with titles, and tell sphinx-gallery which of them to run."""
    folder = Path(app.srcdir) / config.sphinx_gallery_conf["examples_dirs"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "GALLERY_HEADER.rst").write_text(HEADER)
    shown = [path for path in (ROOT / "examples").rglob("*.py") if "studies" not in path.parts]
    files = {path.name: path.read_text() for path in shown}
    for old in folder.glob("*.py"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (folder / name).write_text(titled(name, text))
    run = "|".join(re.escape(name) for name, text in files.items() if runs(text))
    config.sphinx_gallery_conf["filename_pattern"] = f"/({run})$"


def setup(app) -> dict:
    """Before sphinx-gallery reads its settings."""
    app.connect("config-inited", prepare, priority=5)
    return {"parallel_read_safe": True}
