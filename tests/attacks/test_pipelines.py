"""Exact gradients of models behind affine steps, and central differences behind all others."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)

from skqml import AmplitudeEncoding, FidelityKernel, QuantumKernelSVC
from skqml.attacks import apgd, local_unitaries
from skqml.attacks.pipelines import find_pullback
from skqml.attacks.target import Target
from skqml.datasets import make_cluster_ising
from skqml.training import cross_entropy

X, Y = (part[::3] for part in load_iris(return_X_y=True))
FAR = X * [1.0, 1e3, 1e-3, 1.0] + [0.0, 1e5, 0.0, -50.0]
AFFINE = [
    [StandardScaler()],
    [StandardScaler(), PCA(2)],
    [PCA(3, whiten=True), MinMaxScaler((-1, 2))],
    [MaxAbsScaler(), TruncatedSVD(2)],
    [make_union(StandardScaler(), PCA(1))],
    [make_column_transformer((StandardScaler(), [0, 2]), (MinMaxScaler(), [1, 3]))],
    [make_pipeline(StandardScaler(), "passthrough"), FunctionTransformer()],
]
OTHERS = [
    Binarizer(threshold=2.0),
    KBinsDiscretizer(5, encode="ordinal", strategy="uniform"),
    KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"),
    MinMaxScaler(clip=True),
    Normalizer(),
    PowerTransformer(),
    PowerTransformer("box-cox"),
    QuantileTransformer(n_quantiles=20),
    FunctionTransformer(np.abs),
    FunctionTransformer(np.log),
]


def tenth(X):
    return X / 10


def behind(*steps, rows=X):
    return make_pipeline(*steps, QuantumKernelSVC()).fit(rows, Y)


def differences(target, rows, sizes):
    """Slopes of losses by features in units of some sizes."""
    slopes = []
    for step in 1e-4 * np.diag(sizes):
        up, down = (cross_entropy(target.scores(rows + s * step), target.Y)[0] for s in (1, -1))
        slopes.append((up - down) / 2e-4)
    return np.transpose(slopes)


@pytest.mark.parametrize("rows", [X, FAR], ids=["iris", "other units"])
@pytest.mark.parametrize("steps", AFFINE, ids=str)
def test_gradients_behind_affine_steps(steps, rows):
    model, sizes = behind(*steps, rows=rows), rows.std(axis=0)
    assert find_pullback(model, rows) is not None
    target = Target.checked(model, rows, Y, 0.1, "inf", None)
    losses, fooled, G = target.slopes(rows, cross_entropy)
    np.testing.assert_allclose(losses, cross_entropy(target.scores(rows), target.Y)[0])
    np.testing.assert_array_equal(fooled, model.predict(rows) != Y)
    np.testing.assert_allclose(G * sizes, differences(target, rows, sizes), atol=1e-6)


@pytest.mark.parametrize("step", OTHERS, ids=str)
def test_steps_that_are_not_affine_are_left_to_differences(step):
    rows = np.clip(X, 0.5, None)
    assert find_pullback(behind(step, rows=rows), rows) is None


def test_what_has_no_gradient_of_its_own():
    assert find_pullback(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y), X) is None


def test_a_pipeline_is_attacked_as_the_model_in_it():
    """Of features in other units, within the same distance in theirs; so is a search of one, on a table with names."""
    scaler, table = FunctionTransformer(tenth), pd.DataFrame(10 * X, columns=list("abcd"))
    search = GridSearchCV(make_pipeline(scaler, QuantumKernelSVC()), {"quantumkernelsvc__C": [1.0]}, cv=2)
    models = behind(scaler, rows=10 * X), search.fit(table, Y)
    expected = 10 * apgd(QuantumKernelSVC().fit(X, Y), X, Y, 0.3, steps=20, random_state=0)
    for model, rows in zip(models, (10 * X, table), strict=True):
        np.testing.assert_allclose(apgd(model, rows, Y, 3.0, steps=20, random_state=0), expected, atol=1e-9)


def test_states_in_a_pipeline():
    states, phases = make_cluster_ising(30, n_qubits=4, random_state=0)
    model = QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False)
    found = [
        local_unitaries(m.fit(states, phases), states, phases, 0.5, steps=10, random_state=0)
        for m in (model, make_pipeline(FunctionTransformer(), model))
    ]
    np.testing.assert_allclose(*found, atol=1e-12)
