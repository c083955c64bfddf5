"""What is assumed: scenarios, their parameters and claims, and the published catalogue."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
