"""Names of a package, imported when they are first asked for: its stub says where they are."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Mapping

__all__ = ["attach", "homes_of"]


def homes_of(package: str) -> dict[str, str]:
    """Return the module of each name that the stub of a package imports; a module is its own.

    A stub has nothing but ``from module import name as name``, and is read without a parser: to
    load one takes as long as all else.
    """
    path = (sys.modules[package].__file__ or "").removesuffix(".py") + ".pyi"
    homes = {}
    with open(path, encoding="utf-8") as file:
        for statement in f"\n{file.read()}".split("\nfrom ")[1:]:
            module, _, names = statement.partition("\n\n")[0].partition(" import ")
            for each in names.strip("(), \n").split(","):
                name = each.split()[0]
                homes[name] = f"{package}.{name}" if module == package else module
    return homes


def attach(
    package: str, homes: Mapping[str, str] | None = None, moved: Mapping[str, str] | None = None
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package (PEP 562, SPEC 1).

    Parameters
    ----------
    package : str
        Its name.
    homes : mapping of str to str, optional
        Module by name; default: as the stub of the package says.
    moved : mapping of str to str, optional
        Where names are now that were here, such as "sfc_sim.decision.priorities": they are found,
        with a warning.
    """
    found = homes_of(package) if homes is None else homes
    elsewhere = moved or {}

    def get(name: str) -> object:
        if name in elsewhere:
            place = elsewhere[name]
            text = f"{package}.{name} is now {place}; the next version removes the old name"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            home, _, now = place.rpartition(".")
            return getattr(importlib.import_module(home), now)
        if name not in found:
            from sfc_sim._core.errors import unknown

            raise AttributeError(str(unknown(f"name in {package}", name, [*found, *elsewhere])))
        module = importlib.import_module(found[name])
        value = module if found[name] == f"{package}.{name}" else getattr(module, name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        own = (name for name in vars(sys.modules[package]) if name.startswith("__"))
        return sorted({*own, *found})

    names = sorted(name for name, home in found.items() if home != f"{package}.{name}")
    return get, listed, names
