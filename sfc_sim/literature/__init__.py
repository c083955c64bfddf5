"""Published estimates side by side, in one unit, and what they claim computed again."""

from sfc_sim._core.lazy import attach

_MOVED = {"reproduction_table": "sfc_sim.report.text"}

__getattr__, __dir__, __all__ = attach(__name__, moved=_MOVED)
