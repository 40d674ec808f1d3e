"""The zero-noise-extrapolated variational quantum eigensolver."""

from typing import ClassVar, Self

import numpy as np
from qiskit import QuantumCircuit
from sklearn.metrics import mean_absolute_error
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._checks import check_option
from ..._sklearn import Count, Number, fit_context
from ...backends import Backend, Exact
from ...circuits import Observable
from ...states import count, each, floats, instance, optional
from ...training import TrainingError
from ..base.drawing import DrawnCircuit, MayHaveShots, ShownOperators
from ..base.iterations import CHECKPOINT, recorded
from .fitting import Fitting
from .growth import GrowingAnsatz
from .hamiltonians import PauliSums, are_operators, ground_energy, in_units, operators_of_rows, read_operators
from .setup import Setup


class ZNEVQE(MayHaveShots, ShownOperators, DrawnCircuit, Fitting):
    """Ground-state energies of Hamiltonians by a trained circuit, with the noise extrapolated away.

    For each Hamiltonian H the weights of an ansatz are trained to the lowest energy
    ``E(w) = <psi(w)| H |psi(w)>`` as the backend gives it, noise included. At these weights the
    energy is then measured with the noise made stronger by each of the scales, and extrapolated to
    a scale of 0.

    Rows of X are parameters of the Hamiltonian, such as a bond length; or X is one operator or a
    list of them. Shots are those of each measurement basis on average: terms that commute qubit by
    qubit share one, and energies give bases of large coefficients more.

    Parameters
    ----------
    hamiltonian : callable (row) -> SparsePauliOp or Observable, default=None
        The Hamiltonian of a row of X; `None` means the transverse-field Ising chain of three
        qubits whose fields are the row (`ising_chain`), for any number of features.
    ansatz : callable (qc, weight) or QuantumCircuit, default=None
        Draws the circuit, or is it. ``None`` means `ry_rz` with 3 layers, first started near the Hamiltonian's lowest
        basis state. As long as one more layer would lower an energy it grows, by up to 4 layers of rotations of all
        pairs of qubits: on an exact backend, without an optimizer, and if max_iter is at least twice the number of
        weights. `UCCSD` and `Givens` are for molecules.
    backend : Backend, default=None
        ``None`` means `Exact`. Without noise there is nothing to extrapolate: all scales are
        the same energy then.
    scales : sequence of float, default=(1, 3, 5)
        By what factors noise is strengthened, at least 1 each. Folds of gates grow the noise of
        all gates alike only by odd factors.
    fold : callable (circuit, backend, scale) -> (circuit, backend), default=None
        Strengthens the noise; ``None`` means `fold_global`.
    extrapolate : callable (scales, values, errors) -> (value, error), or regressor, default=None
        To a scale of 0; ``None`` means `richardson`.
    optimizer : callable, default=None
        Such as `SPSA`, for each row and start by itself. ``None`` means BFGS for all of them side by
        side, or `Adam` where the backend has shot noise.
    max_iter : int, default=2000
        Limit of iterations.
    tol : float, default=1e-6
        Training ends where no slope is larger than this, in units of the sum of the
        Hamiltonian's absolute coefficients.
    n_restarts : int, default=4
        Starts of each row, the first near weights of 0 or the lowest basis state, the others at random. Without shot
        noise rows then also go on from each other's weights where these are better.
    random_state : int, RandomState or None, default=None
        For starts and shots.
    verbose : int, default=0
        Writes a line every so many iterations.
    checkpoint : str, path or Checkpoint, default=None
        Folder that keeps the training: killed, it goes on there; see `skqml.training.Checkpoint`.

    Attributes
    ----------
    energies_, errors_ : ndarray (n,)
        Extrapolated energies and their standard errors, in the order of the rows; NaN, with a warning, where errors
        are not known: see `ZNE`.
    raw_energies_ : ndarray (n,)
        Energies with the noise as it is (of the least of the scales).
    scales_, scale_energies_, scale_errors_ : ndarray (n_scales,), (n, n_scales), (n, n_scales)
        Scales that folds of whole gates could realise, energies there and their standard errors.
    weights_ : ndarray (n, n_parameters)
    operators_ : tuple of Observable
    circuit_ : QuantumCircuit
        The ansatz.
    n_parameters_ : int
        Number of weights of a row.
    loss_curve_ : list of float
        Mean energy over rows and starts, one an iteration.
    n_iter_ : int
        Number of iterations, of all rounds in which rows go on from each other's weights.

    Notes
    -----
    There is no `classical_twin`, as nothing is learned from y: compare `energies_` with `exact_energies`, and with the
    energy of the lowest basis state (Hartree-Fock, for molecules), above which `fit` warns.

    References
    ----------
    S. Bhattacharjee, S. Sarkar, K. Das and B. Sarkar, Zero noise extrapolation on variational
    quantum eigensolver via neural networks, arXiv 2403.07025; K. Temme, S. Bravyi and J. M.
    Gambetta, Error mitigation for short-depth quantum circuits, Phys. Rev. Lett. 119, 180509 (2017).

    Examples
    --------
    >>> from qiskit.quantum_info import SparsePauliOp
    >>> from skqml import ZNEVQE
    >>> H = SparsePauliOp(["ZZ", "XI", "IX"], [-1.0, -0.5, -0.5])
    >>> ZNEVQE(random_state=0).fit(H).energies_.round(6)
    array([-1.414214])
    """

    _default_parts: ClassVar[dict] = {"ansatz": lambda self: GrowingAnsatz(), "backend": lambda self: Exact()}
    _contents: ClassVar[dict] = {
        "n_features_in_": optional(count("n_features", 1)),
        "operators_": each(instance(Observable), "n_operators"),
        "_setup": instance(Setup, n_weights="n_parameters", n_operators="n_operators"),
        "n_parameters_": count("n_parameters"),
        "weights_": floats("n_operators", "n_parameters"),
        "energies_": floats("n_operators"),
        "errors_": floats("n_operators"),
    }
    _parameter_constraints: ClassVar[dict] = {
        "hamiltonian": [callable, None],
        "ansatz": [callable, QuantumCircuit, None],
        "backend": [Backend, None],
        "scales": ["array-like"],
        "fold": [callable, None],
        "extrapolate": "no_validation",  # a regressor too; see ZNE
        "optimizer": [callable, None],
        "max_iter": [Count()],
        "tol": [Number(closed="left")],
        "n_restarts": [Count()],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "checkpoint": CHECKPOINT,
    }

    def __init__(
        self,
        hamiltonian=None,
        ansatz=None,
        backend=None,
        scales=(1, 3, 5),
        fold=None,
        extrapolate=None,
        optimizer=None,
        max_iter=2000,
        tol=1e-6,
        n_restarts=4,
        random_state=None,
        verbose=0,
        checkpoint=None,
    ):
        self.hamiltonian = hamiltonian
        self.ansatz = ansatz
        self.backend = backend
        self.scales = scales
        self.fold = fold
        self.extrapolate = extrapolate
        self.optimizer = optimizer
        self.max_iter = max_iter
        self.tol = tol
        self.n_restarts = n_restarts
        self.random_state = random_state
        self.verbose = verbose
        self.checkpoint = checkpoint

    def _check_whole(self):
        if {o.n_qubits for o in self.operators_} != {self._setup.drawing.n_qubits}:
            raise ValueError("Hamiltonians and a circuit on different numbers of qubits")

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None) -> Self:
        """Train a circuit for each Hamiltonian; y is ignored.

        Parameters
        ----------
        X : array-like (n, n_features), SparsePauliOp, Observable, or a list of operators
        y : ignored

        Returns
        -------
        self
        """
        with self._told(X, y) as told:
            self._draw(self._operators(X, reset=True))
            progress, seed = told(self._fitted), self._seed()
            try:
                with recorded(self, seed, self.operators_) as checkpoint:
                    self._train(np.random.default_rng(seed), progress, checkpoint)
            except TrainingError as error:  # half a training gives no energies: the model stays as it was before
                raise RuntimeError(
                    f"Training failed in iteration {error.training.n_iter + 1}; the model stays as it was: "
                    f"{error.__cause__}"
                ) from error
            progress.close()
        return self

    def predict(self, X, return_std=False) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Extrapolated energies, those of `fit` for Hamiltonians known from there.

        For others the circuit is trained anew, from the weights of the three nearest Hamiltonians of `fit`.

        Parameters
        ----------
        X : array-like (n, n_features), SparsePauliOp, Observable, or a list of operators
        return_std : bool, default=False

        Returns
        -------
        energies : ndarray (n,)
        errors : ndarray (n,)
            Only with ``return_std``.
        """
        check_is_fitted(self)
        check_option("return_std", return_std, (False, True))
        operators = self._operators(X, reset=False)
        n_qubits = self._setup.drawing.n_qubits
        if operators[0].n_qubits != n_qubits:
            raise ValueError(f"Expected Hamiltonians on {n_qubits} qubits as in fit, got {operators[0].n_qubits}.")
        sums = PauliSums.read(in_units(operators, self._setup.unit), self._setup.sums.labels)
        distances, same = self._setup.sums.compare(sums)
        known, new = same.any(axis=0), np.flatnonzero(~same.any(axis=0))
        energies, errors = self.energies_[same.argmax(axis=0)], self.errors_[same.argmax(axis=0)]
        if len(new):
            found = self._train_new([operators[k] for k in new], sums.take(new), distances[:, new])
            energies[~known], errors[~known] = found.energies, found.errors
        return (energies, errors) if return_std else energies

    def score(self, X, y=None) -> float:
        """Minus the mean absolute error of the energies, so that higher is better.

        Parameters
        ----------
        X : as in `predict`
        y : array-like (n,), default=None
            True energies; ``None`` means those of `exact_energies`.
        """
        energies = self.predict(X)
        return -mean_absolute_error(self.exact_energies(X) if y is None else y, energies)

    def exact_energies(self, X, n_electrons=None) -> np.ndarray:
        """Lowest eigenvalues (n,) of the Hamiltonians by diagonalisation, the classical counterpart.

        They are the lowest of all states, as `fit` seeks them; those of a molecule's Hamiltonian may have more or
        fewer electrons than the molecule (HeH+ lies 0.47 Hartree above HeH).

        Parameters
        ----------
        X : as in `predict`
            On up to 20 qubits.
        n_electrons : int, default=None
            Only states of so many electrons count, for Hamiltonians in the Jordan-Wigner mapping, where each
            qubit in state 1 is an electron.
        """
        return np.array([ground_energy(operator, n_electrons) for operator in self._operators(X, reset=False)])

    def _operators(self, X, reset):
        """Hamiltonians of X; with ``reset`` this is where features are counted."""
        if are_operators(X):
            for name in ("n_features_in_", "feature_names_in_") if reset else ():
                self.__dict__.pop(name, None)
            return read_operators(X)
        return operators_of_rows(validate_data(self, X, dtype=float, reset=reset), self.hamiltonian)
