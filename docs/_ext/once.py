"""What many pages and figures begin with, the same draws or study of one seed, is made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from sphinx.application import Sphinx

import sfc_sim as sfc


def once(function: Callable[..., object], most: int = 8) -> Callable[..., object]:
    """Keep the last results by their arguments; without a seed, or a hash, it is done each time.

    Nobody may change what is kept.
    """
    kept = lru_cache(most)(function)

    @wraps(function)
    def found(*arguments: Any, **options: Any) -> object:
        try:
            hash((arguments, tuple(options.items())))
        except TypeError:
            return function(*arguments, **options)
        same = isinstance(options.get("rng"), int)
        return (kept if same else function)(*arguments, **options)

    return found


def begin(app: Sphinx) -> None:
    """Let the pages for people share; examples that are tested do everything."""
    if app.builder.name != "doctest":
        for name in ("assess", "sample"):
            setattr(sfc, name, once(getattr(sfc, name)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Begin with the build."""
    app.connect("builder-inited", begin)
    return {"parallel_read_safe": True}
