"""Which functions of its features a circuit can be."""

from ..._checks import check_count
from ...circuits import Encoding
from ...circuits.spectrum import FourierSpectrum, circuit_spectrum
from .draws import as_circuit


def fourier_spectrum(circuit, n_features=None) -> FourierSpectrum:
    r"""Return the frequencies that expectation values of a circuit may have as functions of its features.

    ``f(x) = sum_w c_w exp(i w.x)`` for any weights and observable, where each gate ``exp(-i a x_k P / 2)`` adds 0, a
    or -a to the frequency of feature k. Weights and observable settle the coefficients alone. So n gates of one
    angle give a polynomial of degree n in sines and cosines, which a Fourier series fits without a circuit.

    Parameters
    ----------
    circuit : Encoding, QuantumCircuit or fitted estimator with ``circuit_``
        Angles must be sums of features with fixed factors; products, as in `IQPEncoding`, have no spectrum.
        An estimator's factor of the features (its bandwidth) is not part of its circuit.
    n_features : int, default=None
        For an encoding.

    Returns
    -------
    FourierSpectrum
        ``frequencies`` and ``degeneracies`` of each feature, in radians a unit of the feature, and ``sample``.

    References
    ----------
    M. Schuld, R. Sweke and J. J. Meyer, Effect of data encoding on the expressive power of variational
    quantum-machine-learning models, Phys. Rev. A 103, 032430 (2021).

    Examples
    --------
    >>> from skqml import ReuploadingEncoding
    >>> from skqml.inspection import fourier_spectrum
    >>> fourier_spectrum(ReuploadingEncoding(n_qubits=2, n_blocks=3), n_features=2).frequencies[0]
    array([0., 1., 2., 3.])
    """
    if isinstance(circuit, Encoding):
        return circuit_spectrum(circuit.build(check_count("n_features", n_features)))
    return circuit_spectrum(as_circuit(circuit))
