"""Every backend of the package, found by itself, with a line that says how to build it for the contract tests."""

from qiskit.primitives import StatevectorEstimator
from qiskit_aer.noise import NoiseModel
from qiskit_aer.primitives import SamplerV2

import skqml
from skqml import MPS, Noisy, PauliPropagation, Primitive
from skqml.backends.aer import Aer
from skqml.backends.base import Backend
from skqml.backends.exact.backend import Exact
from skqml.backends.shots import Shots
from skqml.cost.recorder import Recorder
from skqml.cutting import Cut
from skqml.cutting.wires import gates_of
from skqml.mitigation import ZNE, DynamicalDecoupling, PauliTwirling, ReadoutMitigation, WeightedShots
from tests.rooms import HAS_TORCH, defined

SHOTS = 1000


def sampler(seed):
    """A sampler for one job, as `Primitive` asks for it."""
    return SamplerV2(seed=seed, options={"run_options": {"runtime_parameter_bind_enable": True}})


def behind_the_first(circuit):
    """Cuts behind the first gate on two qubits, of all its wires that go on: each gate behind is in another part."""
    seen = [0] * circuit.num_qubits
    gates = gates_of(circuit)
    for _, qubits in gates:
        for q in qubits:
            seen[q] += 1
        if len(qubits) > 1:
            return [(q, seen[q]) for q in qubits if sum(q in others for _, others in gates) > seen[q]]
    return []


# Settings of each class under which it should agree with exact simulation, up to shots. A new
# backend needs a line here.
BUILDS = {
    "Exact": [lambda: Exact()],
    "Shots": [lambda: Shots(SHOTS, random_state=0)],
    "Aer": [
        lambda: Aer(),
        lambda: Aer(noise_model=NoiseModel(), method="density_matrix"),
        lambda: Aer(shots=SHOTS, random_state=0),
    ],
    "Noisy": [
        lambda: Noisy(NoiseModel()),
        lambda: Noisy(shots=SHOTS, random_state=0),
    ],
    "ZNE": [
        lambda: ZNE(Noisy(), scales=(1, 3, 5)),
        lambda: ZNE(Shots(SHOTS, random_state=0), scales=(1, 3, 5)),
    ],
    "ReadoutMitigation": [
        lambda: ReadoutMitigation(Noisy(), method="least_squares"),
        lambda: ReadoutMitigation(Shots(SHOTS, random_state=0)),
    ],
    "PauliTwirling": [
        lambda: PauliTwirling(Noisy(), n_twirls=2, random_state=0),
        lambda: PauliTwirling(Shots(SHOTS // 8, random_state=0), n_twirls=8, random_state=0),
    ],
    "DynamicalDecoupling": [
        lambda: DynamicalDecoupling(Noisy()),
        lambda: DynamicalDecoupling(Shots(SHOTS, random_state=0)),
    ],
    "WeightedShots": [
        lambda: WeightedShots(Noisy()),
        lambda: WeightedShots(Shots(SHOTS, random_state=0)),
    ],
    "Cut": [
        lambda: Cut(Noisy(), cuts=behind_the_first),
        lambda: Cut(Shots(SHOTS, random_state=0), cuts=behind_the_first),
    ],
    "MPS": [lambda: MPS(), lambda: MPS(None)],
    "PauliPropagation": [lambda: PauliPropagation(), lambda: PauliPropagation(max_weight=2, min_coefficient=1e-12)],
    "Primitive": [
        lambda: Primitive(estimator=StatevectorEstimator()),
        lambda: Primitive(sampler, shots=SHOTS, random_state=0),
    ],
}
if HAS_TORCH:
    BUILDS["Torch"] = [lambda: skqml.Torch(device="cpu")]

# How many times larger than that of its shots the error of a class may be. Richardson's weights for
# scales 1, 3 and 5 are 1.875, -1.25 and 0.375: their root sum of squares is 2.3, their sum 3.5.
NOISE_GAIN = {"ZNE": 3.5}

# Error of fidelities beside that. Shots of parts add up to what has noise even where a fidelity is 0 or 1: each of two
# cuts has 16 terms over two, each of which is at most 1.
NOISE_OF_PARTS = {"Cut": 6 * 4 / SHOTS**0.5}


def floor(backend: Backend) -> float:
    """Error of shots that fidelities have in any case."""
    return NOISE_OF_PARTS.get(type(backend).__name__, 1e-9)


def gain(backend: Backend) -> float:
    """Factor of the error of shots."""
    return NOISE_GAIN.get(type(backend).__name__, 1.0)


def backend_classes() -> list[type[Backend]]:
    """All concrete subclasses of `Backend` that the package defines, but for the one that runs nothing."""
    return [cls for cls in defined(Backend) if cls is not Recorder]


def backends() -> list[Backend]:
    """One backend for each setting of each class."""
    return [build() for cls in backend_classes() for build in BUILDS.get(cls.__name__, [])]


def name(backend: Backend) -> str:
    """Short name for a test."""
    inner = getattr(backend, "backend", None)
    if isinstance(inner, Backend):
        return f"{type(backend).__name__}({name(inner)})"
    return type(backend).__name__ + ("" if backend.generator() is None else " with shots")
