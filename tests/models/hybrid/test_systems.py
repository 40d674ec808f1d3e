"""The systems of the literature: their sizes, what they are equal to, and their twins."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold

from skqml import AmplitudeHybridClassifier, LayerSwapClassifier, ParallelHybridClassifier, QuanvolutionClassifier
from skqml.models.hybrid.seeded_modules import Amplitudes, Dropout, Pad

DIGITS, TARGETS = load_digits(return_X_y=True)
MNIST = np.random.default_rng(0).random((20, 28, 28))
TEN = np.arange(20) % 10
FEW = {"max_iter": 1, "random_state": 0}


def test_published_sizes():
    """On images of 28x28 pixels and ten classes; HQNN-Parallel less 20 of a normalisation of the scores."""
    assert ParallelHybridClassifier(**FEW).fit(MNIST, TEN).n_parameters_ == 45_154
    assert AmplitudeHybridClassifier(n_hidden=256, n_head=128, **FEW).fit(MNIST, TEN).n_parameters_ == 142_530
    padded, level = np.pad(MNIST, ((0, 0), (2, 2), (2, 2))), {"n_filters": (32, 16)} | FEW
    sizes = [LayerSwapClassifier(replacement_level=k, **level).fit(padded, TEN).n_parameters_ for k in (0, 1)]
    assert sizes == [130_394, 133_658]


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


@pytest.mark.parametrize("level", [0, 1])
def test_levels_without_a_dense_circuit_are_linear_classifiers(level):
    """Scores of a mean of images are the means of their scores."""
    model = LayerSwapClassifier(replacement_level=level, **FEW).fit(DIGITS[:100], TARGETS[:100])
    S = model.decision_function(np.stack([DIGITS[0], DIGITS[1], (DIGITS[0] + DIGITS[1]) / 2]))
    np.testing.assert_allclose(S[2], (S[0] + S[1]) / 2, atol=1e-9)


def test_a_report_of_all_levels():
    """Linear levels are as good as each other; what level 2 gains any nonlinearity gains."""
    model = LayerSwapClassifier(["conv", "qconv", "qlinear"], max_iter=15, random_state=0)
    report = model.replacement_report(DIGITS[:600], TARGETS[:600], StratifiedKFold(2, shuffle=True, random_state=0))
    found = {name: scores.mean() for name, scores in report.items()}
    assert list(found) == ["level 0", "level 1", "level 2", "level 0 + ReLU", "as given"]
    assert all(len(scores) == 2 for scores in report.values())
    assert found["level 0"] > 0.8 and found["level 0 + ReLU"] > found["level 2"] - 0.03


@pytest.mark.parametrize("kinds", list(itertools.product(["conv", "qconv"], ["conv", "qconv"], ["linear", "qlinear"])))
def test_layers_are_swapped_one_by_one(kinds):
    model = LayerSwapClassifier(kinds, **FEW).fit(DIGITS[:50], TARGETS[:50])
    names = {"Conv2d": "conv", "FlippedQuanv2d": "qconv", "Linear": "linear", "ReuploadingLinear": "qlinear"}
    found = [names[kind] for part in model.module_ if (kind := type(part).__name__) in names]
    assert tuple(found) == kinds
    assert hasattr(model, "circuit_") == (kinds[-1] == "qlinear")
    twin = model.classical_twin().fit(DIGITS[:50], TARGETS[:50])
    assert twin.n_parameters_ == pytest.approx(model.n_parameters_, rel=0.1)


@pytest.mark.parametrize("layers", [("conv", "linear"), ("conv", "linear", "linear"), ("conv", "conv", "dense")])
def test_other_layers_are_refused(layers):
    with pytest.raises(ValueError, match="layers must be"):
        LayerSwapClassifier(layers, **FEW).fit(DIGITS[:50], TARGETS[:50])


def test_a_network_without_a_dense_circuit_says_so():
    model = LayerSwapClassifier(replacement_level=1, **FEW).fit(DIGITS[:50], TARGETS[:50])
    for ask in (model.draw, lambda: model.circuit(DIGITS[0])):
        with pytest.raises(AttributeError, match="layers must end in 'qlinear'"):
            ask()
