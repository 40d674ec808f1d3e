"""The base of models that are trained PyTorch modules."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from ..._sklearn import StrOptions
from ...backends.torch.device import find_device
from ...states import instance
from ..base.inputs import Standardizer
from ..base.trained import TrainedModel
from .network import ModuleNetwork
from .optimizer import TorchOptimizer, one_cycle

_AFTER = 0.1  # part of the learning rate that is left behind a fit


class TrainedModule(TrainedModel):
    """Base class: standardised rows, a module, steps of PyTorch's optimisers; all else is `TrainedModel`'s.

    A subclass has the parameters of ``_parameter_constraints`` and writes the abstract methods.
    """

    _clip: ClassVar[float | None] = None
    _default_parts: ClassVar[dict] = {
        "optimizer": lambda self: TorchOptimizer(
            learning_rate=self.learning_rate,
            weight_decay=0.01,
            schedule=one_cycle,
            n_iter=self.max_iter,
            clip=self._clip,
        )
    }
    _contents: ClassVar[dict] = {
        "standardizer_": instance(Standardizer, n_features="n_features"),
        "network_": instance(ModuleNetwork),
    }
    _parameter_constraints: ClassVar[dict] = TrainedModel._parameter_constraints | {
        "device": [StrOptions({"cpu", "cuda"})],
        "precision": [StrOptions({"single", "double"})],
    }

    def __init__(self, *, device, precision, **training):
        super().__init__(**training)
        self.device = device
        self.precision = precision

    @abstractmethod
    def _standardizer(self, X, weight) -> Standardizer:
        """How rows X (n_samples, n_features) are standardised."""

    @abstractmethod
    def _architecture(self) -> tuple[Callable, dict]:
        """A function (generator, **options) that makes the module, and the options."""

    def _build(self, X, weight):
        find_device(self.device)
        self.standardizer_ = self._standardizer(X, weight)
        self.network_ = ModuleNetwork(*self._architecture(), self.device, self.precision)
        self.n_parameters_ = self.network_.n_parameters

    def _start(self, rng):
        return self.network_.start(int(rng.integers(2**31)))

    def _adam(self, before):
        steps = super()._adam(before)
        # Behind a schedule that ended near 0, whole steps would throw off what it has reached.
        return steps.set_params(learning_rate=_AFTER * self.learning_rate) if steps.n_warm_up else steps
