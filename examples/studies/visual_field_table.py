"""Quantum fields beside classical ones: pixels remembered, pixels held out, a solid, digits, and halves of them.

Each row of the table that lies beside this file is one task, model and seed; a row that is there is not run again.
Tasks can be named, so that several runs write one table. Ablations leave out the circuit: the same perceptron has a
free quadratic head on the same unit vectors, or a linear one and more units. Angles of "shaken" ones have noise of 0.1.
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
HELD_OUT = ["camera 32 held out", "camera 64 held out", "brick 64 held out", "astronaut 64 held out"]
TASKS = ["camera 64 remembered", *HELD_OUT, "solid", "digits remembered", "digits completed"]
N_FIELDS = 50


def task(name, seed, quick):
    """Points and values to train on, and to judge by."""
    if name == "solid":
        X, y = make_solid(400 if quick else 8_000, random_state=seed)
        return X[: len(X) // 2], y[: len(X) // 2], X[len(X) // 2 :], y[len(X) // 2 :]
    if name == "digits remembered":
        images = digits(seed)[: 3 if quick else N_FIELDS]
        return collection(images), images.ravel(), collection(images), images.ravel()
    image = load_images(name.split()[0], int(name.split()[1]))
    image = image[::8, ::8] if quick else image
    X, y = make_pixels(image)
    if name.endswith("remembered"):
        return X, y, X, y
    kept = np.add.outer(*map(np.arange, image.shape[:2])).ravel() % 2 == 0
    return X[kept], y[kept], X[~kept], y[~kept]


def digits(seed):
    """All digits, in some order."""
    return np.random.default_rng(seed).permutation(load_digits().images / 16.0)


def collection(images):
    """Points of images, with the number of the image in the last column."""
    points = make_pixels(images[0])[0]
    return np.concatenate([np.column_stack([points, np.full(len(points), k)]) for k in range(len(images))])


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
        """Outputs, and a function from their cotangents to those of v and X."""
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
            return np.concatenate(parts[::-1]), g

        return z, pullback


class Trained:
    """A perceptron with one of several heads, trained as the quantum field is.

    Parameters
    ----------
    head : {"linear", "quadratic"}
        "quadratic": ``y_c = a M_c a`` for unit vectors ``a = sqrt(softmax(-E))`` and free symmetric M.
    sizes, activation, n_frequencies, omega : hidden layers, and factor of the coordinates (SIREN: 30, no sines before)
    n_fields : numbers in the last column of X, each with a trained code of eight; 0 if there is none
    """

    def __init__(self, head, sizes, activation, n_frequencies, max_iter, seed, omega=1.0, n_fields=0):
        self.head, self.sizes, self.activation, self.omega, self.n_fields = head, sizes, activation, omega, n_fields
        self.n_frequencies, self.max_iter, self.seed = n_frequencies, max_iter, seed

    def fit(self, X, y):
        rng, Y = np.random.default_rng(self.seed), y.reshape(len(y), -1)
        self.scaler_, self.shape_ = MinMaxScaler((-1, 1)).fit(X), y.shape[1:]
        self.middle_, self.width_ = (Y.max(axis=0) + Y.min(axis=0)) / 2, np.ptp(Y, axis=0) / 1.8
        Y = (Y - self.middle_) / self.width_
        rows, n = self._encode(X), self.sizes[-1] if self.head == "quadratic" else Y.shape[1]
        hidden = self.sizes[:-1] if self.head == "quadratic" else self.sizes
        self.perceptron_ = Perceptron((rows[0].shape[1] + 8 * (self.n_fields > 0), *hidden, n), self.activation)
        M = rng.normal(0, 1, (Y.shape[1], n, n)) if self.head == "quadratic" else np.zeros((0, n, n))
        M = (M + M.swapaxes(1, 2)).ravel() / 2
        v = np.concatenate([self.perceptron_.start(rng), M, rng.normal(0.0, 0.1, 8 * self.n_fields)])
        if self.omega != 1.0:  # Sitzmann et al.: the first layer is uniform in 1 / n, before the factor
            self.perceptron_.unpack(v)[0][:, :-1] *= np.sqrt(1 / 6 / rows[0].shape[1])

        def loss(v, batch=None):
            values, back = self._forward(rows, v)
            return np.sum((values - Y) ** 2) / (2 * len(Y)), back((values - Y) / len(Y))

        self.v_ = minimize(loss, v, max_iter=self.max_iter, tol=None).w
        self.n_parameters_ = len(v) - len(M) * (n - 1) // (2 * n)
        return self

    def _encode(self, X):
        """Coordinates in [-1, 1], their sines and cosines, as in `QuantumFieldRegressor`; and fields."""
        x, fields = self.scaler_.transform(X), np.zeros(len(X), dtype=int)
        if self.n_fields:
            x, fields = x[:, :-1], X[:, -1].astype(int)
        angles = (x[:, :, None] * np.pi * 2.0 ** np.arange(self.n_frequencies)).reshape(len(x), -1)
        return self.omega * np.hstack([x, np.sin(angles), np.cos(angles)]), fields

    def _forward(self, rows, v):
        (x, fields), cut, end = rows, self.perceptron_.n_parameters, len(v) - 8 * self.n_fields
        codes = v[end:].reshape(max(1, self.n_fields), -1)
        E, of_E = self.perceptron_.forward(np.hstack([x, codes[fields]]), v[:cut])

        def of_all(g, dM=()):
            (d_weights, d_inputs), d_codes = of_E(g), np.zeros_like(codes)
            np.add.at(d_codes, fields, d_inputs[:, x.shape[1] :])
            return np.concatenate([d_weights, np.ravel(dM), d_codes.ravel()])

        if self.head == "linear":
            return E, of_all
        M = v[cut:end].reshape(-1, E.shape[1], E.shape[1])
        M, a = (M + M.swapaxes(1, 2)) / 2, np.sqrt(softmax(-E, axis=1))

        def back(g):
            d_log = a * np.einsum("nc,cij,nj->ni", g, M, a, optimize=True)
            dM = np.einsum("nc,ni,nj->cij", g, a, a, optimize=True)
            return of_all(a**2 * d_log.sum(axis=1, keepdims=True) - d_log, dM)

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


class ThinPlates:
    """Thin-plate splines."""

    def fit(self, X, y):
        self.predict = RBFInterpolator(X, y, kernel="thin_plate_spline", neighbors=None if len(X) < 3000 else 60)
        self.n_parameters_ = y.size
        return self


def models(name, seed, quick):
    """Name and unfitted model; as few parameters as pixels at most."""
    # Held-out pixels: few frequencies and few iterations, for long trainings remember the others.
    held_out, many, solid = name.endswith("held out"), name.startswith("digits"), name == "solid"
    size, n_frequencies = (16, 3) if many else (38, 6) if name.endswith("remembered") else (32, 2)
    n_iter = 3 if quick else 600 if solid else 800 if many else 1500 if not held_out else 60 if "32" in name else 200
    options = {"hidden_layer_sizes": (size, size), "n_frequencies": n_frequencies, "max_iter": n_iter}
    options |= {"random_state": seed, "tol": None} | ({"n_latent": 8} if many else {})
    kinds = {"": {}, ", mixed": {"state": "mixed"}, ", gaussian start": {"ansatz_init": "gaussian"}, ", shaken": {}}
    for label, more in kinds.items():
        if label != ", shaken" or name.endswith("remembered"):
            yield f"quantum, sine{label}", QuantumFieldRegressor(activation="sine", **options | more)
    yield "quantum, rectifier", QuantumFieldRegressor(**options)
    # As many parameters, within 3 % or so; of digits the quadratic head has the same perceptron, and a quarter more.
    quadratic, second, sines = {16: (16, 50, 0), 32: (28, 64, 48), 38: (35, 70, 60)}[size]
    rest = {"n_frequencies": n_frequencies, "max_iter": n_iter, "seed": seed, "n_fields": N_FIELDS if many else 0}
    yield "quadratic head, sine", Trained("quadratic", (quadratic, quadratic, 32), "sine", **rest)
    yield "linear head, sine", Trained("linear", (size, second), "sine", **rest)
    yield "linear head, rectifier", Trained("linear", (size, second), "relu", **rest)
    if not many:
        yield "SIREN", Trained("linear", (sines, sines), "sine", 0, n_iter, seed, omega=30.0)
        n_features, scale = 40 if quick else 3800, 3.0 if solid else 20.0 if held_out else 60.0
        yield "random Fourier features", Fourier(n_features, scale, seed)
    if held_out or solid:
        yield "thin-plate splines", ThinPlates()


def quality(name, model, X, y):
    """PSNR of values between 0 and 1 in dB, or the mean absolute error."""
    error = model.predict(X) - y
    return np.abs(error).mean() if name == "solid" else -10 * np.log10(np.mean(error**2))


def completions(seed, quick):
    """Name, mean PSNR of the lower half of digits that nobody has seen, and parameters."""
    known, new = digits(seed)[: 9 if quick else N_FIELDS], digits(seed)[-20:][: 2 if quick else 20]
    points, X = make_pixels(new[0])[0], collection(known)
    options = {"n_frequencies": 3, "max_iter": 3 if quick else 400, "tol": None, "activation": "sine"}
    for alpha in (1e-3, 1.0):
        model = QuantumFieldRegressor(n_latent=8, alpha=alpha, random_state=seed, **options).fit(X, known.ravel())
        found = [model.complete(points[:32], image.ravel()[:32], points[32:]) for image in new]
        yield f"quantum, sine, alpha {alpha}", half_psnr(found, new), model.n_parameters_
    rows = known.reshape(len(known), -1)
    for n_components in (4, 8):
        pca = PCA(n_components).fit(rows)
        A, deviation = pca.components_, np.sqrt(pca.explained_variance_)
        prior = np.diag(0.05 / deviation**2)  # of pixels with noise of variance 0.05
        seen = (new.reshape(len(new), -1) - pca.mean_)[:, :32]
        Z = np.linalg.solve(A[:, :32] @ A[:, :32].T + prior, A[:, :32] @ seen.T).T
        yield f"PCA, {n_components} components", half_psnr((pca.mean_ + Z @ A)[:, 32:], new), A.size + 64
    yield "mean digit", half_psnr([rows.mean(axis=0)[32:]] * len(new), new), 64


def half_psnr(found, new):
    """Mean over images, of the half below."""
    errors = np.mean((np.array(found) - new.reshape(len(new), -1)[:, 32:]) ** 2, axis=1)
    return float(np.mean(-10 * np.log10(errors)))


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
            if label.endswith("shaken"):  # angles are in the memory of all weights
                model.angles_ += np.random.default_rng(seed).normal(0.0, 0.1, len(model.angles_))
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
