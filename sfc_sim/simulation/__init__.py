"""Civilizations in space and time, drawn one by one."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
