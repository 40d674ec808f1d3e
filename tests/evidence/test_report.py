"""The whole comparison, on a few rows."""

import json
import re

import numpy as np
import pytest
from joblib import parallel_config
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from sklearn.base import clone
from sklearn.datasets import load_iris, make_circles
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skqml import (
    AmplitudeEncoding,
    CircuitEncoding,
    FidelityKernel,
    KernelAlignmentTrainer,
    ProjectedKernel,
    QuantumFeatures,
    QuantumKernelRidge,
    QuantumKernelSVC,
    VariationalClassifier,
    VariationalRegressor,
    one_qubit_paulis,
)
from skqml.datasets import make_cluster_ising
from skqml.evidence import evidence, evidence_report
from skqml.evidence.contenders import twins_of
from skqml.evidence.diagnostics import diagnostics
from skqml.evidence.trials import run_trial

IRIS_X, IRIS_Y = (part[:100:2] for part in load_iris(return_X_y=True))
FEW = {"cv": 2, "inner_cv": 2, "n_seeds": 2, "budget": 2, "baselines": {}}


def layer(gate):
    """An ansatz of one rotation."""

    def ansatz(circuit, weight):
        getattr(circuit, gate)(weight(), 0)

    return ansatz


def trained_widths():
    """A model whose circuit learns by what it multiplies features."""
    x, w, circuit = ParameterVector("x", 4), ParameterVector("w", 4), QuantumCircuit(2)
    for k in range(4):
        circuit.ry(w[k] * x[k], k % 2)
    return VariationalRegressor(CircuitEncoding(circuit), max_iter=5, tol=None)


@pytest.fixture(scope="module")
def report():
    return evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, **FEW | {"baselines": None})


def test_all_are_compared_with_as_many_tries(report):
    others = ["classical_twin", "product_twin", "surrogate", "rbf_svm", "gradient_boosting", "logistic_regression"]
    assert list(report.verdicts) == others
    assert {e.n_settings for e in report.expenses.values()} == {2}
    assert {e.n_fits for e in report.expenses.values()} == {2 * 2 * (2 * 2 + 1)}
    assert {report.verdicts[name] for name in others[:3]} == {"no difference"}
    assert report.left_out == {}
    assert report.scores("surrogate").shape == (2, 2)


def test_workers_that_answer_all_together_give_the_same():
    """Such as those of multiprocessing, and of Ray."""
    model, few = QuantumKernelSVC(), FEW | {"n_seeds": 1, "budget": 1, "details": False}
    one = evidence_report(model, IRIS_X, IRIS_Y, **few)
    with parallel_config("multiprocessing"):
        other = evidence_report(model, IRIS_X, IRIS_Y, n_jobs=2, **few)
    assert list(one.verdicts) == list(other.verdicts)
    for name in ("model", *one.verdicts):
        np.testing.assert_array_equal(one.scores(name), other.scores(name))


def test_costs_and_diagnostics_are_the_models(report):
    own, twin = report.expenses["model"], report.expenses["classical_twin"]
    n = len(IRIS_Y)
    assert own.circuits == n * (n - 1) // 2 or own.circuits == n * (n + 1) // 2
    assert own.shots == 1000 * own.circuits
    assert (twin.circuits, twin.shots) == (None, None)
    assert own.n_parameters == QuantumKernelSVC().fit(IRIS_X, IRIS_Y).n_parameters_
    assert 0 < report.diagnostics["alignment of the kernel with the targets"] <= 1
    assert report.diagnostics["qubits"] == 8


def test_tables_say_the_same(report):
    frame = report.to_frame()
    for name, row in frame.iterrows():
        assert row["verdict"] == report.verdicts[name]
        assert row["difference"] == pytest.approx(row["model_score"] - row["score"])
        assert row["low"] <= row["difference"] <= row["high"]
        assert f"| {name} " in report.to_markdown()
        assert f"<td>{name}</td>" in report._repr_html_()
    rows = [line for line in str(report).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"\|", line)) for line in rows[:9]} == {8}


def test_it_finds_what_is_there():
    """Circles: a linear model is far behind, a dummy farther, and a model is not ahead of itself."""
    X, y = make_circles(120, noise=0.05, factor=0.5, random_state=0)
    others = {"linear": LogisticRegression(), "dummy": DummyClassifier(), "itself": QuantumKernelSVC()}
    found = evidence_report(QuantumKernelSVC(), X, y, cv=5, n_seeds=2, budget=1, baselines=others)
    assert found.verdicts["linear"] == found.verdicts["dummy"] == "ahead"
    assert found.verdicts["itself"] == "no difference"
    assert found.comparisons["itself"].agreement == 1.0
    backwards = evidence_report(LogisticRegression(), X, y, n_seeds=1, budget=1, baselines={"q": QuantumKernelSVC()})
    assert backwards.verdicts == {"q": "behind"}
    assert set(backwards.left_out) == {"classical_twin", "product_twin", "surrogate"}


def test_results_do_not_depend_on_jobs_and_go_on_where_they_ended(tmp_path, monkeypatch):
    options = FEW | {"baselines": {"linear": LogisticRegression()}}
    model = QuantumKernelSVC()
    whole = evidence_report(model, IRIS_X, IRIS_Y, n_jobs=2, **options)
    calls = []

    def interrupted(*args):
        calls.append(args[0])
        if len(calls) == 5:
            raise KeyboardInterrupt
        return run_trial(*args)

    monkeypatch.setattr(evidence, "run_trial", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evidence_report(model, IRIS_X, IRIS_Y, folder=tmp_path, **options)
    assert len(list(tmp_path.glob("*-*.json"))) == 4
    (tmp_path / "model-0-0.json").write_text("{")  # a machine that went down
    found = evidence_report(model, IRIS_X, IRIS_Y, folder=tmp_path, **options)
    assert len(calls) == 5 + 20 - 3
    for name in whole.expenses:
        np.testing.assert_array_equal(found.scores(name), whole.scores(name))
    assert json.loads((tmp_path / "model-1-1.json").read_text())["contender"] == "model"


def test_a_folder_holds_one_plan(tmp_path):
    evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, folder=tmp_path, **FEW)
    with pytest.raises(ValueError, match="data differ"):
        evidence_report(QuantumKernelSVC(), IRIS_X + 1, IRIS_Y, folder=tmp_path, **FEW)
    with pytest.raises(ValueError, match="models differ"):
        evidence_report(QuantumKernelSVC(C=2.0), IRIS_X, IRIS_Y, folder=tmp_path, **FEW)
    with pytest.raises(ValueError, match="random_state differ"):
        evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, folder=tmp_path, **FEW | {"random_state": 1})


def test_a_folder_tells_models_whose_text_is_the_same(tmp_path):
    """Numbers of an array, and what a function does, stand in no text of a model."""
    options = FEW | {"n_seeds": 1, "budget": 1, "details": False}
    for k, (first, second) in enumerate(
        [
            [QuantumKernelSVC(FidelityKernel(trained_widths().encoding, weights=np.full(4, w))) for w in (0.1, 0.2)],
            [VariationalClassifier(ansatz=layer(gate), max_iter=1, tol=None) for gate in ("ry", "rz")],
        ]
    ):
        options["folder"] = tmp_path / str(k)
        evidence_report(first, IRIS_X, IRIS_Y, **options)
        evidence_report(clone(first), IRIS_X, IRIS_Y, **options)
        with pytest.raises(ValueError, match="digests"):
            evidence_report(second, IRIS_X, IRIS_Y, **options)


def test_twins_that_do_not_take_the_data_are_left_out_and_why():
    """Amplitudes have no frequencies."""
    X, y = make_cluster_ising(20, 4, random_state=0)
    model = QuantumKernelSVC(FidelityKernel(AmplitudeEncoding()), standardize=False)
    found = evidence_report(model, X, y > 1, **FEW | {"details": False})
    assert list(found.verdicts) == ["classical_twin", "product_twin"]
    assert "angles" in found.left_out["surrogate"]
    assert "Left out: surrogate" in str(found)


def test_progress_is_written(capsys):
    evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, verbose=8, **FEW)
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["8 of 16", "16 of 16"]


def test_pipelines_keep_their_steps():
    model = make_pipeline(StandardScaler(), QuantumKernelSVC(C=2.0))
    found = evidence_report(model, IRIS_X, IRIS_Y, spaces={"model": {"quantumkernelsvc__C": [1.0]}}, **FEW)
    assert list(found.verdicts) == ["classical_twin", "product_twin", "surrogate"]
    settings = {t.setting for t in found.trials if t.contender == "model"}
    assert settings <= {"as given", "quantumkernelsvc__C=1"}


@pytest.mark.parametrize(
    ("transformer", "machine"),
    [
        (QuantumFeatures(observables=one_qubit_paulis), LogisticRegression()),
        (KernelAlignmentTrainer(max_iter=2), SVC(kernel="precomputed")),
    ],
)
def test_twins_of_a_transformer_stand_before_the_same_machine(transformer, machine):
    model = make_pipeline(transformer, machine)
    found = evidence_report(model, IRIS_X, IRIS_Y, **FEW | {"n_seeds": 1})
    assert list(found.verdicts) == ["classical_twin", "product_twin", "surrogate"]
    assert found.comparisons["surrogate"].agreement > 0.9
    contenders, wholes, missing = twins_of(model.fit(IRIS_X, IRIS_Y), IRIS_X, IRIS_Y, 0)
    assert not missing
    for name, contender in contenders.items():
        assert {key.partition("__")[0] for key in contender.space} == {step for step, _ in model.steps}
        assert type(wholes[name][-1]) is type(machine)


def test_numbers():
    y = np.sin(IRIS_X[:, 0])
    found = evidence_report(QuantumKernelRidge(), IRIS_X, y, **FEW | {"baselines": None, "cv": ShuffleSplit(2)})
    assert list(found.verdicts)[-3:] == ["rbf_svr", "gradient_boosting", "ridge"]
    assert found.comparisons["surrogate"].agreement > 0.9
    assert found.expenses["ridge"].n_parameters == 5


def test_trained_models(tmp_path):
    model = VariationalClassifier(max_iter=3, tol=None)
    options = FEW | {"n_seeds": 1, "cv": StratifiedKFold(2, shuffle=True), "folder": tmp_path}
    found = evidence_report(model, IRIS_X, IRIS_Y, **options)
    assert "0x" not in (tmp_path / "plan.json").read_text()  # another process goes on from here
    assert found.expenses["model"].circuits > 0
    assert found.diagnostics["variance of gradients at random weights"] > 0
    assert found.diagnostics["directions in which weights move the state"] <= found.diagnostics["weights"]
    assert 0 < found.diagnostics["effective dimension at 100,000 rows"] <= found.diagnostics["weights"]
    assert any(name.startswith("letters of Pauli strings") for name in found.diagnostics)
    sizes = [found.expenses[name].n_parameters for name in ("model", "classical_twin")]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"spaces": {"nobody": {}}}, "spaces must be for some of"),
        ({"baselines": {"a-b": Ridge()}}, "baselines must have names"),
        ({"baselines": {"a": 3}}, "baselines must be an estimator"),
        ({"cv": 1}, "cv must be"),
        ({"cv": [([0], [1])]}, "cv must be"),
        ({"folder": __file__}, "folder must be"),
    ],
)
def test_what_is_none_is_refused(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        evidence_report(QuantumKernelSVC(), IRIS_X, IRIS_Y, **FEW | options)


@pytest.mark.parametrize("model", [QuantumKernelRidge(), trained_widths()], ids=["kernel", "trained"])
def test_targets_of_the_rows_that_a_fold_tests_change_no_prediction(model):
    """Of any contender: a surrogate too learns from no row on which it is judged."""
    y = IRIS_X[:, 0]
    other, found = np.where(np.arange(len(y)) < len(y) // 2, y[::-1], y), []
    for targets in (y, other):
        report = evidence_report(model, IRIS_X, targets, **FEW | {"cv": KFold(2), "n_seeds": 1, "details": False})
        found.append({t.contender: t.predictions for t in report.trials if t.fold == 0})
    assert set(found[0]) == {"model", "classical_twin", "product_twin", "surrogate"}
    assert found[0] == found[1]


def test_diagnostics_of_regressors_take_whole_numbers_as_numbers():
    """As those of the same targets between whole numbers; several targets are no obstacle to what needs none."""
    y = np.arange(len(IRIS_Y)) % 7
    found = [diagnostics(QuantumKernelRidge().fit(IRIS_X, t), IRIS_X, t, 0) for t in (y, 0.3 * y + 0.1)]
    assert found[0] == pytest.approx(found[1])
    targets = np.stack([y, y**2], axis=1)
    several = evidence_report(QuantumKernelRidge(), IRIS_X, targets, **FEW | {"n_seeds": 1}).diagnostics
    assert "effective rank of the kernel matrix" in several


def test_projected_kernels_are_not_measured_as_fidelities():
    """Whose shots and whose random states say nothing about them."""
    kernels = FidelityKernel(), ProjectedKernel()
    fidelities, projected = (
        diagnostics(QuantumKernelSVC(k).fit(IRIS_X, IRIS_Y), IRIS_X, IRIS_Y, 0).keys() for k in kernels
    )
    assert fidelities - projected == {"shots needed for each entry", "variance of fidelities of random states"}
