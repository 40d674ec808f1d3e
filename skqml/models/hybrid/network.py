"""A PyTorch module as a function of rows and of one vector of all its parameters."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from ...files.stand_ins import as_parts
from ...states import CheckedState, instance, option
from ...training.risk import Pullback

_ROWS = 512  # of one call without gradients
_KINDS = {"single": torch.float32, "double": torch.float64}
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


class ModuleNetwork(CheckedState):
    """A network as `Risk` takes it; it travels as what it is built from.

    Means and variances of batch normalisation belong to the parameters in use: they are those of the reference rows,
    not running means of the training, so that the network of the lowest loss has its own.

    Parameters
    ----------
    build : callable (generator, **options)
        Makes the module, which starts with random parameters.
    options : dict
    device : str
    precision : {"single", "double"}

    Attributes
    ----------
    reference : Tensor or None
        Rows of the training, while it lasts.
    """

    _contents: ClassVar[dict] = {
        "build": instance(Callable),
        "options": instance(dict),
        "device": option("cpu", "cuda"),
        "precision": option(*_KINDS),
    }

    def __init__(self, build: Callable, options: dict, device: str, precision: str):
        self.build, self.options, self.device, self.precision = build, options, device, precision
        self.reference: Tensor | None = None

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: vars(self)[name] for name in ("build", "options", "device", "precision")}
        return as_parts(kept) | {"reference": None}

    def __copy__(self) -> "ModuleNetwork":
        other = ModuleNetwork(self.build, self.options, self.device, self.precision)
        other.reference = self.reference
        return other

    @cached_property
    def module(self) -> nn.Module:
        """The module that runs; its parameters are those of the last call."""
        return self.new(0)

    def new(self, seed: int) -> nn.Module:
        """A module of random parameters; PyTorch's own generator stays as it is."""
        module = self.build(torch.Generator().manual_seed(seed), **self.options)
        return module.to(self.device, _KINDS[self.precision]).eval()

    @cached_property
    def n_parameters(self) -> int:
        """Number of trained numbers."""
        return sum(p.numel() for p in _trained(self.module))

    def start(self, seed: int) -> np.ndarray:
        """Random parameters (n_parameters,)."""
        return _to_array(parameters_to_vector(_trained(self.new(seed))))

    def rows(self, images: np.ndarray) -> Tensor:
        """Images (n_samples, n_channels, height, width) where the module takes them."""
        return torch.from_numpy(np.ascontiguousarray(images)).to(self.device, _KINDS[self.precision])

    def loaded(self, module: nn.Module, v, statistics=None) -> nn.Module:
        """A module with given parameters and statistics of its normalisations."""
        with torch.no_grad():
            vector_to_parameters(
                torch.from_numpy(np.array(v)).to(self.device, _KINDS[self.precision]), _trained(module)
            )
            place = 0
            for buffer in _statistics(module) if statistics is not None else ():
                buffer.copy_(torch.from_numpy(statistics[place : place + len(buffer)]))
                place += len(buffer)
        return module

    def scores(self, rows, v, rng=None, statistics=None) -> np.ndarray:
        """Scores (n_samples, n_outputs); without statistics those of the reference rows are in use."""
        if statistics is None and self.reference is not None:
            statistics = self.statistics(v)
        module = self._ready(v, rng, statistics)
        with torch.no_grad():
            return np.concatenate([_to_array(module(part)) for part in _parts(rows)])

    def forward(self, rows, v, rng=None) -> tuple[np.ndarray, Pullback]:
        """Scores, and a function from their cotangents to that of v; normalisations look at these rows."""
        module = self._ready(v, rng, None).train()
        for norm in _norms(module):
            norm.train(len(rows) > 1)
        S, parameters = module(rows), _trained(module)

        def pullback(g) -> np.ndarray:
            slopes = torch.autograd.grad(S, parameters, torch.from_numpy(g).to(S))
            return _to_array(torch.cat([slope.reshape(-1) for slope in slopes]))

        return _to_array(S), pullback

    def input_pullback(self, rows, v, statistics) -> tuple[np.ndarray, Pullback]:
        """Scores, and a function from their cotangents to those of rows (n_samples, n_channels, height, width)."""
        rows = rows.clone().requires_grad_()
        S = self._ready(v, None, statistics)(rows)

        def pullback(g) -> np.ndarray:
            return _to_array(torch.autograd.grad(S, rows, torch.from_numpy(g).to(S), retain_graph=True)[0])

        return _to_array(S), pullback

    def statistics(self, v) -> np.ndarray:
        """Means and variances of all normalisations, for the reference rows and given parameters."""
        module = self._ready(v, None, None)
        norms = _norms(module)
        if norms and self.reference is not None and len(self.reference) > 1:
            for norm in norms:
                norm.reset_running_stats()
                norm.momentum = None  # plain means over the parts
                norm.train()
            with torch.no_grad():
                for part in _parts(self.reference):
                    module(part)
            for norm in norms:
                norm.momentum = 0.1
            module.eval()
        return np.concatenate([np.zeros(0), *map(_to_array, _statistics(module))])

    def _ready(self, v, rng, statistics) -> nn.Module:
        module = self.loaded(self.module, v, statistics).eval()
        for part in module.modules():
            if hasattr(part, "rng"):
                part.rng = rng
        return module


def _trained(module: nn.Module) -> list[nn.Parameter]:
    return [p for p in module.parameters() if p.requires_grad]


def _norms(module: nn.Module) -> list[Any]:
    return [part for part in module.modules() if isinstance(part, _NORMS)]


def _statistics(module: nn.Module) -> list[Tensor]:
    return [buffer for norm in _norms(module) for buffer in (norm.running_mean, norm.running_var)]


def _parts(rows: Tensor) -> Iterator[Tensor]:
    """Rows in parts of equal size, none of which is a single row of several."""
    return iter(torch.tensor_split(rows, -(-len(rows) // _ROWS)))


def _to_array(t: Tensor) -> np.ndarray:
    return t.detach().cpu().double().numpy()
