"""The command `simulate`: civilizations in a periodic box, and what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

import sfc_sim
from sfc_sim._core.errors import InputError
from sfc_sim.cli.names import SCENARIO
from sfc_sim.cli.options import echo, echo_time, shared_options, whole
from sfc_sim.cli.pictures import own_settings, write_pictures
from sfc_sim.cli.staging import staging
from sfc_sim.cli.unfinished import check_room, seed_of_run, unfinished
from sfc_sim.cli.workers import on_workers
from sfc_sim.report.universe import UniverseReport

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from sfc_sim.appearance.power_law import PowerLawAppearance

__all__ = ["simulate"]

FIGURES = ("birth_dates", "waiting_times", "sky", "slices")
BYTES = 200  # of one, in universe.nc and in pieces
MOST = 1e12  # which memory refuses in any case
MADE = ("universe.nc", *(f"figures/{name}.png" for name in FIGURES))


@click.command(short_help="Simulate civilizations in space and time: births, fronts, contacts.")
@click.argument("scenario", required=False, type=SCENARIO)
@click.option(
    "--draw",
    metavar="N",
    callback=whole(0),
    help="Which draw of the scenario under the seed; default its medians.",
)
@click.option(
    "--n",
    type=float,
    metavar="N",
    help="Instead of a scenario: births grow as time to this power, dated by us.",
)
@click.option(
    "--speed",
    type=float,
    metavar="S",
    help="Of the fronts, light 1; default that of the scenario.",
)
@click.option(
    "--civilizations",
    type=float,
    metavar="N",
    help="Expanding ones to expect; sets the box; default up to 1000.",
)
@click.option("--box", type=float, metavar="GLY", help="Side of the box instead, comoving Gly.")
@click.option(
    "--realisations",
    default="1",
    metavar="N",
    callback=whole(1),
    help="Independent boxes; default 1.",
)
@click.option(
    "--compute",
    multiple=True,
    metavar="NAME",
    help="first_sight, first_sight_by_front, visible_at_birth, largest_angle, sky_fraction, "
    "controlled_at_birth, final_volume, neighbours or all; may be repeated.",
)
@click.option(
    "--quiet-ratio",
    default=0.0,
    metavar="R",
    help="Born that never expand, per expanding one; default 0.",
)
@click.option("--delay", default=0.0, metavar="GYR", help="From birth to expansion; default 0.")
@shared_options("universe.nc and figures (of the sky: with --compute visible_at_birth)")
@on_workers
def simulate(
    scenario: str | None,
    n: float | None,
    compute: tuple[str, ...],
    seed: int | None,
    out: Path | None,
    style: str,
    quiet: bool,
    force: bool,
    anew: bool,
    **asked: Any,
) -> None:
    """Simulate civilizations in a periodic box: who is born where and when, and meets whom.

    SCENARIO is a name that `sfc-sim list` shows, of one that has dates, or a path that ends in
    .toml. With --n the model is that of Hanson et al. (2021), which needs no scenario but
    --speed.
    """
    began = perf_counter()
    source = source_of(scenario, n, asked["speed"])
    known = [sfc_sim.load_scenario(source)] if isinstance(source, str) else []
    many = asked["realisations"] * (1.0 + asked["quiet_ratio"]) * (asked["civilizations"] or 0.0)
    if many < MOST:
        check_room(out, many * BYTES, f"{many:,.0f} civilizations")
    with staging(out, MADE, force=force, keeps=unfinished(anew, *known)) as folder:
        universe = sfc_sim.simulate(
            source,
            compute=compute,
            rng=seed_of_run(seed),
            progress=False if quiet else None,
            **asked,
        )
        echo(UniverseReport(universe, n), style, quiet=quiet)
        if style == "table" and not quiet:
            echo_time(began)
        written = [] if folder is None else write(folder, universe)
    if out is not None and not quiet:
        click.echo(f"wrote {', '.join(written)} to {out}", err=True)


def source_of(
    scenario: str | None, n: float | None, speed: float | None
) -> str | PowerLawAppearance:
    """Return the source of civilizations: the scenario, or the power law."""
    if n is None:
        if scenario is None:
            raise InputError(
                "scenario is missing: name one that has dates, or pass such as --n 6 --speed 0.5"
            )
        return scenario
    if scenario is not None:
        raise InputError(f"scenario '{scenario}' and --n {n:g} exclude each other; pass one")
    if speed is None:
        raise InputError("speed is missing: a power law has none; pass one, such as --speed 0.5")
    return sfc_sim.appearance.PowerLawAppearance(n)


def write(folder: Path, universe: xr.Dataset) -> list[str]:
    """Write the universe and its figures; return the names of the files."""
    sfc_sim.save(universe, folder / "universe.nc")
    with own_settings():
        written = write_pictures(folder / "figures", pictures(universe))
    return ["universe.nc", *(f"figures/{name}.png" for name in written)]


def pictures(universe: xr.Dataset) -> dict[str, Callable[[], Axes]]:
    """Return the drawing function of each picture that has something to show, by name."""
    import numpy as np

    from sfc_sim import plotting
    from sfc_sim.scenario.origin import origin_of

    expands = universe["speed"].values > 0.0
    makers: dict[str, Callable[[], Axes]] = {}
    if expands.size:
        makers["birth_dates"] = lambda: plotting.birth_dates(universe)
    if np.isfinite(universe["first_contact"].values[expands]).any():
        makers["waiting_times"] = lambda: plotting.waiting_times(universe)
    if "visible_at_birth" in universe and universe["visible_at_birth"].values.any():
        makers["sky"] = lambda: plotting.sky(universe)
    if expands.any():
        # Through a birthplace: where fronts fill little, most other slices are empty.
        first = universe.isel(civilization=int(expands.argmax()))
        height = float(first["position"][2]) / origin_of(universe).number("box")
        makers["slices"] = lambda: plotting.slices(
            universe, height=height, realisation=int(first["realisation"])
        )
    return makers
