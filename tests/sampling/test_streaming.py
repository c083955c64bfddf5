"""Draws on the disk: what memory would hold, bit for bit, whatever comes between."""

from __future__ import annotations

import errno
import gc
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.sampling import store, store_writing, streaming
from sfc_sim.sampling.store import opened

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

NAME, DRAWS = "sandberg2018", 2300


@pytest.fixture
def short(monkeypatch):
    """Stretches of few draws."""
    for module in (store, store_writing, streaming):
        monkeypatch.setattr(module, "STRETCH", 500)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "draws.zarr"


def files(path):
    return {
        str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()
    }


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("first", [0, 123])
def test_a_store_holds_what_memory_does(path, first):
    with ThreadPoolExecutor(2) as pool:
        executor = pool if first else None
        assert sfc.sample_to(path, NAME, DRAWS, rng=7, first=first, executor=executor) == path
    expected = sfc.sample(NAME, DRAWS, rng=7, first=first)
    found = sfc.load(path)
    assert found.chunks["draw"] == (500, 500, 500, 500, 300)
    assert found.attrs == expected.attrs
    assert found.load().identical(expected)
    assert (
        opened(str(path)).isel(draw=slice(700, 900)).identical(expected.isel(draw=slice(700, 900)))
    )
    weights = sfc.weigh(sfc.load(path), "none")
    assert weights.identical(sfc.weigh(expected, "none"))
    assert sfc.saturation(sfc.load(path), weights).identical(sfc.saturation(expected, weights))


@pytest.mark.usefixtures("short")
def test_aimed_draws_and_tables_over_them(path):
    aimed = {"rng": 7, "aim": ["sia"], "evidence": "none"}
    sfc.sample_to(path, "sandberg2018-toy", DRAWS, **aimed)
    expected = sfc.sample("sandberg2018-toy", DRAWS, **aimed)
    assert sfc.load(path).load().identical(expected)
    table = sfc.analysis.over(path, "none", theories=["sia"], threads=2)
    assert table.identical(sfc.analysis.over(expected, "none", theories=["sia"], threads=1))
    with ThreadPoolExecutor(2) as pool:
        sent = sfc.analysis.over(path, "none", theories=["sia"], executor=pool)
    assert table.identical(sent)


@pytest.mark.usefixtures("short")
def test_draws_of_a_sobol_sequence(path):
    sfc.sample_to(path, NAME, 1024, rng=7, design="sobol")
    assert sfc.load(path).load().identical(sfc.sample(NAME, 1024, rng=7, design="sobol"))
    with pytest.raises(sfc.InputError, match="a Sobol' sequence samples the prior only"):
        sfc.sample_to(path, NAME, 1024, rng=7, design="sobol", aim=["sia"])


def test_without_dask_each_variable_is_read_whole(path, monkeypatch):
    sfc.sample_to(path, NAME, 100, rng=7)
    find = store.find_spec
    monkeypatch.setattr(store, "find_spec", lambda name: None if name == "dask" else find(name))
    found = sfc.load(path)
    assert not found.chunks
    assert found.load().identical(sfc.sample(NAME, 100, rng=7))


def test_some_variables_and_what_never_varies(path):
    sfc.sample_to(path, NAME, 1000, rng=7, variables=["lifetime", "expansion_speed"])
    expected = sfc.sample(NAME, 1000, rng=7)[["lifetime", "expansion_speed"]]
    assert sfc.load(path).load().identical(expected)
    stored = files(path)
    assert len(stored["lifetime/c/0"]) == 8000
    assert not [name for name in stored if name.startswith("expansion_speed/c")]


def stopped_after(stretches, monkeypatch, error):
    """Let the work end with an error before the stretch that follows so many."""
    drawn, begun = streaming.drawn, []

    def until(plan, first, total, **who):
        if total > streaming.PROBE or begun:
            begun.append(first)
        if len(begun) > stretches:
            raise error
        return drawn(plan, first, total, **who)

    monkeypatch.setattr(streaming, "PROBE", 100)
    monkeypatch.setattr(streaming, "drawn", until)
    return begun


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(errno.ENOSPC, "No space left on device"), sfc.InputError),
    ],
)
def test_what_was_interrupted_goes_on(path, tmp_path, monkeypatch, error, told):
    whole = sfc.sample_to(tmp_path / "whole.zarr", NAME, DRAWS, rng=7)
    with monkeypatch.context() as patch:
        stopped_after(3, patch, error)
        with pytest.raises(told, match="No space left" if told is sfc.InputError else None):
            sfc.sample_to(path, NAME, DRAWS, rng=7)
    assert not path.exists()
    with pytest.raises(sfc.InputError, match="not whole; make the call"):
        sfc.load(tmp_path / "draws.zarr.part")
    with pytest.raises(sfc.InputError, match="no file"):
        sfc.load(path)
    with monkeypatch.context() as patch:
        made = stopped_after(10, patch, error)
        sfc.sample_to(path, NAME, DRAWS, rng=7)
    assert made == [1500, 2000]
    assert files(path) == files(whole)
    assert os.listdir(tmp_path).count("draws.zarr.part") == 0


@pytest.mark.usefixtures("short")
def test_one_that_is_whole_is_left_as_it_is(path, monkeypatch):
    sfc.sample_to(path, NAME, DRAWS, rng=7)
    made = stopped_after(0, monkeypatch, AssertionError("drawn again"))
    for seed in (7, None):  # without a seed it is that of the store
        assert sfc.sample_to(path, NAME, DRAWS, rng=seed) == path
    assert made == []
    assert sorted(os.listdir(path.parent)) == ["draws.zarr"]


@pytest.mark.usefixtures("short")
def test_no_seed_goes_on_with_that_of_the_store(path, monkeypatch):
    with monkeypatch.context() as patch:
        stopped_after(2, patch, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            sfc.sample_to(path, NAME, DRAWS)
    sfc.sample_to(path, NAME, DRAWS)
    found = sfc.load(path)
    assert found.load().identical(sfc.sample(NAME, DRAWS, rng=int(found.attrs["seed"])))


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"rng": 8}, "the seed is '7' there and '8' here"),
        ({"draws": 400}, "the number of draws"),
        ({"first": 1}, "the first draw"),
        (
            {"scenario": "sandberg2018-toy"},
            "the scenario is 'sandberg2018' there and 'sandberg2018-toy' here",
        ),
        (
            {"scenario": replace(sfc.load_scenario(NAME).replace(expansion_speed=0.4), name=NAME)},
            "what the scenario says",
        ),
        ({"design": "sobol"}, "the design is 'random' there and 'sobol' here"),
        ({"variables": ["lifetime"]}, "the choice of variables"),
        ({"aim": ["sia"], "evidence": "none"}, "the proposal"),
    ],
)
def test_another_call_is_refused_with_the_reason(path, other, reason, begun):
    call = {"scenario": NAME, "draws": 300, "rng": 7}
    sfc.sample_to(path, **call)
    if begun:
        part = path.rename(path.with_name("draws.zarr.part"))
        (part / store.COUNT).write_text("0")
    before = files(path.parent)
    with pytest.raises(sfc.InputError, match=reason):
        sfc.sample_to(path, **call | other)
    assert files(path.parent) == before
    if "rng" in other:
        sfc.sample_to(path, **call | other, force=True)
        assert sfc.load(path).attrs["seed"] == "8"


def test_draws_of_another_version_are_refused(path, monkeypatch):
    sfc.sample_to(path, NAME, 300, rng=7)
    words = store.store_words

    def other(*given):
        return words(*given) | {"versions": "sfc-sim 9"}

    monkeypatch.setattr(streaming, "store_words", other)
    with pytest.raises(sfc.InputError, match="the versions of packages"):
        sfc.sample_to(path, NAME, 300, rng=7)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_the_second_of_two_writers_is_refused(path):
    with store_writing.claimed(path, force=False):
        for force in (False, True):
            with pytest.raises(sfc.InputError, match="another run writes"):
                sfc.sample_to(path, NAME, 300, rng=7, force=force)
    sfc.sample_to(path, NAME, 300, rng=7)


def test_nothing_is_begun_where_the_disk_has_no_room(path, monkeypatch):
    with pytest.raises(sfc.InputError, match=r"need about .* GB on the disk .* fewer variables"):
        sfc.sample_to(path, NAME, 10**14, rng=7)
    assert not os.listdir(path.parent)


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_store_is_never_touched(path, force):
    path.mkdir()
    (path / "mine.txt").write_text("keep")
    with pytest.raises(sfc.InputError, match="is no store of draws"):
        sfc.sample_to(path, NAME, 300, rng=7, force=force)
    assert files(path) == {"mine.txt": b"keep"}
    with pytest.raises(sfc.InputError, match="no store of draws"):
        sfc.load(path)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_beside_one_that_was_begun_is_never_touched(path, force):
    sfc.sample_to(path, NAME, 300, rng=7)
    (path.rename(path.with_name("draws.zarr.part")) / store.COUNT).write_text("0")
    path.mkdir()
    (path / "mine.txt").write_text("keep")
    with pytest.raises(sfc.InputError, match="is no store of draws"):
        sfc.sample_to(path, NAME, 300, rng=7, force=force)
    assert files(path) == {"mine.txt": b"keep"}


@pytest.mark.parametrize("path", ["/", ".", "..", "folder/.."])
def test_a_store_needs_a_name(path):
    with pytest.raises(sfc.InputError, match="must be a folder that is made"):
        sfc.sample_to(path, NAME, 300, rng=7)


@pytest.mark.parametrize("count", [None, ""])
def test_one_that_was_killed_at_its_first_or_last_step_goes_on(path, count):
    """The count is gone when the store gets its name, and may be empty where power went."""
    sfc.sample_to(path, NAME, 300, rng=7)
    before = files(path)
    part = path.rename(path.with_name("draws.zarr.part"))
    if count is not None:
        (part / store.COUNT).write_text(count)
    sfc.sample_to(path, NAME, 300, rng=7)
    assert files(path) == before


def test_a_store_is_saved_as_a_file_with_its_values(path, tmp_path):
    sfc.sample_to(path, NAME, 300, rng=7)
    file = sfc.save(sfc.load(path), tmp_path / "draws.nc")
    assert sfc.load(file).identical(sfc.sample(NAME, 300, rng=7))


def test_zarr_is_asked_for_where_it_is_missing(path, monkeypatch):
    monkeypatch.setattr(store, "find_spec", lambda name: None)
    with pytest.raises(sfc.InputError, match=r"pip install \"sfc-sim\[zarr\]\""):
        sfc.sample_to(path, NAME, 300, rng=7)


def test_a_misspelt_variable_is_told_the_nearest(path):
    with pytest.raises(sfc.InputError, match="did you mean 'lifetime'"):
        sfc.sample_to(path, NAME, 300, rng=7, variables=["lifetme"])


@pytest.mark.parametrize("left", [None, 100])
def test_a_store_that_lost_a_file_or_a_part_of_it_is_refused(path, left):
    sfc.sample_to(path, NAME, 300, rng=7)
    file = path / "lifetime" / "c" / "0"
    content = file.read_bytes()
    file.unlink()
    if left is not None:
        file.write_bytes(content[:left])
    for read in (sfc.load, sfc.analysis.over, lambda path: sfc.sample_to(path, NAME, 300, rng=7)):
        with pytest.raises(sfc.InputError, match="is damaged"):
            read(path)
    sfc.sample_to(path, NAME, 300, rng=7, force=True)
    assert (path / "lifetime" / "c" / "0").read_bytes() == content


def peak(work):
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_draws(tmp_path, monkeypatch):
    for module in (store, store_writing, streaming):
        monkeypatch.setattr(module, "STRETCH", 600)
    monkeypatch.setattr("sfc_sim.analysis.blocks.BLOCK", 500)
    monkeypatch.setattr("sfc_sim.analysis.blocks.LEAST_GROUP", 2)
    monkeypatch.setattr("sfc_sim.analysis.block_passes.MOST_BINS", 64)

    def peaks(draws):
        path, call = tmp_path / f"{draws}.zarr", {"rng": 7, "threads": 1}
        return [
            peak(lambda: sfc.sample_to(path, NAME, draws, **call)),
            peak(lambda: sfc.analysis.over(path, "none", theories=["sia"], threads=1)),
            peak(lambda: sfc.sample(NAME, draws, **call)),
        ]

    peaks(100)  # what is loaded once
    few, many = peaks(3000), peaks(12_000)
    growth = np.array(many) / few
    # Four times the draws; the tails of weights that are kept grow with their root.
    assert (growth[:2] < 1.4).all(), growth
    assert growth[2] > 3.0  # the control: memory holds these draws


KILLED = """
import sys
import sfc_sim as sfc
sfc.sample_to(sys.argv[1], "sandberg2018", 10**6, rng=7, threads=1)
"""


@pytest.mark.verification
@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_store_whose_process_was_killed_goes_on(path, tmp_path):
    begun = Path(f"{path}.part", store.COUNT)
    for _ in range(2):
        worker = subprocess.Popen([sys.executable, "-c", KILLED, str(path)])
        before = begun.read_text() if begun.exists() else "0"
        while not begun.exists() or begun.read_text() in ("", before):
            assert worker.poll() is None
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    done = int(begun.read_text())
    assert 0 < done < 10**6
    sfc.sample_to(path, NAME, 10**6, rng=7)
    whole = sfc.sample_to(tmp_path / "whole.zarr", NAME, 10**6, rng=7)
    assert files(path) == files(whole)
    draw = xr.open_zarr(path, consolidated=False, decode_cf=False).isel(draw=slice(done, done + 9))
    again = sfc.sample(NAME, 9, rng=7, first=done)
    np.testing.assert_array_equal(draw.lifetime.values, again.lifetime.values)
