"""A study on 32 cores that dask-jobqueue asks Slurm for."""

from dask.distributed import Client
from dask_jobqueue import SLURMCluster

import sfc_sim as sfc

if __name__ == "__main__":
    cluster = SLURMCluster(
        queue="normal",
        cores=16,  # of a job
        processes=16,  # one core each
        memory="32GB",
        walltime="02:00:00",
        job_script_prologue=[
            "export NUMBA_CACHE_DIR=/scratch/$USER/numba",  # one folder for all jobs
            "sfc-sim warm",
        ],
    )
    cluster.scale(jobs=2)
    with cluster, Client(cluster) as client:
        study = sfc.assess(
            "cook2022-balanced", precision=0.001, rng=7, executor=client.get_executor()
        )
        study.save("study.nc")
