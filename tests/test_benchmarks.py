"""Every benchmark still runs: each contender that is installed once, at small size, with equal results."""

import csv
from importlib import import_module

import pytest

from benchmarks import gpu, scaling
from benchmarks.__main__ import main, modules
from benchmarks.accuracy import accuracy
from benchmarks.frame.limits import Limits
from benchmarks.frame.runner import Row, warm_up
from skqml.evidence import evidence

# These start a fresh process for each figure, with an empty Numba cache.
IN_PROCESSES = {"imports", "memory"}


@pytest.mark.parametrize("name", sorted(set(modules()) - IN_PROCESSES))
@pytest.mark.filterwarnings("default")  # those of peers are theirs
def test_contenders_agree(name):
    for group in import_module(modules()[name]).cases(True):
        present = [Row(contender) for contender in group.contenders if contender.call is not None]
        reference = next((row for row in present if row.contender.label == group.reference), present[0])
        warm_up(present, reference, compare=not group.reports)


def test_what_is_not_there_is_said(monkeypatch, capsys):
    """In one sentence, and nothing fails."""
    monkeypatch.setattr(gpu, "find_spec", lambda name: None)
    assert main(["gpu"]) == 0
    assert capsys.readouterr().out.startswith(
        "No GPU that PyTorch can use is on this machine, so nothing was measured;"
    )


def test_benchmarks_are_found():
    assert set(modules()) > IN_PROCESSES | {"gram", "gradients", "noisy", "recurrent", "vqe"}


def test_laws_of_growth_and_their_figure(tmp_path):
    """Powers are read from the larger half; a figure has all axes."""

    def curve(axis, seconds):
        points = [scaling.Point(n, seconds(n), 8 * n, 1e-3) for n in (2, 4, 6, 8, 10)]
        return scaling.Curve(axis, "one row", points)

    power, factor = curve("rows", lambda n: 3.0 * n**2 + (n < 6)), curve("qubits", lambda n: 0.1 * 2.0**n)
    assert (power.law(), power.law("bytes"), factor.law()) == ("power 2.00", "power 1.00", "2.00 a qubit")
    axes = "rows", "qubits", "layers", "strings", "threads"
    scaling.draw([curve(axis, float) for axis in axes], Limits(1e9, 1e9), tmp_path / "scaling.svg")
    text = (tmp_path / "scaling.svg").read_text()
    assert all(f"{axis} (one row)" in text for axis in axes)


def test_the_accuracy_table_goes_on_where_it_ended(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(accuracy, "QUICK_SETS", ("iris",))
    monkeypatch.setattr(accuracy, "QUICK_FAMILIES", ("QuantumKernelSVC", "QuantumKernelSVC, projected"))
    arguments = ["accuracy", "--quick", "--folder", str(tmp_path)]
    assert main(arguments) == 0
    first = (tmp_path / "comparisons.csv").read_text()
    rows = list(csv.DictReader(first.splitlines()))
    assert {row["beside"] for row in rows} >= {"itself", "classical_twin", "rbf_svm"}
    assert {row["model"] for row in rows} == set(accuracy.QUICK_FAMILIES)
    standards = [(row["score"], row["seconds"]) for row in rows if row["beside"] == "gradient_boosting"]
    assert len(set(standards)) == 1  # run once, for both
    monkeypatch.setattr(evidence, "run_trial", None)
    assert main(arguments) == 0
    assert (tmp_path / "comparisons.csv").read_text() == first
    shown = capsys.readouterr().out
    for row in rows:
        if row["beside"] == "itself":
            assert f"{float(row['score']):.4g}" in shown
