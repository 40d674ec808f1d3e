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
program, X, w = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(program(X, w=w)))
"""
LONG = """
import numpy as np
from qiskit.circuit.library import zz_feature_map
from skqml import Exact
overlaps = Exact({}).compile_overlaps(zz_feature_map(8, reps=2))
overlaps(np.zeros((20, 8)))
print("ready", flush=True)
while True:
    overlaps(np.zeros((20_000, 8)), np.zeros((10, 8)))
"""


def test_a_compiled_model_is_small_and_works_in_another_process():
    circuit = ReuploadingEncoding().build(8)
    n_weights = len([p for p in circuit.parameters if p.vector.name != "x"])
    X, w = np.random.default_rng(0).normal(size=(5, 8)), np.random.default_rng(1).normal(size=n_weights)
    for program in (Exact().compile(circuit, all_z(8)), Exact().compile_overlaps(circuit)):
        data = pickle.dumps(program)
        assert len(data) < 20_000
        done = subprocess.run(
            [sys.executable, "-c", LOAD], input=pickle.dumps((program, X, w)), capture_output=True, check=True
        )
        assert np.array_equal(pickle.loads(done.stdout), program(X, w=w))


def test_ctrl_c_stops_a_long_run_within_a_second():
    for threads in ("threads=1", "threads=2"):
        child = subprocess.Popen(
            [sys.executable, "-c", LONG.format(threads)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5)
        child.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, errors = child.communicate(timeout=30)
        # The interpreter itself takes a part of this second to end.
        assert time.monotonic() - start < 1.0
        assert "KeyboardInterrupt" in errors
