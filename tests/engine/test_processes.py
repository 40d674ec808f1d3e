"""Programs in other processes, and interruption."""

import pickle
import signal
import subprocess
import sys
import time

import numpy as np

from skqml import Exact, ReuploadingEncoding, all_z

LOAD = """
import sys, pickle, numpy as np
programs, X, w = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps([program(X, w=w) for program in programs]))
"""
LONG = """
import signal
import numpy as np
from qiskit.circuit.library import zz_feature_map
from skqml import Exact
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the parent ignores it, so would the child
for threads in (1, 2):
    overlaps = Exact(threads=threads, max_memory=2**27).compile_overlaps(zz_feature_map(8, reps=2))
    overlaps(np.zeros((20, 8)))
    X = np.zeros((2_000_000, 8))
    try:
        print("ready", flush=True)
        overlaps(X, X[:10])
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


def test_a_compiled_model_is_small_and_works_in_another_process():
    circuit = ReuploadingEncoding().build(8)
    n_weights = len([p for p in circuit.parameters if p.vector.name != "x"])
    X, w = np.random.default_rng(0).normal(size=(5, 8)), np.random.default_rng(1).normal(size=n_weights)
    programs = [Exact().compile(circuit, all_z(8)), Exact().compile_overlaps(circuit)]
    data = pickle.dumps((programs, X, w))
    done = subprocess.run([sys.executable, "-c", LOAD], input=data, capture_output=True, check=True)
    for program, result in zip(programs, pickle.loads(done.stdout), strict=True):
        assert len(pickle.dumps(program)) < 20_000
        assert np.array_equal(result, program(X, w=w))


def test_ctrl_c_stops_a_long_run_within_a_second():
    child = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True)
    for _ in range(2):
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        start = time.monotonic()
        assert child.stdout.readline() == "stopped\n"
        assert time.monotonic() - start < 1.0
    child.communicate(timeout=30)
