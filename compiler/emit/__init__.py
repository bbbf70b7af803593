"""A program to Python text."""

from .module import Emitted, emit

__all__ = ["Emitted", "emit"]
