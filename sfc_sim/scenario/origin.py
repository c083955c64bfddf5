"""Where a result comes from: its attributes, read here alone and turned into objects again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, final

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.importable import at_path, path_of
from sfc_sim.cosmology.background import Background
from sfc_sim.scenario.assumed import Assumed, assumed_from_toml
from sfc_sim.scenario.scenario import alive

__all__ = ["Aim", "Origin", "origin_of"]

T = TypeVar("T")

MAKERS: Mapping[str, str] = {
    "base": "analysis.tornado",
    "by": "analysis.conditional",
    "credences": "assess",
    "evidence": "weigh",
    "galaxies": "drake.drake_distribution",
    "observations": "weigh",
    "reach": "simulate_here",
    "reading": "literature.walk",
    "theory": "analysis.tornado",
    "window": "earth.earth_posterior",
} | dict.fromkeys(("box", "cosmology_age", "delay", "first", "realisations"), "simulate")
"""Who writes an attribute; those not here are of `sample`."""


class Aim(NamedTuple):
    """The proposal that draws were made with, and the arguments of `sfc_sim.aim` that find it."""

    proposal: str
    theories: list[str]
    evidence: str
    seed: int
    pilot: int
    precision: float | None


@final
@dataclass(frozen=True)
class Origin:
    """The attributes of a result as objects; each is read when it is asked for.

    Attributes
    ----------
    attrs : mapping of str
        Attributes of a Dataset.

    Raises
    ------
    InputError
        From each that is asked for, if it is missing or of another kind.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> origin = origin_of(sfc.sample("cook2022-balanced", 5, rng=7))
    >>> origin.scenario == sfc.load_scenario("cook2022-balanced"), origin.seed
    (True, 7)
    >>> origin.evidence
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: this Dataset has no attribute 'evidence'; pass that of ...
    """

    attrs: Mapping[str, Any]

    @property
    def scenario(self) -> Assumed:
        """The scenario, or mixture of these, whole."""
        return _scenario_in(self.text("scenario_toml"))

    @property
    def name(self) -> str:
        """Name of the scenario, or ""."""
        return self.text("scenario", "")

    @property
    def background(self) -> Background:
        """The universe: of a name, or a power law."""
        name = self.text("cosmology")
        if not self.has("cosmology_exponent"):
            return Background.named(name)
        exponent, age = self.number("cosmology_exponent"), self.number("cosmology_age")
        return Background.power_law(exponent, age, name=name)

    @property
    def seed(self) -> int:
        """The seed of the draws."""
        return self.whole("seed")

    @property
    def evidence(self) -> str:
        """Name of the evidence of fronts."""
        return self.text("evidence")

    @property
    def aim(self) -> Aim | None:
        """What the draws were aimed with; None of prior draws."""
        if not self.has("proposal"):
            return None
        return Aim(
            self.text("proposal"),
            self.listed("aim"),
            self.text("aim_evidence"),
            self.whole("aim_seed"),
            self.whole("aim_pilot"),
            self.number("aim_precision") if self.has("aim_precision") else None,
        )

    def has(self, name: str) -> bool:
        """Tell whether there is an attribute, and it is not empty."""
        return str(self.attrs.get(name, "")) != ""

    def text(self, name: str, default: str | None = None) -> str:
        """Return an attribute as text, or the default where there is none."""
        if name in self.attrs:
            return str(self.attrs[name])
        if default is None:
            raise InputError(
                f"this Dataset has no attribute '{name}'; pass that of"
                f" sfc_sim.{MAKERS.get(name, 'sample')} with its attributes, which arithmetic of"
                " xarray drops"
            )
        return default

    def number(self, name: str, default: float | None = None) -> float:
        """Return an attribute as a number, or the default where there is none."""
        return _read(float, name, self.text(name, None if default is None else repr(default)))

    def whole(self, name: str) -> int:
        """Return an attribute as a whole number."""
        return _read(int, name, self.text(name))

    def listed(self, name: str, default: str | None = None) -> Any:
        """Return what an attribute holds as JSON, or what the default does where there is none."""
        return _read(json.loads, name, self.text(name, default))


def origin_of(result: object) -> Origin:
    """Return where a Dataset comes from; a number or a law comes from nowhere.

    Examples
    --------
    >>> import xarray as xr
    >>> origin_of(xr.Dataset(attrs={"seed": "7"})).seed, origin_of(0.5).has("seed")
    (7, False)
    """
    return Origin(getattr(result, "attrs", {}))


def _read(read: Callable[[str], T], name: str, text: str) -> T:
    try:
        return read(text)
    except ValueError:
        raise InputError(
            f"attribute '{name}' is {shown(text)}, which sfc_sim.{MAKERS.get(name, 'sample')} does"
            " not write; pass its Dataset as it came"
        ) from None


@lru_cache(maxsize=64)
def _parsed(text: str) -> Assumed:
    return assumed_from_toml(text)


def _scenario_in(text: str) -> Assumed:
    """Return the scenario in a text, which is read once."""
    found = alive(text) or _parsed(text)
    # A class of a notebook may have been defined anew since.
    if all(at_path(path_of(kind), "model") is kind for kind in map(type, found.models)):
        return found
    return assumed_from_toml(text)
