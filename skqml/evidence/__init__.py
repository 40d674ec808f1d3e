"""Evidence: quantum models beside all that they have to beat."""

from .comparison import Comparison
from .costs import Expense
from .evidence import evidence_report
from .report import EvidenceReport
from .statistics import PairedTest, corrected_t_test, holm

__all__ = ["Comparison", "EvidenceReport", "Expense", "PairedTest", "corrected_t_test", "evidence_report", "holm"]
