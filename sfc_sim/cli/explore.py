"""The command `explore`: one page on which anybody may set priors and values."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from sfc_sim._core.files import writing
from sfc_sim.cli.names import SCENARIO
from sfc_sim.cli.options import whole
from sfc_sim.cli.texts import USUAL

__all__ = ["explore"]


@click.command(short_help="Write a page to explore priors and values in a browser.")
@click.argument("scenario", default=USUAL, metavar="[SCENARIO]", type=SCENARIO)
@click.option(
    "--out",
    default="explorer.html",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it there; default explorer.html.",
)
@click.option(
    "--draws",
    metavar="N",
    callback=whole(1),
    help="Worlds that the page carries; default 27000, of some 4 MB.",
)
@click.option(
    "--seed", metavar="N", callback=whole(0), help="Makes a page again; default a fresh one."
)
@click.option(
    "--threads",
    metavar="N",
    callback=whole(1),
    help="Default all processors; the page does not depend on it.",
)
@click.option("--quiet", is_flag=True, help="Say nothing.")
@click.option("--force", is_flag=True, help="Replace FILE.")
def explore(
    scenario: str,
    out: Path,
    draws: int | None,
    seed: int | None,
    threads: int | None,
    quiet: bool,
    force: bool,
) -> None:
    """Write one page for a browser that weighs its draws again by whatever is set on it.

    It needs no network and no server. SCENARIO is a name that `sfc-sim list` shows or a path that
    ends in .toml, of one with dates; default cook2022-balanced. The page also has the priors of
    the other scenarios that share its models.
    """
    from sfc_sim.explorer.page import DRAWS, explorer_page

    with writing(out, force=force) as part:
        page = explorer_page(
            scenario,
            DRAWS if draws is None else draws,
            rng=secrets.randbits(32) if seed is None else seed,
            threads=threads,
            progress=False if quiet else None,
        )
        part.write_text(page, encoding="utf-8", newline="\n")
    if not quiet:
        click.echo(f"wrote {out}", err=True)
