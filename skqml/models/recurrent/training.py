"""Angles of cells, trained through time."""

import numpy as np

_PENALTY = 1e-9  # of the readout that is solved for, relative to the variance of the targets


class AtSteps:
    """Rows of a readout are single steps.

    Parameters
    ----------
    used : ndarray of bool (n_sequences, n_steps)
    """

    def __init__(self, used):
        self.used = used

    def __call__(self, features) -> np.ndarray:
        """Rows (n_used, n_features) of features (n_sequences, n_steps, n_features)."""
        return features[self.used]

    def pullback(self, g) -> np.ndarray:
        """Cotangents of features for cotangents of rows."""
        out = np.zeros((*self.used.shape, g.shape[1]))
        out[self.used] = g
        return out


class MeanAndLast:
    """Rows of a readout are sequences: the mean over the steps used, then the last step.

    Parameters
    ----------
    used : ndarray of bool (n_sequences, n_steps)
    """

    def __init__(self, used):
        last = used.shape[1] - 1 - np.argmax(used[:, ::-1], axis=1)
        at_end = np.arange(used.shape[1]) == last[:, None]
        self._shares = np.stack([used / used.sum(axis=1, keepdims=True), at_end], axis=1)

    def __call__(self, features, rows=slice(None), steps=slice(None)) -> np.ndarray:
        """Rows (n_sequences, 2 n_features); of a block, what its steps add to them."""
        pooled = self._shares[rows, :, steps] @ features
        return pooled.reshape(len(pooled), -1)

    def pullback(self, g) -> np.ndarray:
        """Cotangents of features for cotangents of rows."""
        return self._shares.transpose(0, 2, 1) @ g.reshape(len(g), 2, -1)


class ThroughTime:
    """Loss of the best linear readout as a function of the angles, with its gradient.

    ``L(W) = min_{a, B} |Y - a - D B|^2 / |Y - mean Y|^2 + penalty |B|^2`` with columns ``D = [fixed, features]``, in
    which squares and means of rows have their weights. At the minimum the readout's own derivative vanishes, so that
    the gradient by features is ``-2 w R B^T``, R the residuals; a reverse sweep through the steps takes it to the
    angles.

    Parameters
    ----------
    ensemble : Ensemble
    X : ndarray (n_sequences, n_steps, n_channels)
        Inputs of the cells.
    pool : AtSteps or MeanAndLast
        Takes features of steps to the rows of the readout.
    fixed : ndarray (n_rows, n_fixed)
        Further columns of the readout.
    Y : ndarray (n_rows, n_targets)
    truncation : int or None
        Number of steps of a stretch; no gradient passes from one to the one before.
    n_held_out : int, default=0
        How many of the last rows the readout and the gradient leave out; see `held_out_loss`.
    weight : ndarray (n_rows,), default=None
        Positive; ``None`` means ones.
    """

    def __init__(self, ensemble, X, pool, fixed, Y, truncation, n_held_out: int = 0, weight=None):
        self.ensemble, self.X, self.pool, self.fixed = ensemble, X, pool, fixed
        self.n_train = len(Y) - n_held_out
        if self.n_train < 2:
            raise ValueError(
                f"Expected at least two rows to train on beside those held out, got {len(Y)} rows in all; "
                "lower validation_fraction, or set early_stopping=False."
            )
        self.weight = np.ones(len(Y)) if weight is None else weight
        deviation = self._centred(Y)
        self.Y = deviation / max(float(np.linalg.norm(deviation[: self.n_train])), 1e-300)
        length = X.shape[1] if truncation is None else truncation
        self.stretches = [slice(a, min(a + length, X.shape[1])) for a in range(0, X.shape[1], length)]

    def __call__(self, w, rows=None) -> tuple[float, np.ndarray]:
        """Loss and gradient for angles w (n_reservoirs * n_weights,)."""
        W = w.reshape(self.ensemble.weights.shape)
        starts, features = self._run(W)
        D, B = self._readout(self.pool(features))
        n, residuals = self.n_train, self.Y - D @ B
        residuals[n:] = 0.0
        loss = np.sum(residuals**2) + _PENALTY * self.weight[:n].sum() * np.sum(B**2)
        g = -2 * (np.sqrt(self.weight)[:, None] * residuals) @ B[self.fixed.shape[1] :].T
        cotangents = self.pool.pullback(g)
        dW = np.zeros(W.shape)
        for start, part in zip(starts, self.stretches, strict=True):
            dW += self._reverse(W, start, part, cotangents[:, part])
        return float(loss), dW.ravel()

    def held_out_loss(self, w) -> float:
        """Squared error of the rows held out, relative to the variance of the targets of the others."""
        D, B = self._readout(self.pool(self._run(w.reshape(self.ensemble.weights.shape))[1]))
        n, weight = self.n_train, self.weight
        held_out, others = np.sum((self.Y[n:] - D[n:] @ B) ** 2), np.sum(self.Y[:n] ** 2)
        return float(held_out / weight[n:].sum() / (others / weight[:n].sum()))

    def _run(self, W) -> tuple[list[np.ndarray], np.ndarray]:
        """States at the start of each stretch, and all features (n_sequences, n_steps, n_features)."""
        state, starts, parts = self.ensemble.start(len(self.X)), [], []
        for part in self.stretches:
            starts.append(state)
            state, out = self.ensemble.step.run(self.X[:, part], W, state)
            parts.append(out.reshape(*out.shape[:2], -1))
        return starts, np.concatenate(parts, axis=1)

    def _readout(self, features) -> tuple[np.ndarray, np.ndarray]:
        """Centred columns D (n_rows, n_columns) and the coefficients B of the rows that are trained on."""
        D, n = self._centred(np.hstack([self.fixed, features])), self.n_train
        total = self.weight[:n].sum()
        gram = D[:n].T @ D[:n] / total + _PENALTY * np.eye(D.shape[1])
        return D, np.linalg.solve(gram, D[:n].T @ self.Y[:n] / total)

    def _centred(self, A) -> np.ndarray:
        """Rows minus the mean of those that are trained on, times the roots of their weights."""
        mean = np.average(A[: self.n_train], axis=0, weights=self.weight[: self.n_train])
        return (A - mean) * np.sqrt(self.weight)[:, None]

    def _reverse(self, W, state, part, cotangents) -> np.ndarray:
        """Derivative (n_reservoirs, n_weights) by the angles in one stretch."""
        n_sequences, n_reservoirs, n_state = state.shape
        state, w = state.reshape(-1, n_state), np.tile(W, (n_sequences, 1))
        pullbacks = []
        for t in range(part.start, part.stop):
            state, _, pullback = self.ensemble.step.forward(state, np.repeat(self.X[:, t], n_reservoirs, axis=0), w)
            pullbacks.append(pullback)
        dw, g_state = np.zeros(w.shape), np.zeros(state.shape)
        for t in range(len(pullbacks) - 1, -1, -1):
            g_state, _, step = pullbacks.pop()(g_state, cotangents[:, t].reshape(len(w), -1))
            dw += step
        return dw.reshape(n_sequences, n_reservoirs, -1).sum(axis=0)
