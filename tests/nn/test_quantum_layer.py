"""The quantum layer: values and derivatives, batches, copies, and what it refuses."""

import copy
import io
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector

from skqml import AngleEncoding, Exact, Program, ReuploadingEncoding, ShiftProgram, Shots, all_z, all_zz
from skqml.backends.base import Backend
from skqml.nn import QuantumLayer
from skqml.nn.expectations import expectations

GENERATOR = torch.Generator().manual_seed(0)


def circuit(n_qubits=3):
    """Inputs, products of inputs and weights, and weights in two places."""
    x, w, qc = ParameterVector("x", n_qubits), ParameterVector("w", n_qubits), QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        qc.rx(x[q], q)
        qc.ry(w[q] * x[(q + 1) % n_qubits], q)
    qc.cx(0, 1)
    for q in range(n_qubits):
        qc.rz(w[q] + 0.1, q)
        qc.rx(0.5 * w[q], q)
    return qc


def drawn(*shape, **options):
    return torch.rand(*shape, generator=GENERATOR, dtype=torch.float64, **options)


class Shifted(Backend):
    """A backend of one's own, whose gradients are parameter shifts."""

    def compile(self, circuit, observables):
        class Values(ShiftProgram):
            def __call__(self, X, w=None, rng=None):
                return Exact().compile(self.circuit, self.observables)(X, w)

        return Values(self, circuit, observables)


def test_values_are_those_of_qiskit():
    layer, x = QuantumLayer(circuit()).double(), drawn(4, 3)
    for row, found in zip(x.numpy(), layer(x).detach().numpy(), strict=True):
        qc = circuit()
        values = np.append(layer.weights.detach().numpy(), row)
        psi = Statevector(qc.assign_parameters(dict(zip(qc.parameters, values, strict=True))))
        expected = [psi.expectation_value(SparsePauliOp(o.labels[0])).real for o in all_z(3)]
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("backend", [Exact(), Shifted()], ids=["exact", "shifts"])
@pytest.mark.parametrize("observables", [None, all_zz, SparsePauliOp(["XYZ", "ZII"], [0.3, -1.0])], ids=range(3))
def test_derivatives_are_those_of_finite_differences(backend, observables):
    layer = QuantumLayer(circuit(), observables=observables, backend=backend).double()
    x, w = drawn(2, 3, requires_grad=True), drawn(3, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, w: expectations(layer.program, x, w), (x, w))


@settings(max_examples=20)
@given(shape=st.lists(st.integers(0, 3), max_size=3))
def test_leading_shapes_are_rows(shape):
    layer = QuantumLayer(AngleEncoding(), n_features=2).double()
    x = drawn(*shape, 2, requires_grad=True)
    y = layer(x)
    assert y.shape == (*shape, 2)
    torch.testing.assert_close(y.reshape(-1, 2), layer(x.reshape(-1, 2)))
    y.sum().backward()
    assert x.grad.shape == x.shape


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_types_are_kept(dtype):
    layer, x = QuantumLayer(circuit()).to(dtype), drawn(4, 3).to(dtype).requires_grad_()
    y = layer(x)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == layer.weights.grad.dtype == dtype


def test_inputs_of_another_type_than_the_weights_get_derivatives_of_their_own():
    layer, x = QuantumLayer(circuit()), drawn(4, 3, requires_grad=True)
    layer(x).sum().backward()
    assert (x.grad.dtype, layer.weights.grad.dtype) == (torch.float64, torch.float32)


def test_frozen_weights_and_no_gradients():
    layer, x = QuantumLayer(circuit()), torch.zeros(2, 3)
    with torch.no_grad():
        assert not layer(x).requires_grad
    layer.requires_grad_(False)
    assert not layer(x).requires_grad
    assert layer(x.requires_grad_()).requires_grad


def test_penalties_on_gradients_are_refused():
    """Where a classical part has a second derivative, too: it would be the sum without the circuit's."""
    layer, x = QuantumLayer(circuit()).double(), drawn(2, 3, requires_grad=True)
    (slope,) = torch.autograd.grad((layer(x) ** 2).sum() + (x**3).sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="first derivatives alone"):
        slope.sum().backward()


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m)), lambda m: through_file(m)],
    ids=["deepcopy", "pickle", "torch.save"],
)
def test_copies_give_the_same_and_train_apart(copied):
    layer, x = QuantumLayer(ReuploadingEncoding(n_qubits=2, trainable=True), n_features=3), torch.ones(4, 3)
    other = copied(layer)
    assert torch.equal(other(x), layer(x))
    torch.nn.init.zeros_(other.weights)
    assert not torch.equal(other(x), layer(x))


def through_file(module):
    buffer = io.BytesIO()
    torch.save(module, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=False)


def test_state_dict_holds_the_weights():
    layer, other = QuantumLayer(circuit()), QuantumLayer(circuit())
    assert list(layer.state_dict()) == ["weights"]
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(torch.ones(1, 3)), layer(torch.ones(1, 3)))


def test_compiled_networks_give_the_same():
    network = torch.nn.Sequential(torch.nn.Linear(4, 3), QuantumLayer(circuit()), torch.nn.Linear(3, 1))
    compiled, x = torch.compile(network, backend="aot_eager"), torch.ones(5, 4)
    torch.testing.assert_close(compiled(x), network(x))
    compiled(x).sum().backward()
    assert network[1].weights.grad.abs().sum() > 0


def test_weights_are_given_drawn_or_filled():
    assert QuantumLayer(circuit(), weights=[1.0, 2.0, 3.0]).weights.tolist() == [1.0, 2.0, 3.0]
    assert QuantumLayer(circuit(), weights=torch.nn.init.ones_).weights.tolist() == [1.0, 1.0, 1.0]
    generators = [torch.Generator().manual_seed(1) for _ in range(2)]
    before = torch.random.get_rng_state()
    first, second = (QuantumLayer(circuit(), generator=g).weights for g in generators)
    assert torch.equal(first, second)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_shots_come_from_the_layers_generator():
    layer, values = QuantumLayer(circuit(), backend=Shots(10)), []
    for seed in (0, 0, 1):
        layer.rng = np.random.default_rng(seed)
        values.append(layer(torch.ones(8, 3)))
    assert torch.equal(values[0], values[1])
    assert not torch.equal(values[0], values[2])


def test_a_few_steps_fit_a_function():
    x = torch.linspace(-1.5, 1.5, 20)[:, None]
    layer = QuantumLayer(ReuploadingEncoding(n_qubits=2, trainable=True), n_features=1, generator=GENERATOR)
    network = torch.nn.Sequential(layer, torch.nn.Linear(2, 1))
    optimizer = torch.optim.Adam(network.parameters(), 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss = ((network(x) - torch.sin(2 * x)) ** 2).mean()
        loss.backward()
        optimizer.step()
    assert loss < 0.01


def test_print_says_what_it_is():
    assert "n_features=3, n_weights=3, n_observables=3, n_qubits=3" in repr(QuantumLayer(circuit()))
    assert isinstance(QuantumLayer(circuit()).program, Program)


def without_data():
    qc = QuantumCircuit(1)
    qc.ry(Parameter("a"), 0)
    return qc


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: QuantumLayer("RX"), TypeError, "circuit must be a QuantumCircuit or an Encoding"),
        (lambda: QuantumLayer(AngleEncoding()), ValueError, "n_features must be with an encoding, an integer"),
        (lambda: QuantumLayer(circuit(), n_features=2), ValueError, "n_features must be 3"),
        (lambda: QuantumLayer(without_data()), ValueError, "circuit must take data"),
        (lambda: QuantumLayer(circuit(), backend="exact"), TypeError, "backend must be"),
        (lambda: QuantumLayer(circuit(), weights=[1.0]), ValueError, "weights must be 3 numbers"),
        (lambda: QuantumLayer(circuit(), observables="Z"), TypeError, "observables must be"),
        (lambda: QuantumLayer(circuit())(torch.ones(2, 4)), ValueError, r"x must be of shape \(..., 3\)"),
        (lambda: QuantumLayer(circuit())(torch.tensor(1.0)), ValueError, r"x must be of shape \(..., 3\)"),
        (lambda: QuantumLayer(circuit())(np.ones((2, 3))), TypeError, "x must be a tensor"),
        (lambda: QuantumLayer(circuit())(torch.ones(2, 3, dtype=torch.int64)), TypeError, "x must be a tensor"),
        (lambda: QuantumLayer(circuit())(torch.full((2, 3), torch.nan)), ValueError, "NaN"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(make, error, sentence):
    with pytest.raises(error, match=sentence) as refused:
        make()
    assert len(str(refused.value).splitlines()) == 1
