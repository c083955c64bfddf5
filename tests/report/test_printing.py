"""Rows in every style: columns and groups of text, strict JSON, CSV, and HTML that is safe."""

from __future__ import annotations

import csv
import html.parser
import io
import json

import numpy as np
import pytest
from scipy.stats import qmc

import sfc_sim as sfc
from sfc_sim._core.design import off_zero, sobol_grid, sobol_points
from sfc_sim._core.effective import carriers, effective_number, effective_sample_size
from sfc_sim._core.quantiles import bin_edges, marks_of_bins
from sfc_sim._core.rows import STYLES, Column, Document, Html, Table, as_html, as_text, fill, joined
from sfc_sim._core.weighted import product_of_ratios, ratio_of_sums

NASTY = '<script>alert("1")</script> & $name ${text}'
ROWS = ({"name": "a", "n": 1.0}, {"name": NASTY, "n": float("nan")})
COLUMNS = Column("name", "of\nwhat"), Column("n", "how\nmany\n[1]", number=True)


class Parsed(html.parser.HTMLParser):
    """The tags of a page, and the text of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.cells.append(data)


def test_what_is_put_into_a_block_is_text_and_stays_what_it_is():
    parsed = Parsed(as_html(Table(COLUMNS, ROWS)))
    assert "script" not in parsed.tags
    assert parsed.cells == ["of what", "how many [1]", "a", "1.0", NASTY, "nan"]
    assert parsed.tags == ["table", *["tr", "th", "th"], *["tr", "td", "td"] * 2]
    image = fill("figure", title='"><script>', caption="'><script>", data="")
    assert Parsed(image).tags == ["figure", "div", "img", "figcaption", "strong"]


def test_html_is_not_escaped_twice_and_text_never_becomes_it():
    inner = fill("note", text="1 < 2")
    assert fill("section", title="t", body=inner) == '<h2>t</h2><p class="note">1 &lt; 2</p>'
    assert isinstance(inner + "<b>", Html)
    assert (inner + "<b>").endswith("&lt;b&gt;")
    assert "<b>" not in fill("paragraph", text="".join([inner, "<b>"]))
    assert joined([]) == ""
    with pytest.raises(KeyError):
        fill("section", title="t")


def test_a_rule_is_as_wide_as_the_columns_and_groups_are_told_once():
    rows = tuple(
        {"of": of, "name": name} for of, name in [("x" * 30, "a"), ("x" * 30, "b"), ("y", "c")]
    )
    text = as_text(Table((Column("name", "n"),), rows, "title", group=lambda row: row["of"]))
    assert text.splitlines() == ["title", "n", "-", "x" * 30, "a", "b", "y", "c"]


def test_notes_are_wrapped_and_hang(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = as_text(Table(COLUMNS, ROWS[:1], notes=("- " + "word " * 20,), hang=2, look="plain"))
    lines = text.splitlines()
    assert lines[:4] == ["       how", "of    many", "what   [1]", "a      1.0"]
    assert max(map(len, lines)) <= 40
    assert all(line.startswith("  word") for line in lines[5:])


class Two(Document):
    """Two rows, one of them with a number that is none."""

    def records(self):
        return [{"name": row["name"], "n": {"0.5": row["n"]}} for row in ROWS]

    def blocks(self):
        return ["before", Table(COLUMNS, ROWS)]

    def content(self):
        return {"rows": self.records()}


def test_every_style_has_the_same_rows():
    assert set(STYLES) == {"table", "json", "csv"}
    assert json.loads(Two().written("json"))["rows"][1] == {"name": NASTY, "n": {"0.5": None}}
    first, second = csv.DictReader(io.StringIO(Two().written("csv")))
    assert (first["n_0.5"], second["name"]) == ("1.0", NASTY)
    assert Two().written().startswith("before\n\n")


# Numbers that worlds are made of, and how many draws carry a sum.


def test_points_of_a_sequence_are_those_of_scipy_half_a_step_on_and_in_any_pieces():
    whole = qmc.Sobol(3, scramble=True, rng=5).random(64)
    assert np.array_equal(sobol_grid(3, 64, 5), whole)
    assert np.array_equal(sobol_points(3, 64, 5), whole + 2.0**-31)
    pieces = [sobol_points(3, size, 5, first) for first, size in ((0, 10), (10, 1), (11, 53))]
    assert np.array_equal(np.concatenate(pieces), sobol_points(3, 64, 5))
    ends = off_zero(np.array([0.0, 1.0 - 2.0**-30]))
    assert 0.0 < ends[0] < ends[1] < 1.0
    assert np.isfinite(sfc.Normal(0.0, 1.0).ppf(ends)).all()


def test_effective_numbers_are_one_whichever_way_they_are_asked_for():
    weight = np.random.default_rng(3).exponential(size=500)
    direct = sum(weight) ** 2 / sum(w * w for w in weight)
    for found in (
        carriers(weight),
        effective_number(weight),
        effective_sample_size(np.log(weight)),
    ):
        assert found == pytest.approx(direct, rel=1e-12)


def test_bins_hold_equal_weight():
    rng = np.random.default_rng(4)
    values, weight = rng.normal(size=20_000), rng.exponential(size=20_000)
    edges = bin_edges(values, 5, weight)
    held, _ = np.histogram(values, np.append(edges[:-1], values.max() + 1.0), weights=weight)
    assert held / weight.sum() == pytest.approx(np.full(5, 0.2), abs=1e-3)
    assert np.array_equal(edges[1:-1], marks_of_bins(values, weight, 5))


def test_a_product_of_one_ratio_is_that_ratio():
    rng = np.random.default_rng(5)
    weight, upper, lower = rng.exponential(size=(3, 300))
    ratio = ratio_of_sums(np.log(weight), upper, lower)
    assert product_of_ratios(weight, [upper], [lower]) == pytest.approx(ratio, rel=1e-9)
