"""The catalogue of scenarios, a page for each family of them, from the files of params/.

Run ``python docs/_ext/catalogue.py`` to see the pages.
"""

from __future__ import annotations

import warnings
from functools import cache

import xarray as xr
from claimed import claim_table, score
from drawings import drawing
from pages import address, escaped, folded, literal, place, table, title, write

import sfc_sim as sfc
from sfc_sim.distributions.declarations import Declared, declared_options
from sfc_sim.scenario import FAMILIES
from sfc_sim.scenario.catalogue import ScenarioRow, shared_words

DRAWS = 2000
SHOWN = (0.05, 0.5, 0.95)
MOST_DRAWN = 6
"""Scenarios of a family that are drawn each; of a larger one only the first is."""


def pages() -> dict[str, str]:
    """Return the pages by path."""
    families: dict[str, list[ScenarioRow]] = {}
    for row in sfc.list_scenarios():
        families.setdefault(row.family, []).append(row)
    made = {f"catalogue/{name}.rst": page(name, rows) for name, rows in families.items()}
    return made | {"catalogue/index.rst": index(families)}


@cache
def side_by_side() -> xr.Dataset:
    """Return all scenarios that say how many civilizations there are, under their priors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        found = sfc.literature.compare(theories=["prior"], draws=DRAWS, aim=False, rng=7)
    return found.sel(theory="prior")


def compared(name: str) -> str:
    """Return how many civilizations a scenario expects, and where that stands among all."""
    every = side_by_side()
    if name not in every.scenario:
        return ""
    one = every.sel(scenario=name)
    medians = every.log10_actual_ever.sel(quantile=0.5)
    below = int((medians < float(medians.sel(scenario=name)) - 1e-9).sum())
    low, middle, high = (
        power(float(one.log10_actual_ever.sel(quantile=q))) for q in (0.05, 0.5, 0.95)
    )
    spread = f" (90 % of worlds: {low} to {high})" if low != high else ""
    alone, error = (float(one[f"alone_in_observable{end}"]) for end in ("", "_standard_error"))
    return f"""Expanding civilizations per observable universe, ever, before anything is observed:
{middle} in the median{spread}. No other with probability {alone:.2f} ± {max(error, 0.005):.2f}.
Of the {every.sizes["scenario"]} scenarios here that say how many there are, {below} have a lower
median (:doc:`../../explanation/why-estimates-differ`).
"""


def power(exponent: float) -> str:
    """Return a number by its decimal exponent, such as 10^-12; what is less than 10^-30 is so."""
    if exponent < -30:
        return r"less than 10\ :sup:`−30`"
    if -1 <= exponent < 4:
        return f"{10**exponent:.2g}" if exponent < 2 else f"{round(10**exponent, -1):,.0f}"
    return rf"10\ :sup:`{exponent:.0f}`".replace("-", "−")


def models() -> str:
    """Return the page of all models: what each reads, with bounds, and its options."""
    parts = [title("Models and what they read")]
    for role, known in FAMILIES.items():
        for name, model in known.items():
            parts.append(title(f"{role}: {name}", "-"))
            parts.append(f"{escaped(model.title)} ({escaped(model.source)}).\n")
            head = ("Parameter", "Meaning", "Unit", "Bounds")
            rows = [
                (f"``{p.name}``", meaning(p.symbol, p.meaning), p.unit or "–", bounds(p))
                for p in model.parameters
            ]
            if rows:
                parts.append(table(head, rows, (24, 50, 8, 18)))
            if model.free:
                parts.append("Takes parameters of other names too:\n")
                taken = [
                    (f"``{f.names}``", f.meaning, "any" if f.unit is None else f.unit or "–",
                     f"``{f.bounds.text}``")
                    for f in model.free
                ]  # fmt: skip
                parts.append(table(("Name", "Meaning", "Unit", "Bounds"), taken, (24, 50, 8, 18)))
            options = [
                (f"``{o.name}``", escaped(o.meaning), f"``{o.default!r}``")
                for o in declared_options(model).values()
            ]
            if options:
                parts.append(table(("Option", "Meaning", "Default"), options, (24, 50, 26)))
            other = [
                (f"``{one.name}``", escaped(c.says), escaped(", ".join(c.values)), escaped(c.by))
                for one in (*model.parameters, *declared_options(model).values())
                if (c := one.contested)
            ]
            if other:
                head = ("Contested", "What is assumed", "Or", "By, or after")
                parts.append(table(head, other, (24, 36, 20, 20)))
    return "\n".join(parts)


def meaning(symbol: str, words: str) -> str:
    """Return symbol and meaning of a parameter."""
    return f":math:`{symbol}`: {escaped(words)}"


def bounds(parameter: Declared) -> str:
    """Return the interval of a parameter, and whether it must be whole."""
    text = f"``{parameter.bounds.text}``"
    return f"{text}, whole" if parameter.integer else text


def index(families: dict[str, list[ScenarioRow]]) -> str:
    """Return the page that lists the families, by the model of how civilizations appear."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for family, rows in families.items():
        kind = sfc.load_scenario(rows[0].name).appearance.title
        groups.setdefault(kind, []).append(line(family, rows))
    head = ("Family", "What it is", "Source", "Median number", "Reproduced")
    parts = [title(k, "-") + "\n" + table(head, v, (20, 32, 22, 14, 12)) for k, v in groups.items()]
    body = "\n".join(parts)
    names = "\n".join(f"   {family}" for family in families)
    return f"""{title("Scenarios")}
Every published estimate is a file that comes with the package. A family is what one work
published; its page tells what each scenario says, how that compares, what it assumes, and ends with
the file. *Median number* is of expanding civilizations per observable universe, ever, under the
prior, least and greatest of the family.

*Reproduced* counts what we read that the source publishes, there or in a work that reports it, and
get again within a tolerance that each page states. What we do not get stands there too, with the
reason, and so do checks against numbers that were recalled or worked out here, which do not count.

{body}
.. toctree::
   :hidden:

{names}
"""


def line(family: str, rows: list[ScenarioRow]) -> tuple[str, ...]:
    """Return the row of a family on the page that lists them."""
    scores = [score(row.name).split(" of ") for row in rows if sfc.load_scenario(row.name).claims]
    got, of = (sum(int(s[k]) for s in scores if len(s) == 2) for k in (0, 1))
    every = side_by_side().log10_actual_ever.sel(quantile=0.5)
    found = [float(every.sel(scenario=row.name)) for row in rows if row.name in every.scenario]
    ends = dict.fromkeys(power(exponent) for exponent in (min(found), max(found))) if found else "–"
    count = f" ({len(rows)})" if len(rows) > 1 else ""
    words = escaped(shared_words([row.title for row in rows])), escaped(rows[0].source)
    return f":doc:`{family}`{count}", *words, " to ".join(ends), f"{got} of {of}" if of else "–"


STATUSES = """*Status*, in brackets after each source: **verified**, read in the source itself;
**secondary**, read in a work that reports it; **assumed**, chosen by us, or by you.
"""


def page(family: str, rows: list[ScenarioRow]) -> str:
    """Return the page of a family: what all say, then each scenario."""
    scenarios = [sfc.load_scenario(row.name) for row in rows]
    if len(scenarios) == 1:
        return section(scenarios[0], "=") + STATUSES
    head = ("Scenario", "What it says", "Reproduced")
    work = shared_words([row.title for row in rows])
    listed = [
        (
            f":ref:`{s.name} <{place(s.name)}>`",
            escaped(s.title.removeprefix(work).lstrip(":, ") or s.title),
            score(s.name) if s.claims else "–",
        )
        for s in scenarios
    ]
    name = f"{family}: {work}"
    parts = [title(name), table(head, listed, (34, 52, 14))]
    first, *others = scenarios
    drawn = len(scenarios) <= MOST_DRAWN
    parts += [section(first, "-"), *(section(other, "-", first, drawn=drawn) for other in others)]
    return "\n".join([*parts, STATUSES])


def counted(scenario: sfc.Scenario) -> str:
    """Return how many parameters are verified, secondary and assumed."""
    statuses = [parameter.status for parameter in scenario.parameters.values()]
    known = ("verified", "secondary", "assumed")
    return ", ".join(f"{statuses.count(s)} {s}" for s in known if s in statuses)


NOTHING = "No published number is claimed: none was found that should follow from these inputs."


def section(
    scenario: sfc.Scenario, line: str, like: sfc.Scenario | None = None, *, drawn: bool = True
) -> str:
    """Return all about a scenario: what it says first, its file last.

    Of a scenario that is like another only those parameters stand in the table that differ.
    """
    source = escaped(scenario.source)
    if scenario.reference:
        source = f"`{source} <{address(scenario.reference)}>`__"
    published = claim_table(scenario.name) if scenario.claims else f"{NOTHING}\n"
    return f""".. _{place(scenario.name)}:

{title(scenario.name, line)}
**{escaped(scenario.title)}.** {escaped(scenario.assumes)} ({source}.)

{compared(scenario.name)}
{drawing(scenario) if drawn else ""}
.. rubric:: Published, and ours

{published}
.. rubric:: Parameters

{assumed(scenario, like)}
{options(scenario)}
{folded(f"The file of {scenario.name}", literal(scenario.to_toml(), "toml"))}
"""


def assumed(scenario: sfc.Scenario, like: sfc.Scenario | None) -> str:
    """Return the table of parameters, of those that differ from another scenario's if given."""
    known = {} if like is None else like.parameters
    same = [name for name, parameter in scenario.parameters.items() if known.get(name) == parameter]
    head = ("Name", "Meaning", "Distribution", "Unit", "Source (status)")
    rows = [
        (
            f"``{name}``",
            meaning(p.symbol, p.meaning),
            f"``{p.distribution}``",
            p.unit or "–",
            f"{escaped(p.source)} (**{p.status}**)",
        )
        for name, p in scenario.parameters.items()
        if name not in same
    ]
    counts = counted(scenario)
    told = f"{len(scenario.parameters)} parameters: {counts}.\n" if counts else "None.\n"
    if same and like is not None:
        told = f"As :ref:`{like.name} <{place(like.name)}>`" + (", but:\n" if rows else ".\n")
    return "\n".join([told, table(head, rows, (18, 28, 26, 6, 30)) if rows else ""])


def options(scenario: sfc.Scenario) -> str:
    """Return on what a scenario stands besides its parameters."""
    chosen = ", ".join(f"{k} ``{v}``" for k, v in scenario.options.items())
    return f"""Model: appearance ``{scenario.appearance}``, expansion ``{scenario.expansion}``;
cosmology {scenario.cosmology}; hash ``{scenario.hash}``. {f"Options: {chosen}." if chosen else ""}
"""


if __name__ == "__main__":
    write(pages())
    print("\n".join(pages()))
