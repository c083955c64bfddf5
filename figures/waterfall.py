"""From a bearish estimate to the most bullish one, one changed assumption at a time.

From Finnveden (2019) over the priors of Cook (2022) to the highest factors of Drake (1961).
"""

from __future__ import annotations

from matplotlib.figure import Figure

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.literature import Change
from sfc_sim.plotting.style import headline

START = "finnveden2019"


def steps() -> dict[str, Change]:
    """Return what changes at each step, on top of all before it."""
    bullish, red = map(sfc.load_scenario, ("cook2022-bullish", "cook2022-red-dwarfs"))
    spread = ("expanding_fraction", "expansion_speed")
    lasting = {"longest_habitability": red["longest_habitability"].distribution}
    many = sfc.literature.Conversions(galaxies="conselice2016")
    ever = sfc.literature.Conversions(galaxies="conselice2016", ever="turnover")
    return {
        "all life gets to space": {"intelligence_fraction": 1.0, "technology_fraction": 1.0},
        "100 times the planets": {"planets_per_universe": 1.2e22},
        "planets form late": {"planet_history": "hanson2021"},
        "evolution takes 9 Gyr": {"evolution_delay": 9.0},
        "slower fronts, not all": {name: bullish[name].distribution for name in spread},
        "hard steps: cook2022-bearish": "cook2022-bearish",
        "fewer steps: cook2022-balanced": "cook2022-balanced",
        "planets last: cook2022-red-dwarfs": "cook2022-red-dwarfs",
        "fewest steps, and red dwarfs": bullish.replace(**lasting),
        "self-indication (SIA)": {"theory": "sia"},
        "factors: sandberg2018-expanding": "sandberg2018-expanding",
        "nobody spreads: sandberg2018": "sandberg2018",
        "factors near their means: maccone2010": "maccone2010",
        "2e12 galaxies, not 1e10": {"conversions": many},
        "highest factors: drake1961-high": "drake1961-high",
        "ever, not now": {"conversions": ever},
    }


def figure(draws: int = 20_000, seed: int = 7) -> Figure:
    """Return the figure."""
    ax = plotting.waterfall(sfc.literature.walk(START, steps(), draws=draws, rng=seed))
    picture = ax.get_figure(root=True)
    title = "From bearish to bullish, one changed assumption at a time"
    headline(picture, title)
    return picture


if __name__ == "__main__":
    from _common import run

    run(figure, __doc__)
