"""Parts of files that are safe to load: circuits, operators and noise as plain data, archives, what may be in them."""

from . import noise, operators, qpy  # noqa: F401  whose classes `as_parts` finds
