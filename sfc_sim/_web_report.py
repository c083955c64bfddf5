"""A report as one page for a browser: no network, every assumption with its source."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any

from sfc_sim._digits import with_error, with_sign
from sfc_sim._effective import too_few
from sfc_sim._errors import InputError
from sfc_sim._few import SMALL_SAMPLE, UNSTEADY
from sfc_sim._legend import hangs, read_aloud, terms
from sfc_sim._progress import Progress, reporting
from sfc_sim._report import ADDED, by_credence, few_draws, known_of, rows, shown, steady
from sfc_sim.assessment import assess_again
from sfc_sim.conditional import conditional, tornado
from sfc_sim.conversions import is_static
from sfc_sim.credence import aggregate
from sfc_sim.information import value_of_information
from sfc_sim.premises import PREMISES, Case, flipped, premise_ranges
from sfc_sim.priorities import INTERVENTIONS, priorities
from sfc_sim.relevance import relevance
from sfc_sim.results import existence_theories
from sfc_sim.scenario import Scenario, catalogue_files, load_scenario
from sfc_sim.sensitivity import sensitivity
from sfc_sim.similarity import in_code, in_words
from sfc_sim.study import Study

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["page", "sentence"]

LOOK = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }
.verdict { font-size: 1.15rem; border-left: 4px solid #0072B2; padding-left: 1rem; }
table { border-collapse: collapse; font-size: .85rem; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .7rem; border-bottom: 1px solid #ddd;
         vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } img { max-width: 100%; } figcaption, .note { color: #555;
         font-size: .85rem; } pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; }
"""


def sentence(report: xr.Dataset, theory: str) -> str:
    """Return the verdict of a theory in words, against both baselines.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sentence(study.report, "prior").split(":")[0]
    'Under prior'
    """
    return read_aloud(report, theory, marked(report, theory))


def marked(report: xr.Dataset, theory: str) -> str:
    """Return a theory, with why its numbers are unsteady if they are.

    Examples
    --------
    >>> import xarray as xr
    >>> marked(xr.Dataset({"ess": ("theory", [99.0])}, coords={"theory": ["sia"]}), "sia")
    'sia (unsteady: 99 effective draws)'
    """
    if theory not in few_draws(report):
        return theory
    size = float(report["ess"].sel(theory=theory))
    why = f"{size:.0f} effective draws" if size < SMALL_SAMPLE else "a heavy tail of weights"
    return f"{theory} (unsteady: {why})"


def verdict(study: Study) -> str:
    """Return the verdict of every theory, and a list to choose one from."""
    report = study.report
    names = existence_theories(report)
    choices = "".join(f"<option>{escape(name)}</option>" for name in names)
    text = (
        "<p>What follows hangs on an anthropic theory first of all, and this package does not "
        'choose one. Show: <select id="theory"><option value="">all theories</option>'
        f"{choices}</select></p>"
    )
    for name in names:
        text += under(name, f'<p class="verdict">{escape(sentence(report, name))}</p>', "")
    if "no_discount" in report.attrs:
        text += f'<p class="note">{escape(report.attrs["no_discount"])}.</p>'
    if "aggregated_discount" in report:
        text += f"<pre>{escape(by_credence(report))}</pre>"
    return text


def under(theory: str, content: str, level: str = "h3") -> str:
    """Return what belongs to one theory, to be hidden where another is chosen.

    Examples
    --------
    >>> under("sia", "x")
    '<div data-theory="sia"><h3>Under sia</h3>x</div>'
    """
    name = escape(theory)
    heading = f"<{level}>Under {name}</{level}>" if level else ""
    return f'<div data-theory="{name}">{heading}{content}</div>'


# Shows what belongs to the chosen theory; without a choice, or without scripts, all is shown.
CHOOSE = """<script>
document.getElementById("theory").addEventListener("change", event => {
  for (const part of document.querySelectorAll("[data-theory]"))
    part.hidden = event.target.value !== "" && part.dataset.theory !== event.target.value;
});
</script>"""


def table(
    heading: Sequence[str], lines: Iterable[Sequence[str]], numbers: Sequence[int] = ()
) -> str:
    """Return a table; columns of the given places are aligned as numbers.

    Examples
    --------
    >>> table(["a"], [["<1"]])
    '<table><tr><th>a</th></tr><tr><td>&lt;1</td></tr></table>'
    """

    def cells(tag: str, line: Sequence[str]) -> str:
        marks = [' class="number"' if k in numbers else "" for k in range(len(line))]
        pairs = zip(marks, line, strict=True)
        return "".join(f"<{tag}{mark}>{escape(cell)}</{tag}>" for mark, cell in pairs)

    body = "".join(f"<tr>{cells('td', line)}</tr>" for line in lines)
    return f"<table><tr>{cells('th', heading)}</tr>{body}</table>"


def picture(ax: Axes, caption: str) -> str:
    """Return a picture that is inside the page."""
    from sfc_sim.plotting._style import put_away

    data = io.BytesIO()
    figure = ax.get_figure(root=True)
    if figure is None:  # axes without a figure cannot be drawn
        return ""
    figure.savefig(data, format="png", dpi=130)
    put_away(figure)
    text = base64.b64encode(data.getvalue()).decode("ascii")
    shown = escape(caption)
    return (
        f'<figure><img alt="{shown}" src="data:image/png;base64,{text}">'
        f"<figcaption>{shown}</figcaption></figure>"
    )


def page(study: Study, progress: Progress | None = None) -> str:
    """Return the page of a study.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (sections done, sections in all).

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("hanson2021-n6-half", 500, rng=7, theories=["prior"])
    >>> page(study).startswith("<!doctype html>")
    True
    """
    parts = []
    with reporting(progress, "writing the page") as told:
        for k, (title, make) in enumerate(SECTIONS.items(), start=1):
            try:
                body = make(study)
            except (InputError, ArithmeticError) as error:  # the rest of the page is right
                body = f'<p class="note">Cannot be made: {escape(str(error))}.</p>'
            parts.append(f"<h2>{escape(title)}</h2>{body}")
            told(k, len(SECTIONS))
    title = escape(f"{study.scenario.name}: from density to decision")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{LOOK}</style></head><body><h1>{title}</h1>"
        f"{verdict(study)}{''.join(parts)}{CHOOSE}</body></html>\n"
    )


def _theories(study: Study) -> str:
    from sfc_sim import plotting

    report, text = study.report, ""
    for each in shown(report):
        heading, lines = each.cells(report)
        names = [" ".join(column).strip() for column in heading]
        text += f"<h3>{escape(each.title)}</h3>{table(names, lines, range(1, len(names)))}"
    odds = [[name, *(steady(key)(row) for key in ODDS)] for name, row in rows(report).items()]
    text += f"<h3>Odds</h3>{table(['theory', *ODDS.values()], odds, (1, 2))}"
    few = [f"few effective draws, unsteady: {', '.join(few_draws(report))}. "] * bool(
        few_draws(report)
    )
    text += f'<p class="note">{escape("".join(few))}Odds are over expected worlds and values.</p>'
    text += table(["term", "what it means"], list(terms(study).items()))
    return text + picture(
        plotting.multiplier_map(report), "Value of survival by share and similarity"
    )


ERRED = ("", "_standard_error")
ODDS = {"probability_neutral": "existence neutral", "probability_net_negative": "net negative"}


def _worlds(study: Study) -> str:
    from sfc_sim import plotting

    draws, weights = study.draws, study.weights
    found = picture(plotting.densities(draws, weights), "How many civilizations, by theory")
    ways = ["causal", "sia-like", "copies-total", "copies-average", "extinction"]
    if "log_seen_now" in draws:
        table_ = relevance(draws, study.front, implementations=ways)
        found += picture(plotting.relevance(table_), "The worlds that a decision is made for")
    return found


def _premises(study: Study) -> str:
    names = existence_theories(study.report)
    stop: dict[str, Any] = {"draws": 30_000}
    if study.precision is not None:
        stop = {"draws": 100_000, "precision": 0.01}

    @cache  # every theory asks for the same runs
    def rerun(scenario: Scenario | str, **changes: Any) -> xr.Dataset:
        return assess_again(study.only(*names), scenario, **stop, **changes).report

    return "".join(
        under(name, _flipped(study.report, flipped(Case(study, name, rerun), list(PREMISES))))
        for name in names
    )


def _flipped(report: xr.Dataset, found: xr.Dataset) -> str:
    """Return figure and table of the premises under one theory."""
    from sfc_sim import plotting

    lines = []
    for k in range(found.sizes["row"]):
        row = found.isel(row=k)
        texts = [str(row[key].item()) for key in ("premise", "alternative")]
        value, error = (float(row[f"extinction_discount{end}"]) for end in ERRED)
        change = float(row["change"])
        star = "*" * bool(too_few(row["ess"], row["k_hat"]))
        contested = str(row["contested"].item())
        shown = "-" if isnan(value) else f"{with_error(value, error)}{star}"
        moved = with_sign(change, float(row["change_standard_error"]))
        lines.append([*texts, shown, moved, contested])
    heading = ["premise", "alternative", "discount", "change", "contested by, or after"]
    left = found.attrs["left_out"]
    words = (
        f"{marked(report, found.attrs['theory'])}. * {UNSTEADY}. Rows of correlation are of"
        " civilizations at large, whenever they start."
    )
    words += f" Not asked, as the scenario has none: {left}." if left else ""
    return (
        picture(plotting.premises(found), "One premise flipped at a time")
        + table(heading, lines, (2, 3))
        + f'<p>{escape(premise_ranges(found))}.</p><p class="note">{escape(words)}</p>'
    )


def _drives(study: Study) -> str:
    from sfc_sim import plotting

    found = sensitivity(study, points=1024)
    lines = [escape(line.strip()) for line in hangs(study.report)]
    text = f"<p>{'<br>'.join(lines)}</p>"
    for name in existence_theories(study.report):
        text += under(name, _swings(study, name))
    return (
        text
        + picture(plotting.sobol(found), "Sobol' indices of the discount")
        + picture(plotting.sobol(found, output="log_density"), "Sobol' indices of the log density")
    )


def _swings(study: Study, theory: str) -> str:
    """Return tornado and curves, or why there are none: no spread, or worlds without weight."""
    from sfc_sim import plotting

    try:
        found = tornado(study, theory)
        text = picture(plotting.tornado(found), "Discount with each input low and high")
        alone = study.only(theory)
        for name in [each for each in found["input"].values.tolist() if each != "theory"][:2]:
            text += picture(plotting.conditional(conditional(alone, name)), f"Discount by {name}")
    except InputError as error:
        return f'<p class="note">No discount by input: {escape(str(error))}.</p>'
    return text


def _priorities(study: Study) -> str:
    report, found = study.report, priorities(study, rng=study.seed)
    text = "".join(under(name, _ranked(report, found, name)) for name in existence_theories(report))
    note = (
        f"p(survive) {found.attrs['p_survive']}, p(aligned) {found.attrs['p_aligned']}, misaligned "
        f"{found.attrs['misaligned']}, all tractabilities 1: placeholders. Units differ; only with "
        "tractabilities is this a ranking."
    )
    text += f'<p class="note">{escape(note)}</p>'
    return text + (_by_rule(study, found) if study.credences else "")


def _ranked(report: xr.Dataset, found: xr.Dataset, theory: str) -> str:
    """Return table and figure of the interventions under one theory."""
    from sfc_sim import plotting

    row = found.sel(theory=theory)
    names = found["intervention"].values.tolist()
    apart = "priority_ratio_without_others" in found
    lines = []
    for name in sorted(names, key=lambda n: int(row["rank"].sel(intervention=n))):
        one = row.sel(intervention=name)
        low, high = (float(one["priority_quantile"].sel(quantile=q)) for q in (0.05, 0.95))
        line = [
            name, INTERVENTIONS[name].meaning, f"{float(one['priority']):.3g}",
            f"{low:.3g} to {high:.3g}", said(one, "priority_ratio"),
        ]  # fmt: skip
        line += [said(one, "priority_ratio_without_others")] if apart else []
        lines.append([*line, INTERVENTIONS[name].unit])
    heading = ["intervention", "what it does", "value", "90 %", "over extinction"]
    heading += ["the same without aliens"] if apart else []
    text = table([*heading, "per unit of"], lines, range(2, len(heading)))
    text += f'<p class="note">Under {escape(marked(report, theory))}.</p>'
    return text + picture(plotting.priorities(found, theory=theory), "What effort is worth")


def said(row: xr.Dataset, name: str) -> str:
    """Return a ratio with its standard error, if it has one; undefined where it is no number.

    Examples
    --------
    >>> import xarray as xr
    >>> said(xr.Dataset({"ratio": 2.0, "ratio_standard_error": 0.1}), "ratio")
    '2 ± 0.1'
    """
    value, error = float(row[name]), float(row.get(f"{name}_standard_error", 0.0))
    if isnan(value):
        return "undefined"
    if not error > 0.0:
        return f"{value:.3g}"
    return f"{value:,.0f} ± {error:,.0f}" if 10.0 <= error < 1e6 else f"{value:.3g} ± {error:.2g}"


def _by_rule(study: Study, found: xr.Dataset) -> str:
    """Return discount and ranks by rule of aggregation."""
    rules = aggregate(found)
    names = rules["intervention"].values.tolist()

    def discount(rule: str) -> str:
        row = rules.sel(aggregation=rule)
        return with_error(*(float(row[f"aggregated_discount{end}"]) for end in ERRED))

    lines = [
        [str(rule), discount(rule),
         *(str(int(rules["rank"].sel(aggregation=rule, intervention=n))) for n in names)]
        for rule in rules["aggregation"].values
    ]  # fmt: skip
    credences = escape(json.dumps(dict(study.credences or {})))
    text = f"<p>With credences {credences}: discount and ranks.</p>"
    return text + table(["rule", "discount", *names], lines, range(1, 2 + len(names)))


def _information(study: Study) -> str:
    from sfc_sim import plotting

    found = value_of_information(study)
    note = (
        '<p class="note">For a choice between reducing extinction risk and alignment, with '
        "tractabilities that make both equally good now: the closest decision there is.</p>"
    )
    return picture(plotting.information(found), "What it would be worth to know") + note


def _assumptions(study: Study) -> str:
    scenario = study.scenario
    lines = [
        [name, repr(p.distribution), p.unit, p.meaning, p.source, p.status]
        for name, p in scenario.parameters.items()
    ]
    chosen = {
        "scenario": f"{scenario.title} ({scenario.source}). {scenario.assumes}",
        "models": f"{scenario.appearance} x {scenario.expansion}",
        "options": ", ".join(f"{key} = {value}" for key, value in scenario.options.items()),
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(known_of(scenario, study.evidence)),
        "our addition": ADDED if is_static(scenario) else "none",
        "similarity q": in_words(study.similarity),
        "value kept, kappa": str(study.retention),
        "tolerance of neutrality": str(study.tolerance),
        "credences": json.dumps(dict(study.credences)) if study.credences else "none given",
    }
    return (
        table(["choice", "here"], list(chosen.items()))
        + "<p></p>"
        + table(["parameter", "prior", "unit", "meaning", "source", "status"], lines)
    )


def _again(study: Study) -> str:
    scenario, attrs = study.scenario, study.report.attrs
    asked = {name: in_code(value) for name, value in study.asked.items()}
    arguments = "".join(f"    {name}={value},\n" for name, value in asked.items())
    known = catalogue_files().get(scenario.name)
    if known is not None and load_scenario(known).hash == scenario.hash:
        named = repr(scenario.name)
    else:  # one of the user's own goes with the page
        named = f"sfc.Scenario.from_toml({scenario.to_toml()!r})"
    code = f"import sfc_sim as sfc\n\nstudy = sfc.assess(\n    {named},\n{arguments})\n"
    return (
        f"<pre id='again'>{escape(code, quote=False)}</pre>"
        f"<p class='note'>Scenario hash {escape(scenario.hash)}; "
        f"{escape(attrs['versions'])}.</p>"
    )


SECTIONS: dict[str, Callable[[Study], str]] = {
    "By anthropic theory": _theories,
    "The worlds": _worlds,
    "One premise at a time": _premises,
    "What drives it": _drives,
    "What to do about it": _priorities,
    "What it would be worth to know": _information,
    "What is assumed": _assumptions,
    "Make it again": _again,
}
