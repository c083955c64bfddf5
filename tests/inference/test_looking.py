"""Looking for life, silence and waste heat: closed forms, published bounds, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import product
from math import comb, lgamma, log
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import exp1
from scipy.stats import binom, gamma

import sfc_sim as sfc
from sfc_sim._core.weighted import mean_and_error
from sfc_sim.appearance import Dated, Drake, HardSteps
from sfc_sim.appearance.timeline import log_success
from sfc_sim.inference import (
    EmptyGalaxy,
    LifeSearched,
    NoneWithin,
    NotSettled,
    NoTypeThree,
    NoWasteHeat,
    Silence,
    StarsSearched,
    evidence_from,
    evidence_text,
)
from tests.verification import looking

F = np.array([1e-12, 1e-3, 0.2, 0.5, 0.999])


@pytest.mark.parametrize("found", [0, 1, 3, 20])
@pytest.mark.parametrize(("c", "p"), [(1.0, 0.0), (0.6, 0.0), (1.0, 0.05), (0.7, 0.2)])
def test_the_chance_is_binomial(found, c, p):
    search = LifeSearched(planets=20, found=found, completeness=c, false_positive=p)
    chance = binom.pmf(found, 20, F * c + (1 - F) * p)
    assert np.exp(search.log_chance(np.log(F))) == pytest.approx(chance, rel=1e-10, abs=1e-300)


@pytest.mark.parametrize("many", [2, 30, 10**4, 10**8, 10**12, 10**15])
def test_digits_are_kept_of_many_planets(many):
    """By mpmath, at the fraction that the log stands for; differences of lgamma are the control."""
    mpmath.mp.dps = 60
    worst = 0.0
    for part, fraction in product([0.001, 0.3, 0.5, 0.97], [1e-300, 1e-6, 0.3, 0.5, 0.999]):
        k = min(max(1, round(part * many)), many - 1)
        near = k / many * (1.0 + 1.0 / np.sqrt(many))
        for f in (fraction, min(near, 0.9999)):
            log_f = np.log(f)
            hit = mpmath.exp(mpmath.mpf(float(log_f)))
            parts = [mpmath.loggamma(x + 1) for x in (many, k, many - k)]
            exact = parts[0] - parts[1] - parts[2]
            exact += k * mpmath.log(hit) + (many - k) * mpmath.log1p(-hit)
            found = LifeSearched(planets=many, found=k).log_chance([log_f]).item()
            assert abs(found / float(exact) - 1.0) < 1e-9
            plain = lgamma(many + 1) - lgamma(k + 1) - lgamma(many - k + 1)
            plain += k * log_f + (many - k) * np.log(-np.expm1(log_f))
            worst = max(worst, abs(plain / float(exact) - 1.0))
    assert (worst > 1e-9) == (many > 10**7)


def test_no_fraction_is_too_small_or_too_great():
    """Also where f is no double; with no planet of a kind its chance does not matter."""
    one, none = LifeSearched(1, 1), LifeSearched(10)
    assert one.log_chance([-2000.0, 0.0]).tolist() == [-2000.0, 0.0]
    assert none.log_chance([-2000.0, -np.inf, 0.0]).tolist() == [0.0, 0.0, -np.inf]
    blind = LifeSearched(10, completeness=0.0)
    assert blind.log_chance(np.log(F)) == pytest.approx(np.zeros(F.size), abs=1e-14)
    assert (blind.outcomes[1].log_chance(np.log(F)) == -np.inf).all()


def test_outcomes_are_all_that_there_are():
    outcomes = LifeSearched(7, 2, 0.8, 0.1).outcomes
    assert [each.found for each in outcomes] == list(range(8))
    total = sum(np.exp(each.log_chance(np.log(F))) for each in outcomes)
    assert total == pytest.approx(np.ones(F.size), abs=1e-13)
    assert not StarsSearched().outcomes


@pytest.mark.parametrize("searched", [20, 100])
@pytest.mark.parametrize("planets", [1e9, 1e10])
def test_one_detection_makes_life_common(searched, planets):
    """Balbi & Grimaldi (2020): f log-flat above 1e-10; P(> 1e5 inhabited planets) > .95.

    In closed form (1 - cut)^n, .990 to .9998. Control: with none found it is far below.
    """
    cut = 1e5 / planets
    found = looking.chance_above(LifeSearched(searched, 1), cut)
    assert found == pytest.approx((1.0 - cut) ** searched, rel=1e-4)
    assert found > 0.95
    assert looking.chance_above(LifeSearched(searched, 0), cut) < 0.6


@pytest.mark.parametrize(("searched", "bound"), [(40, 0.155), (80, 0.082)])
def test_none_found_bounds_life(searched, bound):
    """Angerhausen et al. (2025): of 40 (80) planets none, f < .2 (.1) at 99.9 %, f uniform.

    Exactly: f < 1 - .001^(1 / (n + 1)). Control: a search that misses half says less.
    """
    found = looking.bound_of_life(searched, 0.999)
    assert found == pytest.approx(1.0 - 1e-3 ** (1.0 / (searched + 1)), abs=1e-5)
    assert found == pytest.approx(bound, abs=5e-4)
    half = LifeSearched(searched, completeness=0.5).log_chance
    above = looking.integral(half, np.exp, log(found), 0.0)
    assert above / looking.integral(half, np.exp, looking.BOTTOM, 0.0) > 0.02


def test_sixty_years_of_silence_bound_emissions():
    """4.99 per century at 95 % if uniform, 1.25 if log-uniform; Grimaldi (2023): one to five.

    In closed form exp(-60 x) and E1(60 x) / E1(60 a) lie beyond x per year.
    """
    low = log(1e-5)
    uniform = looking.bound_of_emissions(np.exp, looking.BOTTOM)
    assert uniform == pytest.approx(100 * -log(0.05) / 60, rel=1e-4)
    assert uniform == pytest.approx(4.99, abs=5e-3)
    found = looking.bound_of_emissions(np.ones_like, low)
    assert exp1(0.6 * found) / exp1(60 * 1e-5) == pytest.approx(0.05, abs=1e-5)
    assert found == pytest.approx(1.25, abs=5e-3)


def test_how_long_the_next_emission_may_take():
    """Median waits of 60 and 1,809 yr; Grimaldi (2023) prints 60 to 1,800.

    In closed form tau, and E1(a (tau + t)) half of E1(a tau).
    """
    assert looking.median_wait(np.exp, looking.BOTTOM) == pytest.approx(60.0, rel=1e-4)
    wait = looking.median_wait(np.ones_like, log(1e-5))
    assert exp1(1e-5 * (60 + wait)) == pytest.approx(0.5 * exp1(6e-4), rel=1e-5)
    assert wait == pytest.approx(1809.0, abs=0.5)


PRODUCT = sfc.load_scenario("sandberg2018")


def test_silence_reads_the_births_of_a_product():
    """N / L is the product without the lifetime, whatever unit that is in.

    Negative control: with the lifetime left in, the number now, it differs.
    """
    draws = sfc.sample(PRODUCT, 50, rng=3)
    factors = "star_formation_rate planet_fraction habitable_planets intelligence_fraction"
    births = draws.communication_fraction.values * np.prod(
        [draws[name].values for name in factors.split()], axis=0
    )
    births = births * -np.expm1(-draws.abiogenesis.values)
    found = Silence(10).log_likelihood(draws)
    assert found == pytest.approx(-10 * births, rel=1e-9, abs=1e-300)
    number = 10.0**draws.log10_civilizations_now.values
    assert not np.allclose(found, -10 * number, rtol=0.1, atol=0)


def test_nobody_in_the_galaxy_bounds_technology():
    """Anchordoqui, Weber & Soriano (2017): 2e-3 planets/yr, L = .3 Myr: f < 5e-3 at 95 % (4.99e-3).

    Uniform f: P(f > x) = exp(-600 x). As a product of one's own, weighed; k = 3.
    """
    laws = {
        "planets_formed": (sfc.Fixed(2e-3), "1/yr"),
        "technology_fraction": (sfc.Uniform(0.0, 0.05), ""),
        "lifetime": (sfc.Fixed(3e5), "yr"),
    }
    own = {
        name: sfc.Parameter(name, law, unit, "x", name, "these lines", "assumed")
        for name, (law, unit) in laws.items()
    }
    others = {name: PRODUCT[name] for name in ("expanding_fraction", "expansion_speed")}
    scenario = sfc.Scenario(
        name="mine", title="mine", source="these lines", cosmology="Planck18",
        appearance=Drake(staying=("lifetime",)), expansion="displacement",
        parameters=own | others,
    )  # fmt: skip
    draws = sfc.sample(scenario, 20_000, rng=3)
    weights = sfc.weigh(draws, "empty-galaxy", theories=["prior"])
    share = np.exp(weights.log_weight.sel(theory="prior").values)
    below = draws.technology_fraction.values < -log(0.05) / 600
    assert -log(0.05) / 600 == pytest.approx(4.99e-3, abs=5e-6)
    mean, error = mean_and_error(below.astype(float), share)
    assert abs(mean - 0.95) < 3 * error < 0.06
    control = draws.technology_fraction.values < 2.5e-3
    assert mean_and_error(control.astype(float), share)[0] < 0.95 - 3 * error


def test_waste_heat_bounds_the_share_of_galaxies():
    """Huang, Tao & Zhang (2026): at most 1.61e-4 of galaxies at 95 %."""
    heat = NoWasteHeat(fraction=1.0)
    share = brentq(lambda x: float(heat.log_chance(np.log10(x))) - log(0.05), 1e-8, 1.0)
    assert share == pytest.approx(1.61e-4, abs=5e-7)
    assert NoWasteHeat(1e5).rate == NoTypeThree().rate


@pytest.mark.parametrize("kind", [StarsSearched, NoneWithin, EmptyGalaxy, NoTypeThree, NoWasteHeat])
def test_a_chance_of_detection_thins(kind):
    """A search that finds each with chance p is a sure one of a share p; p = 1: the same bits."""
    half, sure = kind(detection=0.5), kind()
    numbers = np.linspace(-12.0, 10.0, 50)
    assert half.log_chance(numbers) == pytest.approx(
        sure.log_chance(numbers + np.log10(0.5)), rel=1e-12
    )
    assert (kind(detection=1.0).log_chance(numbers) == sure.log_chance(numbers)).all()
    assert "each found with chance 0.5" in half.meaning
    assert "found with" not in sure.meaning
    found = evidence_from(evidence_text(half))
    assert found == [half]


def test_hard_steps_pass_the_first_of_them():
    """Of a gamma law; life takes no more steps than there are, and its share of the try-once."""
    world = {
        "hard_steps": np.array([1.0, 3.0, 8.0]),
        "step_time": np.array([0.1, 4.0, 1e17]),
        "try_once": np.array([0.3, 1e-3, 1e-9]),
    }
    for steps, share in ((1.0, 0.0), (2.0, 0.5), (0.0, 1.0)):
        model = HardSteps(life_steps=steps, life_try_once=share)
        passed = np.minimum(world["hard_steps"], steps)
        with np.errstate(divide="ignore"):
            expected = gamma.logcdf(4.5 / world["step_time"], np.maximum(passed, 1e-300))
        expected = np.where(passed == 0.0, 0.0, expected) + share * np.log(world["try_once"])
        assert model.log_life(world)[:2] == pytest.approx(expected[:2], rel=1e-10)
    # Far in the tail: x^m / m!.
    tail = HardSteps(life_steps=8.0).log_life(world)[2]
    assert tail == pytest.approx(8 * log(4.5e-17) - log(40320), rel=1e-12)


def test_an_origin_of_life_is_dated_by_chance():
    """Simulation: of planets of Earth's age, exponential waits of two steps; k = 4."""
    rng = np.random.default_rng(5)
    waits = rng.exponential(2.0, (200_000, 2)).sum(axis=1)
    share = float(np.mean(waits < 4.5))
    world = {"hard_steps": np.array([5.0]), "step_time": np.array([2.0]), "try_once": np.ones(1)}
    found = float(np.exp(HardSteps(life_steps=2.0).log_life(world)[0]))
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / waits.size)
    one = float(np.exp(HardSteps(life_steps=1.0).log_life(world)[0]))
    assert abs(one - share) > 4 * np.sqrt(share * (1 - share) / waits.size)


@pytest.mark.parametrize(
    ("name", "steps"), [("kipping2020", ["life"]), ("snyder-beattie2021", ["abiogenesis"])]
)
def test_histories_of_earth_are_exact(name, steps):
    scenario = sfc.load_scenario(name)
    draws = sfc.sample(scenario, 30, rng=3)
    model = scenario.appearance.of(scenario.factors)
    rates = model.rates({name: draws[name].values for name in model.steps})
    found = LifeSearched(3, 1).log_likelihood(draws)
    f = -np.expm1(-rates[:, 0] * 4.5)
    assert np.exp(found) == pytest.approx(comb(3, 1) * f * (1 - f) ** 2, rel=1e-9, abs=1e-14)
    both = scenario.replace(living=tuple(model.steps))
    again = model.with_options(living=both.options["living"]).log_life(
        {name: draws[name].values for name in model.steps}
    )
    assert again == pytest.approx(log_success(rates, 4.5), rel=1e-12)


def test_a_product_gives_its_factor_of_life():
    draws = sfc.sample(PRODUCT, 30, rng=3)
    f = -np.expm1(-draws.abiogenesis.values)
    assert np.exp(LifeSearched(1, 1).log_likelihood(draws)) == pytest.approx(f, rel=1e-12)


@dataclass(frozen=True)
class Lively(Dated):
    """A user's own model, which says that half of the planets are alive."""

    def onset(self, parameters):
        return np.zeros(1)

    def log_rate(self, parameters, times):
        return np.where(times < 20.0, 0.0, -np.inf), np.full(len(times), -np.inf)

    def log_life(self, parameters):
        return np.full(1, log(0.5))


def test_a_model_of_ones_own_says_what_is_alive():
    base = sfc.load_scenario("finnveden2019")
    scenario = sfc.Scenario(
        name="mine", title="mine", source="these lines", cosmology="Planck18",
        appearance=Lively(), expansion="fronts",
        parameters={name: base[name] for name in ("expanding_fraction", "expansion_speed")},
    )  # fmt: skip
    found = LifeSearched(2, 1).log_likelihood(sfc.sample(scenario, 3, rng=1))
    assert np.exp(found) == pytest.approx([0.5, 0.5, 0.5])


@pytest.mark.parametrize(
    ("name", "evidence", "reason"),
    [
        ("frank2016", LifeSearched(1), "names no factors of life: name them in the option living"),
        ("carter1983", LifeSearched(1), "names no steps of life"),
        ("hanson2021-n6-light", LifeSearched(1), "does not say on which share of planets"),
        ("mills2025", LifeSearched(1), "does not say on which share of planets"),
        ("maccone2010", Silence(), "name the factor in the option staying"),
        ("cook2022-balanced", Silence(), "does not say for how long civilizations stay"),
    ],
)
def test_who_cannot_tell_refuses_with_the_reason(name, evidence, reason):
    draws = sfc.sample(name, 5, rng=1)
    with pytest.raises(sfc.InputError, match=reason) as error:
        sfc.weigh(draws, [evidence], theories=["prior"])
    assert f"scenario '{name}', evidence '{evidence.name}'" in str(error.value)
    assert "\n" not in str(error.value)


def test_steps_of_their_own_times_are_refused():
    scenario = sfc.load_scenario("cook2022-balanced").replace(completion="hypoexponential")
    with pytest.raises(sfc.InputError, match="set step_times to 'common'"):
        LifeSearched(1).log_likelihood(sfc.sample(scenario, 5, rng=1))


def test_a_share_of_planets_above_one_is_refused():
    scenario = PRODUCT.replace(living=("star_formation_rate",))
    with pytest.raises(sfc.InputError, match="are above 1 together"):
        LifeSearched(1).log_likelihood(sfc.sample(scenario, 5, rng=1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LifeSearched(3, 4), "found is 4; it must be 3 or less"),
        (lambda: LifeSearched(0), "planets is 0"),
        (lambda: LifeSearched(2.5), "planets is 2.5"),
        (lambda: LifeSearched(3, -1), "found is -1"),
        (lambda: LifeSearched(3, completeness=1.2), "completeness is 1.2; .* from 0 to 1"),
        (lambda: LifeSearched(3, false_positive=-0.1), "false_positive is -0.1"),
        (lambda: LifeSearched("many"), "planets is 'many'"),
        (lambda: StarsSearched(detection=1.5), r"detection is 1.5; it must be in \(0, 1\]"),
        (lambda: NoneWithin(detection=0.0), "detection is 0.0"),
        (lambda: Silence(0), "years is 0.0"),
        (lambda: Silence("3 kg"), "years: '3 kg' is not convertible to yr"),
        (lambda: Silence(detection=2), "detection is 2.0"),
        (lambda: NoWasteHeat(galaxies=-1), "galaxies is -1.0"),
    ],
)
def test_bad_numbers_are_refused(make, message):
    with pytest.raises(sfc.InputError, match=message):
        make()


def test_a_search_without_numbers_has_no_name():
    with pytest.raises(sfc.InputError, match=r"'life-searched' has no usual numbers; pass LifeS"):
        sfc.inference.read_evidence("life-searched")
    search = LifeSearched(40, 2, 0.9, 0.01)
    assert evidence_from(evidence_text(search)) == [search]
    assert sfc.inference.read_evidence("silence").observations == (Silence(),)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("life-searched:planets=40", LifeSearched(40)),
        ("life-searched:planets=1e3, found=2 ,completeness=0.5", LifeSearched(1000, 2, 0.5)),
        ("stars-searched:searched=1e6,detection=.1", StarsSearched(1e6, detection=0.1)),
        ("none-within:distance=1 kpc", NoneWithin("1 kpc")),
        ("none-within:shape=disc,distance=5000", NoneWithin(5000.0, shape="disc")),
        ("silence:years=100 yr", Silence(100.0)),
        ("no-type-three:galaxies=1e4", NoTypeThree(1e4)),
        ("no-waste-heat:fraction=0.5", NoWasteHeat(fraction=0.5)),
        ("empty-galaxy:detection=0.5", EmptyGalaxy(0.5)),
        ("not-settled:undetected=0", NotSettled(undetected=0.0)),
    ],
)
def test_numbers_go_with_a_name(text, same):
    evidence = sfc.inference.read_evidence(["not-engulfed", text])
    assert evidence.observations == (same,)
    assert evidence_from(evidence_text([text])) == [same]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("life-searched:", "each number needs a name, as in life-searched:planets=40"),
        ("life-searched:1000", "each number needs a name, as in life-searched:planets=40"),
        ("life-searched:planets=", "each number needs a name"),
        ("life-searched:found=1", "'life-searched' has no usual numbers; pass LifeSearched"),
        ("life-searched:planets=4,planets=5", "give planets once"),
        ("life-searched:planet=4", "number of 'life-searched' 'planet'; did you mean 'planets'"),
        ("life-searched:planets=4,found=5", "found is 5; it must be 4 or less"),
        ("life-searched:planets=2.5", "planets is 2.5; it must be a whole number"),
        ("life-searched:planets=many", "planets is 'many'; it must be a whole number"),
        ("life-searched:planets=inf", "planets is 'inf'|planets is inf"),
        ("life-searched:planets=9,completeness=nan", "completeness is nan"),
        ("silence:years=3 kg", "'3 kg' is not convertible to yr"),
        ("none-within:shape=cube", "shape"),
        ("life-serched:planets=4", "unknown evidence 'life-serched'; did you mean 'life-searched'"),
        ("nothing-visible:planets=4", "'nothing-visible' takes no numbers"),
        ("earth-history:planets=4", "'earth-history' takes no numbers"),
    ],
)
def test_bad_numbers_of_a_name_are_refused_in_one_line(text, message):
    with pytest.raises(sfc.InputError, match=message) as refused:
        sfc.inference.read_evidence(text)
    assert "\n" not in str(refused.value)


def test_the_page_of_the_command_line_has_every_number():
    from sfc_sim.inference.evidence import OBSERVATIONS

    page = Path(__file__).parents[2] / "docs" / "reference" / "command-line.rst"
    rows = page.read_text(encoding="utf-8").split("   * - ")
    kinds = {name: type(usual) for name, usual in OBSERVATIONS.items()}
    for name, kind in {**kinds, "life-searched": LifeSearched}.items():
        row = next(row for row in rows if row.startswith(f"``{name}``"))
        assert all(f"``{field.name}``" in row for field in fields(kind))


@pytest.mark.parametrize(
    ("observation", "words"),
    [
        (LifeSearched(1), "life found on 0 of 1 planet"),
        (LifeSearched(12345, 3, 0.9), "life found on 3 of 12,345 planets, completeness 0.9"),
        (LifeSearched(2, 0, 1.0, 0.01), "life found on 0 of 2 planets, false positives 0.01"),
        (
            Silence(detection=0.1),
            "no emission has crossed Earth for 60 yr, each found with chance 0.1",
        ),
        (NoWasteHeat(), "none of 18,600 galaxies with waste heat, chance 0.01 each"),
    ],
)
def test_what_was_observed_in_words(observation, words):
    assert observation.meaning == words
