"""A report as one page for a browser: no network, every assumption with its source."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from sfc_sim._errors import InputError
from sfc_sim._report import COLUMNS, FEW_DRAWS, conclusion_words, rows
from sfc_sim.anthropics import THEORIES
from sfc_sim.conditional import conditional, tornado
from sfc_sim.credence import aggregate
from sfc_sim.information import value_of_information
from sfc_sim.premises import premises
from sfc_sim.priorities import INTERVENTIONS, priorities
from sfc_sim.recall import asked_of, recall
from sfc_sim.relevance import relevance
from sfc_sim.results import chosen_theory, existence_theory
from sfc_sim.scenario import Scenario, catalogue_files, load_scenario
from sfc_sim.sensitivity import sensitivity
from sfc_sim.similarity import in_code, in_words

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


def sentence(report: xr.Dataset) -> str:
    """Return the verdict in words.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> sentence(report).split(",")[0]
    'Under prior'
    """
    chosen = existence_theory(report)
    row = report.sel(theory=chosen)
    s, discount = float(row["recovered_share"]), float(row["extinction_discount"])
    text = (
        f"Under {marked(report)}, others would recover {100 * s:.0f} % of what humanity would "
        f"take, and reducing extinction risk is worth {100 * discount:.0f} % less than with "
        "nobody else"
    )
    if discount < 0.0:
        text = text.replace(f"{100 * discount:.0f} % less", f"{-100 * discount:.0f} % more")
    spread = report["extinction_discount"].dropna("theory").values  # some give none
    if spread.size > 1:
        text += f"; over the theories asked for, from {spread.min():.2f} to {spread.max():.2f}"
    if "aggregated_discount" in report:
        listed = ", ".join(
            f"{float(report['aggregated_discount'].sel(aggregation=rule)):.2f} ({rule})"
            for rule in report["aggregation"].values
        )
        text += f". By credence: {listed}"
    return text + "."


def marked(report: xr.Dataset) -> str:
    """Return the theory told of, with its effective draws if they are few.

    Examples
    --------
    >>> import xarray as xr
    >>> marked(xr.Dataset({"ess": ("theory", [99.0])}, coords={"theory": ["sia"]}))
    'sia (unsteady: 99 effective draws)'
    """
    name = chosen_theory(report)
    size = float(report["ess"].sel(theory=name))
    return name if size >= FEW_DRAWS else f"{name} (unsteady: {size:.0f} effective draws)"


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


def page(report: xr.Dataset, progress: Callable[[int, int], None] | None = None) -> str:
    """Return the page of a report of `sfc_sim.assess`.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`; its draws are used again.
    progress : callable, optional
        Told (done, all) as sections are made.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> page(report).startswith("<!doctype html>")
    True
    """
    scenario = Scenario.from_toml(report.attrs["scenario_toml"])
    parts = []
    for k, (title, make) in enumerate(SECTIONS.items()):
        try:
            body = make(report, scenario)
        except (InputError, ArithmeticError) as error:  # the rest of the page is right
            body = f'<p class="note">Cannot be made: {escape(str(error))}.</p>'
        parts.append(f"<h2>{escape(title)}</h2>{body}")
        if progress is not None:
            progress(k + 1, len(SECTIONS))
    title = escape(f"{scenario.name}: from density to decision")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{LOOK}</style></head><body><h1>{title}</h1>"
        f'<p class="verdict">{escape(sentence(report))}</p>{"".join(parts)}</body></html>\n'
    )


def _theories(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    heading = [
        "theory",
        *(" ".join(column.heading).strip() for column in COLUMNS),
        "neutral",
        "net negative",
    ]
    lines = []
    for name, row in rows(report).items():
        shown = [column.show(row).strip() for column in COLUMNS]
        odds = [f"{row[key]:.2f}" for key in ("probability_neutral", "probability_net_negative")]
        lines.append([name, *shown, *odds])
    meanings = "; ".join(f"{name}: {THEORIES[name].meaning}" for name in rows(report))
    few = f"* fewer than {FEW_DRAWS:,.0f} effective draws: every number of the row is unsteady. "
    note = f'<p class="note">{escape(few + meanings)}. Last columns: probability, over worlds and '
    note += "values, that existence is neutral, and that survival is net negative.</p>"
    return (
        table(heading, lines, range(1, len(heading)))
        + note
        + picture(plotting.multiplier_map(report), "Value of survival by share and similarity")
    )


def _worlds(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    draws, weights = recall(report)
    found = picture(plotting.densities(draws, weights), "How many civilizations, by theory")
    ways = ["causal", "sia-like", "copies-total", "copies-average", "extinction"]
    if "log_seen_now" in draws:
        table_ = relevance(draws, str(report.attrs["evidence"]), implementations=ways)
        found += picture(plotting.relevance(table_), "The worlds that a decision is made for")
    return found


def _premises(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    found = premises(report, draws=30_000)
    lines = []
    for k in range(found.sizes["row"]):
        row = found.isel(row=k)
        texts = [str(row[key].item()) for key in ("premise", "alternative")]
        discount, change = (float(row[key]) for key in ("extinction_discount", "change"))
        star = "*" * bool(row["ess"] < FEW_DRAWS)
        contested = str(row["contested"].item())
        lines.append([*texts, f"{discount:.2f}{star}", f"{change:+.2f}", contested])
    heading = ["premise", "alternative", "discount", "change", "contested by, or after"]
    left = found.attrs["left_out"]
    words = f"Under {marked(report)}. * fewer than {FEW_DRAWS:,.0f} effective draws."
    words += " Rows of correlation are of civilizations at large, whenever they start."
    words += f" Not asked, as the scenario has none: {left}." if left else ""
    return (
        picture(plotting.premises(found), "One premise flipped at a time")
        + table(heading, lines, (2, 3))
        + f'<p class="note">{escape(words)}</p>'
    )


def _hangs(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    found = sensitivity(report, points=1024)
    text = f"<p>{escape(report.attrs['hangs_on']).replace(chr(10), '<br>')}</p>"
    return (
        text
        + _swings(report)
        + picture(plotting.sobol(found), "Sobol' indices of the discount")
        + picture(plotting.sobol(found, output="log_density"), "Sobol' indices of the log density")
    )


def _swings(report: xr.Dataset) -> str:
    """Return tornado and curves, or why there are none: no spread, or worlds without weight."""
    from sfc_sim import plotting

    try:
        found = tornado(report)
        text = picture(plotting.tornado(found), "Discount with each input low and high")
        for name in [each for each in found["input"].values.tolist() if each != "theory"][:2]:
            text += picture(plotting.conditional(conditional(report, name)), f"Discount by {name}")
    except InputError as error:
        return f'<p class="note">No discount by input: {escape(str(error))}.</p>'
    return text


def _priorities(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    found = priorities(report, rng=int(report.attrs["seed"]))
    row = found.sel(theory=chosen_theory(found))
    lines = []
    for name in sorted(
        found["intervention"].values.tolist(), key=lambda n: int(row["rank"].sel(intervention=n))
    ):
        one = row.sel(intervention=name)
        low, high = (float(one["priority_quantile"].sel(quantile=q)) for q in (0.05, 0.95))
        lines.append(
            [name, INTERVENTIONS[name].meaning, f"{float(one['priority']):.3g}",
             f"{low:.3g} to {high:.3g}", f"{float(one['priority_ratio']):.3g}",
             INTERVENTIONS[name].unit]
        )  # fmt: skip
    heading = ["intervention", "what it does", "value", "90 %", "over extinction", "per unit of"]
    note = (
        f'<p class="note">Under {escape(marked(report))}; p(survive) {found.attrs["p_survive"]}, '
        f"p(aligned) {found.attrs['p_aligned']}, misaligned {found.attrs['misaligned']}, "
        "all tractabilities 1: placeholders. Units differ; only with tractabilities is this a "
        "ranking.</p>"
    )
    text = table(heading, lines, (2, 3, 4)) + note
    text += picture(plotting.priorities(found), "What a unit of effort is worth")
    if "credences" in report.attrs:
        rules = aggregate(found)
        names = rules["intervention"].values.tolist()
        lines = [
            [str(rule), f"{float(rules['aggregated_discount'].sel(aggregation=rule)):.2f}",
             *(str(int(rules["rank"].sel(aggregation=rule, intervention=n))) for n in names)]
            for rule in rules["aggregation"].values
        ]  # fmt: skip
        text += f"<p>With credences {escape(report.attrs['credences'])}: discount and ranks.</p>"
        text += table(["rule", "discount", *names], lines, range(1, 2 + len(names)))
    return text


def _information(report: xr.Dataset, _: Scenario) -> str:
    from sfc_sim import plotting

    found = value_of_information(report)
    note = (
        '<p class="note">For a choice between reducing extinction risk and alignment, with '
        "tractabilities that make both equally good now: the closest decision there is.</p>"
    )
    return picture(plotting.information(found), "What it would be worth to know") + note


def _assumptions(report: xr.Dataset, scenario: Scenario) -> str:
    lines = [
        [name, repr(p.distribution), p.unit, p.meaning, p.source, p.status]
        for name, p in scenario.parameters.items()
    ]
    chosen = {
        "scenario": f"{scenario.title} ({scenario.source}). {scenario.assumes}",
        "models": f"{scenario.appearance} x {scenario.expansion}",
        "options": ", ".join(f"{key} = {value}" for key, value in scenario.options.items()),
        "cosmology": scenario.cosmology,
        "evidence": "; ".join(
            filter(None, [report.attrs["evidence"], report.attrs["observations"]])
        ),
        "similarity q": in_words(report.attrs["similarity"]),
        "value kept, kappa": report.attrs["retention"],
        "tolerance of neutrality": report.attrs["tolerance"],
        "credences": report.attrs.get("credences", "none given"),
    }
    return (
        table(["choice", "here"], list(chosen.items()))
        + "<p></p>"
        + table(["parameter", "prior", "unit", "meaning", "source", "status"], lines)
    )


def _again(report: xr.Dataset, scenario: Scenario) -> str:
    attrs = report.attrs
    asked = {name: in_code(value) for name, value in asked_of(report).items()}
    arguments = "".join(f"    {name}={value},\n" for name, value in asked.items())
    known = catalogue_files().get(scenario.name)
    if known is not None and load_scenario(known).hash == scenario.hash:
        named = repr(scenario.name)
    else:  # one of the user's own goes with the page
        named = f"sfc.Scenario.from_toml({attrs['scenario_toml']!r})"
    code = f"import sfc_sim as sfc\n\nreport = sfc.assess(\n    {named},\n{arguments})\n"
    return (
        f"<pre id='again'>{escape(code, quote=False)}</pre>"
        f"<p class='note'>Scenario hash {escape(attrs['scenario_hash'])}; "
        f"{escape(attrs['versions'])}.</p><pre>{escape(conclusion_words(report))}</pre>"
    )


SECTIONS: dict[str, Callable[[xr.Dataset, Scenario], str]] = {
    "By anthropic theory": _theories,
    "The worlds": _worlds,
    "One premise at a time": _premises,
    "What it hangs on": _hangs,
    "What to do about it": _priorities,
    "What it would be worth to know": _information,
    "What is assumed": _assumptions,
    "Make it again": _again,
}
