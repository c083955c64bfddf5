"""The one look of all pictures: canvas, colours of the theories, labels, provenance line."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import Any, Final, NamedTuple

import xarray as xr
from matplotlib import rc_context, rcdefaults
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sfc_sim._core.errors import InputError, shown
from sfc_sim._core.few import UNSTEADY
from sfc_sim._core.progress import in_notebook

__all__ = [
    "LOOKS",
    "STYLE",
    "axis_label",
    "blank",
    "canvas",
    "headline",
    "hollow_key",
    "look",
    "new_figure",
    "put_away",
    "small_png",
    "stamp",
    "stamped",
]

WIDTH: Final = 6.3  # inches: the text width of an A4 page
STAMP_SIZE: Final = 6.0  # points

STYLE: Final[dict[Any, Any]] = {
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that pictures look alike everywhere
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "sfc_sim",  # the same picture gives the same bytes
}


class Look(NamedTuple):
    """How a theory is drawn, in every picture alike."""

    label: str
    colour: str
    marker: str


# Colours that the colour-blind can tell apart (Okabe & Ito 2008).
LOOKS: Final[dict[str, Look]] = {
    "prior": Look("Prior", "#000000", "o"),
    "sia": Look("SIA", "#D55E00", "s"),
    "ssa-civilizations": Look("SSA, civilizations", "#56B4E9", "^"),
    "ssa-all": Look("SSA, all observers", "#0072B2", "v"),
    "adt-total": Look("ADT, total", "#009E73", "D"),
    "adt-average": Look("ADT, average", "#CC79A7", "P"),
}

# What is written of a Dataset's attributes below a picture, in this order.
STAMPED: Final[dict[str, str]] = {
    "scenario": "{}",
    "scenario_hash": "hash {}",
    "evidence": "evidence {}",
    "evidence_not_used": "{} not used (no dates, so no fronts)",
    "observations": "{}",
    "draws": "{} draws",
    "seed": "seed {}",
    "draw": "draw {}",
    "chosen": "{}",
    "method": "by {}",
}


def look(theory: str) -> Look:
    """Return the look of a theory.

    Examples
    --------
    >>> look("sia").label
    'SIA'
    """
    if theory in LOOKS:
        return LOOKS[theory]
    return Look(verbatim(theory), "#8C6D31", "X")  # one of the user's own


@contextmanager
def defaults() -> Iterator[None]:
    """Draw with the defaults of matplotlib, whatever the settings of the user say."""
    with rc_context():
        rcdefaults()
        yield


@contextmanager
def canvas(ax: Axes | None, attrs: Mapping[str, Any], height: float = 3.9) -> Iterator[Axes]:
    """Give axes to draw on, in our style; new ones, of a height in inches, carry the stamp."""
    if not (ax is None or isinstance(ax, Axes)):
        raise InputError(f"ax is {shown(ax)}; it must be a matplotlib Axes, or None for a new one")
    with rc_context(STYLE):
        if ax is None:
            figure = new_figure(WIDTH, height)
            stamp(figure, attrs)
            ax = figure.add_subplot()
        yield ax


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure (inches); pyplot shows it where that is in use, or in a notebook.

    Examples
    --------
    >>> new_figure(6.0, 4.0).get_size_inches()
    array([6., 4.])
    """
    size = (width, height)
    if "matplotlib.pyplot" in sys.modules or in_notebook():
        from matplotlib import pyplot

        return pyplot.figure(figsize=size, layout="constrained")
    # A program that writes files has no use for windows, nor for what keeps every figure alive.
    return Figure(figsize=size, layout="constrained")


def put_away(figure: Figure) -> None:
    """Make pyplot forget a figure that has gone into a page or a file.

    Examples
    --------
    >>> put_away(new_figure(6.0, 4.0))
    """
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)


def small_png(figure: Figure, dpi: int) -> bytes:
    """Return a picture as PNG of 256 colours, a third as large as one of all colours.

    Examples
    --------
    >>> small_png(new_figure(1.0, 1.0), 50)[1:4]
    b'PNG'
    """
    from PIL import Image  # matplotlib writes its own with it

    whole, small = io.BytesIO(), io.BytesIO()
    figure.savefig(whole, format="png", dpi=dpi)
    Image.open(whole).convert("RGB").quantize(256).save(small, format="png", optimize=True)
    return small.getvalue()


def headline(figure: Figure, words: str) -> None:
    """Write a line above all panels of a picture.

    Examples
    --------
    >>> headline(figure := Figure(), "One premise at a time")
    >>> figure.get_suptitle()
    'One premise at a time'
    """
    figure.suptitle(words, x=0.01, ha="left", fontsize=10)


def blank(ax: Axes, place: float) -> None:
    """Say at the left of a row why something is not drawn; lines behind do not cross the words.

    Examples
    --------
    >>> blank(ax := Figure().subplots(), 0.0)
    >>> ax.texts[0].get_text()
    'too few draws'
    """
    ax.annotate(
        "too few draws", (0.0, place), (4.0, 0.0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", fontsize=6.5, color="0.4",
        bbox={"fc": "white", "ec": "none", "pad": 1.0},
    )  # fmt: skip


def hollow_key(ax: Axes) -> None:
    """Add to the legend what a hollow mark means, short enough to stand beside other keys.

    Examples
    --------
    >>> ax = new_figure(4.0, 3.0).add_subplot()
    >>> hollow_key(ax)
    >>> print(ax.get_legend_handles_labels()[1][0])
    fewer than 100 effective
    draws, or a heavy tail
    of weights
    """
    ax.plot([], [], "o", color="0.4", mfc="white", label=fill(UNSTEADY, 24))


def stamp(figure: Figure, attrs: Mapping[str, Any]) -> None:
    """Write scenario, hash, draws and seed below a picture; `save_figure` keeps them too.

    The stamp takes the place of matplotlib's label below all panels. A figure that has such a
    label is refused, as it would lose it: label the axes instead.

    Examples
    --------
    >>> figure = Figure()
    >>> stamp(figure, {"scenario": "cook2022-balanced", "draws": "20000", "seed": "7"})
    >>> figure.get_supxlabel()
    'cook2022-balanced · 20,000 draws · seed 7'
    """
    if label := figure.get_supxlabel():
        raise ValueError(f"the stamp would replace the label {label!r}; label the axes instead")
    words = {name: str(attrs[name]) for name in STAMPED if str(attrs.get(name, ""))}
    words = {k: f"{int(v):,}" if k == "draws" else v for k, v in words.items()}
    words |= evidence_used(words)
    parts = [verbatim(STAMPED[name].format(value)) for name, value in words.items() if value]
    room = 72.0 * 0.98 * figure.get_figwidth()  # points, with a margin on either side
    text = lines(parts, room, STAMP_SIZE)
    figure.supxlabel(text, x=0.01, ha="left", fontsize=STAMP_SIZE, color="0.35")


def stamped(figure: Figure) -> str:
    """Return the stamp of a figure in one line.

    Examples
    --------
    >>> stamp(figure := Figure(figsize=(1.0, 1.0)), {"scenario": "cook2022-balanced", "seed": "7"})
    >>> stamped(figure)
    'cook2022-balanced · seed 7'
    """
    return " ".join(figure.get_supxlabel().split())


def evidence_used(words: Mapping[str, str]) -> dict[str, str]:
    """Return the evidence in words where only a part of the scenarios uses it, else nothing.

    Examples
    --------
    >>> some = "nothing-visible where there are no dates"
    >>> evidence_used({"evidence": "nothing-visible", "evidence_not_used": some})["evidence"]
    'nothing-visible, not used where there are no dates, so no fronts'
    """
    used, where = words.get("evidence", ""), words.get("evidence_not_used", "")
    if not (used and where.startswith(f"{used} ")):
        return {}
    text = f"{used}, not used{where.removeprefix(used)}, so no fronts"
    return {"evidence": text, "evidence_not_used": ""}


def lines(parts: Sequence[str], room: float, size: float) -> str:
    r"""Return parts with dots between them, on as many lines as a width in points asks for.

    Examples
    --------
    >>> lines(["cook2022-balanced", "20,000 draws", "seed 7"], 115.0, 6.0)
    'cook2022-balanced · 20,000 draws ·\nseed 7'
    """
    text = ""
    for k, part in enumerate(parts, 1):
        whole = f"{part} ·" if k < len(parts) else part
        # A part is broken only where it is too wide for a line of its own.
        for piece in [whole] if wide(whole, size) <= room else whole.split():
            last = text.rpartition("\n")[2]
            fits = wide(f"{last} {piece}", size) <= room
            gap = " " if fits else "\n"
            text += f"{gap}{piece}" if text else piece
    return text


def wide(text: str, size: float) -> float:
    """Return the width of a line of text, in points.

    Examples
    --------
    >>> 40.0 < wide("cook2022-balanced", 6.0) < 70.0
    True
    """
    font = FontProperties(family=STYLE["font.family"], size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def verbatim(text: str) -> str:
    r"""Return text that matplotlib writes as it is, whatever signs of mathematics are in it.

    Examples
    --------
    >>> verbatim("$a_$")
    '\\$a_\\$'
    """
    return text.replace("$", r"\$")


def axis_label(variable: xr.DataArray, prefix: str = "") -> str:
    """Return the label of an axis from a variable's long name and units.

    Examples
    --------
    >>> attrs = {"long_name": "rate of appearance", "units": "Gyr-1"}
    >>> axis_label(xr.DataArray(0.0, attrs=attrs))
    'Rate of appearance [Gyr$^{-1}$]'
    """
    name = prefix + verbatim(str(variable.attrs.get("long_name", variable.name)))
    units = verbatim(str(variable.attrs.get("units", "1"))).replace("Glyr", "Gly")
    shown = "" if units in ("", "1") else f" [{units.replace('-1', '$^{-1}$')}]"
    text = name[:1].upper() + name[1:] + shown
    # More than some 60 letters do not fit beside a picture: two even lines do.
    return text if len(text) <= 60 else fill(text, len(text) // 2 + 6, break_long_words=False)
