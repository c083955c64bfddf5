"""Credence over theories, evidence and scenarios, and three rules of what it comes to.

Under moral and anthropic uncertainty it is not settled how to weigh what theories say. Three rules
are in use: act on the theory one believes most; take the expectation, in a common unit of stakes;
or take it after scaling every theory's stakes to equal variance (MacAskill 2014; MacAskill, Bykvist
& Ord 2020). Here all three are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.credences import check_credences
from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.schema import judges_existence, label, no_existence, require
from sfc_sim._core.typing import FloatArray
from sfc_sim._core.weighted import ranks
from sfc_sim.scenario.origin import origin_of

if TYPE_CHECKING:
    import xarray as xr

    from sfc_sim.decision.study import Study

__all__ = ["RULES", "aggregate", "check_credences"]

RULES: Final = ("favourite", "expected-value", "variance-normalised")
MEANINGS: Final = {
    "favourite": "the theory of highest credence alone",
    "expected-value": "sums over theories in Gly3, with copies set to one in every theory",
    "variance-normalised": "every theory's values scaled to unit variance over the options that "
    "one can choose, then summed",
}


@validated()
def aggregate(
    parts: xr.Dataset | Study | Sequence[tuple[float, xr.Dataset | Study]],
    credences: Mapping[str, float] | None = None,
) -> xr.Dataset:
    """Return what credences in theories, evidence or scenarios come to together.

    Parameters
    ----------
    parts : xarray.Dataset or sequence of (float, xarray.Dataset)
        A report of `sfc_sim.assess`, or priorities of `sfc_sim.decision.priorities`; or several of
        a kind, each with the credence in it: of other evidence, or other scenarios.
    credences : mapping of str to float, optional
        Credence in each theory; by default those that the report was made with.

    Returns
    -------
    xarray.Dataset
        Dim ``aggregation``, the three rules: ``aggregated_multiplier``, ``aggregated_discount``
        and, where the theories' have one, its standard error; of priorities, dims (aggregation,
        intervention): ``priority`` with its standard error, at most, and ``rank`` (1 is best).
        Attributes: ``spread`` is how far the rules are apart; ``rules`` says what each does;
        ``no_discount`` names theories with credence that do not judge existence: they are left out,
        and the rest is scaled to sum to 1.

    Raises
    ------
    InputError
        If credences are negative or do not sum to 1, a theory is unknown, or none of those with
        credence judges existence.

    Notes
    -----
    The options one can choose are nothing (0) and survival (A phi), or the interventions, with A
    the volume at stake under the theory. The favourite rule takes the theory of highest credence,
    of several such the mean of their phi. Expected value sums over theories with A in Gly^3: copies
    are set to one in every theory, as theories that count them share no unit; counting them, the
    one that counts most would be all. Variance-normalised scales the values of each theory to unit
    variance over those options first; a world without others is no option, so that it is not among
    them. The discount is one minus the value of survival over that of the same volume with nobody
    to recover it, A, in the same units.

    The standard error is to first order from those of the theories, which rest on the same draws:
    at most the sum of what each contributes, that of its A too, which is given.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("finnveden2019", 4000, rng=1, theories=["prior"], evidence="none")
    >>> aggregate(study, {"prior": 1.0}).sizes
    Frozen({'aggregation': 3})
    """
    import xarray as xr

    members, credence, left = [], [], list[str]()
    several: Any = [(1.0, parts)] if isinstance(parts, xr.Dataset) else parts
    if isinstance(several, str) or not isinstance(several, Sequence) or not several:
        raise InputError(
            f"got {shown(several)} to aggregate; pass a report, or pairs (credence, report)"
        )
    for pair in several:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise InputError(f"a part is {shown(pair)}; it must be a pair (credence, report)")
    shares = check_credences({f"part {k + 1}": part[0] for k, part in enumerate(several)})
    for share, (_, part) in zip(shares.values(), several, strict=True):
        require(part, ["theory", "extinction_multiplier"], "assess")
        for theory, belief in _beliefs(part, credences).items():
            if belief > 0.0 and theory in _silent(part):
                left.append(theory)
                continue
            members.append(part.sel(theory=theory))
            credence.append(share * belief)
    if not sum(credence):
        raise InputError(f"{no_existence(sorted(set(left)))}; put credence in another theory")
    weight = np.array(credence) / sum(credence)
    values, options = _values(members)
    totals = np.array([rule(values, weight) for rule in _RULES.values()])
    found = {
        "aggregated_multiplier": ("aggregation", totals[:, 0] / totals[:, 1]),
        "aggregated_discount": ("aggregation", 1.0 - totals[:, 0] / totals[:, 1]),
    }
    if all("extinction_discount_standard_error" in member for member in members):
        found["aggregated_discount_standard_error"] = (
            "aggregation", _errors(members, values, weight, acts=False)[:, 0],
        )  # fmt: skip
    table = xr.Dataset(found, coords={"aggregation": list(RULES)})
    if options:
        acts = totals[:, 2:]
        order = ranks(acts, axis=1) + 1
        table["priority"] = (("aggregation", "intervention"), acts / totals[:, 1:2])
        table["rank"] = (("aggregation", "intervention"), order)
        if len(found) == 3 and all("priority_standard_error" in member for member in members):
            errors = _errors(members, values, weight, acts=True)
            table["priority_standard_error"] = (("aggregation", "intervention"), errors)
        table = table.assign_coords(intervention=options)
    discount = table["aggregated_discount"].values
    table.attrs["spread"] = f"{float(np.ptp(discount)):.6g}"
    table.attrs["rules"] = "; ".join(f"{name}: {words}" for name, words in MEANINGS.items())
    if left:
        table.attrs["no_discount"] = no_existence(sorted(set(left)))
    return label(table)


def _beliefs(part: xr.Dataset, credences: Mapping[str, float] | None) -> Mapping[str, float]:
    """Return the credence in each theory of a part."""
    theories = [str(theory) for theory in part["theory"].values]
    if credences is None:
        if not origin_of(part).has("credences"):
            raise InputError(
                "the report has no credences; pass them, as in "
                f"credences={{'{theories[0]}': 1.0}}, or give assess a mapping of theories"
            )
        credences = origin_of(part).listed("credences")
    return check_credences(credences, known=[*theories, *_silent(part)])


def _values(members: Sequence[xr.Dataset]) -> tuple[FloatArray, list[str]]:
    """Return the value of every option, shape (member, option), in Gly^3 at our value."""
    options: list[str] = []
    if "priority" in members[0]:
        options = [str(name) for name in members[0]["intervention"].values]
    rows = []
    for member in members:
        stakes = float(member["volume_at_stake"]) if "volume_at_stake" in member else 1.0
        row = [float(member["extinction_multiplier"]), 1.0]
        if options:
            row += member["priority"].sel(intervention=options).values.tolist()
        rows.append(stakes * np.array(row))
    return np.array(rows), options


def _silent(part: xr.Dataset) -> list[str]:
    """Return the theories that do not judge existence; `priorities` has left them out already."""
    names: list[str] = part["theory"].values[~judges_existence(part)].tolist()
    left: list[str] = origin_of(part).listed("silent_theories", "[]")
    return names + left


def _errors(
    members: Sequence[xr.Dataset], values: FloatArray, weight: FloatArray, acts: bool
) -> FloatArray:
    """Return standard errors of the aggregated multiplier or of the acts, at most, by rule.

    Differences by an error of one value of one theory, up and down, which all rules take.
    """

    def moved(step: FloatArray) -> FloatArray:
        ratios = []
        for shifted in (values + step, values - step):
            totals = np.array([rule(shifted, weight) for rule in _RULES.values()])
            ratios.append(totals[:, read] / totals[:, 1:2])
        return np.asarray(0.5 * np.abs(ratios[0] - ratios[1]))

    read = slice(2, None) if acts else slice(0, 1)
    found = np.zeros((len(RULES), values[:, read].shape[1]))
    for row, member in enumerate(members):
        errors = np.zeros(values.shape[1])
        errors[0] = float(member["extinction_discount_standard_error"])
        if acts:
            errors[2:] = member["priority_standard_error"].values
        for column in np.flatnonzero(errors):
            step = np.zeros_like(values)
            step[row, column] = values[row, 1] * errors[column]
            found += moved(step)
        if "volume_at_stake_standard_error" in member:
            # All that the theory counts goes with its A; a step keeps what is left above 0.
            part = float(member["volume_at_stake_standard_error"] / member["volume_at_stake"])
            step = np.zeros_like(values)
            step[row] = values[row] * min(part, 0.5)
            found += moved(step) * max(part / 0.5, 1.0)
    return found


def _favourite(values: FloatArray, weight: FloatArray) -> FloatArray:
    best = values[weight == weight.max()]
    # Several that are believed most: each as likely to be acted on, in units of its own stakes.
    return np.asarray(np.mean(best / best[:, 1:2], axis=0))


def _expected(values: FloatArray, weight: FloatArray) -> FloatArray:
    return np.asarray(weight @ values)


def _normalised(values: FloatArray, weight: FloatArray) -> FloatArray:
    # Options: nothing, and the interventions if there are any, else survival as the world is.
    options = values[:, 2:] if values.shape[1] > 2 else values[:, :1]
    spread = np.std(np.column_stack([np.zeros(len(values)), options]), axis=1)
    # One that is indifferent between them still says what survival is worth: nothing.
    spread = np.maximum(spread, 1e-200 * values[:, 1])
    return np.asarray(weight @ (values / spread[:, None]))


_RULES = dict(zip(RULES, (_favourite, _expected, _normalised), strict=True))
