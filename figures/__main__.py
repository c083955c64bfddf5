"""Remake every figure, saying how long each took: ``python -m figures [--out DIR]``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from time import perf_counter

from figures._common import arguments, keep


def main() -> None:
    given = arguments("Remake every figure.")
    names = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    failed = []
    for k, name in enumerate(names, 1):
        print(f"{k}/{len(names)} {name:<10}", end=" ", flush=True)
        began = perf_counter()
        try:
            path = keep(import_module(f"figures.{name}").figure, given)
        except (Exception, SystemExit) as error:  # the others can be made
            failed.append(name)
            print(f"failed: {' '.join(str(error).split())}")
            continue
        print(f"{perf_counter() - began:6.1f} s  {path}")
    if failed:
        raise SystemExit(f"{len(failed)} of {len(names)} failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
