"""Primitives of IBM's runtime, old and new, on fake devices and in the local mode of batches and sessions."""

import warnings
from functools import partial

import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import Batch, EstimatorV2, SamplerV2, Session
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2, FakeQuitoV2

from skqml import AngleEncoding, Exact, FidelityKernel, Primitive, QuantumKernelSVC, ZZEncoding, all_z, one_qubit_paulis

X = np.random.default_rng(0).normal(size=(4, 3))
SHOTS = 2000
EDGES = [[a, b] for a in range(5) for b in range(5) if abs(a - b) == 1]
LINE = GenericBackendV2(5, seed=1, coupling_map=EDGES, noise_info=False).target
IDEAL = AerSimulator()
PRIMITIVES = {
    "sampler": lambda mode, **options: {"sampler": Sampler(mode, options)},
    "estimator": lambda mode, **options: {"estimator": Estimator(mode, options)},
    "old sampler": lambda mode, **options: {"sampler": old(SamplerV2, mode, options)},
    "old estimator": lambda mode, **options: {"estimator": old(EstimatorV2, mode, options)},
}
pytestmark = pytest.mark.filterwarnings("ignore:Options .* have no effect in local testing mode")


def old(kind, mode, options):
    """Those of the server, on their way out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return kind(mode, options=options)


def zz():
    return ZZEncoding(reps=1).build(3)


def seeded(device, seed):
    return Sampler(device, {"simulator": {"seed_simulator": seed}})


@pytest.mark.parametrize("name", PRIMITIVES)
def test_values_and_fidelities_on_a_line_without_noise(name):
    """Five standard errors of shots; neighbours on the line are not those of the circuit, so that qubits move."""
    native = Primitive(target=LINE, estimator=Estimator(IDEAL)).prepare(zz())
    places = {tuple(native.find_bit(q).index for q in i.qubits) for i in native.data if len(i.qubits) == 2}
    assert places <= {tuple(edge) for edge in EDGES}
    assert native.layout.final_index_layout() != [0, 1, 2]
    backend = Primitive(**PRIMITIVES[name](IDEAL), shots=SHOTS, target=LINE)
    values = backend.compile(zz(), one_qubit_paulis(3))(X)
    assert np.abs(values - Exact().compile(zz(), one_qubit_paulis(3))(X)).max() < 5.5 / np.sqrt(SHOTS)
    K, exact = (b.overlaps(zz(), X) for b in (backend, Exact()))
    assert 0 < np.abs(K - exact).max() < 5.5 / np.sqrt(SHOTS)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_fake_device_has_the_noise_of_its_calibration(name):
    device = FakeManilaV2()
    values = Primitive(**PRIMITIVES[name](device), shots=SHOTS, target=device).compile(zz(), all_z(3))(X)
    deviation = np.abs(values - Exact().compile(zz(), all_z(3))(X)).max()
    assert 0 < deviation < 0.2 + 5.5 / np.sqrt(SHOTS)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_one_seed_gives_jobs_noise_of_their_own_and_calls_the_same(name):
    options = {"simulator": {"seed_simulator": 7}}
    rows = np.zeros((2, 3)) + 0.7
    backend = Primitive(**PRIMITIVES[name](IDEAL, **options), shots=50, max_rows=1, target=LINE)
    first, second = (backend.compile(zz(), one_qubit_paulis(3))(rows) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("context", [Batch, Session])
def test_batches_and_sessions_are_opened_for_the_jobs_of_a_call(context):
    device, opened = FakeManilaV2(), []

    def session():
        opened.append(context(device))
        return opened[-1]

    params = {"shots": 50, "max_rows": 4, "target": device, "random_state": 0}
    kernel = FidelityKernel(AngleEncoding(), backend=Primitive(partial(seeded, device), **params))
    inside = FidelityKernel(AngleEncoding(), backend=Primitive(partial(seeded, device), session=session, **params))
    np.testing.assert_array_equal(inside(X), kernel(X))
    assert len(opened) == 1
    with pytest.raises(Exception, match="closed"):
        old(SamplerV2, opened[0], {}).run([device_circuit(device)])


def device_circuit(device):
    measured = zz().assign_parameters(X[0])
    measured.measure_all()
    return Primitive(Sampler(device), target=device).prepare(measured)


def test_a_closed_session_of_the_user_is_not_tried_again(caplog):
    device = FakeManilaV2()
    with Session(device) as session:
        sampler = old(SamplerV2, session, {})
    with pytest.raises(RuntimeError, match=r"failed 1 times.*The session is closed"):
        Primitive(sampler, shots=10, target=device, wait=100).compile(zz(), all_z(3))(X)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_devices_and_options_have_kept_results_of_their_own(name, tmp_path):
    devices = FakeManilaV2(), FakeQuitoV2()
    options = {}, {"environment": {"log_level": "ERROR"}}
    keys = [
        str(Primitive(**PRIMITIVES[name](device, **option), shots=10).cache_key())
        for device in devices
        for option in options
    ]
    assert len(set(keys)) == 4


def test_a_model_on_a_fake_device_goes_on_where_it_was(tmp_path):
    device = FakeManilaV2()
    backend = Primitive(partial(seeded, device), shots=200, target=device, folder=tmp_path, random_state=0)
    models = [QuantumKernelSVC(FidelityKernel(AngleEncoding(), backend=backend)).fit(X, [0, 1, 0, 1]) for _ in range(2)]
    np.testing.assert_array_equal(*(model.decision_function(X) for model in models))
    assert not list(tmp_path.glob("*.job"))
