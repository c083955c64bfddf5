"""What is assumed: a scenario names its models and gives each parameter a distribution and source.

Scenarios are TOML files. Those of the literature are in the catalogue that `list_scenarios` shows;
`load_scenario` reads one of them, or any file. A scenario is checked against the declarations of
its models (`sfc_sim.models`) when it is made.

Examples
--------
>>> from sfc_sim.scenario import load_scenario
>>> scenario = load_scenario("cook2022-balanced")
>>> scenario["delay"].distribution
LogUniform(lo=0.1, hi=4.5)
>>> scenario.replace(delay="1 Gyr")["delay"].distribution
Fixed(value=1)
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

from sfc_sim._door import validated
from sfc_sim._errors import InputError, mapping, one_line, pathlike, shown, text, unknown
from sfc_sim._files import read_text
from sfc_sim._tables import as_table, as_text, check_keys
from sfc_sim._variables import is_result
from sfc_sim.claim import Claim, claim_from_table
from sfc_sim.cosmology import Background
from sfc_sim.derived import differences, original, retold, stock_name, told_changed
from sfc_sim.models import (
    Interval,
    Model,
    checked_options,
    declared_parameters,
    find_model,
    free_entry,
)
from sfc_sim.parameter import (
    Parameter,
    check_bounds,
    conform,
    parameter_from_table,
    set_by_user,
    unsourced,
)
from sfc_sim.report import items

__all__ = ["Scenario", "load_scenario", "save_scenario"]

_WORDS = (
    "name", "title", "source", "reference", "assumes", "appearance", "expansion", "cosmology",
)  # fmt: skip
_TOLD = ("name", "title", "source", "assumes")
_USUAL = "Planck18"  # needs no look at astropy's list, which takes half a second to import


@final
@dataclass(frozen=True)
class Scenario:
    """A complete set of assumptions: models, options, and a distribution for every parameter.

    Making one checks everything against the declared models, fills in default options and
    converts each parameter to the unit of its model.

    Attributes
    ----------
    name, title, source, reference : str
        What it is called, and the work (and its address, or "") that it follows.
    assumes : str
        What the estimate assumes, in a sentence, or "".
    appearance, expansion : str
        Names of the models (see `load_models`).
    cosmology : str
        Name of the cosmological parameter set.
    options : mapping of str
        Every option of the models.
    parameters : mapping of str to Parameter
        Every parameter of the models.
    claims : tuple of Claim
        What the source publishes, for `sfc_sim.reproduce`.

    Raises
    ------
    InputError
        If something is unknown, missing, out of bounds or without a source.

    Examples
    --------
    >>> scenario = load_scenario("sandberg2018")
    >>> scenario.options["saturating"]
    ('abiogenesis',)
    """

    name: str
    title: str
    source: str
    reference: str
    assumes: str
    appearance: str
    expansion: str
    cosmology: str
    options: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    claims: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        for key in _WORDS:
            object.__setattr__(self, key, one_line(text(getattr(self, key), key)))
        mapping(self.options, "options")
        mapping(self.parameters, "parameters")
        for name, parameter in self.parameters.items():
            if not isinstance(parameter, Parameter):
                raise InputError(f"parameter {name} is {shown(parameter)}; it must be a Parameter")
        claims = self.claims
        if not isinstance(claims, tuple | list) or not all(isinstance(c, Claim) for c in claims):
            raise InputError(f"claims is {shown(claims)}; it must be a tuple of Claim")
        for key in ("name", "title", "source", "cosmology"):
            if not getattr(self, key).strip():
                raise InputError(f"{key} is missing")
        if self.cosmology != _USUAL and self.cosmology not in (known := Background.available()):
            raise unknown("cosmology", self.cosmology, known)
        parameters = _checked_parameters(self.models, self.parameters)
        options = checked_options(self.models, self.options, parameters)
        object.__setattr__(self, "parameters", MappingProxyType(parameters))
        object.__setattr__(self, "options", MappingProxyType(options))

    @property
    def models(self) -> tuple[Model, Model]:
        """The declarations of the appearance and of the expansion model."""
        return find_model("appearance", self.appearance), find_model("expansion", self.expansion)

    @property
    def factors(self) -> dict[str, Parameter]:
        """The parameters that go by names of the scenario's own, as a model of factors takes."""
        declared = declared_parameters(self.models)
        return {name: p for name, p in self.parameters.items() if name not in declared}

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that change with anything in the scenario."""
        return hashlib.sha256(self.to_toml().encode()).hexdigest()[:16]

    def __getitem__(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise unknown("parameter", name, self.parameters)
        return self.parameters[name]

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType cannot be pickled
        return Scenario.from_toml, (self.to_toml(), self.name)

    def replace(self, **changes: Any) -> Scenario:
        """Return a scenario with some assumptions changed.

        Parameters
        ----------
        **changes
            A parameter as a Distribution, a number, or a text or Quantity with a unit such as
            "3 Gyr"; an option by its value; or name, title, source, reference, assumes, cosmology
            or expansion. The source of a changed parameter becomes "set by the user", its status
            "assumed"; name, title, source and assumes then say what is changed, unless they are
            given, and what the source claims is left out.

        Raises
        ------
        InputError
            If a name is unknown or a value not allowed.

        Examples
        --------
        >>> scenario = load_scenario("cook2022-balanced")
        >>> changed = scenario.replace(expansion_speed=0.5, delay_form="exponential")
        >>> changed.options["delay_form"], changed.source
        ('exponential', 'after Cook 2022; changed: delay_form, expansion_speed')
        """
        texts = [word for word in _WORDS if word != "appearance"]
        parameters, options = dict(self.parameters), dict(self.options)
        words: dict[str, Any] = {}
        for key, value in changes.items():
            if key in parameters:
                parameters[key] = set_by_user(parameters[key], value)
            elif key in options:
                options[key] = value
            elif key in texts:
                words[key] = as_text(value, key)
            else:
                raise unknown("assumption", key, [*parameters, *options, *texts])
        changed = dataclasses.replace(self, parameters=parameters, options=options, **words)
        return changed._retold(differences(self, changed), given=words)

    def _retold(self, changed: list[str], given: Collection[str]) -> Scenario:
        """Return the scenario under words that say what is changed, but for those given."""
        if not changed:
            return self
        kept = {word: getattr(self, word) for word in _TOLD if word not in given}
        words: dict[str, Any] = dict(retold(kept, changed))
        # What a source claims holds for its own inputs only.
        return dataclasses.replace(self, claims=(), **words)

    def to_toml(self) -> str:
        """Return the scenario as the text of a TOML file; `from_toml` gives it back exactly.

        Examples
        --------
        >>> scenario = load_scenario("sandberg2018-toy")
        >>> Scenario.from_toml(scenario.to_toml()) == scenario
        True
        """
        return self._toml

    @cached_property
    def _toml(self) -> str:
        import tomli_w

        head = {key: getattr(self, key) for key in _WORDS}
        options = {k: list(v) if isinstance(v, tuple) else v for k, v in self.options.items()}
        parameters = {name: value.to_dict() for name, value in self.parameters.items()}
        claims = {"claims": [claim.to_dict() for claim in self.claims]} if self.claims else {}
        return tomli_w.dumps(head | {"options": options, "parameters": parameters} | claims)

    @staticmethod
    def from_toml(text: str, where: str = "scenario") -> Scenario:
        """Read a scenario from the text of a TOML file.

        Parameters
        ----------
        text : str
            Content of the file.
        where : str, optional
            What to call it in error messages, such as its path.

        Raises
        ------
        InputError
            If it is not TOML or not a valid scenario; begins with `where`.

        Notes
        -----
        A text that goes by the name or the source of a scenario of the catalogue, and differs
        from it in what is assumed, is taken for a change of it: see `replace`.
        """
        return _under_own_name(_read(as_text(text, "text"), as_text(where, "where")))

    def __str__(self) -> str:
        options = ", ".join(f"{key} = {_option_text(value)}" for key, value in self.options.items())
        head = {
            self.name: self.title,
            "model": f"{self.appearance} x {self.expansion}",
            "options": options,
            "cosmology": self.cosmology,
            "source": self.source,
            "assumes": self.assumes,
            "hash": self.hash,
        }
        told = items({name: words for name, words in head.items() if words})
        rows = {
            p.name: f"{p.symbol} = {p.distribution} {p.unit}\n{p.status}: {p.source}"
            for p in self.parameters.values()
        }
        parts = ["\n".join(filter(None, (told, self.reference))), *([items(rows)] if rows else [])]
        return "\n\n".join(parts)


@validated()
def load_scenario(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Return a scenario of the catalogue by name, or read one from a TOML file.

    Parameters
    ----------
    name_or_path : str or path
        A name that `list_scenarios` shows, or a path: a Path, or text that ends in ``.toml`` or
        contains a slash.

    Raises
    ------
    InputError
        If there is no such scenario or file, or it is not valid.

    Examples
    --------
    >>> load_scenario("sandberg2018").title
    'Dissolving the Fermi paradox'
    """
    catalogue = catalogue_files()
    text = pathlike(name_or_path, "scenario")
    if isinstance(name_or_path, str) and not (text.endswith(".toml") or Path(text).name != text):
        if text not in catalogue:
            if Path(f"{text}.toml").is_file():
                raise InputError(f"unknown scenario '{text}'; is it the file {text}.toml?")
            raise unknown("scenario", text, catalogue)
        text = str(catalogue[text])
        return _read(_content(text), text)
    return Scenario.from_toml(_content(text), where=text)


def _content(path: str) -> str:
    """Return the text of a file."""
    try:
        return read_text(Path(path))
    except FileNotFoundError:
        raise InputError(f"no scenario file {path}") from None
    except OSError as error:
        raise InputError(f"cannot read scenario file {path}: {error}") from None


@validated()
def save_scenario(scenario: Scenario, path: str | os.PathLike[str], force: bool = False) -> Path:
    """Write a scenario to a TOML file and return its path.

    Parameters
    ----------
    scenario : Scenario
        What to write.
    path : str or path
        Where to; the folder must exist.
    force : bool, optional
        Whether to replace a file that exists, default False.

    Raises
    ------
    InputError
        If the file exists and `force` is False, or the folder cannot be written.
    """
    path = Path(path)
    if path.exists() and not force:
        raise InputError(f"{path} exists; use force to replace it")
    if not path.parent.is_dir():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}")
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:  # written beside and renamed: a crash never leaves half a file
        beside.write_text(scenario.to_toml(), encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error}") from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def catalogue_files() -> dict[str, Path]:
    """Return the files of the catalogue by name: in the package (wheel) or beside it (clone)."""
    package = Path(__file__).parent
    inside = package / "params"
    folder = inside if inside.is_dir() else package.parent / "params"
    return {path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)}


@lru_cache
def stock(name: str) -> Scenario | None:
    """Return the scenario of the catalogue that goes by a name, or None."""
    path = catalogue_files().get(name)
    return None if path is None else _read(_content(str(path)), str(path))


def _under_own_name(scenario: Scenario) -> Scenario:
    """Return a scenario that goes by no name or source of another that it differs from."""
    base, told = stock_name(scenario.name)
    published, given = stock(base), list[str]()
    if published is None:
        published, told, given = _source_of(scenario), told_changed(scenario.source), ["name"]
    if published is None:
        return scenario
    changed = [name for name in differences(published, scenario) if name not in told]
    parameters = {
        name: unsourced(p)
        if name in changed and p.sourced_as(published.parameters.get(name))
        else p
        for name, p in scenario.parameters.items()
    }
    given += [
        word
        for word in ("title", "source", "assumes")
        if original(word, getattr(scenario, word)) != getattr(published, word)
    ]
    return dataclasses.replace(scenario, parameters=parameters)._retold(changed, given)


def _source_of(scenario: Scenario) -> Scenario | None:
    """Return the nearest of the catalogue whose words a scenario of another name goes on using."""
    source = original("source", scenario.source)
    same = [s for name in catalogue_files() if (s := stock(name)) and s.source == source]
    if not same:
        return None
    nearest = min(same, key=lambda published: len(differences(published, scenario)))
    kept = any(
        scenario.parameters[name].sourced_as(nearest.parameters.get(name))
        for name in differences(nearest, scenario)
        if name in scenario.parameters
    )
    claimed = bool(scenario.claims) and scenario.claims == nearest.claims
    return nearest if kept or claimed else None


def _read(text: str, where: str) -> Scenario:
    """Read a scenario as it stands."""
    try:
        return _scenario_from_table(tomllib.loads(as_text(text, "text")))
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:  # of TOML, or a number of too many digits
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{where}: not valid TOML: {reason}") from None


def _checked_parameters(
    models: tuple[Model, ...], given: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    """Return the parameters in declared order, in the declared units."""
    declared = declared_parameters(models)
    free = [name for name in given if name not in declared]
    for name in free:
        _check_factor(models, name, given[name])
    for name in declared:
        if name not in given:
            raise InputError(f"parameter {name} is missing")
    if len(given) == len(declared) and any(model.free for model in models):
        raise InputError("a product of factors needs at least one factor")
    for key, parameter in given.items():
        if key != parameter.name:
            raise InputError(f"parameter {parameter.name} is filed under another name, {key}")
    checked = {name: given[name] for name in free}
    return checked | {name: conform(given[name], declared[name]) for name in declared}


def _check_factor(models: tuple[Model, ...], name: str, parameter: Parameter) -> None:
    """Refuse a factor that no model takes, whose name is taken, or that is out of bounds."""
    entry = free_entry(models, name, parameter.unit)
    options = {option.name for model in models for option in model.options}
    if name in options | {*_WORDS} or is_result(name):
        what = "an option" if name in options else "a result" if is_result(name) else "a word"
        raise InputError(
            f"a factor cannot be called '{name}', the name of {what}; give it another name"
        )
    if parameter.bounds:
        check_bounds(parameter, Interval(parameter.bounds))
    else:
        check_bounds(parameter, entry.bounds, entry.meaning)


def _scenario_from_table(table: Mapping[str, Any]) -> Scenario:
    optional = ("reference", "assumes", "options", "claims")
    check_keys("scenario", table, (*_WORDS, "options", "parameters", "claims"), optional)
    words = {key: as_text(table.get(key, ""), key) for key in _WORDS}
    models = tuple(find_model(role, words[role]) for role in ("appearance", "expansion"))
    declared = declared_parameters(models)
    parameters = {
        name: parameter_from_table(name, entry, declared.get(name))
        for name, entry in as_table(table["parameters"], "parameters").items()
    }
    options = as_table(table.get("options", {}), "options")
    claims = table.get("claims", [])
    if not isinstance(claims, list):
        raise InputError(f"claims must be an array of tables, [[claims]], got {shown(claims)}")
    return Scenario(
        **words,
        options=options,
        parameters=parameters,
        claims=tuple(claim_from_table(entry) for entry in claims),
    )


def _option_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(_option_text, value)) or "none"
    return str(value)
