"""The contract of all encodings."""

import copy
import pickle

import numpy as np
import pytest
from qiskit.circuit import ParameterVector, QuantumCircuit
from sklearn.base import clone

import skqml.circuits
from skqml.circuits import (
    AngleEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
)
from tests.circuits.encodings import ENCODINGS, VARIANTS, fidelity, n_weights, state


def test_every_encoding_is_exported():
    assert {type(e).__name__ for e in ENCODINGS} < set(skqml.circuits.__all__)
    assert len(ENCODINGS) >= 6


@pytest.mark.parametrize("encoding", ENCODINGS + VARIANTS, ids=repr)
class TestContract:
    def test_parameters_are_data_and_weights(self, encoding):
        circuit = encoding.build(3)
        assert circuit.num_qubits == encoding.width(3)
        data = [p for p in circuit.parameters if p.vector.name == "x"]
        weights = [p for p in circuit.parameters if p.vector.name == "w"]
        assert sorted(p.index for p in data) == [0, 1, 2]
        assert {len(p.vector) for p in data} == {3}
        assert [p.index for p in weights] == list(range(len(weights)))
        assert len(data) + len(weights) == circuit.num_parameters

    def test_copies_build_the_same_states(self, encoding):
        x, w = np.array([0.3, -0.8, 0.5]), np.linspace(-2, 2, 99)
        expected = state(encoding.build(3), x, w)
        pickled = pickle.loads(pickle.dumps(encoding))
        for other in (encoding, clone(encoding), copy.deepcopy(encoding), pickled):
            assert repr(other) == repr(encoding)
            np.testing.assert_allclose(state(other.build(3), x, w), expected, atol=1e-14)

    def test_every_feature_matters(self, encoding):
        circuit, w = encoding.build(3), np.linspace(0.3, 2, 99)
        x = np.array([0.3, -0.8, 0.5])
        for k in range(3):
            moved = x + 0.1 * np.eye(3)[k]
            assert fidelity(state(circuit, x, w), state(circuit, moved, w)) < 1 - 1e-6

    @pytest.mark.parametrize("n_features", [0, -1, 1.5, "2", None])
    def test_bad_number_of_features(self, encoding, n_features):
        with pytest.raises(ValueError, match="features"):
            encoding.build(n_features)

    def test_composes_with_its_own_weights(self, encoding):
        qc, x = QuantumCircuit(encoding.width(3)), ParameterVector("x", 3)
        angles = iter(ParameterVector("v", 199))
        encoding.draw(qc, x, lambda: next(angles))
        encoding.draw(qc, x, lambda: next(angles))
        assert qc.num_parameters == 3 + 2 * n_weights(encoding.build(3))

    def test_numpy_sees_one_object(self, encoding):
        for protocol in ("__array__", "__len__", "__iter__"):
            assert not hasattr(encoding, protocol)
        assert "\n" not in repr(encoding) and len(repr(encoding)) < 120
        assert encoding._repr_html_()


@pytest.mark.parametrize("encoding", [e for e in ENCODINGS + VARIANTS if not isinstance(e, CircuitEncoding)], ids=repr)
@pytest.mark.parametrize("n_features", [1, 2, 5])
def test_any_number_of_features(encoding, n_features):
    if isinstance(encoding, ZZEncoding) and not isinstance(encoding.entanglement, str):
        encoding = clone(encoding).set_params(entanglement="linear")
    circuit = encoding.build(n_features)
    assert len({p for p in circuit.parameters if p.vector.name == "x"}) == n_features


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        (AngleEncoding("w"), "rotation"),
        (ZZEncoding(reps=0), "reps"),
        (ZZEncoding(reps="two"), "reps"),
        (ZZEncoding(entanglement=[(0, 3)]), "entanglement"),
        (ZZEncoding(entanglement=[(1, 1)]), "entanglement"),
        (ZZEncoding(entanglement=[(0, 1, 2)]), "entanglement"),
        (ZZEncoding(entanglement=[0, 1]), "entanglement"),
        (ZZEncoding(entanglement=3), "entanglement"),
        (ZZEncoding(entanglement={1: [(7,)]}), "entanglement"),
        (ZZEncoding(entanglement="everything"), "entanglement"),
        (ZZEncoding(entanglement=lambda rep: [(0, 3)]), "entanglement"),
        (ZZEncoding(alpha=0.0), "alpha"),
        (ZZEncoding(alpha="2"), "alpha"),
        (IQPEncoding(reps=-1), "reps"),
        (ChebyshevEncoding(degree=0), "degree"),
        (ChebyshevEncoding(n_qubits=0), "n_qubits"),
        (ChebyshevEncoding(reps=None), "reps"),
        (ReuploadingEncoding(n_qubits=1.5), "n_qubits"),
        (ReuploadingEncoding(n_blocks=0), "n_blocks"),
    ],
)
def test_bad_parameters_are_named_at_build(encoding, name):
    with pytest.raises(ValueError, match=name):
        encoding.build(3)
