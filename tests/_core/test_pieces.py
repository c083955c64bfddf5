"""What a run keeps: whole, of the same question, or not at all."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from sfc_sim import InputError
from sfc_sim._core import pieces as module
from sfc_sim._core.files import alone
from sfc_sim._core.pieces import (
    GOES_ON,
    MANIFEST,
    Pieces,
    going_on,
    in_force,
    indexed,
    keeping,
    opened,
    packed,
)

ASKED = {"version": "1", "scenario": ["a (12)"], "seed": 7, "draws": None}


def left(folder: Path, jobs: int = 4, **asked: object) -> Pieces:
    """Return the pieces of a run that was killed after so many jobs."""
    made = opened(folder, ASKED | asked, every=0.0)
    for job in range(jobs):
        made.put("squares", job, {"square": np.array([job**2, -job]), "half": np.array(job / 2)})
    return made


def test_what_was_put_is_found_by_another_process_with_the_same_bits(tmp_path):
    rng = np.random.default_rng(1)
    given = {
        "double": rng.normal(size=(2, 3, 4)),
        "odd": np.array([np.nan, -0.0, np.inf, 5e-324]),
        "whole": rng.integers(-9, 9, 5),
        "short": rng.normal(size=3).astype(">f4"),
        "flag": np.array([True, False]),
        "none": np.empty((0, 3)),
        "one": np.array(3.5),
        "strided": np.arange(10.0)[::3],
        "text": np.array(["α", "longer"]),
    }
    opened(tmp_path / "p", ASKED, every=0.0).put("what", (0, 512), given)
    found = opened(tmp_path / "p", ASKED).get("what", (0, 512))
    assert list(found) == list(given)
    for name, values in given.items():
        assert found[name].dtype == values.dtype, name
        assert found[name].shape == values.shape, name
        assert found[name].tobytes() == values.tobytes(), name


def test_a_job_is_found_by_all_that_it_hangs_on(tmp_path):
    left(tmp_path / "p")
    again = opened(tmp_path / "p", ASKED)
    assert again.get("squares", 2)["square"].tolist() == [4, -2]
    assert again.get("squares", 4) is None
    assert again.get("squares ", 2) is None
    assert again.get("squares", "2") is None


def test_objects_have_no_bytes():
    with pytest.raises(TypeError, match="'x' holds objects"):
        packed({"key": {"x": np.array([object()])}})


def test_nothing_is_written_before_some_seconds_of_work(tmp_path, monkeypatch):
    clock = iter([10.0, 12.9, 13.0, 14.0, 16.0])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    made = opened(tmp_path / "p", ASKED)
    made.put("a", 1, {"x": np.zeros(1)})  # at 10
    made.put("a", 2, {"x": np.zeros(1)})  # at 12.9
    assert not (tmp_path / "p").exists()
    made.put("a", 3, {"x": np.zeros(1)})  # at 13
    assert list(made.done.values()) == [{"a": 3}]
    made.put("b", 1, {"x": np.zeros(1)})
    assert len(made.done) == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"version": "2"}, "version 1, this one has 2"),
        ({"scenario": ["b (34)"]}, r"scenario a \(12\), this one has b \(34\)"),
        ({"seed": 8}, "seed 7, this one has 8"),
        ({"draws": 5}, "draws none, this one has 5"),
        ({"more": "x"}, "more none, this one has x"),
    ],
)
def test_another_question_is_refused_with_the_reason(tmp_path, other, said):
    left(tmp_path / "p")
    before = sorted(os.listdir(tmp_path / "p"))
    with pytest.raises(InputError, match=said) as refused:
        opened(tmp_path / "p", ASKED | other)
    assert "--anew" in str(refused.value)
    assert sorted(os.listdir(tmp_path / "p")) == before
    assert opened(tmp_path / "p", ASKED | other, anew=True).done == {}


def test_without_a_seed_that_of_the_run_is_taken_and_a_fresh_one_if_there_is_none(tmp_path):
    left(tmp_path / "p")
    assert opened(tmp_path / "p", ASKED | {"seed": None}).asked["seed"] == 7
    fresh = {opened(tmp_path / "q", ASKED | {"seed": None}).asked["seed"] for _ in range(5)}
    assert len(fresh) == 5


def spoil(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "cut":
        del content[-1:]
    elif how == "gone":
        path.unlink()
        return
    else:
        content[-1] ^= 1
    path.write_bytes(content)


def of_job(folder: Path, job: int) -> Path:
    """Return the piece of a job."""
    name, *_ = opened(folder, ASKED).places[module.key_of("squares", job)]
    return folder / name


@pytest.mark.parametrize("how", ["cut", "gone", "one bit"])
def test_a_damaged_piece_is_found_and_only_its_jobs_are_done_again(tmp_path, how):
    left(tmp_path / "p")
    spoil(of_job(tmp_path / "p", 2), how)
    again = opened(tmp_path / "p", ASKED)
    assert again.damaged == 1
    assert [again.get("squares", job) is None for job in range(4)] == [False, False, True, False]
    again.every = 0.0
    again.put("squares", 2, {"square": np.array([4, -2]), "half": np.array(1.0)})
    assert opened(tmp_path / "p", ASKED).damaged == 0


def test_without_the_checksum_damage_would_change_numbers(tmp_path, monkeypatch):
    """The control: what the test above rests on is the checksum."""
    left(tmp_path / "p")
    spoil(of_job(tmp_path / "p", 2), "one bit")
    monkeypatch.setattr(module, "checksum", lambda path: path.name)
    found = opened(tmp_path / "p", ASKED).get("squares", 2)
    assert found["half"].item() != 1.0


def test_what_is_not_in_the_manifest_is_removed_and_a_damaged_manifest_is_none(tmp_path):
    left(tmp_path / "p")
    (tmp_path / "p" / ("0" * 64)).write_bytes(b"of a write that was cut short")
    (tmp_path / "p" / "manifest.part").write_bytes(b"{")
    assert len(opened(tmp_path / "p", ASKED).done) == 4
    assert len(os.listdir(tmp_path / "p")) == 5
    (tmp_path / "p" / MANIFEST).write_bytes(b"{")
    assert opened(tmp_path / "p", ASKED | {"seed": 9}).done == {}
    assert os.listdir(tmp_path / "p") == [MANIFEST]


def test_the_manifest_says_what_was_asked_and_what_is_done(tmp_path):
    left(tmp_path / "p", 2)
    told = json.loads((tmp_path / "p" / MANIFEST).read_text())
    assert told["asked"] == ASKED
    assert list(told["pieces"].values()) == [{"squares": 1}, {"squares": 1}]
    for name in told["pieces"]:
        assert len(indexed(tmp_path / "p" / name)) == 1


def test_a_full_disk_stops_the_work_and_leaves_what_is_whole(tmp_path, monkeypatch):
    left(tmp_path / "p")
    again = opened(tmp_path / "p", ASKED, every=0.0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="No space left"), keeping(again) as held:
            held.put("squares", 4, {"square": np.array([16])})
    assert len(os.listdir(tmp_path / "p")) == 5
    assert opened(tmp_path / "p", ASKED).get("squares", 3) is not None
    assert opened(tmp_path / "p", ASKED).get("squares", 4) is None


def test_pieces_go_when_all_ends_well_and_an_error_says_that_they_stay(tmp_path):
    with keeping(left(tmp_path / "p")) as held:
        assert in_force() is held
    assert in_force() is None
    assert not (tmp_path / "p").exists()
    with pytest.raises(KeyboardInterrupt) as ended, keeping(left(tmp_path / "p")):
        raise KeyboardInterrupt
    assert ended.value.__notes__ == [GOES_ON]
    with pytest.raises(ValueError, match="x") as ended, keeping(opened(tmp_path / "q", ASKED)):
        raise ValueError("x")
    assert not hasattr(ended.value, "__notes__")


def test_what_waits_is_written_by_a_run_that_has_pieces_and_is_interrupted(tmp_path):
    made = left(tmp_path / "p")
    made.every = 1e9
    with suppress(KeyboardInterrupt), keeping(made):
        made.put("squares", 9, {"square": np.array([81])})
        raise KeyboardInterrupt
    assert opened(tmp_path / "p", ASKED).get("squares", 9)["square"].item() == 81


def test_a_process_that_the_run_has_started_keeps_nothing(tmp_path, monkeypatch):
    with suppress(KeyboardInterrupt), keeping(left(tmp_path / "p")):
        monkeypatch.setattr(os, "getpid", lambda: -1)
        assert in_force() is None
        raise KeyboardInterrupt


def test_jobs_are_done_once_in_any_order(tmp_path):
    asked: list[int] = []

    def do(jobs):
        asked.extend(jobs)
        for job in reversed(jobs):
            yield job, {"x": np.array([float(job)])}

    for many in (2, 5):
        with suppress(KeyboardInterrupt), keeping(opened(tmp_path / "p", ASKED, every=0.0)):
            found = {job: made["x"].item() for job, made in going_on("", range(many), do)}
            raise KeyboardInterrupt
    assert found == {k: float(k) for k in range(5)}
    assert asked == [0, 1, 2, 3, 4]


def test_a_folder_is_held_by_one(tmp_path):
    with (
        alone(tmp_path),
        pytest.raises(InputError, match="another run writes to"),
        alone(tmp_path),
    ):
        pass
    with alone(tmp_path):
        pass
