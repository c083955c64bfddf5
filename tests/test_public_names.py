"""The names of the package: where they are, what they were, and who can find them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import sfc_sim as sfc

ROOT = Path(sfc.__file__).parents[1]
PACKAGES = {
    ".".join(path.relative_to(ROOT).parts[:-1]): path
    for path in sorted((ROOT / "sfc_sim").rglob("__init__.pyi"))
}
MODULES = [
    found.name
    for found in pkgutil.walk_packages(sfc.__path__, "sfc_sim.")
    if not found.name.endswith("__main__")
]


def shown(package):
    """Yield the module and the name of each line of the stub of a package."""
    for node in ast.parse(PACKAGES[package].read_text()).body:
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                assert each.asname == each.name  # what checkers of types take for shown
                yield node.module, each.name


@pytest.mark.parametrize("package", PACKAGES)
def test_the_stub_of_a_package_is_what_it_shows(package):
    """Every name is in the module that the stub says, documented, and listed; nothing else is."""
    module, stub = importlib.import_module(package), list(shown(package))
    for home, name in stub:
        thing = getattr(module, name)
        if home == package:
            assert thing is importlib.import_module(f"{package}.{name}")
        else:
            assert thing is getattr(importlib.import_module(home), name)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert thing.__doc__, name
    names = sorted(name for home, name in stub if home != package)
    assert names == sorted(module.__all__)
    listed = {name for name in dir(module) if not name.startswith("__")}
    assert listed == {name for _, name in stub}
    assert len(names) == len(set(names))


def test_the_package_itself_has_few_names():
    assert len(sfc.__all__) <= 40
    assert sum(path.suffix in (".py", ".pyi") for path in (ROOT / "sfc_sim").iterdir()) <= 6


def test_no_module_takes_the_place_of_what_a_package_shows():
    """Whatever is imported, a name of a package stays what it is, and is no module."""
    for name in MODULES:
        importlib.import_module(name)
    for package in PACKAGES:
        module = importlib.import_module(package)
        for home, name in shown(package):
            if home != package:
                assert not isinstance(getattr(module, name), ModuleType)
                assert f"{package}.{name}" not in MODULES
    for name in (*sfc.__all__, *sfc._MOVED):  # such as `import sfc_sim.saturation`
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(f"sfc_sim.{name}")


OLD = [
    (package, name, place)
    for package in PACKAGES
    for name, place in getattr(importlib.import_module(package), "_MOVED", {}).items()
]


@pytest.mark.parametrize(("package", "name", "place"), OLD)
def test_an_old_name_is_the_same_thing_and_says_where_it_is_now(package, name, place):
    home, _, new = place.rpartition(".")
    with pytest.warns(DeprecationWarning, match=rf"{package}\.{name} is now {place}; ") as told:
        found = getattr(importlib.import_module(package), name)
    assert found is getattr(importlib.import_module(home), new)
    assert told[0].filename == __file__
    assert name not in dir(importlib.import_module(package))


@pytest.mark.parametrize(
    ("package", "typo", "meant"),
    [
        ("sfc_sim", "asess", "assess"),
        ("sfc_sim", "prioritis", "priorities"),  # the old name of another package's
        ("sfc_sim", "decison", "decision"),
        ("sfc_sim.decision", "prioritis", "priorities"),
        ("sfc_sim.literature", "compair", "compare"),
    ],
)
def test_a_typo_is_told_the_nearest_name(package, typo, meant):
    module = importlib.import_module(package)
    with pytest.raises(AttributeError) as told:
        getattr(module, typo)
    assert f"unknown name in {package} '{typo}'; did you mean '{meant}'?" in str(told.value)


def test_what_packages_show_can_be_pickled():
    """As another process takes it: by the place where it is defined."""
    things = [
        thing
        for package in PACKAGES
        for home, name in shown(package)
        if home != package
        and inspect.isroutine(thing := getattr(importlib.import_module(package), name))
    ]
    sent = pickle.dumps(things)
    assert all(a is b for a, b in zip(things, pickle.loads(sent), strict=True))
    code = "import pickle, sys; print(len(pickle.load(sys.stdin.buffer)))"
    done = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True)
    assert int(done.stdout) == len(things) > 100


def test_functions_that_use_the_package_can_be_sent_elsewhere():
    cloudpickle = pytest.importorskip("cloudpickle")
    sent = cloudpickle.dumps(lambda: sfc.sample("sandberg2018-toy", 3, rng=1))
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)().sizes['draw'])"
    done = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=True)
    assert done.stdout.strip() == b"3"
    assert pickle.loads(cloudpickle.dumps(sfc)) is sfc


def test_a_checker_of_types_sees_a_wrong_name(tmp_path):
    pytest.importorskip("mypy")
    path = tmp_path / "mine.py"
    path.write_text("import sfc_sim as sfc\nsfc.asess\nsfc.assess\n")
    # Of the package, its own names alone: its modules are checked elsewhere.
    names = ["--follow-imports=skip", str(ROOT / "sfc_sim" / "__init__.pyi")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *names, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # One error, in line 2: the right name in line 3 is the control.
    assert 'mine.py:2: error: Module has no attribute "asess"' in done.stdout
    assert "Found 1 error in 1 file (checked 2 source files)" in done.stdout


def test_the_changelog_tells_every_name_that_has_moved():
    table = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("### Renamed")[2]
    untold = [name for name in sfc._MOVED if f"`{name}`" not in table and f"`{name}(" not in table]
    assert not untold


def test_the_reference_lists_every_flat_name():
    """By question, in tables that Sphinx fills; the error has its own entry."""
    index = (ROOT / "docs" / "reference" / "index.rst").read_text(encoding="utf-8")
    listed = set(re.findall(r"^   sfc_sim\.(\w+)$", index, re.MULTILINE)) | {"InputError"}
    flat = {name for name in sfc.__all__ if not isinstance(getattr(sfc, name), ModuleType)}
    assert listed == flat
