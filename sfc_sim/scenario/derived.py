"""What a scenario is called once it is changed: no longer as the source that it follows.

Examples
--------
>>> retold({"name": "cook2022-balanced", "source": "Cook 2022"}, ["delay"])
{'name': 'cook2022-balanced+delay', 'source': 'after Cook 2022; changed: delay'}
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sfc_sim.scenario.scenario import Scenario

__all__ = ["differences", "original", "retold", "stock_name", "told_changed", "told_changes"]

# How each word tells of changes: its form, and what reads it again.
_FORMS: Final = {
    "name": ("{text}+{keys}", r"(?P<text>[^+]*)\+(?P<keys>.*)", "+"),
    "title": ("{text} (changed)", r"(?P<text>.*) \(changed\)(?P<keys>)", ", "),
    "source": ("after {text}; changed: {keys}", r"after (?P<text>.*); changed: (?P<keys>.*)", ", "),
    "assumes": ("But for {keys}: {text}", r"But for (?P<keys>[\w, ]*): (?P<text>.*)", ", "),
}


def retold(words: Mapping[str, str], changed: Sequence[str]) -> dict[str, str]:
    """Return text of a scenario that also names new changes, after those already named.

    Parameters
    ----------
    words : mapping of str to str
        Out of name, title, source and assumes; an empty one stays empty.
    changed : sequence of str
        Names of what has been changed.

    Examples
    --------
    >>> retold({"name": "mine+delay", "assumes": ""}, ["delay", "try_once"])
    {'name': 'mine+delay+try_once', 'assumes': ''}
    """
    return {key: _told(key, text, changed) if text else "" for key, text in words.items()}


def original(key: str, text: str) -> str:
    """Return a text as it was before changes were named in it.

    Examples
    --------
    >>> original("source", "after Cook 2022; changed: delay")
    'Cook 2022'
    """
    found = re.fullmatch(_FORMS[key][1], text, re.DOTALL)
    return found["text"] if found else text


def told_changed(source: str) -> list[str]:
    """Return the names that the text of a source lists as changed.

    Examples
    --------
    >>> told_changed("after Cook 2022; changed: delay, try_once")
    ['delay', 'try_once']
    """
    _, pattern, mark = _FORMS["source"]
    found = re.fullmatch(pattern, source, re.DOTALL)
    return found["keys"].split(mark) if found else []


def _told(key: str, text: str, changed: Sequence[str]) -> str:
    form, pattern, mark = _FORMS[key]
    found = re.fullmatch(pattern, text, re.DOTALL)
    before = found["keys"].split(mark) if found and found["keys"] else []
    keys = mark.join(dict.fromkeys([*before, *changed]))
    return form.format(text=original(key, text), keys=keys)


def differences(old: Scenario, new: Scenario) -> list[str]:
    """Return the names of what two scenarios assume differently.

    What only one of them has counts where the models are the same.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> base = load_scenario("sandberg2018")
    >>> differences(base, base.replace(lifetime="1 Myr", galaxies=2e12, title="Mine"))
    ['galaxies', 'lifetime']
    """
    pair = ("appearance", "expansion")
    kinds = [[type(getattr(each, word)) for word in pair] for each in (old, new)]
    models = [word for word, was, now in zip(pair, *kinds, strict=True) if was is not now]
    found = models + [
        word for word in ("cosmology", "correlations") if getattr(old, word) != getattr(new, word)
    ]
    laws = [
        {name: (p.unit, p.distribution) for name, p in s.parameters.items()} for s in (old, new)
    ]
    pairs: list[tuple[Mapping[str, object], Mapping[str, object]]] = [
        (old.options, new.options), (laws[0], laws[1]),
    ]  # fmt: skip
    for before, after in pairs:
        names = [n for n in before if n in after] if models else dict.fromkeys([*before, *after])
        found += [name for name in names if before.get(name) != after.get(name)]
    return found


def told_changes(scenario: Scenario, changed: Sequence[str], given: Collection[str]) -> Scenario:
    """Return a scenario with texts that name its changes, except for texts that are given.

    Examples
    --------
    >>> from sfc_sim.scenario import load_scenario
    >>> mine = told_changes(load_scenario("ord2021"), ["delay"], given=["title"])
    >>> mine.name, mine.title
    ('ord2021+delay', 'The edges of our universe')
    """
    if not changed:
        return scenario
    kept = {word: getattr(scenario, word) for word in _FORMS if word not in given}
    words: dict[str, Any] = dict(retold(kept, changed))
    # What a source claims holds for its own inputs only.
    return dataclasses.replace(scenario, claims=(), **words)


def stock_name(name: str) -> tuple[str, list[str]]:
    """Return the name before any change, and the names that were changed.

    Examples
    --------
    >>> stock_name("cook2022-balanced+delay")
    ('cook2022-balanced', ['delay'])
    """
    base, *changed = name.split("+")
    return base, changed
