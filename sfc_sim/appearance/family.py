"""Appearance models: one file per way in which civilizations arise.

Derive from `Dated` for a rate in time of one's own, or from `Appearance` for a number.
"""

from __future__ import annotations

from sfc_sim.appearance.base import Appearance, Dated
from sfc_sim.appearance.earth_steps import EarthSteps
from sfc_sim.appearance.hard_steps import HardSteps
from sfc_sim.appearance.nobody import Nobody
from sfc_sim.appearance.pinned import PinnedPowerLaw
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.appearance.product import Drake
from sfc_sim.appearance.table import TableAppearance
from sfc_sim.appearance.windows import Windows

__all__ = [
    "APPEARANCES",
    "Appearance",
    "Dated",
    "Drake",
    "EarthSteps",
    "HardSteps",
    "Nobody",
    "PinnedPowerLaw",
    "PowerLawAppearance",
    "TableAppearance",
    "Windows",
]

APPEARANCES: tuple[type[Appearance], ...] = (
    HardSteps,
    Drake,
    Windows,
    PinnedPowerLaw,
    PowerLawAppearance,
    TableAppearance,
    EarthSteps,
    Nobody,
)
"""Every appearance model that scenario files know by name."""
