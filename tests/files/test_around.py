"""What stands around models: what `save` writes, `load` reads without being told to trust anything."""

import numpy as np
import pytest
from scipy.stats import levy, loguniform, randint, uniform
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import SelectKBest, chi2, f_regression, mutual_info_classif
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    LeaveOneOut,
    RandomizedSearchCV,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    SplineTransformer,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

import skqml

X = np.random.default_rng(0).normal(size=(20, 2))
LABELS = (X[:, 0] + 0.3 * X[:, 1] > 0).astype(int)
GRID = {"C": [0.5, 1.0]}


def svc():
    """A classifier of ours."""
    return skqml.QuantumKernelSVC(skqml.FidelityKernel(skqml.AngleEncoding()))


def ridge():
    """A regressor of ours."""
    return skqml.QuantumKernelRidge()


def behind(*steps):
    """A pipeline."""
    return lambda: make_pipeline(*steps, svc())


def searched(**options):
    """A grid search."""
    return lambda: GridSearchCV(svc(), GRID, **{"cv": 2} | options)


def drawn(distribution):
    """A random search."""
    return lambda: RandomizedSearchCV(svc(), {"C": distribution}, n_iter=2, cv=2, random_state=0)


def two(cls, last, **options):
    """Two models together."""
    return lambda: cls(
        [("ours", ridge() if cls in (VotingRegressor, StackingRegressor) else svc()), ("b", last)], **options
    )


def before(model):
    """Features of ours before another's model."""
    return make_pipeline(skqml.QuantumFeatures(skqml.AngleEncoding()), model)


COLUMNS = [
    ("a", OneHotEncoder(handle_unknown="ignore", sparse_output=False), [0]),
    ("b", StandardScaler(), slice(1, 2)),
]
KINDS = {
    "imputer": behind(SimpleImputer()),
    "splines": behind(SplineTransformer(3), SelectKBest(k=2)),
    "periodic splines": behind(SplineTransformer(5, extrapolation="periodic"), SelectKBest(k=2)),
    "k best": behind(SelectKBest(k=1)),
    "k best by chi2": behind(MinMaxScaler(), SelectKBest(chi2, k=1)),
    "k best by information": behind(SelectKBest(mutual_info_classif, k=1)),
    "k best for a regression": lambda: make_pipeline(SelectKBest(f_regression, k=1), ridge()),
    "bins": behind(KBinsDiscretizer(3, encode="onehot-dense", quantile_method="averaged_inverted_cdf")),
    "columns": behind(ColumnTransformer(COLUMNS), SelectKBest(k=2)),
    "function": behind(FunctionTransformer(np.tanh)),
    "targets": lambda: TransformedTargetRegressor(ridge(), func=np.log1p, inverse_func=np.expm1),
    "sigmoid": lambda: CalibratedClassifierCV(svc(), cv=2),
    "isotonic": lambda: CalibratedClassifierCV(svc(), cv=2, method="isotonic"),
    "temperature": lambda: CalibratedClassifierCV(svc(), cv=2, method="temperature"),
    "process": lambda: GaussianProcessClassifier(skqml.FidelityKernel(skqml.AngleEncoding()), optimizer=None),
    "loguniform": drawn(loguniform(0.1, 10)),
    "uniform": drawn(uniform(loc=0.1, scale=2)),
    "integers": drawn(randint(1, 10)),
    "repeated strata": searched(cv=RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)),
    "repeated folds": searched(cv=RepeatedKFold(n_splits=2, n_repeats=1, random_state=0)),
    "one out": searched(cv=LeaveOneOut()),
    "scores": searched(scoring=["precision", "jaccard"], refit=False),
    "tuned threshold": lambda: TunedThresholdClassifierCV(svc(), cv=2),
    "fixed threshold": lambda: FixedThresholdClassifier(svc()),
    "votes": two(VotingClassifier, LogisticRegression()),
    "means": two(VotingRegressor, Ridge()),
    "stack": two(StackingClassifier, LogisticRegression(), cv=2),
    "stack of regressors": two(StackingRegressor, Ridge(), cv=2),
    "bags": lambda: BaggingClassifier(svc(), n_estimators=2, random_state=0),
    "one against all": lambda: OneVsRestClassifier(svc()),
    "neighbours": lambda: before(KNeighborsClassifier(algorithm="brute")),
}


@pytest.fixture
def path(tmp_path):
    """Where files go."""
    return tmp_path / "model.skops"


@pytest.mark.parametrize("name", KINDS)
def test_what_is_saved_is_loaded(name, path):
    """Before a fit and behind it, with the same predictions; and what is loaded can be fitted."""
    skqml.save(KINDS[name](), path)
    model = skqml.load(path).fit(X, LABELS)
    skqml.save(model, path)
    again = skqml.load(path)
    if hasattr(model, "predict"):
        np.testing.assert_array_equal(again.predict(X + 0.1), model.predict(X + 0.1))
    skqml.save(again, path)
    skqml.load(path)


def test_searches_with_any_score(path):
    """Each that scikit-learn has a name for."""
    for name in get_scorer_names():
        search = GridSearchCV(svc(), GRID, scoring=name)
        search.scorer_ = get_scorer(name)  # as a fit leaves it
        skqml.save(search, path)
        assert skqml.load(path).scorer_._score_func is search.scorer_._score_func


TREES = {
    "tree": lambda: DecisionTreeClassifier(),
    "forest": lambda: RandomForestClassifier(2),
    "boosted": lambda: GradientBoostingClassifier(n_estimators=2),
    "boosted by bins": lambda: HistGradientBoostingClassifier(max_iter=2),
    "isolation": lambda: IsolationForest(n_estimators=2),
    "neighbours in boxes": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "neighbours in balls": lambda: KNeighborsClassifier(algorithm="ball_tree"),
}


@pytest.mark.parametrize("name", TREES)
def test_what_could_not_be_read_is_not_written(name, path):
    """Compiled trees: one sentence says what to do; before a fit they are plain parameters."""
    model = before(TREES[name]())
    skqml.save(model, path)
    model = skqml.load(path).fit(X, LABELS)
    path.unlink()
    with pytest.raises(TypeError, match="save what stands before it alone and fit it again") as caught:
        skqml.save(model, path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert not path.exists()
    skqml.save(model[:-1], path)
    np.testing.assert_array_equal(skqml.load(path).transform(X), model[:-1].transform(X))


def test_other_distributions_are_refused(path):
    """By `save`, in one sentence."""
    with pytest.raises(TypeError, match="give a list of values instead"):
        skqml.save(RandomizedSearchCV(svc(), {"C": loguniform([0.1, 0.2], 1)}), path)
    with pytest.raises(TypeError, match=r"got 'levy'.*give a list of values instead"):
        skqml.save(RandomizedSearchCV(svc(), {"C": levy()}), path)
