"""How two parameters of a scenario go together: a Gaussian copula, one number for each pair.

A parameter is a quantile function of a uniform number u, and z = Phi^-1(u) is standard normal. A
correlation is that of the z of two parameters; so their own laws stay what they are. Two laws with
a density have the rank correlation 6/pi arcsin(rho/2), whatever they are (Pearson 1907).

Examples
--------
>>> from sfc_sim.scenario import load_scenario
>>> scenario = load_scenario("cook2022-balanced")
>>> linked = scenario.replace(correlations={("delay", "expansion_speed"): 0.6})
>>> linked.correlations[0].parameters, linked.correlations[0].rho
(('delay', 'expansion_speed'), 0.6)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from sfc_sim._core.errors import InputError, number, one_line, shown, text, unknown
from sfc_sim._core.tables import as_table, check_keys
from sfc_sim._core.typing import FloatArray
from sfc_sim.scenario.parameter import STATUSES

if TYPE_CHECKING:
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "Correlation",
    "at_work",
    "checked_correlations",
    "correlation_from_table",
    "goes_with",
    "independent",
    "matrix_of",
]

# A matrix whose least eigenvalue is below this has lost its digits before it is singular.
LEAST_EIGENVALUE: Final = 1e-10
_KEYS = ("parameters", "rho", "source", "status")


@final
@dataclass(frozen=True)
class Correlation:
    """That two parameters of a scenario go together.

    Attributes
    ----------
    parameters : tuple of (str, str)
        Names of the two.
    rho : float
        Correlation of their normal scores, above -1 and below 1; 0 says that they are independent.
    source : str, default "set by the user"
        Work and place that it comes from.
    status : str, default "assumed"
        "verified" (read in the source), "secondary" (read in another work) or "assumed".

    Examples
    --------
    >>> Correlation(("delay", "expansion_speed"), 0.6).status
    'assumed'
    """

    parameters: tuple[str, str]
    rho: float
    source: str = "set by the user"
    status: str = "assumed"

    def __post_init__(self) -> None:
        pair = self.parameters
        if not (isinstance(pair, tuple | list) and len(pair) == 2):
            raise InputError(f"parameters of a correlation is {shown(pair)}; it must be two names")
        one, other = (one_line(text(name, "parameter of a correlation")) for name in pair)
        object.__setattr__(self, "parameters", (one, other))
        if one == other:
            raise InputError(f"{self.where} is of a parameter with itself; name two")
        rho = number(self.rho, f"{self.where}: rho", -1.0, 1.0)
        if abs(rho) == 1.0:
            raise InputError(f"{self.where}: rho is {rho:g}; it must lie between -1 and 1")
        object.__setattr__(self, "rho", rho)
        object.__setattr__(self, "source", one_line(text(self.source, f"{self.where}: source")))
        if not self.source.strip():
            raise InputError(f"{self.where}: source is missing")
        if self.status not in STATUSES:
            raise unknown(f"{self.where} status", self.status, STATUSES)

    @property
    def where(self) -> str:
        """What errors call it."""
        return "correlation of '{}' and '{}'".format(*self.parameters)

    def to_dict(self) -> dict[str, Any]:
        """Return the table of this correlation in a scenario file."""
        return {key: getattr(self, key) for key in _KEYS} | {"parameters": list(self.parameters)}


def correlation_from_table(entry: Any) -> Correlation:
    """Read a correlation of a scenario file."""
    table = as_table(entry, "a correlation")
    check_keys("correlation", table, _KEYS, ())
    return Correlation(**table)


def checked_correlations(given: Any, parameters: Iterable[str]) -> tuple[Correlation, ...]:
    """Return the correlations of a scenario, which must make a positive definite matrix.

    Parameters
    ----------
    given : tuple of Correlation, or mapping of (str, str) to float
        Each pair at most once.
    parameters : iterable of str
        Those of the scenario.
    """
    if isinstance(given, Mapping):
        given = tuple(Correlation(pair, rho) for pair, rho in given.items())
    if not isinstance(given, tuple | list) or not all(isinstance(c, Correlation) for c in given):
        raise InputError(
            f"correlations is {shown(given)}; it must be a tuple of Correlation, or a table such"
            " as {('delay', 'expansion_speed'): 0.6}"
        )
    known, seen = list(parameters), set[frozenset[str]]()
    for each in given:
        for name in each.parameters:
            if name not in known:
                raise unknown("parameter of a correlation", name, known)
        if frozenset(each.parameters) in seen:
            raise InputError(f"{each.where} is given twice; give it once")
        seen.add(frozenset(each.parameters))
    _check_definite(tuple(given))
    return tuple(given)


def matrix_of(correlations: Iterable[Correlation], names: list[str]) -> FloatArray:
    """Return the matrix of correlations of these parameters; others are left out.

    Examples
    --------
    >>> matrix_of([Correlation(("a", "b"), 0.5)], ["b", "a", "c"])[0]
    array([1. , 0.5, 0. ])
    """
    found = np.eye(len(names))
    place = {name: k for k, name in enumerate(names)}
    for each in correlations:
        if all(name in place for name in each.parameters):
            i, j = (place[name] for name in each.parameters)
            found[i, j] = found[j, i] = each.rho
    return found


def _check_definite(correlations: tuple[Correlation, ...]) -> None:
    """Refuse what no normal law has, naming the pair that does most against it."""
    names = list(dict.fromkeys(name for each in correlations for name in each.parameters))
    if not names:
        return
    matrix = matrix_of(correlations, names)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= LEAST_EIGENVALUE:
        return
    # The least eigenvalue is v'Mv, to which each pair adds 2 rho v_i v_j.
    scores = dict(zip(names, vectors[:, 0].tolist(), strict=True))
    worst = min(
        reversed(correlations),
        key=lambda c: round(c.rho * scores[c.parameters[0]] * scores[c.parameters[1]], 9),
    )
    raise InputError(
        f"{worst.where}: rho = {worst.rho:g} cannot be beside the other correlations, as the matrix"
        f" is not positive definite{_allowed(matrix, [names.index(n) for n in worst.parameters])}"
    )


def _allowed(matrix: FloatArray, pair: list[int]) -> str:
    """Return what the others leave open for a pair, in words."""
    rest = [k for k in range(len(matrix)) if k not in pair]
    sides = matrix[np.ix_(pair, rest)]
    inner = matrix[np.ix_(rest, rest)]
    if np.linalg.eigvalsh(inner)[0] < LEAST_EIGENVALUE:
        return ""
    given = sides @ np.linalg.solve(inner, sides.T)
    left = 1.0 - np.diag(given)
    if (left <= 0.0).any():
        return ""
    half = float(np.sqrt(left.prod()))
    low, high = given[0, 1] - half, given[0, 1] + half
    return f"; allowed with these: from {low:.3g} to {high:.3g}"


def at_work(scenario: Scenario) -> tuple[Correlation, ...]:
    """Return the correlations that do something: not 0, and of parameters that vary.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("cook2022-balanced")
    >>> linked = scenario.replace(correlations={("delay", "expansion_speed"): 0.6})
    >>> len(at_work(linked)), len(at_work(linked.replace(delay="1 Gyr")))
    (1, 0)
    """
    laws = {name: p.distribution for name, p in scenario.parameters.items()}
    varying = {name for name, law in laws.items() if law.support[0] != law.support[1]}
    return tuple(
        c for c in scenario.correlations if c.rho != 0.0 and varying.issuperset(c.parameters)
    )


def goes_with(scenario: Scenario, name: str) -> list[str]:
    """Return the parameters that a parameter goes with.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> scenario = load_scenario("cook2022-balanced")
    >>> linked = scenario.replace(correlations={("delay", "expansion_speed"): 0.6})
    >>> goes_with(linked, "delay")
    ['expansion_speed']
    """
    pairs = [c.parameters for c in at_work(scenario) if name in c.parameters]
    return [other for pair in pairs for other in pair if other != name]


def independent(scenario: Scenario, names: Iterable[str], what: str, instead: str) -> None:
    """Refuse what holds for independent parameters only, where some of these go together.

    Parameters
    ----------
    scenario : Scenario
        Of the parameters.
    names : iterable of str
        Those that must be independent of each other.
    what : str
        What needs it, for the error.
    instead : str
        What to do.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> independent(load_scenario("ord2021"), ["expansion_speed"], "this", "take draws")
    """
    wanted = set(names)
    for each in at_work(scenario):
        if wanted.issuperset(each.parameters):
            raise InputError(
                f"{what} needs independent parameters, and scenario '{scenario.name}' has a"
                f" {each.where} (rho = {each.rho:g}); {instead}"
            )
