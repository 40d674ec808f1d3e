"""Tables of text in Markdown and in HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


def as_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns stand below each other in plain text too, the first to the left, others to the right."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in (header, *rows)]
    widths = [max(3, *(len(row[k]) for row in cells)) for k in range(len(header))]
    rule = "|".join("-" * (w + 2) if k == 0 else "-" * (w + 1) + ":" for k, w in enumerate(widths))
    lines = [" | ".join(f"{row[k]:{'>' if k else '<'}{w}}" for k, w in enumerate(widths)) for row in cells]
    lines = [f"| {line} |" for line in lines]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def as_html(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as an HTML table."""
    head = "".join(f"<th>{escape(str(cell))}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def shown_number(value: float | int | None, digits: int = 3) -> str:
    """A number of so many digits, whole numbers whole; a dash where there is none."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,d}"
    return f"{value:.{digits}g}"


@dataclass(frozen=True)
class Table:
    """Rows of numbers and words under names.

    Attributes
    ----------
    rows : list of dict
    caption : str
    """

    rows: list[dict[str, Any]]
    caption: str

    def to_frame(self) -> Any:
        """The table as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        header = list(self.rows[0])
        return header, [[v if isinstance(v, str) else shown_number(v) for v in row.values()] for row in self.rows]

    def to_markdown(self) -> str:
        """The table as text in Markdown."""
        return f"{self.caption}\n\n{as_markdown(*self._cells())}\n"

    def to_html(self) -> str:
        """The table as a piece of HTML."""
        return f"<p>{escape(self.caption)}</p>{as_html(*self._cells())}"

    _repr_html_ = to_html

    def __str__(self) -> str:
        return self.to_markdown()
