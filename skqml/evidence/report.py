"""What a comparison found, as tables."""

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from .comparison import Comparison, score_table
from .costs import Expense
from .table import as_html, as_markdown, shown_number
from .trials import Trial

_SCORES = ("contender", "score", "model is ahead by", "interval", "p (Holm)", "verdict", "agreement")
_COSTS = ("contender", "parameters", "settings", "fits", "unfinished", "seconds", "circuits", "shots")


@dataclass(frozen=True)
class EvidenceReport:
    """What `evidence_report` found.

    Attributes
    ----------
    name : str
        Of the model.
    comparisons : dict of str to Comparison
        By what the model was compared with.
    expenses : dict of str to Expense
        Costs of the model and of all others.
    diagnostics : dict of str to float
        Of the model, fitted on all rows.
    left_out : dict of str to str
        What could not be compared, and why.
    trials : list of Trial
        Each model in each fold of each seed.
    level : float
        Probability that any verdict but "no difference" comes where there is none.
    description : str
        Rows, folds, seeds and settings in a sentence.
    """

    name: str
    comparisons: dict[str, Comparison]
    expenses: dict[str, Expense]
    diagnostics: dict[str, float]
    left_out: dict[str, str]
    trials: list[Trial]
    level: float
    description: str

    @property
    def verdicts(self) -> dict[str, str]:
        """One word for each that the model was compared with."""
        return {name: comparison.verdict for name, comparison in self.comparisons.items()}

    def scores(self, contender) -> np.ndarray:
        """Scores (n_seeds, n_folds) of a contender, "model" being the model.

        Parameters
        ----------
        contender : str
        """
        names = ["model", *self.comparisons]
        if contender not in names:
            raise ValueError(f"contender must be one of {names}, got {contender!r}.")
        return score_table(self.trials, contender)

    def to_frame(self) -> Any:
        """All numbers of the comparisons as a pandas DataFrame, a row for each that the model was compared with."""
        import pandas as pd

        rows = {
            name: {
                "score": c.score,
                "model_score": c.model_score,
                "difference": c.test.mean,
                "low": c.test.low,
                "high": c.test.high,
                "p_value": c.test.p_value,
                "p_adjusted": c.p_adjusted,
                "verdict": c.verdict,
                "agreement": c.agreement,
            }
            for name, c in self.comparisons.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")

    def to_markdown(self) -> str:
        """The report as text in Markdown."""
        parts = [f"## {self.name}", self.description, self._summary()]
        parts += [as_markdown(*table) for table in self._tables()]
        return "\n\n".join([*parts, *self._notes()]) + "\n"

    def to_html(self) -> str:
        """The report as a piece of HTML."""
        texts = [self.description, self._summary()]
        body = "".join(f"<p>{escape(text)}</p>" for text in texts) + "".join(
            as_html(*table) for table in self._tables()
        )
        return f"<h2>{escape(self.name)}</h2>{body}" + "".join(f"<p>{escape(note)}</p>" for note in self._notes())

    _repr_html_ = to_html

    def __str__(self) -> str:
        return self.to_markdown()

    def _summary(self) -> str:
        words = {
            word: [n for n, v in self.verdicts.items() if v == word] for word in ("ahead", "no difference", "behind")
        }
        told = {"ahead": "ahead of", "no difference": "no different from", "behind": "behind"}
        found = [f"{told[word]} {', '.join(names)}" for word, names in words.items() if names]
        return f"The model is {'; '.join(found)}." if found else "The model was compared with nothing."

    def _tables(self) -> list[tuple]:
        """Those that have rows."""
        return [t for t in (self._score_table(), self._cost_table(), self._diagnostic_table()) if t[1]]

    def _score_table(self) -> tuple:
        rows = [("model", f"{np.mean(self.scores('model')):.3f}", *[""] * 5)]
        for name, c in self.comparisons.items():
            interval = f"{c.test.low:+.3f} to {c.test.high:+.3f}"
            numbers = f"{c.score:.3f}", f"{c.test.mean:+.3f}", interval, f"{c.p_adjusted:.3f}"
            rows.append((name, *numbers, c.verdict, f"{c.agreement:.3f}"))
        return _SCORES, rows

    def _cost_table(self) -> tuple:
        rows = []
        for name, e in self.expenses.items():
            counts = e.n_parameters, e.n_settings, e.n_fits, e.n_unfinished
            rows.append(
                (name, *map(shown_number, counts), f"{e.seconds:.1f}", shown_number(e.circuits), shown_number(e.shots))
            )
        return _COSTS, rows

    def _diagnostic_table(self) -> tuple:
        return ("what its kernel or circuit says", "value"), [(k, shown_number(v)) for k, v in self.diagnostics.items()]

    def _notes(self) -> list[str]:
        return [f"Left out: {name}. {reason}" for name, reason in self.left_out.items()]
