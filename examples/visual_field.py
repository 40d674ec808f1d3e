"""An image remembered by fewer numbers than it has pixels, and guessed where it was not seen, beside its twin.

Prints peak signal-to-noise ratios and the structural similarity, and saves a figure of truth, field and error. More
models, and who wins, are in ``examples/studies/visual_field_table.csv``.
"""

import sys
import warnings

import numpy as np
from scipy.interpolate import RBFInterpolator
from sklearn.exceptions import ConvergenceWarning

from skqml import FieldDisplay, QuantumFieldRegressor
from skqml.datasets import load_images, make_pixels
from skqml.models.visual_field import psnr, ssim


def main(quick=False):
    """Print the figures, and save ``visual_field.png``."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    image = load_images("camera", 32 if quick else 64)[:: 2 if quick else 1, :: 2 if quick else 1]
    X, y = make_pixels(image)
    options = {"activation": "sine", "tol": None, "random_state": 0}
    model = QuantumFieldRegressor(hidden_layer_sizes=(38, 38), max_iter=3 if quick else 300, **options).fit(X, y)
    values = model.predict(X).reshape(image.shape)
    found = f"{psnr(image, values):.1f} dB, ssim {ssim(image, values):.4f}"
    print(f"{len(y)} pixels, {model.n_parameters_} parameters: {found}")
    twin = model.classical_twin().fit(X, y)
    print(f"classical twin, a perceptron: {psnr(image, twin.predict(X).reshape(image.shape)):.1f} dB")
    FieldDisplay.from_estimator(model, image).figure_.savefig("visual_field.png", dpi=150)

    seen = np.add.outer(*map(np.arange, image.shape)).ravel() % 2 == 0
    model = QuantumFieldRegressor(n_frequencies=2, max_iter=3 if quick else 150, **options)
    others = {"thin-plate splines": RBFInterpolator(X[seen], y[seen], kernel="thin_plate_spline")}
    others |= {"quantum field": model.fit(X[seen], y[seen]).predict, "classical twin": None}
    others["classical twin"] = model.classical_twin().fit(X[seen], y[seen]).predict
    print("\nThe other pixels, of which each has four neighbours that were seen")
    for name, predict in others.items():
        print(f"{name:20}{psnr(y[~seen], predict(X[~seen])):.1f} dB")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
