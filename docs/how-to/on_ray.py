"""A study on the workers of Ray, as an executor of concurrent.futures."""

from concurrent.futures import Executor, Future
from threading import Thread

import ray

import sfc_sim as sfc


class RayExecutor(Executor):
    """Each task is one of Ray's, which does it again itself where its worker died."""

    def submit(self, fn, /, *args, **kwargs):
        future, reference = Future(), ray.remote(fn).remote(*args, **kwargs)

        def wait():
            try:
                future.set_result(ray.get(reference))
            except BaseException as error:
                future.set_exception(error)

        future.set_running_or_notify_cancel()
        Thread(target=wait, daemon=True).start()
        return future


if __name__ == "__main__":
    ray.init(address="auto")
    study = sfc.assess("cook2022-balanced", precision=0.001, rng=7, executor=RayExecutor())
    study.save("study.nc")
