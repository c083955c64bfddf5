"""Figures are seen where they are made: by pyplot, in a notebook, on a page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest
from matplotlib import pyplot as plt
from nbclient import NotebookClient

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim._core.progress import in_notebook
from sfc_sim.plotting.style import put_away
from tests.conftest import FEWER

README = Path(__file__).parents[2] / "README.md"
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def axes():
    draws = sfc.sample("cook2022-balanced", 500, rng=7)
    return plotting.densities(draws, sfc.weigh(draws, theories=["prior"]))


def test_pyplot_holds_a_new_figure(axes):
    assert plt.fignum_exists(axes.figure.number)
    put_away(axes.figure)
    assert not plt.get_fignums()


def test_without_pyplot_nothing_keeps_a_figure_alive(monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot")
    ax = plotting.reach(sfc.expansion.reach_table(sfc.Background.named("Planck18")))
    assert ax.figure.canvas.manager is None


def test_no_notebook_here():
    assert not in_notebook()


def test_the_readme_runs_in_a_notebook_that_shows_pictures_without_pyplot(monkeypatch):
    """The README's code, on few draws, cell by cell; a figure must be seen below its cell.

    In full it is run by `test_cli.test_readme_examples_run`.
    """
    monkeypatch.delenv("MPLBACKEND", raising=False)  # a kernel chooses its own
    text = re.sub(r"\b\d+_000\b", "1_000", README.read_text())
    cells = CODE.findall(text.replace("precision=0.01", "precision=0.05"))
    assert not any("pyplot" in cell for cell in cells)
    quiet = "import warnings\nwarnings.simplefilter('ignore')\n"
    quiet += "\n".join(
        f"import {name.rpartition('.')[0]}\n{name} = {n}" for name, n in FEWER.items()
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in [quiet, *cells]])
    NotebookClient(book, timeout=900, kernel_name="python3").execute()
    printed = "".join(out.get("text", "") for cell in book.cells for out in cell.outputs)
    assert "ssa-civilizations" in printed
    plotted = [cell for cell in book.cells if re.search(r"\bplot", cell.source)]
    assert plotted
    for cell in plotted:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source
