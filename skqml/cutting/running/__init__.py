"""Parts that run, and the values that their tensors make."""
