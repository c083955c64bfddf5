"""What it means for what we do: shares, value, timing, borders, effort."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
