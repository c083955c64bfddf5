"""Models of the user's own go wherever a model of the package goes."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.family import Appearance, Dated, PowerLawAppearance, TableAppearance
from sfc_sim.distributions.declarations import Declared, Interval, option
from sfc_sim.expansion.base import Expansion
from sfc_sim.expansion.displacement import Displacement, Static
from sfc_sim.scenario.scenario import Scenario
from tests.given import unseen

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

POSITIVE = Interval("(0, inf)")
FRONTS = {"expansion_speed": sfc.Uniform(0.3, 1.0), "expanding_fraction": 0.1}


@dataclass(frozen=True)
class Peak(Dated):
    """Civilizations that appear around one date."""

    parameters = (
        Declared("births", "B", "", "civilizations per volume", POSITIVE),
        Declared("middle", "m", "Gyr", "date of the peak", Interval("(0, 30]")),
    )
    amount = "births"
    width: float = option(2.0, "standard deviation of the dates, Gyr", "(0, 10]")

    def onset(self, parameters):
        return np.zeros_like(parameters["middle"])

    def log_rate(self, parameters, times):
        z = (times - parameters["middle"][:, None]) / self.width
        log_rate = -0.5 * z**2 - np.log(self.width * np.sqrt(2.0 * np.pi))
        return log_rate, np.full(times.shape[0], -np.inf)


@dataclass(frozen=True)
class Few(Appearance):
    """A number, whatever the date."""

    parameters = (Declared("few", "F", "", "civilizations per volume", POSITIVE),)
    gives = frozenset({"number", "civilizations"})

    def log_number(self, batch):
        return np.log(batch.parameters["few"])


@dataclass(frozen=True)
class AllOrNothing(Static):
    """Humanity takes all that it reaches if nobody else is there, else nothing."""

    def shares(self, rivals):
        return np.exp(-rivals), -rivals, np.zeros_like(rivals)


def peak(**changes) -> Scenario:
    priors = {"births": sfc.LogUniform(1e-4, 1e6), "middle": "14 Gyr", **FRONTS}
    return Scenario(appearance=Peak(**changes), expansion="fronts", parameters=priors)


def test_a_rate_of_ones_own_is_drawn_aimed_weighed_and_simulated():
    study = sfc.assess(peak(), 2000, theories=["prior", "sia", "adt-total"], rng=7)
    assert (study.report.ess > 300.0).all()
    assert study.report.recovered_share.sel(theory="sia") > study.report.recovered_share[0]
    box = sfc.simulate(peak().replace(births=3000.0), civilizations=50, rng=3)
    assert box.sizes["civilization"] > 0


def test_the_number_of_a_peak_is_what_its_law_says():
    """All that ever appear are as many as were born: the integral of a normal law, cut at 0."""
    draws = sfc.sample(peak(width=1.0), 50, rng=1)
    # the grid's quadrature is right to 1e-3 for a peak of 1 Gyr
    np.testing.assert_allclose(draws.log_intelligent_potential, np.log(draws.births), atol=2e-3)
    wrong = sfc.sample(peak(width=10.0), 50, rng=1)  # the control: 8 % would be born before 0
    gaps = (wrong.log_intelligent_potential - np.log(wrong.births)).values
    assert np.ptp(gaps) < 1e-6
    assert abs(gaps).min() > 0.05


@dataclass(frozen=True)
class Fine(Peak):
    """The same on narrower cells."""

    refine = 8


def test_a_rate_that_changes_faster_than_its_cells_is_refused_or_has_narrower_ones():
    """A peak of .3 Gyr at 30 Gyr, where cells are 4 Gyr wide, had half of its births."""
    changes = {"births": 1.0, "middle": 30.0}
    with pytest.raises(InputError, match=r"cells .* 0.514 born .* 1.07 on .*middle 30.*refine ab"):
        sfc.sample(peak(width=0.3).replace(**changes), 10, rng=1)
    priors = {"expansion_speed": 0.9, "expanding_fraction": 0.1, **changes}
    fine = Scenario(appearance=Fine(width=0.3), expansion="fronts", parameters=priors)
    found = sfc.sample(fine, 10, rng=1).intelligent_potential
    np.testing.assert_allclose(found, 1.0, rtol=0.01)  # as is allowed


def test_a_table_of_a_peak_is_the_peak():
    """Two ways to say one rate give one answer, draw by draw."""
    times = np.linspace(0.01, 26.0, 3000)
    rate = np.exp(-0.5 * ((times - 14.0) / 2.0) ** 2) / (2.0 * np.sqrt(2.0 * np.pi))
    table = Scenario(
        appearance=TableAppearance(times, rate), expansion="fronts",
        parameters={"amount": sfc.Fixed(300.0), **FRONTS},
    )  # fmt: skip
    one = sfc.sample(table, 20, rng=5)
    other = sfc.sample(peak().replace(births=300.0), 20, rng=5)
    for name in ("log_intelligent_potential", "log_civilizations_actual", "volume_grabbed"):
        # grids begin at different dates: 1 % of a volume
        np.testing.assert_allclose(one[name], other[name], rtol=1e-2)


def test_an_amount_that_is_left_out_is_one():
    model = PowerLawAppearance(n=6, abundance=100.0)
    scenario = Scenario(appearance=model, expansion="fronts", parameters=FRONTS)
    assert scenario["amount"].source == "default of the model"
    twice = Scenario(appearance=model, expansion="fronts", parameters={"amount": 2.0, **FRONTS})
    gap = sfc.sample(twice, 5, rng=1).log_intelligent_potential
    gap -= sfc.sample(scenario, 5, rng=1).log_intelligent_potential
    np.testing.assert_allclose(gap, np.log(2.0), rtol=1e-12)


def test_a_number_and_a_law_of_shares_of_ones_own():
    priors = {"few": sfc.LogUniform(1e-3, 1e3), "expansion_speed": 1.0, "expanding_fraction": 1.0}
    scenario = Scenario(appearance=Few(), expansion=AllOrNothing(), parameters=priors)
    draws = sfc.sample(scenario, 100, rng=1)
    share = unseen(draws).volume_grabbed / draws.volume_alone
    np.testing.assert_allclose(share, np.exp(-np.exp(draws.log_covered_final)), rtol=1e-12)
    study = sfc.assess(scenario, 500, theories=["prior"], rng=1)
    assert study.report.recovered_share.item() == pytest.approx(0.0, abs=1e-12)
    swapped = sfc.load_scenario("sandberg2018").replace(expansion=AllOrNothing())
    assert np.isfinite(sfc.sample(swapped, 10, rng=1).volume_grabbed).all()


@dataclass(frozen=True)
class Steady(Dated):
    """A rate with no parameter at all."""

    def onset(self, parameters):
        return np.zeros(1)

    def log_rate(self, parameters, times):
        return np.where(times < 20.0, 0.0, -np.inf), np.full(len(times), -np.inf)

    def breaks(self, grid):
        return [20.0]


def test_a_rate_of_which_nothing_varies_has_a_number_in_every_draw():
    scenario = Scenario(appearance=Steady(), expansion="fronts", parameters=FRONTS)
    draws = sfc.sample(scenario, 7, rng=1)
    # 20 Gyr of one birth each; the step at the end has a cell of 4000 years to itself
    np.testing.assert_allclose(draws.log_intelligent_potential, np.log(20.0), rtol=1e-6)
    static = scenario.replace(expansion="displacement")
    assert sfc.sample(static, 7, rng=1).log_intelligent_potential.shape == (7,)


def test_what_counts_per_galaxy_takes_a_model_without_a_number_of_galaxies():
    compared = sfc.literature.compare([peak(), "finnveden2019"], draws=500, rng=1)
    assert compared.sizes["scenario"] == 2
    assert sfc.analysis.paradox(peak(), draws=500, rng=1).attrs["scenario"] == "own"


@dataclass(frozen=True)
class Annotated(Dated):
    """What it declares has slipped in among its options."""

    parameters: tuple[Declared, ...] = ()

    def onset(self, parameters):
        return np.zeros(1)

    def log_rate(self, parameters, times):
        return np.zeros_like(times), np.zeros(len(times))


@dataclass(frozen=True)
class Misshapen(Steady):
    """A rate that is no number per date."""

    def log_rate(self, parameters, times):
        return np.zeros(3), np.zeros(2)


@dataclass(frozen=True)
class Nameless(Steady):
    """Linear in what is no parameter of it."""

    amount = "nothing"


@dataclass(frozen=True)
class Unsaid(Appearance):
    """It gives a number, and does not say which."""

    gives = frozenset({"number", "civilizations"})


@dataclass(frozen=True)
class OneShare(Static):
    """Less than is asked for."""

    def shares(self, rivals):
        return rivals


@dataclass(frozen=True)
class Taken(Steady):
    """Its parameter is called as a result is."""

    parameters = (Declared("volume_alone", "V", "", "anything", POSITIVE),)


@dataclass(frozen=True)
class Crowded(Displacement):
    """Another model, that derives from one of the package."""


class Posing(Displacement):
    name = "displacement"


class Twice(Steady):
    """Its parameter is called as one of fronts is."""

    parameters = (Declared("expansion_speed", "v", "", "anything", POSITIVE),)


def local() -> Scenario:
    @dataclass(frozen=True)
    class Local(Steady):
        pass

    return Scenario(Local(), "fronts", FRONTS)


def drawn(appearance: object, expansion: object = "fronts") -> None:
    sfc.sample(Scenario(appearance, expansion, FRONTS), 5, rng=1)


def test_one_that_derives_from_ours_comes_back_as_itself():
    toy = sfc.load_scenario("sandberg2018-toy")
    scenario = Scenario.from_toml(toy.to_toml().replace('"displacement"', f'"{Crowded()}"'))
    assert type(scenario.expansion) is Crowded
    assert type(Scenario.from_toml(scenario.to_toml()).expansion) is Crowded


def test_it_comes_back_from_text_and_copies():
    scenario = peak(width=3.0)
    assert Scenario.from_toml(scenario.to_toml()) == scenario
    assert copy.deepcopy(scenario) == scenario
    assert scenario.replace(width=4.0).appearance == Peak(width=4.0)
    assert ":Peak" in str(scenario.appearance)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: peak(width=20.0), r"width must be a number in \(0, 10\], got 20"),
        (lambda: Scenario(3, "fronts", {}), "appearance is 3; it must be a model"),
        (lambda: Scenario("hard-step", "fronts", {}), "did you mean 'hard-steps'"),
        (lambda: Scenario("no.such:Model", "fronts", {}), "is not found here: install"),
        (lambda: Scenario("math:sqrt", "fronts", {}), "must be a class derived from"),
        (lambda: Scenario("table", "fronts", FRONTS), "option times of 'table' is missing"),
        (lambda: Scenario(Peak(), "fronts", FRONTS), "parameter births is missing"),
        (lambda: sfc.sample(Scenario(Few(), "fronts", {"few": 1.0, **FRONTS}), 5), "needs dates"),
        (lambda: Scenario(Peak, "fronts", {}), r"is the class Peak; pass a model, Peak\(\)"),
        (lambda: sfc.sample(Peak(), 5), "is a model; make a scenario of it"),
        (lambda: Scenario(Peak(), "fronts", {"midle": 9.0}), "did you mean 'middle'"),
        (lambda: drawn(Annotated()), "parameters of Annotated has an annotation"),
        (lambda: drawn(Misshapen()), r"returns arrays of shape \(3,\) and \(2,\)"),
        (lambda: drawn(Nameless()), "amount of .* is 'nothing', no parameter of it"),
        (lambda: drawn(Unsaid(), "displacement"), "its class must define log_number"),
        (lambda: drawn(Steady(), OneShare()), "must return three arrays"),
        (lambda: drawn(Taken()), "'volume_alone' of .* is the name of a result"),
        (lambda: drawn(Twice()), "'expansion_speed' of 'fronts' is declared twice"),
        (local, "class is defined inside a function"),
        (lambda: drawn("drake", Posing()), "has the name 'displacement' of another model or of"),
        (lambda: peak().replace(appearance="windows"), "appearance cannot be replaced"),
        (lambda: Interval("0 to 1"), "an interval is '0 to 1'; allowed such as"),
        (lambda: Declared("a", "a", "", "it", "(0, 1)"), "must be an Interval"),
        (
            lambda: sfc.sample(
                Scenario(PowerLawAppearance(n=6), "fronts", {"amount": 1.0, **FRONTS}), 5
            ),
            "abundance of a power law was not chosen",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(make, message):
    with pytest.raises(InputError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_model_of_a_script_is_not_written_to_a_file(tmp_path, monkeypatch):
    """What another Python could not find is refused now, not when it is read."""
    monkeypatch.setattr(Peak, "__module__", "__main__")
    study = sfc.assess(sfc.load_scenario("sandberg2018-toy"), 50, theories=["prior"], rng=1)
    with pytest.raises(InputError, match="has its class in this script, so no file can name it"):
        sfc.save_scenario(peak(), tmp_path / "peak.toml")
    with pytest.raises(InputError, match="has its class in this script, so no file can name it"):
        dataclasses.replace(study, scenario=peak()).save(tmp_path / "study.nc")
    assert not list(tmp_path.iterdir())
    assert study.save(tmp_path / "study.nc").is_file()  # the control


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"refine": 0}, r"refine of '.*:Steady' is 0; it must be a whole number"),
        ({"refine": "x"}, r"refine of '.*:Steady' is 'x'"),
        ({"breaks": lambda *_: None}, "breaks is None; it must be a finite number"),
        ({"breaks": lambda *_: [np.nan]}, r"breaks is \[nan\]; .* without NaN"),
    ],
)
def test_cells_that_are_none_are_refused(changes, message, monkeypatch):
    for name, value in changes.items():
        monkeypatch.setattr(Steady, name, value)
    with pytest.raises(InputError, match=message):
        sfc.sample(Scenario(appearance=Steady(), expansion="fronts", parameters=FRONTS), 3, rng=1)


@dataclass(frozen=True)
class TooMuch(Static):
    """Shares that are none."""

    grabbed: float = option(2.0, "what is taken", "[0, 3]")
    recovered: float = option(0.0, "what is recovered", "[0, 3]")

    def shares(self, rivals):
        whole = np.full_like(rivals, self.grabbed)
        return whole, np.log(whole) - 1e-9, np.full_like(rivals, self.recovered)


@pytest.mark.parametrize("changes", [{}, {"grabbed": 1.0, "recovered": 0.5}])
def test_shares_that_do_not_go_together_are_refused(changes):
    scenario = sfc.load_scenario("sandberg2018").replace(expansion=TooMuch(**changes))
    with pytest.raises(InputError, match=r"TooMuch' do not go together: .* 1 - U / A"):
        sfc.sample(scenario, 3, rng=1)
    right = scenario.replace(grabbed=1.0, recovered=0.0)
    assert sfc.sample(right, 3, rng=1).recovered_fraction.values.tolist() == [0.0] * 3


@dataclass(frozen=True)
class Bare(Expansion):
    """It returns volumes and nothing else."""

    parameters = Static.parameters
    gives = frozenset({"volumes"})
    needs = frozenset({"number"})

    def follow(self, batch):
        one = np.ones_like(batch.parameters["expansion_speed"])
        return {"volume_alone": one, "volume_grabbed": one, "volume_marginal": one}


def test_an_expansion_that_returns_too_little_is_told_all_that_is_missing():
    scenario = sfc.load_scenario("sandberg2018").replace(expansion=Bare())
    with pytest.raises(InputError, match=r"returns no log_observers_like_us, .*, log_covered_f"):
        sfc.sample(scenario, 3, rng=1)
