"""A valid call of every public function, and what each of its arguments is replaced by."""

from __future__ import annotations

import inspect
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.appearance import earth_measures, habitability, host_stars, lognormal
from sfc_sim.appearance.rate_posterior import rate_posterior
from sfc_sim.budget import best_split
from sfc_sim.expansion import galaxies, reach, sky
from sfc_sim.posterior import posterior_table
from sfc_sim.readings import read
from sfc_sim.recall import asked_of, draws_of, evidence_of, recall
from sfc_sim.results import chosen_theory
from sfc_sim.sensitivity import explained_share, indices
from sfc_sim.similarity import from_text, to_text
from sfc_sim.units import to_value

FEW = 60
NAME = "cook2022-balanced"


class Call(NamedTuple):
    """A function and arguments that it takes."""

    function: Callable[..., Any]
    arguments: dict[str, Any]


class Other(NamedTuple):
    """What replaces an argument, by a name that a test can show."""

    name: str
    value: Any


@cache
def made() -> dict[str, Any]:
    """What functions hand to each other, of few draws."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        draws = sfc.sample(NAME, FEW, rng=1)
        weights = sfc.weigh(draws)
        report = sfc.assess(NAME, FEW, rng=1)
        seen: Any = ["visible_at_birth", "sky_fraction", "neighbours"]
        return {
            "draws": draws,
            "weights": weights,
            "share": sfc.saturation(draws, weights),
            "report": report,
            "comparison": sfc.compare(["sandberg2018", NAME], draws=FEW, rng=1),
            "universe": sfc.simulate(
                sfc.PowerLawAppearance(6), speed=0.5, civilizations=400, probes=100, rays=4,
                rng=1, threads=1, compute=seen,
            ),
            "here": sfc.simulate_here(NAME, draw=0, realisations=3, rng=1, threads=1),
            "effects": sfc.conversion_effects("sandberg2018", draws=FEW, rng=1),
            "walked": sfc.walk("sandberg2018", CHANGES, draws=FEW, rng=1),
            "ranking": sfc.priorities(0.5, samples=16, rng=1),
            "reproduction": sfc.reproduce("sandberg2018", draws=FEW, rng=1),
            "premises": sfc.premises(report, only=["value of others"], draws=FEW),
            "drake": sfc.drake_distribution("sandberg2018"),
            "paradox": sfc.paradox("sandberg2018", draws=FEW, rng=1),
            "posteriors": posterior_table(observations=[sfc.NotSettled(100)]),
            "reach": sfc.reach_table("Planck18", [0.5, 1.0]),
            "delay": sfc.delay_cost(draws, weights, sampled=5, rng=1),
            "sensitivity": sfc.sensitivity(report, points=16, rng=1),
            "information": sfc.value_of_information(report, rng=1),
            "conditional": sfc.conditional(report, "hard_steps", bins=2),
            "tornado": sfc.tornado(report),
            "history": sfc.history(draws.isel(draw=[0])),
            "retention": sfc.retention(draws, weights, sampled=5, rng=1),
            "relevance": sfc.relevance(draws),
            "contest": sfc.contest(draws, weights, sampled=5, rng=1),
        }  # fmt: skip


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
    m = made()
    pair = {"draws": m["draws"], "weights": m["weights"]}
    few = {"draws": FEW, "rng": 1}
    scenario = sfc.load_scenario(NAME)
    drake = sfc.load_scenario("sandberg2018")
    planck = sfc.Background.named("Planck18")
    toml = str(Path(folder()) / "mine.toml")
    netcdf = str(sfc.save(m["share"], Path(folder()) / "share.nc"))
    parameter = scenario["delay"]
    fields = {f: getattr(parameter, f) for f in parameter.__dataclass_fields__}
    words = {f: getattr(scenario, f) for f in scenario.__dataclass_fields__}
    claim = drake.claims[0]
    said = {f: getattr(claim, f) for f in claim.__dataclass_fields__}
    table = [
        (sfc.Beta, {"a": 8, "b": 2}),
        (sfc.Claim, said),
        (sfc.Conversions, {}),
        (sfc.Discrete, {"values": [1, 2], "weights": [0.5, 0.5]}),
        (sfc.Exponential, {"scale": 1}),
        (sfc.Filters, {"passed": {"political system": 0.5}}),
        (sfc.Fixed, {"value": 1}),
        (sfc.HardSteps, {}),
        (sfc.InverseUniform, {"lo": 1, "hi": 2}),
        (sfc.LogLog, {"lowest_exponent": -3}),
        (sfc.LogNormal, {"mu": 0, "sigma": 1}),
        (sfc.LogNormal10, {"mu": 0, "sigma": 1}),
        (sfc.LogUniform, {"lo": 1, "hi": 2}),
        (sfc.Mixture, {"components": [sfc.Fixed(1), sfc.Fixed(2)], "weights": [0.5, 0.5]}),
        (sfc.NoTypeThree, {}),
        (sfc.NoneWithin, {}),
        (sfc.Normal, {"mu": 0, "sigma": 1}),
        (sfc.NotSettled, {}),
        (sfc.Parameter, fields),
        (sfc.PlanetHistory, {}),
        (sfc.PowerLawAppearance, {"n": 6}),
        (sfc.PowerLawUniverse, {"n": 6}),
        (sfc.PowerOfTen, {"exponent": 3.0}),
        (sfc.Scenario, words),
        (sfc.SpeedLinked, {"slow": 1.0, "fast": 0.5}),
        (sfc.StarsSearched, {}),
        (sfc.TableAppearance, {"times": [1.0, 5.0, 20.0], "rate": [0.0, 1e-3, 1e-3]}),
        (sfc.TruncatedGeometric, {"p": 0.5}),
        (sfc.TruncatedLogNormal, {"mu": 0, "sigma": 1, "lower": 0.1, "upper": 10}),
        (sfc.Uniform, {"lo": 1, "hi": 2}),
        (sfc.UniformInteger, {"lo": 1, "hi": 2}),
        (sfc.aggregate, {"parts": m["report"], "credences": {"prior": 1.0}}),
        (sfc.angular_diameter, {"distance": 0.5, "light_travel": 1.0, "speed": 0.5}),
        (sfc.assess, {"scenario": NAME, **few, "threads": 1}),
        (sfc.between, {"lo": 1, "hi": 2}),
        (sfc.compare, {"scenarios": ["sandberg2018"], **few, "threads": 1}),
        (sfc.conditional, {"report": m["report"], "by": "hard_steps", "bins": 2}),
        (sfc.contest, pair | {"sampled": 5, "rng": 1}),
        (sfc.conversion_effects, {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.delay_cost, pair | {"sampled": 5, "rng": 1}),
        (sfc.drake_distribution, {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.earliness, {"steps": 6.0, "longest": 10.0}),
        (sfc.earth_posterior, {"scenario": "snyder-beattie2021", **few}),
        (sfc.extinction_multiplier, {"share": 0.5}),
        (sfc.habitable_share_now, {"longest": 10.0}),
        (sfc.history, {"scenario_or_draw": m["draws"].isel(draw=[0])}),
        (sfc.holders, {"universe": m["universe"], "positions": np.zeros((2, 3))}),
        (sfc.horizons, {"background": "Planck18"}),
        (sfc.list_scenarios, {}),
        (sfc.load, {"path": netcdf}),
        (sfc.load_scenario, {"name_or_path": NAME}),
        (sfc.lognormal_approximation, {"scenario": "maccone2010"}),
        (sfc.loss_by_waiting, {"date": 14.0, "background": planck}),
        (sfc.marginal_saturation, {"rivals": 1.0}),
        (sfc.marginal_shares, pair | {"theory": "prior"}),
        (sfc.mixed_similarity, {"aligned": 0.5, "indifferent": 0.3, "misaligned": 0.2}),
        (sfc.paradox, {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.planets_per_volume, {"budget": "hanson2021", "longest": 10.0}),
        (sfc.plot_densities, {"comparison": m["comparison"], **few, "threads": 1}),
        (sfc.posterior_of_product, {"scenario": "sandberg2018"}),
        (sfc.premise_table, {"table": m["premises"]}),
        (sfc.premises, {"report": m["report"], "only": ["value of others"], "draws": FEW}),
        (sfc.priorities, {"share": 0.5, "samples": 16, "rng": 1}),
        (sfc.reach_radius, {"background": "Planck18", "speed": 0.5}),
        (sfc.reach_table, {"background": "Planck18", "speeds": [0.5], "launches": [13.787]}),
        (sfc.recovered_by_displacement, {"rivals": 1.0}),
        (sfc.relevance, {"draws": m["draws"]}),
        (sfc.reproduce, {"scenario": "sandberg2018", **few, "threads": 1}),
        (sfc.reproduction_table, {"table": m["reproduction"]}),
        (sfc.retention, pair | {"sampled": 5, "rng": 1}),
        (sfc.rivals_for_recovered, {"share": 0.5}),
        (sfc.sample, {"scenario": NAME, **few, "threads": 1}),
        (sfc.saturation, pair),
        (sfc.save, {"dataset": m["share"], "path": Path(folder()) / "a.nc", "force": True}),
        (sfc.save_scenario, {"scenario": scenario, "path": toml, "force": True}),
        (sfc.selected_value, {"shares": [0.9, 0.1], "speeds": [0.5, 1.0], "values": [1.0, 0.0]}),
        (sfc.sensitivity, {"report": m["report"], "points": 16, "rng": 1}),
        (
            sfc.simulate,
            {
                "source": sfc.PowerLawAppearance(6), "speed": 0.5, "civilizations": 400,
                "probes": 100, "rays": 4, "rng": 1, "threads": 1,
            },
        ),
        (sfc.simulate_here, {"scenario_or_draw": NAME, "draw": 0, "realisations": 2, "rng": 1,
                             "threads": 1}),
        (sfc.split_budget, {"priorities": m["ranking"]}),
        (sfc.summarize, pair),
        (sfc.takeover_ratio, {"share": 0.5}),
        (sfc.tornado, {"report": m["report"]}),
        (sfc.value_adjustment, {"share": m["share"]} | pair),
        (sfc.value_of_information, {"report": m["report"], "rng": 1}),
        (sfc.walk, {"start": "sandberg2018", "changes": CHANGES, **few, "threads": 1}),
        (sfc.weigh, {"draws": m["draws"]}),
        (sfc.worlds, pair | {"theory": "prior"}),
        (scenario.replace, {"expansion_speed": 0.5, "delay_form": "shift", "title": "x"}),
        (sfc.Scenario.from_toml, {"text": scenario.to_toml()}),
        (sfc.Background.named, {"name": "Planck18"}),
        (sfc.Background.power_law, {"exponent": 0.5}),
        (earth_measures.expected_slack, {"scenario": sfc.load_scenario("carter1983")}),
        (earth_measures.hard_steps_from_slack,
         {"scenario": sfc.load_scenario("carter1983"), "slack": 1.0}),
        (habitability.earliness_longest, {"steps": 6.0}),
        (habitability.early_habitability, {"times": [1.0, 2.0]}),
        (habitability.share_habitable_longer, {"duration": 1.0, "longest": 10.0}),
        (host_stars.host_lifetime, {"mass": 1.0}),
        (host_stars.longest_habitability, {"lightest": 0.5}),
        (host_stars.share_of_hosts, {"lightest": 0.1, "heaviest": 1.0}),
        (lognormal.distance_rule, {"scenario": sfc.load_scenario("maccone2010")}),
        (lognormal.probability_above, {"scenario": sfc.load_scenario("maccone2010"), "above": 1.0}),
        (lognormal.pessimism_line, {"planets": 1e22}),
        (rate_posterior, {"scenario": "spiegel2012-optimistic-log", "rates": [0.1, 1.0]}),
        (best_split, {"gains": np.array([2.0, 1.0]), "returns": 0.5}),
        (galaxies.galaxies_per_civilization, {"universe": sfc.PowerLawUniverse(6, 0.5)}),
        (galaxies.quiet_loud_ratio,
         {"universe": sfc.PowerLawUniverse(6, 0.5), "where": "light-cone"}),
        (reach.delay_loss, {"background": "Planck18", "speed": 0.5, "delay": 1e-3}),
        (reach.reach_volume, {"background": "Planck18", "speed": 0.5}),
        (reach.reachable_galaxies, {"background": "Planck18", "speed": 0.5}),
        (reach.round_trip_radius, {"background": "Planck18", "speed": 0.5}),
        (sky.border_length, {"angle": 0.5}),
        (sky.golden_spiral, {"points": 16}),
        (posterior_table, {"observations": [sfc.NotSettled(100)]}),
        (read, pair),
        (recall, {"report": m["report"]}),
        (draws_of, {"report": m["report"]}),
        (asked_of, {"report": m["report"]}),
        (evidence_of, {"report": m["report"]}),
        (chosen_theory, {"dataset": m["report"]}),
        (explained_share, {"values": np.arange(50.0), "outcome": np.arange(50.0),
                           "weight": np.full(50, 0.02)}),
        (indices, {"evaluate": lambda points: points.sum(axis=0), "groups": [[0], [1]],
                   "points": 16}),
        (from_text, {"text": to_text(1.0)}),
        (to_text, {"similarity": 1.0}),
        (to_value, {"value": 1.0, "unit": "Gyr", "name": "delay"}),
    ]  # fmt: skip
    law = sfc.TruncatedLogNormal(0, 1, 0.1, 10)
    table += [(getattr(law, f), {"u": 0.5}) for f in ("ppf", "log10_ppf")]
    table += [(getattr(law, f), {"x": 0.5}) for f in ("cdf", "logpdf")]
    table += [(law.scaled, {"factor": 2.0})]
    drawn = {
        "birth_dates": {"universe": m["universe"]},
        "conditional": {"table": m["conditional"]},
        "convergence": {"draws": m["draws"]},
        "conversions": {"effects": m["effects"]},
        "densities": pair,
        "discounts": {"share": m["share"]},
        "drake": {"dataset": m["drake"]},
        "information": {"table": m["information"]},
        "marginal": pair,
        "median_history": pair,
        "multiplier_map": {"report": m["report"]},
        "planet_histories": {"names": ["madau2014"]},
        "posteriors": {"table": m["posteriors"]},
        "premises": {"table": m["premises"]},
        "ranks": {"table": m["ranking"]},
        "reach": {"dataset": m["reach"]},
        "recovered": pair,
        "report_figures": pair | {"report": m["report"]},
        "saturation_classes": {"share": m["share"]},
        "save_figure": {"figure": figure(), "path": Path(folder()) / "a.png", "force": True},
        "sky": {"universe": m["universe"]},
        "slices": {"universe": m["universe"], "times": [14.0], "pixels": 8},
        "sobol": {"table": m["sensitivity"]},
        "surroundings": {"here": m["here"]},
        "surroundings_page": {"here": m["here"], "path": Path(folder()) / "a.html", "force": True},
        "timeline": {"scenario": "snyder-beattie2021"},
        "tornado": {"table": m["tornado"]},
        "waiting_times": {"universe": m["universe"]},
        "waterfall": {"walked": m["walked"]},
    }
    table += [(getattr(plotting, name), given) for name, given in drawn.items()]
    return {label(function): Call(function, given) for function, given in table}


def label(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", "") or ""
    room = module.removeprefix("sfc_sim").rsplit(".", 1)[0] if "plotting" in module else ""
    return f"{room}.{function.__qualname__}".strip(".")


def others() -> list[Other]:
    """What no argument, or few of them, can be."""
    m = made()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        another = sfc.sample("finnveden2019", 7, rng=2)
        theirs = sfc.weigh(another, "none", theories=["prior"])
    return [
        Other("an object", object()),
        Other("nan", float("nan")),
        Other("an array of nan", np.full(3, np.nan)),
        Other("a dict", {"no such thing": object()}),
        Other("a function", lambda: None),
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
        Other("bytes", b"prior"),
        Other("a complex number", 1j),
        Other("draws of another", another),
        Other("weights of another", theirs),
        Other("a report", m["report"]),
        Other("an empty Dataset", m["report"][[]]),
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
