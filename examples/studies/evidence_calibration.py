"""How often the verdicts of `evidence_report` are right, on data where the truth is known.

Under the null, labels are drawn by a coin: no model can be ahead, and "ahead" is to come in at most 5 % of the seeds.
With a planted advantage, labels are those of the quantum kernel's own states: the ad hoc data of Havlicek et al., and
signs of a random function of the kernel. "Ahead" of the classical twin is to come in at least 80 % of the seeds.
"""

import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skqml import FidelityKernel, QuantumKernelSVC, ZZEncoding
from skqml.datasets import make_adhoc
from skqml.evidence import evidence_report

MODEL = QuantumKernelSVC(FidelityKernel(ZZEncoding()), standardize=False, C=10.0)
BASELINES = {"rbf_svm": SVC(C=10.0), "logistic_regression": LogisticRegression()}


def coin(seed):
    """Rows of two features, and labels that have nothing to do with them."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 2 * np.pi, (60, 2)), rng.permutation(np.arange(60) % 2)


def adhoc(seed):
    """Rows whose label is the sign of a parity in the states of the encoding, those near zero left out."""
    return make_adhoc(100, random_state=seed)[:2]


def of_kernel(seed):
    """Rows of two features, and signs of a random function of the kernel, half of each."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 2 * np.pi, (100, 2))
    values = MODEL.kernel(X) @ rng.normal(size=100)
    return X, (values > np.median(values)).astype(int)


def shares_ahead(data, n_seeds) -> dict[str, float]:
    """Shares of the seeds in which the model is called ahead: of each other model, and of any."""
    found = []
    for seed in range(n_seeds):
        X, y = data(seed)
        options = {"n_seeds": 2, "budget": 1, "baselines": BASELINES, "details": False, "random_state": seed}
        verdicts = evidence_report(MODEL, X, y, **options).verdicts
        found.append({name: word == "ahead" for name, word in verdicts.items()})
        found[-1]["any"] = any(found[-1].values())
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def main(quick=False):
    """Print the shares."""
    for data, n_seeds in ((coin, 200), (adhoc, 50), (of_kernel, 50)):
        shares = shares_ahead(data, 1 if quick else n_seeds)
        print(f"{data.__name__}: " + ", ".join(f"ahead of {name} in {share:.3f}" for name, share in shares.items()))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
