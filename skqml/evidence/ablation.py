"""What a model's score hangs on: qubits, depth, bandwidth, entanglement."""

from collections.abc import Mapping
from typing import Any

from sklearn.base import clone, is_classifier

from .._checks import check_count, check_cv, check_kind, check_number, is_number
from .comparison import judge
from .contenders import check_estimator
from .folds import check_tested, checked_data, fold_scores, folds_of
from .table import Table
from .trials import seeded

_COUNTS = ("n_qubits", "n_blocks", "n_layers", "reps", "degree", "n_latent", "n_reservoirs")
_WIDTHS = ("scale", "bandwidth", "input_scale")
_MOST_QUBITS = 12  # of the changes tried by default: exact simulation of twice 8 takes a hundred times as long
_WORDS = {"ahead": "better as it is", "behind": "better changed", "no difference": "no difference"}


def ablation(
    estimator, X, y, *, changes=None, cv=5, n_seeds=3, level=0.05, scoring=None, n_jobs=None, random_state=0
) -> Table:
    """Show what matters to a model: it is changed in one thing after another, and scored in the same folds.

    Parameters
    ----------
    estimator : estimator
        As it is, the default of all changes.
    X : array-like (n_samples, ...)
    y : array-like (n_samples,)
    changes : dict of str to dict, default=None
        Parameters by the names of the changes, such as ``{"deeper": {"ansatz__n_layers": 20}}``. ``None`` halves and
        doubles all numbers of qubits (up to 12), blocks and layers and all bandwidths, and takes entanglement out.
    cv : int or splitter, default=5
    n_seeds : int, default=3
        How often with other folds and random states.
    level : float, default=0.05
        Probability that any difference is named where there is none; see `corrected_t_test` and `holm`.
    scoring, n_jobs
        As in `cross_val_score`.
    random_state : int, default=0

    Returns
    -------
    Table
        A row for each change, the largest difference first.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelSVC
    >>> from skqml.evidence import ablation
    >>> X, y = load_iris(return_X_y=True)
    >>> changes = {"half the qubits": {"kernel__encoding__n_qubits": 4}, "far too narrow": {"kernel__scale": 20.0}}
    >>> table = ablation(QuantumKernelSVC(), X, y, changes=changes, n_seeds=1)
    >>> [row["verdict"] for row in table.rows]
    ['better as it is', 'no difference']
    """
    check_estimator("estimator", estimator)
    X, y = checked_data(X, y)
    cv, n_seeds = check_cv("cv", cv), check_count("n_seeds", n_seeds)
    level, random_state = check_number("level", level, high=1.0), check_count("random_state", random_state, 0)
    model, classify = seeded(estimator, random_state), is_classifier(estimator)
    changed = _defaults(model, X, y) if changes is None else _given(model, changes)
    folds = check_tested(folds_of(cv, X, y, random_state, n_seeds, classify))
    scores = fold_scores({"": model} | changed, X, y, folds, scoring, n_jobs)
    own = scores.pop("")
    rows: list[dict[str, Any]] = [
        {
            "change": name,
            "score": float(scores[name].mean()),
            "difference": -test.mean,
            "low": -test.high,
            "high": -test.low,
            "p (Holm)": p,
            "verdict": _WORDS[found],
        }
        for name, (test, p, found) in judge(own, scores, folds, level).items()
    ]
    rows.sort(key=lambda row: -abs(row["difference"]))
    return Table(rows, f"Score as it is: {own.mean():.3f}. {len(y)} rows, {len(folds[0])} folds, {n_seeds} seeds.")


def _given(model, changes) -> dict[str, Any]:
    what = "None or a dict of dicts, one a change"
    found = {}
    for name, params in check_kind("changes", changes, Mapping, what).items():
        found[str(name)] = clone(model).set_params(**check_kind("changes", params, Mapping, what))
    if not found:
        raise ValueError("changes must be at least one, got none.")
    return found


def _defaults(model, X, y) -> dict[str, Any]:
    """The model with half and twice of each number that it has, and without entanglement."""
    params, found = model.get_params(), {}
    for name, value in params.items():
        leaf = name.rpartition("__")[2]
        if leaf == "bandwidth" and isinstance(value, str) and not any(n.rpartition("__")[2] == "scale" for n in params):
            value = getattr(clone(model).fit(X, y), "bandwidth_", None)
        if leaf not in (*_COUNTS, *_WIDTHS) or not is_number(value) or not value:
            continue
        for factor, word in ((0.5, "half"), (2, "twice")):
            other = float(factor * value) if leaf in _WIDTHS else max(1, int(factor * value))
            if leaf == "n_qubits" and factor > 1 and other > _MOST_QUBITS:
                other, word = max(value, _MOST_QUBITS), str(_MOST_QUBITS)
            if other != value:
                found[f"{word} {name}"] = clone(model).set_params(**{name: other})
    if hasattr(model, "product_twin"):
        found["without entanglement"] = model.product_twin()
    if not found:
        raise ValueError("changes must be given for an estimator without numbers of qubits, layers or bandwidths.")
    return found
