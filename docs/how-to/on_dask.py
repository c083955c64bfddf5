"""A comparison on two workers of dask, here of a cluster on this machine."""

from dask.distributed import Client, LocalCluster

import sfc_sim as sfc

if __name__ == "__main__":
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        asked = {"theories": ["prior"], "draws": 2000, "rng": 7}
        names = ["cook2022-balanced", "sandberg2018"]
        table = sfc.literature.compare(names, executor=client.get_executor(), **asked)
    here = sfc.literature.compare(names, **asked)
    print(table.identical(here))
