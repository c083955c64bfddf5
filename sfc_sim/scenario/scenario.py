"""What is assumed: a scenario names its models and gives each parameter a distribution and source.

Scenarios are TOML files. Those of the literature are in the catalogue that `list_scenarios` shows;
`load_scenario` reads one of them, or any file. A file that names a ``base`` holds only what differs
from that scenario. A scenario is complete, whatever file it is from, and is checked against the
declarations of its models (`sfc_sim.distributions.declarations`) when it is made.

Examples
--------
>>> import sfc_sim as sfc
>>> scenario = sfc.load_scenario("cook2022-balanced")
>>> scenario["delay"].distribution
LogUniform(lo=0.1, hi=4.5)
>>> scenario.replace(delay="1 Gyr")["delay"].distribution
Fixed(value=1)
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast, final
from weakref import WeakValueDictionary

from sfc_sim._core.errors import InputError, mapping, one_line, shown, text, unknown
from sfc_sim._core.rows import items
from sfc_sim._core.tables import as_text
from sfc_sim.appearance.base import Appearance
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions.declarations import apart, declared_parameters
from sfc_sim.expansion.base import Expansion
from sfc_sim.scenario.claim import Claim
from sfc_sim.scenario.correlation import Correlation, checked_correlations
from sfc_sim.scenario.derived import differences, told_changes
from sfc_sim.scenario.families import as_model, refuse_of_others, written
from sfc_sim.scenario.parameter import (
    INFERENCES,
    Parameter,
    checked_parameters,
    left_out,
    set_by_user,
)
from sfc_sim.scenario.premise import Premise, checked_premises

__all__ = ["Scenario", "alive"]

# Keys of a scenario file that hold text, in the order in which they are written.
WORDS = ("name", "title", "source", "reference", "assumes", "cosmology")
_MODELS = ("appearance", "expansion")
KEYS = (*WORDS[:-1], *_MODELS, "cosmology")
_REPLACED = ("expansion", "premises", "correlations")
_living: WeakValueDictionary[str, Scenario] = WeakValueDictionary()
_USUAL = "Planck18"  # needs no look at astropy's list, which takes half a second to import


@final
@dataclass(frozen=True, repr=False)
class Scenario:
    """A complete set of assumptions: models, options, and a distribution for every parameter.

    Making one checks everything against what the models declare, and converts each parameter to
    the unit of its model.

    Attributes
    ----------
    appearance : Appearance
        How civilizations arise: a model of ``sfc_sim.appearance``, one of your own, or a name.
    expansion : Expansion
        What they take: a model of ``sfc_sim.expansion``, one of your own, or a name.
    parameters : mapping of str to Parameter
        Every parameter of the models; when making one, also a Distribution, a number, or a text
        or Quantity with a unit, whose source is then the user.
    name, title, source, reference : str
        What it is called, and the work (and its address, or "") that it follows.
    assumes : str
        What the estimate assumes, in a sentence, or "".
    cosmology : str, default "Planck18"
        Name of the cosmological parameter set.
    claims : tuple of Claim
        What the source publishes, for `sfc_sim.literature.reproduce`.
    premises : tuple of Premise, optional
        What is contested of this scenario, besides what its models say is, for
        `sfc_sim.analysis.premises`.
    correlations : tuple of Correlation, or mapping of (str, str) to float, optional
        Which parameters go together (a Gaussian copula); by default they are independent.

    Raises
    ------
    InputError
        If something is unknown, missing, out of bounds or without a source, the models do not go
        together, or the correlations are not positive definite.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> scenario = sfc.load_scenario("sandberg2018")
    >>> scenario.options["saturating"]
    ('abiogenesis',)
    >>> from sfc_sim.appearance.family import TableAppearance
    >>> from sfc_sim.distributions import LogUniform
    >>> mine = Scenario(
    ...     appearance=TableAppearance([5.0, 9.0, 14.0], [0.0, 10.0, 30.0]), expansion="fronts",
    ...     parameters={"amount": LogUniform(1e-3, 1e3), "expansion_speed": 0.5,
    ...                 "expanding_fraction": 0.1})
    >>> mine["amount"].source
    'set by the user'
    """

    appearance: Appearance
    expansion: Expansion
    parameters: Mapping[str, Parameter]
    name: str = "own"
    title: str = ""
    source: str = "set by the user"
    reference: str = ""
    assumes: str = ""
    cosmology: str = _USUAL
    claims: tuple[Claim, ...] = ()
    premises: tuple[Premise, ...] = ()
    correlations: tuple[Correlation, ...] = ()

    def __post_init__(self) -> None:
        for role in _MODELS:
            object.__setattr__(self, role, as_model(getattr(self, role), role))
        for key in WORDS:
            object.__setattr__(self, key, one_line(text(getattr(self, key), key)))
        if not self.title:
            object.__setattr__(self, "title", f"{self.appearance} x {self.expansion}")
        mapping(self.parameters, "parameters")
        claims = self.claims
        if not isinstance(claims, tuple | list) or not all(isinstance(c, Claim) for c in claims):
            raise InputError(f"claims is {shown(claims)}; it must be a tuple of Claim")
        for key in ("name", "title", "source", "cosmology"):
            if not getattr(self, key).strip():
                raise InputError(f"{key} is missing")
        if self.cosmology != _USUAL and self.cosmology not in (known := Background.available()):
            raise unknown("cosmology", self.cosmology, known)
        parameters = checked_parameters(self.models, self.parameters, KEYS)
        object.__setattr__(self, "parameters", MappingProxyType(parameters))
        premises = checked_premises(self.models, parameters, self.premises)
        object.__setattr__(self, "premises", premises)
        correlations = checked_correlations(self.correlations, parameters)
        object.__setattr__(self, "correlations", correlations)
        for model in self.models:
            model.check_factors(self.factors)
            written(model)  # what no file can hold is refused now

    @property
    def models(self) -> tuple[Appearance, Expansion]:
        """The appearance and the expansion model."""
        return self.appearance, self.expansion

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """Every option of the models, by name."""
        return MappingProxyType(self.appearance.options | self.expansion.options)

    @property
    def gives(self) -> frozenset[str]:
        """What the models give: "civilizations", "dates", "volumes", or a variable by its name.

        And "self-sampling", unless a parameter is inferred by that already.
        """
        done = {parameter.inferred_by for parameter in self.parameters.values()}
        return self.appearance.gives | self.expansion.gives | (set(INFERENCES) - done)

    @property
    def given(self) -> str:
        """Front evidence that it is conditioned on already, or ""."""
        return self.appearance.given

    @property
    def factors(self) -> dict[str, Parameter]:
        """The parameters that go by names of the scenario's own, as a model of factors takes."""
        declared = declared_parameters(self.models)
        return {name: p for name, p in self.parameters.items() if name not in declared}

    @cached_property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that change with anything that the scenario assumes."""
        import tomli_w

        return hashlib.sha256(tomli_w.dumps(self._assumed()).encode()).hexdigest()[:16]

    def __getitem__(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise unknown("parameter", name, self.parameters)
        return self.parameters[name]

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:  # a MappingProxyType cannot be pickled
        given = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return _made, (given | {"parameters": dict(self.parameters)},)

    def replace(self, **changes: Any) -> Scenario:
        """Return a scenario with some assumptions changed.

        Parameters
        ----------
        **changes
            A parameter as a Distribution, a number, or a text or Quantity with a unit such as
            "3 Gyr"; an option by its value; or name, title, source, reference, assumes, cosmology,
            expansion, premises or correlations. The source of a changed parameter becomes "set by
            the user", its status "assumed"; name, title, source and assumes then say what is
            changed, unless they are given, and what the source claims is left out.

        Raises
        ------
        InputError
            If a name is unknown or a value not allowed.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> scenario = sfc.load_scenario("cook2022-balanced")
        >>> changed = scenario.replace(expansion_speed=0.5, delay_form="exponential")
        >>> changed.options["delay_form"], changed.source
        ('exponential', 'after Cook 2022; changed: delay_form, expansion_speed')
        """
        parameters, known = dict(self.parameters), {**self.options}
        words: dict[str, Any] = {}
        options: dict[str, Any] = {}
        expansion, premises, correlations = self.expansion, self.premises, self.correlations
        if "expansion" in changes:
            expansion = cast("Expansion", as_model(changes["expansion"], "expansion"))
            known = self.appearance.options | expansion.options
            gone = {p.name for p in self.expansion.parameters if p.optional}
            gone -= {p.name for p in expansion.parameters}
            parameters = {name: p for name, p in parameters.items() if name not in gone}
            premises = tuple(p for p in premises if p.changed <= {*parameters, *known})
        models = self.appearance, expansion
        optional = left_out(models, parameters)
        for key, value in changes.items():
            if key in parameters or key in optional:
                parameters[key] = set_by_user((parameters | optional)[key], value)
            elif key in known:
                options[key] = value
            elif key in WORDS:
                words[key] = as_text(value, key)
            elif key == "premises":
                premises = value
            elif key == "correlations":
                correlations = value
            elif key == "appearance":
                raise InputError(
                    "appearance cannot be replaced, as it has other parameters; make a new"
                    " scenario: sfc_sim.Scenario(appearance=..., expansion=..., parameters=...)"
                )
            elif key != "expansion":
                refuse_of_others(models, key)
                every = [*parameters, *optional, *known, *WORDS, *_REPLACED]
                raise unknown("assumption", key, every)
        own, its = apart((type(self.appearance), type(expansion)), options)
        changed = dataclasses.replace(
            self,
            appearance=self.appearance.with_options(**own) if own else self.appearance,
            expansion=expansion.with_options(**its) if its else expansion,
            parameters=parameters,
            premises=premises,
            correlations=correlations,
            **words,
        )
        return told_changes(changed, differences(self, changed), given=words)

    def to_toml(self) -> str:
        """Return the scenario as the text of a TOML file; `from_toml` gives it back exactly.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> scenario = sfc.load_scenario("sandberg2018-toy")
        >>> Scenario.from_toml(scenario.to_toml()) == scenario
        True
        """
        return self._toml

    @cached_property
    def _toml(self) -> str:
        import tomli_w

        table = self._assumed()
        for name, parameter in self.parameters.items():
            table["parameters"][name] = parameter.to_dict()
        premises = [premise.to_dict() for premise in self.premises]
        text = tomli_w.dumps(table | ({"premises": premises} if premises else {}))
        _living[text] = self
        return text

    def _assumed(self) -> dict[str, Any]:
        """Return the table of a scenario file without what says how things might be otherwise."""
        head = {key: str(getattr(self, key)) for key in KEYS}
        options = {**written(self.appearance), **written(self.expansion)}
        parameters = {
            name: dataclasses.replace(value, told_by="").to_dict()
            for name, value in self.parameters.items()
        }
        lists = {
            part: [entry.to_dict() for entry in getattr(self, part)]
            for part in ("claims", "correlations")
            if getattr(self, part)
        }
        return head | {"options": options, "parameters": parameters} | lists

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
        from it in what is assumed, is taken for a change of it: see `replace`. A base that is the
        path of a file starts from the current folder.
        """
        from sfc_sim.scenario.reading import scenario_from_text

        return scenario_from_text(as_text(text, "text"), as_text(where, "where"))

    def __repr__(self) -> str:
        models = f"{self.appearance} x {self.expansion}"
        return f"Scenario({self.name!r}, {models}; {len(self.parameters)} parameters)"

    def _repr_html_(self) -> str:
        from sfc_sim.scenario.display import scenario_html

        return scenario_html(self)

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


def alive(text: str) -> Scenario | None:
    """Return the last scenario of which `Scenario.to_toml` gave this text, if it still lives.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> scenario = sfc.load_scenario("sandberg2018-toy")
    >>> alive(scenario.to_toml()) is scenario, alive("") is None
    (True, True)
    """
    return _living.get(text)


def _option_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(_option_text, value)) or "none"
    return str(value)


def _made(given: dict[str, Any]) -> Scenario:
    """Return a scenario from a pickle."""
    return Scenario(**given)
