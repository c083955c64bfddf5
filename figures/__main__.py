"""Remake every figure, saying how long each took: ``python -m figures [--out DIR]``."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from time import perf_counter

from figures._common import arguments, at_work, keep
from sfc_sim._core.work import each


def main() -> None:
    given = arguments("Remake every figure.")
    names = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    failed = []
    with at_work(given):
        tasks = [(name,) for name in names]
        found = each(remade, given, tasks, "the figure {}".format, long=True)
        for done, (k, (told, seconds, made)) in enumerate(found, 1):
            print(f"{done}/{len(names)} {names[k]:<10}", end=" ")
            print(f"{seconds:6.1f} s  {told}" if made else f"failed: {told}", flush=True)
            failed += [] if made else [names[k]]
    if failed:
        raise SystemExit(f"{len(failed)} of {len(names)} failed: {', '.join(failed)}")


def remade(given: argparse.Namespace, name: str) -> tuple[str, float, bool]:
    """Make a figure by the name of its script; return its path or why not, and the seconds."""
    began = perf_counter()
    try:
        told, made = str(keep(import_module(f"figures.{name}").figure, given)), True
    except (Exception, SystemExit) as error:  # the others can be made
        told, made = " ".join(str(error).split()), False
    return told, perf_counter() - began, made


if __name__ == "__main__":
    main()
