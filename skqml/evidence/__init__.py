"""Evidence: quantum models beside all that they have to beat."""

from .ablation import ablation
from .comparison import Comparison
from .costs import Expense
from .encodings import compare_encodings
from .evidence import evidence_report
from .report import EvidenceReport
from .statistics import PairedTest, corrected_t_test, holm
from .table import Table

__all__ = [
    "Comparison",
    "EvidenceReport",
    "Expense",
    "PairedTest",
    "Table",
    "ablation",
    "compare_encodings",
    "corrected_t_test",
    "evidence_report",
    "holm",
]
