"""Expansion models: one file per question about what civilizations take."""

from __future__ import annotations

from sfc_sim.expansion.base import Expansion
from sfc_sim.expansion.displacement import Displacement
from sfc_sim.expansion.fronts import Fronts
from sfc_sim.expansion.probes import Reach

__all__ = ["EXPANSIONS", "Displacement", "Expansion", "Fronts", "Reach"]

EXPANSIONS: tuple[type[Expansion], ...] = (Fronts, Displacement, Reach)
"""Every expansion model that scenario files know by name."""
