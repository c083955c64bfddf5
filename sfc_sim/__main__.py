"""`python -m sfc_sim` is `sfc-sim`."""

from __future__ import annotations

from sfc_sim.cli import program

if __name__ == "__main__":
    program()
