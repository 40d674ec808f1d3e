"""What `show_versions` prints."""

import sys
from importlib.metadata import version

import skqml


def test_all_that_is_used_is_named(capsys):
    """Python, the machine and every package, the optional ones too, with the version that is installed."""
    skqml.show_versions()
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["Python"] == sys.version.split()[0]
    for name in ("numpy", "scikit-learn", "qiskit", "qiskit-aer", "numba"):
        assert lines[name] == version(name)
    assert {"machine", "skqml", "matplotlib", "dask", "skops"} <= set(lines)
    assert not {"pytest", "ruff", "pennylane"} & set(lines)


def test_what_is_missing_is_said(monkeypatch, capsys):
    """A package that is not there is named as such."""
    monkeypatch.setattr("skqml.versions.requires", lambda name: ["no-such-package>=1", 'pytest; extra == "test"'])
    skqml.show_versions()
    assert capsys.readouterr().out.splitlines()[-1] == "no-such-package: not installed"
