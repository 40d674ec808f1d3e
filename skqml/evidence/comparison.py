"""A model beside each of the others, from their scores in the same folds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.metrics import r2_score

from .folds import Rows, fold_means, share_tested
from .statistics import PairedTest, corrected_t_test, holm, verdict
from .trials import Trial


class Judgement(NamedTuple):
    """What the scores of two models in the same folds tell of them, one of several comparisons."""

    test: PairedTest
    p_adjusted: float
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """A model beside one that it has to beat.

    Attributes
    ----------
    score, model_score : float
        Means over all folds and seeds, of the other and of the model.
    test : PairedTest
        Of the scores of the model minus those of the other.
    p_adjusted : float
        By Holm's steps over all that the model is compared with.
    verdict : {"ahead", "no difference", "behind"}
        Of the model.
    agreement : float
        Share of equal predictions on rows left out; of regressors R^2 of the other's for the model's.
    """

    score: float
    model_score: float
    test: PairedTest
    p_adjusted: float
    verdict: str
    agreement: float


def compare(trials: list[Trial], folds: list[list[Rows]], level: float, classify: bool) -> dict[str, Comparison]:
    """The model beside each of the others.

    Parameters
    ----------
    trials : list of Trial
    folds : list of list of rows
        One list a seed.
    level : float
    classify : bool
    """
    own = score_table(trials, "model")
    others = {t.contender: score_table(trials, t.contender) for t in trials if t.contender != "model"}
    return {
        name: Comparison(
            float(others[name].mean()), float(own.mean()), *judgement, agreement=_agreement(trials, name, classify)
        )
        for name, judgement in judge(own, others, folds, level).items()
    }


def judge(own, others: Mapping, folds: list[list[Rows]], level: float) -> dict[str, Judgement]:
    """A model's scores of all folds and seeds, beside those of each of the others, p values by Holm's steps."""
    share = share_tested(folds)
    tests = {
        name: corrected_t_test(fold_means(np.ravel(own - S), folds), share, level=level) for name, S in others.items()
    }
    adjusted = holm([test.p_value for test in tests.values()]) if tests else ()
    return {
        name: Judgement(test, float(p), verdict(test, p, level))
        for (name, test), p in zip(tests.items(), adjusted, strict=True)
    }


def _agreement(trials: list[Trial], name: str, classify: bool) -> float:
    first, second = (np.concatenate([np.asarray(t.predictions) for t in _in_order(trials, n)]) for n in ("model", name))
    return float(np.mean(first == second)) if classify else float(r2_score(first, second))


def _in_order(trials: list[Trial], name: str) -> list[Trial]:
    return sorted((t for t in trials if t.contender == name), key=lambda t: (t.seed, t.fold))


def score_table(trials: list[Trial], contender: str) -> np.ndarray:
    """Scores (n_seeds, n_folds) of a contender."""
    own = _in_order(trials, contender)
    return np.array([t.score for t in own]).reshape(len({t.seed for t in own}), -1)
