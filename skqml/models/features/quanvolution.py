"""Images as expectation values of a circuit that moves over them."""

from typing import ClassVar

import numpy as np
from qiskit import QuantumCircuit

from ..._sklearn import Count
from ...backends.redrawn import Drawing
from ...circuits import Encoding, all_z
from ...circuits.ansatze import Ansatz, as_ansatz, strongly_entangling
from ...circuits.encodings import AngleEncoding
from ...states import count, each, number, optional
from ..base.circuits import draw_model
from ..base.features.circuit_features import CircuitFeatures
from ..base.features.fourier_surrogate import FourierSurrogate
from ..base.features.fourier_twin import FourierTwin
from ..base.features.images import Shape, check_same_shape, flat_images, shape_of_images


class QuanvolutionTransformer(CircuitFeatures):
    """A circuit with frozen angles that moves over images: its inputs are the pixels of a patch.

    ``phi_ijk(x) = <O_k>`` in the state ``V U(a p_ij(x) + b)|0...0>`` of the patch p_ij, U the encoding and V the
    ansatz, whose angles are drawn and not trained. Features are maps (height, width, n_observables), flattened. The
    patches of all images are rows of one call of a compiled program.

    Parameters
    ----------
    encoding : Encoding, default=None
        How the pixels of a patch enter, row by row, the channels of a pixel side by side. ``None`` means
        ``AngleEncoding("x")``.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        ``None`` means ``Ansatz(strongly_entangling, n_layers=1)``.
    observables : Observable, sequence of Observable, or callable (n_qubits) that gives either, default=None
        One a channel; ``None`` means Z of each qubit.
    kernel_size, stride : int, default=2, 2
        Rows and columns of a patch, and pixels from one to the next. In a single row of pixels patches are as long as
        they are large in images. Zeros stand behind the last row and column where windows end beyond them.
    image_shape : (int, int) or (int, int, int), default=None
        Height, width and channels, which come last, of rows of pixels. ``None``: X may be (n_samples, height, width) or
        (n_samples, height, width, n_channels), and a table is a square if it can be, else one row of pixels.
    weights : array-like of float, default=None
        Angles of the ansatz; ``None`` means uniform random ones.
    backend : Backend, default=None
        Where circuits run; ``None`` means `Exact`.
    n_jobs : int, default=None
        Jobs for blocks of rows.
    random_state : int, RandomState or None, default=None
        Source of random weights.

    Attributes
    ----------
    image_shape_ : (int, int, int)
        Height, width, channels.
    map_shape_ : (int, int, int)
        Height, width, observables of the features.
    window_shape_, strides_ : (int, int)
        Rows and columns of a patch, and from one to the next.
    pixel_range_ : (float, float)
        Smallest and largest pixel of the training images, which become the angles 0 and pi; others are clipped.
    circuit_ : QuantumCircuit
    observables_ : tuple
    weights_ : ndarray (n_weights,)
    n_parameters_ : int
        0, as nothing is trained.

    Notes
    -----
    The twin has as many random Fourier features of each patch. Both lose information: behind ``StandardScaler()`` a
    ``LogisticRegression()`` has 0.969 on the pixels of digits, 0.868 on these features and 0.942 on those of the twin
    (5 folds, mean of 3 seeds). Larger patches, more observables and a trained circuit (`QuanvolutionClassifier`) lose
    less.

    References
    ----------
    M. Henderson et al., Quanvolutional neural networks, Quantum Mach. Intell. 2, 2 (2020); A. Senokosov et al., Quantum
    machine learning for image classification, arXiv 2304.09224.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skqml import QuanvolutionTransformer
    >>> X, y = load_digits(return_X_y=True)
    >>> model = QuanvolutionTransformer(random_state=0).fit(X)
    >>> model.map_shape_, model.transform(X[:10]).shape
    ((4, 4, 4), (10, 64))
    """

    _contents: ClassVar[dict] = {
        "image_shape_": each(count(least=1), 3),
        "pixel_range_": each(number(), 2),
        "map_shape_": optional(each(count(least=1))),
        "window_shape_": each(count(least=1), 2),
        "strides_": each(count(least=1), 2),
    }
    _default_parts: ClassVar[dict] = CircuitFeatures._default_parts | {
        "encoding": lambda self: AngleEncoding("x"),
        "ansatz": lambda self: Ansatz(strongly_entangling, n_layers=1),
    }
    _parameter_constraints: ClassVar[dict] = CircuitFeatures._parameter_constraints | {
        "encoding": [Encoding, None],
        "ansatz": [callable, QuantumCircuit, None],
        "kernel_size": [Count()],
        "stride": [Count()],
        "image_shape": [tuple, list, None],
        "weights": ["array-like", None],
    }

    image_shape_: Shape
    window_shape_: tuple[int, int]
    strides_: tuple[int, int]

    def __init__(
        self,
        encoding=None,
        ansatz=None,
        observables=None,
        *,
        kernel_size=2,
        stride=2,
        image_shape=None,
        weights=None,
        backend=None,
        n_jobs=None,
        random_state=None,
    ):
        super().__init__(observables, backend=backend, n_jobs=n_jobs, random_state=random_state)
        self.encoding = encoding
        self.ansatz = ansatz
        self.kernel_size = kernel_size
        self.stride = stride
        self.image_shape = image_shape
        self.weights = weights

    def _check_whole(self):
        super()._check_whole()
        if np.prod(self.image_shape_) != self.n_features_in_:
            raise ValueError(f"images of shape {self.image_shape_} of {self.n_features_in_} features")

    def _read(self, X, reset):
        X, found = flat_images(X)
        if found is not None and not reset:
            check_same_shape(found, self.image_shape_)
        X = super()._read(X, reset)
        if reset:
            self.image_shape_ = shape_of_images(self.image_shape, found, X.shape[1])
        return X

    def _learn(self, X):
        in_rows = self.image_shape_[0] == 1
        size, self.strides_ = ((1, k * k) if in_rows else (k, k) for k in (self.kernel_size, self.stride))
        self.window_shape_ = size
        self._part("backend").check_width(self._part("encoding").width(size[0] * size[1] * self.image_shape_[2]))
        self.pixel_range_ = float(X.min()), float(X.max())

    def _inputs(self, X):
        low, high = self.pixel_range_
        pixels = np.clip(X, low, high).reshape(len(X), *self.image_shape_)
        angles = (pixels - low) * (np.pi / (high - low) if high > low else 0.0)
        return patches_of(angles, self.window_shape_, self.strides_)

    def _open(self, X, n_inputs):
        n_outputs = super()._open(X, n_inputs)
        sizes = zip(self.image_shape_[:2], self.window_shape_, self.strides_, strict=True)
        height, width = (n_windows(n, k, s) for n, k, s in sizes)
        self.map_shape_ = height, width, n_outputs
        return n_outputs

    def _draw(self, n_inputs):
        return Drawing(draw_model, self._part("encoding"), as_ansatz(self._part("ansatz")), n_inputs)

    def _resolved(self, n_qubits):
        return all_z(n_qubits) if self.observables is None else super()._resolved(n_qubits)

    def classical_twin(self) -> "QuanvolutionTransformerTwin":
        """Unfitted classical counterpart: as many random Fourier features of each patch, with the same settings."""
        return QuanvolutionTransformerTwin(**self.get_params(deep=False))

    def surrogate(self) -> "QuanvolutionTransformerSurrogate":
        """Unfitted classical surrogate: as many random Fourier features of a patch, of the encoding's frequencies."""
        return QuanvolutionTransformerSurrogate(**self.get_params(deep=False))


class QuanvolutionTransformerTwin(FourierTwin, QuanvolutionTransformer):
    """Random Fourier features of patches; see `QuanvolutionTransformer`."""


class QuanvolutionTransformerSurrogate(FourierSurrogate, QuanvolutionTransformer):
    """Random Fourier features of patches with the frequencies of an encoding; see `QuanvolutionTransformer`."""


def n_windows(n: int, size: int, stride: int) -> int:
    """How many windows reach all of so many pixels."""
    return 1 + max(0, -(-(n - size) // stride))


def patches_of(images: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> np.ndarray:
    """Patches (n_samples * n_patches, height * width * n_channels) of images, image by image and row by row.

    Parameters
    ----------
    images : ndarray (n_samples, height, width, n_channels)
    size, stride : (int, int)
        Of the windows; zeros stand behind the last row and column where they end beyond them.
    """
    counts = [n_windows(n, k, s) for n, k, s in zip(images.shape[1:3], size, stride, strict=True)]
    behind = [max(0, (c - 1) * s + k - n) for c, s, k, n in zip(counts, stride, size, images.shape[1:3], strict=True)]
    padded = np.pad(images, ((0, 0), (0, behind[0]), (0, behind[1]), (0, 0))) if any(behind) else images
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(1, 2))[:, :: stride[0], :: stride[1]]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size[0] * size[1] * images.shape[3])
