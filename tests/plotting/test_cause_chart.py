"""The picture by cause of extinction: what is drawn is what the table says."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.decision import Cause, Causes, by_cause
from tests.plotting.legible import faults

MINE = Causes({
    "machine": Cause(0.6, successor=1.0, value=0.0, leaves="machine"),
    "war": Cause(0.3, successor=0.5, leaves="apes"),
    "plague": Cause(0.1, successor=0.5, leaves="apes"),
})  # fmt: skip


def made(**more):
    share = xr.Dataset(
        {
            "recovered_share": ("theory", [0.1, 0.7]),
            "recovered_share_standard_error": ("theory", [0.01, 0.02]),
        },
        {"theory": ["prior", "sia"]},
    )
    value = sfc.value_adjustment(share).assign(more)
    return by_cause(value.assign_attrs(scenario="mine", seed="7"), MINE)


def test_marks_are_the_values_of_the_table():
    ax = plotting.by_cause(made())
    rows = [label.get_text() for label in ax.get_yticklabels()]
    assert rows == [
        "nobody on Earth after us", "machine\n60 % of the risk", "apes\n40 % of the risk",
        "all\nby share of the risk",
    ]  # fmt: skip
    lines = {bars.get_label(): bars.lines[0] for bars in ax.containers}
    for theory, s in (("Prior", 0.1), ("SIA", 0.7)):
        apes = 1.0 - (0.5 + 0.5 * s)
        expected = [1.0 - s, 1.0, apes, 0.6 + 0.4 * apes]
        drawn = np.asarray(lines[theory].get_xdata(), dtype=float)
        np.testing.assert_allclose(drawn, expected)
    assert not faults(ax.figure)


def test_marks_are_hollow_or_left_out_where_draws_are_few():
    ax = plotting.by_cause(made(ess=("theory", [5000.0, 99.0])))
    marks = [bars.lines[0] for bars in ax.containers]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False, True]
    ax = plotting.by_cause(made(ess=("theory", [5000.0, 29.0])))
    assert len(ax.containers) == 1


def test_another_dataset_is_refused():
    with pytest.raises(sfc.InputError, match=r"'discount_by_cause'.*decision\.by_cause"):
        plotting.by_cause(xr.Dataset())
