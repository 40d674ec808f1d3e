"""The systems of the literature: their sizes, what they are equal to, and their twins."""

import numpy as np
import pytest
import torch

from skqml import AmplitudeHybridClassifier, ParallelHybridClassifier, QuanvolutionClassifier
from skqml.models.hybrid.parts import Amplitudes, Dropout, Pad

MNIST = np.random.default_rng(0).random((20, 28, 28))
TEN = np.arange(20) % 10
FEW = {"max_iter": 1, "random_state": 0}


def test_published_sizes():
    """On images of 28x28 pixels and ten classes; HQNN-Parallel less 20 of a normalisation of the scores."""
    assert ParallelHybridClassifier(**FEW).fit(MNIST, TEN).n_parameters_ == 45_154
    assert AmplitudeHybridClassifier(n_hidden=256, n_head=128, **FEW).fit(MNIST, TEN).n_parameters_ == 142_530


@pytest.mark.parametrize("cls", [ParallelHybridClassifier, QuanvolutionClassifier, AmplitudeHybridClassifier])
def test_twins_differ_by_the_circuit_alone(cls):
    model = cls(**FEW).fit(MNIST, TEN)
    twin = model.classical_twin().fit(MNIST, TEN)
    assert model.get_params(deep=False) == twin.get_params(deep=False)
    assert twin.n_parameters_ == pytest.approx(model.n_parameters_, rel=0.05)
    circuits = [sum(hasattr(part, "program") for part in m.module_.modules()) for m in (model, twin)]
    assert circuits[0] > circuits[1] == 0


@pytest.mark.parametrize("shape", [(1, 7), (5, 6), (9, 4)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_padding_lets_windows_reach_all_pixels(shape, stride):
    pad = Pad((*shape, 1), (2, 2), (stride, stride))
    ones = pad(torch.ones(1, 1, *shape))
    windows = torch.nn.functional.unfold(ones, 2, stride=stride)
    assert windows.shape[-1] == np.prod([(n - 2) // stride + 1 for n in pad.size])
    if stride < 3:
        assert windows.sum() >= np.prod(shape)


def test_dropout_keeps_the_mean_and_is_off_in_predictions():
    dropout, x = Dropout(0.3), torch.ones(3, 40_000)
    dropout.rng = np.random.default_rng(0)
    y = dropout(x)
    assert set(y.unique().tolist()) == {0.0, y.max().item()}
    assert y.mean().item() == pytest.approx(1.0, abs=0.02)
    assert torch.equal(y[0], y[1])
    assert torch.equal(dropout.eval()(x), x)


def test_amplitudes_are_probabilities_whatever_overflowed():
    x = torch.tensor([[1.0, 2.0, 3.0], [torch.nan, torch.inf, -torch.inf]])
    torch.testing.assert_close(Amplitudes()(x), torch.stack([x[0].softmax(-1), torch.tensor([0.0, 1.0, 0.0])]))
