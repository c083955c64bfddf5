"""Links: a public name leads to where it is documented, and a parameter's name stays plain text."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import sfc_sim
from sfc_sim._core.lazy import homes_of

ROOT = Path(sfc_sim.__file__).parent


@cache
def homes() -> dict[str, str]:
    """Return the documented name by public name, such as ``sfc_sim.sample``."""
    found = {}
    for stub in ROOT.rglob("__init__.pyi"):
        package = ".".join(stub.parent.relative_to(ROOT.parent).parts)
        import_module(package)
        # A module is shown under its own name.
        known = {n: module for n, module in homes_of(package).items() if module != f"{package}.{n}"}
        found |= {f"{package}.{name}": f"{module}.{name}" for name, module in known.items()}
    return found


def candidates(target: str, module: str) -> Iterator[str]:
    """Yield the documented names that a name may stand for in a docstring of a module."""
    package = ".".join(module.split(".")[:2])
    for name in (target, f"sfc_sim.{target.removeprefix('sfc.')}", f"{package}.{target}"):
        parts = name.split(".")
        for k in range(len(parts), 0, -1):
            if (public := ".".join(parts[:k])) in homes():
                yield ".".join([homes()[public], *parts[k:]])


def documented(node: nodes.Node) -> Iterator[object]:
    """Yield the objects that a node describes: around it, or named in the first cell of its row."""
    while (node := node.parent) is not None:
        if isinstance(node, addnodes.desc):
            yield pkgutil.resolve_name(f"{node[0]['module']}:{node[0]['fullname']}")
        elif isinstance(node, nodes.row) and (names := node[0].astext()).startswith("sfc_sim."):
            yield from map(pkgutil.resolve_name, re.split(r",\s+", names))


def parameters(thing: object) -> set[str]:
    """Return the names of the parameters of a function, a class or a model."""
    try:
        taken = set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):  # of data and of exceptions
        taken = set()
    declared = getattr(thing, "parameters", ())
    return taken | {each.name for each in (declared if isinstance(declared, tuple) else ())}


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.TextElement
) -> nodes.Node | None:
    """Return the link of a name that Sphinx does not find, or its text if it is a parameter."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    if any(target in parameters(thing) for thing in documented(node)):
        return text
    domain = env.domains.python_domain
    for name in candidates(target, node.get("py:module") or ""):
        found = domain.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, text)
        if found is not None:
            return found
    return None


def setup(app: Sphinx) -> None:
    """Resolve what Sphinx does not find by itself."""
    app.connect("missing-reference", resolve)
