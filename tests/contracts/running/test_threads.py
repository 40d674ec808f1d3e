"""One compiled object, called by several threads with different arguments, answers each as if it were alone.

Whatever remembers its last argument, or works in memory of its own, would mix them up. Threads change places between
lines of the package, so that a gap between a look and a use of what is remembered is met within a few calls.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from skqml import AngleEncoding, Exact, FidelityKernel, Noisy, ProjectedKernel, Shots, all_z
from tests.contracts.backends import backends, name
from tests.contracts.running.test_backends import N, model

N_THREADS = 4
ROWS, WEIGHTS = np.random.default_rng(5).normal(size=(N_THREADS, 3, N)), np.random.default_rng(6).normal(size=(4, 2))


def interrupted(frame, event, _):
    """A trace function under which every third line of the package lets the other threads go first."""
    if not frame.f_globals.get("__name__", "").startswith("skqml."):
        return None
    if event == "line" and (frame.f_lineno + time.perf_counter_ns() // 1000) % 3 == 0:
        time.sleep(0)
    return interrupted


def check(jobs, n_calls):
    """Each thread takes every fifth job of a round, from another one on."""
    expected = [job() for job in jobs]
    start = threading.Barrier(N_THREADS)

    def run(first):
        start.wait()
        return [(k % len(jobs), jobs[k % len(jobs)]()) for k in range(first, first + 5 * n_calls, 5)]

    threading.settrace(interrupted)
    try:
        with ThreadPoolExecutor(N_THREADS) as pool:
            found = [pair for pairs in pool.map(run, range(N_THREADS)) for pair in pairs]
    finally:
        threading.settrace(None)
    wrong = [k for k, result in found if not same(result, expected[k])]
    assert not wrong, f"{len(wrong)} of {len(found)} calls differ from those of one thread"


def same(result, expected):
    """Equality of arrays, or of tuples of them, to the last bit."""
    if isinstance(expected, tuple):
        return all(map(same, result, expected))
    return expected is None or np.array_equal(result, expected)


def forward(function, *arguments):
    values, pullback = function.forward(*arguments)
    return values, pullback(np.cos(values))


def calls(backend, k):
    """What thread k asks of objects that all threads share: values, gradients, fidelities and their derivatives."""
    X, w = ROWS[k], WEIGHTS[k]
    A = np.cos(np.arange(9.0)).reshape(3, 3) + k

    def with_rng(function, *arguments):
        return lambda: function(*arguments, np.random.default_rng(k))

    program, overlaps = backend
    rows = program.fix_rows(X[:2])
    return [
        with_rng(program, X, w),
        with_rng(program.estimate, X, w),
        lambda: forward(program, X, w, np.random.default_rng(k)),
        lambda: forward(rows, w, np.random.default_rng(k)),
        with_rng(overlaps, X, None, w),
        with_rng(overlaps, X, X[:1], w),
        with_rng(overlaps.diagonal, X, w),
        with_rng(overlaps.tangent, X[:2], w, X[1:], w),
        with_rng(overlaps.pullback, X[:2], w, A[:2, :2]),
    ]


@pytest.mark.parametrize("backend", backends(), ids=name)
def test_programs_and_overlaps(backend):
    shared = backend.compile(model(), all_z(N)), backend.compile_overlaps(model())
    by_thread = [calls(shared, k) for k in range(N_THREADS)]
    check([job for jobs in zip(*by_thread, strict=True) for job in jobs], n_calls=9)


@pytest.mark.parametrize("backend", [backend for backend in backends() if backend.generator() is None], ids=name)
def test_probabilities(backend):
    program = backend.compile_probabilities(model(), [0, 1])
    check([partial(program, X, w) for X, w in zip(ROWS, WEIGHTS, strict=True)], n_calls=8)


def layers(n_qubits, n_layers):
    """Data first, then so many weights that states of rows are worth keeping."""
    x, w = ParameterVector("x", n_qubits), ParameterVector("w", 2 * n_qubits * n_layers)
    circuit = QuantumCircuit(n_qubits)
    for q in range(n_qubits):
        circuit.ry(x[q], q)
    for layer in range(n_layers):
        for q in range(n_qubits):
            circuit.ry(w[2 * (layer * n_qubits + q)], q)
            circuit.rz(w[2 * (layer * n_qubits + q) + 1], q)
        for q in range(n_qubits - 1):
            circuit.cx(q, q + 1)
    return circuit


@pytest.mark.parametrize("backend", [Exact(), Exact(precision="single"), Noisy()], ids=["double", "single", "Noisy"])
@pytest.mark.parametrize("wanted", ["rows", "both"])
def test_states_that_are_computed_once(backend, wanted):
    """Rows, or rows and weights, differ from call to call."""
    program, rng = backend.compile(layers(3, 8), all_z(3)), np.random.default_rng(0)
    X, W = rng.normal(size=(N_THREADS, 60, 3)), rng.normal(size=(N_THREADS, 48))
    W = np.repeat(W[:1], N_THREADS, axis=0) if wanted == "rows" else W
    check([partial(forward, program.fix_rows(x), w) for x, w in zip(X, W, strict=True)], n_calls=15)
    rows = program.fix_rows(X[0])
    check([partial(forward, rows, w) for w in W], n_calls=15)


@pytest.mark.parametrize("cls", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize("backend", [Exact(), Noisy(), Shots(50, random_state=0)], ids=name)
def test_kernels_of_rows_of_different_width(cls, backend):
    kernel, rng = cls(AngleEncoding(), backend=backend), np.random.default_rng(0)
    tables = [rng.normal(size=(4, n_features)) for n_features in (1, 2, 3, 2)]
    check([partial(kernel, X) for X in tables] + [partial(kernel, X, X[:2]) for X in tables], n_calls=8)
