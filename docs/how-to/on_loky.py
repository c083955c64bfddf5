"""Draws on two processes of loky, the library that joblib is built on."""

from loky import get_reusable_executor

import sfc_sim as sfc

if __name__ == "__main__":
    pool = get_reusable_executor(max_workers=2)
    draws = sfc.sample("cook2022-balanced", 2000, rng=7, executor=pool)
    here = sfc.sample("cook2022-balanced", 2000, rng=7)
    print(bool((draws.volume_grabbed == here.volume_grabbed).all()))
    pool.shutdown()
