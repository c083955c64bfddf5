"""Whatever takes draws gives the same answer of aimed draws and of prior draws, within errors.

Answers must agree within K combined standard errors: those that are stated, else those of blocks
of the draws. The control leaves out the ratio of prior and proposal, and must not agree.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import pytest
import xarray as xr

import sfc_sim as sfc
from sfc_sim.analysis.cells import Within
from sfc_sim.cli import main
from sfc_sim.decision.drivers import drivers
from sfc_sim.inference import weights as anthropics
from sfc_sim.inference.evidence import Observation
from sfc_sim.inference.galaxy import in_galaxy
from sfc_sim.inference.log_weights import prior_weight
from sfc_sim.inference.theories import Theory
from sfc_sim.literature.counts import read
from sfc_sim.plotting import densities
from sfc_sim.sampling.stopping import first_look

pytestmark = pytest.mark.verification

K = 4.0
MANY = 8000
SCENARIOS = {"dynamic": "finnveden2019", "static": "sandberg2018-expanding"}
# Theories of which so many prior draws have hundreds of effective ones: of fewer, errors of the
# prior draws do not hold (of 60,000 static ones sia has 250, of 8,000 dynamic ones 110).
PLAIN = {"dynamic": 60_000, "static": 60_000}
ASKED = {"dynamic": ("prior", "sia", "adt-total"), "static": ("prior", "adt-total")}
Answer = tuple[np.ndarray, np.ndarray]


def quiet(work, *args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        return work(*args, **options)


@cache
def draws_of(kind: str, aimed: bool) -> xr.Dataset:
    options = {"aim": ("sia", "adt-total")} if aimed else {}
    many, seed = (MANY, 5) if aimed else (PLAIN[kind], 11)
    return sfc.sample(SCENARIOS[kind], many, rng=seed, **options)


def asked_of(draws: xr.Dataset) -> tuple[str, ...]:
    kinds = {name: kind for kind, name in SCENARIOS.items()}
    return ASKED[kinds[str(draws.attrs["scenario"])]]


@cache
def study_of(kind: str, aimed: bool) -> sfc.Study:
    options = {"theories": ASKED[kind], "rng": 3 if aimed else 12, "aim": aimed}
    return quiet(sfc.assess, SCENARIOS[kind], MANY if aimed else PLAIN[kind], **options)


def weighed(draws: xr.Dataset, evidence="nothing-visible", theories=None) -> xr.Dataset:
    return quiet(sfc.weigh, draws, evidence, theories=theories or asked_of(draws))


def stated(table: xr.Dataset) -> Answer:
    """Return all of a table that has an error, and that error; quantiles of counts as logs."""
    values, errors = [], []
    for name in map(str, table):
        if f"{name}_standard_error" in table:
            carried = table[f"{name}_ess"].values if f"{name}_ess" in table else np.inf
            # Of what too few draws carry, such as the chance of what is rare, no error holds.
            own = np.where(carried >= 100.0, table[name].values, np.nan)
            pair = own, table[f"{name}_standard_error"].values
        elif f"{name}_low" in table and f"{name}_high" in table:
            told = table.where(table["ess"] >= 100.0) if "ess" in table else table
            # Where it never comes, as a contact in half of all worlds, there is no number to hold.
            told = told[[f"{name}{end}" for end in ("", "_low", "_high")]]
            told = told.where(np.isfinite(told))
            ends = [told[f"{name}{end}"].values for end in ("", "_low", "_high")]
            if name in ("civilizations_actual", "rivals", "galaxy_number"):
                ends = [np.log(end) for end in ends]
            # A quantile's interval is its own where the law is uneven: the wider side counts.
            pair = ends[0], np.maximum(ends[2] - ends[0], ends[0] - ends[1])
        else:
            continue
        values.append(np.ravel(pair[0]))
        errors.append(np.ravel(pair[1]))
    return np.concatenate(values), np.concatenate(errors)


def by_blocks(answer, draws: xr.Dataset, many: int = 16) -> Answer:
    """Return an answer, and its standard error over blocks of the draws."""
    size = draws.sizes["draw"] // many
    blocks = [answer(draws.isel(draw=slice(k * size, (k + 1) * size))) for k in range(many)]
    return answer(draws), np.std(blocks, axis=0, ddof=1) / np.sqrt(many)


def apart(one: Answer, two: Answer) -> float:
    """Return by how many combined standard errors two answers differ at most."""
    known = np.isfinite(one[0]) & np.isfinite(two[0])
    assert known.mean() > 0.3
    gap = np.abs(one[0] - two[0])[known]
    error = np.hypot(one[1], two[1])[known]
    # Below a rounding is equal, as of what is the same in all worlds.
    return float(np.max(np.where(gap < 1e-9, 0.0, gap / np.maximum(error, 1e-300))))


def weighted_means(draws: xr.Dataset) -> np.ndarray:
    weights = weighed(draws)
    found = []
    for theory in asked_of(draws):
        world = sfc.sampling.worlds(draws, weights, theory)
        weight = np.exp(world["log_weight"])
        found += [weight @ np.maximum(world["log_intelligent_actual"], -80.0)]
        shares = sfc.decision.marginal_shares(draws, weights, theory, correlated=[0.5])
        found += [
            weight @ shares["mcs_grabbed"].values,
            weight @ shares["mcs_correlated"].values[0],
        ]
    return np.array(found)


def lines(draws: xr.Dataset) -> Answer:
    """Return the line of the prior, and the errors of its bins."""
    from matplotlib import pyplot

    weights = weighed(draws, theories=["prior"])
    (line,) = densities(draws, weights, lowest=-6.0).get_lines()
    x, y = (np.asarray(each)[:24] for each in (line.get_xdata(), line.get_ydata()))
    pyplot.close("all")
    edges = np.append(x - 0.125, x[-1] + 0.125)
    world = sfc.sampling.worlds(draws, weights, "prior")
    squares = np.exp(2.0 * world["log_weight"])
    number = world["log_civilizations_actual"] / np.log(10.0)
    # And one draw more or less: a bin that none fell into has an error too.
    return y, 4.0 * np.sqrt(np.histogram(number, edges, weights=squares)[0] + squares.max())


def of_drivers(draws: xr.Dataset) -> Answer:
    rows = map(sorted, drivers(draws, weighed(draws)).values())
    each = [driver for row in rows for driver in row]
    return np.array([d.correlation for d in each]), np.array([d.error for d in each])


def relevance_of(draws: xr.Dataset) -> xr.Dataset:
    return quiet(
        sfc.decision.relevance, draws, implementations=["causal", "copies-total", "sia-like"]
    )


def value_of(draws: xr.Dataset) -> xr.Dataset:
    weights = weighed(draws)
    share = sfc.saturation(draws, weights)
    return sfc.value_adjustment(share, sfc.Beta(8, 2), draws=draws, weights=weights)


OF_DRAWS = {
    "summarize": lambda d: stated(sfc.summarize(d, weighed(d))),
    "saturation": lambda d: stated(sfc.saturation(d, weighed(d))),
    "value_adjustment": lambda d: stated(value_of(d)),
    "read": lambda d: stated(read(d, weighed(d))),
    "relevance": lambda d: stated(relevance_of(d)),
    "contest": lambda d: stated(sfc.decision.contest(d, weighed(d), "shared", size=400)),
    "worlds and marginal_shares": lambda d: by_blocks(weighted_means, d),
    "drivers": of_drivers,
    "densities": lambda d: lines(d),
}


@pytest.mark.parametrize("kind", SCENARIOS)
@pytest.mark.parametrize("name", OF_DRAWS)
def test_what_takes_draws(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = OF_DRAWS[name](draws_of(kind, False))
    aimed = draws_of(kind, True)
    assert apart(plain, OF_DRAWS[name](aimed)) < K
    monkeypatch.setattr(anthropics, "log_ratio", lambda d: np.zeros(d.sizes["draw"]))
    assert apart(plain, OF_DRAWS[name](aimed)) > K


def test_what_takes_draws_with_dates_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(draws: xr.Dataset) -> Answer:
        return stated(sfc.decision.retention(draws, weighed(draws), "starlight", size=400))

    plain, aimed = draws_of("dynamic", False), draws_of("dynamic", True)
    assert apart(kept(plain), kept(aimed)) < K
    monkeypatch.setattr(anthropics, "log_ratio", lambda d: np.zeros(d.sizes["draw"]))
    assert apart(kept(plain), kept(aimed)) > K


SLOW = ("tornado", "static")  # of nine inputs; the curve of one is there
OF_REPORTS = {
    "assess": lambda s: stated(s.report),
    "conditional": lambda s: stated(sfc.analysis.conditional(s, "expansion_speed", bins=3)),
    "tornado": lambda s: stated(sfc.analysis.tornado(s, "prior").sortby("input")),
    "aggregate": lambda s: stated(sfc.inference.aggregate(s, {"prior": 0.5, "adt-total": 0.5})),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name in OF_REPORTS for kind in SCENARIOS if (name, kind) != SLOW],
)
def test_what_takes_a_report(name: str, kind: str) -> None:
    plain, aimed = (quiet(OF_REPORTS[name], study_of(kind, each)) for each in (False, True))
    assert apart(plain, aimed) < K


def test_the_control_of_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = study_of("dynamic", False)
    curve = quiet(OF_REPORTS["conditional"], plain)
    monkeypatch.setattr(anthropics, "log_ratio", lambda d: np.zeros(d.sizes["draw"]))
    again = quiet(sfc.assess, SCENARIOS["dynamic"], MANY, theories=ASKED["dynamic"], rng=3)
    assert apart(stated(plain.report), stated(again.report)) > K
    assert apart(curve, quiet(OF_REPORTS["conditional"], again)) > K


def test_sobol_designs_are_of_the_prior() -> None:
    plain, aimed = (
        quiet(sfc.analysis.sensitivity, study_of("dynamic", each), points=64, rng=1)
        for each in (False, True)
    )
    for name in ("first_order", "total"):
        np.testing.assert_array_equal(plain[name], aimed[name])
    assert float(abs(plain.explained_share - aimed.explained_share).max()) < 0.1


def test_numbers_of_the_galaxy() -> None:
    plain, aimed = (draws_of("static", each) for each in (False, True))
    tables = [in_galaxy(each, weighed(each)) for each in (plain, aimed)]
    if len(tables[0]):
        assert apart(*map(stated, tables)) < K


def test_bins_are_of_equal_prior_weight() -> None:
    draws = draws_of("static", True)
    table = quiet(sfc.analysis.conditional, study_of("static", True), "expansion_speed", bins=4)
    law = sfc.load_scenario(SCENARIOS["static"])["expansion_speed"].distribution
    exact = law.ppf((np.arange(4) + 0.5) / 4)
    np.testing.assert_allclose(law.cdf(table["value"].values), law.cdf(exact), atol=0.03)
    assert not np.allclose(prior_weight(draws), 1.0 / draws.sizes["draw"])


# What few draws carry is drawn anew.


def test_a_bin_that_few_draws_carry_is_drawn_anew() -> None:
    options = {"theories": ["adt-total"], "rng": 7, "aim": False}
    few = quiet(sfc.assess, "cook2022-balanced", 500, **options)
    table = quiet(sfc.analysis.conditional, few, "expanding_fraction", bins=3, draws=2500)
    assert np.isfinite(table["extinction_discount"]).all()
    assert float(table["ess"].min()) > 100


def test_points_stop_when_they_are_precise() -> None:
    table = quiet(
        sfc.analysis.conditional,
        study_of("static", True),
        "expansion_speed",
        bins=2,
        precision=0.004,
    )
    assert float(table["extinction_discount_standard_error"].max()) <= 0.004
    for work in (
        lambda **k: sfc.analysis.conditional(study_of("static", True), "expansion_speed", **k),
        lambda **k: sfc.analysis.tornado(study_of("static", True), **k),
        lambda **k: sfc.analysis.premises(study_of("static", True), **k),
        lambda **k: sfc.literature.compare(["sandberg2018"], **k),
    ):
        with pytest.raises(sfc.InputError, match="precision is -1"):
            work(precision=-1.0)


def test_a_range_is_its_indicator() -> None:
    draws = draws_of("static", True)
    speed = draws["expansion_speed"].values
    middle = float(np.median(speed))
    found = Within("expansion_speed", middle, np.inf).log_likelihood(draws)
    np.testing.assert_array_equal(np.exp(found), speed >= middle)


# Comparisons.


def test_compare_aims_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"theories": ["prior", "sia"], "evidence": "none"}
    names = ["sandberg2018", "finnveden2019"]
    plain = quiet(sfc.literature.compare, names, draws=60_000, rng=1, aim=False, **options)
    aimed = quiet(sfc.literature.compare, names, precision=0.02, draws=20_000, rng=2, **options)
    assert apart(stated(plain), stated(aimed)) < K
    assert aimed.attrs["imprecise"] == ""
    assert float(aimed["alone_in_observable_standard_error"].max()) <= 0.02
    assert (aimed["draws"] >= first_look(0.02)).all()
    assert (aimed["draws"] < 20_000).any()  # it stops before the limit
    monkeypatch.setattr(anthropics, "log_ratio", lambda d: np.zeros(d.sizes["draw"]))
    wrong = quiet(sfc.literature.compare, names, draws=6000, rng=2, **options)
    assert apart(stated(plain), stated(wrong)) > K


def test_compare_says_what_falls_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("compare", "sandberg2018", "--draws", "400", "--precision", "1e-5")) == 3
    assert "until standard errors are 1e-05" in capsys.readouterr().out


# What is the user's own.


@dataclass(frozen=True)
class Slow(Observation):
    """Speeds are likelier the lower they are."""

    name: ClassVar[str] = "slow"

    @property
    def meaning(self) -> str:
        return "fronts are slow"

    def log_likelihood(self, draws: xr.Dataset) -> np.ndarray:
        return -2.0 * draws["expansion_speed"].values


@dataclass(frozen=True)
class ByRoot(Theory):
    """Between the prior and self-indication."""

    name: ClassVar[str] = "own"

    @property
    def meaning(self) -> str:
        return "by the root of the number"

    def log_factor(self, draws: xr.Dataset, front: object) -> np.ndarray:
        return 0.5 * draws["log_observers_like_us"].values


class ByNumber:
    """The more there are, the less alike."""

    def draw(self, u: np.ndarray, worlds: dict[str, np.ndarray]) -> np.ndarray:
        return u / (1.0 + np.exp(np.clip(0.1 * worlds["log_civilizations_actual"], -50.0, 50.0)))


@pytest.mark.parametrize("kind", SCENARIOS)
def test_the_users_own(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = ["not-engulfed" if kind == "dynamic" else "none", Slow()]

    def told(draws: xr.Dataset) -> Answer:
        weights = weighed(draws, evidence, [ByRoot(), "prior"])
        share = sfc.saturation(draws, weights)
        return stated(sfc.value_adjustment(share, ByNumber(), draws=draws, weights=weights))

    aimed = sfc.sample(SCENARIOS[kind], MANY, rng=8, aim=(ByRoot(),), evidence=evidence)
    plain = told(draws_of(kind, False))
    assert apart(plain, told(aimed)) < K
    monkeypatch.setattr(anthropics, "log_ratio", lambda d: np.zeros(d.sizes["draw"]))
    assert apart(plain, told(aimed)) > K


# Draws that are kept, and joined.


def test_aimed_draws_come_back_whole(tmp_path) -> None:
    draws = draws_of("dynamic", True)
    again = sfc.load(sfc.save(draws, tmp_path / "draws.nc"))
    xr.testing.assert_identical(weighed(again), weighed(draws))


def test_what_cannot_be_weighed_together_is_refused() -> None:
    proposal = sfc.aim("sandberg2018", theories=["sia"], evidence="none", rng=1)
    first, second, plain = (
        sfc.sample("sandberg2018", 600, rng=1, first=at, aim=each)
        for at, each in ((0, proposal), (600, proposal), (600, False))
    )
    whole = sfc.sample("sandberg2018", 1200, rng=1, aim=proposal)
    joined = xr.concat([first, second], "draw", combine_attrs="override")
    np.testing.assert_array_equal(
        weighed(joined, "none", ["sia"])["log_weight"],
        weighed(whole, "none", ["sia"])["log_weight"],
    )
    other = sfc.aim("sandberg2018", theories=["adt-total"], evidence="none", rng=2)
    third = sfc.sample("sandberg2018", 600, rng=1, first=600, aim=other)
    refused = {
        "draws were joined": xr.concat([first, plain], "draw", combine_attrs="override"),
        "do not say of which proposal": xr.concat(
            [first, third], "draw", combine_attrs="drop_conflicts"
        ),
        "are without log_prior_over_proposal": first.drop_vars("log_prior_over_proposal"),
    }
    for words, draws in refused.items():
        with pytest.raises(sfc.InputError, match=words):
            weighed(draws, "none", ["sia"])
