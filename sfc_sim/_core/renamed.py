"""Names that have changed: the old ones are taken for one version, with a warning."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sfc_sim._core.errors import InputError, warn_user

__all__ = ["renamed", "renamed_members", "warn_renamed"]

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


def renamed(**names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what takes arguments of a function by their old names too.

    Parameters
    ----------
    **names : str
        The new name, by the old one.

    Examples
    --------
    >>> @renamed(samples="draws")
    ... def half(draws: int) -> float:
    ...     return draws / 2
    >>> half(draws=4)
    2.0
    >>> half(samples=4, draws=4)
    Traceback (most recent call last):
    sfc_sim._core.errors.InputError: half: samples is the old name of draws; pass draws alone
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        owner = function.__qualname__.removesuffix(".__init__")

        @wraps(function)
        def inside(*args: P.args, **kwargs: P.kwargs) -> R:
            for old in names.keys() & kwargs.keys():
                new = names[old]
                if new in kwargs:
                    raise InputError(f"{owner}: {old} is the old name of {new}; pass {new} alone")
                warn_renamed(f"{owner}: {old}", new)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return inside

    return decorate


def renamed_members(**names: str) -> Callable[[C], C]:
    """Return what gives fields and methods of a class by their old names too.

    Parameters
    ----------
    **names : str
        The new name, by the old one.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @renamed_members(evidence="observed")
    ... @dataclass(frozen=True)
    ... class Seen:
    ...     observed: float
    >>> Seen(2.0).observed
    2.0
    """

    def decorate(kind: C) -> C:
        for old, new in names.items():
            setattr(kind, old, property(_reader(kind.__name__, old, new)))
        initial = "__init__"
        setattr(kind, initial, renamed(**names)(getattr(kind, initial)))
        return kind

    return decorate


def _reader(owner: str, old: str, new: str) -> Callable[[Any], Any]:
    def read(thing: Any) -> Any:
        warn_renamed(f"{owner}.{old}", new)
        return getattr(thing, new)

    read.__doc__ = f"Old name of `{new}`."
    return read


def warn_renamed(old: str, new: str) -> None:
    """Warn, where the user's own code stands, that something goes by another name."""
    warn_user(f"{old} is now {new}; the old name goes with the next version", DeprecationWarning)
