"""Links: a public name leads to where it is documented, and a parameter's name stays plain text."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import sfc_sim
from sfc_sim._core.lazy import homes_of

PACKAGES = [
    "sfc_sim",
    *(
        f"sfc_sim.{name}"
        for _, name, is_package in pkgutil.iter_modules(sfc_sim.__path__)
        if is_package
    ),
]
SHORT = "sfc."


@cache
def homes() -> dict[str, str]:
    """Return the documented name by public name, such as ``sfc_sim.sample``."""
    found = {}
    for package in PACKAGES:
        try:
            known = homes_of(package)
        except FileNotFoundError:  # no stub: nothing is public under another name
            continue
        found |= {f"{package}.{name}": f"{module}.{name}" for name, module in known.items()}
    return found


def candidates(target: str, module: str) -> Iterator[str]:
    """Yield the documented names that a name may stand for, in a docstring of a module."""
    full = f"sfc_sim.{target.removeprefix(SHORT)}"
    package = ".".join(module.split(".")[:2])
    for name in (target, full, f"{package}.{target}"):
        head, dot, rest = name, "", ""
        while head:
            if head in homes():
                yield f"{homes()[head]}{dot}{rest}"
            head, dot, last = head.rpartition(".")
            rest = f"{last}.{rest}" if rest else last


def parameters(node: nodes.Node) -> set[str]:
    """Return the names of the parameters of the documented objects that a node is in."""
    names: set[str] = set()
    while (node := node.parent) is not None:
        if isinstance(node, addnodes.desc):
            signature = node[0]
            path = f"{signature['module']}:{signature['fullname']}"
            thing = pkgutil.resolve_name(path)
            if callable(thing):
                names |= set(inspect.signature(thing).parameters)
    return names


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.TextElement
) -> nodes.Node | None:
    """Return the link that a name without a target of its own should be."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    if target.isidentifier() and target in parameters(node):
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
