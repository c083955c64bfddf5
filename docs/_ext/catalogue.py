"""The catalogue of scenarios, one page each, from the files of params/.

Run ``python docs/_ext/catalogue.py`` to see the pages.
"""

from __future__ import annotations

from claimed import claim_table, score
from pages import escaped, literal, table, title, write

import sfc_sim as sfc
from sfc_sim.distributions.declarations import Declared, declared_options
from sfc_sim.scenario import FAMILIES


def pages() -> dict[str, str]:
    """Return the pages by path."""
    scenarios = [sfc.load_scenario(row.name) for row in sfc.list_scenarios()]
    made = {f"catalogue/{scenario.name}.rst": page(scenario) for scenario in scenarios}
    return made | {"catalogue/index.rst": index(scenarios)}


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


def index(scenarios: list[sfc.Scenario]) -> str:
    """Return the page that lists them, by the model of how civilizations appear."""
    groups: dict[str, list[sfc.Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.appearance.title, []).append(scenario)
    parts = []
    for name, members in groups.items():
        head = ("Name", "Title", "Source", "Status", "Reproduced")
        rows = [line(s) for s in members]
        after = f"Model: {escaped(members[0].appearance.source)}.\n"
        parts += [title(name, "-"), after, table(head, rows, (22, 36, 18, 16, 8))]
    body = "\n".join(parts)
    names = "\n".join(f"   {s.name}" for members in groups.values() for s in members)
    return f"""{title("Scenarios")}
One file per published estimate, shipped with the package. *Status* counts its parameters by how
sure we are of them:

verified
   read in the source itself;
secondary
   read in a work that reports the source;
assumed
   chosen by us, or by you.

*Reproduced* counts what we read that the source publishes, there or in a work that reports it, and
get again within a tolerance that each page states. What we do not get stands there too, with the
reason, and so do checks against numbers that were recalled or worked out here, which do not count.

{body}
.. toctree::
   :hidden:

{names}
"""


def line(scenario: sfc.Scenario) -> tuple[str, ...]:
    """Return the row of a scenario on the page that lists them."""
    got = score(scenario.name) if scenario.claims else "–"
    words = escaped(scenario.title), escaped(scenario.source), counted(scenario)
    return f":doc:`{scenario.name}`", *words, got


def counted(scenario: sfc.Scenario) -> str:
    """Return how many parameters are verified, secondary and assumed."""
    statuses = [parameter.status for parameter in scenario.parameters.values()]
    known = ("verified", "secondary", "assumed")
    return ", ".join(f"{statuses.count(s)} {s}" for s in known if s in statuses)


NOTHING = "No published number is claimed: none was found that should follow from these inputs."

PICTURES = {
    "drake": """
distribution = sfc.drake.drake_distribution("{name}")
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.drake(distribution, ax=ax)
""",
    "one number": """
scenario = sfc.load_scenario("{name}")
factors = list(scenario.factors)
values = [scenario[name].distribution.mean() for name in factors]
figure, ax = plt.subplots(figsize=(6.3, 3.9))
ax.plot(np.cumprod(values), factors, "o-")
ax.set(xscale="log", xlabel="Product of the factors down to here")
ax.invert_yaxis()
""",
    "log-log": """
draws = sfc.sample("{name}", 5000, rng=7)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
ax.plot(np.sort(draws.log_civilizations_actual / np.log(10)), np.linspace(0, 1, 5000))
ax.set(xscale="symlog", xlabel="log$_{{10}}$ of civilizations per observable universe")
ax.set_ylabel("Probability of less")
""",
    "fronts": """
theories = ["prior", "sia", "ssa-civilizations", "adt-total"]
draws = sfc.sample("{name}", 5000, rng=7, aim=theories)
weights = sfc.weigh(draws, theories=theories)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.densities(draws, weights, ax=ax)
""",
    "earth-history": """
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.timeline(sfc.earth.earth_posterior("{name}", 20_000, rng=7), ax=ax)
""",
    "reach": """
from sfc_sim.expansion import reach_table

probe = sfc.sample("{name}", 1, rng=7)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.reach(reach_table(sfc.Background.named("Planck18")), ax=ax)
ax.plot(probe.launch_speed, probe.reach_radius, "ko", label="{name}")
ax.legend()
""",
}
"""What draws a scenario, by its model."""

IMPORTS = {
    "np.": "import numpy as np",
    "plt.": "from matplotlib import pyplot as plt",
    "sfc.": "import sfc_sim as sfc",
    "plotting.": "from sfc_sim import plotting",
}
"""What a drawing imports, by what it uses, so that it can be copied and run as it stands."""


def picture(scenario: sfc.Scenario) -> str:
    """Return the name of the picture of a scenario."""
    if "product" in scenario.gives:
        priors = [parameter.distribution for parameter in scenario.parameters.values()]
        if all(isinstance(prior, sfc.Fixed) for prior in priors):
            return "one number"
        if any(isinstance(prior, sfc.LogLog) for prior in priors):
            return "log-log"
    # Its picture is that of the first of its models that has one.
    return next(model for model in map(str, reversed(scenario.models)) if model in PICTURES)


def drawing(scenario: sfc.Scenario) -> str:
    """Return the directive that draws a scenario."""
    code = PICTURES[picture(scenario)].format(name=scenario.name)
    used = [line for prefix, line in IMPORTS.items() if prefix in code]
    code = "\n".join(["", *used, code])
    body = "\n".join(f"   {line}".rstrip() for line in code.splitlines())
    return f".. plot::\n{body}\n"


def page(scenario: sfc.Scenario) -> str:
    """Return the page of a scenario: each parameter with distribution, unit, source, status."""
    source = escaped(scenario.source)
    if scenario.reference:
        source = f"`{source} <{scenario.reference}>`__"
    rows = []
    for name, parameter in scenario.parameters.items():
        distribution = f"``{parameter.distribution}``"
        where = f"{escaped(parameter.source)} (**{parameter.status}**)"
        words = meaning(parameter.symbol, parameter.meaning)
        rows.append((f"``{name}``", words, distribution, parameter.unit or "–", where))
    options = [(f"``{k}``", f"``{v}``") for k, v in scenario.options.items()]
    chosen = table(("Option", "Value"), options, (30, 70)) if options else "None.\n"
    published = claim_table(scenario.name) if scenario.claims else f"{NOTHING}\n"
    return f"""{title(scenario.name)}
{escaped(scenario.title)}

{escaped(scenario.assumes)}

:Source: {source}
:Model: appearance ``{scenario.appearance}``, expansion ``{scenario.expansion}``
:Cosmology: {scenario.cosmology}
:Hash: ``{scenario.hash}``

{title("Published, and ours", "-")}
{published}
{drawing(scenario)}
{title("Parameters", "-")}
{table(("Name", "Meaning", "Distribution", "Unit", "Source (status)"), rows, (18, 28, 26, 6, 30))}
{title("Options", "-")}
{chosen}
{title("As a complete file", "-")}
{literal(scenario.to_toml(), "toml")}"""


if __name__ == "__main__":
    write(pages())
    print("\n".join(pages()))
