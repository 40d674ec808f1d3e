"""Circuits on any Qiskit V2 primitive, hardware among them."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.primitives import BaseEstimatorV2, BaseSamplerV2
from qiskit.providers import BackendV2
from qiskit.transpiler import Target, generate_preset_pass_manager
from sklearn.base import clone

from ..._checks import check_count, check_number
from ...engine.reading.transpile import STANDARD_GATES, refuse_small_device, write_in
from ..base import Backend
from ..program import Program
from .copies import finder_of, fixed_seed, is_live, reseeded, tagged
from .identity import identity
from .job_handles import service_of
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
    target : BackendV2, Target or pass manager, default=None
        What circuits are transpiled for, once each: hardware needs its own gates. Qubits are chosen as at Qiskit's
        optimisation level 2, but no gates are cancelled, lest folds of `ZNE` be undone; give a pass manager for more
        (``generate_preset_pass_manager(3, backend)``). ``None`` passes circuits on in Qiskit's standard gates.
    max_rows : int, default=1000
        Rows of all PUBs of one job.
    max_jobs : int, default=100
        Jobs of one call that are submitted before the first is waited for; fewer where the provider takes no more at
        once. Jobs that are threads of this process run one after another.
    retries, wait : int, float, default=3, 1.0
        How often a job that fails is repeated, and after how many seconds (doubled each time). One that only did not
        answer is asked for its result again. A submission whose answer is lost is repeated too, and both may run where
        jobs carry no tags, as those of IBM do.
    timeout : float, default=None
        Seconds to the result of a job from its submission, or from the result of the job before it where that came
        later, queue included; one that takes longer is cancelled and counts as failed. ``None`` waits for any time.
    folder : str or path, default=None
        Where results are kept as soon as a job gives them, named by circuit, angles, observables, shots, position
        of the job, kind and options of the primitive and its device or noise model, so that the same run goes on where
        it broke off: the same call gives the same kept numbers again, until the folder is deleted. Where `random_state`
        is given, the seed is part of the name. Until then the id of a job is there, by which it is taken up again.
    job : callable (id) -> job, default=None
        Finds a job that was submitted before, such as ``service.job``; raises LookupError, or an error with
        ``NotFound`` in its name, for one that does not exist. ``None`` asks the service of the primitive, if it has
        one (``primitive.backend().service.job``, as those of IBM).
    session : callable () -> context manager, default=None
        Opens what the jobs of a call run in, such as ``partial(Batch, device)`` of IBM, and another one after a
        failure, as a closed one takes no more jobs. Primitives are then made inside it, by a callable.
    random_state : int, RandomState, Generator or None, default=None
        Source of the seeds for callables where a call is given no ``rng``.

    Notes
    -----
    Seeded primitives of Qiskit and Aer repeat their noise: ``StatevectorSampler(seed=7)`` for every row, others for
    every job. Here each job runs on a copy with a seed of its own, drawn from `random_state`, or, where that is
    ``None``, from the primitive's seed; rows are independent.

    An answer is refused if it has fewer shots than were asked for, negative errors, or a value beyond twice the largest
    one possible and ten of its standard errors (mitigated values may pass the largest one by some).

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

    random = True  # jobs have seeds

    def __init__(
        self,
        sampler=None,
        estimator=None,
        *,
        shots=None,
        target=None,
        max_rows=1000,
        max_jobs=100,
        retries=3,
        wait=1.0,
        timeout=None,
        folder=None,
        job=None,
        session=None,
        random_state=None,
    ):
        self.sampler = sampler
        self.estimator = estimator
        self.shots = shots
        self.target = target
        self.max_rows = max_rows
        self.max_jobs = max_jobs
        self.retries = retries
        self.wait = wait
        self.timeout = timeout
        self.folder = folder
        self.job = job
        self.session = session
        self.random_state = random_state

    def __sklearn_clone__(self) -> Self:
        live = ("sampler", "estimator", "target", "job", "session")
        params = self.get_params(deep=False)
        return type(self)(**{k: v if k in live else clone(v, safe=False) for k, v in params.items()})

    def compile(self, circuit, observables) -> Program:
        """Return a program that runs on the primitives; see `Backend.compile`."""
        self._check()
        return PrimitiveProgram(self, circuit, observables)

    @property
    def seed(self) -> Any:
        """The seed that was given, here or to a primitive; None where jobs follow from none."""
        found = (fixed_seed(p) for p in (self.sampler, self.estimator) if p is not None and is_live(p))
        return next((seed for seed in (self.random_state, *found) if seed is not None), None)

    def _check(self) -> None:
        for name, other in (("sampler", BaseEstimatorV2), ("estimator", BaseSamplerV2)):
            given = getattr(self, name)
            if isinstance(given, (BackendV2, Target, other)):
                raise TypeError(
                    f"The {name!r} parameter of Primitive must be a V2 {name}, got {_name(given)}; a device takes jobs "
                    f"by way of a primitive, such as Backend{name.capitalize()}V2(backend=device), and goes to target=."
                )
            if given is not None and not hasattr(given, "run") and not callable(given):
                raise ValueError(
                    f"The {name!r} parameter of Primitive must be None, a V2 primitive or a callable that makes one "
                    f"from a seed, got {given!r}."
                )
        if self.sampler is None and self.estimator is None:
            raise ValueError("Primitive needs a sampler or an estimator, got neither; see qiskit.primitives.")
        if self.shots is not None:
            check_count("shots", self.shots)
        check_count("max_rows", self.max_rows)
        check_count("max_jobs", self.max_jobs)
        check_count("retries", self.retries, 0)
        check_number("wait", self.wait, high=1e8, closed="left")
        if self.timeout is not None:
            check_number("timeout", self.timeout, high=1e8)
        self._check_callables()
        self.generator()

    def _check_callables(self) -> None:
        for name, way in (("job", "service.job"), ("session", "partial(Batch, device)")):
            given = getattr(self, name)
            if given is not None and not callable(given):
                raise TypeError(
                    f"The {name!r} parameter of Primitive must be None or a callable such as {way}, got {given!r}."
                )
        for given in (self.sampler, self.estimator):
            if self.session is not None and given is not None and is_live(given):
                raise ValueError(
                    "The 'session' parameter of Primitive needs primitives that are made inside the session, by a "
                    f"callable such as lambda seed: Sampler(device), got a {_name(given)} that is made already."
                )

    def prepare(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit in the gates and on the qubits of the device."""
        if self.target is None:
            return write_in(circuit, STANDARD_GATES)
        known = self.target if isinstance(self.target, Target) else getattr(self.target, "target", None)
        refuse_small_device(_name(self.target), None if known is None else known.num_qubits, circuit)
        try:
            native = _pass_manager(self.target).run(circuit)
        except QiskitError as error:
            raise ValueError(
                f"Expected a circuit that can be written for the device {_name(self.target)}, but transpiling it "
                f"failed: {error}."
            ) from error
        native.global_phase = 0  # it has no effect, and some primitives refuse one with parameters
        return native

    def takes_seeds(self, kind: str) -> bool:
        """Whether a sampler or estimator is made or copied, with a seed, for each job."""
        given = getattr(self, kind)
        return not is_live(given) or fixed_seed(given) is not None

    def submission(self, kind: str, pubs: list, seed: int | None, tag: str | None) -> Callable[[], Any]:
        """A call that submits PUBs to the sampler or the estimator, and returns the job."""
        primitive = self._primitive(kind, seed)
        if tag is not None:
            primitive = tagged(primitive, tag)
        options: dict = {}
        if self.shots is not None:
            options = {"shots": int(self.shots)} if kind == "sampler" else {"precision": self.standard_error}
        return lambda: primitive.run(pubs, **options)

    def lookups(self, kind: str) -> tuple[Callable | None, Callable | None]:
        """How jobs of the sampler or the estimator are found, by ids and by tags; None where they cannot be."""
        made = _made(getattr(self, kind))
        return self.job or getattr(service_of(made), "job", None), finder_of(made)

    def _primitive(self, kind: str, seed: int | None) -> Any:
        given = getattr(self, kind)
        if seed is None:
            return given
        return reseeded(given if is_live(given) else given(seed), seed)

    @property
    def standard_error(self) -> float | None:
        """Standard error that an estimator is asked for."""
        return None if self.shots is None else float(1 / np.sqrt(self.shots))

    def cache_key(self) -> tuple:
        """What results depend on besides circuits and angles."""
        made = [identity(_made(p)) for p in (self.sampler, self.estimator)]
        return made, self.shots, None if self.target is None else _name(self.target)


def _made(given) -> Any:
    """A primitive to look at."""
    return given if given is None or is_live(given) else given(0)


def _pass_manager(target) -> Any:
    if isinstance(target, (BackendV2, Target)):
        known = target if isinstance(target, Target) else target.target
        plain, good = (generate_preset_pass_manager(level, target=known, seed_transpiler=0) for level in (0, 2))
        # Qubits are chosen well, but no gate is cancelled: it may be there for its noise.
        good.init, good.optimization = plain.init, None
        return good
    if hasattr(target, "run"):
        return target
    raise ValueError(
        f"The 'target' parameter of Primitive must be None, a BackendV2, a Target or a pass manager, got {target!r}."
    )


def _name(thing) -> str:
    return str(getattr(thing, "name", None) or type(thing).__name__)
