"""What stands behind a parameter that is None can be reached into, in every class that has such a parameter."""

import inspect

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import real_amplitudes
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skqml
from skqml import Ansatz, QuantumKernelSVC, ReuploadingEncoding, VariationalClassifier, VariationalRegressor
from skqml.circuits.ansatze import hardware_efficient, mirrored
from tests.rooms import classes

PARTS = ("kernel", "encoding", "ansatz", "backend", "cell", "readout", "optimizer")
# None stands here for a function without options, or for a method that no object of the package describes.
WITHOUT = {("HamiltonianEmbeddingClassifier", "ansatz"), ("ZNEVQE", "optimizer")}
X, Y = (a[::6] for a in load_iris(return_X_y=True))
QUICK = {"max_iter": 2, "n_components": 10, "n_reservoirs": 2, "n_thresholds": 1, "random_state": 0}


def cases():
    """Each class that can be built without arguments, with each of its parts that is None then."""
    for cls in classes(object, "get_params"):
        for part, parameter in inspect.signature(cls).parameters.items():
            if part in PARTS and parameter.default is None and (cls.__name__, part) not in WITHOUT:
                yield pytest.param(cls, part, id=f"{cls.__name__}-{part}")


each = pytest.mark.parametrize(("cls", "part"), list(cases()))


def nested(model, part):
    """Parameters of a part, by their names in the model."""
    return {name: value for name, value in model.get_params().items() if name.startswith(f"{part}__")}


def quick(model):
    return model.set_params(**{name: QUICK[name] for name in QUICK.keys() & model.get_params(deep=False).keys()})


def results(model):
    """All numbers that a model gives on some rows."""
    if not hasattr(model, "fit"):
        return model(X)
    model.fit(X, Y)
    return (model.transform if hasattr(model, "transform") else model.predict)(X)


@each
def test_what_a_default_has_is_listed_and_can_be_set(cls, part):
    model, found = cls(), nested(cls(), part)
    assert found
    for name, value in found.items():
        changed = cls().set_params(**{name: value})
        assert getattr(changed, part) is not None
        assert nested(changed, part).keys() == found.keys()
        others = model.get_params(deep=False).keys() - {part}
        assert all(getattr(changed, other) is getattr(model, other) for other in others)
    assert model.get_params(deep=False) == clone(model).get_params(deep=False) == cls().get_params(deep=False)
    assert getattr(model, part) is None


@each
def test_a_name_that_a_default_lacks_is_refused_and_changes_nothing(cls, part):
    model = cls()
    with pytest.raises(ValueError, match="Invalid parameter"):
        model.set_params(**{f"{part}__nonsense": 1})
    assert getattr(model, part) is None


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@each
def test_none_is_the_default_that_is_listed(cls, part):
    """Reaching into it without a change changes no number."""
    if (not hasattr(cls, "fit") and not hasattr(cls, "matrix")) or cls is skqml.ZNEVQE:
        return
    model = quick(cls())
    name, value = next(iter(nested(model, part).items()))
    np.testing.assert_allclose(results(clone(model).set_params(**{name: value})), results(model), rtol=1e-6)


def test_searches_from_default_construction():
    grid = {"quantumkernelsvc__kernel__encoding__n_qubits": [2, 3], "quantumkernelsvc__kernel__scale": [0.5, 1.0]}
    search = GridSearchCV(make_pipeline(StandardScaler(), QuantumKernelSVC()), grid, cv=2).fit(X, Y)
    assert {k.split("__")[-1] for k in search.best_params_} == {"n_qubits", "scale"}
    kernel = search.best_estimator_[-1].kernel
    assert (kernel.encoding.n_qubits, kernel.scale) == tuple(search.best_params_.values())


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_depth_and_ansaetze_are_searched():
    model = VariationalClassifier(ReuploadingEncoding(3), max_iter=2)
    depth = GridSearchCV(model, {"ansatz__n_layers": [1, 2]}, cv=2, scoring=lambda m, X, y: m.n_parameters_).fit(X, Y)
    assert depth.best_params_ == {"ansatz__n_layers": 2}
    ansaetze = [Ansatz(real_amplitudes(3)), Ansatz(real_amplitudes(3, reps=1)), Ansatz(mirrored), None]
    search = GridSearchCV(model, {"ansatz": ansaetze}, cv=2).fit(X, Y)
    assert len(search.cv_results_["param_ansatz"]) == 4


def test_options_of_an_ansatz():
    ansatz = Ansatz(mirrored, ansatz=Ansatz(hardware_efficient))
    assert ansatz.set_params(ansatz__n_layers=3).ansatz.n_layers == 3
    assert clone(ansatz).get_params()["ansatz__n_layers"] == 3
    assert repr(ansatz) == "Ansatz(mirrored, ansatz=Ansatz(hardware_efficient, n_layers=3))"
    with pytest.raises(TypeError, match="depth"):
        clone(Ansatz(hardware_efficient, depth=3))(QuantumCircuit(2), lambda: Parameter("a"))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("wrap", [Ansatz, lambda circuit: circuit])
def test_a_circuit_is_an_ansatz(wrap):
    """All its parameters become weights, in their order, behind those of the encoding; final measurements are left."""
    circuit = real_amplitudes(3, reps=1)
    circuit.measure_all()
    encoding = ReuploadingEncoding(3, trainable=True)
    model = VariationalRegressor(encoding, wrap(circuit), max_iter=2, tol=None, random_state=0).fit(X, Y)
    n_encoding = len(VariationalRegressor(encoding, lambda qc, weight: None, max_iter=1).fit(X, Y).weights_)
    expected = encoding.build(4)
    expected.compose(circuit.remove_final_measurements(inplace=False), inplace=True)
    w = model.weights_
    assert len(w) == n_encoding + circuit.num_parameters
    values = np.concatenate([X[0], w])  # circuit parameters in the order: x, w of the encoding, those of the ansatz
    bound = expected.assign_parameters(
        dict(
            zip(
                [
                    *(p for p in expected.parameters if p.name.startswith("x[")),
                    *(p for p in expected.parameters if p.name.startswith("w[")),
                    *circuit.parameters,
                ],
                values,
                strict=True,
            )
        )
    )
    names = [p.name for p in model.circuit_.parameters]
    own = model.circuit_.assign_parameters(
        [values[:4][int(n[2:-1])] if n.startswith("x") else w[int(n[2:-1])] for n in names]
    )
    assert own == bound
    with pytest.raises(ValueError, match=r"ansatz on 2 qubits.*got a circuit on 3"):
        VariationalRegressor(ReuploadingEncoding(2), wrap(circuit)).fit(X, Y)
