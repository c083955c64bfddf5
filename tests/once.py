"""Work that many tests begin with, done once."""

from __future__ import annotations

from collections.abc import Callable


def once(function: Callable[..., object]) -> Callable[..., object]:
    """Keep what a function returns, by what it is asked; nobody may change that."""
    kept: dict[str, object] = {}

    def found(*arguments: object, **options: object) -> object:
        asked = repr((arguments, sorted(options.items())))
        if asked not in kept:
            kept[asked] = function(*arguments, **options)
        return kept[asked]

    return found
