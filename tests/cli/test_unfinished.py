"""A command that was killed goes on from where it was, and ends with the same bytes."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core import pieces as pieces_module
from sfc_sim._core.files import alone
from sfc_sim._core.pieces import GOES_ON, MANIFEST
from sfc_sim.cli import main

ROOT = Path(sfc.__file__).parents[1]
TOY = ("run", "sandberg2018-toy", "--draws", "3000")

# The command line as it is, but that every job is a piece, and no picture is drawn.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from sfc_sim._core import pieces
from sfc_sim.sampling import adaptation
pieces.EVERY = 0.0
steps, sys.argv[:2] = int(sys.argv[1]), ["sfc-sim"]
def die():
    global steps
    steps -= 1
    if steps == 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("replace", "fsync"):
    def dying(*given, call=getattr(os, name)):
        die()
        return call(*given)
    setattr(os, name, dying)
def half(path, content, whole=Path.write_bytes):
    whole(path, content[: len(content) // 2])
    die()
    return whole(path, content)
Path.write_bytes = half
from sfc_sim.cli import program
sys.modules["sfc_sim.cli.run"].write_pictures = lambda *_: []
program()
"""
NEVER = 10**9
RUN = sys.modules["sfc_sim.cli.run"]  # in its package the command has its name


def command(*arguments: object, steps: int = NEVER, program: str = PROGRAM) -> list[str]:
    return [sys.executable, "-c", program, str(steps), *map(str, arguments)]


def done(folder: Path, *arguments: object, steps: int = NEVER) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, killed at a step that changes the disk."""
    return subprocess.run(
        command(*arguments, steps=steps),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> dict[str, bytes]:
    """The files of a run that nothing interrupts, and that writes no piece."""
    folder = tmp_path_factory.mktemp("unbroken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RUN, "write_pictures", lambda *_: [])
        assert main([*TOY, "--seed", "7", "--quiet", "--out", str(folder / "out")]) == 0
    return contents(folder / "out")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_steps_that_change_the_disk_a_run_ends_with_the_same_bytes(tmp_path, unbroken):
    """Each time it gets further, is killed in the middle of a write or before a rename."""
    rng = np.random.default_rng(3)
    pieces = [0]
    for steps in (*rng.integers(8, 25, 2), NEVER):
        ended = done(
            tmp_path, *TOY, "--out", "out", *(["--seed", "7"] if pieces == [0] else []), steps=steps
        )
        if steps != NEVER:
            assert ended.returncode == -signal.SIGKILL
            told = json.loads((tmp_path / ".out.unfinished" / MANIFEST).read_text())
            pieces.append(len(told["pieces"]))
    assert ended.returncode == 0, ended.stderr
    assert all(one < other for one, other in itertools.pairwise(pieces))
    assert f"goes on from {pieces[-1]} pieces of an unfinished run, seed 7" in ended.stderr
    assert contents(tmp_path / "out") == unbroken
    assert os.listdir(tmp_path) == ["out"]


@pytest.fixture
def broken(tmp_path, monkeypatch, capsys) -> Path:
    """A folder in which a run with seed 7 has been interrupted after some pieces."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pieces_module, "EVERY", 0.0)
    monkeypatch.setattr(RUN, "write_pictures", lambda *_: [])
    with monkeypatch.context() as patch:
        interrupt_after(4, patch)
        assert main([*TOY, "--seed", "7", "--out", "out"]) == 130
    assert capsys.readouterr().err == f"\nsfc-sim: interrupted; {GOES_ON}\n"
    assert os.listdir() == [".out.unfinished"]
    return tmp_path


def interrupt_after(jobs: int, patch: pytest.MonkeyPatch) -> None:
    """Let Ctrl-C come after so many jobs."""
    put = pieces_module.Pieces.put
    left = iter(range(jobs))

    def stopped(*given: object) -> None:
        put(*given)
        if next(left, None) is None:
            raise KeyboardInterrupt

    patch.setattr(pieces_module.Pieces, "put", stopped)


def test_what_ctrl_c_has_interrupted_goes_on_with_its_seed(broken, capsys, unbroken):
    assert main([*TOY, "--out", "out"]) == 0
    out, err = capsys.readouterr()
    assert "3,000; seed 7" in out
    assert "goes on from 5 pieces" in err
    assert contents(Path("out")) == unbroken
    assert os.listdir() == ["out"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "sandberg2018-toy", "cook2022-balanced", "--draws", "1200"),
        ("simulate", "--n", "6", "--speed", ".5", "--civilizations", "400",
         "--realisations", "4", "--compute", "all"),
    ],
)  # fmt: skip
def test_every_long_command_goes_on(tmp_path, capsys, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pieces_module, "EVERY", 0.0)
    module = sys.modules[f"sfc_sim.cli.{arguments[0]}"]
    monkeypatch.setattr(module, "write_pictures", lambda *_: [])
    command = [*arguments, "--seed", "7", "--quiet", "--out"]
    assert main([*command, "whole"]) == 0
    told = capsys.readouterr().out
    for jobs in (1, 2):
        with monkeypatch.context() as patch:
            interrupt_after(jobs, patch)
            assert main([*command, "out"]) == 130
    assert len(json.loads(Path(".out.unfinished", MANIFEST).read_text())["pieces"]) == 5
    capsys.readouterr()
    assert main([*command, "out"]) == 0
    assert capsys.readouterr().out == told
    assert contents(Path("out")) == contents(Path("whole"))
    assert sorted(os.listdir()) == ["out", "whole"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*TOY, "--seed", "8"), "with seed 7, this one has 8"),
        (("run", "sandberg2018", "--draws", "3000"), "with scenario sandberg2018-toy ("),
        ((*TOY, "--set", "expanding_fraction=0.5"), "with scenario sandberg2018-toy ("),
        ((*TOY[:3], "3001"), "with draws 3000, this one has 3001"),
        ((*TOY, "--evidence", "none"), "with evidence nothing-visible, this one has none"),
        ((*TOY, "--theory", "sia"), "with theories none, this one has sia"),
        (("compare", "sandberg2018-toy", "--draws", "3000"), "with command run, this one has comp"),
        (("simulate", "cook2022-balanced"), "with command run, this one has simulate"),
    ],
)
def test_another_command_is_refused_with_the_reason(broken, capsys, arguments, said):
    before = contents(broken)
    assert main([*arguments, "--out", "out"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.startswith("sfc-sim: '.out.unfinished' has"), "a path as it was typed"
    assert "repeat its command to go on, or pass --anew to throw it away" in err
    assert err.count("\n") == 1
    assert contents(broken) == before


def test_another_version_is_refused(broken, capsys, monkeypatch):
    monkeypatch.setattr(sfc, "__version__", "99.0")
    assert main([*TOY, "--out", "out"]) == 2
    assert "this one has 99.0, source " in capsys.readouterr().err


def test_anew_begins_again(broken, capsys):
    assert main([*TOY, "--seed", "8", "--out", "out", "--anew"]) == 0
    out, err = capsys.readouterr()
    assert "3,000; seed 8" in out
    assert "goes on" not in err
    assert os.listdir() == ["out"]


def test_what_changes_no_number_may_change(broken, capsys, unbroken):
    """Threads, the form of what is printed, more files; the scenario by its path."""
    path = sfc.save_scenario(sfc.load_scenario("sandberg2018-toy"), "toy.toml")
    changed = ("run", str(path), *TOY[2:], "--threads", "1", "--format", "csv", "--quiet")
    assert main([*changed, "--draws-out", "rows.nc", "--out", "out"]) == 0
    assert contents(Path("out")) == unbroken


def test_a_damaged_piece_is_told_and_made_again(broken, capsys, unbroken):
    last = max(Path(".out.unfinished").glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime)
    content = bytearray(last.read_bytes())
    content[-9] ^= 255
    last.write_bytes(content)
    assert main([*TOY, "--out", "out"]) == 0
    assert "from 4 pieces of an unfinished run, seed 7; 1 damaged, made" in capsys.readouterr().err
    assert contents(Path("out")) == unbroken


def test_a_damaged_piece_that_nobody_finds_changes_bytes(broken, unbroken, monkeypatch):
    """The control of the test above."""
    for path in Path(".out.unfinished").glob("[0-9a-f]*"):
        content = bytearray(path.read_bytes())
        content[-9] ^= 1
        path.write_bytes(content)
    monkeypatch.setattr(pieces_module, "checksum", lambda path: path.name)
    try:
        same = main([*TOY, "--out", "out"]) == 0 and contents(Path("out")) == unbroken
    except ValueError:  # the text of the proposal is none any more
        same = False
    assert not same


def test_a_second_run_into_a_folder_is_refused(tmp_path, capsys):
    (tmp_path / "out").mkdir()
    with alone(tmp_path / "out"):
        assert main([*TOY, "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "another run writes to" in err
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "cook2022-balanced", "--draws", "100000"),
        ("run", "cook2022-balanced=.5", "finnveden2019=.5", "--draws", "100000"),
        ("compare", "cook2022-balanced", "sandberg2018", "--draws", "100000"),
        ("simulate", "cook2022-balanced", "--civilizations", "100000"),
    ],
)
def test_no_room_is_told_before_the_work(tmp_path, capsys, monkeypatch, arguments):
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**7, 0, 10**7))
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "and 0.01 GB are free: make room, take fewer, or name another folder" in err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 8 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        asked = ["/bin/mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)]
        mounted = subprocess.run(asked, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("to fill up a disk a small one is mounted, which this user may not")
    try:
        yield disk
    finally:
        subprocess.run(["/bin/umount", "-l", str(disk)], check=True)


def test_a_disk_that_fills_up_stops_the_run_which_then_goes_on(small_disk, unbroken):
    others = small_disk / "others"
    with subprocess.Popen(
        command(*TOY, "--seed", "7", "--out", "out"),
        cwd=small_disk,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not (small_disk / ".out.unfinished" / MANIFEST).exists():
            assert process.poll() is None
        with suppress(OSError), others.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(100_000))
        _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.startswith("sfc-sim: cannot write ")
    assert err.endswith(f"No space left on device; {GOES_ON}\n")
    assert err.count("\n") == 1
    assert sorted(os.listdir(small_disk)) == [".out.unfinished", "others"]
    others.unlink()
    ended = done(small_disk, *TOY, "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert "goes on from" in ended.stderr
    assert contents(small_disk / "out") == unbroken


# At any moment

EVERY_JOB = """
import sys
from sfc_sim._core import pieces
pieces.EVERY = 0.0
sys.argv[:2] = ["sfc-sim"]
"""
COMMAND = EVERY_JOB + "from sfc_sim.cli import program\nprogram()\n"
FIGURES = (
    EVERY_JOB
    + """
from figures import __main__ as remake
remake.names = lambda: ["drake", "earliness", "planet_histories", "reach", "recovered"]
remake.main()
"""
)
FEW = ("--draws", "8000", "--seed", "7")
BOXES = ("--civilizations", "400", "--realisations", "8", "--compute", "all", "--seed", "7")
LONG = {
    "run": (COMMAND, "run", "cook2022-balanced", *FEW),
    "mixture": (COMMAND, "run", "cook2022-balanced=.5", "mills2025=.5", *FEW),
    "compare": (COMMAND, "compare", "cook2022-balanced", "sandberg2018", *FEW),
    "simulate": (COMMAND, "simulate", "--n", "6", "--speed", "0.5", *BOXES),
    "figures": (FIGURES, "--draws", "2000"),
}


@pytest.mark.verification
@pytest.mark.parametrize("name", LONG)
def test_killed_at_thirty_random_moments_it_ends_with_the_same_bytes(tmp_path, name):
    program, *arguments = LONG[name]
    rng = np.random.default_rng(30)
    (tmp_path / "unbroken").mkdir()

    def begun(folder: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command(*arguments, "--out", "out", program=program),
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )

    for _ in range(2):  # the second compiles nothing
        shutil.rmtree(tmp_path / "unbroken" / "out", ignore_errors=True)
        began = time.monotonic()
        assert begun(tmp_path / "unbroken").wait() == 0
        took = time.monotonic() - began
    expected = contents(tmp_path / "unbroken" / "out")
    shutil.rmtree(tmp_path / "unbroken")
    kills, went_on = 0, 0
    while True:
        went_on += (tmp_path / ".out.unfinished" / MANIFEST).exists()
        process = begun(tmp_path)
        try:
            ended = process.wait(timeout=rng.uniform(0.0, took) if kills < 30 else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            ended = None
        found = contents(tmp_path / "out") if (tmp_path / "out").exists() else {}
        if ended is None and (not found or name == "figures"):
            continue
        assert found == expected  # also of one that was killed when all was in place
        if ended is not None:
            assert ended == 0
            assert os.listdir(tmp_path) == ["out"]
            if kills == 30:
                break
        shutil.rmtree(tmp_path / "out")
        shutil.rmtree(tmp_path / ".out.unfinished", ignore_errors=True)
    assert went_on > 5
