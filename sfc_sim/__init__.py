"""How many space-faring civilizations there are, and what follows for what we should do.

Examples
--------
>>> import sfc_sim as sfc
>>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
>>> sorted(study.report.sizes)
['class', 'correlated', 'quantile', 'theory']
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfc_sim._effective import pareto_shape as pareto_shape
    from sfc_sim._errors import InputError as InputError
    from sfc_sim.adaptation import aim as aim
    from sfc_sim.anthropics import EffectiveSampleSizeWarning as EffectiveSampleSizeWarning
    from sfc_sim.anthropics import summarize as summarize
    from sfc_sim.anthropics import weigh as weigh
    from sfc_sim.appearance.drake import drake_distribution as drake_distribution
    from sfc_sim.appearance.earth_posterior import earth_posterior as earth_posterior
    from sfc_sim.appearance.habitability import earliness as earliness
    from sfc_sim.appearance.habitability import habitable_share_now as habitable_share_now
    from sfc_sim.appearance.hard_steps import HardSteps as HardSteps
    from sfc_sim.appearance.lognormal import lognormal_approximation as lognormal_approximation
    from sfc_sim.appearance.planet_counts import planets_per_volume as planets_per_volume
    from sfc_sim.appearance.planet_formation import PlanetHistory as PlanetHistory
    from sfc_sim.appearance.power_law import PowerLawAppearance as PowerLawAppearance
    from sfc_sim.appearance.table import TableAppearance as TableAppearance
    from sfc_sim.assessment import assess as assess
    from sfc_sim.budget import split_budget as split_budget
    from sfc_sim.catalogue import list_scenarios as list_scenarios
    from sfc_sim.changes import conversion_effects as conversion_effects
    from sfc_sim.changes import walk as walk
    from sfc_sim.claim import Claim as Claim
    from sfc_sim.comparison import compare as compare
    from sfc_sim.conditional import conditional as conditional
    from sfc_sim.conditional import tornado as tornado
    from sfc_sim.contest import contest as contest
    from sfc_sim.conversions import Conversions as Conversions
    from sfc_sim.cosmology import Background as Background
    from sfc_sim.credence import aggregate as aggregate
    from sfc_sim.distributions import Beta as Beta
    from sfc_sim.distributions import Discrete as Discrete
    from sfc_sim.distributions import Exponential as Exponential
    from sfc_sim.distributions import Fixed as Fixed
    from sfc_sim.distributions import InverseUniform as InverseUniform
    from sfc_sim.distributions import LogLog as LogLog
    from sfc_sim.distributions import LogNormal as LogNormal
    from sfc_sim.distributions import LogNormal10 as LogNormal10
    from sfc_sim.distributions import LogUniform as LogUniform
    from sfc_sim.distributions import Mixture as Mixture
    from sfc_sim.distributions import Normal as Normal
    from sfc_sim.distributions import PowerOfTen as PowerOfTen
    from sfc_sim.distributions import TruncatedGeometric as TruncatedGeometric
    from sfc_sim.distributions import TruncatedLogNormal as TruncatedLogNormal
    from sfc_sim.distributions import Uniform as Uniform
    from sfc_sim.distributions import UniformInteger as UniformInteger
    from sfc_sim.distributions import between as between
    from sfc_sim.ensemble import sample as sample
    from sfc_sim.expansion.displacement import marginal_saturation as marginal_saturation
    from sfc_sim.expansion.displacement import (
        recovered_by_displacement as recovered_by_displacement,
    )
    from sfc_sim.expansion.displacement import rivals_for_recovered as rivals_for_recovered
    from sfc_sim.expansion.power_law_universe import PowerLawUniverse as PowerLawUniverse
    from sfc_sim.expansion.reach import horizons as horizons
    from sfc_sim.expansion.reach import reach_radius as reach_radius
    from sfc_sim.expansion.reach_table import reach_table as reach_table
    from sfc_sim.expansion.sky import angular_diameter as angular_diameter
    from sfc_sim.history import history as history
    from sfc_sim.information import value_of_information as value_of_information
    from sfc_sim.observations import EarthHistory as EarthHistory
    from sfc_sim.observations import EmptyGalaxy as EmptyGalaxy
    from sfc_sim.observations import NoneWithin as NoneWithin
    from sfc_sim.observations import NotSettled as NotSettled
    from sfc_sim.observations import NoTypeThree as NoTypeThree
    from sfc_sim.observations import StarsSearched as StarsSearched
    from sfc_sim.paradox import paradox as paradox
    from sfc_sim.paradox import posterior_of_product as posterior_of_product
    from sfc_sim.parameter import Parameter as Parameter
    from sfc_sim.plotting import plot_densities as plot_densities
    from sfc_sim.premises import premise_table as premise_table
    from sfc_sim.premises import premises as premises
    from sfc_sim.priorities import priorities as priorities
    from sfc_sim.proposal import Proposal as Proposal
    from sfc_sim.proposal import load_proposal as load_proposal
    from sfc_sim.realised import realised_saturation as realised_saturation
    from sfc_sim.relevance import relevance as relevance
    from sfc_sim.reproduction import reproduce as reproduce
    from sfc_sim.reproduction import reproduction_table as reproduction_table
    from sfc_sim.results import save as save
    from sfc_sim.results import worlds as worlds
    from sfc_sim.saturation import marginal_shares as marginal_shares
    from sfc_sim.saturation import saturation as saturation
    from sfc_sim.scenario import Scenario as Scenario
    from sfc_sim.scenario import load_scenario as load_scenario
    from sfc_sim.scenario import save_scenario as save_scenario
    from sfc_sim.sensitivity import sensitivity as sensitivity
    from sfc_sim.similarity import Filters as Filters
    from sfc_sim.similarity import SpeedLinked as SpeedLinked
    from sfc_sim.similarity import mixed_similarity as mixed_similarity
    from sfc_sim.similarity import selected_value as selected_value
    from sfc_sim.simulation import holders as holders
    from sfc_sim.simulation import simulate as simulate
    from sfc_sim.study import Study as Study
    from sfc_sim.study import load as load
    from sfc_sim.surroundings import simulate_here as simulate_here
    from sfc_sim.timing import delay_cost as delay_cost
    from sfc_sim.timing import loss_by_waiting as loss_by_waiting
    from sfc_sim.timing import retention as retention
    from sfc_sim.value import extinction_multiplier as extinction_multiplier
    from sfc_sim.value import takeover_ratio as takeover_ratio
    from sfc_sim.value import value_adjustment as value_adjustment

__version__ = "0.1.0"

_ROOMS = {
    "_errors": ("InputError",),
    "_effective": ("pareto_shape",),
    "adaptation": ("aim",),
    "anthropics": (
        "EffectiveSampleSizeWarning",
        "summarize",
        "weigh",
    ),
    "appearance.drake": ("drake_distribution",),
    "appearance.earth_posterior": ("earth_posterior",),
    "appearance.habitability": (
        "earliness",
        "habitable_share_now",
    ),
    "appearance.hard_steps": ("HardSteps",),
    "appearance.lognormal": ("lognormal_approximation",),
    "appearance.planet_counts": ("planets_per_volume",),
    "appearance.planet_formation": ("PlanetHistory",),
    "appearance.power_law": ("PowerLawAppearance",),
    "appearance.table": ("TableAppearance",),
    "assessment": ("assess",),
    "budget": ("split_budget",),
    "catalogue": ("list_scenarios",),
    "changes": (
        "conversion_effects",
        "walk",
    ),
    "claim": ("Claim",),
    "comparison": ("compare",),
    "conditional": (
        "conditional",
        "tornado",
    ),
    "contest": ("contest",),
    "conversions": ("Conversions",),
    "cosmology": ("Background",),
    "credence": ("aggregate",),
    "distributions": (
        "Beta",
        "Discrete",
        "Exponential",
        "Fixed",
        "InverseUniform",
        "LogLog",
        "LogNormal",
        "LogNormal10",
        "LogUniform",
        "Mixture",
        "Normal",
        "PowerOfTen",
        "TruncatedGeometric",
        "TruncatedLogNormal",
        "Uniform",
        "UniformInteger",
        "between",
    ),
    "ensemble": ("sample",),
    "expansion.displacement": (
        "marginal_saturation",
        "recovered_by_displacement",
        "rivals_for_recovered",
    ),
    "expansion.power_law_universe": ("PowerLawUniverse",),
    "expansion.reach": (
        "horizons",
        "reach_radius",
    ),
    "expansion.reach_table": ("reach_table",),
    "expansion.sky": ("angular_diameter",),
    "history": ("history",),
    "information": ("value_of_information",),
    "observations": (
        "EarthHistory",
        "EmptyGalaxy",
        "NoTypeThree",
        "NoneWithin",
        "NotSettled",
        "StarsSearched",
    ),
    "paradox": (
        "paradox",
        "posterior_of_product",
    ),
    "parameter": ("Parameter",),
    "plotting": ("plot_densities",),
    "premises": (
        "premise_table",
        "premises",
    ),
    "priorities": ("priorities",),
    "proposal": (
        "Proposal",
        "load_proposal",
    ),
    "relevance": ("relevance",),
    "reproduction": (
        "reproduce",
        "reproduction_table",
    ),
    "results": (
        "save",
        "worlds",
    ),
    "realised": ("realised_saturation",),
    "saturation": (
        "marginal_shares",
        "saturation",
    ),
    "scenario": (
        "Scenario",
        "load_scenario",
        "save_scenario",
    ),
    "sensitivity": ("sensitivity",),
    "similarity": (
        "Filters",
        "SpeedLinked",
        "mixed_similarity",
        "selected_value",
    ),
    "simulation": (
        "holders",
        "simulate",
    ),
    "study": (
        "Study",
        "load",
    ),
    "surroundings": ("simulate_here",),
    "timing": (
        "delay_cost",
        "loss_by_waiting",
        "retention",
    ),
    "value": (
        "extinction_multiplier",
        "takeover_ratio",
        "value_adjustment",
    ),
}
# Which room each public name lives in.
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted(_HOME)


if not TYPE_CHECKING:  # else a checker of types would take any name for one of ours

    def __getattr__(name: str) -> Any:
        """Import a public name from its room when it is first asked for (PEP 562)."""
        if name not in _HOME:
            from sfc_sim._errors import unknown

            raise AttributeError(str(unknown("name sfc_sim", name, __all__)))
        value = getattr(importlib.import_module(f"sfc_sim.{_HOME[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


class _FrontDoor(ModuleType):
    """The package as a module whose functions are not hidden by rooms of the same name."""

    def __setattr__(self, name: str, value: Any) -> None:
        # Importing the room sfc_sim.saturation sets this name to the module.
        if name in _HOME and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Any, ...]:  # as a plain module is: by its name
        return importlib.import_module, (self.__name__,)


sys.modules[__name__].__class__ = _FrontDoor
