"""Outcomes that are sent over cuts: the same values, errors that are true, and one direction."""

import numpy as np
import pytest
from qiskit import QuantumCircuit

from skqml import ZNE, Aer, Cut, Exact, Noisy, Observable, Shots, all_z
from skqml.cutting import CutCost, cut_cost
from skqml.cutting.running.row_shots import RowShots
from skqml.mitigation import fold_gates
from tests.cutting.circuits import WORST, difference, ladder, random_circuit, random_cuts, random_observables, results


def one_way(rng, circuit, n_cuts):
    """Cuts of wires over which outcomes go one way, or none."""
    for _ in range(20):
        cuts = [cut for cut in random_cuts(rng, circuit, n_cuts) if isinstance(cut, tuple)]
        try:
            cut_cost(circuit, cuts=cuts, communication=True)
        except ValueError:
            continue
        if len(cut_cost(circuit, cuts=cuts).qubits) > 1:
            return cuts
    return []


@pytest.mark.parametrize("seed", range(40))
def test_values_and_gradients_of_a_random_circuit(seed):
    rng = np.random.default_rng(seed)
    circuit = random_circuit(rng, int(rng.integers(2, 5)), int(rng.integers(3, 6)))
    n_features = 3 if any(p.name.startswith("x") for p in circuit.parameters) else 0
    n_weights = sum(p.name.startswith("w") for p in circuit.parameters)
    observables = [*random_observables(rng, circuit.num_qubits), Observable("I" * circuit.num_qubits, 0.3)]
    args = rng.normal(size=(3, n_features)), rng.normal(size=n_weights), rng.normal(size=(3, len(observables)))
    cut = Cut(cuts=one_way(rng, circuit, seed % 3 + 1), communication=True)
    whole = results(Exact(), circuit, observables, *args)
    assert difference(results(cut, circuit, observables, *args), whole) < WORST
    np.testing.assert_allclose(cut.compile(circuit, observables)(*args[:2]), whole[0], atol=WORST)


@pytest.mark.parametrize("cuts", [[(2, 5)], [(1, 5), (3, 5)]], ids=["one cut", "two cuts"])
@pytest.mark.parametrize("communication", [False, True])
def test_errors_of_shots_are_true(cuts, communication):
    """Over 300 rows alike: the mean within five of its errors, the scatter within a fifth of what is said."""
    circuit, rng = ladder(5), np.random.default_rng(1)
    X, w = np.tile(rng.normal(size=5), (300, 1)), rng.normal(size=16)
    observables = [*all_z(5), Observable("ZXZZZ"), Observable("XIIIX")]
    cut = Cut(Shots(300, random_state=0), cuts=cuts, communication=communication).compile(circuit, observables)
    true = Exact().compile(circuit, observables)(X[:1], w)
    values, errors = cut.estimate(X, w)
    scatter = values.std(axis=0, ddof=1)
    assert (np.abs(values.mean(axis=0) - true) < 5 * scatter / 300**0.5).all()
    np.testing.assert_allclose(np.sqrt((errors**2).mean(axis=0)), scatter, rtol=0.2)


@pytest.mark.parametrize("communication", [False, True])
def test_gradients_of_shots_have_no_bias(communication):
    circuit, rng = ladder(3), np.random.default_rng(2)
    X, w, g = np.tile(rng.normal(size=3), (400, 1)), rng.normal(size=8), np.ones((400, 3))
    cut = Cut(Shots(100, random_state=0), cuts=[(1, 5)], communication=communication)
    dX = results(cut, circuit, all_z(3), X, w, g)[1]
    true = results(Exact(), circuit, all_z(3), X[:1], w, g[:1])[1]
    assert (np.abs(dX.mean(axis=0) - true[0]) < 5 * dX.std(axis=0, ddof=1) / 20 + 1e-12).all()


def test_as_many_shots_run_as_are_counted(monkeypatch):
    """A part runs as often in a state as the part before sent it there: the outcomes of one shot are used once."""
    circuit = QuantumCircuit(3)
    circuit.x(0)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    shots = []
    run = RowShots.__call__
    monkeypatch.setattr(RowShots, "__call__", lambda self, *a: shots.append(a[3]) or run(self, *a))
    backend = Cut(Shots(200, random_state=0), cuts=[(1, 1)], communication=True)
    values = backend.compile(circuit, all_z(3))(np.zeros((1, 0)))
    first, second = shots
    np.testing.assert_array_equal(first, [300, 300, 300])  # half of 200 times nine circuits, in three bases
    assert (second[4], second[5]) == (1, 300)  # Z is always -1, for which 0 is prepared; a state has one shot at least
    assert abs(second.sum() - 900) <= 4
    assert np.abs(values + 1).max() < 0.5


@pytest.mark.parametrize("communication", [False, True])
def test_extrapolated_on_aer(communication):
    """Gates are folded where they are, so that outcomes still go one way."""
    circuit, rng = ladder(3), np.random.default_rng(0)
    args = rng.normal(size=(2, 3)), rng.normal(size=8)
    backend = ZNE(Cut(Aer(), 2, communication=communication), scales=(1, 3), fold=fold_gates)
    exact = Exact().compile(circuit, all_z(3))(*args)
    np.testing.assert_allclose(backend.compile(circuit, all_z(3))(*args), exact, atol=1e-8)


def test_on_a_noisy_backend():
    """Parts with noise on none of their gates."""
    circuit, X, w = ladder(4), np.ones((1, 4)), np.ones(12)
    cut = Cut(Noisy(), 3, communication=True).compile(circuit, all_z(4))(X, w)
    np.testing.assert_allclose(cut, Exact().compile(circuit, all_z(4))(X, w), atol=WORST)


def test_cost():
    assert cut_cost(ladder(8), 5, communication=True) == CutCost(9, 9.0, (4, 5))
    assert cut_cost(ladder(8), cuts=[(2, 5), (5, 5)], communication=True) == CutCost(27, 81.0, (3, 4, 3))


def test_what_cannot_be_sent_is_refused():
    circuit = QuantumCircuit(3)
    for pair in ((0, 1), (1, 2), (0, 1)):
        circuit.cx(*pair)
    there_and_back = [(1, 1), (1, 2)]
    assert len(cut_cost(circuit, cuts=there_and_back).qubits) == 2
    with pytest.raises(ValueError, match="over which outcomes go one way"):
        cut_cost(circuit, cuts=there_and_back, communication=True)
    with pytest.raises(ValueError, match="gates are cut too"):
        cut_cost(circuit, cuts=[1], communication=True)
    with pytest.raises(TypeError, match="communication must be True or False"):
        Cut(communication=1).compile(circuit, all_z(2))
