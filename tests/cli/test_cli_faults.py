"""The command line under faults: results are told, files whole, nothing else is touched."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.cli import main
from sfc_sim.cli import staging as staging_module
from sfc_sim.cli.staging import staging

ROOT = Path(sfc.__file__).parents[1]
MADE = ("report.nc", "draws.nc", "figures/a.png", "figures/b.png")
FAST = ("run", "sandberg2018-toy", "--draws", "20", "--seed", "7")


def tree(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def old_run(out: Path) -> dict[str, str]:
    """Make a folder of an older run, with the user's own files in it."""
    (out / "figures").mkdir(parents=True)
    (out / "own" / "deep").mkdir(parents=True)
    for name in (*MADE[:3], "notes.txt", "figures/mine.png", "own/deep/x"):
        (out / name).write_text(f"old {name}")
    return tree(out)


def fill(part: Path) -> None:
    (part / "figures").mkdir()
    for name in (*MADE[:2], MADE[3]):
        (part / name).write_text(f"new {name}")


NEW = {
    "report.nc": "new report.nc",
    "draws.nc": "new draws.nc",
    "figures/b.png": "new figures/b.png",
    "figures/mine.png": "old figures/mine.png",
    "notes.txt": "old notes.txt",
    "own/deep/x": "old own/deep/x",
}


@pytest.mark.parametrize("swaps", [True, False])
def test_force_replaces_what_a_run_made_and_nothing_else(tmp_path, monkeypatch, swaps):
    if not swaps:  # a system without a call to exchange two names
        monkeypatch.setattr(staging_module, "exchange", lambda *_: False)
    old_run(tmp_path / "out")
    own = (tmp_path / "out" / "notes.txt").stat().st_ino
    with staging(tmp_path / "out", MADE, force=True) as part:
        fill(part)
    assert tree(tmp_path / "out") == NEW
    assert (tmp_path / "out" / "notes.txt").stat().st_ino == own
    assert os.listdir(tmp_path) == ["out"]


def test_force_in_the_working_folder(tmp_path, monkeypatch):
    old_run(tmp_path / "out")
    monkeypatch.chdir(tmp_path / "out")
    with staging(Path("."), MADE, force=True) as part:
        fill(part)
    assert tree(Path(".")) == NEW
    assert os.listdir(tmp_path) == ["out"]


class Killed(BaseException):
    """Stands for a signal that no handler sees."""


@pytest.mark.skipif(sys.platform != "linux", reason="exchanges two names in one step")
def test_killed_at_any_step_the_folder_is_of_one_run(tmp_path):
    """A process is killed at its k-th call that changes the disk, for every k."""
    code = """
import os, sys, signal
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.cli.test_cli_faults import MADE, fill
from sfc_sim.cli import staging as _staging
left = int(sys.argv[2])
def dying(call):
    def wrapped(*arguments, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **more)
    return wrapped
for name in ("rename", "replace", "link", "unlink", "rmdir", "mkdir", "chmod"):
    setattr(os, name, dying(getattr(os, name)))
_staging.exchange = dying(_staging.exchange)
with _staging.staging(Path(sys.argv[1]), MADE, force=True) as part:
    fill(part)
"""
    ends = []
    for k in range(3, 40, 3):
        out = tmp_path / str(k) / "out"
        old = old_run(out)
        done = subprocess.run(
            [sys.executable, "-c", code, str(out), str(k), str(ROOT)], check=False
        )
        ends.append(tree(out) == NEW)
        assert tree(out) in (old, NEW), k
        # The next run takes away what the dead one left, and only that.
        with staging(out, MADE, force=True) as part:
            fill(part)
        assert tree(out) == NEW
        assert os.listdir(out.parent) == ["out"]
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert not all(ends)


def test_a_file_that_came_while_folders_were_swapped_is_kept(tmp_path, monkeypatch):
    old_run(tmp_path / "out")
    exchange = staging_module.exchange

    def late(one: Path, other: Path) -> bool:
        (other / "late.txt").write_text("late")
        return exchange(one, other)

    monkeypatch.setattr(staging_module, "exchange", late)
    with staging(tmp_path / "out", MADE, force=True) as part:
        fill(part)
    assert tree(tmp_path / "out") == NEW | {"late.txt": "late"}


def test_a_file_in_the_place_of_the_figures_is_no_figure(tmp_path, capsys):
    (tmp_path / "figures").write_text("mine")
    assert main([*FAST, "--out", str(tmp_path), "--force"]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert tree(tmp_path) == {"figures": "mine"}


def test_a_full_disk_after_the_work_does_not_take_the_result_away(tmp_path, capsys, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert main([*FAST, "--out", str(tmp_path / "out")]) == 1
    out, err = capsys.readouterr()
    assert "ssa-civilizations" in out
    assert "No space left" in err
    assert os.listdir(tmp_path) == []


def told_to_end(folder: Path, number: int, after: float) -> tuple[int, str, list[str]]:
    """Return how a run ends that gets a signal some seconds after what it assumes is printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "sfc_sim", "run", "--draws", "5000000", "--out", "out"],
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs tests in the background makes its children deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        process.stdout.readline()  # what is assumed is printed just before the draws
        time.sleep(after)
        assert [name for name in os.listdir(folder) if name.endswith(".part")]
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=300)
        finally:
            process.kill()
    return process.returncode, err, os.listdir(folder)


ENDED = (130, "sfc-sim: interrupted; no unfinished file is left\n", [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_scheduler_ends_a_run_as_ctrl_c_does(tmp_path, number):
    assert told_to_end(tmp_path, number, after=0.5) == ENDED


@pytest.mark.verification
def test_a_run_can_be_ended_at_any_moment(tmp_path):
    """An exception was lost in 1 of 15, in finalizers of llvmlite: 60 runs would show it."""
    rng = np.random.default_rng(1)
    for moment in rng.uniform(0, 1.2, 60):
        assert told_to_end(tmp_path, signal.SIGTERM, moment) == ENDED


def test_an_interrupted_sample_leaves_no_task_in_an_executor():
    """Only the tasks of the sample are cancelled; those of others go on."""

    made: list[Future] = []

    class Slow(ThreadPoolExecutor):
        def submit(self, *task, **more):
            made.append(super().submit(*task, **more))
            return made[-1]

    def stop(done: int, _: int) -> None:
        if done > 2000:  # those beyond the first are done by the executor
            raise KeyboardInterrupt

    with Slow(1) as pool:
        with pytest.raises(KeyboardInterrupt):
            sfc.sample("sandberg2018", 200_000, rng=1, executor=pool, progress=stop)
        # One is done, and one may have begun.
        assert len(made) > 6
        assert sum(future.cancelled() for future in made) >= len(made) - 2
        assert pool.submit(int, "3").result() == 3


def test_a_file_that_ends_early_is_not_ctrl_c(monkeypatch, capsys):
    def cut(*_: object, **__: object) -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr(sfc, "assess", cut)
    assert main(FAST) == 1
    assert "interrupted" not in capsys.readouterr().err


# What cannot be drawn


@pytest.mark.parametrize("name", ["kipping2020", "carter1983", "carter2008", "snyder-beattie2021"])
def test_runs_whose_figures_are_hard_keep_what_is_computed(tmp_path, name):
    assert main(["run", name, "--draws", "300", "--seed", "1", "--out", str(tmp_path / "o")]) == 0
    assert {"report.nc", "draws.nc"} <= set(os.listdir(tmp_path / "o"))


@pytest.fixture
def rare(tmp_path) -> str:
    scenario = sfc.load_scenario("sandberg2018").replace(name="rare")
    scenario = (
        scenario.replace(life_fraction=sfc.LogUniform(1e-60, 1e-40))
        if ("life_fraction" in scenario.parameters)
        else scenario.replace(abiogenesis=sfc.LogUniform(1e-60, 1e-40))
    )
    return str(sfc.save_scenario(scenario, tmp_path / "rare.toml"))


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    "command", [("run", "--out", "o"), ("compare", "--out", "o"), ("run", "--report", "o.html")]
)
def test_a_scenario_in_which_all_worlds_are_rare(tmp_path, monkeypatch, rare, command):
    monkeypatch.chdir(tmp_path)
    name, *rest = command
    assert main([name, rare, "--draws", "300", "--seed", "1", *rest]) == 0
    assert Path(rest[-1]).exists()


def test_a_figure_that_cannot_be_drawn_is_a_note(tmp_path, capsys, monkeypatch):
    from sfc_sim import plotting

    def refuse(*_: object, **__: object) -> None:
        raise sfc.InputError("nothing to draw")

    monkeypatch.setattr(plotting, "discounts", refuse)
    assert main([*FAST, "--out", str(tmp_path / "out")]) == 0
    assert "sfc-sim: no figure 'discounts': nothing to draw" in capsys.readouterr().err
    made = set(os.listdir(tmp_path / "out" / "figures"))
    assert "recovered.png" in made
    assert "discounts.png" not in made


def test_a_page_that_cannot_be_written_is_told_before_the_draws(tmp_path, capsys):
    (tmp_path / "file").touch()
    page = str(tmp_path / "file" / "page.html")
    # A trillion draws would be refused for their memory, and later.
    assert main(["run", "--draws", str(10**12), "--report", page]) == 2
    assert "cannot write" in capsys.readouterr().err


# Machines of others


def ran(*arguments: str, redirect: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    command = f'"{sys.executable}" -m sfc_sim "$@" {redirect}'
    return subprocess.run(
        ["/bin/sh", "-c", command, "sh", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        check=False,
        encoding="cp1252",
    )


@pytest.fixture(scope="module")
def greek(tmp_path_factory) -> Path:
    scenario = sfc.load_scenario("sandberg2018-toy").replace(name="greek", title="Über κ")
    return sfc.save_scenario(scenario, tmp_path_factory.mktemp("greek") / "greek.toml")


def test_a_title_that_the_terminal_cannot_show(greek):
    done = ran("run", str(greek), "--draws", "9", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0, done.stderr
    assert r"Über \u03ba" in done.stdout


def test_standard_error_may_be_closed(tmp_path, greek):
    done = ran("run", str(greek), "--draws", "9", "--out", str(tmp_path / "o"), redirect="2>&-")
    assert done.returncode == 0
    assert "ssa-civilizations" in done.stdout
    assert sfc.load(tmp_path / "o" / "draws.nc").sizes["draw"] == 9


def test_settings_of_matplotlib_of_others(tmp_path, greek):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.family: NoSuchFont\n")
    settings = {"MPLBACKEND": "no_such_backend", "MATPLOTLIBRC": str(tmp_path)}
    out = tmp_path / "o"
    done = ran("run", str(greek), "--draws", "9", "--out", str(out), "--quiet", **settings)
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(os.listdir(out / "figures")) == 4


def test_files_of_windows_shells(tmp_path, greek):
    text = greek.read_text(encoding="utf-8")
    (tmp_path / "bom.toml").write_text(text, encoding="utf-8-sig")
    assert sfc.load_scenario(tmp_path / "bom.toml").title == "Über κ"
    for encoding in ("utf-16", "utf-16-le"):
        (tmp_path / "wide.toml").write_text(text, encoding=encoding)
        with pytest.raises(sfc.InputError, match=r"wide.toml: the file is in UTF-16"):
            sfc.load_scenario(tmp_path / "wide.toml")
    (tmp_path / "narrow.toml").write_text(text.replace("κ", ""), encoding="cp1252")
    with pytest.raises(sfc.InputError, match=r"narrow.toml: line \d is not UTF-8"):
        sfc.load_scenario(tmp_path / "narrow.toml")


# Arguments


def test_numbers_and_laws_are_read_as_people_write_them(capsys):
    assert main(["run", "sandberg2018-toy", "--draws", "1e2", "--similarity", "Beta(8,2)"]) == 0
    assert "100; seed" in capsys.readouterr().out


def test_a_name_that_is_a_file_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").touch()
    assert main(["run", "mine"]) == 2
    assert "is it the file mine.toml?" in capsys.readouterr().err


def test_unknown_names_have_three_neighbours_and_capitals_do_not_matter(capsys):
    assert main(["run", "cook2022-balancd"]) == 2
    error = capsys.readouterr().err
    assert "did you mean 'cook2022-balanced'" in error
    assert len(error) < 200
    assert main([*FAST, "--theory", "SIA"]) == 2
    assert "did you mean 'sia'?" in capsys.readouterr().err
