"""Change the code in small ways, and count how many of the changes a test notices.

    python benchmarks/mutants.py saturation --sample 60 --seed 7

Mutants are those of cosmic-ray (``pip install ".[dev]"``), less those of annotations and marks,
a random sample of each module's. They stand in a copy of the tree, never in the tree itself. Every
mutant is tested in a fork of one process that has loaded the libraries; so no Windows.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parent.parent

# module -> its sources, and the tests that are to notice: fast ones first
FOCUS = {
    "anthropics": (
        ["inference/theories.py"],
        [
            "inference/test_anthropics",
            "inference/test_weights_by_hand",
            "test_from_volumes",
            "test_few_draws",
        ],
    ),
    "saturation": (["decision/shares.py"], ["decision/test_saturation", "test_from_volumes"]),
    "value": (
        ["decision/value.py", "decision/multiplier.py"],
        ["decision/test_value", "test_units", "test_sizes", "test_few_draws", "test_from_volumes"],
    ),
    "observations": (
        ["inference/evidence.py", "inference/observation.py", "inference/observations.py"],
        ["inference/test_observations"],
    ),
    "distributions": (
        ["distributions"],
        ["distributions/test_distributions", "distributions/test_laws"],
    ),
}

MARKS = ("final", "abstractmethod")


class Mutant(NamedTuple):
    """One change of one source file."""

    source: Path
    text: str

    def lines(self) -> Iterator[str]:
        """Return what changed, as a diff without context."""
        old = self.source.read_text(encoding="utf-8").splitlines()
        for line in list(difflib.unified_diff(old, self.text.splitlines(), n=0, lineterm=""))[2:]:
            yield f"  {self.source.name} {line}"


def meaning(text: str) -> str:
    """Return the tree of a source without annotations and marks; nothing if it is no Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = [d for d in node.decorator_list if ast.unparse(d) not in MARKS]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
    return ast.dump(tree)


def places(path: Path) -> list[tuple[Path, str, int]]:
    """Return every mutant that cosmic-ray knows of a file: operator and occurrence."""
    nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
    found = []
    for name in sorted(cosmic_ray.plugins.operator_names()):
        operator = cosmic_ray.plugins.get_operator(name)
        if operator.arguments() or "no-op" in name:
            continue
        count = sum(len(list(operator().mutation_positions(node))) for node in nodes)
        found += [(path, name, occurrence) for occurrence in range(count)]
    return found


def mutants(module: str, number: int, seed: int) -> tuple[list[Mutant], int]:
    """Return a random sample of the mutants of a module, and of how many places it is."""
    paths = [ROOT / "sfc_sim" / name for name in FOCUS[module][0]]
    files = [file for path in paths for file in (sorted(path.glob("*.py")) or [path])]
    everything = [place for file in files for place in places(file)]
    random.Random(seed).shuffle(everything)
    chosen: list[Mutant] = []
    for path, name, occurrence in everything:
        if len(chosen) == number:
            break
        old = path.read_text(encoding="utf-8")
        new = mutate_code(old, cosmic_ray.plugins.get_operator(name)(), occurrence)
        if new and meaning(new) not in ("", meaning(old)):
            chosen.append(Mutant(path, new))
    return chosen, len(everything)


def run(copy: Path, module: str, output: Path) -> int:
    """Run the tests of a module in the copy, all that is said going to a file."""
    os.setsid()
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.environ["PYTHONPATH"] = str(copy)
    told = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(told, 1)
    os.dup2(told, 2)
    import pytest

    sources, tests = FOCUS[module]
    files = [f"tests/{name}.py" for name in tests] + [f"sfc_sim/{s}" for s in sources]
    quiet = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    return int(pytest.main([*quiet, *files]))


def passes(copy: Path, module: str, limit: float, output: Path) -> bool:
    """Run the tests of a module in a fork, in the copy; one that takes too long has failed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run(copy, module, output)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def survivors(module: str, chosen: list[Mutant]) -> list[Mutant]:
    """Return the mutants that no test notices."""
    with tempfile.TemporaryDirectory() as scratch:
        copy, output = Path(scratch) / "tree", Path(scratch) / "output"
        leave = shutil.ignore_patterns(".*", "__pycache__", "_build", "generated")
        shutil.copytree(ROOT, copy, ignore=leave)
        began = time.monotonic()
        if not passes(copy, module, 3600.0, output):
            sys.exit(f"{module}: the tests fail without any change\n{output.read_text()}")
        limit = 5.0 * (time.monotonic() - began) + 10.0
        left = []
        for mutant in chosen:
            place = copy / mutant.source.relative_to(ROOT)
            place.write_text(mutant.text, encoding="utf-8")
            if passes(copy, module, limit, output):
                left.append(mutant)
                print(*mutant.lines(), sep="\n", flush=True)
            shutil.copyfile(mutant.source, place)
        return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("module", nargs="*", choices=[*FOCUS, []], help="default: all")
    parser.add_argument("--sample", type=int, default=60, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    sys.dont_write_bytecode = True  # two mutants of one second and size share a stamp
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    import astropy.cosmology, mpmath, numba, pytest, scipy.stats, xarray  # noqa: E401, F401, I001

    for module in given.module or FOCUS:
        chosen, places_in_all = mutants(module, given.sample, given.seed)
        print(f"{module}: {len(chosen)} of {places_in_all} places; what survives:", flush=True)
        left = survivors(module, chosen)
        share = 1.0 - len(left) / len(chosen)
        error = (share * (1.0 - share) / len(chosen)) ** 0.5
        print(f"{module}: {100 * share:.0f} ± {100 * error:.0f} % killed\n", flush=True)


if __name__ == "__main__":
    main()
