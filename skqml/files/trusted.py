"""What a file may hold: classes and functions of skqml, and those of scikit-learn that skops leaves out.

The list is written out, so that nothing becomes loadable unseen. skops itself trusts the estimators of scikit-learn,
and types of NumPy.
"""

# Called with what was written.
PARTS = frozenset(
    {
        "skqml.files.noise.NoisePart",
        "skqml.files.operators.OperatorPart",
        "skqml.files.qpy.CircuitPart",
        "skqml.files.qpy.ParameterPart",
        "skqml.files.qpy.VectorPart",
    }
)

_CIRCUITS = {
    "skqml.circuits.amplitude.AmplitudeEncoding",
    "skqml.circuits.ansatze.ansatz.Ansatz",
    "skqml.circuits.ansatze.blocks.brickwall_su4",
    "skqml.circuits.ansatze.blocks.matrix_product",
    "skqml.circuits.ansatze.blocks.qcnn",
    "skqml.circuits.ansatze.blocks.ry_cz",
    "skqml.circuits.ansatze.blocks.su4",
    "skqml.circuits.ansatze.blocks.tree",
    "skqml.circuits.ansatze.chemistry.Givens",
    "skqml.circuits.ansatze.chemistry.UCCSD",
    "skqml.circuits.ansatze.chemistry.ry_rz",
    "skqml.circuits.ansatze.fermions.FermionMapping",
    "skqml.circuits.ansatze.layers.all_to_all",
    "skqml.circuits.ansatze.layers.hardware_efficient",
    "skqml.circuits.ansatze.layers.identity",
    "skqml.circuits.ansatze.layers.strongly_entangling",
    "skqml.circuits.ansatze.mirrored.mirrored",
    "skqml.circuits.circuit_encoding.CircuitEncoding",
    "skqml.circuits.encodings.AngleEncoding",
    "skqml.circuits.encodings.ChebyshevEncoding",
    "skqml.circuits.encodings.IQPEncoding",
    "skqml.circuits.encodings.ReuploadingEncoding",
    "skqml.circuits.encodings.ZZEncoding",
    "skqml.circuits.hamiltonian.HamiltonianEncoding",
    "skqml.circuits.observable.Observable",
    "skqml.circuits.observables.all_z",
    "skqml.circuits.observables.all_zz",
    "skqml.circuits.observables.one_qubit_paulis",
    "skqml.circuits.observables.parity",
    "skqml.circuits.observables.projectors",
    "skqml.circuits.observables.two_qubit_paulis",
    "skqml.circuits.product.ProductAnsatz",
    "skqml.circuits.product.ProductEncoding",
}

_ATTACKS = {
    "skqml.attacks.auto_steps.apgd",
    "skqml.attacks.gradient_steps.fgsm",
    "skqml.attacks.gradient_steps.pgd",
    "skqml.attacks.losses.logit_ratio",
    "skqml.attacks.square.square",
    "skqml.attacks.training.AdversarialTrainingClassifier",
}

_BACKENDS = {
    "skqml.files.handles.Handle",
    "skqml.backends.aer.backend.Aer",
    "skqml.backends.exact.backend.Exact",
    "skqml.backends.kept.KeptProgram",
    "skqml.backends.mps.backend.MPS",
    "skqml.backends.noisy.backend.Noisy",
    "skqml.backends.pauli_propagation.backend.PauliPropagation",
    "skqml.backends.primitives.backend.Primitive",
    "skqml.backends.shots.Shots",
    "skqml.cutting.cut.Cut",
    "skqml.mitigation.decoupling.DynamicalDecoupling",
    "skqml.mitigation.exponential.exponential",
    "skqml.mitigation.extrapolation.poly_exponential",
    "skqml.mitigation.extrapolation.linear",
    "skqml.mitigation.extrapolation.polynomial",
    "skqml.mitigation.extrapolation.richardson",
    "skqml.mitigation.folding.fold_gates",
    "skqml.mitigation.folding.fold_global",
    "skqml.mitigation.folding.fold_layers",
    "skqml.mitigation.folding.fold_random",
    "skqml.mitigation.folding.fold_two_qubit_gates",
    "skqml.mitigation.folding.insert_identities",
    "skqml.mitigation.networks.neural_network",
    "skqml.mitigation.regressors.regress",
    "skqml.mitigation.noise_scaling.scale_noise",
    "skqml.mitigation.readout.ReadoutMitigation",
    "skqml.mitigation.twirling.PauliTwirling",
    "skqml.mitigation.weighted_shots.WeightedShots",
    "skqml.mitigation.zne.ZNE",
}

_KERNELS = {
    "skqml.kernels.fidelity.FidelityKernel",
    "skqml.kernels.fourier.FourierKernel",
    "skqml.kernels.gaussian.GaussianKernel",
    "skqml.kernels.mitigated.DepolarizingMitigatedKernel",
    "skqml.kernels.projected.ProjectedKernel",
}

_TRAINING = {
    "skqml._sklearn.WarmAdam",
    "skqml.models.base.circuits.encoding_bandwidth",
    "skqml.models.base.forecasts.closed_loop.Range",
    "skqml.models.base.forecasts.closed_loop.WindowLoop",
    "skqml.models.base.forecasts.windows.WindowPast",
    "skqml.models.base.inputs.Standardizer",
    "skqml.models.base.rotations.rotations.Rotations",
    "skqml.models.base.trained.TrainingState",
    "skqml.models.base.twin.TwinClassifier",
    "skqml.models.base.twin.TwinRegressor",
    "skqml.training.losses.cross_entropy",
    "skqml.training.losses.linear_loss",
    "skqml.training.losses.logistic_loss",
    "skqml.training.losses.squared_error",
    "skqml.training.optimizers.Adam",
    "skqml.training.optimizers.LBFGS",
    "skqml.training.optimizers.SPSA",
}

_MODELS = {
    "skqml.models.fast_weights.base._auto_bandwidth",
    "skqml.models.fast_weights.classifier.FastWeightClassifier",
    "skqml.models.fast_weights.forecasting.WindowTwin",
    "skqml.models.fast_weights.network.FastWeightNetwork",
    "skqml.models.fast_weights.regressor.FastWeightRegressor",
    "skqml.models.features.quantum_features.FeaturesTwin",
    "skqml.models.features.quantum_features.QuantumFeatures",
    "skqml.models.features.quanvolution.QuanvolutionTransformer",
    "skqml.models.features.quanvolution.QuanvolutionTransformerTwin",
    "skqml.models.hamiltonian_embedding.blocks.Layers",
    "skqml.models.hamiltonian_embedding.blocks.PauliGenerators",
    "skqml.models.hamiltonian_embedding.classifier._auto_bandwidth",
    "skqml.models.hamiltonian_embedding.classifier._symmetric_part",
    "skqml.models.hamiltonian_embedding.classifier.HamiltonianEmbeddingClassifier",
    "skqml.models.hamiltonian_embedding.network.Network",
    "skqml.models.hybrid.network.ModuleNetwork",
    "skqml.models.hybrid.optimizer.TorchOptimizer",
    "skqml.models.hybrid.optimizer.cosine",
    "skqml.models.hybrid.optimizer.one_cycle",
    "skqml.models.hybrid.quanvolution.QuanvolutionClassifier",
    "skqml.models.hybrid.quanvolution.QuanvolutionTwin",
    "skqml.models.hybrid.quanvolution.quanvolution_network",
    "skqml.models.kernel_machines.alignment.KernelAlignmentTrainer",
    "skqml.models.kernel_machines.nystroem.QuantumNystroem",
    "skqml.models.kernel_machines.ridge.QuantumKernelRidge",
    "skqml.models.kernel_machines.support_vectors.QuantumKernelSVC",
    "skqml.models.kernel_machines.support_vectors.QuantumKernelSVR",
    "skqml.models.readout_qnn.bits.ThresholdBits",
    "skqml.models.readout_qnn.classifier.ReadoutQNNClassifier",
    "skqml.models.readout_qnn.network.CircuitNetwork",
    "skqml.models.readout_qnn.network.ProductNetwork",
    "skqml.models.readout_qnn.states.density_matrices",
    "skqml.models.recurrent.cells.circuit_cell.ProductCell",
    "skqml.models.recurrent.cells.layered.QGRUCell",
    "skqml.models.recurrent.cells.layered.QLSTMCell",
    "skqml.models.recurrent.cells.layered.QRNNCell",
    "skqml.models.recurrent.cells.memory_cell.MemoryCell",
    "skqml.models.recurrent.cells.memory_cell.ProductMemoryCell",
    "skqml.models.recurrent.cells.tanh_cell.TanhCell",
    "skqml.models.recurrent.classifier.QRNNReservoirClassifier",
    "skqml.models.recurrent.features.QRNNFeatures",
    "skqml.models.recurrent.forecasting.StepLoop",
    "skqml.models.recurrent.past.StepPast",
    "skqml.models.recurrent.readout.RidgeReadout",
    "skqml.models.recurrent.readout._Folds",
    "skqml.models.recurrent.regressor.QRNNReservoirRegressor",
    "skqml.models.recurrent.reservoir.Ensemble",
    "skqml.models.recurrent.sequences.Sequences",
    "skqml.models.tensor_network.classifier.QuantumTensorNetworkClassifier",
    "skqml.models.tensor_network.contractions.Discard",
    "skqml.models.tensor_network.contractions.Postselect",
    "skqml.models.tensor_network.encoder.Letters",
    "skqml.models.tensor_network.encoder.SequenceEncoder",
    "skqml.models.tensor_network.path.PathNetwork",
    "skqml.models.tensor_network.tree.TreeNetwork",
    "skqml.models.tensor_network.twin.SequenceTwin",
    "skqml.models.transfer.latent.LatentTwin",
    "skqml.models.transfer.latent.QuantumLatentTransformer",
    "skqml.models.variational.classifier.VariationalClassifier",
    "skqml.models.variational.network.Network",
    "skqml.models.variational.regressor.VariationalRegressor",
    "skqml.models.variational.surrogate.FourierFeatures",
    "skqml.models.visual_field.coordinates.PositionalEncoding",
    "skqml.models.visual_field.heads.MixedCircuitHead",
    "skqml.models.visual_field.heads.MixedHead",
    "skqml.models.visual_field.heads.PureCircuitHead",
    "skqml.models.visual_field.heads.PureHead",
    "skqml.models.visual_field.network.FieldNetwork",
    "skqml.models.visual_field.perceptron.Perceptron",
    "skqml.models.visual_field.regressor.QuantumFieldRegressor",
    "skqml.models.vqe.estimator.ZNEVQE",
    "skqml.models.vqe.growth.GrowingAnsatz",
    "skqml.models.vqe.hamiltonians.PauliSums",
}

# What stands around models: kernels, splitters, and scores by name.
_AROUND = {
    "functools.partial",
    *(
        f"sklearn.gaussian_process.kernels.{name}"
        for name in (
            "CompoundKernel",
            "ConstantKernel",
            "DotProduct",
            "ExpSineSquared",
            "Exponentiation",
            "Matern",
            "Product",
            "RBF",
            "RationalQuadratic",
            "Sum",
            "WhiteKernel",
        )
    ),
    *(
        f"sklearn.model_selection._split.{name}"
        for name in (
            "GroupKFold",
            "KFold",
            "ShuffleSplit",
            "StratifiedKFold",
            "StratifiedShuffleSplit",
            "TimeSeriesSplit",
        )
    ),
    *(
        f"sklearn.metrics._classification.{name}"
        for name in ("accuracy_score", "balanced_accuracy_score", "f1_score", "log_loss", "matthews_corrcoef")
    ),
    *(
        f"sklearn.metrics._regression.{name}"
        for name in ("mean_absolute_error", "mean_squared_error", "r2_score", "root_mean_squared_error")
    ),
    "sklearn.metrics._ranking.average_precision_score",
    "sklearn.metrics._ranking.roc_auc_score",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.utils._bunch.Bunch",
}

TRUSTED = frozenset(PARTS | _ATTACKS | _CIRCUITS | _BACKENDS | _KERNELS | _TRAINING | _MODELS | _AROUND)
