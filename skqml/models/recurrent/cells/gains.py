"""How strongly random cells have to feed back so as to remember for long, and yet forget."""

import numpy as np

_SMALLEST_RADIUS = 1e-3  # a cell that does not feed back at all keeps a finite gain
_FORGOTTEN = 1e-3  # share of a difference of states that may be left after a hundred steps
_MAX_CUTS = 30


def forgetting_gains(step, angles) -> np.ndarray:
    """One over the spectral radius of the feedback, made smaller while a cell does not forget its state.

    Parameters
    ----------
    step : CircuitStep
        On exact simulation; what comes out is Z of each qubit of the one circuit, whose first values are fed back.
    angles : ndarray (n_reservoirs, n_angles)

    Returns
    -------
    ndarray (n_reservoirs,)
    """
    radii = np.abs(np.linalg.eigvals(feedback(step, angles))).max(axis=1)
    gains = 1 / np.maximum(radii, _SMALLEST_RADIUS)
    chaotic = np.arange(len(angles))
    for _ in range(_MAX_CUTS):
        left = remembered(step, np.column_stack([angles, gains])[chaotic])
        chaotic = chaotic[left > _FORGOTTEN]
        if not len(chaotic):
            break
        gains[chaotic] *= 0.8
    return gains


def feedback(step, angles, width=1e-4) -> np.ndarray:
    """Derivatives (n_reservoirs, n_hidden, n_hidden) of Z by the hidden values fed in, at zero input and state."""
    n = step.cell.n_hidden
    state = np.repeat(width * np.concatenate([np.eye(n), -np.eye(n)])[:, None], len(angles), axis=1)
    W = np.column_stack([angles, np.full(len(angles), 1 / step.cell.hidden_scale)])
    out = step.run(np.zeros((2 * n, 1, step.n_channels)), W, state)[1][:, 0, :, :n]
    return (out[:n] - out[n:]).transpose(1, 2, 0) / (2 * width)


def remembered(step, W, n_steps=100, difference=0.5) -> np.ndarray:
    """Share (n_reservoirs,) of a difference of two states that is left after so many steps of the same input.

    The largest over pairs of states that differ by the same number in each entry, over all entries, and over inputs:
    none, and noise of small, middle and large deviation.
    """
    noise = np.random.default_rng(0).normal(size=(n_steps, step.n_channels))
    X = np.array([0.0, 0.0, 0.1, 0.1, 0.3, 0.3, 1.0, 1.0])[:, None, None] * noise
    state = step.cell.init_state(len(X) * len(W)).reshape(len(X), len(W), -1)
    state[::2] += difference
    end = step.run(X, W, state)[0]
    return np.abs(end[::2] - end[1::2]).max(axis=(0, 2)) / difference
