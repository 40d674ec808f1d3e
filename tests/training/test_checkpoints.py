"""Trainings on disk: whatever ends a process, and whatever stands in a file."""

import random
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skqml.files.plain import read_plain, write_plain
from skqml.training import LBFGS, SPSA, Adam, Checkpoint, Objective, checkpoints, minimize
from skqml.training.checkpoints import Record
from tests.contracts.examples import bowl

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SCALES = np.array([1.0, 10.0, 0.1])
N_ITER = 7


class Ended(BaseException):
    """Ends a process without its knowing."""


def valley(w, rows=None):
    """A loss that takes some iterations, of batches too."""
    centre = 1.0 if rows is None else rows.mean()
    return float(np.sum(SCALES * (w - centre) ** 2)), 2 * SCALES * (w - centre)


def walk(objective, w, report, rng):
    """An optimiser of a user's own: from the best of two random points to the next."""
    while True:
        points = w + rng.normal(size=(2, len(w)))
        w = min(points, key=objective.loss)
        report(w, objective(w)[0])


OPTIMIZERS = {"LBFGS": LBFGS, "Adam": lambda: Adam(0.1), "SPSA": SPSA, "walk": lambda: walk}
each = pytest.mark.parametrize("name", OPTIMIZERS)


def shots(rng, w):
    """The loss with noise, as of shots."""
    return valley(w)[0] + rng.normal()


def run(name, record=None, noisy=False, end_at=None):
    """Two trainings, one behind the other, of one random source."""
    rng, seen = np.random.default_rng(0), []

    def told(w, loss):
        seen.append(loss)
        if len(seen) == end_at:
            raise Ended

    def loss_and_grad(w, rows):
        return (shots(rng, w), valley(w, rows)[1]) if noisy else valley(w, rows)

    options = {"n_samples": 6, "batch_size": None if name == "LBFGS" else 2, "max_iter": N_ITER, "tol": None}
    options |= {"rng": rng, "callback": told, "checkpoint": record}
    if noisy:
        options["validation_loss"] = lambda w: shots(rng, w)
    starts = rng.normal(size=(2, 3))
    return [minimize(loss_and_grad, start, OPTIMIZERS[name](), **options) for start in starts], seen


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.w, other.w)
        assert (one.losses, one.validation_losses, one.loss) == (other.losses, other.validation_losses, other.loss)
        assert one.ended_by == other.ended_by


@each
@pytest.mark.parametrize("noisy", [False, True])
def test_trainings_go_on_from_anywhere(name, noisy, tmp_path):
    """Ended at any iteration, then once more: the rest is run, nothing twice, and all is as it would have been."""
    expected, seen = run(name, noisy=noisy)
    rule = Checkpoint(tmp_path, n_iter=1, seconds=None)
    for end_at in range(2, len(seen) + 1):
        record = Record(rule, f"at {end_at}")
        with pytest.raises(Ended):
            run(name, record, noisy, end_at)
        with pytest.raises(Ended):
            run(name, Record(rule, f"at {end_at}"), noisy, 2) if end_at < len(seen) else run(name, None, noisy, 1)
        record = Record(rule, f"at {end_at}")
        found, rest = run(name, record, noisy)
        assert_same(found, expected)
        assert len(rest) <= len(seen) - end_at + 1
        record.write()
        again, nothing = run(name, Record(rule, f"at {end_at}"), noisy)
        assert_same(again, expected)
        assert not nothing


def test_files_are_written_as_often_as_told(tmp_path, monkeypatch):
    """In time, and for no more than its 20th part."""
    times, written = iter(np.arange(0.0, 1e6, 1.0)), []
    monkeypatch.setattr(checkpoints, "replace_file", lambda path, data: written.append(len(read_plain(data))))
    for rule, expected in (
        ({"seconds": 30.0}, range(7, 14)),
        ({"n_iter": 10, "seconds": None}, [20]),
        ({"seconds": None}, [1]),
    ):
        written.clear()
        record = Record(Checkpoint(tmp_path, **rule), "a", clock=lambda: next(times))
        minimize(bowl, np.ones(2), Adam(0.1), max_iter=200, tol=None, checkpoint=record)
        record.write()
        assert len(written) in expected


def test_what_is_half_written_is_not_seen(tmp_path, monkeypatch):
    """The file before it stays."""
    record = Record(Checkpoint(tmp_path), "a")
    minimize(valley, np.zeros(3), LBFGS(), max_iter=3, tol=None, checkpoint=record)
    record.write()
    before = record.path.read_bytes()
    minimize(valley, np.zeros(3), LBFGS(), max_iter=3, tol=None, checkpoint=record)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="ended"):
        patch.setattr("pathlib.Path.replace", lambda *args: (_ for _ in ()).throw(OSError("ended")))
        record.write()
    assert record.path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [record.path]


def test_another_way_is_refused(tmp_path):
    """A function that a file cannot know has changed."""
    rule = Checkpoint(tmp_path, n_iter=1)
    with pytest.raises(Ended):
        run("LBFGS", Record(rule, "a"), end_at=4)
    with pytest.raises(ValueError, match="Expected a training that goes the way of its checkpoint"):
        minimize(valley, np.full(3, 0.5), LBFGS(), checkpoint=Record(rule, "a"))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Bytes of a file, of a training that had ended and of one that had not, by the optimiser's name."""
    found = {}
    for name in OPTIMIZERS:
        record = Record(Checkpoint(tmp_path_factory.mktemp("stored"), n_iter=1, seconds=None), "a")
        with pytest.raises(Ended):
            run(name, record, end_at=N_ITER + 4)
        found[name] = record.path.read_bytes()
    return found


def check_refused_or_run(name, data, folder):
    """A ValueError in one sentence that says which file to remove, or trainings of finite weights."""
    (folder / "a.checkpoint").write_bytes(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, _ = run(name, Record(Checkpoint(folder), "a"))
    except ValueError as error:
        assert "remove" in str(error)
        assert "\n" not in str(error)
        return True
    assert all(np.isfinite(training.w).all() for training in found)
    return False


@each
def test_broken_files_are_refused(name, stored, tmp_path):
    """Cut, or with a bit flipped."""
    rng, data = random.Random(0), stored[name]
    for n in (0, 1, len(data) // 2, len(data) - 1):
        assert check_refused_or_run(name, data[:n], tmp_path)
    refused = []
    for _ in range(40):
        place = rng.randrange(len(data))
        flipped = bytes([*data[:place], data[place] ^ 1 << rng.randrange(8), *data[place + 1 :]])
        refused.append(check_refused_or_run(name, flipped, tmp_path))
    assert np.mean(refused) > 0.8


ODD = [
    None,
    -1,
    3.5,
    "text",
    [],
    {},
    [[]],
    {"a": 1},
    np.zeros(0),
    np.array([np.nan]),
    np.zeros((2, 2)),
    np.array(["a"]),
]


@pytest.mark.parametrize("name", ["LBFGS", "Adam"])
def test_files_that_somebody_changed_do_no_harm(name, stored, tmp_path):
    """Each entry in turn as what it is not."""
    content = read_plain(stored[name])
    for k, training in enumerate(content["trainings"]):
        for key in training:
            for odd in ODD:
                changed = [*content["trainings"]]
                changed[k] = training | {key: odd}
                check_refused_or_run(name, write_plain(content | {"trainings": changed}), tmp_path)
    for odd in ODD:
        assert check_refused_or_run(name, write_plain(odd), tmp_path)
        if not isinstance(odd, list):
            assert check_refused_or_run(name, write_plain(content | {"trainings": odd}), tmp_path)


@settings(max_examples=20)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=9
    )
)
def test_plain_values_come_back(value):
    """With arrays beside them, to the last bit."""
    array = np.asfortranarray(np.random.default_rng(0).normal(size=(2, 3)))
    found = read_plain(write_plain({"value": value, "array": [array]}))
    assert found["value"] == value
    np.testing.assert_array_equal(found["array"][0], array)
    assert found["array"][0].flags.f_contiguous


def test_only_plain_values_are_written():
    """All else is refused."""
    for value in (object(), np.array([object()]), Objective(bowl)):
        with pytest.raises((TypeError, ValueError)):
            write_plain(value)
