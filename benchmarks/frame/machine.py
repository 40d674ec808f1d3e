"""What the figures were taken on: versions and thread counts."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import joblib
from threadpoolctl import threadpool_info

PACKAGES = (
    "skqml",
    "numpy",
    "torch",
    "scipy",
    "scikit-learn",
    "numba",
    "qiskit",
    "qiskit-aer",
    "jax",
    "pennylane",
    "pennylane-lightning",
    "pennylane-lightning-gpu",
    "squlearn",
    "qulacs",
    "qiskit-machine-learning",
)
SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "XLA_FLAGS")


def describe() -> dict:
    """Return processors, thread pools loaded so far, thread settings and versions.

    JAX keeps a pool of its own that no tool can ask: a thread for each processor, unless ``XLA_FLAGS`` limits it.
    """
    return {
        "machine": platform.processor() or platform.machine(),
        "gpu": _gpu(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "usable processors": joblib.cpu_count(),
        "thread pools": {
            f"{pool['internal_api']} {os.path.basename(pool['filepath'])}": pool["num_threads"]
            for pool in threadpool_info()
        },
        "settings": {name: os.environ[name] for name in SETTINGS if name in os.environ},
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _gpu() -> str:
    """The one that PyTorch uses, where it was loaded."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return cuda.get_device_name() if cuda is not None and cuda.is_available() else "none in use"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def text(machine: dict) -> str:
    """Return the description as lines."""
    return "\n".join(f"{key}: {_flat(value)}" for key, value in machine.items())


def _flat(value: object) -> str:
    return ", ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, dict) else str(value)
