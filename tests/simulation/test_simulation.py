"""`simulate` and `holders`: the same as the naive simulation, closed forms, and every error."""

from __future__ import annotations

import astropy.units as u
import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.appearance.power_law import PowerLawAppearance
from sfc_sim.distributions import Fixed, LogUniform, Uniform
from sfc_sim.expansion.power_law_universe import PowerLawUniverse
from sfc_sim.simulation.sources import births_of, world_of
from sfc_sim.simulation.tasks import COMPUTED
from sfc_sim.simulation.universe import holders, simulate
from tests import naive_spacetime as naive

SIX = PowerLawAppearance(n=6)
AGE = 13.787
ALWAYS = {
    "position", "birth_time", "birth_conformal_time", "speed", "start_time", "end_time",
    "first_arrival", "first_contact",
}  # fmt: skip


def conformal(time):
    """Conformal time (Gly) of a date in a universe of matter."""
    return 3 * AGE * (np.asarray(time) / AGE) ** (1 / 3)


def unit_box(n: float, candidates: float) -> dict:
    """Return the model and the box in which light crosses as `candidates` would be born."""
    p, today = 3 * n, 3 * AGE
    abundance, volume = 1e4, 4 / 3 * np.pi * today**3
    side = (candidates * volume * today**p / abundance) ** (1 / (p + 3))
    return {"source": PowerLawAppearance(n=n, abundance=abundance), "box": side}


def standard_errors(sample, expected: float) -> float:
    sample = np.asarray(sample, dtype=float)
    return float(abs(sample.mean() - expected) / sample.std(ddof=1) * np.sqrt(sample.size))


def counts(universe) -> np.ndarray:
    many = int(universe.attrs["realisations"])
    first = int(universe.attrs["first"])
    return np.bincount(universe.realisation.values - first, minlength=many)


def same(one, other) -> bool:
    return one.drop_attrs().identical(other.drop_attrs())


# Against the naive twin


MADE = {
    "equal": {"speed": 0.5, "civilizations": 400},
    "mixed": {"speed": Uniform(0.42, 0.55), "civilizations": 700},
    "mixed, quiet, late": {
        "speed": Uniform(0.45, 0.55), "civilizations": 700, "quiet_ratio": 0.7, "delay": 0.8,
        "lifetime": "0.5 Gyr",
    },
    "equal, late": {"speed": 0.8, "civilizations": 700, "delay": "1 Gyr"},
}  # fmt: skip


@pytest.fixture(scope="module", params=MADE)
def made(request):
    return simulate(
        SIX, **MADE[request.param], compute="all", probes=2000, rays=20, rng=3, realisations=2
    )


def test_all_that_happens_is_what_the_naive_simulation_says(made):
    box = float(made.attrs["box"])
    one = made.isel(civilization=made.realisation.values == 1)
    place = one.position.values / box
    birth = one.birth_conformal_time.values / box
    speed = one.speed.values
    assert np.array_equal(np.isfinite(one.start_time.values), speed > 0)
    # Without a delay exactly the birth: rounding would let some see themselves.
    start = np.where(speed > 0, birth, np.inf)
    if float(made.attrs["delay"]) > 0:
        start = conformal(one.start_time.values) / box
    index, _ = naive.survivors(place, birth, speed, quiet=speed == 0, start=np.where(
        speed > 0, np.maximum(start, birth), birth))  # fmt: skip
    assert index.size == birth.size
    arrival, _ = naive.arrivals(place, start, speed)
    contact, _ = naive.contacts(place, start, speed)
    home, front = naive.sights(place, birth, start, speed)
    expected = {
        "first_arrival": arrival, "first_contact": contact,
        "first_sight": home, "first_sight_by_front": front,
    }  # fmt: skip
    for name, times in expected.items():
        # Clock times go back and forth through cubes: a few roundings more.
        assert conformal(one[name].values) / box == pytest.approx(times, rel=1e-11), name
    seen = naive.visible(place, birth, start)
    assert one.visible_at_birth.values.tolist() == seen.tolist()
    assert np.array_equal(one.largest_angle.values > 0, seen > 0)
    assert np.all(one.sky_fraction.values[seen == 0] == 0)


def test_all_variables_have_their_dims_and_units(made):
    assert set(made.data_vars) == ALWAYS | set(COMPUTED) | {
        "final_volume_standard_error", "meeting_first", "meeting_second", "meeting_time",
    }  # fmt: skip
    for name, values in made.items():
        assert values.attrs["units"], name
        assert values.attrs["long_name"], name
    assert made.position.dims == ("civilization", "axis")
    assert made.meeting_time.dims == ("meeting",)
    assert np.all((made.position.values >= 0) & (made.position.values < float(made.attrs["box"])))


def test_dates_and_shares_are_in_their_ranges(made):
    assert np.all(made.start_time >= made.birth_time)
    assert np.all(made.first_arrival > made.birth_time)
    assert np.all(made.first_sight >= made.birth_time)
    assert np.all(made.first_sight <= made.first_arrival)
    assert np.all(made.end_time.values[made.speed.values > 0] == np.inf)
    assert np.all((made.controlled_at_birth >= 0) & (made.controlled_at_birth <= 1))
    for k in range(2):
        one = made.isel(civilization=made.realisation.values == k)
        assert np.all(np.diff(one.birth_time) > 0)
        assert np.all(np.diff(one.controlled_at_birth) >= 0)
    # Meetings are within a realisation, and counted from both sides.
    first, second = made.meeting_first.values, made.meeting_second.values
    assert np.all(made.realisation.values[first] == made.realisation.values[second])
    both = np.bincount(np.append(first, second), minlength=made.sizes["civilization"])
    assert np.array_equal(both, made.neighbours.values)
    # Nobody meets before the first contact, but for rounding.
    contact = made.first_contact.values
    assert np.all(made.meeting_time.values >= contact[first] * (1 - 1e-9))
    assert np.all(made.meeting_time.values >= contact[second] * (1 - 1e-9))


def test_lifetimes_and_delays():
    late = simulate(SIX, **MADE["mixed, quiet, late"], rng=3)
    moved = late.speed.values > 0
    assert late.start_time.values[moved] - late.birth_time.values[moved] == pytest.approx(
        0.8, rel=1e-4
    )
    assert np.all(late.start_time.values[~moved] == np.inf)
    assert np.all(late.first_contact.values[~moved] == np.inf)
    assert late.end_time.values[~moved] == pytest.approx(late.birth_time.values[~moved] + 0.5)


# The same again


@pytest.fixture(scope="module")
def many():
    return simulate(
        SIX, speed=LogUniform(0.5, 0.6), civilizations=550, realisations=5, quiet_ratio=0.2,
        compute="all", probes=500, rays=10, rng=11, threads=1,
    )  # fmt: skip


@pytest.mark.parametrize("threads", [2, 3, None])
def test_threads_change_nothing(many, threads):
    again = simulate(
        SIX, speed=LogUniform(0.5, 0.6), civilizations=550, realisations=5, quiet_ratio=0.2,
        compute="all", probes=500, rays=10, rng=11, threads=threads,
    )  # fmt: skip
    for name in many.data_vars:
        assert many[name].values.tobytes() == again[name].values.tobytes(), name
    assert same(many, again)


@pytest.mark.parametrize("k", [0, 3])
def test_a_realisation_alone_is_the_one_of_many(many, k):
    alone = simulate(
        SIX, speed=LogUniform(0.5, 0.6), civilizations=550, quiet_ratio=0.2, first=k,
        compute="all", probes=500, rays=10, rng=11,
    )  # fmt: skip
    part = many.isel(civilization=many.realisation.values == k)
    assert np.all(alone.realisation == k)
    for name in ALWAYS | set(COMPUTED):
        assert alone[name].values.tobytes() == part[name].values.tobytes(), name


def test_other_seeds_and_realisations_differ(many):
    other = simulate(SIX, speed=0.5, civilizations=400, rng=12)
    assert not np.any(np.isin(other.birth_time, many.birth_time))
    assert np.unique(many.birth_time).size == many.sizes["civilization"]
    assert many.attrs["seed"] == "11"


def test_what_is_computed_besides_changes_nothing(many):
    bare = simulate(
        SIX, speed=LogUniform(0.5, 0.6), civilizations=550, realisations=5, quiet_ratio=0.2, rng=11
    )
    assert set(bare.data_vars) == ALWAYS
    for name in ALWAYS:
        assert bare[name].values.tobytes() == many[name].values.tobytes(), name
    one = simulate(SIX, speed=0.5, civilizations=400, compute="visible_at_birth", rng=11)
    assert set(one.data_vars) == ALWAYS | {"visible_at_birth"}


def test_quantities_may_be_text():
    number = simulate(SIX, speed=0.5, box=40.0, delay=0.1, rng=1)
    text = simulate(SIX, speed=0.5, box="40 Gly", delay="100 Myr", rng=1)
    assert number.birth_time.values == pytest.approx(text.birth_time.values, rel=1e-12)
    assert float(text.attrs["box"]) == 40.0


def test_the_attributes_make_it_again(many):
    again = simulate(
        SIX, speed=LogUniform(0.5, 0.6), box=float(many.attrs["box"]), realisations=5,
        quiet_ratio=0.2, rng=int(many.attrs["seed"]),
    )  # fmt: skip
    assert np.array_equal(again.birth_time, many.birth_time)


def test_progress_is_told():
    told = []
    simulate(SIX, speed=0.5, civilizations=400, realisations=3, rng=1,
             progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


# Statistics


@pytest.fixture(scope="module")
def million():
    return simulate(**unit_box(6, 1e6), speed=1.0, realisations=60, rng=2)


def test_survivors_of_a_million(million):
    """The exact mean is 951.104 (3 standard errors); with p = n instead it is far off."""
    assert standard_errors(counts(million), 951.104) < 3
    exact = float(PowerLawUniverse(n=6).mean_civilizations(1e6))
    assert standard_errors(counts(million), exact) < 3
    assert standard_errors(counts(million), naive.kjma_survivors(1e6, 6)) > 3


def test_the_scale_of_the_box_does_not_matter():
    """Another abundance in another box is the same candidates, to rounding."""
    model, side = unit_box(6, 1e5).values()
    more = PowerLawAppearance(n=6, abundance=model.abundance * 2.0**21)
    one = simulate(model, box=side, speed=0.7, rng=1)
    other = simulate(more, box=side / 2, speed=0.7, rng=1)
    assert other.position.values == pytest.approx(one.position.values / 2, rel=1e-8)
    assert other.birth_conformal_time.values == pytest.approx(
        one.birth_conformal_time.values / 2, rel=1e-8
    )


def test_nobody_is_visible_as_often_as_the_closed_form_says():
    """(s / c)^(3 q) of births: means of 30 boxes, 3 standard errors."""
    seen = simulate(
        SIX, speed=0.75, civilizations=600, realisations=30, compute=["visible_at_birth"], rng=5
    )
    none = (seen.visible_at_birth == 0).groupby(seen.realisation).mean().values
    exact = 0.75 ** (3 * 6 / 7)
    assert standard_errors(none, exact) < 3
    assert standard_errors(none, 0.75**3) > 3
    # So pinned that the median of those is today.
    today = seen.birth_time.where(seen.visible_at_birth == 0).groupby(seen.realisation).median()
    assert standard_errors(today.values, AGE) < 3
    assert standard_errors(today.values, 1.05 * AGE) > 3


def test_at_light_speed_nobody_sees_anyone():
    dark = simulate(SIX, speed=1.0, civilizations=400, compute="all", probes=500, rays=10, rng=2)
    assert np.all(dark.visible_at_birth == 0)
    assert np.all(dark.largest_angle == 0)
    assert dark.first_sight.values == pytest.approx(dark.first_arrival.values, rel=1e-12)


def test_quiet_to_loud():
    quiet = simulate(SIX, speed=0.8, civilizations=600, quiet_ratio=3.0, realisations=3, rng=4)
    loud = np.mean(quiet.speed.values > 0)
    assert abs(loud - 0.25) < 4 * np.sqrt(0.25 * 0.75 / quiet.sizes["civilization"])
    assert np.all(quiet.end_time == np.inf)


# An accelerating universe


NAME, DRAW, SEED = "cook2022-balanced", 123, 5


@pytest.fixture(scope="module")
def planck():
    """About 5 % of space is never reached: fronts end, gaps stay."""
    return simulate(NAME, draw=DRAW, civilizations=1000, realisations=12, rng=SEED)


def test_the_share_never_held_is_what_fronts_leave(planck):
    plan, parameters = world_of(NAME, DRAW, SEED)
    fraction = np.log(parameters["expanding_fraction"])
    table = births_of(
        plan.appearance, plan.appearance.combine(parameters), plan.background, fraction
    )
    speed = float(parameters["expansion_speed"][0])
    left = np.exp(-np.exp(table.log_cover[-1]) * speed**3)
    places = np.random.default_rng(1).uniform(0, float(planck.attrs["box"]), (20_000, 3))
    free = []
    for k in range(12):
        held = holders(planck, places, realisation=k)
        never = held.holder.values == -1
        assert np.array_equal(never, np.isinf(held.held_from.values))
        free.append(never.mean())
    assert 0.01 < left < 0.5
    assert standard_errors(free, left) < 3
    assert standard_errors(free, left**1.2) > 3


def test_times_end(planck):
    end = sfc.Background.named("Planck18").future_conformal_time
    assert np.all(planck.birth_conformal_time < end)
    assert np.all(np.isfinite(planck.birth_time))
    assert np.any(np.isinf(planck.first_contact))
    assert np.any(np.isinf(planck.first_arrival))
    assert np.any(np.isfinite(planck.first_arrival))
    assert not np.any(np.isnan(planck.first_arrival))
    assert planck.attrs["draw"] == str(DRAW)


def test_draws_are_a_source_too():
    draws = sfc.sample(NAME, 130, rng=SEED)
    options = {"civilizations": 100, "rng": 5}
    one = simulate(draws, draw=DRAW, **options)
    other = simulate(NAME, draw=DRAW, **options)
    alone = simulate(draws.isel(draw=DRAW), **options)
    assert one.birth_time.values == pytest.approx(other.birth_time.values, rel=1e-12)
    assert np.array_equal(one.birth_time, alone.birth_time)


def test_nobody_is_a_valid_answer():
    empty = simulate(
        PowerLawAppearance(n=6, abundance=1e-300), background="Planck18", speed=0.5,
        compute="all", rng=1, realisations=3,
    )  # fmt: skip
    assert empty.sizes["civilization"] == 0
    assert empty.sizes["meeting"] == 0
    assert ALWAYS | set(COMPUTED) <= set(empty.data_vars)
    held = holders(empty, np.zeros((2, 3)), realisation=2)
    assert held.holder.values.tolist() == [-1, -1]
    assert np.all(np.isinf(held.held_from))
    rare = simulate(
        PowerLawAppearance(n=6, abundance=1e-30), background="Planck18", speed=0.5,
        compute="all", rng=1,
    )  # fmt: skip
    assert rare.sizes["civilization"] == 0


@pytest.mark.parametrize("speed", [0.5, Uniform(0.45, 0.5)])
def test_realisations_with_nobody_among_others(speed):
    """A small box of rare births: some are empty, and their numbers stay in place."""
    few = simulate(
        NAME, draw=92, speed=speed, civilizations=2, compute="all", probes=100, rays=10,
        realisations=40, rng=SEED,
    )  # fmt: skip
    found = counts(few)
    assert found.min() == 0
    assert found.max() > 0
    assert np.all(few.final_volume >= 0)


# Holders


def test_holders_are_the_naive_owners():
    universe = simulate(SIX, speed=Uniform(0.4, 0.6), civilizations=1200, quiet_ratio=0.3,
                        delay=0.3, realisations=2, rng=3)  # fmt: skip
    box = float(universe.attrs["box"])
    points = np.random.default_rng(0).uniform(0, 1, (300, 3))
    index = np.flatnonzero(universe.realisation.values == 1)
    one = universe.isel(civilization=index)
    start = conformal(one.start_time.values) / box
    who, when = naive.owners(points, one.position.values / box, start, one.speed.values)
    held = holders(universe, points * box, realisation=1)
    assert held.holder.values.tolist() == index[who[:, 0]].tolist()
    assert conformal(held.held_from.values) / box == pytest.approx(when[:, 0], rel=1e-11)
    # The box repeats, and any leading dims are one.
    again = holders(universe, (points * box + box * np.array([1, -2, 0])).reshape(3, 100, 3),
                    realisation=1)  # fmt: skip
    assert np.array_equal(again.holder, held.holder)
    assert holders(universe, points[0] * box, realisation=1).sizes["place"] == 1


def test_holders_of_a_later_first_realisation():
    universe = simulate(SIX, speed=0.5, civilizations=400, first=7, rng=3)
    held = holders(universe, universe.position.values, realisation=7)
    assert np.array_equal(held.holder, np.arange(universe.sizes["civilization"]))
    with pytest.raises(InputError, match=r"realisation is 0; this Dataset has 7 to 7"):
        holders(universe, np.zeros(3))


def test_holders_of_what_was_not_simulated():
    with pytest.raises(InputError, match="simulate"):
        holders(sfc.sample(NAME, 2, rng=1), np.zeros(3))


def test_nothing_is_held_before_it_is_reached_nor_beyond_the_box():
    universe = simulate(SIX, speed=0.5, civilizations=400, rng=3)
    with pytest.raises(InputError, match=r"positions are of shape \(4,\)"):
        holders(universe, np.zeros(4))


# Errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"speed": 0}, r"speed is 0; it must be above 0 and at most 1"),
        ({"speed": -1}, r"speed is -1"),
        ({"speed": 1.5}, r"speed is 1\.5; .*speed of light"),
        ({"speed": Uniform(0.5, 1.5)}, r"speed is from 0\.5 to 1\.5"),
        ({"speed": Fixed(0.0)}, r"speed is 0"),
        ({"speed": None}, r"speed is missing.*speed=0\.5"),
        ({"speed": float("nan")}, r"speed"),
        ({"box": 1.0}, r"a box of 1 Gly is too small.*it needs [\d.]+ Gly"),
        ({"civilizations": 2}, r"too small.*civilizations=\d+"),
        ({"box": 50.0, "civilizations": 100}, r"civilizations and box both"),
        ({"box": -3}, r"box is -3; it must be positive"),
        ({"box": "50 Gyr"}, r"box"),
        ({"civilizations": 0}, r"civilizations is 0"),
        ({"civilizations": float("nan")}, r"civilizations is nan"),
        ({"civilizations": 1e12}, r"civilizations is \d+; they need about .* GB"),
        ({"civilizations": 1e5, "realisations": 10**9}, r"GB"),
        ({"draw": 3}, r"draw is for scenarios"),
        ({"compute": ["first_sigth"]}, r"'first_sigth'; did you mean 'first_sight'\?"),
        ({"compute": "everything"}, r"unknown quantity to compute 'everything'"),
        ({"convention": "exakt"}, r"'exakt'; did you mean 'exact'\?"),
        ({"realisations": 0}, r"realisations is 0"),
        ({"first": -1}, r"first is -1"),
        ({"threads": 0}, r"threads is 0"),
        ({"probes": 0}, r"probes is 0"),
        ({"quiet_ratio": -1}, r"quiet_ratio is -1"),
        ({"delay": -1}, r"delay is -1"),
        ({"delay": "1 Gly"}, r"delay"),
        ({"rng": -1}, r"rng"),
        ({"background": "Plank18"}, r"Plank18.*Planck18"),
        ({"source": 3}, r"source is 3; it must be a scenario"),
        (
            {"source": "sandberg2018"},
            r"no dates of appearance.*scenarios with dates: .*cook2022-balanced",
        ),
        ({"source": NAME, "draw": -1}, r"draw is -1"),
        ({"source": NAME, "background": "Planck18"}, r"background"),
        ({"source": SIX, "background": "Planck18"}, r"abundance"),
    ],
)
def test_errors_say_what_is_wrong(options, words):
    options = {"source": SIX, "speed": 0.5, "rng": 1} | options
    with pytest.raises(InputError, match=words) as caught:
        simulate(**options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n", [0, -2, float("nan")])
def test_powers_must_be_positive(n):
    with pytest.raises(InputError, match="n of a power law"):
        simulate(PowerLawAppearance(n=n), speed=0.5)


def test_the_box_that_an_error_names_is_enough():
    with pytest.raises(InputError) as caught:
        simulate(SIX, speed=0.5, box=1.0, rng=1)
    needs, many = str(caught.value).split("it needs ")[1].rstrip(")").split(" Gly (civilizations=")
    simulate(SIX, speed=0.5, box=float(needs) * 1.001, rng=1)  # four digits are printed
    simulate(SIX, speed=0.5, civilizations=float(many), rng=1)


def test_draws_need_a_choice():
    draws = sfc.sample(NAME, 3, rng=1)
    with pytest.raises(InputError, match="3 draws given"):
        simulate(draws)
    with pytest.raises(InputError, match="draw is 3; these draws have 0 to 2"):
        simulate(draws, draw=3)


@pytest.mark.parametrize(
    ("speed", "same"),
    [
        ("0.5 c", 0.5),
        ("0.5", 0.5),
        (50 * u.percent, 0.5),
        ("149896.229 km/s", 0.5),
        (0.149896229 * u.Gm / u.s, 0.5),
    ],
)
def test_a_speed_with_a_unit_is_that_number(speed, same):
    made = [simulate(SIX, speed=each, civilizations=400, rng=1) for each in (speed, same)]
    assert np.allclose(made[0]["birth_time"], made[1]["birth_time"], rtol=1e-12)


def test_a_law_that_nothing_pins_says_what_to_do():
    with pytest.raises(
        InputError, match=r"in Planck18 nothing pins it; pass abundance=.*, or leav"
    ):
        simulate(SIX, speed=0.5, civilizations=400, background="Planck18")
    dated = PowerLawAppearance(n=6, abundance=1e4)
    assert simulate(dated, speed=0.5, civilizations=400, background="Planck18", rng=1).sizes


def test_all_in_a_list_is_all():
    made = [simulate(SIX, speed=0.5, civilizations=400, compute=c, rays=8, probes=100, rng=1)
            for c in ("all", ["all"])]  # fmt: skip
    assert made[0].identical(made[1])
