"""A report as one page for a browser: no network, every assumption with its source."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from sfc_sim._core.errors import InputError
from sfc_sim._core.progress import Progress, reporting
from sfc_sim._core.rows import Html, fill, joined
from sfc_sim.decision.causes import USUAL, CausesLike
from sfc_sim.decision.study import Study
from sfc_sim.report import web_decisions as decisions
from sfc_sim.report import web_sections as sections
from sfc_sim.report.web_captions import ABOUT
from sfc_sim.report.web_opening import opening
from sfc_sim.report.web_panels import moved

__all__ = ["page"]


def page(
    study: Study, progress: Progress | None = None, *, causes: CausesLike | None = USUAL
) -> Html:
    """Return the page of a study.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (sections done, sections in all).
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth; None for no such section.

    Returns
    -------
    str
        HTML that needs nothing else.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("sandberg2018-toy", 500, rng=7, theories=["prior"])
    >>> page(study).startswith("<!doctype html>")
    True
    """
    parts, made = [], dict(SECTIONS)
    if causes is None:
        del made[BY_CAUSE]
    else:
        made[BY_CAUSE] = partial(sections.by_causes, causes=causes)
    made[VALUES] = partial(moved, causes=causes)
    with reporting(progress, "writing the page") as told:
        for k, (title, make) in enumerate(made.items(), start=1):
            try:
                body = make(study)
            except (InputError, ArithmeticError) as error:  # the rest of the page is right
                body = fill("note", text=f"Cannot be made: {error}.")
            about = fill("paragraph", text=ABOUT[title])
            parts.append(fill("section", title=title, body=about + body))
            told(k, len(made))
    title = f"How many others, and what follows: {study.scenario.name}"
    return fill("page", title=title, opening=opening(study), sections=joined(parts)) + Html("\n")


BY_CAUSE: Final = "By cause of extinction"
VALUES: Final = "Set your own values"
SECTIONS: dict[str, Callable[[Study], Html]] = {
    "By anthropic theory": sections.theories,
    BY_CAUSE: sections.by_causes,
    VALUES: moved,
    "The worlds": sections.worlds,
    "One premise at a time": sections.premises,
    "What drives it": sections.drivers,
    "What to do about it": decisions.interventions,
    "What it would be worth to know": decisions.information,
    "What is assumed": sections.assumed,
    "Make it again": sections.again,
}
