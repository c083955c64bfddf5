"""For which worlds should a decision be made? Copies x stakes, in the forms of decision theory.

World i counts W_i, in proportion to p_i n_i D_i: its prior, the density of those who decide as we
do in it (what we see is inside), and what one such choice changes there. Who counts as deciding
with us, and what is at stake, depends on the view and on the decision (Armstrong 2011; Cook 2022;
the list follows a question of Riche 2025, the forms are worked out here).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sfc_sim._core.arguments import validated
from sfc_sim._core.effective import carriers_of, effective_sample_size, least_error, share_of
from sfc_sim._core.errors import known_names, number
from sfc_sim._core.schema import as_attrs, chosen_theory, label, require
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import ratio_of_sums
from sfc_sim._core.world import World, worlds
from sfc_sim.decision.aftermath import NOTHING, Aftermath, aftermath, background_of
from sfc_sim.decision.causes import CausesLike
from sfc_sim.decision.causes_files import as_causes
from sfc_sim.decision.shares import added_and_taken, is_one, log_rivals
from sfc_sim.decision.similarity import SimilarityLike, as_similarity, drawn_from
from sfc_sim.decision.wording import to_text
from sfc_sim.inference.evidence import EvidenceLike
from sfc_sim.inference.evidence import variable_of as values
from sfc_sim.inference.log_weights import normalised
from sfc_sim.inference.theories import log_taken, logged, per
from sfc_sim.inference.weights import weigh

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.decision.study import Study

__all__ = ["IMPLEMENTATIONS", "Implementation", "relevance"]

# Places at which a similarity that goes with the world is averaged over what else it rests on.
PLACES: Final = 16


class Choice(NamedTuple):
    """What a choice bears on in every world, arrays over the draws.

    The volumes it adds to what all hold and takes first (Gly^3), kappa q, what others make
    of a resource they recover, and what successors on Earth would.
    """

    draws: xr.Dataset
    added: FloatArray
    taken: FloatArray
    others: FloatArray
    after: Aftermath = NOTHING


class Implementation(NamedTuple):
    """A way to weigh worlds for a decision.

    `log_copies` gives the log density of those who decide with us, before evidence; `stakes` what
    one choice changes; `reading` is the reading of saturation that volumes are of.
    """

    log_copies: Callable[[xr.Dataset], FloatArray]
    stakes: Callable[[Choice], FloatArray]
    meaning: str
    reading: str = "grabbed"


def _alone(draws: xr.Dataset) -> FloatArray:
    return np.zeros(draws.sizes["draw"])


def _alike(draws: xr.Dataset) -> FloatArray:
    return values(draws, "log_observers_like_us")


def _expanding(draws: xr.Dataset) -> FloatArray:
    return logged(draws, "expanding_fraction") + _alike(draws)


def _expanding_per_taken(draws: xr.Dataset) -> FloatArray:
    return per(_expanding(draws), log_taken(draws))


def _equal(choice: Choice) -> FloatArray:
    return np.ones_like(choice.taken)


def _quality(choice: Choice) -> FloatArray:
    return choice.taken


def _survival(choice: Choice) -> FloatArray:
    lost = choice.taken - choice.added
    with_nobody_here = choice.added + lost * (1.0 - choice.others)
    made, anyone = (float(part.mean()) for part in (choice.after.made, choice.after.anyone))
    return with_nobody_here - (made * choice.taken - anyone * lost * choice.others)


def _simulations(choice: Choice) -> FloatArray:
    log_civilizations = values(choice.draws, "log_intelligent_actual")
    return np.exp(per(log_taken(choice.draws), log_civilizations))


IMPLEMENTATIONS: Final[dict[str, Implementation]] = {
    "causal": Implementation(_alone, _quality, "we decide for ourselves alone"),
    "sia-like": Implementation(
        _alike, _equal, "all exactly like us decide with us; stakes are the same everywhere"
    ),
    "copies-total": Implementation(
        _expanding, _quality, "exact copies decide with us, for total utility"
    ),
    "copies-average": Implementation(
        _expanding_per_taken, _quality, "exact copies decide with us, for average utility"
    ),
    "extinction": Implementation(
        _expanding, _survival, "exact copies decide with us whether to survive"
    ),
    "correlated": Implementation(
        _expanding,
        _survival,
        "a share of all civilizations decides with us whether to survive",
        reading="correlated",
    ),
    "simulated-fixed": Implementation(
        _expanding, _equal, "credence, if expanders simulate a fixed number of their past"
    ),
    "simulated-past": Implementation(
        _expanding, _quality, "credence, if expanders simulate their past as resources allow"
    ),
    "simulated-at-large": Implementation(
        _alike, _simulations, "credence, if expanders simulate everybody as resources allow"
    ),
}
"""Ways to weigh worlds for a decision, by name."""


class Asked(NamedTuple):
    """Draws, and what they are asked with."""

    draws: xr.Dataset
    evidence: EvidenceLike
    similarity: SimilarityLike
    retention: float


def asked_with(
    draws: xr.Dataset | Study,
    evidence: EvidenceLike | None = None,
    similarity: SimilarityLike | None = None,
    retention: float | None = None,
) -> Asked:
    """Return draws and what they are asked with: what a study was, where nothing else is given.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> asked = {"theories": ["prior"], "evidence": "none", "retention": 0.5}
    >>> study = sfc.assess("finnveden2019", 100, rng=7, **asked)
    >>> asked_with(study)[1:], asked_with(study.draws)[1:]
    (([NothingKnown()], 1.0, 0.5), ('nothing-visible', 1.0, 1.0))
    """
    from sfc_sim.decision.study import Study

    known: EvidenceLike = "nothing-visible"
    alike: SimilarityLike = 1.0
    kept = 1.0
    if isinstance(draws, Study):
        # By dates it is a number of each theory, which may be above 1.
        kept = float(draws.report["retention"].sel(theory=chosen_theory(draws.report)))
        known, alike, draws = list(draws.evidence), draws.similarity, draws.draws
    return Asked(
        draws,
        known if evidence is None else evidence,
        alike if similarity is None else similarity,
        kept if retention is None else number(retention, "retention", 0.0, 1.0),
    )


@validated()
def relevance(
    draws: xr.Dataset | Study,
    evidence: EvidenceLike | None = None,
    *,
    implementations: Sequence[str] = tuple(IMPLEMENTATIONS),
    similarity: SimilarityLike | None = None,
    retention: float | None = None,
    correlated: float = 0.5,
    causes: CausesLike | None = None,
) -> xr.Dataset:
    """Return the decision relevance of each world, a row per way to decide.

    Parameters
    ----------
    draws : xarray.Dataset or Study
        From `sfc_sim.sample`; or a study, whose evidence, similarity and retention are then the
        defaults.
    evidence : str, Observation or a sequence of these, default "nothing-visible"
        See `sfc_sim.weigh`.
    implementations : sequence of str, default all
        Names out of `IMPLEMENTATIONS`.
    similarity : float, Distribution or Similarity, default 1
        Value per resource of others over ours, q; of what is uncertain, the mean in every world.
    retention : float, default 1
        Value kept by resources that are recovered later, kappa, from 0 to 1. Of a study that has it
        by dates, what its report says under adt-total, or under its first theory.
    correlated : float, default 0.5
        Share of all civilizations that survives if and only if we do, of "correlated".
    causes : Causes, str or path, optional
        What might end humanity, and what comes after it on Earth: `sfc_sim.decision.load_causes`.
        Stakes of survival count the mean of it then.

    Returns
    -------
    xarray.Dataset
        Dims (``implementation``, ``draw``): ``log_copies`` (ln n, evidence inside, normalised to
        sum to one), ``changed`` (what one choice changes: Gly^3 of resources at our value, negative
        where survival harms; a number without unit in "sia-like" and where simulations are
        counted), ``relevance`` (W over the sum of its sizes, with its sign; zero,
        and the ess too, where nothing is at stake in any world). Dim ``implementation``: ``ess``;
        ``recovered_share`` and its standard error (ratio of expectations with n);
        ``extinction_multiplier``: what a choice for existence is worth over one for quality, the
        sums of n x (stakes of survival) and n x (what is grabbed), and its standard error;
        coordinate ``meaning``. Dim ``draw``: ``log_rivals``, ln of the expanding civilizations per
        volume that humanity can reach; ``log_weight``, of the prior and the evidence alone.

    Raises
    ------
    InputError
        If a name is unknown, a number is out of its range, or nobody expands in the scenario.

    Notes
    -----
    Stakes of survival, per copy, with A what is grabbed and U what is added: U + (A - U)
    (1 - kappa q); with causes, less R A - rho (A - U) kappa q, with rho the chance of a successor
    on Earth and R what it makes: see `sfc_sim.decision.aftermath`. "correlated" has A and U of the
    world at large: see `sfc_sim.decision.shares.added_and_taken`. Utility on average is divided by
    all that is ever taken; the division is with the copies here, so that stakes stay volumes.

    Simulated copies decide nothing about resources. The three rows of credence follow Cook (2022):
    their stakes are the simulations per civilization, and recovered shares are of those that are
    real. Self-indication, with pasts simulated as resources allow, weighs worlds as decisions for
    total utility do.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> draws = sfc.sample("cook2022-balanced", 2000, rng=1)
    >>> table = relevance(draws, implementations=["causal", "copies-total"])
    >>> bool(table.recovered_share[0] < 0.1 < table.recovered_share[1])
    True
    """
    import xarray as xr

    sample, known, alike, kept = asked_with(draws, evidence, similarity, retention)
    require(sample, [], "sample")
    known_names(implementations, "implementations", "implementation", IMPLEMENTATIONS)
    share = number(correlated, "correlated", 0.0, 1.0)
    as_similarity(alike)
    after = NOTHING if causes is None else aftermath(causes, background_of(sample))
    weights = weigh(sample, known, theories=["prior"])
    world = worlds(sample, weights, "prior")
    others = kept * expected_similarity(alike, world)
    rows = []
    for name in implementations:
        way = IMPLEMENTATIONS[name]
        choice = Choice(sample, *added_and_taken(world, way.reading, share), others, after)
        rows.append(_weighed(name, choice, world))
    table = {
        name: (["implementation", "draw"][: 1 + np.ndim(value)], np.array([r[name] for r in rows]))
        for name, value in rows[0].items()
    }
    settings = {"similarity": to_text(alike), "retention": kept, "correlated": share}
    counted = {} if causes is None else {"causes": as_causes(causes).name}
    meanings = [IMPLEMENTATIONS[name].meaning for name in implementations]
    return label(
        xr.Dataset(
            table
            | {
                "log_rivals": ("draw", log_rivals(sample, world)),
                "log_weight": ("draw", world["log_weight"]),
            },
            coords={
                "implementation": list(implementations),
                "meaning": ("implementation", meanings),
                "draw": sample["draw"],
            },
            attrs=weights.attrs | as_attrs(settings | counted),
        )
    )


def _weighed(name: str, choice: Choice, world: World) -> dict[str, npt.ArrayLike]:
    """Return the relevance of worlds under one implementation."""
    way = IMPLEMENTATIONS[name]
    log_copies = normalised(way.log_copies(choice.draws) + world.log_copies, name)
    stakes = way.stakes(choice)
    relevance, ess = np.zeros_like(stakes), 0.0
    if stakes.any():
        with np.errstate(divide="ignore"):
            log_weight = normalised(log_copies + np.log(np.abs(stakes)), name)
        relevance = np.sign(stakes) * np.exp(log_weight)
        ess = effective_sample_size(log_weight)
    kept, error = share_of(log_copies, choice.added, choice.taken, world.strata)
    multiplier, _ = ratio_of_sums(log_copies, _survival(choice), choice.taken)
    others = (choice.taken - choice.added) * choice.others
    worth, spread = ratio_of_sums(log_copies, others, choice.taken, world.strata)
    # One effective draw may recover all or nothing, and all is worth so much.
    few = least_error(0.0, *carriers_of(log_copies, choice.added, choice.taken))
    few *= float(np.abs(choice.others).max())
    if is_one(world):
        error = spread = few = 0.0
    return {
        "log_copies": log_copies,
        "changed": stakes,
        "relevance": relevance,
        "ess": ess,
        "recovered_share": 1.0 - kept,
        "recovered_share_standard_error": error,
        "extinction_multiplier": multiplier,
        "extinction_multiplier_standard_error": choice.after.expected(worth, max(spread, few))[1],
    }


def expected_similarity(similarity: SimilarityLike, world: World) -> FloatArray:
    """Return the mean similarity in every world, one number if it is the same in all.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> expected_similarity(sfc.Uniform(0.0, 1.0), World({}))
    array(0.5)
    """
    model = as_similarity(similarity)
    if hasattr(model, "mean"):
        return np.asarray(model.mean())
    draws = world.alone.size
    places = (np.arange(PLACES) + 0.5) / PLACES
    return np.asarray(sum(drawn_from(model, np.full(draws, u), world) for u in places) / PLACES)
