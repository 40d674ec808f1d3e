"""States of objects that threads share."""

from typing import Any, ClassVar


class Shared:
    """Base class of what one thread may pickle while another, using it, has it find more about itself.

    ``_found_again`` are names of what a state leaves out.
    """

    _found_again: ClassVar[frozenset[str]] = frozenset()

    def __getstate__(self) -> dict[str, Any]:
        # scikit-learn's base has one too, which lies to the right; both may give the very attributes
        state: Any = super().__getstate__()
        kept = dict(state or {})
        return {name: kept[name] for name in kept if name not in self._found_again}
