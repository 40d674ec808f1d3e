"""Encodings against Qiskit's own circuits and closed forms, and the contract of all of them."""

import copy
import inspect
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import transpile
from qiskit.circuit import Parameter, ParameterVector, QuantumCircuit
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Operator, Statevector
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV

import skqml.circuits
from skqml.circuits import (
    AngleEncoding,
    ChebyshevEncoding,
    CircuitEncoding,
    Encoding,
    IQPEncoding,
    ReuploadingEncoding,
    ZZEncoding,
    all_z,
)


def subclasses(cls):
    return {c for s in cls.__subclasses__() for c in {s} | subclasses(s)
            if c.__module__.startswith("skqml.")}


def instance(cls):
    """Build a class from its defaults, with a circuit where one is required."""
    required = [p for p in inspect.signature(cls).parameters.values() if p.default is p.empty]
    return cls(*(zz_feature_map(3, reps=1) for _ in required))


ENCODINGS = [instance(cls) for cls in sorted(subclasses(Encoding), key=lambda c: c.__name__)]
VARIANTS = [
    AngleEncoding("x"),
    AngleEncoding("z"),
    ZZEncoding(reps=1, entanglement=((0, 1), (2, 1)), alpha=1.5),
    IQPEncoding(reps=2),
    ChebyshevEncoding(n_qubits=2, degree=3, reps=2),
    ReuploadingEncoding(n_qubits=2, n_blocks=3, trainable=True),
    ReuploadingEncoding(n_qubits=1),
]


def bind(circuit, x, w=(), data="x"):
    """Give a circuit its numbers by name, so that the test relies on names and indices alone."""
    values = {}
    for p in circuit.parameters:
        vector = {data: x, "w": w}[p.vector.name]
        values[p] = float(vector[p.index])
    return circuit.assign_parameters(values)


def state(circuit, x, w=()):
    return Statevector(bind(circuit, x, w)).data


def fidelity(a, b):
    return abs(np.vdot(a, b)) ** 2


def n_weights(circuit):
    return len({p for p in circuit.parameters if p.vector.name == "w"})


# ------------------------------------------------------------------ the contract of all encodings


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
        angles = iter(ParameterVector("v", 99))
        encoding.draw(qc, x, lambda: next(angles))
        encoding.draw(qc, x, lambda: next(angles))
        assert qc.num_parameters == 3 + 2 * n_weights(encoding.build(3))

    def test_auto_scale_is_positive_and_does_not_grow_with_features(self, encoding):
        scales = [encoding.auto_scale(n) for n in (4, 16, 64)]
        assert all(isinstance(s, float) and s > 0 for s in scales)
        assert scales == sorted(scales, reverse=True)

    def test_numpy_sees_one_object(self, encoding):
        for protocol in ("__array__", "__len__", "__iter__"):
            assert not hasattr(encoding, protocol)
        assert "\n" not in repr(encoding) and len(repr(encoding)) < 120
        assert encoding._repr_html_()


@pytest.mark.parametrize("encoding", [e for e in ENCODINGS + VARIANTS
                                      if not isinstance(e, CircuitEncoding)], ids=repr)
@pytest.mark.parametrize("n_features", [1, 2, 5])
def test_any_number_of_features(encoding, n_features):
    if isinstance(encoding, ZZEncoding) and not isinstance(encoding.entanglement, str):
        encoding = clone(encoding).set_params(entanglement="linear")
    circuit = encoding.build(n_features)
    assert len({p for p in circuit.parameters if p.vector.name == "x"}) == n_features


@pytest.mark.parametrize(("encoding", "name"), [
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
])
def test_bad_parameters_are_named_at_build(encoding, name):
    with pytest.raises(ValueError, match=name):
        encoding.build(3)


# ------------------------------------------------------------------------------- the built-in ones


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_angle_fidelity(axis):
    circuit, (x, y) = AngleEncoding(axis).build(3), np.random.default_rng(0).normal(size=(2, 3))
    expected = np.prod(np.cos((x - y) / 2) ** 2)
    np.testing.assert_allclose(fidelity(state(circuit, x), state(circuit, y)), expected)


def alternating(rep):
    return "linear" if rep % 2 else "circular"


@pytest.mark.parametrize("entanglement", [
    "full", "linear", "reverse_linear", "pairwise", "circular", "sca", alternating,
    {1: [(0,), (3,)], 2: [(3, 0)]},
    {2: []},
])
@pytest.mark.parametrize("reps", [1, 3])
def test_zz_is_the_circuit_of_qiskit(entanglement, reps):
    x = np.random.default_rng(1).normal(size=4)
    ours = ZZEncoding(reps=reps, entanglement=entanglement, alpha=1.3).build(4)
    theirs = zz_feature_map(4, reps=reps, entanglement=entanglement, alpha=1.3)
    assert ours.count_ops() == theirs.count_ops()
    np.testing.assert_allclose(
        Operator(bind(ours, x)).data, Operator(bind(theirs, x)).data, atol=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_zz_with_pairs(data):
    n = data.draw(st.integers(2, 4))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    pairs = data.draw(st.lists(pair, max_size=5))
    x = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=n, max_size=n)))
    circuit = ZZEncoding(reps=1, entanglement=pairs).build(n)
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    phases = 2 * bits @ x  # P(2 x_i), and P(2 (pi - x_i)(pi - x_j)) where the two bits differ
    for i, j in pairs:
        phases = phases + 2 * (np.pi - x[i]) * (np.pi - x[j]) * (bits[:, i] ^ bits[:, j])
    np.testing.assert_allclose(state(circuit, x), np.exp(1j * phases) / 2 ** (n / 2), atol=1e-10)


def test_zz_of_one_feature():
    x, circuit = [0.7], ZZEncoding(reps=2, alpha=1.3).build(1)
    gate = np.diag([1, np.exp(1.3j * x[0])]) @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    np.testing.assert_allclose(state(circuit, x), (gate @ gate)[:, 0], atol=1e-12)


def test_iqp_is_its_formula():
    x = np.random.default_rng(2).normal(size=3)
    signs = 1 - 2 * ((np.arange(8)[:, None] >> np.arange(3)) & 1)
    exponent = signs @ x + sum(
        x[i] * x[j] * signs[:, i] * signs[:, j] for i, j in [(0, 1), (0, 2), (1, 2)])
    hadamard = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    layer = np.diag(np.exp(-0.5j * exponent)) @ np.kron(np.kron(hadamard, hadamard), hadamard)
    np.testing.assert_allclose(
        Operator(bind(IQPEncoding(reps=2).build(3), x)).data, layer @ layer, atol=1e-12)


def test_chebyshev_polynomials():
    x, degree = np.array([-0.9, 0.35]), 4
    psi = Statevector(bind(ChebyshevEncoding(degree=degree).build(2), x))
    values = [psi.expectation_value(o.to_operator()).real for o in all_z(2 * degree)]
    basis = [np.polynomial.Chebyshev.basis(k) for k in range(1, degree + 1)]
    np.testing.assert_allclose(values, [T(v) for v in x for T in basis], atol=1e-12)


def test_chebyshev_wraps_onto_few_qubits():
    circuit = ChebyshevEncoding(n_qubits=3, degree=2, reps=2).build(4)
    assert circuit.num_qubits == 3
    assert circuit.count_ops() == {"ry": 16, "cz": 15}


def test_reuploading_without_mixing_is_a_product():
    encoding = ReuploadingEncoding(n_qubits=4, n_blocks=1)
    circuit, (x, y) = encoding.build(2), np.random.default_rng(3).normal(size=(2, 2))
    expected = np.prod(np.cos((x - y) / 2) ** 4)  # each of two features on two qubits
    np.testing.assert_allclose(fidelity(state(circuit, x), state(circuit, y)), expected)


@pytest.mark.parametrize("n_features", [1, 3, 8, 9, 64])
@pytest.mark.parametrize("n_blocks", [1, 2])
def test_reuploading_draws_whole_rows_and_fills_its_blocks(n_features, n_blocks):
    encoding = ReuploadingEncoding(n_qubits=4, n_blocks=n_blocks, trainable=True)
    circuit = encoding.build(n_features)
    n_rotations = circuit.count_ops()["ry"] - n_weights(circuit) // 2
    assert n_rotations % n_features == 0
    assert 0 <= n_rotations - max(4 * n_blocks, n_features) < n_features
    assert n_weights(circuit) == 8 * (-(-n_rotations // 4) - 1)
    np.testing.assert_allclose(encoding.auto_scale(n_features), np.sqrt(3 / n_rotations))


def test_reuploading_seed_fixes_the_mixing():
    x = np.random.default_rng(4).normal(size=5)
    states = [state(ReuploadingEncoding(n_qubits=3, seed=s).build(5), x) for s in (0, 0, 1)]
    np.testing.assert_array_equal(states[0], states[1])
    assert fidelity(states[0], states[2]) < 0.99
    assert not n_weights(ReuploadingEncoding().build(5))


@pytest.mark.parametrize("encoding", [
    ZZEncoding(reps=1), ZZEncoding(reps=1, entanglement="linear", alpha=3.0), IQPEncoding(reps=1)],
    ids=repr)
def test_auto_scale_keeps_fidelities_of_standardised_rows_apart(encoding):
    # exp(-2) is the mean fidelity at the bandwidth that an RBF kernel has by default
    rng = np.random.default_rng(7)
    circuit, scale = encoding.build(4), encoding.auto_scale(4)
    states = [state(circuit, scale * x) for x in rng.normal(size=(30, 4))]
    gram = np.abs(np.conj(states) @ np.transpose(states)) ** 2
    assert 0.1 < np.mean(gram[np.triu_indices(30, 1)]) < 0.5


@pytest.mark.parametrize(("encoding", "gamma"), [
    (AngleEncoding(), 1.0), (ReuploadingEncoding(), 0.75), (ReuploadingEncoding(n_blocks=1), 0.75)])
def test_auto_scale_gives_an_rbf_bandwidth(encoding, gamma):
    x, y = 0.3 * np.random.default_rng(5).normal(size=(2, 8))
    circuit, scale = encoding.build(8), encoding.auto_scale(8)
    rbf = np.exp(-gamma * np.sum((x - y) ** 2) / 8)
    np.testing.assert_allclose(
        fidelity(state(circuit, scale * x), state(circuit, scale * y)), rbf, atol=5e-3)


# ---------------------------------------------------------------------------- circuits of the user


def user_circuit():
    qc, x, w = QuantumCircuit(2), ParameterVector("x", 3), ParameterVector("theta", 2)
    qc.ry(x[2] * w[0], 0)
    qc.rx(x[0] + w[1], 1)
    qc.cx(0, 1)
    return qc


def test_circuit_is_handed_out_as_a_copy():
    qc = user_circuit()
    built = CircuitEncoding(qc).build(3)  # x[1] is unused
    assert built == qc and built is not qc
    built.h(0)
    assert CircuitEncoding(qc).build(3) == qc


def test_data_vector_of_another_name():
    qc = user_circuit()  # weights are called w and x
    built = CircuitEncoding(qc, data="theta").build(2)
    theta = [p for p in qc.parameters if p.vector.name == "theta"]
    weights = [p for p in qc.parameters if p.vector.name != "theta"]
    assert [p.name for p in built.parameters if p.vector.name == "x"] == [f"x[{p.index}]" for p in theta]
    numbers = np.arange(1.0, 1 + qc.num_parameters)
    expected = qc.assign_parameters(dict(zip(weights + theta, numbers, strict=True)))
    assert Operator(built.assign_parameters(numbers)) == Operator(expected)  # w comes before x


def test_transpiled_circuit():
    x = np.random.default_rng(6).normal(size=3)
    compiled = transpile(
        zz_feature_map(3, reps=1), basis_gates=["rz", "sx", "cx"], optimization_level=2)
    built = CircuitEncoding(compiled).build(3)
    expected = state(zz_feature_map(3, reps=1), x)
    np.testing.assert_allclose(fidelity(state(built, x), expected), 1, atol=1e-12)


def test_single_parameters_become_a_vector_in_their_order():
    a, b, c = Parameter("x[0]"), Parameter("b"), Parameter("c")
    qc = QuantumCircuit(1)
    qc.rx(a, 0)
    qc.rz(b, 0)
    qc.ry(c, 0)
    encoding = CircuitEncoding(qc, data=(c, a))
    built = encoding.build(2)
    assert [p.name for p in built.parameters] == ["w[0]", "x[0]", "x[1]"]
    values = dict(zip(built.parameters, [0.1, 0.2, 0.3], strict=True))
    assert Operator(built.assign_parameters(values)) == Operator(
        qc.assign_parameters({b: 0.1, c: 0.2, a: 0.3}))
    assert clone(encoding) == encoding == pickle.loads(pickle.dumps(encoding))


def test_weights_with_the_names_of_features_are_renamed():
    a, x0 = Parameter("a"), Parameter("x[0]")
    qc = QuantumCircuit(1)
    qc.rx(a, 0)
    qc.ry(x0, 0)
    built = CircuitEncoding(qc, data=(a,)).build(1)
    assert Operator(built.assign_parameters([0.2, 0.1])) == Operator(qc.assign_parameters({a: 0.1, x0: 0.2}))
    with pytest.raises(ValueError, match="differ"):
        CircuitEncoding(qc, data=(a, a)).build(2)


def test_measured_circuit_can_be_drawn_into_another():
    measured = zz_feature_map(2, reps=1)
    measured.measure_all()
    qc = QuantumCircuit(2)
    CircuitEncoding(measured).draw(qc, ParameterVector("x", 2), None)
    assert "measure" not in qc.count_ops()
    assert CircuitEncoding(measured).build(2) == measured
    x = [0.2, -0.4]
    np.testing.assert_allclose(state(qc, x), state(zz_feature_map(2, reps=1), x), atol=1e-12)


def test_circuit_equality_is_by_content():
    qc = user_circuit()
    encoding = CircuitEncoding(qc)
    longer = qc.copy()
    longer.h(0)
    for other in (clone(encoding), copy.deepcopy(encoding), pickle.loads(pickle.dumps(encoding))):
        assert other == encoding and other.circuit is not qc
    assert encoding != CircuitEncoding(longer)
    assert encoding != CircuitEncoding(qc, data="theta")
    assert encoding != CircuitEncoding(qc, data=tuple(qc.parameters))
    assert encoding != qc
    with pytest.raises(TypeError, match="unhashable"):
        hash(encoding)


@pytest.mark.parametrize("n_features", [2, 4])
def test_circuit_of_another_number_of_features(n_features):
    with pytest.raises(ValueError, match=f"3 features.*n_features={n_features}"):
        CircuitEncoding(user_circuit()).build(n_features)


@pytest.mark.parametrize("data", ["y", "", (), (Parameter("x[0]"),)])
def test_circuit_without_data(data):
    with pytest.raises(ValueError, match="no data parameter"):
        CircuitEncoding(user_circuit(), data=data).build(1)


@pytest.mark.parametrize(("circuit", "data"), [
    ("h q[0];", "x"), (None, "x"), (user_circuit(), 3), (user_circuit(), ["x"])])
def test_circuit_of_another_type(circuit, data):
    with pytest.raises(TypeError, match="must be"):
        CircuitEncoding(circuit, data=data).build(3)


@pytest.mark.parametrize("nonsense", [-1, 3.0, "helloworld", [1], {}, [], np.array([1.0, 4.0])])
def test_nonsense_is_stored_silently(nonsense):
    encoding = CircuitEncoding(nonsense, data=nonsense)
    assert encoding.circuit is nonsense and encoding.data is nonsense
    assert repr(encoding)


class Width(BaseEstimator):
    def __init__(self, encoding=None):
        self.encoding = encoding

    def fit(self, X, y):
        self.width_ = self.encoding.width(X.shape[1])
        return self

    def score(self, X, y):
        return self.width_


def test_grid_search_over_circuits():
    wide = QuantumCircuit(3)
    wide.compose(zz_feature_map(2), [0, 1], inplace=True)
    encodings = [CircuitEncoding(zz_feature_map(2)), CircuitEncoding(wide)]
    search = GridSearchCV(Width(), {"encoding": encodings}, cv=2)
    search.fit(np.zeros((4, 2)), np.zeros(4))
    assert search.best_params_["encoding"] == encodings[1]
    assert search.best_estimator_._repr_html_()
