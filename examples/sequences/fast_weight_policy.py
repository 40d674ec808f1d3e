"""Fast weights that learn by reward: actor and critic in a small grid world, beside a table of positions.

Fast weights ignore the order of the past, but here the position alone tells the way. The table, trained alike,
learns as much in less time.
"""

import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import softmax

from skqml import FastWeightRegressor
from skqml.training import Adam, minimize

SIZE, N_STEPS, N_EPISODES, N_UPDATES = 5, 20, 32, 200
GAMMA, CRITIC, ENTROPY = 0.95, 0.5, 0.01
FIGURE = Path("fast_weight_policy.png")
MOVES = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])


class FastWeightPolicy:
    """Rows for a circuit: the position, and the moments of all positions of the episode so far."""

    def __init__(self, n_qubits=4):
        sizes = {"n_channels": 2, "n_qubits": n_qubits, "n_latent": 4, "n_measured": n_qubits}
        model = FastWeightRegressor(n_layers=2, **sizes, max_iter=1, tol=None)
        self.network = model.fit(np.eye(2), np.zeros((2, len(MOVES) + 1))).network_  # untrained: of these sizes
        self.forward = self.network.forward
        self.n_parameters = self.network.n_parameters

    def rows(self, positions, before):
        rows = self.network.rows(2.0 * positions[:, None] / (SIZE - 1) - 1)
        if before is not None:
            rows[:, 2:] += before[:, 2:]
        return rows


class TablePolicy:
    """The classical twin: one row of scores for each position."""

    n_parameters = SIZE**2 * (len(MOVES) + 1)

    def rows(self, positions, before):
        return np.eye(SIZE**2)[positions @ [SIZE, 1]]

    def forward(self, rows, v):
        return rows @ v.reshape(SIZE**2, -1), lambda g: (rows.T @ g).ravel()


def play(policy, v, rng):
    """Episodes side by side from random positions: rows, actions and rewards (n_steps, n_episodes), and who plays."""
    positions, rows, log = rng.integers(0, SIZE, (N_EPISODES, 2)), None, []
    playing = (positions < SIZE - 1).any(axis=1)  # the goal is the last corner
    for t in range(N_STEPS):
        rows = policy.rows(positions, rows)
        p = softmax(policy.forward(rows, v)[0][:, :-1], axis=1)
        actions = (p.cumsum(axis=1) < rng.random((N_EPISODES, 1))).sum(axis=1).clip(max=len(MOVES) - 1)
        positions = np.where(playing[:, None], (positions + MOVES[actions]).clip(0, SIZE - 1), positions)
        arrived = playing & (positions == SIZE - 1).all(axis=1)
        log.append((rows, actions, arrived * (1 - 0.9 * t / N_STEPS), playing))
        playing = playing & ~arrived
    return map(np.array, zip(*log, strict=True))


def actor_critic(policy, v, rng):
    """Loss of the critic, gradient of actor and critic, and the mean return of episodes."""
    rows, actions, rewards, playing = play(policy, v, rng)
    returns = rewards.copy()
    for t in reversed(range(N_STEPS - 1)):
        returns[t] += GAMMA * returns[t + 1]
    S, pullback = policy.forward(rows[playing], v)
    p, surprise = softmax(S[:, :-1], axis=1), returns[playing] - S[:, -1]
    log_p = np.log(p + 1e-12)
    g_actor = (p - np.eye(len(MOVES))[actions[playing]]) * surprise[:, None]
    g_actor += ENTROPY * p * (log_p - np.sum(p * log_p, axis=1, keepdims=True))
    g = np.column_stack([g_actor, -CRITIC * surprise]) / len(S)
    return 0.5 * CRITIC * np.mean(surprise**2), pullback(g), rewards.sum() / playing[0].sum()


def learn(policy, n_updates, seed=0):
    """Mean returns of each update."""
    rng, returns = np.random.default_rng(seed), []

    def loss_and_grad(v, rows):
        _, gradient, mean_return = actor_critic(policy, v, rng)
        returns.append(mean_return)
        return -mean_return, gradient

    start = 0.2 * rng.normal(size=policy.n_parameters)
    minimize(loss_and_grad, start, Adam(0.05), loss=lambda v, rows: -returns[-1], max_iter=n_updates, tol=None)
    return np.array(returns)


def main(quick=False):
    """Print mean returns before and after; 1 is the goal at once, 0 that it is never found."""
    print(f"{'policy':16}{'parameters':>12}{'before':>9}{'after':>9}{'seconds':>9}")
    figure, ax = plt.subplots(layout="constrained")
    for policy in (FastWeightPolicy(), TablePolicy()):
        start = time.perf_counter()
        returns = learn(policy, 3 if quick else N_UPDATES)
        name = type(policy).__name__.removesuffix("Policy")
        seconds = time.perf_counter() - start
        print(f"{name:16}{policy.n_parameters:12}{returns[0]:9.3f}{returns[-20:].mean():9.3f}{seconds:9.1f}")
        ax.plot(returns, label=name)
    ax.set(xlabel="update", ylabel="mean return")
    ax.legend()
    figure.savefig(FIGURE, dpi=150)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
