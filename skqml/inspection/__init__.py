"""What a model or a cell can do, as numbers."""

from .capacity import information_processing_capacity, memory_capacity

__all__ = ["information_processing_capacity", "memory_capacity"]
