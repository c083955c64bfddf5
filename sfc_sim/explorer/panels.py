"""The panels of a page that carries the draws of one study: values and credences may be moved.

Priors and evidence stay as they are, so that its draws count both already. Any laws and any
evidence will do, as the page itself weighs by the factors of theories alone.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.errors import InputError
from sfc_sim._core.rows import Html
from sfc_sim._core.schema import cone_of
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.similarity import Independent
from sfc_sim.decision.study import Study, quietly
from sfc_sim.distributions import Discrete, Distribution, Fixed, Normal, Uniform
from sfc_sim.explorer.columns import Column, as_float, packed
from sfc_sim.explorer.contents import causes_of, delays_of, limits, theory_of
from sfc_sim.explorer.draws import volumes_at, volumes_of
from sfc_sim.explorer.page import as_json, asset, script
from sfc_sim.inference.theories import THEORIES
from sfc_sim.inference.weights import weigh
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["MOST", "carries", "panels_of", "study_contents"]

MOST: Final = 40_000
"""Draws of a study that a page carries at most, the first of them: some 2 MB."""

# What theories weigh by, and what follows.
HELD: Final = (
    "log_observers_like_us", "log_intelligent_actual", "log_civilizations_actual",
    "log_covered_final", "volume_alone", "expanding_fraction",
)  # fmt: skip
KINDS: Final = (Fixed, Uniform, Normal, Discrete)
SIGNS: Final = (-1.0, 0.0, 1.0)


def panels_of(study: Study, causes: CausesLike | None = None) -> Html:
    """Return panels on which values and credences are moved, and what follows for one study.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    causes : Causes, str or path, optional
        What might end humanity; by default none that could be counted.

    Returns
    -------
    str
        A part of a page. It is hidden until its script runs.

    Raises
    ------
    InputError
        If the page could not compute what the study has: that of a mixture or of a scenario
        without dates, theories of one's own, a similarity that goes with the world, or value kept
        by dates.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 300, rng=7, theories=["prior"])
    >>> panels_of(study).count("<script")
    3
    """
    told, numbers = study_contents(study, causes)
    return Html(
        Template(asset("panels.html")).substitute(
            style=asset("panels.css"), contents=as_json(told), numbers=numbers, script=script()
        )
    )


def carries(study: Study) -> str:
    """Return how many of its draws a page carries, and what that does to its numbers.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> carries(sfc.assess("cook2022-balanced", 300, rng=7, theories=["prior"]))[:38]
    'It carries all 300 draws of this study'
    """
    size = study.draws.sizes["draw"]
    words = (
        f"It carries all {size:,} draws of this study: until something is moved, its numbers are "
        "those of the tables above."
    )
    if size > MOST:
        words = (
            f"It carries the first {MOST:,} of the {size:,} draws of this study, so that the page "
            "stays small: its numbers differ from those of the tables above by the error of fewer "
            "draws, which is the ± shown here."
        )
    law = asked_of(study)[1]
    if q_of(law)["kind"] == "fixed" and not isinstance(law, Fixed):
        words += f" Similarity begins at the mean of {law!r}: the discount hangs on that alone."
    return words


def study_contents(study: Study, causes: CausesLike | None = None) -> tuple[dict[str, Any], str]:
    """Return what a page is told of a study, and the numbers of its draws as text.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    causes : Causes, str or path, optional
        See `panels_of`.

    Raises
    ------
    InputError
        See `panels_of`.
    """
    scenario, law = asked_of(study)
    columns, cone = columns_of(study)
    heads, text = packed(columns)
    words = {name: getattr(scenario, name) for name in ("name", "title", "source", "assumes")}
    nothing = {"title": "", "source": "", "assumes": "", "rows": []}
    page = {
        "scenario": scenario.name,
        "title": scenario.title,
        "size": columns["log_worth"].codes.size,
        "seed": study.seed,
        "columns": heads,
        "constants": {},
        "parameters": [],
        "presets": [{**words, "laws": {}, "told": {}, "file": ""}],
        "stops": [1.0],
        "theories": [theory_of(each) for each in study.theories],
        "evidence": [{"name": study.front.name, "meaning": study.front.meaning}],
        "causes": nothing if causes is None else causes_of(causes, scenario),
        "delays": delays_of(scenario),
        "limits": limits(),
        "weighed": cone,
        "start": start_of(study, law),
        "more": "A run with more draws may.",
    }
    return page, text


def asked_of(study: Study) -> tuple[Scenario, Distribution]:
    """Return scenario and law of similarity of a study; refuse what no page can compute."""
    scenario, law = study.scenario, law_of(study)
    own = [each.name for each in study.theories if THEORIES.get(each.name) != each]
    if not isinstance(scenario, Scenario):
        reason = "the errors of a mixture are those within its scenarios; take one of them"
    elif is_static(scenario):
        reason = "it has no dates; take a scenario with dates"
    elif own:
        reason = f"it does not know the theory '{own[0]}', which is one of your own"
    elif isinstance(study.retention, str):
        reason = f"value kept goes by dates here ({study.retention}), not by one number"
    elif law is None:
        reason = "similarity goes with the world, not by one number or distribution"
    else:
        return scenario, law
    raise InputError(f"values of '{scenario.name}' cannot be moved on a page: {reason}")


def columns_of(study: Study) -> tuple[dict[str, Column], str]:
    """Return the draws as columns, worth by prior and evidence; and the cone of their volumes."""
    draws: xr.Dataset = study.draws.isel(draw=slice(MOST))
    with quietly():
        weights = weigh(draws, list(study.evidence), theories=["prior"])
    cone = cone_of(weights)
    found = {"log_worth": weights["log_weight"].values[0]}
    found |= {name: draws[name].values for name in HELD}
    found |= volumes_of(cone, *volumes_at(draws, cone))
    if "log_outside" in weights:
        found["log_outside"] = weights["log_outside"].values
    return {name: as_float(np.asarray(values, float)) for name, values in found.items()}, cone


def start_of(study: Study, law: Distribution) -> dict[str, Any]:
    """Return the settings of a study as those that a page begins with."""
    judging = [each.name for each in study.theories if each.judges_existence]
    believed = {name: study.credences[name] for name in judging} if study.credences else None
    best = max(believed, key=lambda name: believed[name]) if believed else None
    return {
        "evidence": study.front.name,
        "theory": best or [*judging, *study.names][0],
        "credences": believed,
        "q": q_of(law),
        "kept": float(study.retention),
    }


def law_of(study: Study) -> Distribution | None:
    """Return the law of similarity; None where it goes with the world."""
    similarity = study.similarity
    if isinstance(similarity, Independent):
        return similarity.distribution
    if isinstance(similarity, Distribution):
        return similarity
    return Fixed(float(similarity)) if isinstance(similarity, int | float) else None


def q_of(law: Distribution) -> dict[str, Any]:
    """Return a law of similarity as the page has it: itself, or its mean.

    Examples
    --------
    >>> from sfc_sim import Beta
    >>> q_of(Uniform(0.0, 1.0)), q_of(Beta(8, 2))
    ({'kind': 'uniform', 'lo': 0.0, 'hi': 1.0}, {'kind': 'fixed', 'value': 0.8})
    """
    told = law.to_dict()
    if isinstance(law, Discrete):
        shares = dict(zip(told["values"], told["weights"], strict=True))
        if set(shares) <= set(SIGNS):
            weights = [shares.get(sign, 0.0) for sign in SIGNS]
            return {"kind": "discrete", "values": list(SIGNS), "weights": weights}
    elif isinstance(law, KINDS):
        return told
    return {"kind": "fixed", "value": float(law.mean())}
