"""What models may hold: circuits, operators, noise, backends, functions, random states, parts of scikit-learn."""

import warnings
from functools import partial
from importlib import import_module

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import zz_feature_map
from qiskit.primitives import StatevectorSampler
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator
from sklearn.callback import ProgressBar
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from sklearn.model_selection import GridSearchCV, StratifiedKFold

import skqml
from skqml import ZNE, CircuitEncoding, FidelityKernel, QuantumKernelSVC, Shots, VariationalClassifier
from skqml.attacks import AdversarialTrainingClassifier
from skqml.backends.aer import Aer
from skqml.circuits.ansatze import Ansatz, hardware_efficient, strongly_entangling
from skqml.files.trusted import TRUSTED
from skqml.mitigation import fold_gates, polynomial
from skqml.training import SPSA, cross_entropy
from tests.contracts.estimators import estimator_classes, fitted, quick, rows, scores
from tests.contracts.examples import LABELS, NUMBERS, X, circuit, hamiltonian, noisy
from tests.rooms import HAS_TORCH, OF_TORCH, classes


@pytest.fixture
def path(tmp_path):
    """Where files go."""
    return tmp_path / "model.skops"


def through_a_file(model, path, **options):
    """What comes back."""
    skqml.save(model, path)
    return skqml.load(path, **options)


def named(names):
    """A circuit of two features under other names, and of a weight."""
    first, second, weight = map(Parameter, names)
    qc = QuantumCircuit(2)
    qc.ry(first * weight, 0)
    qc.rz((second**2).arctan(), 1)
    qc.cx(0, 1)
    return qc, [first, second]


def of_parameters():
    """An encoding whose features are single parameters."""
    return CircuitEncoding(*named("cab"))


def of_a_vector():
    """An encoding whose features are a vector."""
    y, qc = ParameterVector("y", 2), QuantumCircuit(2)
    qc.ry(y[0], 0)
    qc.rx(y[1], 1)
    return CircuitEncoding(qc, y)


def support_vectors(**params):
    """A kernel machine."""
    return QuantumKernelSVC(FidelityKernel(**params))


def trained(**params):
    """A small trained model."""
    few = {
        "max_iter": 2,
        "tol": None,
        "random_state": 0,
        "ansatz": hardware_efficient,
        "encoding": skqml.AngleEncoding(),
    }
    return VariationalClassifier(**few | params)


CLASSIFIERS = {
    "circuit": lambda: support_vectors(encoding=CircuitEncoding(zz_feature_map(2))),
    "parameters": lambda: support_vectors(encoding=of_parameters()),
    "vector": lambda: support_vectors(encoding=of_a_vector()),
    "shots": lambda: support_vectors(backend=Shots(20, random_state=0), encoding=skqml.AngleEncoding()),
    "noise": lambda: support_vectors(encoding=skqml.AngleEncoding(), backend=noisy()),
    "Aer": lambda: support_vectors(encoding=skqml.AngleEncoding(), backend=Aer(noise_model=noisy().noise_model)),
    "mitigation": lambda: trained(backend=ZNE(noisy(), fold=fold_gates, extrapolate=partial(polynomial, degree=1))),
    "ansatz": lambda: trained(ansatz=circuit().assign_parameters({"x[0]": 0.1, "x[1]": 0.2}, inplace=False)),
    "options": lambda: trained(ansatz=Ansatz(strongly_entangling, n_layers=2)),
    "operators": lambda: trained(observables=[SparsePauliOp(["ZZ", "XI"], [1.0, 0.5]), skqml.Observable("0I")]),
    "functions": lambda: trained(observables=skqml.all_z, loss=cross_entropy, optimizer=SPSA()),
    "random state": lambda: trained(random_state=np.random.RandomState(1)),
    "generator": lambda: support_vectors(backend=Shots(20, random_state=np.random.default_rng(0))),
    "kernels": lambda: QuantumKernelSVC(ConstantKernel(0.5) * FidelityKernel() + skqml.ProjectedKernel()),
    "search": lambda: GridSearchCV(
        QuantumKernelSVC(), {"C": [0.5, 1.0]}, cv=StratifiedKFold(2), scoring="balanced_accuracy"
    ),
    "qubits": lambda: skqml.ReadoutQNNClassifier(backend=Shots(20, random_state=0), max_iter=1, random_state=0),
    "truth": lambda: skqml.ReadoutQNNClassifier.from_truth_table([0, 1, 1, 0]),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_parts_of_models(name, path):
    """What holds them predicts the same, before and after fitting."""
    model = CLASSIFIERS[name]()
    if name == "truth":
        assert through_a_file(model, path).predict([[1, 0], [1, 1]]).tolist() == [1, 0]
        return
    model = fitted(through_a_file(model, path), X, LABELS)
    twin = through_a_file(model, path)
    np.testing.assert_array_equal(scores(twin)(X), scores(model)(X))


TWINS = estimator_classes("classical_twin")
TWINS.remove(
    AdversarialTrainingClassifier
)  # through an attack the last bit of a sum, which memory decides, comes out again


@pytest.mark.parametrize("cls", TWINS)
def test_classical_twins(cls, path):
    """Fitted, and where steps of another optimiser went on from there."""
    X, y = rows(cls())
    twin = fitted(quick(cls).classical_twin(), X, y)
    if hasattr(twin, "partial_fit"):
        twin.partial_fit(X, y)
    again = through_a_file(twin, path)
    np.testing.assert_array_equal(scores(again)(X), scores(twin)(X))
    if hasattr(twin, "partial_fit"):
        np.testing.assert_array_equal(scores(again.partial_fit(X, y))(X), scores(twin.partial_fit(X, y))(X))


def test_energies(path):
    """Known energies, and those of Hamiltonians that are new, with a function of the user's own."""
    model = skqml.ZNEVQE(hamiltonian, n_restarts=1, max_iter=5, random_state=0)
    rows = np.array([[0.7], [0.9]])
    model = fitted(through_a_file(model, path, trusted=[hamiltonian]), rows)
    again = through_a_file(model, path, trusted=[hamiltonian])
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        np.testing.assert_array_equal(again.predict([[0.8]]), model.predict([[0.8]]))


def test_gaussian_processes(path):
    """Scikit-learn's own estimators around our kernels."""
    model = GaussianProcessRegressor(FidelityKernel(scale=0.3) + WhiteKernel(), random_state=0).fit(X, NUMBERS)
    np.testing.assert_array_equal(through_a_file(model, path).predict(X), model.predict(X))


def test_going_on_from_a_file_is_going_on(path):
    """`partial_fit` and ``warm_start`` find the optimizer and the random state that were saved."""
    model = trained(batch_size=2).partial_fit(X, LABELS, classes=[0, 1])
    again = through_a_file(model, path)
    for one in (model, again):
        one.partial_fit(X, LABELS)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_forecasts_go_on_from_a_file(path):
    """Closed loops and their intervals are those of the model that was saved."""
    series = np.sin(np.arange(60.0))[None, :, None]
    model = skqml.QRNNReservoirRegressor(n_reservoirs=2, random_state=0).fit(series[:, :-1], series[:, 1:, 0])
    again = through_a_file(model, path)
    np.testing.assert_array_equal(again.forecast(5), model.forecast(5))


def test_callbacks_are_left_out(path):
    """They hold sockets, keys and logs."""
    model = trained().set_callbacks(ProgressBar())
    again = through_a_file(model, path)
    assert not hasattr(again, "_skl_callbacks")
    assert b"ProgressBar" not in path.read_bytes()


def test_files_of_a_model_are_equal(path, tmp_path):
    """Nothing of the process, the day or the place in memory is in them."""
    other, model = tmp_path / "other.skops", fitted(trained(), X, LABELS)
    skqml.save(model, path)
    skqml.save(through_a_file(model, path), other)
    assert path.read_bytes() == other.read_bytes()


class Doubled(skqml.Encoding):
    """An encoding of a user's own."""

    def draw(self, qc, x, weight):
        for qubit, feature in enumerate(x):
            qc.ry(2 * feature, qubit)


def test_classes_of_the_user_are_named_to_load(path):
    """Without that, nothing of them is made."""
    model = fitted(support_vectors(encoding=Doubled()), X, LABELS)
    skqml.save(model, path)
    with pytest.raises(TypeError, match=r"Doubled, which skqml does not know"):
        skqml.load(path)
    with pytest.raises(TypeError, match="trusted must hold classes and functions themselves"):
        skqml.load(path, trusted=["tests.files.test_models.Doubled"])
    np.testing.assert_array_equal(scores(skqml.load(path, trusted=[Doubled]))(X), scores(model)(X))


LIVE = {
    "simulator": lambda: (Aer(AerSimulator()), AerSimulator()),
    "sampler": lambda: (skqml.Primitive(StatevectorSampler(seed=0)), StatevectorSampler(seed=0)),
}


@pytest.mark.parametrize("name", LIVE)
def test_live_handles_are_passed_again(name, path):
    """A file holds a sentence about them; without them nothing is loaded."""
    backend, again = LIVE[name]()
    model = fitted(support_vectors(encoding=skqml.AngleEncoding(), backend=backend), X, LABELS)
    skqml.save(model, path)
    with pytest.raises(ValueError, match=rf"pass one again, load\(path, handles={{'{name}': ...}}\)"):
        skqml.load(path)
    loaded = skqml.load(path, handles={name: again})
    assert getattr(loaded.kernel_.backend, name) is again
    np.testing.assert_array_equal(scores(loaded)(X), scores(model)(X))
    assert type(getattr(model.kernel_.backend, name)) is type(again)


def test_a_way_to_jobs_is_passed_again(path):
    handles = {"sampler": StatevectorSampler(seed=0), "job": {}.__getitem__}
    model = fitted(support_vectors(encoding=skqml.AngleEncoding(), backend=skqml.Primitive(**handles)), X, LABELS)
    skqml.save(model, path)
    with pytest.raises(ValueError, match=r"handles={'job': ...}"):
        skqml.load(path, handles={"sampler": handles["sampler"]})
    assert skqml.load(path, handles=handles).kernel_.backend.job is handles["job"]


def test_what_has_no_name_is_refused(path):
    """Before anything is written."""
    with pytest.raises(TypeError, match="cannot be written: it cannot be found by its name"):
        skqml.save(trained(ansatz=lambda qc, weight: qc.ry(weight(), 0)), path)
    assert not path.exists()


def test_all_that_is_exported_may_be_in_a_file():
    """Each class with parameters that can be made, and each function that draws or observes, is in the list."""
    kept = {*classes(object, "get_params"), skqml.Observable}
    assert {f"{c.__module__}.{c.__qualname__}" for c in kept} <= TRUSTED
    assert all(name.partition(".")[0] in {"skqml", "sklearn", "functools", "numpy"} for name in TRUSTED)
    for name in TRUSTED:
        module, _, attribute = name.rpartition(".")
        if module.startswith(OF_TORCH) and not HAS_TORCH:
            continue
        assert hasattr(import_module(module), attribute), name
