"""Results on disk: whole and right, or one clear line."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.netcdf import MARK

pytestmark = pytest.mark.filterwarnings(
    "ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning"
)


@pytest.fixture(scope="module")
def draws() -> xr.Dataset:
    return sfc.sample("cook2022-balanced", 20, rng=1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_loaded_is_what_was_saved(tmp_path, draws):
    path = sfc.save(draws, tmp_path / "draws.nc")
    xr.testing.assert_identical(sfc.load(path), draws)
    again = sfc.save(sfc.load(path), tmp_path / "again.nc")
    assert again.read_bytes() == path.read_bytes()
    assert names(tmp_path) == ["again.nc", "draws.nc"]


def test_every_kind_of_value_comes_back(tmp_path):
    table = xr.Dataset(
        {
            "whole": ("x", np.array([1, -2, 3], dtype=np.int16)),
            "yes": ("x", [True, False, True]),
            "text": ("x", ["α", "", "c"]),
            "half": ("x", np.array([1.5, np.nan, -np.inf], dtype=np.float32)),
            "none": ("y", np.zeros(0)),
            "one": 2.0,
        },
        {"x": ["a", "b", "c"]},
        {"seed": 3, "word": "", "list": [1.0, 2.0], "greek": "κ", "one": [1.0]},
    )
    back = sfc.load(sfc.save(table, tmp_path / "a.nc"))
    for name in table.variables:
        np.testing.assert_array_equal(back[name].values, table[name].values)
        assert back[name].dtype.kind == table[name].dtype.kind
    assert back.attrs["seed"] == 3
    assert back.attrs["word"] == ""


def test_other_tools_find_a_title_and_how_it_was_made(tmp_path, draws):
    with h5py.File(sfc.save(draws, tmp_path / "draws.nc")) as file:
        assert file.attrs["title"] == draws.attrs["scenario_title"]
        assert "seed 1" in file.attrs["history"]
        assert "Conventions" not in file.attrs
    own = sfc.load(sfc.save(draws.assign_attrs(title="Mine"), tmp_path / "own.nc"))
    assert own.attrs["title"] == "Mine"


@pytest.mark.parametrize("value", [None, True, {"a": 1}, [None], b"bytes", 1j])
def test_attributes_that_netcdf_cannot_keep_are_named(tmp_path, draws, value):
    with pytest.raises(sfc.InputError, match=r"attribute 'odd' of the Dataset is .*text or a num"):
        sfc.save(draws.assign_attrs(odd=value), tmp_path / "draws.nc")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "values", [np.array([1j]), np.array(["2020-01-01"], "datetime64[ns]"), np.array([None], object)]
)
def test_values_that_netcdf_cannot_keep_are_named(tmp_path, values):
    with pytest.raises(sfc.InputError, match="variable 'odd' holds"):
        sfc.save(xr.Dataset({"odd": ("x", values)}), tmp_path / "a.nc")


@pytest.mark.parametrize("name", ["scale_factor", "_FillValue", "coordinates"])
def test_attributes_that_readers_act_upon_are_refused(tmp_path, name):
    scaled = xr.Dataset({"odd": ("x", [1.0, 2.0], {name: 2.0})})
    with pytest.raises(sfc.InputError, match="has a meaning in netCDF"):
        sfc.save(scaled, tmp_path / "a.nc")
    assert names(tmp_path) == []


# Faults of the disk


FILL = """
import gc, sys, sfc_sim as sfc, numpy as np, xarray as xr
big = xr.Dataset({"x": ("draw", np.arange(400_000.0))})
for _ in range(3):
    try:
        sfc.save(big, sys.argv[1] + "/big.nc")
    except sfc.InputError as error:
        print(error)
    gc.collect()
small = sfc.save(xr.Dataset({"x": ("draw", np.arange(9.0))}), sys.argv[1] + "/small.nc")
print(sfc.load(small).x.values.sum())
"""


def test_a_full_disk_is_one_line_and_the_process_lives(tmp_path):
    """A limit on the size of files stands for the full disk: every write beyond it fails."""
    resource = pytest.importorskip("resource")

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cannot write") == 3
    assert done.stdout.endswith("36.0\n")
    assert names(tmp_path) == ["small.nc"]


@pytest.mark.parametrize("force", [False, True])
def test_a_disk_that_refuses_leaves_what_was_there(tmp_path, draws, monkeypatch, force):
    path = sfc.save(draws, tmp_path / "draws.nc")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    target = path if force else tmp_path / "new.nc"
    with pytest.raises(sfc.InputError, match=r"cannot write.*No space left"):
        sfc.save(draws.isel(draw=slice(3)), target, force=force)
    assert names(tmp_path) == ["draws.nc"]
    assert path.read_bytes() == before


def test_a_folder_is_not_replaced(tmp_path, draws):
    for force in (False, True):
        with pytest.raises(sfc.InputError, match="is a folder"):
            sfc.save(draws, tmp_path, force=force)


def test_threads_that_save_to_one_path(tmp_path, draws):
    def one(_: int) -> bool:
        try:
            sfc.save(draws, tmp_path / "draws.nc")
        except sfc.InputError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == 1
    assert names(tmp_path) == ["draws.nc"]
    xr.testing.assert_identical(sfc.load(tmp_path / "draws.nc"), draws)


def test_what_a_dead_run_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path, draws):
    from sfc_sim._core.files import writing

    dead, other = tmp_path / ".draws.nc.0123abcd.part", tmp_path / ".other.nc.0123abcd.part"
    dead.write_text("half")
    other.write_text("half")
    with writing(tmp_path / "draws.nc", force=True) as living:
        living.write_text("half")
        sfc.save(draws, tmp_path / "draws.nc")
        assert living.exists()
        assert not dead.exists()
        assert other.exists()


# Damaged files


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[bytes, xr.Dataset]:
    report = sfc.assess("sandberg2018-toy", 12, rng=1, theories=["prior", "sia"]).report
    path = sfc.save(report, tmp_path_factory.mktemp("whole") / "report.nc")
    return path.read_bytes(), sfc.load(path)


def outcome(path: Path, content: bytes, right: xr.Dataset) -> str:
    """Return what loading gives; anything but the right Dataset or an `InputError` fails."""
    path.write_bytes(content)
    try:
        found = sfc.load(path)
    except sfc.InputError:
        return "refused"
    xr.testing.assert_identical(found, right)
    return "right"


@pytest.mark.parametrize("kind", ["bits", "zeros", "noise", "cut"])
def test_a_damaged_file_is_refused_or_right(tmp_path, whole, kind):
    content, right = whole
    rng = np.random.default_rng(5)
    seen = []
    for at in rng.integers(len(content), size=60).tolist():
        damaged = bytearray(content)
        if kind == "bits":
            damaged[at] ^= 1 << int(rng.integers(8))
        elif kind == "cut":
            del damaged[at:]
        else:
            block = bytes(64) if kind == "zeros" else rng.bytes(64)
            damaged[at : at + 64] = block[: len(content) - at]
        seen.append(outcome(tmp_path / "a.nc", bytes(damaged), right))
    assert seen.count("refused") > 50
    # The control: the file itself is right.
    assert outcome(tmp_path / "a.nc", content, right) == "right"


def test_a_changed_number_is_told_without_help_of_the_format(tmp_path, draws):
    path = sfc.save(draws, tmp_path / "draws.nc")
    with h5py.File(path, "r+") as file:
        file["volume_grabbed"][3] = np.nextafter(file["volume_grabbed"][3], np.inf)
    with pytest.raises(sfc.InputError, match=r"draws.nc'.* damaged or was changed, its checksum"):
        sfc.load(path)


def test_the_checksum_is_that_of_every_byte(tmp_path, draws):
    import hashlib

    content = sfc.save(draws, tmp_path / "draws.nc").read_bytes()
    (told,) = MARK.findall(content)
    blank = content.replace(told, b"0" * 64)
    assert hashlib.sha256(blank).hexdigest().encode() == told


def test_a_file_without_checksum_says_what_reads_it(tmp_path, draws):
    draws.to_netcdf(tmp_path / "others.nc", engine="h5netcdf")
    with pytest.raises(sfc.InputError, match=r"no checksum; xarray.open_dataset"):
        sfc.load(tmp_path / "others.nc")


def test_the_readers_own_files_are_refused_by_name(tmp_path):
    for name, content in {"a.nc": b"", "b.nc": b"\x89HDF", "c.nc": b"hello" * 100}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(sfc.InputError, match=f"cannot read '.*{name}'"):
            sfc.load(tmp_path / name)
    with pytest.raises(sfc.InputError, match="no file"):
        sfc.load(tmp_path)


# Units that others read


def test_every_unit_is_one_that_astropy_reads():
    import astropy.units as u

    from sfc_sim._core.variables import VARIABLES
    from sfc_sim.literature.counts import READINGS

    tables = [
        sfc.sample("cook2022-balanced", 20, rng=1),
        sfc.assess("cook2022-balanced", 200, rng=1).report,
        sfc.history("cook2022-balanced"),
        sfc.expansion.reach_table("Planck18"),
        sfc.drake.drake_distribution("sandberg2018"),
        sfc.literature.compare(["cook2022-balanced", "sandberg2018"], draws=200, rng=1),
    ]
    units = {str(variable.units) for variable in (*VARIABLES.values(), *READINGS.values())}
    for table in tables:
        units |= {v.attrs["units"] for v in table.variables.values() if "units" in v.attrs}
    for unit in units:
        assert u.Unit(unit if unit != "1" else "").physical_type is not None
    # Numbers and lengths are what they say, not only readable.
    assert u.Unit(tables[0].volume_grabbed.units) == (1e9 * u.lyr) ** 3
    assert tables[0].expansion_speed.attrs["units"] == "1"
    # The control: what was written before is read by nobody else.
    with pytest.raises(ValueError, match="Gly3"):
        u.Unit("Gly3")


@pytest.mark.filterwarnings("ignore::sfc_sim.inference.theories.EffectiveSampleSizeWarning")
def test_every_variable_and_coordinate_says_what_it_is(draws):
    report = sfc.assess("cook2022-balanced", 200, rng=1).report
    paradox = sfc.analysis.paradox("sandberg2018", draws=200, rng=1)
    for table in (report, sfc.weigh(draws), sfc.decision.priorities(report), paradox):
        for name, variable in table.variables.items():
            assert variable.attrs.get("long_name"), name
    for name, variable in draws.variables.items():
        assert variable.attrs.get("long_name"), name
        assert variable.dtype.kind in "UOT" or variable.attrs["units"], name


@pytest.mark.filterwarnings("always::sfc_sim.inference.theories.EffectiveSampleSizeWarning")
@pytest.mark.parametrize(
    "call",
    [
        lambda: sfc.weigh(sfc.sample("cook2022-balanced", 300, rng=1)),
        lambda: sfc.assess("cook2022-balanced", 300, rng=1, aim=False),
        lambda: sfc.literature.compare(["cook2022-balanced"], draws=300, rng=1, aim=False),
    ],
)
def test_warnings_point_at_the_line_of_the_user(call):
    with pytest.warns(sfc.EffectiveSampleSizeWarning) as told:
        call()
    assert {warning.filename for warning in told} == {__file__}
