"""The sections of the page of a study, each a function from the study to HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from sfc_sim._core.digits import percent, with_sign
from sfc_sim._core.errors import InputError
from sfc_sim._core.few import UNSTEADY
from sfc_sim._core.progress import Report
from sfc_sim._core.rows import Column, Html, Table, as_html, fill, in_full, joined
from sfc_sim._core.schema import existence_theories
from sfc_sim.analysis.curves import conditional
from sfc_sim.analysis.ends import tornado
from sfc_sim.analysis.flip_case import Anew, Case
from sfc_sim.analysis.flip_case import again as run_again
from sfc_sim.analysis.flip_table import ERRED, discount_of, premise_ranges
from sfc_sim.analysis.flips import flipped, flips_of
from sfc_sim.analysis.importance import sensitivity
from sfc_sim.decision.cause_rows import cause_table
from sfc_sim.decision.cause_table import by_cause
from sfc_sim.decision.causes import USUAL, CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.rows import apart, believed, by_scenario, few_draws, rows, steady, tables
from sfc_sim.decision.stakes import relevance
from sfc_sim.decision.study import Study
from sfc_sim.decision.wording import in_code, in_words
from sfc_sim.report.assumed import ADDED, known_of, models_of
from sfc_sim.report.legend import hangs, marked
from sfc_sim.report.web_captions import TABLES
from sfc_sim.report.web_parts import listed, picture, under
from sfc_sim.scenario.assumed import parts_of
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.files import catalogue_files
from sfc_sim.scenario.mixture import ScenarioMixture
from sfc_sim.scenario.reading import load_scenario
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["again", "assumed", "by_causes", "drivers", "premises", "theories", "worlds"]

# Draws of each run that a premise asks for, and points of the indices.
PREMISE_DRAWS: Final = 30_000
SOBOL_POINTS: Final = 1024

# What the text of a run says of this page.
ELSEWHERE: Final = "the page of sfc-sim run --report, or sfc_sim.analysis.premises"
HERE: Final = "one premise at a time, above"

PARAMETER: Final = ("parameter", "prior", "unit", "meaning", "source", "status")

ODDS = {"probability_neutral": "existence neutral", "probability_net_negative": "net negative"}


def theories(study: Study) -> Html:
    """Return the tables of the report, the odds, and what the words mean."""
    from sfc_sim import plotting

    report = study.report
    parts = [picture(plotting.discounts(report), "discounts")]
    for table in tables(report):
        about = fill("note", text=TABLES[table.title])
        parts += [fill("heading", text=table.title), about, as_html(table)]
    few = few_draws(report)
    if "scenario_credence" in report:
        figure = picture(plotting.credence_in_scenarios(report), "credence_in_scenarios")
        parts += [in_full([by_scenario(report, few)]), figure]
    told = f"Few effective draws, unsteady: {', '.join(few)}. " * bool(few)
    columns = Column("theory"), *(Column(k, w, steady(k), number=True) for k, w in ODDS.items())
    odds = tuple({"theory": name, **row} for name, row in rows(report).items())
    note = (
        "Existence neutral: the chance that survival is worth nothing, to within "
        f"{study.tolerance:g} of what it is worth with nobody to recover it. Net negative: that it "
        f"is worth less than nothing. Over expected worlds and values. {told}"
    )
    return joined(
        [
            *parts,
            fill("heading", text="Odds"),
            fill("note", text=note),
            as_html(Table(columns, odds, group=apart(report))),
            picture(plotting.multiplier_map(report), "multiplier_map"),
        ]
    )


def by_causes(study: Study, causes: CausesLike = USUAL) -> Html:
    """Return the table and figure by cause of extinction, and each cause with its source."""
    from sfc_sim import plotting

    known, found = as_causes(causes), by_cause(study.report, causes)
    table = cause_table(found, few_draws(study.report))
    lines = [
        [name, percent(float(found["risk_share"].sel(cause=name))), cause.meaning, cause.source,
         cause.status]
        for name, cause in known.causes.items()
    ]  # fmt: skip
    headings = ["cause", "share of the risk", "what it is", "source", "status"]
    return joined(
        [
            in_full([replace(table, title="")]),
            picture(plotting.by_cause(found), "by_cause"),
            listed(headings, lines, (1,)),
            fill("note", text=f"{known.title or known.name}. {known.assumes}"),
        ]
    )


def worlds(study: Study) -> Html:
    """Return the numbers of civilizations, and the worlds that decisions are made for."""
    from sfc_sim import plotting

    draws, weights = study.draws, study.weights
    parts = [picture(plotting.densities(draws, weights), "densities")]
    ways = ["causal", "sia-like", "copies-total", "copies-average", "extinction"]
    if "log_seen_now" in draws:
        found = relevance(study, implementations=ways)
        parts.append(picture(plotting.relevance(found), "relevance"))
    return joined(parts)


def premises(study: Study) -> Html:
    """Return the effect of one premise at a time, by theory."""
    names = existence_theories(study.report)
    stop: dict[str, Any] = {"draws": PREMISE_DRAWS}
    if study.precision is not None:
        stop = {"draws": 100_000, "precision": 0.01}

    made: list[tuple[object, xr.Dataset]] = []  # no dict: objects of one's own may have no hash

    def rerun(asked: Sequence[Anew], told: Report) -> list[xr.Dataset]:
        # Every theory asks for the same runs.
        new = [each for each in asked if all(each != of for of, _ in made)]
        made.extend(zip(new, run_again(study.only(*names), new, told, **stop), strict=True))
        return [next(report for of, report in made if of == each) for each in asked]

    asked = flips_of(study.scenario)
    return joined(
        under(name, _flipped(study.report, flipped(Case(study, name, rerun), asked)), opened=not k)
        for k, name in enumerate(names)
    )


def _flipped(report: xr.Dataset, found: xr.Dataset) -> Html:
    """Return figure and table of the premises under one theory."""
    from sfc_sim import plotting

    lines = []
    for k in range(found.sizes["row"]):
        row = found.isel(row=k)
        texts = [str(row[key].item()) for key in ("premise", "alternative")]
        shown = "-" if isnan(float(row["extinction_discount"])) else discount_of(row)
        moved = with_sign(*(float(row[f"change{end}"]) for end in ERRED))
        lines.append([*texts, shown, moved, str(row["contested"].item())])
    left = found.attrs["left_out"]
    words = (
        f"Under {marked(report, found.attrs['theory'])}. *: {UNSTEADY}. Rows of correlation are of"
        " civilizations at large, whenever they start."
    )
    words += f" Not asked, as the scenario has none: {left}." if left else ""
    headings = ["premise", "alternative", "discount", "change", "contested by, or after"]
    return joined(
        [
            picture(plotting.premises(found), "premises"),
            listed(headings, lines, (2, 3)),
            fill("paragraph", text=f"{premise_ranges(found)}."),
            fill("note", text=words),
        ]
    )


def drivers(study: Study) -> Html:
    """Return what drives the discount: in words, by input, and in Sobol' indices."""
    said = (line.strip().replace(ELSEWHERE, HERE) for line in hangs(study.report))
    words = Html(fill("break").join(Html(escape(line)) for line in said))
    names = existence_theories(study.report)
    return joined(
        [
            fill("paragraph", text=words),
            *(under(name, _swings(study, name), opened=not k) for k, name in enumerate(names)),
            _indices(study),
        ]
    )


def _indices(study: Study) -> Html:
    """Return Sobol' indices, or why there are none: parameters that go together."""
    from sfc_sim import plotting

    try:
        found = sensitivity(study, points=SOBOL_POINTS)
    except InputError as error:
        return fill("note", text=f"No Sobol' indices: {error}.")
    density = plotting.sobol(found, output="log_density")
    return joined(
        [
            picture(plotting.sobol(found), "sobol", output="the discount"),
            picture(density, "sobol", output="the density of civilizations"),
        ]
    )


def _swings(study: Study, theory: str) -> Html:
    """Return tornado and curves, or why there are none: no spread, or worlds without weight."""
    from sfc_sim import plotting

    try:
        found = tornado(study, theory)
        parts = [picture(plotting.tornado(found), "tornado")]
        alone = study.only(theory)
        for name in [each for each in found["input"].values.tolist() if each != "theory"][:2]:
            curve = plotting.conditional(conditional(alone, name))
            parts.append(picture(curve, "conditional", name=name.replace("_", " ")))
    except InputError as error:
        return fill("note", text=f"No discount by input: {error}.")
    return joined(parts)


def assumed(study: Study) -> Html:
    """Return every choice and parameter, with its source."""
    scenario = study.scenario
    parts = parts_of(scenario)
    lines = [
        [part.name] * (len(parts) > 1)
        + [name, repr(p.distribution), p.unit, p.meaning, p.source, p.status]
        for part in parts
        for name, p in part.parameters.items()
    ]
    chosen = {
        "scenario": f"{scenario.title} ({scenario.source}). {scenario.assumes}",
        "address": "; ".join(part.reference for part in parts if part.reference) or "none",
        "models": models_of(scenario),
        "options": ", ".join(f"{key} = {value}" for key, value in scenario.options.items()),
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(known_of(scenario, study.evidence)),
        "our addition": ADDED if is_static(scenario) else "none",
        "similarity q": in_words(study.similarity),
        "value kept, κ": str(study.retention),
        "tolerance of neutrality": str(study.tolerance),
        "credences": believed(study.report) if study.credences else "none given",
    }
    return joined(
        [
            listed(["choice", "here"], list(chosen.items())),
            listed([*["scenario"] * (len(parts) > 1), *PARAMETER], lines),
        ]
    )


def again(study: Study) -> Html:
    """Return the code that makes the study again, and what it was made with."""
    scenario, attrs = study.scenario, study.report.attrs
    asked = {name: in_code(value) for name, value in study.asked.items()}
    arguments = "".join(f"    {name}={value},\n" for name, value in asked.items())
    if isinstance(scenario, ScenarioMixture):
        pairs = zip(map(_named, scenario.scenarios), scenario.credences, strict=True)
        named = "{" + ", ".join(f"{part}: {credence!r}" for part, credence in pairs) + "}"
    else:
        named = _named(scenario)
    code = f"import sfc_sim as sfc\n\nstudy = sfc.assess(\n    {named},\n{arguments})\n"
    # Not in an attribute: quotes stay, so that the code can be read in the source of the page.
    shown = Html(escape(code, quote=False))
    return fill("again", code=shown, note=f"Scenario hash {scenario.hash}; {attrs['versions']}.")


def _named(scenario: Scenario) -> str:
    """Return the code for a scenario: its name; one of the user's own goes with the page."""
    known = catalogue_files().get(scenario.name)
    if known is not None and load_scenario(known).hash == scenario.hash:
        return repr(scenario.name)
    return f"sfc.Scenario.from_toml({scenario.to_toml()!r})"
