"""Peak memory of a Gram matrix, as the operating system counts it, against the size of the result."""

from collections.abc import Iterator

from benchmarks.frame.child import run_child
from benchmarks.frame.contest import Contender, Group

# ru_maxrss counts kibibytes on Linux and bytes on macOS.
PEAK = """
import resource, sys
import numpy as np
import psutil
from skqml import ZZEncoding
from skqml.kernels import FidelityKernel
kernel = FidelityKernel(encoding=ZZEncoding(reps=2))
X = np.random.default_rng(0).uniform(0, 2 * np.pi, ({n_samples}, {n_qubits}))
kernel(X[:10])
before = psutil.Process().memory_info().rss
K = kernel(X)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(({figure}) / 2**20)
"""


def cases(quick: bool) -> Iterator[Group]:
    """Yield 20,000 rows at 8 qubits, or 4,000."""
    n_samples, n_qubits = (4_000 if quick else 20_000), 8
    result = n_samples**2 * 8 / 2**20

    def measured(label: str, figure: str) -> Contender:
        code = PEAK.format(n_samples=n_samples, n_qubits=n_qubits, figure=figure)
        return Contender(label, lambda: run_child(code))

    yield Group(
        f"memory of a Gram matrix, {n_qubits} qubits, {n_samples} rows",
        [
            Contender("the result itself", lambda: result, note="8 bytes an entry"),
            measured("peak of the process", "peak"),
            measured("peak less what the process held before", "peak - before"),
        ],
        reference="the result itself",
        unit="MiB",
        reports=True,
        rounds=1 if quick else 3,
    )
