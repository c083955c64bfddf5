"""Remake every figure, saying how long each took: ``python -m figures [--out DIR]``.

If it is stopped, or some fail, the same command makes only what is not there yet.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from time import perf_counter

import numpy as np

from figures._common import arguments, keep
from sfc_sim._core.errors import InputError
from sfc_sim._core.files import alone
from sfc_sim._core.pieces import Pieces, checksum, opened
from sfc_sim.cli.unfinished import libraries, unfinished_of, version


def main() -> None:
    given = arguments("Remake every figure.", anew=True)
    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    asked = {
        "version": version(),
        "libraries": libraries(),
        "draws": given.draws,
        "format": given.format,
    }
    try:
        with alone(out):
            pieces = opened(unfinished_of(out), asked, anew=given.anew, every=0.0)
            failed = [name for name in names() if not remade(name, given, pieces)]
    except InputError as error:
        raise SystemExit(f"error: {error}") from None
    if failed:
        raise SystemExit(f"{len(failed)} of {len(names())} failed: {', '.join(failed)}")
    pieces.remove()


def names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def remade(name: str, given: argparse.Namespace, pieces: Pieces) -> bool:
    """Make a figure, unless it is there; say how long it took, and return whether it is made."""
    print(f"{names().index(name) + 1}/{len(names())} {name:<10}", end=" ", flush=True)
    target = given.out / f"{name}.{given.format}"
    script = checksum(Path(__file__).with_name(f"{name}.py"))
    before = pieces.get(name, script)
    if before is not None and checksum(target) == before["sha256"].item():
        print(f"{'kept':>8}  {target}")
        return True
    began = perf_counter()
    try:
        path = keep(import_module(f"figures.{name}").figure, given)
        if made := checksum(target):
            pieces.put(name, script, {"sha256": np.array(made)})
    except (Exception, SystemExit) as error:  # the others can be made
        print(f"failed: {' '.join(str(error).split())}")
        return False
    print(f"{perf_counter() - began:6.1f} s  {path}")
    return True


if __name__ == "__main__":
    main()
