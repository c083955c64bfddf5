"""The catalogue of scenarios, one page each, from the files of params/.

Run ``python docs/_ext/catalogue.py`` to see the pages.
"""

from __future__ import annotations

from pages import escaped, literal, table, title, write

import sfc_sim as sfc
from sfc_sim.models import Declaration, load_models


def pages() -> dict[str, str]:
    """Return the pages by path."""
    scenarios = [sfc.load_scenario(row.name) for row in sfc.list_scenarios()]
    made = {f"catalogue/{scenario.name}.rst": page(scenario) for scenario in scenarios}
    return made | {"catalogue/index.rst": index(scenarios), "models.rst": models()}


def models() -> str:
    """Return the page of all models: what each reads, with bounds, and its options."""
    parts = [title("Models and what they read")]
    for role, known in load_models().items():
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
                parts.append("Takes factors of any name.\n")
            options = [
                (f"``{o.name}``", escaped(o.meaning), f"``{o.default!r}``") for o in model.options
            ]
            if options:
                parts.append(table(("Option", "Meaning", "Default"), options, (24, 50, 26)))
    return "\n".join(parts)


def meaning(symbol: str, words: str) -> str:
    """Return symbol and meaning of a parameter."""
    return f":math:`{symbol}`: {escaped(words)}"


def bounds(parameter: Declaration) -> str:
    """Return the interval of a parameter, and whether it must be whole."""
    text = f"``{parameter.bounds.text}``"
    return f"{text}, whole" if parameter.integer else text


def index(scenarios: list[sfc.Scenario]) -> str:
    """Return the page that lists them."""
    rows = [
        (
            f":doc:`{s.name}`",
            escaped(s.title),
            f"{s.appearance} × {s.expansion}",
            escaped(s.source),
            counted(s),
        )
        for s in scenarios
    ]
    names = "\n".join(f"   {s.name}" for s in scenarios)
    return f"""{title("Scenarios")}
One file per published parameter set, shipped with the package. The last column counts the
parameters by how sure we are of them:

verified
   read in the source itself;
secondary
   read in a work that reports the source;
assumed
   chosen by us, or by you.

{table(("Name", "Title", "Model", "Source", "Status"), rows, (22, 34, 18, 16, 20))}
.. toctree::
   :hidden:

{names}
"""


def counted(scenario: sfc.Scenario) -> str:
    """Return how many parameters are verified, secondary and assumed."""
    statuses = [parameter.status for parameter in scenario.parameters.values()]
    known = ("verified", "secondary", "assumed")
    return ", ".join(f"{statuses.count(s)} {s}" for s in known if s in statuses)


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
    return f"""{title(scenario.name)}
{escaped(scenario.title)}

:Source: {source}
:Model: appearance ``{scenario.appearance}``, expansion ``{scenario.expansion}``
:Cosmology: {scenario.cosmology}
:Hash: ``{scenario.hash}``

{title("Parameters", "-")}
{table(("Name", "Meaning", "Distribution", "Unit", "Source (status)"), rows, (18, 28, 26, 6, 30))}
{title("Options", "-")}
{chosen}
{title("The file", "-")}
{literal(scenario.to_toml(), "toml")}"""


if __name__ == "__main__":
    write(pages())
    print("\n".join(pages()))
