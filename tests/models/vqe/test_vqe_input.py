"""What the variational quantum eigensolver refuses, and how it tells."""

import tracemalloc

import numpy as np
import pytest
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Operator, SparsePauliOp
from sklearn.exceptions import NotFittedError

from skqml import ZNEVQE, Observable
from skqml.circuits.ansatze.chemistry import UCCSD
from skqml.mitigation import linear

TWO, THREE = SparsePauliOp(["ZZ", "XI"], [1.0, 0.5]), SparsePauliOp("ZZZ")
ROWS = np.array([[0.5], [1.0]])


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([TWO, THREE], ValueError, "equally many qubits, got some on 2 and on 3"),
        (SparsePauliOp(["ZZ", "XX"], [1.0, 1.0j]), ValueError, "Hermitian.*imaginary part 1"),
        (SparsePauliOp(["ZZ"], [np.nan]), ValueError, "finite"),
        (SparsePauliOp(["ZZ"], [Parameter("a")]), ValueError, "assign them first"),
        (SparsePauliOp.from_list([], num_qubits=2), ValueError, "empty or zero"),
        (SparsePauliOp([""], [1.0]), ValueError, "at least one qubit"),
        (0.0 * TWO, ValueError, "empty or zero"),
        ([TWO, 1.0], TypeError, "SparsePauliOp or an Observable, got float"),
        ([TWO, Operator(TWO)], TypeError, "got Operator"),
        ([], ValueError, "Expected 2D array"),
        ([[np.nan]], ValueError, "NaN"),
        ([[np.inf]], ValueError, "infinity"),
        ([0.5, 1.0], ValueError, "Expected 2D array"),
        (np.empty((0, 2)), ValueError, "0 sample"),
    ],
)
def test_refused_hamiltonians(X, error, message):
    with pytest.raises(error, match=message):
        ZNEVQE().fit(X)


def test_operators_are_not_made_dense():
    """Twelve qubits would be a matrix of 268 MB."""
    big = SparsePauliOp(["Z" * 12, "X" * 12], [1.0, 1.0])
    tracemalloc.start()
    with pytest.raises(ValueError, match="as in fit, got 12"):
        ZNEVQE(random_state=0).fit(ROWS).predict([big, big])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6


@pytest.mark.parametrize("answer", [None, 1.0, "ZZ", np.eye(4), [TWO]])
def test_functions_that_return_no_operator(answer):
    with pytest.raises(TypeError, match="SparsePauliOp or an Observable, got"):
        ZNEVQE(lambda row: answer).fit(ROWS)


def test_functions_that_change_the_size():
    with pytest.raises(ValueError, match="equally many qubits"):
        ZNEVQE(lambda row: TWO if row[0] < 0.7 else THREE).fit(ROWS)


@pytest.mark.parametrize(
    ("ansatz", "message"),
    [
        (UCCSD("1100"), "is for 4 qubits, but the Hamiltonian has 2"),
        (lambda qc, weight: qc.ry(weight(), 2), "cannot be drawn on the Hamiltonian's 2 qubits"),
        (lambda qc, weight: qc.h(0), "with 0 weights"),
        (lambda qc, weight: qc.ry(weight() + ParameterVector("x", 1)[0], 0), "and 1 features"),
    ],
)
def test_ansatz_that_does_not_fit(ansatz, message):
    with pytest.raises(ValueError, match=message):
        ZNEVQE(ansatz=ansatz).fit(TWO)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scales": (0.5, 1)}, "scales"),
        ({"scales": ()}, "scales"),
        ({"scales": (1, 1, 3)}, "scales"),
        ({"scales": (1, np.nan)}, "scales"),
        ({"scales": 3}, "'scales' parameter of ZNEVQE"),
        ({"scales": (1,), "extrapolate": linear}, "at least 2"),
        ({"extrapolate": "richardson"}, "extrapolate"),
        ({"fold": 3}, "'fold' parameter of ZNEVQE"),
        ({"max_iter": 0}, "'max_iter' parameter of ZNEVQE"),
        ({"n_restarts": 0}, "'n_restarts' parameter of ZNEVQE"),
        ({"tol": -1.0}, "'tol' parameter of ZNEVQE"),
        ({"backend": "Exact"}, "'backend' parameter of ZNEVQE"),
        ({"hamiltonian": 1}, "'hamiltonian' parameter of ZNEVQE"),
        ({"ansatz": "UCCSD"}, "'ansatz' parameter of ZNEVQE"),
        ({"optimizer": "L-BFGS"}, "'optimizer' parameter of ZNEVQE"),
        ({"random_state": "a"}, "'random_state' parameter of ZNEVQE"),
    ],
)
def test_refused_parameters(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        ZNEVQE(**options).fit(TWO)


def test_refusals_come_before_training():
    """A thousand iterations of a wrong model would be a pity."""

    def never(objective, w, report, rng):
        raise AssertionError("trained")

    for options in ({"scales": (0.5,)}, {"ansatz": UCCSD("1100")}, {"extrapolate": "richardson"}):
        with pytest.raises((TypeError, ValueError), match=r"scales|qubits|extrapolate"):
            ZNEVQE(optimizer=never, **options).fit(TWO)


def test_refused_operators_leave_the_model_as_it_was():
    model = ZNEVQE(random_state=0).fit(ROWS)
    before = dict(vars(model))
    for wrong in ([TWO, THREE], [[np.nan]], [[1.0, 2.0], [3.0]]):
        with pytest.raises(ValueError):
            model.fit(wrong)
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is value for name, value in before.items())


def test_new_rows_are_checked():
    model = ZNEVQE(random_state=0)
    with pytest.raises(NotFittedError):
        model.predict(ROWS)
    model.fit(ROWS)
    with pytest.raises(ValueError, match=r"2 features.*expecting 1"):
        model.predict([[1.0, 2.0]])
    with pytest.raises(ValueError, match="3 qubits as in fit, got 2"):
        model.predict(TWO)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        model.score(ROWS, [1.0])
    model.fit(TWO)
    assert not hasattr(model, "n_features_in_")
    with pytest.raises(ValueError, match="2 qubits as in fit, got 3"):
        model.predict(ROWS)


def test_exact_energies_have_a_limit():
    with pytest.raises(ValueError, match="up to 20 qubits, got a Hamiltonian on 21"):
        ZNEVQE().exact_energies(Observable("Z" * 21))


def test_too_many_qubits_are_refused_with_their_bytes():
    with pytest.raises(ValueError, match="bytes"):
        ZNEVQE().fit(Observable("Z" * 40))
