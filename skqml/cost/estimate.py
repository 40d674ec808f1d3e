"""What fitting an estimator would cost in circuits, shots and minutes, before anything runs."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import get_tags

from .._checks import check_number, shown
from ..backends import Backend, Cost, Exact, Wrapper
from ..kernels import QuantumKernel
from ..models.base.inside import best_of_search, outer_backends
from .recorder import Log, Recorder


@dataclass(frozen=True, repr=False)
class EstimatorCost(Cost):
    """What an estimator costs.

    Attributes
    ----------
    n_qubits, depth, two_qubit_gates : int
        Of the largest circuit, in the gates that the backend runs (``u`` and ``cx`` for backends without gates of
        their own).
    circuits, shots : int
        Of one fit with ``max_iter`` iterations; a circuit is one row, or pair of rows, in one measurement basis. On a
        backend without shots a circuit is one simulated state.
    loss_evaluation_circuits : int
        Of one loss with its gradient; 0 for models that are not trained by gradients.
    predict_circuits, predict_shots : int
        Of one prediction of as many rows.
    bytes : int
        Of one simulated state (or density matrix, under a noise model) of the widest circuit, and the largest kernel
        matrix.
    jobs, predict_jobs : int
        That the primitives of a `Primitive` are sent; 0 on other backends.
    minutes, predict_minutes : float
        Shots divided by the shot rate, and the time that each job takes besides.
    """

    n_qubits: int = 0
    depth: int = 0
    two_qubit_gates: int = 0
    loss_evaluation_circuits: int = 0
    predict_circuits: int = 0
    predict_shots: int = 0
    predict_jobs: int = 0
    minutes: float = 0.0
    predict_minutes: float = 0.0

    @property
    def seconds(self) -> float:
        """Of one fit."""
        return 60 * self.minutes

    @property
    def predict_seconds(self) -> float:
        """Of one prediction."""
        return 60 * self.predict_minutes

    def __repr__(self) -> str:
        lines = {
            "circuit": f"{self.n_qubits} qubits, depth {self.depth}, {self.two_qubit_gates} two-qubit gates",
            "fit": _told(self.circuits, self.shots, self.jobs, self.minutes),
            "loss and gradient": f"{self.loss_evaluation_circuits:,} circuits",
            "predict": _told(self.predict_circuits, self.predict_shots, self.predict_jobs, self.predict_minutes),
            "memory": f"{self.bytes / 2**20:,.3f} MiB",
        }
        return "Cost\n" + "\n".join(f"  {name:18}{text}" for name, text in lines.items())


def _told(circuits: int, shots: int, jobs: int, minutes: float) -> str:
    in_jobs = f"{jobs:,} job{'s' * (jobs > 1)}, " if jobs else ""
    return f"{circuits:,} circuits, {shots:,} shots, {in_jobs}{minutes:,.1f} minutes"


def estimate_cost(estimator, X, y=None, *, shot_rate=1000.0, job_seconds=2.0) -> EstimatorCost:
    """Count what fitting and prediction would run on the estimator's backend.

    A copy of the estimator is fitted for one and for two iterations with made-up results in place of circuits, which
    takes about as long as a classical model of as many rows. Methods with line searches evaluate a loss as often as
    that loss asks for: their count is an estimate.

    Parameters
    ----------
    estimator : estimator or QuantumKernel
        Unfitted or fitted; it is not changed. A pipeline is counted as a whole; of a search, one fit of the estimator
        that it found best (before it is fitted, of the one that it was given).
    X : array-like (n_samples, n_features) or (n_sequences, n_steps, n_channels), or operators
        Whatever the estimator is fitted to.
    y : array-like (n_samples,) or (n_sequences, n_steps), default=None
        ``None`` stands for two classes, or for numbers.
    shot_rate : float, default=1000.0
        Shots a second of the device, with all that lies between them.
    job_seconds : float, default=2.0
        Seconds that the device is kept by each job besides its shots; the queue is not in it.

    Returns
    -------
    EstimatorCost

    Examples
    --------
    >>> import numpy as np
    >>> from skqml import AngleEncoding, FidelityKernel, QuantumKernelSVC, Shots
    >>> from skqml import estimate_cost
    >>> X = np.random.default_rng(0).normal(size=(20, 3))
    >>> model = QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=Shots(1000)))
    >>> estimate_cost(model, X)
    Cost
      circuit           3 qubits, depth 2, 0 two-qubit gates
      fit               210 circuits, 210,000 shots, 3.5 minutes
      loss and gradient 0 circuits
      predict           400 circuits, 400,000 shots, 6.7 minutes
      memory            0.003 MiB
    """
    check_number("shot_rate", shot_rate)
    check_number("job_seconds", job_seconds, closed="left")
    if isinstance(estimator, type) or not (hasattr(estimator, "fit") or isinstance(estimator, QuantumKernel)):
        raise TypeError(f"estimator must be an estimator or a quantum kernel, got {shown(estimator)}.")
    estimator = best_of_search(estimator)
    one, predicted = _dry_run(estimator, X, y)
    if not one.cost.circuits + predicted.cost.circuits:
        raise ValueError(
            f"Expected an estimator that runs circuits, but {type(estimator).__name__} is simulated in another way on "
            "this backend; give the backend that is to run it, such as Shots(1000)."
        )
    fit = _of_all_iterations(estimator, X, y, one)
    return EstimatorCost(
        **one.size.largest(predicted.size)._asdict(),
        circuits=fit.circuits,
        shots=fit.shots,
        loss_evaluation_circuits=one.loss_evaluation,
        predict_circuits=predicted.cost.circuits,
        predict_shots=predicted.cost.shots,
        jobs=fit.jobs,
        predict_jobs=predicted.cost.jobs,
        bytes=(fit + predicted.cost).bytes + max(one.matrix_bytes, predicted.matrix_bytes),
        minutes=(fit.shots / shot_rate + fit.jobs * job_seconds) / 60,
        predict_minutes=(predicted.cost.shots / shot_rate + predicted.cost.jobs * job_seconds) / 60,
    )


def _of_all_iterations(estimator, X, y, one: Log) -> Cost:
    """Cost of a fit, in which each iteration costs as much more as the second does."""
    fit = one.cost
    for name, n_iter in _settings(estimator, "max_iter").items():
        step = _dry_run(estimator, X, y, {name: 2})[0].cost - one.cost if n_iter > 1 else Cost()
        fit += Cost((n_iter - 1) * step.circuits, (n_iter - 1) * step.shots, jobs=(n_iter - 1) * step.jobs)
    return fit


def _settings(model, setting: str) -> dict:
    """A setting, by its full names and with its values, of the model and of all inside it that run circuits."""
    params = model.get_params(deep=True)
    backends = [name for name in params if name.rpartition("__")[2] == "backend"]
    owners = {name: name.removesuffix(setting) for name in params if name.rpartition("__")[2] == setting}
    return {name: params[name] for name, owner in owners.items() if any(b.startswith(owner) for b in backends)}


def _dry_run(estimator, X, y, iterations=()) -> tuple[Log, Log]:
    """Logs of a fit with 1 iteration, or as many as are given by ``max_iter``'s name, and of a prediction."""
    log = Log()
    model = _with_recorders(clone(estimator), log)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about results that are made up
        if isinstance(model, QuantumKernel):
            model(X)
            fit = log.take()
            model(X, X)
            return fit, log
        quick = dict.fromkeys(_settings(model, "max_iter"), 1) | dict.fromkeys(_settings(model, "verbose"), False)
        model.set_params(**quick | dict(iterations))
        model.fit(X, _targets(model, X) if y is None else y)
        fit = log.take()
        (model.predict if hasattr(model, "predict") else model.transform)(X)
    return fit, log


def _targets(model, X) -> np.ndarray | None:
    """Two classes of rows or sequences, or numbers for each row or step; None for models that need no targets."""
    steps = getattr(model, "named_steps", {"": model}).values()  # a pipeline does not say what its steps need
    if not any(get_tags(step).target_tags.required for step in steps if hasattr(step, "fit")):
        return None
    shape = np.shape(X)
    if not shape:
        raise ValueError(f"X must be rows, sequences or operators, got {shown(X)}.")
    if is_classifier(model):
        return np.arange(shape[0]) % 2
    shape = shape[: max(1, len(shape) - 1)]
    return np.linspace(-1.0, 1.0, np.prod(shape)).reshape(shape)


def _with_recorders(model, log: Log) -> Any:
    """The model with all its backends replaced by ones that only write down what they are asked."""
    changes = {name: _with_recorder(value, log) for name, value in outer_backends(model).items()}
    if not changes:
        raise ValueError(
            "Expected an estimator or quantum kernel with a backend, or a pipeline with one inside, got "
            f"{type(model).__name__}."
        )
    # Other processes would write into logs of their own, and a pipeline's memory keeps what is made up.
    alone = dict.fromkeys([*_settings(model, "n_jobs"), *(["memory"] if hasattr(model, "steps") else [])])
    return model.set_params(**changes | alone)


def _with_recorder(backend: Any, log: Log) -> Any:
    """The backend with a recorder around the one inside that draws shots, or that runs the circuits."""
    if backend is None:
        return Recorder(Exact(), log)
    if not isinstance(backend, Backend):
        return backend  # the estimator refuses it
    if not isinstance(backend, Wrapper) or "shots" in backend.get_params(deep=False):
        return Recorder(backend, log)
    return backend.replaced(backend=_with_recorder(backend.inner, log))
