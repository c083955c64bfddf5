"""Scenario files: where they are, and a file that holds only what differs from its base.

A variant names its base and says what it has of its own; the rest is that of the base, so that a
number or a source that several scenarios share is written, and mended, once. All of this is done
on plain tables, before anything of a scenario is checked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from sfc_sim._core.errors import InputError, choice, pathlike, shown, unknown
from sfc_sim._core.files import read_text
from sfc_sim._core.tables import as_table, as_text
from sfc_sim.scenario.added import added_files, twice

__all__ = [
    "blamed",
    "catalogue_files",
    "claims_in",
    "content",
    "correlations_in",
    "folder_of_parameters",
    "is_path",
    "merged",
    "named_file",
    "parameter_in",
    "premises_in",
    "table_in",
]

_NOT_WORDS = ("base", "drop", "options", "parameters", "claims", "premises", "correlations")


def catalogue_files() -> dict[str, Path]:
    """Return the files of the catalogue by name: our own, and those that other packages add.

    Raises
    ------
    InputError
        If another package adds a scenario of a name that is taken, or its entry point is broken.
    """
    folder = folder_of_parameters()
    found = {path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)}
    for name, (path, source) in added_files().items():
        if name in found:
            raise twice(name, "sfc_sim", source)
        found[name] = path
    return found


def folder_of_parameters() -> Path:
    """Return the folder of our files: in the package (wheel) or beside it (clone).

    Examples
    --------
    >>> (folder_of_parameters() / "ord2021.toml").is_file()
    True
    """
    package = Path(__file__).parents[1]
    inside = package / "params"
    return inside if inside.is_dir() else package.parent / "params"


def is_path(text: str) -> bool:
    """Tell whether a text is the path of a file, not a name of the catalogue.

    Examples
    --------
    >>> is_path("mine.toml"), is_path("cook2022-balanced")
    (True, False)
    """
    return text.endswith(".toml") or Path(text).name != text


def named_file(name: str, kind: str, folder: Path) -> Path:
    """Return the file of a scenario of the catalogue; one of that name in the folder is offered.

    Examples
    --------
    >>> named_file("ord2021", "scenario", Path()).name
    'ord2021.toml'
    """
    catalogue = catalogue_files()
    if name in catalogue:
        return catalogue[name]
    if name and (folder / f"{name}.toml").is_file():
        raise InputError(f"unknown {kind} '{name}'; is it the file {name}.toml?")
    raise unknown(kind, name, catalogue)


def content(path: str, kind: str = "scenario file") -> str:
    """Return the text of a scenario file, or of another kind."""
    try:
        return read_text(Path(path))
    except FileNotFoundError:
        raise InputError(f"no {kind} {path}") from None
    except OSError as error:
        raise InputError(f"cannot read {kind} {path}: {error}") from None


@contextmanager
def blamed(where: str) -> Iterator[None]:
    """Begin the error of whatever is wrong with a file with the name of that file.

    Examples
    --------
    >>> with blamed("mine.toml"):
    ...     table_in("drop = []")
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: mine.toml: drop needs a base; this file has none
    """
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:  # of TOML, or a number of too many digits
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{where}: not valid TOML: {reason}") from None


def table_in(text: str, chain: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return the table of a scenario, completed from its base.

    Parameters
    ----------
    text : str
        Content of the file.
    chain : tuple of Path, optional
        The file, after those that build on it; a base that is a path starts from its folder.

    Raises
    ------
    InputError
        If a base is no text, unknown, not valid or builds on the file itself, or if a variant of a
        file has no name of its own.

    Examples
    --------
    >>> table = table_in('base = "ord2021"')
    >>> table["title"], "claims" in table
    ('The edges of our universe', False)
    """
    table = deepcopy(_parsed(text))
    folder = chain[-1].parent if chain else Path()
    _place(table, folder)
    if "base" not in table:
        if "drop" in table:
            raise InputError("drop needs a base; this file has none")
        return table
    base = pathlike(as_text(table["base"], "base"), "base")
    path = folder / base if is_path(base) else named_file(base, "base", folder)
    if path.resolve() in [file.resolve() for file in chain]:
        raise InputError(f"base '{base}' refers back to this file; bases must not form a circle")
    if is_path(base) and "name" not in table:
        raise InputError("name is missing; a variant of a file needs a name of its own")
    below = content(str(path))
    with blamed(str(path)):
        whole = table_in(below, (*chain, path))
    return merged(whole, table)


def merged(base: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """Return a complete table: what a variant says, over what its base says.

    What the variant says replaces a word, an option, or one key of a parameter (its distribution
    as a whole); what it drops is gone, and new parameters stand where dropped ones stood. A source
    answers for its own inputs only: the claims are those that the variant lists, of which one with
    the quantity of a claim of the base takes from it the keys that it leaves out. A premise with
    the name of one of the base does so too, and the premises that the variant does not name stay;
    likewise a correlation of the same two parameters. Those of a parameter that is dropped go.

    Parameters
    ----------
    base, variant : mapping of str
        Tables of scenario files; that of the base is complete.

    Raises
    ------
    InputError
        If something is not a table, or the base does not have what is dropped.

    Examples
    --------
    >>> base = {"title": "A", "parameters": {"delay": {"unit": "Gyr", "source": "page 1"}}}
    >>> variant = {"title": "B", "parameters": {"delay": {"source": "page 2"}}}
    >>> merged(base, variant)["parameters"]
    {'delay': {'unit': 'Gyr', 'source': 'page 2'}}
    """
    words = {k: v for k, v in {**base, **variant}.items() if k not in _NOT_WORDS}
    old, new = (
        {part: as_table(table.get(part, {}), part) for part in ("options", "parameters")}
        for table in (base, variant)
    )
    premises = {str(premise.get("name")): premise for premise in premises_in(base)}
    known = [*old["options"], *old["parameters"], *premises]
    dropped = _dropped(variant.get("drop", []), known)
    kept = {name: p for name, p in old["parameters"].items() if name not in dropped}
    new["parameters"] = {
        name: as_table(kept.get(name, {}), name) | as_table(entry, name)
        for name, entry in new["parameters"].items()
    }
    parts = {part: _over(old[part], new[part], dropped) for part in old}
    published = {str(claim.get("quantity")): claim for claim in claims_in(base)}
    own = [premises.get(str(p.get("name")), {}) | p for p in premises_in(variant)]
    gone = [*dropped, *(premise.get("name") for premise in own)]
    lists = {
        "claims": [published.get(str(c.get("quantity")), {}) | c for c in claims_in(variant)],
        "premises": [*(p for name, p in premises.items() if name not in gone), *own],
        "correlations": _correlations(base, variant, dropped),
    }
    return words | parts | {part: tables for part, tables in lists.items() if tables}


def claims_in(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tables of the claims of a scenario.

    Examples
    --------
    >>> claims_in({"claims": [{"published": 0.5}]})
    [{'published': 0.5}]
    """
    return _tables(table, "claims", "a claim")


def premises_in(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tables of the premises of a scenario.

    Examples
    --------
    >>> premises_in({"premises": [{"name": "start"}]})
    [{'name': 'start'}]
    """
    return _tables(table, "premises", "a premise")


def correlations_in(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tables of the correlations of a scenario.

    Examples
    --------
    >>> correlations_in({"correlations": [{"rho": 0.5}]})
    [{'rho': 0.5}]
    """
    return _tables(table, "correlations", "a correlation")


def parameter_in(scenario: str, name: str) -> Any:
    """Return the entry of a parameter in the file of another scenario: of the catalogue, or a path.

    Examples
    --------
    >>> parameter_in("cook2022-bearish", "hard_steps")["distribution"]["p"]
    0.2
    """
    path = scenario if is_path(scenario) else str(named_file(scenario, "scenario", Path()))
    whole = content(path)
    with blamed(path):
        table = table_in(whole, (Path(path),))
    known = as_table(table.get("parameters", {}), "parameters")
    if name not in known:
        raise unknown(f"parameter of '{scenario}'", name, known)
    return known[name]


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    """Return the table of a text as it stands: a base is that of many, and parsed once."""
    return tomllib.loads(text)


def _tables(table: Mapping[str, Any], part: str, one: str) -> list[dict[str, Any]]:
    """Return the tables of a part of a scenario that is an array of them."""
    found = table.get(part, [])
    if not isinstance(found, list):
        raise InputError(f"{part} must be an array of tables, [[{part}]], got {shown(found)}")
    return [as_table(entry, one) for entry in found]


def _place(table: Mapping[str, Any], folder: Path) -> None:
    """Let the paths that a file names, of samples and in premises, start from its folder."""
    _place_samples(table, folder)
    for premise in premises_in(table):
        alternatives = premise.get("alternatives")
        for changes in alternatives.values() if isinstance(alternatives, dict) else ():
            for value in changes.values() if isinstance(changes, dict) else ():
                path = value.get("as_in") if isinstance(value, dict) else None
                if isinstance(path, str) and is_path(path):
                    value["as_in"] = str(folder / path)


def _place_samples(part: Any, folder: Path) -> None:
    """Let the paths of samples start from a folder, wherever they stand in a table."""
    if isinstance(part, dict):
        if part.get("kind") == "samples" and isinstance(part.get("file"), str):
            part["file"] = str(folder / part["file"])
        part = list(part.values())
    for each in part if isinstance(part, list) else ():
        _place_samples(each, folder)


def _correlations(
    base: Mapping[str, Any], variant: Mapping[str, Any], dropped: Collection[str]
) -> list[dict[str, Any]]:
    """Return the correlations of a variant over those of its base."""
    found: dict[str, dict[str, Any]] = {}
    for table, gone in ((base, set(dropped)), (variant, set[str]())):
        for entry in correlations_in(table):
            pair = entry.get("parameters")
            names = sorted(map(str, pair)) if isinstance(pair, list) else [str(pair)]
            if not gone & set(names):
                found[str(names)] = found.get(str(names), {}) | entry
    return list(found.values())


def _dropped(names: Any, known: Collection[str]) -> list[str]:
    """Return the names that a variant drops from its base."""
    if not isinstance(names, list):
        raise InputError(f"drop must be a list of names, got {shown(names)}")
    return [choice(name, "parameter, option or premise to drop", known) for name in names]


def _over(
    base: Mapping[str, Any], variant: Mapping[str, Any], dropped: Collection[str]
) -> dict[str, Any]:
    """Return entries of a base with others over them, new ones where dropped ones stood."""
    kept = [name for name in base if name not in dropped]
    new = [name for name in variant if name not in kept]
    gap = next((place for place, name in enumerate(base) if name in dropped), len(kept))
    names = [*kept[:gap], *new, *kept[gap:]]
    return {name: variant[name] if name in variant else base[name] for name in names}
