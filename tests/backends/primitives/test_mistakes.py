"""What cannot succeed is not tried again, and a device is no primitive."""

import numpy as np
import pytest
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

from skqml import AngleEncoding, Primitive, all_z

CIRCUIT, X = AngleEncoding().build(2), np.zeros((3, 2))
DEVICE = GenericBackendV2(2, seed=0)


@pytest.mark.parametrize("kind", ["sampler", "estimator"])
@pytest.mark.parametrize("device", [DEVICE, AerSimulator(), DEVICE.target])
def test_a_device_in_place_of_a_primitive_is_refused_before_anything_runs(kind, device):
    with pytest.raises(TypeError, match=rf"'{kind}' parameter.*such as Backend{kind.capitalize()}V2.*target="):
        Primitive(**{kind: device}).compile(CIRCUIT, all_z(2))


def test_one_primitive_in_place_of_the_other_is_refused():
    for wrong in (Primitive(StatevectorEstimator()), Primitive(estimator=StatevectorSampler())):
        with pytest.raises(TypeError, match="must be a V2"):
            wrong.compile(CIRCUIT, all_z(2))


class Failing:
    """Counts how often it is asked."""

    def __init__(self, error):
        self.error, self.n_runs = error, 0

    def run(self, pubs, **options):
        self.n_runs += 1
        raise self.error


class Lost(ValueError):
    """A provider's own error of an answer that did not arrive whole."""


@pytest.mark.parametrize(
    ("error", "n_runs"),
    [(error("no"), 1) for error in (TypeError, ValueError, AttributeError, KeyError, NotImplementedError, ImportError)]
    + [(error("later"), 4) for error in (ConnectionError, OSError, RuntimeError, TimeoutError, Lost)],
    ids=repr,
)
def test_only_what_may_pass_is_tried_again(error, n_runs):
    estimator = Failing(error)
    with pytest.raises(RuntimeError, match=f"failed {n_runs} times"):
        Primitive(estimator=estimator, wait=0).compile(CIRCUIT, all_z(2))(X)
    assert estimator.n_runs == n_runs
