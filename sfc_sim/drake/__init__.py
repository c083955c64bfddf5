"""The Drake equation: the law of a product of factors."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
