"""A study on two processes of this machine; it is the one that threads make."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import sfc_sim as sfc

if __name__ == "__main__":  # workers read this file too, and must not begin again
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"], executor=pool)
    here = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    print(bool((study.draws.volume_grabbed == here.draws.volume_grabbed).all()))
