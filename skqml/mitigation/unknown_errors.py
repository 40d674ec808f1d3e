"""Standard errors that cannot be known from the data."""

import warnings

import numpy as np

from ..backends.base import Backend


def nan_where_unknown(errors, backend: Backend) -> np.ndarray:
    """Standard errors of extrapolated values, but NaN, with a warning, where they are not known.

    The bias of a readout stays as it is at every noise scale, so that no extrapolation takes it out or sees its size.
    """
    misread = backend.misread
    errors = np.full_like(errors, np.nan, dtype=float) if misread else np.asarray(errors, dtype=float)
    if np.isnan(errors).any():
        reason = (
            "the noise model has readout errors, whose bias extrapolation leaves in; put ReadoutMitigation around the "
            "backend"
            if misread
            else "its extrapolator knows them only from the errors of values with shots"
        )
        warnings.warn(f"Standard errors of extrapolated values are not known (NaN): {reason}.", stacklevel=3)
    return errors
