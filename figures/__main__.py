"""Remake every figure, saying how long each took: ``python -m figures [--out DIR]``.

If it is stopped, or some fail, the same command makes only what is not there yet.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from time import perf_counter

import numpy as np

from figures._common import arguments, at_work, keep
from sfc_sim._core.errors import InputError
from sfc_sim._core.files import alone
from sfc_sim._core.pieces import Pieces, checksum, opened
from sfc_sim._core.work import each
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
        with alone(out), at_work(given):
            pieces = opened(unfinished_of(out), asked, anew=given.anew, every=0.0)
            failed = remade(given, pieces)
    except InputError as error:
        raise SystemExit(f"error: {error}") from None
    if failed:
        raise SystemExit(f"{len(failed)} of {len(names())} failed: {', '.join(failed)}")
    pieces.remove()


def names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def remade(given: argparse.Namespace, pieces: Pieces) -> list[str]:
    """Make the figures that are not there; say how long each took, and return what failed."""
    scripts = {name: checksum(Path(__file__).with_name(f"{name}.py")) for name in names()}
    targets = {name: given.out / f"{name}.{given.format}" for name in names()}
    left, failed = [], []
    for name in names():
        before = pieces.get(name, scripts[name])
        if before is not None and checksum(targets[name]) == before["sha256"].item():
            print(f"{headed(name)} {'kept':>8}  {targets[name]}", flush=True)
        else:
            left.append((name,))
    for k, (told, seconds, fine) in each(made, given, left, "the figure {}".format, long=True):
        (name,) = left[k]
        print(f"{headed(name)} {seconds:6.1f} s  {told}" if fine else f"{headed(name)} {told}")
        if not fine:
            failed.append(name)
        elif known := checksum(targets[name]):
            pieces.put(name, scripts[name], {"sha256": np.array(known)})
    return sorted(failed)


def headed(name: str) -> str:
    return f"{names().index(name) + 1}/{len(names())} {name:<10}"


def made(given: argparse.Namespace, name: str) -> tuple[str, float, bool]:
    """Make a figure; return where it is, or why not, and the seconds."""
    began = perf_counter()
    try:
        told, fine = str(keep(import_module(f"figures.{name}").figure, given)), True
    except (Exception, SystemExit) as error:  # the others can be made
        told, fine = f"failed: {' '.join(str(error).split())}", False
    return told, perf_counter() - began, fine


if __name__ == "__main__":
    main()
