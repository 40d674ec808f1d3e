"""What a file may hold of other packages, beside what skops trusts: models stand in it."""


def _of(module: str, names: str) -> set[str]:
    return {f"{module}.{name}" for name in names.split()}


_UFUNCS = "absolute arcsinh cos exp expm1 log log10 log1p log2 sin sqrt square tanh"
# By name: Python code that computes with what it is given.
AROUND = {
    "functools.partial",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.utils._bunch.Bunch",
    *_of("numpy", _UFUNCS),
    *_of("numpy._core._multiarray_umath", _UFUNCS),  # as NumPy 2.0 has it
    *_of("sklearn.feature_selection._mutual_info", "mutual_info_classif mutual_info_regression"),
    *_of("sklearn.feature_selection._univariate_selection", "chi2 f_classif f_regression r_regression"),
    *_of(
        "sklearn.gaussian_process.kernels",
        "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Matern Product RBF RationalQuadratic "
        "Sum WhiteKernel",
    ),
    *_of(
        "sklearn.model_selection._split",
        "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut PredefinedSplit "
        "RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold "
        "StratifiedShuffleSplit TimeSeriesSplit",
    ),
    *_of(
        "sklearn.metrics._classification",
        "accuracy_score balanced_accuracy_score brier_score_loss d2_brier_score d2_log_loss_score f1_score "
        "jaccard_score log_loss matthews_corrcoef precision_score recall_score",
    ),
    *_of("sklearn.metrics._ranking", "average_precision_score roc_auc_score top_k_accuracy_score"),
    *_of(
        "sklearn.metrics._regression",
        "d2_absolute_error_score explained_variance_score max_error mean_absolute_error mean_absolute_percentage_error "
        "mean_gamma_deviance mean_poisson_deviance mean_squared_error mean_squared_log_error median_absolute_error "
        "r2_score root_mean_squared_error root_mean_squared_log_error",
    ),
    *_of(
        "sklearn.metrics._scorer",
        "_CurveScorer _PassthroughScorer _Scorer negative_likelihood_ratio positive_likelihood_ratio",
    ),
    *_of(
        "sklearn.metrics.cluster._supervised",
        "adjusted_mutual_info_score adjusted_rand_score completeness_score fowlkes_mallows_score homogeneity_score "
        "mutual_info_score normalized_mutual_info_score rand_score v_measure_score",
    ),
    *_of("sklearn.neural_network._stochastic_optimizers", "AdamOptimizer SGDOptimizer"),
    *_of("sklearn.utils._metadata_requests", "MetadataRequest MethodMetadataRequest"),
}
