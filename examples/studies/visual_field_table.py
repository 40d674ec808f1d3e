"""Quantum fields beside classical ones: pixels remembered, pixels held out, a solid, and halves of digits.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again.
Tasks can be named, so that several runs write one table. Of the ablations the first two leave out the circuit: the same
perceptron with a free quadratic head on the same unit vectors, and with a linear head and a few units more.
"""

import csv
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.preprocessing import MinMaxScaler

from skqml import QuantumFieldRegressor
from skqml.datasets import load_images, make_pixels, make_solid
from skqml.training import minimize

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ("task", "model", "seed", "value", "parameters", "seconds")
HELD_OUT = [("camera", 32), ("camera", 64), ("brick", 64), ("astronaut", 64)]
TASKS = ["camera 64 remembered", *(f"{name} {size} held out" for name, size in HELD_OUT), "solid", "digits completed"]
N_FIELDS = 50


def task(name, seed, quick):
    """Points and values to train on, and to judge by."""
    if name == "solid":
        X, y = make_solid(400 if quick else 8_000, random_state=seed)
        return X[: len(X) // 2], y[: len(X) // 2], X[len(X) // 2 :], y[len(X) // 2 :]
    image = load_images(name.split()[0], int(name.split()[1]))
    image = image[::8, ::8] if quick else image
    X, y = make_pixels(image)
    if name.endswith("remembered"):
        return X, y, X, y
    kept = np.add.outer(*map(np.arange, image.shape[:2])).ravel() % 2 == 0
    return X[kept], y[kept], X[~kept], y[~kept]


class Perceptron:
    """``W_L f(... f(W_1 x + b_1) ...) + b_L``, f a rectifier or a sine, as a function of one vector of weights."""

    def __init__(self, sizes, activation):
        self.shapes, self.is_sine = [(n_out, n_in + 1) for n_in, n_out in pairwise(sizes)], activation == "sine"
        self.n_parameters = sum(n_out * n_in for n_out, n_in in self.shapes)

    def unpack(self, v):
        """Matrices, offsets in the last column, that share the memory of v."""
        ends = np.cumsum([n_out * n_in for n_out, n_in in self.shapes])
        return [v[end - a * b : end].reshape(a, b) for end, (a, b) in zip(ends, self.shapes, strict=True)]

    def start(self, rng):
        v = np.zeros(self.n_parameters)
        for matrix in self.unpack(v):
            bound = np.sqrt((6.0 if self.is_sine else 2.0) / (matrix.shape[1] - 1))
            matrix[:, :-1] = rng.uniform(-bound, bound, (len(matrix), matrix.shape[1] - 1))
        return v

    def forward(self, X, v):
        """Outputs, and a function from their cotangents to those of v."""
        matrices, inputs, slopes = self.unpack(v), [X], [1.0]
        for matrix in matrices:
            z = inputs[-1] @ matrix[:, :-1].T + matrix[:, -1]
            inputs.append(np.sin(z) if self.is_sine else np.maximum(z, 0.0))
            slopes.append(np.cos(z) if self.is_sine else (z > 0).astype(float))

        def pullback(g):
            parts = []
            for matrix, x, slope in zip(matrices[::-1], inputs[-2::-1], slopes[-2::-1], strict=True):
                parts.append(np.column_stack([g.T @ x, g.sum(axis=0)]).ravel())
                g = (g @ matrix[:, :-1]) * slope
            return np.concatenate(parts[::-1])

        return z, pullback


class Trained:
    """A perceptron with one of several heads, trained as the quantum field is.

    Parameters
    ----------
    head : {"linear", "quadratic"}
        "quadratic": ``y_c = a M_c a`` for unit vectors ``a = sqrt(softmax(-E))`` and free symmetric M.
    sizes, activation, n_frequencies, omega : hidden layers, and factor of the coordinates (SIREN: 30, no sines before)
    """

    def __init__(self, head, sizes, activation, n_frequencies, max_iter, seed, omega=1.0):
        self.head, self.sizes, self.activation, self.omega = head, sizes, activation, omega
        self.n_frequencies, self.max_iter, self.seed = n_frequencies, max_iter, seed

    def fit(self, X, y):
        rng, Y = np.random.default_rng(self.seed), y.reshape(len(y), -1)
        self.scaler_, self.shape_ = MinMaxScaler((-1, 1)).fit(X), y.shape[1:]
        self.middle_, self.width_ = (Y.max(axis=0) + Y.min(axis=0)) / 2, np.ptp(Y, axis=0) / 1.8
        rows, n = self._encode(X), self.sizes[-1] if self.head == "quadratic" else Y.shape[1]
        hidden = self.sizes[:-1] if self.head == "quadratic" else self.sizes
        self.perceptron_ = Perceptron((rows.shape[1], *hidden, n), self.activation)
        M = rng.normal(0, 1, (Y.shape[1], n, n)) if self.head == "quadratic" else np.zeros((0, n, n))
        v, Y = np.concatenate([self.perceptron_.start(rng), (M + M.swapaxes(1, 2)).ravel() / 2]), self._unit(Y)
        if self.omega != 1.0:  # Sitzmann et al.: the first layer is uniform in 1 / n, before the factor
            self.perceptron_.unpack(v)[0][:, :-1] *= np.sqrt(1 / 6 / rows.shape[1])

        def loss(v, batch=None):
            values, back = self._forward(rows, v)
            return np.sum((values - Y) ** 2) / (2 * len(Y)), back((values - Y) / len(Y))

        self.v_ = minimize(loss, v, max_iter=self.max_iter, tol=None).w
        self.n_parameters_ = len(v) - len(M) * n * (n - 1) // 2
        return self

    def _encode(self, X):
        """Coordinates in [-1, 1], and their sines and cosines, as in `QuantumFieldRegressor`."""
        x = self.scaler_.transform(X)
        angles = (x[:, :, None] * np.pi * 2.0 ** np.arange(self.n_frequencies)).reshape(len(x), -1)
        return self.omega * np.hstack([x, np.sin(angles), np.cos(angles)])

    def _unit(self, Y):
        return (Y - self.middle_) / self.width_

    def _forward(self, rows, v):
        cut = self.perceptron_.n_parameters
        E, of_E = self.perceptron_.forward(rows, v[:cut])
        if self.head == "linear":
            return E, of_E
        n = E.shape[1]
        M = v[cut:].reshape(-1, n, n)
        M, a = (M + M.swapaxes(1, 2)) / 2, np.sqrt(softmax(-E, axis=1))

        def back(g):
            d_log = a * np.einsum("nc,cij,nj->ni", g, M, a, optimize=True)
            dM = np.einsum("nc,ni,nj->cij", g, a, a, optimize=True)
            return np.concatenate([of_E(a**2 * d_log.sum(axis=1, keepdims=True) - d_log), dM.ravel()])

        return np.einsum("ni,cij,nj->nc", a, M, a, optimize=True), back

    def predict(self, X):
        values = self.middle_ + self.width_ * self._forward(self._encode(X), self.v_)[0]
        return values.reshape(len(X), *self.shape_)


class Fourier:
    """Ridge regression on random Fourier features of the coordinates."""

    def __init__(self, n_features, scale, seed):
        self.n_features, self.scale, self.seed = n_features, scale, seed

    def _rows(self, X):
        W = np.random.default_rng(self.seed).normal(0, self.scale, (X.shape[1], self.n_features // 2))
        return np.hstack([np.cos(X @ W), np.sin(X @ W)])

    def fit(self, X, y):
        self.ridge_ = Ridge(1e-3).fit(self._rows(X), y)
        self.n_parameters_ = self.n_features * (1 if y.ndim == 1 else y.shape[1])
        return self

    def predict(self, X):
        return self.ridge_.predict(self._rows(X))


class ThinPlates(RBFInterpolator):
    """Thin-plate splines."""

    def __init__(self):
        pass

    def fit(self, X, y):
        RBFInterpolator.__init__(self, X, y, kernel="thin_plate_spline", neighbors=None if len(X) < 3000 else 60)
        self.n_parameters_ = y.size
        return self

    def predict(self, X):
        return self(X)


def models(name, seed, quick):
    """Name and unfitted model; as few parameters as pixels at most."""
    # Held-out pixels: few frequencies and few iterations, for long trainings remember the others.
    held_out = name.endswith("held out")
    size, n_frequencies = (38, 6) if name.endswith("remembered") else (32, 2)
    n_iter = 3 if quick else 600 if name == "solid" else 1500 if not held_out else 60 if "32" in name else 200
    options = {"hidden_layer_sizes": (size, size), "n_frequencies": n_frequencies, "max_iter": n_iter}
    for label, more in {
        "quantum, sine": {"activation": "sine"},
        "quantum, rectifier": {},
        "quantum, sine, mixed": {"activation": "sine", "state": "mixed"},
        "quantum, sine, gaussian start": {"activation": "sine", "ansatz_init": "gaussian"},
    }.items():
        yield label, QuantumFieldRegressor(tol=None, random_state=seed, **options | more)
    quadratic, second, sines = {32: (28, 64, 48), 38: (35, 70, 60)}[size]  # as many parameters, within 3 % or so
    yield "quadratic head, sine", Trained("quadratic", (quadratic, quadratic, 32), "sine", n_frequencies, n_iter, seed)
    for label, activation in (("linear head, sine", "sine"), ("linear head, rectifier", "relu")):
        yield label, Trained("linear", (size, second), activation, n_frequencies, n_iter, seed)
    yield "SIREN", Trained("linear", (sines, sines), "sine", 0, n_iter, seed, omega=30.0)
    scale = {"solid": 3.0}.get(name, 60.0 if name.endswith("remembered") else 20.0)
    yield "random Fourier features", Fourier(40 if quick else 3800, scale, seed)
    if held_out or name == "solid":
        yield "thin-plate splines", ThinPlates()


def quality(name, model, X, y):
    """PSNR of values between 0 and 1 in dB, or the mean absolute error."""
    error = model.predict(X) - y
    return np.abs(error).mean() if name == "solid" else -10 * np.log10(np.mean(error**2))


def completions(seed, quick):
    """Name, mean PSNR of the lower half of digits that nobody has seen, and parameters."""
    images, n_fields = load_digits().images / 16.0, 9 if quick else N_FIELDS
    order = np.random.default_rng(seed).permutation(len(images))
    known, new = images[order[:n_fields]], images[order[-20:]][: 2 if quick else 20]
    points = make_pixels(new[0])[0]
    X = np.concatenate([np.column_stack([points, np.full(len(points), k)]) for k in range(n_fields)])
    options = {"n_frequencies": 3, "max_iter": 3 if quick else 400, "tol": None, "activation": "sine"}
    for alpha in (1e-3, 1.0):
        model = QuantumFieldRegressor(n_latent=8, alpha=alpha, random_state=seed, **options).fit(X, known.ravel())
        found = [model.complete(points[:32], image.ravel()[:32], points[32:]) for image in new]
        yield f"quantum, sine, alpha {alpha}", half_psnr(found, new), model.n_parameters_
    rows = known.reshape(n_fields, -1)
    for n_components in (4, 8):
        pca = PCA(n_components).fit(rows)
        A, deviation = pca.components_, np.sqrt(pca.explained_variance_)
        prior = np.diag(0.05 / deviation**2)  # of pixels with noise of variance 0.05
        found = []
        for image in new.reshape(len(new), -1):
            z = np.linalg.solve(A[:, :32] @ A[:, :32].T + prior, A[:, :32] @ (image - pca.mean_)[:32])
            found.append((pca.mean_ + z @ A)[32:])
        yield f"PCA, {n_components} components", half_psnr(found, new), A.size + 64
    yield "mean digit", half_psnr([rows.mean(axis=0)[32:]] * len(new), new), 64


def half_psnr(found, new):
    """Mean over images, of the half below."""
    errors = [np.mean((f - image.ravel()[32:]) ** 2) for f, image in zip(found, new, strict=True)]
    return float(np.mean([-10 * np.log10(e) for e in errors]))


def measure(name, seed, quick, known):
    """Rows that the table lacks."""
    if name == "digits completed":
        if not any(row[0] == name and int(row[2]) == seed for row in known):
            yield from ((label, value, size, 0.0) for label, value, size in completions(seed, quick))
        return
    X, y, X_test, y_test = task(name, seed, quick)
    for label, model in models(name, seed, quick):
        fixed = label == "thin-plate splines" and name != "solid" and seed > 0
        if not fixed and (name, label, str(seed)) not in known:
            start = time.process_time()
            model.fit(X, y)
            yield label, quality(name, model, X_test, y_test), model.n_parameters_, time.process_time() - start


def main(quick=False, names=(), n_seeds=5):
    """Print the table."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    done = list(csv.reader(TABLE.open()))[1:] if TABLE.exists() and not quick else []
    known = {tuple(row[:3]) for row in done}
    for seed in range(1 if quick else n_seeds):
        for name in names or ((TASKS[0], TASKS[1], *TASKS[-2:]) if quick else TASKS):
            for label, value, size, seconds in measure(name, seed, quick, known):
                done.append([name, label, str(seed), f"{value:.4g}", str(size), f"{seconds:.0f}"])
                print("   ".join(done[-1]), flush=True)
                if not quick:
                    with TABLE.open("a", newline="") as file:
                        rows = [done[-1]] if file.tell() else [COLUMNS, done[-1]]
                        csv.writer(file, lineterminator="\n").writerows(rows)
    for name in dict.fromkeys(row[0] for row in done):
        mine = [row for row in done if row[0] == name]
        found = {k: np.mean([float(r[3]) for r in mine if r[1] == k]) for k in dict.fromkeys(r[1] for r in mine)}
        print(f"\n{name}, {'mean absolute error' if name == 'solid' else 'PSNR in dB'}")
        for label, value in sorted(found.items(), key=lambda pair: pair[1] if name == "solid" else -pair[1]):
            print(f"{label:32}{value:8.4g}")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if name != "--quick"])
