"""The accuracy table: each family of estimators beside its twins and tuned standards, on each of many sets.

A figure is the mean score (accuracy, or R^2 of numbers) in the outer folds of `evidence_report`, and a note says of
what the model is ahead or behind. With ``--folder`` an interrupted run goes on where it ended, and the tables stand
there as files of comma-separated values.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from joblib import hash

from benchmarks.accuracy._families import AS_GIVEN, FAMILIES, options_for
from benchmarks.accuracy._results import FULL, full_rows, short_row, verdict, write_rows
from benchmarks.accuracy._sets import SETS
from benchmarks.frame.contest import Contender, Group
from skqml.evidence import EvidenceReport, evidence_report

N_ROWS = 150
STANDARDS = ("rbf_svm", "rbf_svr", "gradient_boosting", "logistic_regression", "ridge")
QUICK_SETS, QUICK_ROWS = ("iris", "two curves", "cluster Ising"), 60
QUICK_FAMILIES = ("QuantumKernelSVC", "QuantumKernelSVC, amplitudes", "QuantumFeatures", "ReadoutQNNClassifier")


def cases(quick: bool, folder: Path | None = None) -> Iterator[Group]:
    """Yield a group a set; a quick run takes few of both, small, each model as it is."""
    names, n_rows = (QUICK_SETS, QUICK_ROWS) if quick else (tuple(SETS), N_ROWS)
    with TemporaryDirectory() as aside:
        place, full, short = Path(folder or aside), [], {"tuned": [], "as_given": []}
        for name in names:
            try:
                X, y = SETS[name].load(n_rows)
            except OSError as error:
                print(f"{name}: left out, for it is in no folder and cannot be fetched ({error}).", file=sys.stderr)
                continue
            found = _reports(name, X, y, quick, place)
            for family, report in found.items():
                at = (name, len(X), X.shape[1], family)
                tries = AS_GIVEN if quick else FAMILIES[family].tries
                full += full_rows(at, report, tries)
                short["as_given" if tries["budget"] == 1 else "tuned"].append(short_row(at, report))
            _write(place, full, short)
            yield _group(f"{name}: {len(X)} rows, {X.shape[1]} features", found)


def _reports(name: str, X, y, quick: bool, folder: Path) -> dict[str, EvidenceReport]:
    """Reports by family. The standards of a set are run once for all families that get as many tries."""
    kind, found = SETS[name].kind, {}
    for family, each in FAMILIES.items():
        if kind not in each.kinds or (quick and family not in QUICK_FAMILIES):
            continue
        tries = AS_GIVEN if quick else each.tries
        start = folder / "trials" / f"{name}-{hash((X, y))[:8]}-{tries['n_seeds']}-{tries['budget']}"
        _share(start, own := start / family)
        options = {"details": False, "folder": own, **tries, **options_for(kind)}
        found[family] = evidence_report(each.make(), X, y, **options)
    return found


def _share(start: Path, own: Path) -> None:
    """Give a family what others found of the standards, which are the same for all."""
    own.mkdir(parents=True, exist_ok=True)
    for name in STANDARDS:
        for path in start.glob(f"*/{name}-*.json"):
            if not (own / path.name).exists():
                copyfile(path, own / path.name)


def _write(folder: Path, full, short) -> None:
    """All comparisons, and the tables of models whose settings were tuned, and of those as they are given."""
    write_rows(folder / "comparisons.csv", FULL, full)
    for name, rows in short.items():
        if rows:
            write_rows(folder / f"{name}.csv", rows[0], [row.values() for row in rows])


def _group(title: str, found: dict[str, EvidenceReport]) -> Group:
    contenders = [
        Contender(family, lambda r=report: float(r.scores("model").mean()), note=verdict(report))
        for family, report in found.items()
    ]
    return Group(title, contenders, reference=next(iter(found)), unit="score", reports=True, rounds=1)
