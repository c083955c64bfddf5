"""Other processors give the same draws, to rounding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sfc_sim as sfc

pytestmark = pytest.mark.verification

ROOT = Path(__file__).parents[2]
CODE = """
import sys
import sfc_sim as sfc
sfc.save(sfc.sample(sys.argv[1], 64, rng=7), sys.argv[2])
"""
AIMED = """
import sys
import sfc_sim as sfc
print(sfc.aim(sys.argv[1], theories=["prior", "sia"], rng=int(sys.argv[2]), pilot=1000).hash)
"""
# NumPy then takes the paths of a processor without AVX-512 and AVX2, Numba those of the plainest.
PLAIN = {
    "NUMBA_CPU_NAME": "generic",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    "OPENBLAS_CORETYPE": "Prescott",
}
# Libraries round functions such as exp to one or two units of the last place, some 1e-16; sums
# over a thousand shells keep that below 1e-12, and cancellation costs three digits at most.
TOLERANCE = 1e-9


def worst(one, other) -> float:
    """Return the largest relative difference of any variable."""
    found = 0.0
    for name in one.data_vars:
        x, y = one[name].values, other[name].values
        different = x != y
        if different.any():
            scale = np.maximum(np.abs(x[different]), 1e-300)
            found = max(found, float(np.max(np.abs(x[different] - y[different]) / scale)))
    return found


@pytest.mark.parametrize("name", ["cook2022-balanced", "sandberg2018", "finnveden2019"])
def test_a_plain_processor_gives_the_same_draws(name, tmp_path):
    path = tmp_path / "draws.nc"
    known = {k: v for k, v in os.environ.items() if k != "NPY_DISABLE_CPU_FEATURES"}
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE, name, str(path)],
        cwd=ROOT, env=known | PLAIN, check=True, timeout=900,
    )  # fmt: skip
    here = sfc.sample(name, 64, rng=7)
    assert worst(here, sfc.load(path)) < TOLERANCE
    # The control: other draws are told apart.
    assert worst(here, sfc.sample(name, 64, rng=8)) > TOLERANCE


@pytest.mark.parametrize("name", ["cook2022-balanced", "mills2025", "snyder-beattie2021"])
def test_a_plain_processor_finds_the_same_proposal(name):
    """Fitted numbers are rounded far above what processors differ by. Control: another seed."""
    known = {k: v for k, v in os.environ.items() if k != "NPY_DISABLE_CPU_FEATURES"}
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", AIMED, name, "7"],
        cwd=ROOT, env=known | PLAIN, check=True, timeout=900, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    given = {"theories": ["prior", "sia"], "pilot": 1000}
    assert found == sfc.aim(name, **given, rng=7).hash
    assert found != sfc.aim(name, **given, rng=8).hash
