"""What the dates of life on Earth say of the rates of evolution's steps."""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
