"""The report of a simulated universe: what was simulated, how many there are, and quantiles.

Quantiles are of all civilizations of all realisations; one that something never happens to counts
as waiting longer than any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, final

from sfc_sim._core.digits import estimate
from sfc_sim._core.rows import Column, Document, Row, Table, items

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

__all__ = ["QUANTITIES", "UniverseReport", "summary"]

QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)


class Quantity(NamedTuple):
    """A row of the table: where its numbers come from, and what they are."""

    variable: str
    words: str
    units: str
    of: Literal["all", "expanding", "meetings"]
    waited: bool = False  # counted from birth

    @property
    def heading(self) -> str:
        """Return the words with the unit."""
        return f"{self.words} [{self.units}]" if self.units != "1" else self.words


QUANTITIES = {
    "birth_time": Quantity("birth_time", "birth", "Gyr", "all"),
    "wait_until_contact": Quantity(
        "first_contact", "birth to contact", "Gyr", "expanding", waited=True
    ),
    "wait_until_arrival": Quantity("first_arrival", "birth to arrival", "Gyr", "all", waited=True),
    "wait_until_sight": Quantity("first_sight", "birth to sight", "Gyr", "all", waited=True),
    "wait_until_sight_by_front": Quantity(
        "first_sight_by_front", "birth to sight by front", "Gyr", "expanding", waited=True
    ),
    "visible_at_birth": Quantity("visible_at_birth", "fronts in sight at birth", "1", "all"),
    "largest_angle": Quantity("largest_angle", "largest angle at birth", "rad", "all"),
    "sky_fraction": Quantity("sky_fraction", "share of sky at birth", "1", "all"),
    "controlled_at_birth": Quantity("controlled_at_birth", "space held at birth", "1", "all"),
    "final_volume": Quantity("final_volume", "final volume", "Gly3", "expanding"),
    "neighbours": Quantity("neighbours", "neighbours", "1", "expanding"),
    "meeting_time": Quantity("meeting_time", "neighbours meet", "Gyr", "meetings"),
}

# What the words of the table mean, for the rows that are there.
MEANING = {
    "wait_until_contact": ("contact", "the own front meets another; of those that expand"),
    "wait_until_arrival": ("arrival", "another front reaches the birthplace, or would"),
    "wait_until_sight": ("sight", "another front is visible from the birthplace"),
    "wait_until_sight_by_front": ("sight by front", "another front is visible from the own"),
    "final_volume": ("final volume", "comoving, held in the end; of those that expand"),
    "neighbours": ("neighbours", "domains that share a border in the end; of those that expand"),
    "meeting_time": ("neighbours meet", "since the Big Bang; of pairs"),
}


def summary(universe: xr.Dataset) -> dict[str, Any]:
    """Return numbers of civilizations, and quantiles of all computed variables, as plain numbers.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> model = sfc.appearance.PowerLawAppearance(n=6)
    >>> universe = sfc.simulate(model, speed=0.5, civilizations=400, rng=7)
    >>> list(summary(universe)["quantities"])
    ['birth_time', 'wait_until_contact', 'wait_until_arrival']
    """
    rows = {
        name: quantiles(universe, quantity)
        for name, quantity in QUANTITIES.items()
        if quantity.variable in universe
    }
    return {"civilizations": numbers(universe), "quantities": rows}


def numbers(universe: xr.Dataset) -> dict[str, Any]:
    """Return the number of civilizations, in all and per realisation."""
    import numpy as np

    boxes, first = int(universe.attrs["realisations"]), int(universe.attrs["first"])
    each = np.bincount(universe["realisation"].values.astype(int) - first, minlength=boxes)
    return counted(each, int((universe["speed"].values > 0.0).sum()))


def counted(each: np.ndarray, expanding: int) -> dict[str, Any]:
    """Return the number of civilizations, in all and per realisation, and of those that expand.

    Examples
    --------
    >>> import numpy as np
    >>> counted(np.array([2, 4]), 6)["mean"]
    3.0
    """
    return {
        "count": int(each.sum()),
        "expanding": expanding,
        "realisations": each.size,
        "mean": float(each.mean()),
        # One realisation does not tell how much they differ.
        "standard_error": float(each.std(ddof=1) / each.size**0.5) if each.size > 1 else None,
    }


def quantiles(universe: xr.Dataset, quantity: Quantity) -> dict[str, Any]:
    """Return the quantiles of a quantity, of how many, and how many of these are infinite."""
    values = universe[quantity.variable].values
    if quantity.waited:
        values = values - universe["birth_time"].values
    if quantity.of == "expanding":
        values = values[universe["speed"].values > 0.0]
    return marks(values, quantity.units)


def marks(values: np.ndarray, units: str) -> dict[str, Any]:
    """Return the quantiles of numbers, of how many, and how many of these are infinite.

    Examples
    --------
    >>> import numpy as np
    >>> marks(np.array([1.0, 2.0, np.inf]), "Gyr")["never"]
    1
    """
    import numpy as np

    found: dict[str, Any] = {"units": units, "count": values.size}
    found["never"] = int(np.isinf(values).sum())
    # Of the sample itself, as there is no middle between a time and never.
    ends = np.quantile(values, QUANTILES, method="inverted_cdf") if values.size else [np.inf] * 5
    return found | {f"{q:g}": float(end) for q, end in zip(QUANTILES, ends, strict=True)}


def simulated(universe: xr.Dataset, n: float | None) -> dict[str, str]:
    """Return the settings of the simulation, by item; `n` is the power of a power law."""
    from sfc_sim.appearance.power_law import PowerLawAppearance

    attrs = universe.attrs
    if n is None:
        draw = f"draw {attrs['draw']} under the seed" if "draw" in attrs else "the medians"
        lines = {
            "scenario": f"{attrs['scenario']} - {attrs['scenario_title']}",
            "source": attrs["scenario_source"],
            "parameters": draw,
        }
    else:
        lines = {
            "model": f"births grow as time to the power {n:g}; dated by us, who see nobody",
            "source": PowerLawAppearance.source,
        }
    lines["cosmology"] = attrs["cosmology"]
    if "cosmology_exponent" in attrs:
        lines["cosmology"] += (
            f", scale as time to the power {float(attrs['cosmology_exponent']):.3g}"
        )
    speed = re.sub(r"Fixed\(value=(.*)\)", r"\1", attrs["speed"])
    lines["speed"] = f"{float(speed):.4g} of light"
    quiet, delay = float(attrs["quiet_ratio"]), float(attrs["delay"])
    if quiet:
        lines["quiet"] = f"{quiet:g} born that never expand, per expanding one"
    if delay:
        lines["delay"] = f"{delay:g} Gyr from birth to expansion"
    lines["box"] = f"{float(attrs['box']):.4g} Gly a side, periodic"
    lines["drawn"] = f"{number(universe)}, seed {attrs['seed']}"
    return lines


def number(universe: xr.Dataset) -> str:
    """Return the number of realisations in words."""
    boxes = int(universe.attrs["realisations"])
    return "1 realisation" if boxes == 1 else f"{boxes:,} realisations"


@final
@dataclass(frozen=True)
class UniverseReport(Document):
    """How many civilizations there are, and quantiles; `n` is the power of a power law."""

    universe: xr.Dataset
    n: float | None = None

    def heading(self) -> str:
        """Return the settings of the simulation, a line each."""
        return items(simulated(self.universe, self.n)) + "\n"

    def blocks(self) -> list[Table | str]:
        """Return the number of civilizations and the table of quantiles."""
        found = summary(self.universe)
        told = how_many(found["civilizations"])
        if not self.universe.sizes["civilization"]:
            return [f"{told}\nAn empty universe: nobody is born in it."]
        rows = tuple({"quantity": name, **row} for name, row in found["quantities"].items())
        name = Column("quantity", "", lambda row: QUANTITIES[row["quantity"]].heading)
        columns = (name, *quantile_columns())
        return [told, Table(columns, rows)]

    def conclusion(self) -> str:
        """Return the words of the table."""
        if not self.universe.sizes["civilization"]:
            return ""
        told = summary(self.universe)["quantities"]
        words = dict(MEANING[name] for name in told if name in MEANING)
        words["never, of"] = "to how many it never happens, of how many these are quantiles"
        return f"\n{items(words)}"

    def records(self) -> list[Row]:
        """Return a row per quantity, and first one of the number per realisation."""
        found = summary(self.universe)
        many = found["civilizations"]
        return [
            {"quantity": "civilizations", "units": "1", "count": many["realisations"]}
            | {name: many[name] for name in ("mean", "standard_error")},
            *({"quantity": name} | row for name, row in found["quantities"].items()),
        ]

    def columns(self) -> list[str]:
        """Return the names of the columns of the CSV."""
        marks = [f"{q:g}" for q in QUANTILES]
        return ["quantity", "units", "count", "mean", "standard_error", *marks, "never"]

    def content(self) -> dict[str, Any]:
        """Return numbers of civilizations, quantiles and ``attrs``."""
        return summary(self.universe) | {"attrs": self.universe.attrs}


def quantile_columns() -> list[Column]:
    """Return the columns of quantiles, and of how many they are."""
    return [
        *(
            Column(f"{q:g}", f"{100 * q:g} %", partial(mark, f"{q:g}"), number=True)
            for q in QUANTILES
        ),
        Column("never", None, lambda row: f"{row['never']:,}" if row["never"] else "-", True),
        Column("count", "of", lambda row: f"{row['count']:,}", True),
    ]


def mark(name: str, row: Row) -> str:
    """Return a quantile of a row; nothing where it is of none."""
    return shown(row[name]) if row["count"] else ""


def how_many(found: dict[str, Any]) -> str:
    """Return the number of civilizations in words.

    Examples
    --------
    >>> row = {"count": 779, "expanding": 700, "realisations": 3, "mean": 259.67}
    >>> how_many(row | {"standard_error": 3.4})
    '259.7 ± 3.4 civilizations a realisation (mean ± standard error); 779 in all, 700 expand'
    >>> how_many({"count": 2, "expanding": 2, "realisations": 1})
    '2 civilizations in 1 realisation'
    """
    expand = "" if found["expanding"] == found["count"] else f", {found['expanding']:,} expand"
    if found["realisations"] == 1:
        plural = "" if found["count"] == 1 else "s"
        return f"{found['count']:,} civilization{plural} in 1 realisation{expand}"
    return (
        f"{found['mean']:,.1f} ± {found['standard_error']:,.1f} civilizations a realisation "
        f"(mean ± standard error); {found['count']:,} in all{expand}"
    )


def shown(value: float) -> str:
    """Return a number to three digits.

    Examples
    --------
    >>> [shown(x) for x in (13.787, 12960.0, 0.0, 3.76e-5, 1234567.0, float("inf"))]
    ['13.8', '13,000', '0', '3.76e-5', '1.23e6', 'never']
    """
    if not isfinite(value):
        return "never"
    if value != 0.0 and not 1e-3 <= value < 999_500.0:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    if 0.999 < value < 1.0:  # a share that is not all of it
        return estimate(value, 0.0)
    return f"{float(f'{value:.3g}'):,.10g}"
