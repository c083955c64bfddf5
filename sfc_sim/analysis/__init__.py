"""Questions to a study: what drives its answer, and what would change it."""

from sfc_sim._core.lazy import attach

_MOVED = {"premise_table": "sfc_sim.report.text"}

__getattr__, __dir__, __all__ = attach(__name__, moved=_MOVED)
