"""Causes of extinction and their successors: limits, identities, files, bad input."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.decision import Cause, Causes, EvolvesAgain, by_cause, load_causes
from sfc_sim.decision.aftermath import aftermath
from sfc_sim.decision.cause_rows import cause_records, cause_table
from sfc_sim.decision.causes_files import cause_files

PLANCK = sfc.Background.named("Planck18")
NOBODY = Causes({"a": Cause(0.25), "b": Cause(0.75, value=3.0, delay=1.0)})
MACHINE = Causes({"machine": Cause(1.0, successor=1.0, value=0.0)})
SHARE = xr.Dataset(
    {"recovered_share": ("theory", [0.3, 0.7]),
     "recovered_share_standard_error": ("theory", [0.01, 0.02])},
    {"theory": ["prior", "sia"]},
)  # fmt: skip


@pytest.fixture(scope="module")
def small():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return sfc.assess("cook2022-balanced", 1500, rng=7, aim=False, threads=1)


def table_of(causes, **given):
    return by_cause(sfc.value_adjustment(SHARE, **given), causes)


def test_without_successors_are_todays_numbers_to_the_bit(small):
    """r = 0 for all, in the value, in priorities, and in what it is worth to know."""
    pair = {"draws": small.draws, "weights": small.weights, "similarity": sfc.Beta(8, 2)}
    share = sfc.saturation(small.draws, small.weights)
    now, then = (sfc.value_adjustment(share, **pair, causes=each) for each in (None, NOBODY))
    xr.testing.assert_equal(now, then)
    found = by_cause(small, NOBODY)
    for end in ("", "_standard_error"):
        report = small.report[f"extinction_discount{end}"].values
        for k in range(2):
            each = found[f"discount_by_cause{end}"].values[:, k]
            np.testing.assert_array_equal(each, report)
        np.testing.assert_array_equal(found[f"discount_over_causes{end}"].values, report)
    ranked = [sfc.decision.priorities(small, rng=1, draws=64, causes=c) for c in (None, NOBODY)]
    xr.testing.assert_equal(*ranked)


def test_one_that_does_as_well_makes_survival_worth_nothing():
    same = Causes({"a": Cause(1.0, successor=1.0)})
    value = sfc.value_adjustment(SHARE, 0.6, causes=same)
    assert value.extinction_multiplier.values.tolist() == [0.0, 0.0]
    assert table_of(same).discount_by_cause.values.tolist() == [[1.0], [1.0]]
    later = Causes({"a": Cause(1.0, successor=1.0, delay=0.2)})
    assert (sfc.value_adjustment(SHARE, 0.6, causes=later).extinction_multiplier > 0.03).all()


def test_the_multiplier_is_linear_in_the_shares():
    def phi(w):
        causes = Causes({
            "a": Cause(w, successor=0.3, value=-0.5, delay=0.5),
            "b": Cause(1.0 - w, successor=0.8, value=0.4),
        })  # fmt: skip
        return sfc.value_adjustment(SHARE, 0.6, causes=causes).extinction_multiplier.values

    ends, middle = (phi(0.0), phi(1.0)), phi(0.3)
    assert middle == pytest.approx(0.7 * ends[0] + 0.3 * ends[1], abs=1e-15)
    assert np.abs(ends[0] - ends[1]).min() > 0.1  # else any line would do


def test_by_hand():
    """phi_k = 1 - [r kappa_k q_k + (1 - r) s kappa q], and the shares add them up."""
    causes = Causes({
        "a": Cause(0.4, successor=0.3, value=-0.5, delay=0.5),
        "b": Cause(0.6, successor=0.8, value=0.4),
    })  # fmt: skip
    found = table_of(causes, similarity=0.6, retention=0.9)
    reach = 1.0 / np.exp(PLANCK.log_event_horizon(PLANCK.age))
    reach *= np.exp(PLANCK.log_event_horizon(PLANCK.age + 0.5))
    for row, s in enumerate((0.3, 0.7)):
        others = s * 0.9 * 0.6
        a, b = 0.3 * reach**3 * -0.5 + 0.7 * others, 0.8 * 0.4 + 0.2 * others
        assert found.discount_by_cause.values[row] == pytest.approx([a, b], rel=1e-12)
        whole = found.discount_over_causes.values[row]
        assert whole == pytest.approx(0.4 * a + 0.6 * b, rel=1e-12)
        error = found.discount_over_causes_standard_error.values[row]
        own = found.extinction_discount_standard_error.values[row]
        assert error == pytest.approx((1.0 - 0.4 * 0.3 - 0.6 * 0.8) * own, rel=1e-12)


def test_a_machine_that_spreads_is_not_discounted_for_aliens():
    """Takeover over extinction is 1 / (1 - s kappa q), as the report says of its own."""
    value = sfc.value_adjustment(SHARE, 0.6, retention=0.9)
    phi = 1.0 - by_cause(value, MACHINE).discount_by_cause.values[:, 0]
    assert phi.tolist() == [1.0, 1.0]
    ratio = phi / value.extinction_multiplier.values
    assert ratio == pytest.approx(1.0 / (1.0 - np.array([0.3, 0.7]) * 0.9 * 0.6), rel=1e-12)
    assert ratio == pytest.approx(value.takeover_ratio.values, rel=1e-12)
    half = Causes({"machine": Cause(1.0, successor=0.5, value=0.0)})
    assert (1.0 - by_cause(value, half).discount_by_cause.values[:, 0] < 1.0).all()


def test_a_delay_of_200_million_years_costs_as_published():
    """At 1 part in 5.5e9 a year 3.6 %; of the volume inside the event horizon, 3.55 %."""
    cost = 1.0 - sfc.decision.kept_after("200 Myr", PLANCK)
    assert cost == pytest.approx(0.2e9 / 5.5e9, abs=1e-3)
    assert cost == pytest.approx(sfc.expansion.delay_loss("Planck18", 0.5, 0.2), rel=1e-6)
    linear = 0.2e9 * sfc.decision.loss_by_waiting(PLANCK.age, PLANCK)
    assert cost == pytest.approx(linear * (1.0 - 0.5 * linear), abs=1e-3)
    assert sfc.decision.kept_after(0.0, PLANCK) == 1.0
    assert sfc.decision.kept_after(5.0, sfc.Background.power_law(2 / 3)) == 1.0


@pytest.mark.parametrize("delay", [-1e-9, "-200 Myr"])
def test_nobody_starts_before_today(delay):
    with pytest.raises(InputError, match="must be 0 or more, counted from today"):
        sfc.decision.kept_after(delay, PLANCK)


def test_sizes_with_a_chance_of_one_in_eleven():
    """(1 - s)(1 - r): at s = .02 a chance of .09 makes the discount .108, five times as large."""
    share = xr.Dataset({"recovered_share": ("theory", [0.02, 0.69])})
    causes = Causes({"a": Cause(1.0, successor=0.09)})
    found = sfc.value_adjustment(share, causes=causes).extinction_discount.values
    assert found == pytest.approx([0.108, 0.718], abs=5e-4)


def test_quantiles_and_odds_count_what_is_uncertain_of_causes(small):
    """All of it worth 0 or 2 by the toss of a coin: half of the worlds are worth -1, half 1."""
    coin = Causes({"a": Cause(1.0, successor=1.0, value=sfc.Discrete([0.0, 2.0], [0.5, 0.5]))})
    known = sfc.value_adjustment(SHARE, causes=coin)
    assert known.extinction_multiplier.values == pytest.approx(0.0, abs=1e-12)
    assert known.probability_net_negative.values == pytest.approx(0.5, abs=2e-3)
    assert known.extinction_multiplier_quantile.values[:, [0, 2]].tolist() == [[-1.0, 1.0]] * 2
    share = sfc.saturation(small.draws, small.weights)
    drawn = sfc.value_adjustment(share, draws=small.draws, weights=small.weights, causes=coin).sel(
        theory="prior"
    )
    error = drawn.probability_net_negative_standard_error.item()
    assert abs(drawn.probability_net_negative.item() - 0.5) < 4 * error < 0.1


def test_priorities_by_hand():
    causes = Causes({"a": Cause(0.5, successor=0.4, value=-0.5), "b": Cause(0.5)})
    asked = {"p_aligned": 0.5, "held_of_alone": 0.4, "draws": 16, "rng": 1}
    with_causes = sfc.decision.priorities(0.7, **asked, causes=causes).priority.sel(theory="given")
    without = sfc.decision.priorities(0.7, **asked).priority.sel(theory="given")
    u, anyone, made = 0.5, 0.2, 0.5 * 0.4 * -0.5
    extinction = u - made * u - (1.0 - anyone) * 0.7 * u
    assert with_causes.sel(intervention="extinction").item() == pytest.approx(extinction, rel=1e-12)
    coordination = 1 / 0.4 - 1 + 0.1 * (1.0 - anyone) * 0.7
    found = with_causes.sel(intervention="coordination").item()
    assert found == pytest.approx(coordination, rel=1e-12)
    same = ["takeover", "alignment", "fail-safe", "make-room", "speed-up"]
    xr.testing.assert_equal(with_causes.sel(intervention=same), without.sel(intervention=same))


def test_intelligence_returns_as_earths_dates_say():
    """Derived: Kipping 2020 .081, .090, .139 with .8, .9, 1.5 Gyr left; the last hard step .037."""
    for left, chance in ((0.8, 0.081), (0.9, 0.090), (1.5, 0.139)):
        found, error = EvolvesAgain("kipping2020", left).chance
        assert abs(found - chance) < 5e-4 + 3 * error < 2e-3
    found, error = EvolvesAgain("snyder-beattie2021", "900 Myr").chance
    assert abs(found - 0.037) < 5e-4 + 3 * error < 2e-3
    half, _ = EvolvesAgain("snyder-beattie2021", 0.9, expands=0.5).chance
    assert half == pytest.approx(0.5 * found, rel=1e-12)


def test_ord_2020(small):
    causes = load_causes("ord2020")
    assert sum(cause.share for cause in causes.causes.values()) == pytest.approx(1.0, abs=1e-12)
    # Printed risks: 1/10 of a total of .1899; the table's own "1/6" is rounded.
    assert causes["unaligned_ai"].share == pytest.approx(0.1 / 0.189868, rel=1e-5)
    assert {cause.status for cause in causes.causes.values()} == {"assumed"}
    found = by_cause(small)
    report = small.report
    xr.testing.assert_identical(found.extinction_discount, report.extinction_discount)
    row = found.sel(theory="prior")
    # Our planet's next species matters more than aliens there: by a factor of some five.
    ratio = row.discount_by_cause.sel(cause="engineered_pandemic") / row.extinction_discount
    assert 3.0 < ratio.item() < 8.0
    assert found.sel(cause="nuclear_war").outcome.item() == "biosphere"


def test_tables_for_people_and_programs(small):
    found = by_cause(small)
    table = cause_table(found)
    assert [column.words for column in table.columns][1:4] == [
        "nobody on Earth after us", "machine 53 %", "biosphere 47 %",
    ]  # fmt: skip
    assert "after stellar_explosion" in table.notes[-1]
    records = cause_records(found)
    assert json.loads(json.dumps(records))["nuclear_war"]["outcome"] == "biosphere"
    assert records["nuclear_war"]["discount_by_cause"]["sia"] == pytest.approx(
        found.discount_by_cause.sel(theory="sia", cause="nuclear_war").item()
    )


def test_causes_that_differ_have_columns_of_their_own():
    causes = load_causes("ord2020").replace("nuclear_war", value=-1.0)
    outcomes = table_of(causes).outcome.to_series()
    assert outcomes["nuclear_war"] == "nuclear_war"
    assert outcomes["engineered_pandemic"] == outcomes["climate_change"] == "biosphere"


FILE = """
[causes.war]
share = 0.25
successor = 0.5

[causes.machine]
share = 0.75
successor = { kind = "beta", a = 2.0, b = 2.0 }
delay = "200 Myr"
"""


def test_a_file_of_ones_own(tmp_path, small):
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    mine = load_causes(path)
    assert mine.name == "mine"
    assert mine["machine"] == Cause(0.75, sfc.Beta(2, 2), delay=0.2)
    assert mine.uncertain == ["machine successor"]
    xr.testing.assert_identical(by_cause(small, path), by_cause(small, mine))
    assert aftermath(mine, PLANCK).anyone.item() == pytest.approx(0.25 * 0.5 + 0.75 * 0.5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("share = 0.25", "share = 0.5", "shares of the causes sum to 1.25; they must sum to 1"),
        ("share = 0.25", "risk = 0.25", "every cause a risk"),
        ("share = 0.25", "share = -0.25", "share is -0.25; it must be .* from 0 to 1"),
        ("successor = 0.5", "successor = 1.5", "'war': successor is 1.5; it must be"),
        ("successor = 0.5", "succesor = 0.5", "unknown cause key 'succesor'; did you mean 'succ"),
        ('kind = "beta"', 'kind = "bata"', "unknown successor kind 'bata'; did you mean 'beta'"),
        ("b = 2.0", "b = 2.0, hi = 2.0", r"'machine': successor is .*; it must be within \[0, 1\]"),
        ('delay = "200 Myr"', "delay = -1", "delay is -1; it must be a finite number, 0 or more"),
        ('delay = "200 Myr"', 'delay = "2 kg"', "'machine': delay"),
        ("successor = 0.5", 'successor = { history = "cook2022-flat" }', "'earth-history'"),
        ("successor = 0.5", 'successor = { history = "kipping2020", step = "life2" }', "did you"),
        ("[causes.war]", "[cause.war]", "unknown file key 'cause'; did you mean 'causes'"),
        ("successor = 0.5", 'status = "sure"', "unknown status 'sure'"),
        ("successor = 0.5", "value = nan", "value is nan; it must be a finite number"),
        ("share = 0.25", "share = ", "mine.toml: not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_file_says_what_is_wrong(tmp_path, old, new, told):
    path = tmp_path / "mine.toml"
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(InputError, match=told) as found:
        load_causes(path)
    assert str(found.value).startswith(str(path))
    assert len(str(found.value).splitlines()) <= 2


def test_wrong_names_and_objects(small):
    with pytest.raises(InputError, match="unknown set of causes 'ord2021'; did you mean 'ord2020'"):
        load_causes("ord2021")
    with pytest.raises(InputError, match="unknown cause 'nuclear_wor'; did you mean 'nuclear_war'"):
        load_causes("ord2020").only("nuclear_wor")
    with pytest.raises(InputError, match="unknown field of a cause 'share'"):
        load_causes("ord2020").replace("nuclear_war", share=0.5)
    with pytest.raises(InputError, match=r"causes is 0\.5; it must be Causes, a name or a path"):
        by_cause(small, 0.5)
    with pytest.raises(InputError, match=r"cause 'a' is 0\.5; it must be a Cause"):
        Causes({"a": 0.5})
    with pytest.raises(InputError, match="shares of the causes sum to 0"):
        Causes({})
    with pytest.raises(InputError, match=r"no file of causes nowhere\.toml"):
        load_causes("nowhere.toml")
    counted = sfc.value_adjustment(SHARE, causes=MACHINE)
    with pytest.raises(InputError, match="counts the causes 'own' already"):
        by_cause(counted)


def test_every_file_says_where_its_numbers_come_from():
    for name in cause_files():
        causes = load_causes(name)
        assert causes.name == name
        assert all((causes.title, causes.source, causes.assumes))
        assert all(cause.meaning and cause.source for cause in causes.causes.values())
