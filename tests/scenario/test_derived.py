"""A scenario that is changed no longer says that it is the published one."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

import sfc_sim as sfc
from sfc_sim.report.assumed import assumptions
from sfc_sim.scenario.catalogue import list_scenarios
from sfc_sim.scenario.derived import differences
from sfc_sim.scenario.parameter import Parameter
from sfc_sim.scenario.reading import load_scenario, save_scenario
from sfc_sim.scenario.scenario import Scenario

BALANCED = load_scenario("cook2022-balanced")
SANDBERG = load_scenario("sandberg2018")


def test_a_change_gives_name_title_source_and_assumptions_of_its_own():
    changed = BALANCED.replace(expansion_speed=0.9)
    assert changed.name == "cook2022-balanced+expansion_speed"
    assert changed.title == f"{BALANCED.title} (changed)"
    assert changed.source == "after Cook 2022; changed: expansion_speed"
    assert changed.assumes == f"But for expansion_speed: {BALANCED.assumes}"
    assert changed.reference == BALANCED.reference
    assert changed.claims == ()
    assert (BALANCED.name, BALANCED.source) == ("cook2022-balanced", "Cook 2022")


def test_changes_on_top_of_each_other_are_listed_once():
    changed = BALANCED.replace(expansion_speed=0.9).replace(delay=1.0).replace(expansion_speed=0.8)
    assert changed.name == "cook2022-balanced+expansion_speed+delay"
    assert changed.source == "after Cook 2022; changed: expansion_speed, delay"
    assert changed.title.count("(changed)") == 1
    assert changed.assumes == f"But for expansion_speed, delay: {BALANCED.assumes}"


@pytest.mark.parametrize(
    ("base", "change", "name"),
    [
        (BALANCED, {"delay_form": "exponential"}, "delay_form"),
        (BALANCED, {"cosmology": "WMAP9"}, "cosmology"),
        (BALANCED, {"expansion": "displacement"}, "expansion"),
        (SANDBERG, {"galaxies": 2e12}, "galaxies"),
        (SANDBERG, {"saturating": []}, "saturating"),
    ],
)
def test_options_models_and_cosmology_are_changes_too(base, change, name):
    changed = base.replace(**change)
    assert changed.name == f"{base.name}+{name}"
    assert changed.source.endswith(f"; changed: {name}")
    assert changed.claims == ()


def test_what_is_not_changed_changes_nothing():
    same = {name: p.distribution for name, p in BALANCED.parameters.items()}
    assert BALANCED.replace(**same, delay_form="shift", cosmology="Planck18") == BALANCED
    assert BALANCED.replace() == BALANCED
    # Nor does a name alone: what the source claims still holds.
    assert BALANCED.replace(name="mine").claims == BALANCED.claims


def test_words_that_are_given_stay_as_given():
    words = {"name": "mine", "title": "Mine", "source": "me", "assumes": "All.", "reference": ""}
    changed = BALANCED.replace(expansion_speed=0.9, **words)
    assert {word: getattr(changed, word) for word in words} == words
    again = changed.replace(delay=1.0)
    assert again.name == "mine+delay"
    assert again.source == "after me; changed: delay"


def test_the_header_tells_of_the_change_and_counts_what_is_verified():
    def head(scenario: Scenario) -> dict[str, str]:
        lines = assumptions(scenario, 10, 1, "none").splitlines()
        return dict(line.split(None, 1) for line in lines if line)

    before, after = head(BALANCED), head(BALANCED.replace(hard_steps=3))
    assert "3 verified" in after["parameters"]
    assert "4 verified" in before["parameters"]
    assert after["scenario"].startswith("cook2022-balanced+hard_steps - ")
    assert after["source"].startswith("after Cook 2022; changed: hard_steps")


def edited(old: str, new: str, base: Scenario = BALANCED) -> str:
    text = base.to_toml()
    assert old in text
    return text.replace(old, new, 1)


def test_an_edited_file_cannot_claim_the_published_name(tmp_path):
    path = save_scenario(BALANCED, tmp_path / "mine.toml")
    assert load_scenario(path) == BALANCED
    path.write_text(edited("hi = 4.5", "hi = 3.5"), encoding="utf-8")
    found = load_scenario(path)
    assert found == BALANCED.replace(delay=sfc.LogUniform(0.1, 3.5))
    assert found["delay"].status == "assumed"
    assert found["delay"].source == "set by the user"
    assert found.claims == ()


def test_a_file_that_says_so_itself_keeps_its_words():
    text = edited('source = "Cook 2022"', 'source = "me"').replace("hi = 4.5", "hi = 3.5", 1)
    text = text.replace('source = "Cook 2022, chapter 1, prior on d"', 'source = "my own"')
    found = Scenario.from_toml(text)
    assert (found.name, found.source) == ("cook2022-balanced+delay", "me")
    assert (found["delay"].source, found["delay"].status) == ("my own", BALANCED["delay"].status)
    own = Scenario.from_toml(text.replace('name = "cook2022-balanced"', 'name = "mine"'))
    assert own.name == "mine"
    assert len(own.claims) == len(BALANCED.claims)


def test_an_edited_file_of_another_name_cannot_claim_the_published_source():
    text = edited("hi = 4.5", "hi = 3.5").replace('name = "cook2022-balanced"', 'name = "mine"', 1)
    mine = Scenario.from_toml(text)
    assert (mine.name, mine.source) == ("mine", "after Cook 2022; changed: delay")
    assert (mine["delay"].status, mine["delay"].source) == ("assumed", "set by the user")
    assert mine["hard_steps"].status == "verified"
    assert not mine.claims
    assert Scenario.from_toml(mine.to_toml()) == mine
    again = Scenario.from_toml(mine.to_toml().replace("hi = 3.5", "hi = 3.25", 1))
    assert again.source == mine.source


CATALOGUE = [load_scenario(row.name) for row in list_scenarios()]


def moved(parameter: Parameter) -> Parameter:
    """Return a parameter with another law, within its bounds, that no source says."""
    lo, hi = (max(min(end, 1e30), -1e30) for end in parameter.distribution.support)
    inside = lo * 0.987 if lo == hi else lo + 0.387 * (hi - lo)
    whole = parameter.distribution.integral and hi > 1
    return dataclasses.replace(parameter, distribution=sfc.Fixed(int(lo) + 1 if whole else inside))


@pytest.mark.parametrize("base", CATALOGUE, ids=lambda base: base.name)
@pytest.mark.parametrize("words", [{"name": "mine"}, {"name": "mine", "source": "me"}, {}])
def test_no_changed_law_keeps_its_source_under_any_name(base, words):
    unchanged = Scenario.from_toml(dataclasses.replace(base, **words).to_toml())
    for key, parameter in base.parameters.items():
        assert unchanged[key] == parameter  # a negative control
        if parameter.status != "assumed":
            parameters = {**base.parameters, key: moved(parameter)}
            text = dataclasses.replace(base, parameters=parameters, **words).to_toml()
            mine = Scenario.from_toml(text)
            assert (mine[key].status, mine[key].source) == ("assumed", "set by the user")
            assert all(mine[name] == base[name] for name in parameters if name != key)
            if "source" not in words:
                assert mine.source == f"after {base.source}; changed: {key}"
                assert not mine.claims


def test_a_change_that_a_name_tells_of_already_cannot_claim_a_source_either():
    """Nor the words of one relative with the law of another, or with the same law by another."""
    bullish = load_scenario("cook2022-bullish")["hard_steps"]
    law = dataclasses.replace(bullish, distribution=BALANCED["hard_steps"].distribution)
    told = {"name": "mine", "source": "after Cook 2022; changed: hard_steps"}
    for parameter in (law, moved(bullish)):
        for words in ({}, told):
            parameters = {**BALANCED.parameters, "hard_steps": parameter}
            text = dataclasses.replace(BALANCED, parameters=parameters, **words).to_toml()
            assert Scenario.from_toml(text)["hard_steps"].source == "set by the user"
    parameters = {**BALANCED.parameters, "hard_steps": bullish}
    text = dataclasses.replace(BALANCED, parameters=parameters, name="mine").to_toml()
    assert Scenario.from_toml(text)["hard_steps"] == bullish  # what the source says


def test_another_unit_is_another_law():
    stars = next(n for n, p in SANDBERG.factors.items() if p.unit == "1/yr")
    other = dataclasses.replace(SANDBERG[stars], unit="1/Gyr")
    changed = dataclasses.replace(SANDBERG, parameters={**SANDBERG.parameters, stars: other})
    assert differences(SANDBERG, changed) == [stars]


def test_a_scenario_of_ones_own_that_cites_a_paper_is_left_alone():
    own = BALANCED.replace(delay=1.0, name="mine", source="Cook 2022")
    assert Scenario.from_toml(own.to_toml()) == own
    renamed = BALANCED.to_toml().replace('name = "cook2022-balanced"', 'name = "mine"', 1)
    assert Scenario.from_toml(renamed).claims == BALANCED.claims


def test_a_saved_change_that_is_edited_again_tells_of_both():
    text = edited("hi = 4.5", "hi = 3.5", BALANCED.replace(expansion_speed=0.9))
    found = Scenario.from_toml(text)
    assert found == BALANCED.replace(expansion_speed=0.9, delay=sfc.LogUniform(0.1, 3.5)).replace(
        name="cook2022-balanced+expansion_speed+delay",
        source="after Cook 2022; changed: expansion_speed, delay",
        assumes=f"But for expansion_speed, delay: {BALANCED.assumes}",
    )


@pytest.mark.parametrize("scenario", [BALANCED, SANDBERG], ids=lambda s: s.name)
def test_a_changed_scenario_comes_back_from_text_and_pickle(scenario):
    changed = scenario.replace(expansion_speed=0.9).replace(expanding_fraction=0.5)
    assert Scenario.from_toml(changed.to_toml()) == changed
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert changed.hash != scenario.hash


def test_results_carry_the_name_of_the_change():
    draws = sfc.sample(BALANCED.replace(expansion_speed=0.9), 10, rng=1)
    assert draws.attrs["scenario"] == "cook2022-balanced+expansion_speed"
    assert draws.attrs["scenario_source"] == "after Cook 2022; changed: expansion_speed"


def test_a_comparison_keeps_the_names_of_what_it_was_asked_for():
    table = sfc.literature.compare(
        ["sandberg2018"], theories=["prior"], draws=50, rng=1,
        conversions=sfc.literature.Conversions(galaxies="conselice2016"),
    )  # fmt: skip
    assert table["scenario"].values.tolist() == ["sandberg2018"]


def test_differences():
    other = load_scenario("cook2022-bullish")
    assert differences(BALANCED, other) == ["hard_steps"]
    assert differences(BALANCED, SANDBERG)[:2] == ["appearance", "expansion"]
    assert differences(SANDBERG, SANDBERG.replace(title="Mine")) == []


@pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")
def test_premises_are_changes_of_the_scenario_at_hand():
    """All else equal, under any name: not the published relative of another speed."""
    base = BALANCED.replace(expansion_speed=0.3, expanding_fraction=0.01)
    bullish = load_scenario("cook2022-bullish")
    asked = {"theories": ["prior"], "rng": 7}
    for scenario in (base, base.replace(name="mine")):
        study = sfc.assess(scenario, 1000, **asked)
        rows = sfc.analysis.premises(study, only=["hard steps"])
        row = rows.isel(row=rows["alternative"].values.tolist().index("bullish"))
        changed = base.replace(hard_steps=bullish["hard_steps"].distribution)
        own, published = (
            sfc.assess(s, 1000, **asked).report["extinction_discount"].item()
            for s in (changed, bullish)
        )
        assert row["extinction_discount"].item() == own
        assert abs(own - published) > 0.01  # negative control: the two differ by far
    assert (
        "bullish"
        not in sfc.analysis.premises(sfc.assess(changed, 1000, **asked), only=["hard steps"])[
            "alternative"
        ].values.tolist()
    )
