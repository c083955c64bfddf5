"""What a command with --out keeps until its end, so that the same command goes on from there."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import sfc_sim
from sfc_sim._core.errors import InputError
from sfc_sim._core.pieces import in_force, keeping, opened

if TYPE_CHECKING:
    from sfc_sim.scenario.assumed import Assumed
    from sfc_sim.scenario.scenario import Scenario

__all__ = ["check_room", "room_for_draws", "seed_of_run", "unfinished", "unfinished_of"]

# No number hangs on these, or, of the names of scenarios and what is set, their hashes say more.
APART: Final = frozenset(
    {
        "anew", "causes", "dask", "force", "out", "page", "quiet", "scenario", "scenarios", "seed",
        "settings", "style", "table", "threads", "workers",
    }
)  # fmt: skip

BYTES_PER_DRAW: Final = 700
"""More than any draw takes."""


def unfinished(anew: bool, *assumed: Assumed) -> Callable[[Path], AbstractContextManager[None]]:
    """Return what keeps the work of the command that runs, for `staging`.

    `assumed` is what it is about; none is the whole catalogue. With `anew` it goes on from nothing.
    """
    context = click.get_current_context()
    given: dict[str, Any] = context.params
    names = [f"{each.name} ({each.hash})" for each in dict.fromkeys(assumed)]
    asked = {
        "version": version(),
        "libraries": libraries(),
        "command": context.command.name,
        "scenario": names or "all",
        "seed": given["seed"],
    } | {name: value for name, value in sorted(given.items()) if name not in APART}
    return partial(kept, asked, anew=anew, quiet=given["quiet"])


@contextmanager
def kept(asked: dict[str, Any], target: Path, *, anew: bool, quiet: bool) -> Iterator[None]:
    """Keep pieces beside `target` until the block ends well, and go on from those there are."""
    pieces = opened(unfinished_of(target), asked, anew=anew)
    if pieces.done and not quiet:
        damaged = f"; {pieces.damaged} damaged, made again" if pieces.damaged else ""
        click.echo(
            f"sfc-sim: goes on from {len(pieces.done)} pieces of an unfinished run, seed"
            f" {pieces.asked['seed']}{damaged}",
            err=True,
        )
    with keeping(pieces):
        yield


def seed_of_run(seed: int | None) -> int:
    """Return the seed of the run: the one given, that of the run that goes on, or a fresh one."""
    if seed is not None:
        return seed
    pieces = in_force()
    return secrets.randbits(32) if pieces is None else int(pieces.asked["seed"])


def version() -> str:
    """Return the version of the package, to the letter: its files may have been edited."""
    import hashlib

    root = Path(sfc_sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return f"{sfc_sim.__version__}, source {digest.hexdigest()[:12]}"


def libraries() -> str:
    """Return the versions of what else numbers come from."""
    from sfc_sim._core.schema import software

    words = software()
    others = words["versions"].partition("; ")[2]
    return f"python {words['python']}; {others}; stream {words['stream_version']}"


def room_for_draws(out: Path | None, draws: int, copies: int, *assumed: Assumed) -> None:
    """Raise `InputError` if draws, of each of what is assumed, take more room than is free."""
    if out is None or draws * copies * len(assumed) * BYTES_PER_DRAW < free_at(out):
        return
    held = sum(
        max(sfc_sim.sample(one, 1, rng=0, threads=1).nbytes for one in scenarios_of(each))
        for each in assumed
    )
    check_room(out, draws * copies * held, f"{draws:,} draws")


def scenarios_of(assumed: Assumed) -> tuple[Scenario, ...]:
    """Return the scenarios of a mixture, or the one."""
    from sfc_sim.scenario.mixture import ScenarioMixture
    from sfc_sim.scenario.scenario import Scenario

    if isinstance(assumed, ScenarioMixture):
        return assumed.scenarios
    return (assumed,) if isinstance(assumed, Scenario) else ()


def check_room(out: Path | None, size: float, what: str) -> None:
    """Raise `InputError` if what is to be written takes more room than is free."""
    if out is not None and size > (free := free_at(out)):
        raise InputError(
            f"{what} take about {size / 1e9:.3g} GB in '{out}' and {free / 1e9:.3g} GB are free:"
            " make room, take fewer, or name another folder"
        )


def free_at(out: Path) -> int:
    """Return the bytes that are free where a folder is, or is to be, with those of its pieces."""
    out = out.absolute()
    place = next(each for each in (out, *out.parents) if each.is_dir())
    pieces = unfinished_of(out).glob("*")
    return shutil.disk_usage(place).free + sum(path.stat().st_size for path in pieces)


def unfinished_of(target: Path) -> Path:
    """Return the folder of the pieces of a run into `target`.

    Examples
    --------
    >>> unfinished_of(Path("a/out")).as_posix()
    'a/.out.unfinished'
    """
    return target.with_name(f".{target.name}.unfinished")
