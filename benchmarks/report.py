"""Time the whole way from a scenario to its page, part by part.

    python benchmarks/report.py [SCENARIO] [--draws N] [--threads N]

Kernels are compiled, or read from the cache, before the clock starts. Besides the time on the
clock it prints the time of all processors, which other work on the machine hardly changes.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

import sfc_sim as sfc
from sfc_sim.report.web import page

CREDENCES = {"adt-total": 0.5, "ssa-civilizations": 0.2, "prior": 0.3}


def timed(name: str, work: Callable[[], object]) -> None:
    """Print how long a part takes."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    spent = time.perf_counter() - began, time.process_time() - busy
    print(f"  {name:24s} {spent[0]:7.2f} s, processors {spent[1]:7.2f} s", flush=True)


def main() -> None:
    """Run the parts that `sfc-sim run --report` runs, and those of a notebook."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="cook2022-balanced")
    parser.add_argument("--draws", type=int, default=200_000)
    parser.add_argument("--threads", type=int)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
    settings = {"rng": 7, "theories": CREDENCES, "similarity": sfc.Beta(8, 2)}
    page(sfc.assess(asked.scenario, 500, **settings))
    print(f"{asked.scenario}, {asked.draws:,} draws, three theories")
    found = []
    timed("assess", lambda: found.append(
        sfc.assess(asked.scenario, asked.draws, threads=asked.threads, **settings)
    ))  # fmt: skip
    (study,) = found
    timed("priorities", lambda: sfc.decision.priorities(study, rng=7))
    timed("sensitivity", lambda: sfc.analysis.sensitivity(study))
    timed("value_of_information", lambda: sfc.analysis.value_of_information(study))
    timed("tornado", lambda: sfc.analysis.tornado(study))
    timed("premises", lambda: sfc.analysis.premises(study))
    timed("the page", lambda: page(study))


if __name__ == "__main__":
    main()
