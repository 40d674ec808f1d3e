"""Circuits on any Qiskit V2 primitive, hardware among them."""

import warnings
from numbers import Integral

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit.transpiler import Target, generate_preset_pass_manager
from sklearn.base import clone

from ..._checks import check_count, check_number
from ..backend import Backend
from ..native import STANDARD_GATES, refuse_small_device, write_in
from ..shots import as_generator, check_shots
from .program import PrimitiveProgram


class Primitive(Backend):
    """Any Qiskit V2 primitive: Qiskit's own, Aer's, IBM Runtime's, or an object that runs like them.

    A circuit becomes one PUB (one for each measurement basis with a sampler), which is broadcast over all rows.
    Observables of Pauli strings go to the estimator, projectors and fidelities to the sampler; where only one of them
    is given it takes all.

    Parameters
    ----------
    sampler, estimator : primitive, or callable (seed) -> primitive, default=None
        At least one. A callable makes a primitive anew for each job, from an integer; copies and worker processes then
        need not share one, and `random_state` repeats its results. A primitive itself is shared by all clones.
    shots : int, default=None
        Shots for each row and measurement basis; an estimator is asked for the precision ``1 / sqrt(shots)``.
        ``None`` leaves both to the primitive.
    device : BackendV2, Target or pass manager, default=None
        What circuits are transpiled for, once each: hardware needs its own gates. Qubits are chosen as at Qiskit's
        optimisation level 2, but no gates are cancelled, lest folds of `ZNE` be undone; give a pass manager for more
        (``generate_preset_pass_manager(3, backend)``). ``None`` passes circuits on in Qiskit's standard gates.
    max_rows : int, default=1000
        Rows of all PUBs of one job; jobs run one after another.
    retries, wait : int, float, default=3, 1.0
        How often a job that fails is repeated, and after how many seconds (doubled each time).
    folder : str or path, default=None
        Where results are kept as soon as a job gives them, named by circuit, angles, observables, shots and position
        of the job, so that the same run goes on where it broke off. One folder serves one primitive with one set of
        options; the same call gives the same kept numbers again, until the folder is deleted.
    random_state : int, RandomState, Generator or None, default=None
        Source of the seeds for callables where a call is given no ``rng``.

    Notes
    -----
    Seeded primitives of Qiskit and Aer repeat their noise: ``StatevectorSampler(seed=7)`` for every row, others for
    every job. Such seeds cause a warning; use a `numpy.random.Generator` as the seed, or a callable.

    Examples
    --------
    >>> import numpy as np
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import ParameterVector
    >>> from qiskit.primitives import StatevectorEstimator
    >>> from skqml import all_z
    >>> from skqml import Primitive
    >>> x = ParameterVector("x", 1)
    >>> qc = QuantumCircuit(1)
    >>> _ = qc.ry(x[0], 0)
    >>> Primitive(estimator=StatevectorEstimator()).compile(qc, all_z(1))(np.array([[0.0], [np.pi / 3]])).round(6)
    array([[1. ],
           [0.5]])
    """

    def __init__(self, sampler=None, estimator=None, *, shots=None, device=None, max_rows=1000, retries=3, wait=1.0,
                 folder=None, random_state=None):  # fmt: skip
        self.sampler = sampler
        self.estimator = estimator
        self.shots = shots
        self.device = device
        self.max_rows = max_rows
        self.retries = retries
        self.wait = wait
        self.folder = folder
        self.random_state = random_state

    def __sklearn_clone__(self):
        live = ("sampler", "estimator", "device")
        params = self.get_params(deep=False)
        return type(self)(**{k: v if k in live else clone(v, safe=False) for k, v in params.items()})

    def compile(self, circuit, observables):
        """Return a program that runs on the primitives; see `Backend.compile`."""
        self._check()
        return PrimitiveProgram(self, circuit, observables)

    def generator(self):
        """Source of seeds for one call."""
        return as_generator(self.random_state)

    def _check(self) -> None:
        for name in ("sampler", "estimator"):
            given = getattr(self, name)
            if given is not None and not hasattr(given, "run") and not callable(given):
                raise ValueError(
                    f"The {name!r} parameter of Primitive must be None, a V2 primitive or a callable that makes one "
                    f"from a seed, got {given!r}."
                )
            _warn_of_seed(given, name)
        if self.sampler is None and self.estimator is None:
            raise ValueError("Primitive needs a sampler or an estimator, got neither; see qiskit.primitives.")
        if self.shots is not None:
            check_shots(self.shots)
        check_count("max_rows", self.max_rows)
        check_count("retries", self.retries, 0)
        check_number("wait", self.wait, closed="left")
        self.generator()

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit in the gates and on the qubits of the device."""
        if self.device is None:
            return write_in(circuit, STANDARD_GATES)
        target = self.device if isinstance(self.device, Target) else getattr(self.device, "target", None)
        refuse_small_device(_name(self.device), None if target is None else target.num_qubits, circuit)
        try:
            native = _pass_manager(self.device).run(circuit)
        except QiskitError as error:
            raise ValueError(
                f"Expected a circuit that can be written for the device {_name(self.device)}, but transpiling it "
                f"failed: {error}."
            ) from error
        native.global_phase = 0  # it has no effect, and some primitives refuse one with parameters
        return native

    def takes_seeds(self, kind: str) -> bool:
        """Whether a sampler or estimator is made anew, from a seed, for each job."""
        return not _is_live(getattr(self, kind))

    def run(self, kind: str, pubs: list, seed: int | None):
        """Result of a job of PUBs on the sampler or the estimator."""
        given = getattr(self, kind)
        primitive = given(seed) if self.takes_seeds(kind) else given
        if self.shots is None:
            return primitive.run(pubs).result()
        if kind == "sampler":
            return primitive.run(pubs, shots=int(self.shots)).result()
        return primitive.run(pubs, precision=self.precision).result()

    @property
    def precision(self) -> float | None:
        """Standard error that an estimator is asked for."""
        return None if self.shots is None else float(1 / np.sqrt(self.shots))

    def content(self) -> tuple:
        """What results depend on besides circuits and angles."""
        names = [getattr(p, "__qualname__", type(p).__qualname__) for p in (self.sampler, self.estimator)]
        return names, self.shots, None if self.device is None else _name(self.device)


def _is_live(primitive) -> bool:
    return hasattr(primitive, "run") and not isinstance(primitive, type)


def _warn_of_seed(primitive, name: str) -> None:
    """Warn of a primitive that was given an integer for its seed."""
    if primitive is None or not _is_live(primitive):
        return
    options = getattr(primitive, "options", None)
    run_options = getattr(options, "run_options", None)
    found = [getattr(primitive, "seed", None), getattr(primitive, "_seed", None)]
    found.append(getattr(options, "seed_simulator", None))
    found.append(run_options.get("seed_simulator") if isinstance(run_options, dict) else None)
    if any(isinstance(seed, Integral) for seed in found):
        warnings.warn(
            f"The {name} of Primitive has a fixed seed: its noise repeats itself from job to job, and with Qiskit's "
            "reference primitives from row to row; give a callable (seed) -> primitive, or for these "
            "seed=numpy.random.default_rng(...).",
            UserWarning,
            stacklevel=4,
        )


def _pass_manager(device):
    if isinstance(device, (BackendV2, Target)):
        target = device if isinstance(device, Target) else device.target
        plain, good = (generate_preset_pass_manager(level, target=target, seed_transpiler=0) for level in (0, 2))
        # Qubits are chosen well, but no gate is cancelled: it may be there for its noise.
        good.init, good.optimization = plain.init, None
        return good
    if hasattr(device, "run"):
        return device
    raise ValueError(
        f"The 'device' parameter of Primitive must be None, a BackendV2, a Target or a pass manager, got {device!r}."
    )


def _name(device) -> str:
    return str(getattr(device, "name", None) or type(device).__name__)
