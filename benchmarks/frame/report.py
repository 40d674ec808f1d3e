"""The table of a group, and the same figures for JSON."""

import numpy as np

from benchmarks.frame.contest import Group
from benchmarks.frame.runner import Row


def summarise(group: Group, rows: list[Row], reference: Row) -> dict:
    """Return the figures of a group as plain numbers, ready for JSON."""
    return {
        "group": group.name,
        "unit": group.unit,
        "reference": reference.contender.label,
        "rows": [_summarise_row(row, reference) for row in rows],
    }


def _summarise_row(row: Row, reference: Row) -> dict:
    summary = {"label": row.contender.label, "note": row.contender.note, "rounds": len(row.figures)}
    if not row.figures:
        return summary | {"installed": False}
    # Round by round, so that a machine that slows down for a while slows both sides of a ratio.
    ratios = [own / other for own, other in zip(row.figures, reference.figures, strict=False)]
    return summary | {
        "installed": True,
        "ratio": _median_and_quartiles(ratios),
        "figure": _median_and_quartiles(row.figures),
        "difference": row.difference,
        "share": row.contender.share,
    }


def _median_and_quartiles(values: list[float]) -> dict:
    low, median, high = np.percentile(values, [25, 50, 75])
    return {"median": float(median), "low": float(low), "high": float(high)}


def table(summary: dict) -> str:
    """Return the text of a group: ratios first, then the figures and what they rest on."""
    unit = summary["unit"]
    head = ("", f"x {summary['reference']}", "[quartiles]", unit, "[quartiles]", "max difference", "rounds", "")
    lines = [head] + [_cells(row) for row in summary["rows"]]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([summary["group"], "-" * len(summary["group"]), *text, ""])


def _cells(row: dict) -> tuple[str, ...]:
    if not row["installed"]:
        return (row["label"], "not installed", "", "", "", "", "", row["note"])
    difference = "" if row["difference"] is None else f"{row['difference']:.0e}"
    return (row["label"], *_spread(row["ratio"]), *_spread(row["figure"]), difference, str(row["rounds"]), row["note"])


def _spread(figure: dict) -> tuple[str, str]:
    return f"{figure['median']:.4g}", f"[{figure['low']:.3g}, {figure['high']:.3g}]"
