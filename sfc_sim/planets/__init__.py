"""Planets: when they form, how long they are habitable, how many there are."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
