"""Parameters and options that several appearance models share, declared once."""

from __future__ import annotations

from typing import Final, Literal

from sfc_sim.distributions.declarations import Declared, Interval

__all__ = [
    "AMOUNT",
    "EARLY",
    "FUTURE",
    "GALAXIES",
    "GALAXIES_ALLOWED",
    "HISTORY",
    "LONGEST_HABITABILITY",
    "Early",
    "Future",
    "History",
]

LONGEST_HABITABILITY: Final = Declared(
    "longest_habitability", "L_{max}", "Gyr", "longest time that any planet stays habitable",
    Interval("(0, 1e5]"), told_by="planets of red dwarfs",
)  # fmt: skip

AMOUNT: Final = Declared(
    "amount", "A", "", "factor on the rate of appearance", Interval("(0, inf)"), default=1.0
)

GALAXIES: Final = "galaxies per observable universe, for numbers per galaxy"
GALAXIES_ALLOWED: Final = "(0, inf)"

History = Literal["lineweaver2001", "madau2014", "madau2017", "behroozi2015", "hanson2021"]
Future = Literal["formula", "e-fold", "none", "halo-gas"]
Early = Literal["none", "step", "benign"]

HISTORY: Final = "when planets form"
FUTURE: Final = (
    "planets still to form: the formula goes on, falls by 1/e in 3.9 Gyr, none, or all gas of halos"
    " is used"
)
EARLY: Final = (
    "early-universe factor: none, no life before 8.59 Gyr (Piran & Jimenez 2014), benign galaxies"
    " (Li & Zhang 2015)"
)
