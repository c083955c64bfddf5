"""Reports as text, JSON, CSV and pages."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
