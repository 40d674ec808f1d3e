"""Layers of the hybrid image networks, against what they are said to be, and their derivatives."""

import copy
import pickle

import numpy as np
import pytest
import torch
from qiskit.quantum_info import Operator, Pauli, Statevector, partial_trace
from qiskit_aer.noise import NoiseModel, amplitude_damping_error
from scipy.linalg import expm

from skqml import AngleEncoding, Noisy, Shots
from skqml.nn import AmplitudeLayer, FlippedQuanv2d, QuantumLayer, Quanvolution2d, ReuploadingLinear
from skqml.nn.matrices import exp_i, one_qubit_part, pauli_sum
from tests.nn.test_quantum_layer import drawn

LAYERS = {
    "amplitudes": (lambda: AmplitudeLayer(6), (2, 3, 6)),
    "quanv": (lambda: FlippedQuanv2d(2, 3), (2, 2, 5, 6)),
    "wide": (lambda: FlippedQuanv2d(1, 2, kernel_size=5, stride=2, padding=1, bias=False), (2, 1, 5, 4)),
    "unentangled quanv": (lambda: FlippedQuanv2d(1, 2, entangled=False), (2, 1, 3, 4)),
    "unentangled linear": (lambda: ReuploadingLinear(5, 3, reps=2, entangled=False), (3, 5)),
    "linear": (lambda: ReuploadingLinear(5, 3, reps=2), (3, 5)),
    "quanvolution": (lambda: Quanvolution2d(AngleEncoding(), in_channels=2, stride=1, padding=1), (2, 2, 3, 2)),
}


@pytest.fixture(params=LAYERS)
def layer_and_x(request):
    make, shape = LAYERS[request.param]
    return make().double(), drawn(*shape, requires_grad=True)


def label(place, n_qubits):
    """The Pauli string of a place: bit masks of X and of Z."""
    x, z = divmod(place + 1, 2**n_qubits)
    return "".join("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in reversed(range(n_qubits)))


def dense(w):
    n_qubits = round(np.log2(len(w) + 1) / 2)
    return sum(c * Operator(Pauli(label(k, n_qubits))).data for k, c in enumerate(w))


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_exponentials_of_sums_of_paulis_are_those_of_dense_matrices(n_qubits):
    w = drawn(2, 4**n_qubits - 1)
    for found, row in zip(exp_i(pauli_sum(w)).numpy(), w.numpy(), strict=True):
        np.testing.assert_allclose(found, expm(1j * dense(row)), atol=1e-12)


def test_exponentials_have_derivatives_where_eigenvalues_are_equal():
    """Of degenerate matrices and of those close to them; `torch.linalg.eigh` has none."""
    for size in (0.0, 1e-9, 1.0):
        w = (size * drawn(2, 15)).requires_grad_()
        assert torch.autograd.gradcheck(lambda w: exp_i(pauli_sum(w)), w)
    x = torch.zeros(2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: exp_i(x + x.mT), x)


def test_derivatives_are_those_of_finite_differences(layer_and_x):
    layer, x = layer_and_x
    names, values = zip(*layer.named_parameters(), strict=True)

    def call(x, *p):
        return torch.func.functional_call(layer, dict(zip(names, p, strict=True)), (x,))

    assert torch.autograd.gradcheck(call, (x, *(drawn(*v.shape, requires_grad=True) for v in values)))


def test_copies_states_and_types(layer_and_x):
    layer, x = layer_and_x
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(x), layer(x))
        torch.nn.init.zeros_(next(other.parameters()))
        other.load_state_dict(layer.state_dict())
        assert torch.equal(other(x), layer(x))
    single = layer.float()(x.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), layer.double()(x), atol=1e-5, rtol=1e-5)
    assert repr(layer)


@pytest.mark.filterwarnings(
    "ignore::UserWarning", "ignore::DeprecationWarning"
)  # of torch, about what it traces itself
def test_compiled_networks_give_the_same():
    layers = FlippedQuanv2d(1, 1), torch.nn.Flatten(), ReuploadingLinear(4, 3)
    network, x = torch.nn.Sequential(*layers).double(), drawn(2, 1, 4, 4)
    torch.testing.assert_close(torch.compile(network, backend="aot_eager")(x), network(x))


@pytest.mark.parametrize("make", [FlippedQuanv2d, ReuploadingLinear])
def test_starts_come_from_the_generator(make):
    before = torch.random.get_rng_state()
    first, second = (make(4, 2, generator=torch.Generator().manual_seed(1)).weights for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_flipped_quanv_is_a_convolution_with_positive_kernels():
    """Symmetric, positive semidefinite, of trace at most 1: no such kernel finds an edge."""
    layer = FlippedQuanv2d(3, 4).double()
    kernels = layer.kernels().detach() * 3
    assert torch.equal(kernels, kernels.mT)
    assert torch.linalg.eigvalsh(kernels).min() > -1e-12
    assert kernels.diagonal(dim1=-2, dim2=-1).sum(-1).max() <= 1 + 1e-12
    convolution = torch.nn.Conv2d(3, 4, 3).double()
    convolution.load_state_dict({"weight": kernels / 3, "bias": layer.bias})
    x = drawn(2, 3, 6, 5)
    torch.testing.assert_close(layer(x), convolution(x))


def test_flipped_quanv_is_the_expectation_of_the_patch():
    layer, x = FlippedQuanv2d(2, 1).double(), drawn(1, 2, 3, 3)
    w, values = layer.weights.detach().numpy()[0], []
    for channel in range(2):
        psi = Statevector(expm(1j * dense(w[channel]))[:, 0])
        P = np.pad(x[0, channel].numpy(), (0, 1))
        values.append(psi.expectation_value(Operator((P + P.T) / 2)).real)
    np.testing.assert_allclose(layer(x).item(), np.mean(values), atol=1e-12)


def test_reuploading_linear_is_the_circuit():
    layer, x = ReuploadingLinear(10, 3, reps=3).double(), drawn(10)
    assert layer.n_qubits == 2
    X = np.append(x.numpy(), np.zeros(6)).reshape(4, 4)
    psi = np.full(4, 0.5, dtype=complex)
    for w in layer.weights.detach().numpy():
        psi = expm(1j * dense(w)) @ expm(1j * (X + X.T) / 6) @ psi
    np.testing.assert_allclose(layer(x).detach().numpy(), np.abs(psi[:3]) ** 2, atol=1e-12)


@pytest.mark.parametrize("entangled", [False, True])
def test_reuploading_linear_shows_its_circuit(entangled):
    layer, x = ReuploadingLinear(40, 8, reps=2, entangled=entangled).double(), drawn(40)
    psi = Statevector(layer.circuit(x.numpy()))
    np.testing.assert_allclose(layer(x).detach().numpy(), psi.probabilities(), atol=1e-12)
    purity = min(partial_trace(psi, [k for k in range(3) if k != q]).purity().real for q in range(3))
    assert purity < 0.99 if entangled else purity == pytest.approx(1.0)


def test_parts_on_one_qubit_are_the_nearest():
    """What is left has no product with any string on one qubit, and such sums stay as they are."""
    G = drawn(2, 8, 8)
    G, part = G + G.mT, one_qubit_part(G + G.mT)
    for text in ("IIX", "IZI", "YII", "XII"):
        P = torch.from_numpy(Operator(Pauli(text)).data)
        torch.testing.assert_close(((G - part).to(P) @ P).diagonal(dim1=-2, dim2=-1).sum(-1).abs().max().item(), 0.0)
    torch.testing.assert_close(one_qubit_part(part), part)


def test_published_sizes():
    """Level 2 of the paper: 133,658 parameters become 172,048, and no Pauli string is written out."""
    layer = ReuploadingLinear(12544, 10)
    assert (layer.n_qubits, sum(p.numel() for p in layer.parameters())) == (7, 163_840)
    assert sum(p.numel() for p in (*FlippedQuanv2d(1, 32).parameters(), *FlippedQuanv2d(32, 16).parameters())) == 8208


def test_quanvolution_runs_the_circuit_on_each_patch():
    circuit = AngleEncoding().build(8)
    layer, kernel = Quanvolution2d(circuit, 2, 2, 1).double(), QuantumLayer(circuit).double()
    x = drawn(3, 2, 4, 5)
    y = layer(x)
    assert y.shape == (3, 8, 3, 4)
    for i, j in np.ndindex(3, 4):
        torch.testing.assert_close(y[:, :, i, j], kernel(x[:, :, i : i + 2, j : j + 2].reshape(3, -1)))


def test_quanvolution_calls_its_program_once(monkeypatch):
    layer, calls = Quanvolution2d(AngleEncoding()), []
    program = type(layer.kernel.program)
    one = program.forward
    monkeypatch.setattr(program, "forward", lambda self, X, *rest: calls.append(len(X)) or one(self, X, *rest))
    layer(torch.zeros(5, 1, 6, 6, requires_grad=True))
    assert calls == [5 * 9]


def test_quanvolution_takes_any_backend():
    y = Quanvolution2d(AngleEncoding(), backend=Shots(10, random_state=0))(torch.ones(2, 1, 4, 4))
    assert y.mul(5).allclose(y.mul(5).round(), atol=1e-5)


def test_weights_of_amplitudes_are_trained_under_noise():
    """Of rows with zeros too, which have no derivatives there; those that have some are checked by differences."""
    model = NoiseModel(["ry", "rz", "cx"])
    model.add_all_qubit_quantum_error(amplitude_damping_error(0.05), ["ry"])
    layer = AmplitudeLayer(5, backend=Noisy(model)).double()
    x = drawn(2, 5)
    assert torch.autograd.gradcheck(layer, x.clone().requires_grad_())
    x[0, :2] = 0.0
    layer(x).sum().backward()
    assert layer.weights.grad.abs().max() > 1e-3
    with pytest.raises(ValueError, match="jump at its amplitudes of 0"):
        layer(x.requires_grad_()).sum().backward()


def test_amplitudes_are_the_inputs():
    layer, x = AmplitudeLayer(6).double(), drawn(6)
    qc = layer.program.circuit.copy()
    ansatz = qc.copy_empty_like()
    for instruction in qc.data[1:]:
        ansatz.append(instruction)
    ansatz.assign_parameters(layer.weights.tolist(), inplace=True)
    psi = Statevector(np.append(x.numpy(), [0, 0]) / np.linalg.norm(x)).evolve(ansatz)
    expected = [psi.expectation_value(Operator(Pauli(label))).real for label in ("IIZ", "IZI", "ZII")]
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: AmplitudeLayer(4)(torch.zeros(2, 4)), ValueError, "0"),
        (lambda: FlippedQuanv2d(0, 1), ValueError, "in_channels must be"),
        (lambda: FlippedQuanv2d(1, 2, kernel_size=1), ValueError, "kernel_size must be"),
        (lambda: FlippedQuanv2d(1, 2)(torch.ones(2, 5, 5, 1)), ValueError, "give x.permute"),
        (lambda: FlippedQuanv2d(1, 2)(torch.ones(2, 1, 2, 5)), ValueError, "at least 3 times 3 pixels"),
        (lambda: FlippedQuanv2d(1, 2)(np.ones((2, 1, 5, 5))), TypeError, "x must be a tensor"),
        (lambda: ReuploadingLinear(100_000, 2), ValueError, "must fit on 8 qubits"),
        (lambda: ReuploadingLinear(100, 2, n_qubits=2), ValueError, "n_qubits must be an integer from 4 to 8"),
        (lambda: ReuploadingLinear(4, 2)(torch.ones(3)), ValueError, r"x must be of shape \(..., 4\)"),
        (lambda: Quanvolution2d(AngleEncoding().build(3)), ValueError, "n_features must be 3"),
        (lambda: Quanvolution2d(AngleEncoding())(torch.ones(4, 4)), ValueError, "x must be images"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()
