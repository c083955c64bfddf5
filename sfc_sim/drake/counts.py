"""Whether the result is the number of factors: one product, cut into more or fewer of them.

Fodor's criticism of Sandberg, Drexler & Ord (2018) is that the chance of an empty sky follows from
how many uncertain factors are multiplied. Here the median of N stays, and what is known of it as a
whole is spread over n equal log-uniform factors in two ways. If each factor is as uncertain as
what it is cut from, their ranges add up to the same: then more of them make N less uncertain. If
the standard deviation of log10(N) stays, the number of factors only changes the shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, shown, whole_number
from sfc_sim._core.typing import FloatArray
from sfc_sim.distributions import Distribution, LogUniform
from sfc_sim.drake.convolution import log10_saturated, product_law, with_atoms
from sfc_sim.drake.distribution import drake_distribution, factors_of, summary_of
from sfc_sim.scenario.catalogue import ScenarioLike, scenario_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["factor_counts"]

KEEPS: Final = ("range", "spread")
COUNTS: Final = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30)
MOST: Final = 100
WIDEST: Final = 300.0
"""Decades that one factor may span, as its ends are doubles."""
_GIVEN: Final = ("probability_below_one", "probability_alone", "probability_none")
_Z: Final = np.linspace(-8.0, 8.0, 4001)


@validated()
def factor_counts(scenario: ScenarioLike, counts: Sequence[int] = COUNTS) -> xr.Dataset:
    """Return the chance that nobody is there if the product had another number of factors.

    Parameters
    ----------
    scenario : Scenario or str
        One whose appearance model is "drake", with independent factors.
    counts : sequence of int, optional
        Numbers of factors, from 1 to 100.

    Returns
    -------
    xarray.Dataset
        Dims (keep, factors): ``probability_below_one`` (N < 1 in the galaxy),
        ``probability_alone`` (N < 1/galaxies of the observable universe), ``probability_none``
        (E[exp(-N)]) and ``decades``, the standard deviation of log10(N). ``keep`` is "range" (the
        decades that the factors span together) or "spread" (that standard deviation); "range" is
        NaN where a factor spans no finite range. The attributes ``published_...`` are those of the
        scenario itself, and ``published_factors`` the number of its factors that vary.

    Raises
    ------
    InputError
        If the scenario is no product of independent factors, a number is not in 1 to 100, or one
        factor would span more than 300 decades.

    Notes
    -----
    Computed, so without standard errors. The median of N is that of the scenario throughout.

    Examples
    --------
    >>> found = factor_counts("sandberg2018-plain-life", counts=[1, 7])
    >>> found.probability_below_one.sel(keep="range").values.round(2)
    array([0.4 , 0.18])
    """
    import xarray as xr

    chosen = scenario_of(scenario)
    if not isinstance(counts, Sequence | np.ndarray) or np.ndim(counts) != 1:
        raise InputError(f"counts is {shown(counts)}; it must be a list of whole numbers")
    numbers = [whole_number(each, "a number of factors", 1, MOST) for each in counts]
    factors = factors_of(chosen)
    galaxies = float(chosen.appearance.galaxies)
    whole = drake_distribution(chosen)
    centre = float(whole["log10_civilizations_quantile"].sel(quantile=0.5))
    if not np.isfinite(centre):
        raise InputError(
            f"scenario '{chosen.name}': the median of N is 0, of which no log is known"
        )
    total = _spans(factors), _deviation(factors)
    rows = np.full((len(KEEPS), len(numbers), len(_GIVEN) + 1), np.nan)
    for k, many in enumerate(numbers):
        for row, width in enumerate((total[0] / many, total[1] * np.sqrt(12.0 / many))):
            if np.isfinite(width):
                rows[row, k] = _split(centre, many, width, galaxies)
    words = {f"published_{name}": repr(float(whole[name])) for name in _GIVEN}
    varying = sum(law.support[0] != law.support[1] for law, _ in factors.values())
    names = (*_GIVEN, "decades")
    return xr.Dataset(
        {
            name: (("keep", "factors"), rows[:, :, k], {"units": _UNITS[k], "long_name": _WORDS[k]})
            for k, name in enumerate(names)
        },
        coords={"keep": list(KEEPS), "factors": ("factors", numbers, {"units": "1"})},
        attrs=words
        | {
            "scenario": chosen.name,
            "method": "convolution",
            "scenario_hash": chosen.hash,
            "published_factors": varying,
            "galaxies": galaxies,
            "decades_spanned": repr(total[0]),
            "published_decades": repr(total[1]),
        },
    )


_UNITS = ("1", "1", "1", "dex")
_WORDS = (
    "probability that N < 1",
    "probability that N < 1 / galaxies in the observable universe",
    "probability of no civilization in the galaxy, E[exp(-N)]",
    "standard deviation of log10(N)",
)


def _split(centre: float, many: int, width: float, galaxies: float) -> list[float]:
    """Return chances and spread of a product of so many log-uniform factors of one width."""
    if width > WIDEST:
        raise InputError(
            f"{many} factors would span {width:g} decades each; it must be {WIDEST:g} at most: ask"
            " for more factors"
        )
    middle, half = centre / many, width / 2.0
    deviation = width * np.sqrt(many / 12.0)
    if width == 0.0:
        below = [float(centre < level) for level in (0.0, -np.log10(galaxies))]
        return [*below, float(np.exp(-(10.0**centre))), 0.0]
    law = LogUniform(10.0 ** (middle - half), 10.0 ** (middle + half))
    found = product_law([(law, False)] * many)
    summary = summary_of(with_atoms(*found), found.atoms, galaxies)
    return [*(float(summary[name]) for name in _GIVEN), float(deviation)]


def _log10(law: Distribution, saturating: bool, u: FloatArray) -> FloatArray:
    logs = law.log10_ppf(u)
    return np.asarray(log10_saturated(logs) if saturating else logs)


def _spans(factors: dict[str, tuple[Distribution, bool]]) -> float:
    """Return the decades that factors span together, perhaps infinite."""
    ends = [_log10(*factor, np.array([0.0, 1.0])) for factor in factors.values()]
    return float(sum(high - low if high > low else 0.0 for low, high in ends))


def _deviation(factors: dict[str, tuple[Distribution, bool]]) -> float:
    """Return the standard deviation of log10 of the product: variances add up."""
    weight = np.exp(-0.5 * _Z**2)
    weight /= weight.sum()
    variance = 0.0
    for factor in factors.values():
        logs = _log10(*factor, special.ndtr(_Z))
        variance += float(weight @ (logs - weight @ logs) ** 2)
    return float(np.sqrt(variance))
