"""Reports of the accuracy table as files of comma-separated values."""

import csv
from pathlib import Path

import numpy as np

TWINS = {"classical_twin": "classical twin", "product_twin": "without entanglement", "surrogate": "surrogate"}
FULL = ("data", "rows", "features", "model", "seeds", "folds", "settings", "seconds", "beside", "score", "difference")
FULL += ("low", "high", "p (Holm)", "verdict", "agreement")


def full_rows(place, report, tries) -> list[list]:
    """A row for the model, and one for each that it was compared with.

    Parameters
    ----------
    place : tuple
        Name of the set, number of rows, number of features, name of the family.
    report : EvidenceReport
    tries : dict
        Seeds and settings.
    """
    scores, seconds = report.scores("model"), _seconds(report)
    start = [*place, tries["n_seeds"], scores.shape[1], tries["budget"]]
    rows = [[*start, f"{seconds['model']:.1f}", "itself", f"{scores.mean():.4f}", *[""] * 6]]
    for name, c in report.comparisons.items():
        numbers = [f"{v:.4f}" for v in (c.score, c.test.mean, c.test.low, c.test.high, c.p_adjusted)]
        rows.append([*start, f"{seconds[name]:.1f}", name, *numbers, c.verdict, f"{c.agreement:.4f}"])
    return rows


def _seconds(report) -> dict[str, float]:
    """Of processor time, for each model."""
    found: dict[str, float] = {}
    for trial in report.trials:
        found[trial.contender] = found.get(trial.contender, 0.0) + trial.seconds
    return found


def short_row(place, report) -> dict[str, str]:
    """Scores beside each other, and what the test says."""
    found = {"data": place[0], "model": place[3], "score": f"{np.mean(report.scores('model')):.3f}"}
    found |= {title: _score(report, name) for name, title in TWINS.items()}
    standards = {name: c.score for name, c in report.comparisons.items() if name not in TWINS}
    best = max(standards, key=standards.__getitem__, default=None)
    found["best standard"] = "" if best is None else f"{standards[best]:.3f} ({best.replace('_', ' ')})"
    return found | {"verdict": verdict(report)}


def _score(report, name) -> str:
    return f"{report.comparisons[name].score:.3f}" if name in report.comparisons else ""


def verdict(report) -> str:
    """Of what the model is ahead, and of what it is behind."""
    parts = []
    for word, told in (("ahead", "ahead of"), ("behind", "behind")):
        names = [name.replace("_", " ") for name, found in report.verdicts.items() if found == word]
        parts += [f"{told} {', '.join(names)}"] if names else []
    return "; ".join(parts) or "no difference"


def write_rows(path: Path, header, rows) -> None:
    """Write a file whose lines end alike on all systems."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([list(header), *rows])
