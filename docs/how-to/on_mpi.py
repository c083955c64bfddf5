"""A study on the processes of MPI: mpiexec -n 2 python -m mpi4py.futures on_mpi.py."""

from mpi4py.futures import MPIPoolExecutor

import sfc_sim as sfc

if __name__ == "__main__":
    with MPIPoolExecutor() as pool:
        study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"], executor=pool)
    here = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    print(bool((study.draws.volume_grabbed == here.draws.volume_grabbed).all()))
