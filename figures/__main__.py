"""Remake every figure, saying how long each took: ``python -m figures [--out DIR]``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from time import perf_counter

from figures._common import arguments, keep


def main() -> None:
    given = arguments("Remake every figure.")
    names = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    for k, name in enumerate(names, 1):
        print(f"{k}/{len(names)} {name:<10}", end=" ", flush=True)
        began = perf_counter()
        path = keep(import_module(f"figures.{name}").figure, given)
        print(f"{perf_counter() - began:6.1f} s  {path}")


if __name__ == "__main__":
    main()
