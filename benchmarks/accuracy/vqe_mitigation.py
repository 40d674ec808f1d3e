"""Errors of ground-state energies under noise, with and without extrapolation, and the coverage of error bars."""

from collections.abc import Iterator
from functools import lru_cache, partial

import numpy as np

from benchmarks.frame.contest import Contender, Group
from benchmarks.models.vqe import molecule

SHOTS = 8192
SCALES = (1, 3, 5)


def cases(quick: bool) -> Iterator[Group]:
    """Yield mean absolute errors against the energies of the weights, exact and with shots, and coverage."""
    n_seeds = 3 if quick else 100
    for name in ("H2",) if quick else ("H2", "LiH"):
        for shots in (None, SHOTS):
            title = f"{name}, {'exact values' if shots is None else f'{shots} shots a basis'}"
            yield _group(f"{title}: mean error at the weights", _error, name, shots, 1 if shots is None else n_seeds)
        yield _group(f"{name}, exact values: mean error against diagonalisation", _total_error, name, None, 1)
        yield _group(f"{name}: 95 % bars that hold the truth", _coverage, name, SHOTS, n_seeds)


def _group(title: str, figure, name: str, shots, n_seeds: int) -> Group:
    unit = "%" if figure is _coverage else "mHa"
    contenders = [
        Contender(label, partial(figure, name, shots, n_seeds, rule), note=note) for label, rule, note in _rules()
    ]
    # Bars of energies that nothing was extrapolated to hold the truth never: no ratio can be taken to that.
    reference = "Richardson" if figure is _coverage else "no extrapolation"
    return Group(title, contenders, reference=reference, unit=unit, reports=True, rounds=1)


def _rules() -> Iterator[tuple]:
    from skqml.mitigation import exponential, linear, richardson

    yield "no extrapolation", _first, ""
    yield "linear", linear, "model not true"
    yield "Richardson", richardson, "model true to the third order of the noise"
    yield "exponential", exponential, "model true for one rate"


def _first(scales, values, errors):
    """The value of the first scale."""
    return values[0], errors[0]


def depolarizing():
    """Errors of 0.001 for one qubit and 0.01 for two."""
    from qiskit_aer.noise import NoiseModel, depolarizing_error

    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.001, 1), ["ry", "rz"])
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["cx"])
    return noise


def _of_rows(circuit):
    """A circuit whose weights are data, so that each row has its own."""
    from qiskit.circuit import ParameterVector

    return circuit.assign_parameters(ParameterVector("x", circuit.num_parameters))


@lru_cache
def trained(name: str):
    """A model trained under noise with exact values, and the energies of its weights without noise."""
    from skqml import ZNEVQE, Exact, Noisy

    model = ZNEVQE(backend=Noisy(depolarizing()), scales=SCALES, random_state=0).fit(molecule(name)[0])
    program = Exact().compile(_of_rows(model.circuit_), model.operators_)
    return model, np.diagonal(program(model.weights_))


@lru_cache
def measured(name: str, shots: int | None, n_seeds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Realised scales, energies and standard errors (n_scales, n_seeds * n_lengths) at the trained weights."""
    from skqml import ZNE, Noisy
    from skqml.mitigation import WeightedShots

    model = trained(name)[0]
    zne = ZNE(WeightedShots(Noisy(depolarizing(), shots)), SCALES)
    program = zne.compile(_of_rows(model.circuit_), model.operators_)
    runs = [program.scaled_estimates(model.weights_, None, np.random.default_rng(seed)) for seed in range(n_seeds)]
    values, errors = np.concatenate([np.diagonal(np.stack(run), axis1=2, axis2=3) for run in runs], axis=2)
    return program.scales, values, errors


def _limits(name, shots, n_seeds, rule):
    scales, values, errors = measured(name, shots, n_seeds)
    return rule(scales, values, errors)


def _error(name, shots, n_seeds, rule) -> float:
    energies = _limits(name, shots, n_seeds, rule)[0]
    return 1e3 * np.abs(energies - np.tile(trained(name)[1], n_seeds)).mean()


def _total_error(name, shots, n_seeds, rule) -> float:
    model = trained(name)[0]
    exact = model.exact_energies(list(model.operators_))
    return 1e3 * np.abs(_limits(name, shots, n_seeds, rule)[0] - exact).mean()


def _coverage(name, shots, n_seeds, rule) -> float:
    energies, errors = _limits(name, shots, n_seeds, rule)
    return 100 * np.mean(np.abs(energies - np.tile(trained(name)[1], n_seeds)) < 1.96 * errors)
