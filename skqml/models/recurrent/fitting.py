"""How a readout is fitted to blocks of weighted rows."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sklearn.utils.validation import has_fit_parameter

from .ridge_readout import RidgeReadout

Block = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]


def fit_readout(readout, blocks: Iterable[Block], further: bool, classes=None) -> None:
    """Fit a readout to blocks of rows, or with ``further`` go on fitting; rows of weight 0 are left out.

    Parameters
    ----------
    readout : estimator
    blocks : iterable of (columns, targets, folds, weight)
        The weight is None where all rows count alike.
    further : bool
    classes : ndarray, default=None
        All labels there will be, where the readout is a classifier that goes on.
    """
    blocks = _that_count(blocks)
    if isinstance(readout, RidgeReadout):
        if not further:
            readout.clear()
        for block in blocks:
            readout.accumulate(*block)
        readout.solve()
    elif further:
        if not hasattr(readout, "partial_fit"):
            raise TypeError(f"partial_fit needs a readout that has it, such as RidgeReadout(), got {readout!r}.")
        for columns, y, _, weight in blocks:
            options = {} if classes is None else {"classes": classes}
            readout.partial_fit(columns, y, **options, **_weights_for(readout, weight))
    else:
        parts = [None if part[0] is None else np.concatenate(part) for part in zip(*blocks, strict=True)]
        readout.fit(*parts[:2], **_weights_for(readout, parts[3]))


def _that_count(blocks: Iterable[Block]) -> Iterator[Block]:
    for columns, y, folds, weight in blocks:
        if weight is None or weight.all():
            yield columns, y, folds, weight
        elif weight.any():
            used = weight > 0
            yield columns[used], y[used], folds[used], weight[used]


def _weights_for(readout, weight) -> dict[str, Any]:
    """Weights as arguments of a readout's `fit`, for a pipeline of each of its steps that takes them."""
    if weight is None:
        return {}
    steps = getattr(readout, "steps", None)
    parts = {"sample_weight": readout} if steps is None else {f"{name}__sample_weight": step for name, step in steps}
    taking = [name for name, part in parts.items() if has_fit_parameter(part, "sample_weight")]
    if list(parts)[-1] not in taking:
        raise ValueError(f"Weights of rows or classes need a readout whose fit takes sample_weight, got {readout!r}.")
    return dict.fromkeys(taking, weight)
