"""What estimators share: training, targets, rows, labels, progress, failures, twins."""
