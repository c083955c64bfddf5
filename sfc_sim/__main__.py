"""`python -m sfc_sim` is `sfc-sim`."""

from __future__ import annotations

import sys

from sfc_sim.cli import main

if __name__ == "__main__":
    sys.exit(main())
