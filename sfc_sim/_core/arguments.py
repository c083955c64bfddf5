"""Checks of arguments against the annotations of a function.

Kinds are checked here, ranges where they are known. A quantity with a unit becomes a bare number.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from difflib import get_close_matches
from functools import cache, wraps
from math import inf
from typing import Any, ParamSpec, TypeAlias, TypeVar

from sfc_sim._core import errors
from sfc_sim._core.credences import mixture_named
from sfc_sim._core.errors import InputError, shown

__all__ = ["validated"]

P = ParamSpec("P")
R = TypeVar("R")
# (what came, name of the argument, unit) -> what goes in
Check: TypeAlias = Callable[[Any, str, str], Any]

MAKERS = {
    "draws": "sample",
    "weights": "weigh",
    "share": "saturation",
    "report": "assess",
    "universe": "simulate",
    "here": "simulate_here",
    "priorities": "decision.priorities",
    "delay": "decision.delay_cost",
    "effects": "literature.conversion_effects",
    "walked": "literature.walk",
}
"""Who makes the Dataset that an argument of this name wants."""


REPORTS = ("report", "share")
"""Arguments that may also be the study that a report is of."""

HOLD = {"weights": "log_weight", "report": "theory"}
"""A variable or coordinate that such a Dataset always has."""

LEAST = {
    "bins": 2,
    "draw": 0,
    "draws": 1,
    "first": 0,
    "pixels": 2,
    "points": 1,
    "probes": 1,
    "rays": 2,
    "realisation": 0,
    "realisations": 1,
    "seed": 0,
    "size": 1,
    "threads": 1,
}
"""Least value of a whole number, by the name of the argument."""


MOST = {"bins": 10**6, "threads": 10**5}
"""Greatest value of a whole number: beyond it nothing would be told, and memory would end."""


def _dataset(value: Any, name: str, _: str) -> Any:
    if name in REPORTS and _is(value, "Study"):
        value = value.report
    if name in ("draws", "weights") and _is(value, "Study"):
        raise InputError(f"{name} is a study; pass its {name}, study.{name}")
    if name in MAKERS and not _is(value, "Dataset"):
        came = f"{name} is {shown(value)}: got {type(value).__name__}"
        raise InputError(f"{came}; pass the Dataset of sfc_sim.{MAKERS[name]}")
    if name in HOLD and HOLD[name] not in value:
        raise InputError(
            f"{name} has no '{HOLD[name]}'; pass the Dataset of sfc_sim.{MAKERS[name]}"
        )
    return value


def _study(value: Any, name: str, _: str) -> Any:
    """Return a study; a report is not enough of one."""
    if _is(value, "Study"):
        return value
    if _is(value, "Dataset"):
        raise InputError(f"{name} is a Dataset; pass what sfc_sim.assess returns, not its report")
    raise InputError(f"{name} is {shown(value)}; pass what sfc_sim.assess returns")


def _reports(value: Any, *_: str) -> Any:
    """Return a report, or pairs of a number and one, also where studies came."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_reported(each) for each in value]
    return value.report if _is(value, "Study") else value


def _reported(pair: Any) -> Any:
    if isinstance(pair, tuple | list) and len(pair) == 2 and _is(pair[1], "Study"):
        return pair[0], pair[1].report
    return pair


def _is(value: object, name: str) -> bool:
    """Tell whether a value is of a class, without importing where the class lives."""
    return any(kind.__name__ == name for kind in type(value).__mro__)


def _has(method: str, what: str) -> Check:
    """Return the check for something that has a method."""

    def check(value: Any, name: str, _: str) -> Any:
        if not hasattr(value, method):
            raise InputError(f"{name} is {shown(value)}; it must be {what}")
        return value

    return check


def _executor(value: Any, name: str, _: str) -> Any:
    """Return an executor; a client of dask only looks like one, and has futures of its own kind."""
    if not isinstance(value, Executor):
        hint = ": pass its get_executor()" if hasattr(value, "get_executor") else ""
        raise InputError(
            f"{name} is {shown(value)}; it must be an executor of concurrent.futures{hint}"
        )
    return value


def _aim(allowed: str, *, listed: bool = False) -> Check:
    """Return the check of an argument ``aim``."""

    def check(value: Any, name: str, _: str) -> Any:
        if _is(value, "bool") or _is(value, "bool_"):
            return bool(value)
        names = isinstance(value, Sequence) and not isinstance(value, str | bytes)
        if _is(value, "Proposal") or _is(value, "Proposals") or (listed and names):
            return value
        raise InputError(f"{name} is {shown(value)}; it must be {allowed}")

    return check


def _instance(kind: str) -> Check:
    def check(value: Any, name: str, _: str) -> Any:
        if not _is(value, kind):
            raise InputError(f"{name} is {shown(value)}; it must be sfc_sim {kind}")
        return value

    return check


def _row(value: Any, name: str, unit: str) -> Any:
    """Return a list of numbers, at least one, as a tuple."""
    value = errors.bare(value, name, unit)
    row = hasattr(value, "__iter__") and not isinstance(value, str | bytes | dict | set)
    row = row and getattr(value, "shape", None) != () and not _is(value, "Dataset")
    if not row or not len(items := list(value)):
        raise InputError(f"{name} is {shown(value)}; it must be a list of numbers, at least one")
    found = tuple(errors.number(item, f"each of {name}", unit=unit) for item in items)
    return list(found) if isinstance(value, list) else found


def _names(value: Any, name: str, _: str) -> Any:
    """Return a list of texts, at least one; their values are checked elsewhere."""
    listed = isinstance(value, Sequence) and not isinstance(value, str | bytes) and len(value)
    if not listed or not all(isinstance(each, str) for each in value):
        raise InputError(f"{name} is {shown(value)}; it must be a list of names, at least one")
    return value


def _weights(value: Any, name: str, _: str) -> Any:
    """Return numbers by name."""
    given = errors.mapping(value, name)
    return {key: errors.bare(each, f"{name} of '{key}'", "") for key, each in given.items()}


def _theory(value: Any, name: str, _: str) -> Any:
    """Return a name or a theory; whether a name is known is told elsewhere."""
    if not isinstance(value, str) and (isinstance(value, type) or not _is(value, "Theory")):
        raise InputError(f"{name} is {shown(value)}; it must be a name or a Theory")
    return value


def _listed_theories(value: Any, name: str, _: str) -> Any:
    """Return a list of names or theories, at least one."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence) or not len(value):
        what = "a list of names or theories, at least one"
        raise InputError(f"{name} is {shown(value)}; it must be {what}")
    for each in value:
        _theory(each, f"each of {name}", "")
    return value


def _theories(value: Any, name: str, _: str) -> Any:
    """Return a list of names or theories, or the credence in each."""
    if not hasattr(value, "keys"):
        return _listed_theories(value, name, "")
    for key in value:
        _theory(key, f"each of {name}", "")
    label = {key: key if isinstance(key, str) else getattr(key, "name", key) for key in value}
    return {key: errors.bare(each, f"{name} of '{label[key]}'", "") for key, each in value.items()}


def _uncertain(value: Any, name: str, unit: str) -> Any:
    """Return a quantity as a number; a law, or what else came, is read where it is used."""
    return errors.bare(value, name, unit)


def _scenario(value: Any, name: str, _: str) -> Any:
    """Return a scenario, a name or a path; a mixture is refused where it is read."""
    if (
        not mixture_named(value)
        and not isinstance(value, str | os.PathLike)
        and not _is(value, "Scenario")
    ):
        raise InputError(f"{name} is {shown(value)}; it must be a Scenario, its name or a path")
    return value


def _pair(value: Any, name: str, unit: str) -> Any:
    if len(row := _row(value, name, unit)) != 2:
        raise InputError(f"{name} is {shown(value)}; it must be two numbers")
    return row


def _list(value: Any, name: str, _: str) -> Any:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence) or not len(value):
        raise InputError(f"{name} is {shown(value)}; it must be a list, with at least one item")
    return value


def _words(value: Any, name: str, _: str) -> Any:
    """Return text, or a function in its place."""
    return value if callable(value) else errors.text(value, name)


def _background(value: Any, name: str, _: str) -> Any:
    if not isinstance(value, str) and not _is(value, "Background"):
        raise InputError(f"{name} is {shown(value)}; it must be a Background or its name")
    return value


def _plain(check: Callable[[Any, str], Any]) -> Check:
    return lambda value, name, _: check(value, name)


def _path(value: Any, name: str, _: str) -> Any:
    errors.pathlike(value, name)
    return value


def _number(value: Any, name: str, unit: str) -> float:
    return errors.number(value, name, unit=unit)


def _limit(value: Any, name: str, unit: str) -> float:
    """Return one number, which may be infinite."""
    found = errors.numbers(value, name, unit=unit)
    if found.shape != ():
        raise InputError(f"{name} is {shown(value)}; it must be one number")
    return float(found)


def _whole(value: Any, name: str, _: str) -> int:
    return errors.whole_number(value, name, LEAST.get(name, -inf), MOST.get(name, inf))


def _array(value: Any, name: str, unit: str) -> Any:
    return errors.numbers(value, name, unit=unit)


def _progress(value: Any, name: str, _: str) -> Any:
    """Return True, False, or a function."""
    if not isinstance(value, bool) and not callable(value):
        raise InputError(f"{name} is {shown(value)}; it must be True, False or a function")
    return value


CHECKS: dict[str, Check] = {
    "str": _plain(errors.text),
    "bool": _plain(errors.flag),
    "int": _whole,
    "float": _number,
    "Limit": _limit,
    "npt.ArrayLike": _array,
    "FloatArray": _array,
    "float | FloatArray": _array,
    "Sequence[float]": _row,
    "tuple[float, float]": _pair,
    "Sequence[float | Distribution]": _list,
    "Sequence[Any]": _list,
    "Sequence[CountObservation]": _list,
    "Sequence[Scenario | str]": _list,
    "Scenario | str": _scenario,
    "str | Worth": _words,
    "Probe": _plain(errors.text),
    "Design": _plain(errors.text),
    "Evidence": _plain(errors.text),
    "Sequence[str]": _names,
    "str | os.PathLike[str]": _path,
    "xr.Dataset": _dataset,
    "Theories": _theories,
    "TheoryLike": _theory,
    "Sequence[TheoryLike]": _listed_theories,
    "Mapping[str, float]": _weights,
    "Uncertain": _uncertain,
    "SimilarityLike": _uncertain,
    "float | Distribution | xr.Dataset | Study": _uncertain,
    "Study": _study,
    "xr.Dataset | Study | Sequence[tuple[float, xr.Dataset | Study]]": _reports,
    "Mapping[str, Any]": _plain(errors.mapping),
    "Mapping[str, Uncertain]": _plain(errors.mapping),
    "Progress": _progress,
    "Callable[[Points], FloatArray]": _plain(errors.function),
    "Executor": _executor,
    "Axes": _has("plot", "Axes of matplotlib"),
    "Figure": _has("savefig", "a Figure of matplotlib"),
    "Background": _instance("Background"),
    "Background | str": _background,
    "bool | Proposal": _aim(
        "True, False or a proposal of sfc_sim.aim: True is for all of theories"
    ),
    "bool | AnyProposal": _aim(
        "True, False or a proposal of sfc_sim.aim: True is for all of theories"
    ),
    "bool | Sequence[TheoryLike] | Proposal": _aim(
        "True, False, a list of theories or a proposal", listed=True
    ),
    "Conversions": _instance("Conversions"),
    "Scenario": _instance("Scenario"),
    "Parameter": _instance("Parameter"),
    "PlanetHistory": _instance("PlanetHistory"),
    "PowerLawUniverse": _instance("PowerLawUniverse"),
}
"""What checks an argument, by its annotation; those not here are checked where they are used."""


def _one(value: Any, name: str, annotation: str, unit: str) -> Any:
    """Return a value checked by its annotation."""
    kind = annotation.removesuffix(" | None")
    kind = "str" if kind.startswith("Literal[") else kind
    if kind not in CHECKS or (value is None and annotation.endswith(" | None")):
        return value
    return CHECKS[kind](value, name, unit)


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _misnamed(
    function: Callable[..., Any], given: Mapping[str, Any], error: TypeError
) -> TypeError:
    """Return the error of arguments that do not fit, with the function and the nearest name."""
    told = re.sub("^(too many|multiple)", r"got \1", str(error))
    known = _signature(function).parameters
    if not any(each.kind is each.VAR_KEYWORD for each in known.values()):
        for wrong in [name for name in given if name not in known][:1]:
            near = get_close_matches(wrong.casefold(), known, n=1, cutoff=0.5)
            hint = f"; did you mean '{near[0]}'?" if near else f" (allowed: {', '.join(known)})"
            told = f"got an unexpected keyword argument '{wrong}'{hint}"
    return TypeError(f"{function.__qualname__}() {told}")


def validated(**units: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that checks arguments by their annotations before a function runs.

    Parameters
    ----------
    **units : str
        Unit of an argument, where it is not a pure number.

    Examples
    --------
    >>> @validated(age="Gyr")
    ... def older(age: float) -> float:
    ...     return age + 1.0
    >>> older("young")
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: age: 'young' is no number with a unit; allowed: a number ...
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        annotations = {name: str(kind) for name, kind in function.__annotations__.items()}

        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                given = _signature(function).bind(*args, **kwargs)
            except TypeError as error:
                raise _misnamed(function, kwargs, error) from None
            for name, value in given.arguments.items():
                kind = annotations.get(name, "")
                if name == "theory" and kind.startswith("str") and _is(value, "Theory"):
                    value = value.name  # results have theories by their names
                given.arguments[name] = _one(value, name, kind, units.get(name, ""))
            return function(*given.args, **given.kwargs)

        return inside

    return decorate
