"""An Aer simulator with the options that go before its own: which they are, and which go together."""

import os
from functools import cached_property
from typing import Any

import numpy as np
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from ..._checks import check_count, check_kind, check_option
from ...engine.checks import check_memory
from ...states.shared import Shared

_NO_VALUES = {"extended_stabilizer", "unitary", "superop"}  # methods that save no expectation values


class SimulatorSettings(Shared):
    """A simulator, the options that go before its own, and the shots of a run.

    Parameters
    ----------
    simulator : AerSimulator, BackendV2 or None
    options : dict
        Among ``method``, ``noise_model``, ``device`` and ``precision``.
    shots : int or None
    """

    _found_again = frozenset({"_kept"})

    def __init__(self, simulator, options: dict, shots: int | None):
        what = "None, an AerSimulator or a BackendV2 whose noise is to be simulated"
        check_kind("simulator", simulator, BackendV2 | None, what)
        self.simulator, self.options, self.shots = simulator, options, shots

    @property
    def live(self) -> AerSimulator:
        """The simulator, made in this process unless it was given."""
        if isinstance(self.simulator, AerSimulator):
            return self.simulator
        kept = vars(self).get("_kept")
        if kept is None or kept[0] != os.getpid():  # a simulator does not go through a fork
            made = AerSimulator() if self.simulator is None else AerSimulator.from_backend(self.simulator)
            kept = self._kept = os.getpid(), made
        return kept[1]

    def values(self) -> list:
        """What results depend on, as it is now."""
        return [self._option(name) for name in ("noise_model", "method", "device", "precision")]

    def _option(self, name: str) -> Any:
        return self.options.get(name, None if self.simulator is None else self.live.options.get(name))

    @cached_property
    def noise(self) -> NoiseModel | None:
        """Noise model, None if it does nothing."""
        noise = check_kind("noise_model", self._option("noise_model"), NoiseModel | None, "None or a NoiseModel of Aer")
        return None if noise is None or noise.is_ideal() else noise

    @cached_property
    def method(self) -> str:
        """Method to run with: one that is exact if there are no shots."""
        method = "automatic" if self._option("method") is None else self._option("method")
        if self.shots is not None:
            return method
        if self.noise is None:
            return "statevector" if method == "automatic" else method
        return "density_matrix" if method in ("automatic", "statevector") else method

    def check_memory(self, n_qubits: int, max_memory: int) -> None:
        """Refuse options that cannot be run, and circuits of which one state does not fit."""
        self._check_options()
        check_count("max_memory", max_memory, most=np.inf)
        size = 8 if self._option("precision") == "single" else 16
        needed = size * {"statevector": 2, "density_matrix": 4}.get(self.method, 0) ** n_qubits
        remedy = f"use fewer qubits, a larger max_memory, or a method other than '{self.method}'."
        check_memory(n_qubits, needed, max_memory, "state fits", remedy)

    @property
    def models_device(self) -> bool:
        """Whether a device is modelled, with neighbours and a size."""
        return self.live.coupling_map is not None or not isinstance(self.simulator, AerSimulator)

    def _check_options(self) -> None:
        device = "CPU" if self._option("device") is None else self._option("device")
        fresh = AerSimulator()  # one out of a pickle may not know what is available
        check_option("precision", self._option("precision"), (None, "double", "single"))
        if device not in fresh.available_devices():
            raise ValueError(
                f'device="cuda" needs a GPU that Aer can use, and it finds only {list(fresh.available_devices())}; on '
                "a machine with an NVIDIA GPU install qiskit-aer-gpu instead of qiskit-aer (not both), or set "
                'device="cpu".'
            )
        check_option("method", self._option("method"), (None, *fresh.available_methods()))
        noisy = self.noise is not None and self.method != "density_matrix"
        if self.shots is None and (noisy or self.method in _NO_VALUES):
            raise ValueError(
                f"Expected a simulator whose method gives exact values{' with noise' * noisy}, got '{self.method}'; "
                "set shots, or the method 'density_matrix'."
            )
