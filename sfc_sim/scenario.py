"""What is assumed: a scenario names its models and gives each parameter a distribution and source.

Scenarios are TOML files. Those of the literature are in the catalogue that `list_scenarios` shows;
`load_scenario` reads one of them, or any file. What the models read is declared once, in
``models.toml``, and every scenario is checked against it when it is made.

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
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, final

from sfc_sim._errors import InputError, unknown
from sfc_sim.distributions import Distribution, Fixed, Mixture

__all__ = [
    "Declaration",
    "Model",
    "Option",
    "Parameter",
    "Scenario",
    "ScenarioTable",
    "list_scenarios",
    "load_models",
    "load_scenario",
    "save_scenario",
]

STATUSES = ("verified", "secondary", "assumed")
"""How sure we are of a value: read in the source, read in another work, or chosen by us."""


@dataclass(frozen=True)
class Interval:
    """A range of allowed numbers, written like ``(0, 1]``."""

    text: str

    def _ends(self) -> tuple[float, float]:
        lo, hi = self.text[1:-1].split(",")
        return float(lo), float(hi)

    def contains(self, x: float) -> bool:
        """Tell whether the number `x` is allowed."""
        (lo, hi), (left, right) = self._ends(), (self.text[0], self.text[-1])
        return (lo < x or (left == "[" and x == lo)) and (x < hi or (right == "]" and x == hi))

    def admits(self, distribution: Distribution) -> bool:
        """Tell whether no value outside can be drawn; a density may reach an open end."""
        if isinstance(distribution, Mixture):
            return all(self.admits(part) for part in distribution.components)
        lo, hi = distribution.support
        if distribution.discrete:
            return self.contains(lo) and self.contains(hi)
        return self._ends()[0] <= lo and hi <= self._ends()[1]


EVERYTHING = Interval("(-inf, inf)")


@final
@dataclass(frozen=True)
class Declaration:
    """A parameter as a model declares it."""

    name: str
    symbol: str
    unit: str
    meaning: str
    bounds: Interval = EVERYTHING
    integer: bool = False


@final
@dataclass(frozen=True)
class Option:
    """A switch of a model: one of `choices`, a number within `bounds`, or a list of factors."""

    name: str
    default: Any
    meaning: str
    choices: tuple[str, ...] = ()
    bounds: Interval | None = None
    factors: bool = False


@final
@dataclass(frozen=True)
class Model:
    """An appearance or expansion model; a `free` one takes parameters of any name."""

    name: str
    title: str
    source: str
    parameters: tuple[Declaration, ...] = ()
    options: tuple[Option, ...] = ()
    free: bool = False


@lru_cache
def load_models() -> Mapping[str, Mapping[str, Model]]:
    """Return the declared models: "appearance" or "expansion", then the name of the model.

    Examples
    --------
    >>> load_models()["expansion"]["fronts"].parameters[1].unit
    'c'
    """
    with Path(__file__).with_name("models.toml").open("rb") as file:
        tables = tomllib.load(file)
    return MappingProxyType(
        {
            role: MappingProxyType({name: _model(name, table) for name, table in models.items()})
            for role, models in tables.items()
        }
    )


def _model(name: str, table: Mapping[str, Any]) -> Model:
    parameters = tuple(
        Declaration(key, **spec | {"bounds": Interval(spec["bounds"])})
        for key, spec in table.get("parameters", {}).items()
    )
    options = tuple(_option(key, spec) for key, spec in table.get("options", {}).items())
    return Model(**dict(table) | {"name": name, "parameters": parameters, "options": options})


def _option(name: str, spec: Mapping[str, Any]) -> Option:
    bounds = Interval(spec["bounds"]) if "bounds" in spec else None
    choices = tuple(spec.get("choices", ()))
    return Option(name, **dict(spec) | {"bounds": bounds, "choices": choices})


@final
@dataclass(frozen=True)
class Parameter:
    """One uncertain number of a scenario, with its source.

    Attributes
    ----------
    name : str
        Name in Python and TOML.
    distribution : Distribution
        What is believed about it, in `unit`.
    unit : str
        Unit, empty for a pure number.
    symbol : str
        Symbol in the papers (TeX, without dollars).
    meaning : str
        What the number is.
    source : str
        Work and place that the distribution comes from.
    status : str
        "verified" (read in the source), "secondary" (read in another work) or "assumed".
    """

    name: str
    distribution: Distribution
    unit: str
    symbol: str
    meaning: str
    source: str
    status: str

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name):
            raise InputError(f"parameter name '{self.name}' must be lower_case_with_underscores")
        if not isinstance(self.distribution, Distribution):
            raise InputError(f"{self.name}: not a distribution: {self.distribution!r}")
        for key in ("meaning", "source"):
            if not getattr(self, key).strip():
                raise InputError(f"{self.name}: {key} is missing")
        if self.status not in STATUSES:
            raise unknown(f"{self.name} status", self.status, STATUSES)

    def to_dict(self) -> dict[str, Any]:
        """Return the table of this parameter in a scenario file."""
        keys = ("unit", "symbol", "meaning", "source", "status")
        words = {key: getattr(self, key) for key in keys}
        return words | {"distribution": self.distribution.to_dict()}


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
    appearance, expansion : str
        Names of the models (see `load_models`).
    cosmology : str
        Name of the cosmological parameter set.
    options : mapping of str
        Every option of the models.
    parameters : mapping of str to Parameter
        Every parameter of the models.

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
    appearance: str
    expansion: str
    cosmology: str
    options: Mapping[str, Any]
    parameters: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        for key in ("name", "title", "source", "cosmology"):
            if not getattr(self, key).strip():
                raise InputError(f"{key} is missing")
        parameters = _checked_parameters(self.models, self.parameters)
        options = _checked_options(self.models, self.options, parameters)
        object.__setattr__(self, "parameters", MappingProxyType(parameters))
        object.__setattr__(self, "options", MappingProxyType(options))

    @property
    def models(self) -> tuple[Model, Model]:
        """The declarations of the appearance and of the expansion model."""
        return _lookup("appearance", self.appearance), _lookup("expansion", self.expansion)

    @property
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
            "3 Gyr"; an option by its value; or name, title, cosmology or expansion. The source
            of a changed parameter becomes "set by the user", its status "assumed".

        Raises
        ------
        InputError
            If a name is unknown or a value not allowed.

        Examples
        --------
        >>> scenario = load_scenario("cook2022-balanced")
        >>> scenario.replace(expansion_speed=0.5, delay_form="exponential").options["delay_form"]
        'exponential'
        """
        texts = ("name", "title", "cosmology", "expansion")
        parameters, options, words = dict(self.parameters), dict(self.options), {}
        for key, value in changes.items():
            if key in parameters:
                parameters[key] = _user_parameter(parameters[key], value)
            elif key in options:
                options[key] = value
            elif key in texts:
                words[key] = _text(value, key)
            else:
                raise unknown("assumption", key, [*parameters, *options, *texts])
        return dataclasses.replace(self, parameters=parameters, options=options, **words)

    def to_toml(self) -> str:
        """Return the scenario as the text of a TOML file; `from_toml` gives it back exactly.

        Examples
        --------
        >>> scenario = load_scenario("sandberg2018-toy")
        >>> Scenario.from_toml(scenario.to_toml()) == scenario
        True
        """
        import tomli_w

        head = {key: getattr(self, key) for key in _WORDS}
        options = {k: list(v) if isinstance(v, tuple) else v for k, v in self.options.items()}
        parameters = {name: value.to_dict() for name, value in self.parameters.items()}
        return tomli_w.dumps(head | {"options": options, "parameters": parameters})

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
        """
        try:
            return _scenario_from_table(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{where}: not valid TOML: {error}") from None
        except InputError as error:
            raise InputError(f"{where}: {error}") from None

    def __str__(self) -> str:
        options = ", ".join(f"{key} = {_option_text(value)}" for key, value in self.options.items())
        head = [
            (self.name, self.title),
            ("model", f"{self.appearance} x {self.expansion}"),
            *([("options", options)] if options else []),
            ("cosmology", self.cosmology),
            ("source", " ".join(filter(None, (self.source, self.reference)))),
            ("hash", self.hash),
        ]
        rows = [
            (p.name, p.symbol, str(p.distribution), p.unit or "-", p.status, p.source)
            for p in self.parameters.values()
        ]
        titles = ("parameter", "symbol", "distribution", "unit", "status", "source")
        return _aligned(head) + "\n\n" + _aligned([titles, *rows])


_WORDS = ("name", "title", "source", "reference", "appearance", "expansion", "cosmology")


class ScenarioRow(NamedTuple):
    """A line of the catalogue."""

    name: str
    title: str
    model: str
    source: str


@final
@dataclass(frozen=True, repr=False)
class ScenarioTable:
    """The catalogue as a table: iterate over its rows, print it, or show it in a notebook."""

    rows: tuple[ScenarioRow, ...]

    def __iter__(self) -> Iterator[ScenarioRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return _aligned([ScenarioRow._fields, *self.rows])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def line(tag: str, cells: tuple[str, ...]) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(c)}</{tag}>" for c in cells) + "</tr>"

        body = "".join(line("td", row) for row in self.rows)
        return f"<table>{line('th', ScenarioRow._fields)}{body}</table>"


def list_scenarios() -> ScenarioTable:
    """Return the catalogue of published parameter sets: name, title, model and source.

    Examples
    --------
    >>> [row.name for row in list_scenarios()][0]
    'cook2022-balanced'
    """
    scenarios = [load_scenario(path) for path in _catalogue().values()]
    return ScenarioTable(
        tuple(
            ScenarioRow(s.name, s.title, f"{s.appearance} x {s.expansion}", s.source)
            for s in scenarios
        )
    )


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
    catalogue = _catalogue()
    text = os.fspath(name_or_path)
    if isinstance(name_or_path, str) and not (text.endswith(".toml") or Path(text).name != text):
        if text not in catalogue:
            raise unknown("scenario", text, catalogue)
        text = str(catalogue[text])
    try:
        content = Path(text).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"no scenario file {text}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read scenario file {text}: {error}") from None
    return Scenario.from_toml(content, where=text)


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


def _catalogue() -> dict[str, Path]:
    """Return the files of the catalogue by name: in the package (wheel) or beside it (clone)."""
    package = Path(__file__).parent
    inside = package / "params"
    folder = inside if inside.is_dir() else package.parent / "params"
    return {path.stem: path for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem)}


def _lookup(role: str, name: str) -> Model:
    models = load_models()[role]
    if name not in models:
        raise unknown(f"{role} model", name, models)
    return models[name]


def _declared(models: tuple[Model, ...]) -> dict[str, Declaration]:
    return {d.name: d for model in models for d in model.parameters}


def _checked_parameters(
    models: tuple[Model, ...], given: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    """Return the parameters in declared order, in the declared units."""
    declared = _declared(models)
    free = [name for name in given if name not in declared]
    if free and not any(model.free for model in models):
        raise unknown("parameter", free[0], declared)
    reserved = {option.name for model in models for option in model.options} | {*_WORDS}
    for name in free:
        if name in reserved:
            raise InputError(f"a factor cannot be called '{name}', which has another meaning")
    for name in declared:
        if name not in given:
            raise InputError(f"parameter {name} is missing")
    if len(given) == len(declared) and any(model.free for model in models):
        raise InputError("a product of factors needs at least one factor")
    for key, parameter in given.items():
        if key != parameter.name:
            raise InputError(f"parameter {parameter.name} is filed under another name, {key}")
    checked = {name: given[name] for name in free}
    return checked | {name: _conform(given[name], declared[name]) for name in declared}


def _conform(parameter: Parameter, declared: Declaration) -> Parameter:
    """Convert a parameter to its declared unit and check its bounds."""
    if not parameter.unit and declared.unit:
        raise InputError(
            f"{parameter.name}: unit is missing; needs one convertible to {declared.unit}"
        )
    if parameter.unit != declared.unit:
        from sfc_sim.units import to_value

        factor = float(to_value(f"1 {parameter.unit}", declared.unit, parameter.name))
        try:
            distribution = parameter.distribution.scaled(factor)
        except InputError as error:
            raise InputError(f"{parameter.name}: {error}") from None
        parameter = dataclasses.replace(parameter, distribution=distribution, unit=declared.unit)
    distribution = parameter.distribution
    if not declared.bounds.admits(distribution):
        lo, hi = distribution.support
        raise InputError(
            f"{parameter.name}: {distribution!r} reaches from {lo:g} to {hi:g}; "
            f"allowed {declared.bounds.text} {declared.unit}".rstrip()
        )
    if declared.integer and not distribution.integral:
        raise InputError(f"{parameter.name}: {distribution!r} must give integers only")
    return parameter


def _checked_options(
    models: tuple[Model, ...], given: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    """Return every option, with defaults filled in."""
    factors = [name for name in parameters if name not in _declared(models)]
    declared = {option.name: option for model in models for option in model.options}
    for name in given:
        if name not in declared:
            raise unknown("option", name, declared)
    return {k: _checked_option(o, given.get(k, o.default), factors) for k, o in declared.items()}


def _checked_option(option: Option, value: Any, factors: list[str]) -> Any:
    if option.choices:
        if value not in option.choices:
            raise unknown(option.name, value, option.choices)
        return value
    if option.factors:
        if not isinstance(value, list | tuple):
            raise InputError(f"{option.name} must be a list of factors, got {value!r}")
        for name in value:
            if name not in factors:
                raise unknown(f"{option.name} factor", name, factors)
        return tuple(value)
    bounds = option.bounds or EVERYTHING
    if isinstance(value, bool) or not isinstance(value, Real) or not bounds.contains(float(value)):
        raise InputError(f"{option.name} must be a number in {bounds.text}, got {value!r}")
    return float(value)


def _scenario_from_table(table: Mapping[str, Any]) -> Scenario:
    _check_keys("scenario", table, (*_WORDS, "options", "parameters"), ("reference", "options"))
    words = {key: _text(table.get(key, ""), key) for key in _WORDS}
    declared = _declared(tuple(_lookup(role, words[role]) for role in ("appearance", "expansion")))
    parameters = {
        name: _parameter_from_table(name, entry, declared.get(name))
        for name, entry in _table(table["parameters"], "parameters").items()
    }
    options = _table(table.get("options", {}), "options")
    return Scenario(**words, options=options, parameters=parameters)


def _parameter_from_table(name: str, entry: Any, declared: Declaration | None) -> Parameter:
    """Read a parameter; words that the model declares may be left out."""
    defaults = {"symbol": name, "meaning": ""}
    if declared is not None:
        defaults = {key: getattr(declared, key) for key in defaults}
    entry = _table(entry, name)
    _check_keys(
        name, entry, ("distribution", "unit", *defaults, "source", "status"), tuple(defaults)
    )
    words = {
        k: _text(v, f"{name} {k}") for k, v in (defaults | entry).items() if k != "distribution"
    }
    distribution = Distribution.from_dict(entry["distribution"], f"{name} distribution")
    return Parameter(name=name, distribution=distribution, **words)


def _check_keys(
    where: str, table: Mapping[str, Any], allowed: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    for key in table:
        if key not in allowed:
            raise unknown(f"{where} key", key, allowed)
    for key in allowed:
        if key not in table and key not in optional:
            raise InputError(f"{where}: {key} is missing")


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where} must be a table, got {value!r}")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where} must be text, got {value!r}")
    return value


def _user_parameter(parameter: Parameter, value: Any) -> Parameter:
    if not isinstance(value, Distribution):
        if not isinstance(value, Real):
            from sfc_sim.units import to_value

            value = to_value(value, parameter.unit, parameter.name)
        try:
            value = Fixed(value)
        except InputError as error:
            raise InputError(f"{parameter.name}: {error}") from None
    return dataclasses.replace(
        parameter, distribution=value, source="set by the user", status="assumed"
    )


def _option_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return (", ".join(value) or "none") if isinstance(value, tuple) else str(value)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text with each column but the last padded to its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
