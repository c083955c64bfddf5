"""A valid call of every public function, and what each of its arguments is replaced by."""

from __future__ import annotations

import inspect
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import astropy.units as u
import numpy as np

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.schema import chosen_theory
from sfc_sim.analysis.posterior import posterior_table
from sfc_sim.analysis.sobol import explained_share, indices
from sfc_sim.decision.budget import best_split
from sfc_sim.drake import lognormal
from sfc_sim.earth import measures
from sfc_sim.earth.single_step import rate_posterior
from sfc_sim.expansion import galaxies, reach
from sfc_sim.literature.counts import read
from sfc_sim.planets import habitability, hosts
from sfc_sim.simulation import sky
from sfc_sim.units import to_value

FEW = 60
NAME = "cook2022-balanced"


class Call(NamedTuple):
    """A function and arguments that it takes."""

    function: Callable[..., Any]
    given: Callable[[], dict[str, Any]]

    @property
    def arguments(self) -> dict[str, Any]:
        return self.given()


class Other(NamedTuple):
    """What replaces an argument, by a name that a test can show."""

    name: str
    value: Any


MAKERS: dict[str, Callable[[], Any]] = {
    "draws": lambda: sfc.sample(NAME, FEW, rng=1),
    "another": lambda: sfc.sample("finnveden2019", 7, rng=2),
    "weights": lambda: sfc.weigh(made("draws")),
    "theirs": lambda: sfc.weigh(made("another"), "none", theories=["prior"]),
    "share": lambda: sfc.saturation(made("draws"), made("weights")),
    "study": lambda: sfc.assess(NAME, FEW, rng=1, threads=1),
    "comparison": lambda: sfc.literature.compare(["sandberg2018", NAME], draws=FEW, rng=1),
    "universe": lambda: sfc.simulate(
        sfc.appearance.PowerLawAppearance(6),
        speed=0.5,
        civilizations=400,
        probes=100,
        rays=4,
        rng=1,
        threads=1,
        compute=["visible_at_birth", "sky_fraction"],
    ),
    "here": lambda: sfc.simulate_here(NAME, draw=0, realisations=3, rng=1, threads=1),
    "effects": lambda: sfc.literature.conversion_effects("sandberg2018", draws=FEW, rng=1),
    "walked": lambda: sfc.literature.walk("sandberg2018", CHANGES, draws=FEW, rng=1),
    "ranking": lambda: sfc.decision.priorities(0.5, draws=16, rng=1),
    "reproduction": lambda: sfc.literature.reproduce("sandberg2018", draws=FEW, rng=1),
    "premises": lambda: sfc.analysis.premises(made("study"), only=["value of others"], draws=FEW),
    "drake": lambda: sfc.drake.drake_distribution("sandberg2018"),
    "factor_counts": lambda: sfc.drake.factor_counts("sandberg2018-plain-life", counts=[1, 2]),
    "posteriors": lambda: posterior_table("sandberg2018", [sfc.inference.NotSettled(100)]),
    "reach": lambda: sfc.expansion.reach_table("Planck18", [0.5, 1.0]),
    "mixed": lambda: sfc.assess(
        {NAME: 0.5, "finnveden2019": 0.5}, FEW, rng=1, threads=1, aim=False, theories=["prior"]
    ),
    "sensitivity": lambda: sfc.analysis.sensitivity(made("study"), points=16, rng=1),
    "information": lambda: sfc.analysis.value_of_information(made("study")),
    "surveys": lambda: sfc.analysis.value_of_study(made("study"), sfc.inference.LifeSearched(2)),
    "findings": lambda: sfc.analysis.discount_after(made("study"), sfc.inference.LifeSearched(2)),
    "conditional": lambda: sfc.analysis.conditional(made("study"), "hard_steps", bins=2),
    "tornado": lambda: sfc.analysis.tornado(made("study")),
}
"""What functions hand to each other, of few draws; each is made when it is first asked for."""


@cache
def made(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return MAKERS[name]()


CHANGES = {"closer": {"lifetime": 1e4}}


def folder() -> str:
    """A folder of its own for every file that is written."""
    return tempfile.mkdtemp(dir=scratch())


@cache
def scratch() -> str:
    return tempfile.mkdtemp()


def figure() -> Any:
    from matplotlib.figure import Figure

    return Figure()


def calls() -> dict[str, Call]:
    """Every function by its name, with arguments that it takes."""

    def pair() -> dict[str, Any]:
        return {"draws": made("draws"), "weights": made("weights")}

    few = {"draws": FEW, "rng": 1}
    scenario = sfc.load_scenario(NAME)
    drake = sfc.load_scenario("sandberg2018")
    planck = sfc.Background.named("Planck18")
    toml = str(Path(folder()) / "mine.toml")
    proposal = sfc.aim("sandberg2018-toy", theories=["prior"], pilot=100, rng=1).save(
        Path(folder()) / "proposal.json", force=True
    )
    parameter = scenario["delay"]
    fields = {f: getattr(parameter, f) for f in parameter.__dataclass_fields__}
    words = {f: getattr(scenario, f) for f in scenario.__dataclass_fields__}
    claim = drake.claims[0]
    said = {f: getattr(claim, f) for f in claim.__dataclass_fields__}
    table = [
        (sfc.Beta, lambda: {"a": 8, "b": 2}),
        (sfc.decision.Cause, lambda: {"share": 1.0, "successor": 0.5}),
        (sfc.decision.Causes, lambda: {"causes": {"war": sfc.decision.Cause(1.0)}}),
        (sfc.scenario.Claim, lambda: said),
        (sfc.literature.Conversions, dict),
        (sfc.Discrete, lambda: {"values": [1, 2], "weights": [0.5, 0.5]}),
        (sfc.decision.EvolvesAgain, lambda: {"history": "kipping2020"}),
        (sfc.Exponential, lambda: {"scale": 1}),
        (sfc.decision.Filters, lambda: {"passed": {"political system": 0.5}}),
        (sfc.Fixed, lambda: {"value": 1}),
        (sfc.appearance.HardSteps, dict),
        (sfc.InverseUniform, lambda: {"lo": 1, "hi": 2}),
        (sfc.LogLog, lambda: {"lowest_exponent": -3}),
        (sfc.LogNormal, lambda: {"mu": 0, "sigma": 1}),
        (sfc.LogNormal10, lambda: {"mu": 0, "sigma": 1}),
        (sfc.distributions.LogOddsUniform, lambda: {"lo": 0.1, "hi": 2}),
        (sfc.LogUniform, lambda: {"lo": 1, "hi": 2}),
        (sfc.Mixture, lambda: {"components": [sfc.Fixed(1), sfc.Fixed(2)], "weights": [0.5, 0.5]}),
        (sfc.inference.NoTypeThree, dict),
        (sfc.inference.NoneWithin, dict),
        (sfc.Normal, lambda: {"mu": 0, "sigma": 1}),
        (sfc.inference.NotSettled, dict),
        (sfc.Parameter, lambda: fields),
        (sfc.planets.PlanetHistory, dict),
        (sfc.appearance.PowerLawAppearance, lambda: {"n": 6}),
        (sfc.expansion.PowerLawUniverse, lambda: {"n": 6}),
        (sfc.PowerOfTen, lambda: {"exponent": 3.0}),
        (sfc.Scenario, lambda: words),
        (sfc.decision.SpeedLinked, lambda: {"slow": 1.0, "fast": 0.5}),
        (sfc.inference.StarsSearched, dict),
        (
            sfc.appearance.TableAppearance,
            lambda: {"times": [1.0, 5.0, 20.0], "rate": [0.0, 1e-3, 1e-3]},
        ),
        (sfc.TruncatedGeometric, lambda: {"p": 0.5}),
        (sfc.TruncatedLogNormal, lambda: {"mu": 0, "sigma": 1, "lower": 0.1, "upper": 10}),
        (sfc.Uniform, lambda: {"lo": 1, "hi": 2}),
        (sfc.UniformInteger, lambda: {"lo": 1, "hi": 2}),
        (
            sfc.inference.aggregate,
            lambda: {"parts": made("study").report, "credences": {"prior": 1.0}},
        ),
        (sfc.aim, lambda: {"scenario": NAME, "pilot": 100, "rng": 1, "threads": 1}),
        (
            sfc.simulation.angular_diameter,
            lambda: {"distance": 0.5, "light_travel": 1.0, "speed": 0.5},
        ),
        (sfc.assess, lambda: {"scenario": NAME, **few, "threads": 1}),
        (sfc.between, lambda: {"lo": 1, "hi": 2}),
        (sfc.decision.by_cause, lambda: {"report": made("study").report}),
        (sfc.earth.chance_again, lambda: {"scenario": "kipping2020"}),
        (sfc.distributions.gamma, lambda: {"shape": 1, "scale": 2}),
        (sfc.distributions.pareto, lambda: {"lo": 1, "exponent": 2}),
        (sfc.distributions.pert, lambda: {"lo": 1, "mode": 2, "hi": 3}),
        (sfc.distributions.student_t, lambda: {"freedom": 3}),
        (sfc.distributions.triangular, lambda: {"lo": 1, "mode": 2, "hi": 3}),
        (sfc.distributions.truncated_normal, lambda: {"mu": 1, "sigma": 2}),
        (sfc.literature.compare, lambda: {"scenarios": ["sandberg2018"], **few, "threads": 1}),
        (sfc.analysis.conditional, lambda: {"study": made("study"), "by": "hard_steps", "bins": 2}),
        (sfc.inference.credence_in_scenarios, lambda: {"draws": made("mixed")}),
        (sfc.decision.contest, lambda: pair() | {"size": 5, "rng": 1}),
        (
            sfc.literature.conversion_effects,
            lambda: {"scenario": "sandberg2018", **few, "threads": 1},
        ),
        (sfc.decision.delay_cost, lambda: pair() | {"size": 5, "rng": 1}),
        (sfc.drake.drake_distribution, lambda: {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.drake.factor_counts, lambda: {"scenario": "sandberg2018", "counts": [1]}),
        (sfc.planets.earliness, lambda: {"steps": 6.0, "longest": 10.0}),
        (sfc.earth.earth_posterior, lambda: {"scenario": "snyder-beattie2021", **few}),
        (sfc.decision.extinction_multiplier, lambda: {"share": 0.5}),
        (sfc.planets.habitable_share_now, lambda: {"longest": 10.0}),
        (sfc.history, lambda: {"scenario_or_draw": made("draws").isel(draw=[0])}),
        (
            sfc.simulation.holders,
            lambda: {"universe": made("universe"), "positions": np.zeros((2, 3))},
        ),
        (
            sfc.analysis.histogram,
            lambda: {"draws": made("draws"), "variable": "delay", "edges": [0.0, 1.0]},
        ),
        (sfc.expansion.horizons, lambda: {"background": "Planck18"}),
        (sfc.decision.kept_after, lambda: {"delay": 0.2, "background": planck}),
        (sfc.list_scenarios, dict),
        (sfc.decision.load_causes, lambda: {"name_or_path": "ord2020"}),
        (sfc.load, lambda: {"path": sfc.save(made("share"), Path(folder()) / "share.nc")}),
        (sfc.load_scenario, lambda: {"name_or_path": NAME}),
        (sfc.sampling.load_proposal, lambda: {"path": proposal}),
        (sfc.drake.lognormal_approximation, lambda: {"scenario": "maccone2010"}),
        (sfc.decision.loss_by_waiting, lambda: {"date": 14.0, "background": planck}),
        (sfc.expansion.marginal_saturation, lambda: {"rivals": 1.0}),
        (sfc.decision.marginal_shares, lambda: pair() | {"theory": "prior"}),
        (
            sfc.decision.mixed_similarity,
            lambda: {"aligned": 0.5, "indifferent": 0.3, "misaligned": 0.2},
        ),
        (sfc.analysis.over, lambda: {"draws": made("draws"), "theories": ["prior"], "threads": 1}),
        (sfc.analysis.paradox, lambda: {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.sampling.pareto_shape, lambda: {"log_weight": np.arange(50.0)}),
        (sfc.planets.planets_per_volume, lambda: {"budget": "hanson2021", "longest": 10.0}),
        (
            sfc.plotting.plot_densities,
            lambda: {"comparison": made("comparison"), **few, "threads": 1},
        ),
        (sfc.analysis.posterior_of_product, lambda: {"scenario": "sandberg2018"}),
        (
            sfc.analysis.premises,
            lambda: {"study": made("study"), "only": ["value of others"], "draws": FEW},
        ),
        (
            sfc.analysis.unseen_fronts,
            lambda: {
                "study": made("study"),
                "visible": [0.5],
                "engulfed": [0.1],
                "draws": FEW,
            },
        ),
        (sfc.decision.priorities, lambda: {"share": 0.5, "draws": 16, "rng": 1}),
        (sfc.expansion.reach_radius, lambda: {"background": "Planck18", "speed": 0.5}),
        (
            sfc.expansion.reach_table,
            lambda: {"background": "Planck18", "speeds": [0.5], "launches": [13.787]},
        ),
        (sfc.decision.realised_saturation, lambda: pair() | {"size": 3, "rng": 1, "threads": 1}),
        (sfc.expansion.recovered_by_displacement, lambda: {"rivals": 1.0}),
        (sfc.decision.relevance, lambda: {"draws": made("draws")}),
        (sfc.literature.reproduce, lambda: {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.report.text, lambda: {"table": made("reproduction")}),
        (sfc.report.html, lambda: {"table": made("reproduction")}),
        (sfc.decision.deciding, pair),
        (sfc.decision.prospects, pair),
        (sfc.decision.nearest_others, lambda: pair() | {"size": 5}),
        (sfc.decision.expanders_of, lambda: {"scenario": scenario}),
        (sfc.decision.retention, lambda: pair() | {"size": 5, "rng": 1}),
        (sfc.expansion.rivals_for_recovered, lambda: {"share": 0.5}),
        (sfc.sample, lambda: {"scenario": NAME, **few, "threads": 1}),
        (
            sfc.sample_to,
            lambda: {
                "path": Path(folder()) / "a.zarr",
                "scenario": NAME,
                **few,
                "threads": 1,
                "force": True,
            },
        ),
        (sfc.saturation, lambda: pair()),
        (
            sfc.save,
            lambda: {"dataset": made("share"), "path": Path(folder()) / "a.nc", "force": True},
        ),
        (sfc.save_scenario, lambda: {"scenario": scenario, "path": toml, "force": True}),
        (
            sfc.decision.selected_value,
            lambda: {"shares": [0.9, 0.1], "speeds": [0.5, 1.0], "values": [1.0, 0.0]},
        ),
        (sfc.analysis.sensitivity, lambda: {"study": made("study"), "points": 16, "rng": 1}),
        (
            sfc.simulate,
            lambda: {
                "source": sfc.appearance.PowerLawAppearance(6),
                "speed": 0.5,
                "civilizations": 400,
                "probes": 100,
                "rays": 4,
                "rng": 1,
                "threads": 1,
            },
        ),
        (
            sfc.simulate_here,
            lambda: {
                "scenario_or_draw": NAME,
                "draw": 0,
                "realisations": 2,
                "rng": 1,
                "threads": 1,
            },
        ),
        (sfc.decision.split_budget, lambda: {"priorities": made("ranking")}),
        (sfc.summarize, lambda: pair()),
        (sfc.decision.takeover_ratio, lambda: {"share": 0.5}),
        (sfc.analysis.tornado, lambda: {"study": made("study")}),
        (sfc.analysis.to_arviz, lambda: {"study": made("study"), "theory": "sia"}),
        (sfc.value_adjustment, lambda: {"share": made("share")} | pair()),
        (sfc.analysis.value_of_information, lambda: {"study": made("study")}),
        (
            sfc.analysis.value_of_study,
            lambda: {"study": made("study"), "survey": sfc.inference.LifeSearched(2)},
        ),
        (
            sfc.analysis.discount_after,
            lambda: {"study": made("study"), "outcomes": sfc.inference.LifeSearched(2)},
        ),
        (
            sfc.literature.walk,
            lambda: {"start": "sandberg2018", "changes": CHANGES, **few, "threads": 1},
        ),
        (sfc.weigh, lambda: {"draws": made("draws")}),
        (sfc.sampling.worlds, lambda: pair() | {"theory": "prior"}),
        (scenario.replace, lambda: {"expansion_speed": 0.5, "delay_form": "shift", "title": "x"}),
        (sfc.Scenario.from_toml, lambda: {"text": scenario.to_toml()}),
        (sfc.Background.named, lambda: {"name": "Planck18"}),
        (sfc.Background.power_law, lambda: {"exponent": 0.5}),
        (measures.expected_slack, lambda: {"scenario": sfc.load_scenario("carter1983")}),
        (
            measures.hard_steps_from_slack,
            lambda: {"scenario": sfc.load_scenario("carter1983"), "slack": 1.0},
        ),
        (habitability.earliness_longest, lambda: {"steps": 6.0}),
        (habitability.early_habitability, lambda: {"times": [1.0, 2.0]}),
        (habitability.share_habitable_longer, lambda: {"duration": 1.0, "longest": 10.0}),
        (hosts.host_lifetime, lambda: {"mass": 1.0}),
        (hosts.longest_habitability, lambda: {"lightest": 0.5}),
        (hosts.share_of_hosts, lambda: {"lightest": 0.1, "heaviest": 1.0}),
        (lognormal.distance_rule, lambda: {"scenario": sfc.load_scenario("maccone2010")}),
        (
            lognormal.probability_above,
            lambda: {"scenario": sfc.load_scenario("maccone2010"), "above": 1.0},
        ),
        (lognormal.pessimism_line, lambda: {"planets": 1e22}),
        (rate_posterior, lambda: {"scenario": "spiegel2012-optimistic-log", "rates": [0.1, 1.0]}),
        (best_split, lambda: {"gains": np.array([2.0, 1.0]), "returns": 0.5}),
        (
            galaxies.galaxies_per_civilization,
            lambda: {"universe": sfc.expansion.PowerLawUniverse(6, 0.5)},
        ),
        (
            galaxies.quiet_loud_ratio,
            lambda: {"universe": sfc.expansion.PowerLawUniverse(6, 0.5), "where": "light-cone"},
        ),
        (reach.delay_loss, lambda: {"background": "Planck18", "speed": 0.5, "delay": 1e-3}),
        (reach.reach_volume, lambda: {"background": "Planck18", "speed": 0.5}),
        (reach.reachable_galaxies, lambda: {"background": "Planck18", "speed": 0.5}),
        (reach.round_trip_radius, lambda: {"background": "Planck18", "speed": 0.5}),
        (sky.border_length, lambda: {"angle": 0.5}),
        (sky.golden_spiral, lambda: {"points": 16}),
        (
            posterior_table,
            lambda: {"scenario": "sandberg2018", "observations": [sfc.inference.NotSettled(100)]},
        ),
        (read, lambda: pair()),
        (chosen_theory, lambda: {"dataset": made("study").report}),
        (
            explained_share,
            lambda: {
                "values": np.arange(50.0),
                "outcome": np.arange(50.0),
                "weight": np.full(50, 0.02),
            },
        ),
        (
            indices,
            lambda: {
                "evaluate": lambda points: points.sum(axis=0)[None],
                "groups": [[0], [1]],
                "points": 16,
            },
        ),
        (to_value, lambda: {"value": 1.0, "unit": "Gyr", "name": "delay"}),
    ]
    law = sfc.TruncatedLogNormal(0, 1, 0.1, 10)
    table += [(getattr(law, f), lambda: {"u": 0.5}) for f in ("ppf", "log10_ppf")]
    table += [(getattr(law, f), lambda: {"x": 0.5}) for f in ("cdf", "logpdf")]
    table += [(law.scaled, lambda: {"factor": 2.0})]
    drawn = {
        "birth_dates": lambda: {"universe": made("universe")},
        "by_cause": lambda: {"found": sfc.decision.by_cause(made("study"))},
        "conditional": lambda: {"table": made("conditional")},
        "conversions": lambda: {"effects": made("effects")},
        "credence_in_scenarios": lambda: {"report": made("mixed").report},
        "densities": lambda: pair(),
        "discounts": lambda: {"share": made("share")},
        "drake": lambda: {"dataset": made("drake")},
        "factor_counts": lambda: {"table": made("factor_counts")},
        "findings": lambda: {"table": made("findings")},
        "information": lambda: {"table": made("information")},
        "marginal": lambda: pair(),
        "median_history": lambda: pair(),
        "multiplier_map": lambda: {"report": made("study").report},
        "planet_histories": lambda: {"names": ["madau2014"]},
        "posteriors": lambda: {"table": made("posteriors")},
        "premises": lambda: {"table": made("premises")},
        "ranks": lambda: {"table": made("ranking")},
        "reach": lambda: {"dataset": made("reach")},
        "recovered": lambda: pair(),
        "surveys": lambda: {"table": made("surveys")},
        "report_figures": lambda: {"study": made("study")},
        "saturation_classes": lambda: {"share": made("share")},
        "save_figure": lambda: {
            "figure": figure(),
            "path": Path(folder()) / "a.png",
            "force": True,
        },
        "sky": lambda: {"universe": made("universe")},
        "slices": lambda: {"universe": made("universe"), "times": [14.0], "pixels": 8},
        "sobol": lambda: {"table": made("sensitivity")},
        "surroundings": lambda: {"here": made("here")},
        "surroundings_page": lambda: {
            "here": made("here"),
            "path": Path(folder()) / "a.html",
            "force": True,
        },
        "timeline": lambda: {"scenario": "snyder-beattie2021"},
        "tornado": lambda: {"table": made("tornado")},
        "waiting_times": lambda: {"universe": made("universe")},
        "waterfall": lambda: {"walked": made("walked")},
    }
    table += [(getattr(plotting, name), given) for name, given in drawn.items()]
    return {label(function): Call(function, given) for function, given in table}


def label(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", "") or ""
    package = module.removeprefix("sfc_sim").rsplit(".", 1)[0] if "plotting" in module else ""
    return f"{package}.{function.__qualname__}".strip(".")


def others() -> list[Other]:
    """What no argument, or few of them, can be."""
    return [
        Other("an object", object()),
        Other("nan", float("nan")),
        Other("an array of nan", np.full(3, np.nan)),
        Other("a dict", {"no such thing": object()}),
        Other("a function", lambda *_, **__: None),
        Other("inf", float("inf")),
        Other("-1", -1),
        Other("0", 0),
        Other("1.5", 1.5),
        Other("True", True),
        Other("None", None),
        Other("10**12", 10**12),
        Other("2**64", 2**64),
        Other("10**400", 10**400),
        Other("no text", ""),
        Other("a word", "no such thing"),
        Other("a long word", "no such thing " * 1000),
        Other("NUL", "\0\x1b[2J"),
        Other("a path", Path("no such folder") / "no such file.toml"),
        Other("nothing", []),
        Other("names", ["no such thing"]),
        Other("objects", [object(), object()]),
        Other("a number in a list", [0.5]),
        Other("too many", list(range(50))),
        Other("an empty array", np.zeros(0)),
        Other("an array", np.linspace(-1.0, 2.0, 12).reshape(3, 4)),
        Other("texts in an array", np.array(["prior", "sia"])),
        Other("a quantity", 3.0 * u.K),
        Other("quantities", np.array([1.0, 2.0]) * u.K),
        Other("an array of one", np.array(0.5)),
        Other("bytes", b"prior"),
        Other("a complex number", 1j),
        Other("draws of another", made("another")),
        Other("weights of another", made("theirs")),
        Other("a study", made("study")),
        Other("a report", made("study").report),
        Other("an empty Dataset", made("study").report[[]]),
    ]


def arguments_of(call: Call) -> list[str]:
    """Names of all arguments, those with a default too."""
    signature = inspect.signature(call.function).parameters
    named = [n for n, p in signature.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    return list(dict.fromkeys([*named, *call.arguments]))


def replaced(call: Call, argument: str, value: Any) -> dict[str, Any]:
    return call.arguments | {argument: value}


def cases() -> Iterator[tuple[str, Call, str, Other]]:
    for name, call in calls().items():
        for argument in arguments_of(call):
            for other in others():
                yield name, call, argument, other
