"""Every public callable of the package, with valid arguments: what `test_odd_values` spoils one by one."""

import inspect
import warnings
from collections.abc import Callable, Iterator
from copy import copy
from functools import cache
from typing import NamedTuple

import numpy as np
from qiskit import QuantumCircuit
from sklearn.base import is_classifier

from skqml import QRNNFeatures, all_z, training
from skqml.backends.base import Backend
from skqml.circuits import ansatze
from skqml.circuits.encoding import Encoding
from skqml.kernels.base import QuantumKernel
from skqml.models.recurrent.cells.base import Cell
from tests.contracts import evidence_examples, examples
from tests.contracts.examples import SETTINGS, VALID, axes, bowl, circuit, fresh_weights
from tests.rooms import shown

TABLES = examples.TABLES | evidence_examples.TABLES
OUTSIDE = {"get_params", "set_params"}  # scikit-learn's
PARTS = (Encoding, Backend, QuantumKernel, Cell)
OF_PARTS = {"build", "compile", "compile_overlaps", "compile_probabilities", "diag", "__call__"}  # others: the package
FETCHERS = {"fetch_fashion_mnist", "fetch_medmnist", "fetch_mnist"}  # whose valid use needs a network
# What others hand out, or derive from.
INTERNAL = {
    *FETCHERS,
    "Comparison",
    "Concentration",
    "Cost",
    "CutCost",
    "EntanglingCapability",
    "EstimatorCost",
    "EvidenceReport",
    "Expense",
    "Expressibility",
    "FourierSpectrum",
    "GeometricDifference",
    "GradientVariance",
    "Interrupted",
    "KernelSpectrum",
    "NearestKernel",
    "Objective",
    "OptionalParts",
    "PairedTest",
    "PauliWeightNeeded",
    "Program",
    "ShotsNeeded",
    "Step",
    "Table",
    "Stop",
    "Training",
    "TrainingError",
}


class Probe(NamedTuple):
    """A callable, and the examples of its arguments that are valid."""

    name: str
    call: Callable
    valid: dict[str, Callable]
    parameters: list[str]

    def __call__(self, **odd):
        """Call it with some arguments other than valid."""
        return self.call(**{name: make() for name, make in self.valid.items() if name not in odd} | odd)


def public() -> dict[str, Callable]:
    """All callables that a room shows."""
    found = sorted(shown().items())
    return {k: v for k, v in found if callable(v) and k not in INTERNAL and not inspect.isabstract(v)}


def probes(name: str) -> Iterator[Probe]:
    """A public function; or a class's constructor with a use of what it makes, its class methods and methods."""
    target = public()[name]
    if not inspect.isclass(target):
        yield probe(name, target)
        return
    yield probe(name, lambda **kwargs: use(target(**kwargs)), target)
    for method, kind in inspect.getmembers_static(target):
        if method in OUTSIDE:
            continue
        used = method in OF_PARTS if issubclass(target, PARTS) else not method.startswith("_")
        if not used or not defined_here(target, method):
            continue
        if isinstance(kind, classmethod | staticmethod):
            yield probe(f"{name}.{method}", getattr(target, method))
        elif inspect.isfunction(kind):
            yield probe(f"{name}.{method}", lambda _m=method, **kwargs: getattr(copy(made(name)), _m)(**kwargs), kind)


def defined_here(cls, method: str) -> bool:
    """Whether a class of the package writes a method."""
    return any(method in vars(base) and base.__module__.startswith("skqml") for base in cls.__mro__)


def probe(name: str, call: Callable, target=None) -> Probe:
    """A callable with examples of its arguments: those without a default, its own, a seed, and what keeps it short."""
    valid, names = {}, []
    for parameter in inspect.signature(target or call).parameters.values():
        if parameter.name == "self" or parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        names.append(parameter.name)
        short = parameter.name in ("ax", "random_state") or (inspect.isclass(target) and parameter.name in SETTINGS)
        if parameter.default is parameter.empty or short or parameter.name in TABLES.get(name, {}):
            valid[parameter.name] = example(name, parameter.name)
    return Probe(name, call, valid, names)


def example(name: str, parameter: str) -> Callable:
    """How an argument is made that is valid for a callable."""
    for table in (*(TABLES.get(part, {}) for part in (name, *name.split("."))), SETTINGS, VALID):
        if parameter in table:
            return table[parameter]
    raise AssertionError(f"Write an example of {parameter} for {name} in tests/contracts/examples.py.")


@cache
def made(name: str):
    """An object of a class, fitted if it can be."""
    thing = probe(name, public()[name], public()[name])()
    with warnings.catch_warnings(action="ignore"):  # two iterations are few
        return thing.fit(*rows(thing)) if hasattr(thing, "fit") else thing


def rows(model):
    """X and y of a kind of estimator."""
    x, y = (example(f"{type(model).__name__}.fit", name)() for name in ("X", "y"))
    return x, VALID["labels"]() if is_classifier(model) and "y" not in TABLES.get(type(model).__name__, {}) else y


def use(thing):
    """What an object is for."""
    if hasattr(thing, "fit"):
        X, y = rows(thing)
        thing.fit(X, y)
        return (thing.predict if hasattr(thing, "predict") else thing.transform)(X)
    if isinstance(thing, Encoding):
        return thing.build(2)
    if isinstance(thing, Backend):
        return thing.compile(circuit(), all_z(2)).forward(np.ones((2, 2)), np.zeros(2))[0]
    if isinstance(thing, QuantumKernel):
        return thing(np.ones((2, 2)))
    if isinstance(thing, Cell):
        return QRNNFeatures(thing, n_reservoirs=2, random_state=0).fit_transform(np.ones((1, 3, 1)))
    if type(thing).__module__.startswith(ansatze.__name__):
        return thing(QuantumCircuit(4), fresh_weights())
    if hasattr(thing, "plot"):
        return thing.plot(axes())
    if isinstance(thing, training.Checkpoint):
        return thing.checked_folder()
    if type(thing).__module__.startswith(training.__name__):
        return training.minimize(bowl, np.ones(2), thing, max_iter=2, tol=None).w
    return thing
