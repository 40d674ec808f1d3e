"""Under depolarizing and thermal noise: the fidelity kernel, and values with the full gradient, against Aer.

Aer runs one density matrix for each pair of rows, or for each shifted angle, all of them bound inside Aer.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.gradients import ring_circuit

_PAIRS = 200  # that Aer runs, at least one row of them


def cases(quick: bool) -> Iterator[Group]:
    """Yield a kernel of 4 qubits and 100 rows, and gradients of 6 and 8 qubits and 4 layers, or small ones."""
    yield _kernel(3, 20) if quick else _kernel(4, 100)
    n_qubits, n_layers = (3, 1) if quick else (6, 4)
    for n_rows in (1, 8) if quick else (1, 8, 100):
        yield _gradient(n_qubits, n_layers, n_rows)
    if not quick:
        yield _gradient(8, n_layers, 1)


def noise_model():
    """Depolarizing errors and relaxation (T1 50 us, T2 70 us) after each gate of 35 ns and each pair's of 300 ns."""
    from qiskit_aer.noise import NoiseModel, depolarizing_error, thermal_relaxation_error

    def relaxation(time):
        return thermal_relaxation_error(50e3, 70e3, time)

    model = NoiseModel(basis_gates=["rx", "ry", "rz", "p", "h", "cx", "cz"])
    model.add_all_qubit_quantum_error(
        depolarizing_error(0.001, 1).compose(relaxation(35)), ["rx", "ry", "rz", "p", "h"]
    )
    pair = depolarizing_error(0.01, 2).compose(relaxation(300).tensor(relaxation(300)))
    model.add_all_qubit_quantum_error(pair, ["cx", "cz"])
    return model


def _backends():
    from qiskit_aer import AerSimulator

    from skqml import Aer, Noisy

    model = noise_model()
    return Noisy(model), Aer(AerSimulator(method="density_matrix", noise_model=model))


def _kernel(n_qubits: int, n_samples: int) -> Group:
    """The symmetric matrix by n forward and n backward sweeps, and by one circuit for each pair."""
    from qiskit.circuit.library import zz_feature_map

    from skqml import Backend

    X = np.random.default_rng(0).uniform(0, np.pi, (n_samples, n_qubits))
    circuit, (noisy, aer) = zz_feature_map(n_qubits, reps=2), _backends()
    overlaps, pairs = noisy.compile_overlaps(circuit), Backend.compile_overlaps(aer, circuit)  # what all backends can
    few = X[: max(1, _PAIRS // n_samples)]
    n_run, n_all = len(few) * n_samples, n_samples * (n_samples - 1) // 2
    ours = Contender("skqml Noisy", lambda: overlaps(X), note="whole call, circuit compiled before")
    theirs = Contender(
        "Aer, a circuit for each pair",
        lambda: pairs(few, X),
        part=lambda _: overlaps(few, X),  # under relaxation the order of a pair matters, and Aer runs one
        share=n_run / n_all,
        note=f"parameter binds; ran {n_run} pairs, scaled to {n_all}",
    )
    name = f"Noisy fidelity kernel, ZZ feature map of 2 repetitions, {n_qubits} qubits, {n_samples} rows"
    return Group(name, [ours, theirs], reference="skqml Noisy")


def _gradient(n_qubits: int, n_layers: int, n_samples: int) -> Group:
    """Values, and derivatives of their sum by all weights."""
    from skqml import all_z

    circuit = ring_circuit(n_qubits, n_layers)
    rng = np.random.default_rng(0)
    X, w = rng.uniform(0, np.pi, (n_samples, n_qubits)), rng.uniform(0, np.pi, 2 * n_qubits * n_layers)
    noisy, aer = (backend.compile(circuit, all_z(n_qubits)) for backend in _backends())

    def both(program, X):
        values, pullback = program.forward(X, w)
        return np.concatenate([values.ravel(), pullback(np.ones_like(values))[1]])

    ours = Contender("skqml Noisy", lambda: both(noisy, X), note="one forward and one reverse sweep")
    mixed = _mixed(n_qubits, n_layers, lambda compute: compute(X, w))
    theirs = Contender(
        "Aer, parameter shifts",
        lambda: both(aer, X[:1]),
        part=lambda _: both(noisy, X[:1]),
        share=1 / n_samples,
        note=f"parameter binds; ran 1 of {n_samples} rows",
    )
    name = f"Noisy values and gradient, {n_qubits} qubits, {n_layers} layers, {n_samples} rows"
    return Group(name, [ours, mixed, theirs], reference="skqml Noisy")


def _mixed(n_qubits: int, n_layers: int, call) -> Contender:
    label = "PennyLane default.mixed, JAX"
    try:
        compute = pennylane_mixed(n_qubits, n_layers)
    except ModuleNotFoundError as error:
        return Contender(label, None, note=str(error))
    return Contender(label, lambda: call(compute), note="jit and vmap, compiled before")


def pennylane_mixed(n_qubits: int, n_layers: int):
    """Backpropagation through density matrices of all rows under one jit, in double precision."""
    import jax
    import pennylane as qml
    from qiskit.quantum_info import Kraus

    jax.config.update("jax_enable_x64", True)
    errors = noise_model()._default_quantum_errors
    one, two = (Kraus(errors[name].to_quantumchannel()).data for name in ("ry", "cz"))

    @qml.qnode(qml.device("default.mixed", wires=n_qubits), interface="jax", diff_method="backprop")
    def values(x, w):
        for q in range(n_qubits):
            qml.RY(x[q], q)
            qml.QubitChannel(one, q)
        for ry, rz in w.reshape(n_layers, 2, n_qubits):
            for gate, angles in ((qml.RY, ry), (qml.RZ, rz)):
                for q in range(n_qubits):
                    gate(angles[q], q)
                    qml.QubitChannel(one, q)
            for q in range(n_qubits):
                pair = [q, (q + 1) % n_qubits]
                qml.CZ(pair)
                qml.QubitChannel(two, pair[::-1])  # Qiskit's first qubit is the lowest bit
        return [qml.expval(qml.Z(q)) for q in range(n_qubits)]

    def total(w, X):
        found = jax.numpy.stack(jax.vmap(values, in_axes=(0, None))(X, w), axis=1)
        return found.sum(), found

    both = jax.jit(jax.value_and_grad(total, has_aux=True))

    def compute(X, w):
        (_, found), gradient = both(w, X)
        return np.concatenate([np.asarray(found).ravel(), np.asarray(gradient)])

    return compute
