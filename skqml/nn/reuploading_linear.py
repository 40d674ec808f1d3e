"""A dense layer that is a quantum circuit into which the input is loaded again and again."""

from typing import Any

import torch
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import UnitaryGate
from torch import Tensor, nn

from .._checks import check_count, check_numbers, check_option
from .matrices import exp_i, one_qubit_part, one_qubit_sum, pauli_sum
from .quantum_layer import check_inputs
from .series import loaded_again

_MOST_QUBITS = 8  # one matrix of 16 bytes times 4^n a row


class ReuploadingLinear(nn.Module):
    r"""Inputs as a Hamiltonian, loaded again and again between trained unitaries; outputs are probabilities.

    ``psi = W_L exp(i G / L) ... W_1 exp(i G / L) |+...+>`` with ``G = (X + X^T) / 2``, X being the input with zeros
    behind it as a square matrix, and ``W_l = exp(i sum_P w_lP P)`` over all 4^n - 1 Pauli strings; then
    ``y_k = |<k|psi>|^2 + b_k`` for the first basis states k.

    Parameters
    ----------
    in_features, out_features : int
    n_qubits : int, default=None
        Number n of qubits; ``None`` means the fewest that hold the inputs, 4^n, and the outputs, 2^n.
    reps : int, default=10
        Number L of times that the input is loaded.
    bias : bool, default=True
    entangled : bool, default=True
        Whether qubits get entangled; without, of all strings, those of G too, only those on one qubit are left.
    generator : torch.Generator, default=None
        Source of the weights; ``None`` means PyTorch's global one.

    Attributes
    ----------
    weights : Parameter (reps, 4^n - 1), or 3n without entanglement
        Normal of deviation 2^-n at the start, so that each unitary has eigenvalues of phases of about 1.
    bias : Parameter (out_features,) or None

    Notes
    -----
    A matrix and its transpose are one input. Neither the Pauli strings nor ``exp(i G / L)`` are written out: a row is
    a vector that goes L times through the terms of a series, all of which are products with one matrix.

    References
    ----------
    P. Wang, C. R. Myers, L. C. L. Hollenberg and U. Parampalli, Let the quantum creep in: designing quantum neural
    network models by gradually swapping out classical components, arXiv 2409.17583.

    Examples
    --------
    >>> import torch
    >>> from skqml.nn import ReuploadingLinear
    >>> ReuploadingLinear(32, 8)(torch.zeros(5, 32)).shape
    torch.Size([5, 8])
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        n_qubits: int | None = None,
        reps: int = 10,
        bias: bool = True,
        entangled: bool = True,
        generator: torch.Generator | None = None,
    ):
        super().__init__()
        self.in_features = check_count("in_features", in_features)
        self.out_features = check_count("out_features", out_features)
        least = max(1, (self.in_features - 1).bit_length() + 1 >> 1, (self.out_features - 1).bit_length())
        if least > _MOST_QUBITS:
            raise ValueError(
                f"in_features and out_features must fit on {_MOST_QUBITS} qubits, {4**_MOST_QUBITS} and "
                f"{2**_MOST_QUBITS}, got {in_features} and {out_features}."
            )
        self.n_qubits = least if n_qubits is None else check_count("n_qubits", n_qubits, least, _MOST_QUBITS)
        self.reps = check_count("reps", reps, most=1000)
        self.entangled = check_option("entangled", entangled, (False, True))
        n_strings = 4**self.n_qubits - 1 if entangled else 3 * self.n_qubits
        self.weights = nn.Parameter(torch.empty(self.reps, n_strings))
        self.bias = nn.Parameter(torch.empty(self.out_features)) if check_option("bias", bias, (False, True)) else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the weights anew, and set the biases to 0."""
        nn.init.normal_(self.weights, std=2.0**-self.n_qubits, generator=generator)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Probabilities with biases (..., out_features) for inputs (..., in_features)."""
        check_inputs(x)
        if x.ndim == 0 or x.shape[-1] != self.in_features:
            raise ValueError(f"x must be of shape (..., {self.in_features}), got {(*x.shape,)}.")
        psi = loaded_again(self._exponents(x.reshape(-1, self.in_features)), self._unitaries(x))
        y = psi[:, : self.out_features].abs() ** 2
        y = y if self.bias is None else y + self.bias
        return y.reshape(*x.shape[:-1], self.out_features)

    def _exponents(self, x: Tensor) -> Tensor:
        """Real symmetric matrices (n_samples, 2^n, 2^n) whose exponentials load rows once."""
        d = 2**self.n_qubits
        X = nn.functional.pad(x, (0, d * d - self.in_features)).reshape(-1, d, d)
        G = (X + X.mT) / (2 * self.reps)
        return G if self.entangled else one_qubit_part(G)

    def _unitaries(self, x: Tensor) -> Tensor:
        """Trained unitaries (reps, 2^n, 2^n), of the type and on the device of x."""
        w = self.weights.to(x)
        return exp_i(pauli_sum(w) if self.entangled else one_qubit_sum(w))

    @torch.no_grad()
    def circuit(self, x: Any = None) -> QuantumCircuit:
        """Return the circuit of one row, whose outcome k has the probability that output k is without its bias.

        Parameters
        ----------
        x : array-like (in_features,), default=None
            ``None`` draws the loading of a row as a gate without a definition.
        """
        qc, w = QuantumCircuit(self.n_qubits), self.weights.double()
        load = Gate(f"exp(iG/{self.reps})", self.n_qubits, [])
        if x is not None:
            row = torch.from_numpy(check_numbers("x", x))
            if len(row) != self.in_features:
                raise ValueError(f"x must be {self.in_features} numbers, got {len(row)}.")
            load = UnitaryGate(exp_i(self._exponents(row[None].to(w)))[0].cpu().numpy(), label=load.name)
        qc.h(qc.qubits)
        for W in self._unitaries(w):
            qc.append(load, qc.qubits)
            qc.append(UnitaryGate(W.cpu().numpy(), label="W"), qc.qubits)
        return qc

    def extra_repr(self) -> str:
        """What a print of the network says of the layer."""
        return f"{self.in_features}, {self.out_features}, n_qubits={self.n_qubits}, reps={self.reps}"
