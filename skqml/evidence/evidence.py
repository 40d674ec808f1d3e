"""A model beside all that it has to beat, on the same rows and with as many tries each."""

import sys
from functools import partial
from typing import Any

from sklearn.base import is_classifier

from .._checks import check_count, check_cv, check_number, check_option, check_verbose
from ..backends.tasks import checked_n_jobs, run_tasks
from ..files.digests import fingerprint
from .comparison import compare
from .contenders import baselines_of, check_estimator, given_baselines, twins_of, with_settings
from .costs import Expense, expense
from .diagnostics import diagnostics
from .folder import Folder, described, digest_of
from .folds import check_tested, checked_data, folds_of, splitter
from .report import EvidenceReport
from .trials import Trial, fit_counting, run_trial, seeded


def evidence_report(
    estimator,
    X,
    y,
    *,
    cv=5,
    inner_cv=3,
    n_seeds=5,
    budget=8,
    spaces=None,
    baselines=None,
    scoring=None,
    level=0.05,
    details=True,
    n_jobs=None,
    folder=None,
    random_state=0,
    verbose=0,
) -> EvidenceReport:
    """Compare a model with its twins and with tuned standards, by nested cross-validation.

    Each model gets as many tries: the settings that it has, and random ones of its regularisation and of the width of
    its kernel, or of its rate of learning. They are chosen within the training rows of a fold (``inner_cv``), and the
    fold's other rows judge, the same for all. Differences are tested by `corrected_t_test`, p values are Holm's.

    Parameters
    ----------
    estimator : estimator
        Classifier or regressor, or a pipeline that ends in one; twins take the place of the step that has them.
    X : array-like (n_samples, ...)
    y : array-like (n_samples,)
    cv, inner_cv : int or splitter, default=5, 3
        Folds that judge, and those within them in which settings are chosen. A number means shuffled folds, stratified
        for classes, other ones for each seed. Of a splitter that has the same folds for all seeds tests take means over
        seeds.
    n_seeds : int, default=5
        How often all is done with other folds and random states.
    budget : int, default=8
        Settings that are tried of each model.
    spaces : dict of str to dict, default=None
        Lists of values or distributions by the names of parameters, for models in place of the default ones:
        ``{"model": {"C": [1, 10]}}``.
    baselines : dict of str to estimator, default=None
        Standards. ``None`` means a support vector machine with an RBF kernel, gradient boosting and a linear model.
    scoring : str or callable, default=None
        As in `GridSearchCV`; ``None`` means accuracy, or R^2.
    level : float, default=0.05
        Probability that a verdict is given where there is no difference.
    details : bool, default=True
        Whether costs and diagnostics are part of the report, for which each model is fitted on all rows too.
    n_jobs : int, default=None
        Folds that are run at one time.
    folder : str or path, default=None
        Where results are kept, one JSON file for each model in each fold: after an interruption the same call goes on.
    random_state : int, default=0
        Of settings, folds and models.
    verbose : int, default=0
        Writes a line every so many folds of a model.

    Returns
    -------
    EvidenceReport
        ``print`` it, or see ``verdicts``, ``to_frame()``, ``to_markdown()`` and ``to_html()``.

    References
    ----------
    J. Bowles, S. Ahmed and M. Schuld, Better than classical? The subtle art of benchmarking quantum machine learning
    models, arXiv:2403.07059 (2024).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skqml import QuantumKernelSVC
    >>> from skqml.evidence import evidence_report
    >>> X, y = load_iris(return_X_y=True)
    >>> report = evidence_report(QuantumKernelSVC(), X, y, n_seeds=1, budget=1, cv=3, baselines={})
    >>> report.verdicts
    {'classical_twin': 'no difference', 'product_twin': 'no difference', 'surrogate': 'no difference'}
    """
    check_estimator("estimator", estimator)
    _check_numbers(n_seeds, budget, level, n_jobs, random_state)
    check_option("details", details, (False, True))
    verbose = check_verbose(verbose)
    cv, inner_cv, (X, y) = check_cv("cv", cv), check_cv("inner_cv", inner_cv), checked_data(X, y)
    classify = is_classifier(estimator)
    folds = check_tested(folds_of(cv, X, y, random_state, n_seeds, classify))
    standards = baselines_of(X, classify) if baselines is None else given_baselines(baselines)
    fit_counting(fitted := seeded(estimator, random_state), X, y)
    twins, wholes, left_out = twins_of(fitted, X, y, random_state)
    contenders = with_settings(twins | standards, spaces, budget, random_state)
    tasks = _tasks(contenders, X, y, folds, inner_cv, scoring, random_state)
    plan = partial(_plan, contenders, X, y, folds, inner_cv, scoring, random_state)
    trials = _run(tasks, Folder(folder, plan), n_jobs, verbose)
    return EvidenceReport(
        name=type(estimator).__name__,
        comparisons=compare(trials, folds, level, classify),
        expenses=_expenses(contenders, wholes, trials, X, y, random_state) if details else {},
        diagnostics=diagnostics(fitted, X, y, random_state) if details else {},
        left_out=left_out,
        trials=trials,
        level=level,
        description=f"{len(y)} rows, {len(folds[0])} folds, {n_seeds} seeds, {_tries(contenders, budget)}.",
    )


def _tries(contenders, budget: int) -> str:
    """How many settings are tried; some models have nothing that is known to matter."""
    few = [name for name, each in contenders.items() if len(each.settings) < budget]
    alone = f", but of {', '.join(few)} only that given" if few else ""
    return f"{budget} settings tried of each model{alone}"


def _check_numbers(n_seeds, budget, level, n_jobs, random_state) -> None:
    for name, count, least in (("n_seeds", n_seeds, 1), ("budget", budget, 1), ("random_state", random_state, 0)):
        check_count(name, count, least)
    check_number("level", level, high=1.0)
    checked_n_jobs(n_jobs)


def _expenses(contenders, wholes, trials, X, y, random_state: int) -> dict[str, Expense]:
    """What each took; the size of a model is that on all rows, on which some are fitted already."""
    found = {}
    for name, contender in contenders.items():
        whole = wholes.get(name)
        if whole is None:
            fit_counting(whole := seeded(contender.estimator, random_state), X, y)
        found[name] = expense(contender, whole, [t for t in trials if t.contender == name], X, y)
    return found


def _tasks(contenders, X, y, folds, inner_cv, scoring, random_state: int) -> dict[tuple[str, int, int], tuple]:
    """Arguments of `run_trial` for each contender in each fold of each seed, by these three."""
    classify = is_classifier(contenders["model"].estimator)
    inner = [splitter(inner_cv, random_state + k, classify) for k in range(len(folds))]
    return {
        (name, k, f): (name, each, X, y, rows, (k, f), random_state + k, inner[k], scoring)
        for k, own in enumerate(folds)
        for f, rows in enumerate(own)
        for name, each in contenders.items()
    }


def _run(tasks, folder: Folder, n_jobs, verbose: int) -> list[Trial]:
    """All trials, those that the folder has and those that are run now."""
    kept = {key: trial for key in tasks if (trial := folder.find(*key)) is not None}
    waiting = [arguments for key, arguments in tasks.items() if key not in kept]
    for _, trial in run_tasks(run_trial, waiting, n_jobs):
        folder.keep(trial)
        kept[trial.contender, trial.seed, trial.fold] = trial
        if verbose and len(kept) % verbose == 0:
            sys.stdout.write(f"{len(kept)} of {len(tasks)}: {trial.name}, score {trial.score:.3f}\n")
    return [kept[key] for key in tasks]


def _plan(contenders, X, y, folds, inner_cv, scoring, random_state: int) -> dict[str, Any]:
    """All that trials depend on."""
    return {
        "models": {name: described(c.estimator, c.settings) for name, c in contenders.items()},
        "digests": {name: digest_of(c.estimator, c.settings, c.origin) for name, c in contenders.items()},
        "data": fingerprint(X, y),
        "folds": fingerprint(*(rows for each in folds for fold in each for rows in fold)),
        "random_state": random_state,
        "inner_cv": described(inner_cv),
        "scoring": getattr(scoring, "__name__", repr(scoring)),
    }
