"""Memory that square matrices of rows take, asked for before they are made."""

from pathlib import Path

_UNASKED = 2**28  # bytes that any machine has


def refuse_large_matrix(n_rows: int, n_matrices: float) -> None:
    """Raise ValueError if so many matrices (n_rows, n_rows) of doubles do not fit in the memory that is free."""
    needed = n_matrices * 8 * n_rows**2
    free = free_bytes() if needed > _UNASKED else None
    if free is not None and needed > free:
        raise ValueError(
            f"Expected rows whose kernel matrix fits in the {free / 1e9:.1f} GB of memory that are free, but with what "
            f"the solver adds that of {n_rows:,} rows takes {needed / 1e9:.1f} GB; use fewer rows, or QuantumNystroem "
            "before a linear model, which needs no such matrix."
        )


def free_bytes() -> int | None:
    """Bytes that this process may still take, by its control group and its machine; None where neither tells."""
    most, taken = _number("/sys/fs/cgroup/memory.max"), _number("/sys/fs/cgroup/memory.current")
    kilobytes = _number("/proc/meminfo", "MemAvailable:")
    free = [] if most is None or taken is None else [most - taken]
    return min(free if kilobytes is None else [*free, 1024 * kilobytes], default=None)


def _number(path: str, before: str = "") -> int | None:
    """The number behind a word in a file of the system, None if there is no such file or number."""
    try:
        text = Path(path).read_text()
        return int((text.partition(before)[2] if before else text).split()[0])
    except (OSError, ValueError, IndexError):
        return None
