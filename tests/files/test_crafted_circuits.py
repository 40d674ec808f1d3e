"""QPY bytes made to ask for much memory: refused by what there is, before Qiskit's compiled reader sets any aside."""

import io
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy, transpile
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import (
    DiagonalGate,
    PauliEvolutionGate,
    QFTGate,
    RYGate,
    UnitaryGate,
    real_amplitudes,
    zz_feature_map,
)
from qiskit.quantum_info import SparseObservable, SparsePauliOp

from skqml.files.qpy import CircuitPart

VERSIONS = range(13, qpy.common.QPY_VERSION + 1)
N_CRAFTED = int(os.environ.get("SKQML_FLIPS", "300"))  # `make fuzz` takes thousands
ROOM = 2**30  # bytes beside those that the process has


def rich():
    """A circuit with gates of its own, an expression, a matrix, an evolution, controls and a measurement."""
    x, a, qc = ParameterVector("x", 3), Parameter("a"), QuantumCircuit(3, 1, metadata={"k": 1})
    inner = QuantumCircuit(2, name="inner")
    inner.ry(a * x[0], 0)
    inner.cx(0, 1)
    qc.append(inner.to_gate(), [0, 1])
    qc.ry((x[1] ** 2).arctan() + 1, 2)
    qc.append(UnitaryGate(np.eye(2)), [0])
    qc.append(PauliEvolutionGate(SparsePauliOp(["XX", "ZZ"], [1, 0.5]), time=a), [0, 1])
    qc.append(RYGate(0.3).control(2, annotated=False), [0, 1, 2])
    qc.rx(2, 0)
    qc.measure(0, 0)
    return qc


def of_qiskit():
    """Gates of its library."""
    qc = QuantumCircuit(4)
    qc.append(QFTGate(3), [0, 1, 2])
    qc.append(DiagonalGate([1, -1]), [1])
    qc.append(real_amplitudes(2).to_gate().control(annotated=False), [0, 1, 2])
    qc.append(PauliEvolutionGate(SparseObservable.from_list([("XX", 1.0), ("ZI", 0.5)]), time=0.3), [0, 1])
    qc.mcx([0, 1, 2], 3)
    qc.barrier()
    qc.initialize([1, 0], 0)
    return qc


def substituted():
    """Parameters in place of others, and in the phase."""
    p, x, qc = Parameter("p"), ParameterVector("x", 2), QuantumCircuit(1, global_phase=Parameter("phase"))
    qc.rx((p * x[0] + x[1].sin()).subs({p: x[1] ** 2}), 0)
    return qc


CIRCUITS = {"zz": lambda: zz_feature_map(3), "rich": rich, "library": of_qiskit, "substituted": substituted}
OLD = ("zz", "rich", "substituted")  # which all versions can hold


def written(qc, version=qpy.common.QPY_VERSION):
    """QPY bytes of a version."""
    buffer = io.BytesIO()
    qpy.dump(qc, buffer, version=version)
    return buffer.getvalue()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", OLD)
def test_circuits_of_all_versions_are_read(name, version):
    """What Qiskit wrote, also before."""
    qc = CIRCUITS[name]()
    assert CircuitPart.read(written(qc, version)) == qc


def test_flipped_bytes_are_told_of_in_one_sentence():
    """Without what Qiskit's compiled reader adds, such as a trace of its calls in colours."""
    rng, n_refused = np.random.default_rng(0), 0
    for data in [written(CIRCUITS[name]()) for name in CIRCUITS]:
        for place, bit in zip(rng.integers(len(data), size=N_CRAFTED), rng.integers(8, size=N_CRAFTED), strict=True):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                CircuitPart.read(bytes(flipped))
            except ValueError as error:
                n_refused += 1
                assert str(error).isprintable()
                assert len(str(error)) < 400
                assert not any(code in str(error) for code in ("Backtrace", r"\x1b[", r"\n "))
    assert n_refused > N_CRAFTED // 2


@pytest.mark.parametrize("inside", [False, True])
def test_gates_that_cannot_be_made_are_refused_as_they_are_read(inside):
    """Qiskit makes them when somebody asks: here one whose angle is taken for its label."""
    qc = QuantumCircuit(1)
    qc.rx(2.0, 0)
    if inside:
        qc, gate = QuantumCircuit(1), qc.to_gate()
        qc.append(gate, [0])
    with pytest.raises(ValueError, match="broken"):
        CircuitPart.read(written(qc).replace(b"RXGate", b"SXGate"))


def test_gates_of_the_library_are_read():
    """Those that prepare, multiplex and evolve among them."""
    qc = of_qiskit()
    assert CircuitPart.read(written(qc)).count_ops() == qc.count_ops()


def test_layouts_are_left_out():
    """Those of a device, which belong to who transpiled a circuit."""
    qc = transpile(zz_feature_map(3), basis_gates=["rz", "sx", "cx"], coupling_map=[[0, 1], [1, 2]], seed_transpiler=0)
    again = CircuitPart.read(CircuitPart.written(qc))
    assert qc.layout is not None
    assert again.layout is None
    assert again.count_ops() == qc.count_ops()


def test_what_is_refused_is_not_written_either():
    """Classical conditions, which no model runs."""
    qc = QuantumCircuit(1, 1)
    with qc.if_test((0, 1)):
        qc.x(0)
    with pytest.raises(ValueError, match="gates that skqml knows"):
        CircuitPart.written(qc)


def crafted(data, rng):
    """The bytes with some of them replaced by a large number."""
    width = int(rng.choice([1, 2, 4, 8]))
    number = [2 ** (8 * width) - 1, 2 ** (8 * width - 1) - 1, 2 ** (8 * width - 6)][rng.integers(3)]
    place = int(rng.integers(6, len(data) - width))
    return data[:place] + number.to_bytes(width, "big") + data[place + width :]


def main(seed):
    """Read crafted bytes where there is little memory; ``python -m tests.files.test_crafted_circuits SEED``."""
    rng, signals = np.random.default_rng(seed), signal.alarm
    files = [written(CIRCUITS[name](), version) for name in OLD for version in (13, 16, 17)]
    files += [written(make()) for make in CIRCUITS.values()]
    for data in files:
        CircuitPart.read(data)  # all that is imported is there
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + ROOM, size + ROOM))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(N_CRAFTED):
        signals(20)  # seconds for one
        try:
            CircuitPart.read(crafted(files[rng.integers(len(files))], rng))
        except ValueError as error:
            assert "\n" not in str(error) or "KiB" in str(error), error
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does")
@pytest.mark.parametrize("seed", range(2))
def test_crafted_bytes_take_no_memory(seed):
    """Whatever number stands in place of another: a sentence or a circuit, and the process lives."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.files.test_crafted_circuits", str(seed)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) < 100_000  # kB


if __name__ == "__main__":
    main(int(sys.argv[1]))
