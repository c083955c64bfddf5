"""The settings of a simulation: what may come for each, and the number or box that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sfc_sim._core.digits import unlike
from sfc_sim._core.errors import InputError, affordable, number, shown, unknown
from sfc_sim.cosmology.background import Background
from sfc_sim.distributions import Distribution, Fixed
from sfc_sim.simulation.sources import Cause
from sfc_sim.simulation.spacetime import Fronts, box_side, expected_births, least_box
from sfc_sim.simulation.tasks import COMPUTED
from sfc_sim.simulation.timetable import Timetable
from sfc_sim.units import to_value

__all__ = [
    "BYTES_PER_CIVILIZATION",
    "as_distribution",
    "at_least_zero",
    "check_number",
    "checked_names",
    "choose_box",
    "lifetime_of",
    "one_number",
    "positive",
    "shown_of",
    "speed_of",
]

USUAL_NUMBER = 1000.0  # of expanding civilizations, in a box of which nothing is said
MOST_OBSERVABLE_VOLUMES = 1000.0  # that such a box may hold
BYTES_PER_CIVILIZATION = 900  # 705 measured at 10^6 by benchmarks/spacetime.py, and some to spare


def checked_names(compute: Sequence[str] | str) -> Sequence[str]:
    """Return the names of what to compute; "all" is every one.

    Examples
    --------
    >>> checked_names("all") == checked_names(["all"]), checked_names("neighbours")
    (True, ('neighbours',))
    """
    if isinstance(compute, str):
        compute = (compute,)
    if not isinstance(compute, Sequence):
        raise InputError(f"compute is {shown(compute)}; it must be names, as in ['final_volume']")
    for name in compute:
        if not isinstance(name, str) or name not in (*COMPUTED, "all"):
            raise unknown("quantity to compute", name, [*COMPUTED, "all"])
    return tuple(COMPUTED) if "all" in compute else compute


def as_distribution(value: Any, unit: str, name: str) -> Distribution:
    """Return a distribution given itself, a number or text with a unit."""
    if isinstance(value, Distribution):
        return value
    return Fixed(one_number(value, unit, name))


def one_number(value: Any, unit: str, name: str) -> float:
    """Return a number in a unit, of what must be a single one."""
    number = np.asarray(to_value(value, unit, name))
    if number.ndim:
        raise InputError(f"{name} is {shown(value)}; it must be one number or a distribution")
    return float(number)


def speed_of(value: Any) -> Distribution:
    """Return the distribution of speeds, all within (0, 1]."""
    if value is None:
        raise InputError(
            "speed is missing: an appearance model has none; pass one, such as speed=0.5"
        )
    speed = as_distribution(value, "c", "speed")
    low, high = speed.support
    if not (low > 0.0 and high <= 1.0):
        ends = [unlike(end, (0.0, 1.0)) for end in (low, high)]
        came = ends[0] if low == high else f"from {ends[0]} to {ends[1]}"
        raise InputError(f"speed is {came}; it must be above 0 and at most 1, the speed of light")
    return speed


def lifetime_of(value: Any, quiet_ratio: float) -> Distribution | None:
    """Return the lifetime of quiet civilizations, Gyr; None if they do not end."""
    if value is None:
        return None
    if quiet_ratio == 0.0:
        raise InputError("lifetime applies to quiet civilizations only; also pass quiet_ratio > 0")
    lifetime = as_distribution(value, "Gyr", "lifetime")
    if not lifetime.support[0] >= 0.0:
        raise InputError(
            f"lifetime can be as low as {lifetime.support[0]:g} Gyr; it must be 0 or more"
        )
    return lifetime


def shown_of(cause: Cause, visible_fraction: float | None) -> float | None:
    """Return the share of expanders that is visible; None if all are."""
    if visible_fraction is not None:
        return number(visible_fraction, "visible_fraction", 0.0, 1.0)
    return cause.visible if cause.visible < 1.0 else None


def at_least_zero(value: float | str, unit: str, name: str) -> float:
    """Return a number that is not negative, in its unit."""
    number = one_number(value, unit, name)
    if not (np.isfinite(number) and number >= 0.0):
        raise InputError(f"{name} is {shown(value)}; it must be finite and not negative")
    return number


def choose_box(
    timetable: Timetable | None,
    fronts: Fronts,
    background: Background,
    civilizations: float | None,
    box: float | str | None,
) -> float:
    """Return the side of the box (Gly): as asked, or to hold as many as asked."""
    if civilizations is not None and box is not None:
        raise InputError("civilizations and box both set the size; pass one of them")
    if civilizations is not None:
        civilizations = positive(civilizations, "", "civilizations")
    largest = float((MOST_OBSERVABLE_VOLUMES * background.observable_volume_now) ** (1 / 3))
    if timetable is None:
        return largest if box is None else positive(box, "Gly", "box")
    least = least_box(timetable, fronts)
    if box is None and civilizations is None:
        return max(min(box_side(timetable, fronts, USUAL_NUMBER), largest), least)
    if civilizations is not None:
        side = box_side(timetable, fronts, civilizations)
    else:
        side = positive(box, "Gly", "box")
    if side < least:
        enough = expected_births(timetable, fronts)[-1] * least**3
        raise InputError(
            f"a box of {side:.4g} Gly is too small: fronts would meet their own images; it needs "
            f"{least:.4g} Gly (civilizations={np.ceil(enough):.0f})"
        )
    return side


def positive(value: Any, unit: str, name: str) -> float:
    """Return a positive number, in its unit."""
    number = one_number(value, unit, name)
    if not (np.isfinite(number) and number > 0.0):
        raise InputError(f"{name} is {shown(value)}; it must be positive")
    return number


def check_number(timetable: Timetable | None, fronts: Fronts, box: float, count: int) -> None:
    """Refuse more civilizations than memory holds."""
    if timetable is not None:
        each = expected_births(timetable, fronts)[-1] * box**3 * (1.0 + fronts.quiet_ratio)
        affordable(int(each * count) + 1, BYTES_PER_CIVILIZATION, "civilizations")
