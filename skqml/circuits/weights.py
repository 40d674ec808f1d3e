"""Weights that are drawn one by one."""

from collections.abc import Callable

from qiskit.circuit import ParameterVector, ParameterVectorElement


def fresh_weights(name: str = "w") -> tuple[ParameterVector, Callable[[], ParameterVectorElement]]:
    """An empty vector, and a function that makes it longer by one element at each call, and returns that."""
    vector = ParameterVector(name, 0)

    def weight() -> ParameterVectorElement:
        vector.resize(len(vector) + 1)
        return vector[len(vector) - 1]

    return vector, weight
