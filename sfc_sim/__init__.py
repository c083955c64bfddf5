"""How many space-faring civilizations there are, and what follows for what we should do.

Examples
--------
>>> import sfc_sim as sfc
>>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
>>> sorted(study.report.sizes)
['class', 'correlated', 'quantile', 'theory']
"""

from sfc_sim._core.lazy import attach, homes_of

__version__ = "0.1.0"

# Names that were here and are behind a package now: here for one version, with a warning.
_BEHIND = {
    "analysis": (
        "conditional paradox posterior_of_product premises sensitivity tornado value_of_information"
    ),
    "appearance": "HardSteps PowerLawAppearance TableAppearance",
    "drake": "drake_distribution lognormal_approximation",
    "earth": "earth_posterior",
    "planets": "PlanetHistory earliness habitable_share_now planets_per_volume",
    "decision": (
        "Filters SpeedLinked contest delay_cost extinction_multiplier loss_by_waiting "
        "marginal_shares mixed_similarity priorities realised_saturation relevance "
        "retention selected_value split_budget takeover_ratio"
    ),
    "expansion": (
        "PowerLawUniverse horizons marginal_saturation reach_radius reach_table "
        "recovered_by_displacement rivals_for_recovered"
    ),
    "inference": (
        "EarthHistory EmptyGalaxy NoTypeThree NoneWithin NotSettled StarsSearched aggregate"
    ),
    "literature": "Conversions compare conversion_effects reproduce walk",
    "plotting": "plot_densities",
    "sampling": "load_proposal pareto_shape worlds",
    "scenario": "Claim",
    "simulation": "angular_diameter holders",
}
_MOVED = {n: f"sfc_sim.{where}.{n}" for where, names in _BEHIND.items() for n in names.split()}
_MOVED |= dict.fromkeys(["premise_table", "reproduction_table"], "sfc_sim.report.text")
# Which module each name is in: the stub beside this file says it.
_HOME = homes_of(__name__)

__getattr__, __dir__, __all__ = attach(__name__, _HOME, _MOVED)
