"""The table of conventions, from the declared parameters and the variables of Datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pages import HERE, escaped, making, table

from sfc_sim._core.variables import VARIABLES
from sfc_sim.scenario import FAMILIES

HEAD = ("Symbol", "Meaning", "Unit", "Variable", "First used")
WIDTHS = (13, 40, 7, 24, 16)
UNITS = {"1": "–", "": "–", "Glyr": "Gly", "Glyr3": "Gly³", "Gyr-1": "1/Gyr", "yr-1": "1/yr"}


def pages() -> dict[str, str]:
    """Return the tables to include."""
    known = sorted(VARIABLES, key=lambda name: VARIABLES[name].symbol == "")
    results = [row(name) for name in known]
    return {"conventions.inc": f"{heading('Parameters')}{table(HEAD, parameters(), WIDTHS)}\n"
            f"{heading('Results')}{table(HEAD, results, WIDTHS)}"}  # fmt: skip


def heading(text: str) -> str:
    """Return a reST heading of the second level."""
    return f"{text}\n{'-' * len(text)}\n\n"


def parameters() -> list[tuple[str, ...]]:
    """Return a row per declared parameter; several models may share one."""
    models = [model for known in FAMILIES.values() for model in known.values()]
    users: dict[tuple[str, ...], list[str]] = {}
    for model in models:
        for p in model.parameters:
            key = (f":math:`{p.symbol}`", escaped(p.meaning), p.unit or "–", f"``{p.name}``")
            users.setdefault(key, []).append(f"``{model.name}``")
    return [(*key, "; ".join([", ".join(names), first(key[-1].strip("`"))]).strip("; "))
            for key, names in users.items()]  # fmt: skip


def row(name: str) -> tuple[str, ...]:
    """Return the row of a variable."""
    found = VARIABLES[name]
    symbol = f":math:`{in_tex(found.symbol)}`" if found.symbol else ""
    unit = UNITS.get(found.units, found.units)
    return symbol, escaped(found.long_name), unit, f"``{name}``", first(name)


def first(name: str) -> str:
    """Return a link to the first page that has a variable, if any has."""
    where = next((page for page, text in texts() if used(name, text)), "")
    return f":doc:`/{where}`" if where else ""


def in_tex(symbol: str) -> str:
    r"""Return a plain symbol for :math:, so ``#N_IC`` as ``\#N_{IC}``."""
    symbol = re.sub(r"_(\w\w+)", r"_{\1}", symbol.replace("#", r"\#"))
    symbol = re.sub(r"\b(ESS|MCS)", r"\\mathrm{\1}", symbol)
    return re.sub(r"\b(exp|ln|log|sum)(10)?", r"\\\1", symbol).replace(r"\log ", r"\log_{10} ")


def used(name: str, text: str) -> bool:
    """Tell whether a page has a variable: a single word must stand in code."""
    known = rf"\b(log_|log10_)?{name}\b" if "_" in name else rf"``{name}``|(?<=[a-z\])])\.{name}\b"
    return re.search(known, text) is not None


def texts() -> Iterator[tuple[str, str]]:
    """Yield the pages for people in the order of reading, each with its text."""
    for folder in ("tutorials", "explanation", "how-to"):
        listed = (HERE / folder / "index.rst").read_text(encoding="utf-8")
        for name in re.findall(r"^   ([a-z-]+)$", listed, re.MULTILINE):
            yield f"{folder}/{name}", (HERE / folder / f"{name}.rst").read_text(encoding="utf-8")


setup = making(pages, examples=True)
