"""Scenarios in a notebook: one line as text, tables as HTML, and nothing that runs."""

from __future__ import annotations

import pytest

import sfc_sim as sfc
from sfc_sim.scenario.assumed import assumed_of
from tests.hostile import HARMLESS, HOSTILE, SCRIPT_ADDRESSES, Shape, same_shape, worded

BALANCED = sfc.load_scenario("cook2022-balanced")


def test_a_scenario_is_one_line():
    assert repr(BALANCED) == "Scenario('cook2022-balanced', hard-steps x fronts; 10 parameters)"
    mixture = assumed_of({"cook2022-balanced": 0.5, "finnveden2019": 0.5})
    assert repr(mixture) == "ScenarioMixture('0.5 cook2022-balanced + 0.5 finnveden2019')"


def test_all_that_a_scenario_assumes_is_shown():
    shape = Shape(BALANCED._repr_html_())
    for parameter in BALANCED.parameters.values():
        for words in (parameter.name, repr(parameter.distribution), parameter.meaning,
                      parameter.source, parameter.status):  # fmt: skip
            assert words in shape.text
    for claim in BALANCED.claims:
        assert claim.quantity in shape.text
    assert shape.addresses == [BALANCED.reference]


def test_a_mixture_shows_its_scenarios_and_a_claim_itself():
    mixture = assumed_of({"cook2022-balanced": 0.25, "finnveden2019": 0.75})
    text = Shape(mixture._repr_html_()).text
    assert "0.25cook2022-balanced" in text
    assert "0.75finnveden2019" in text
    claim = sfc.load_scenario("sandberg2018-toy").claims[0]
    text = Shape(claim._repr_html_()).text
    assert claim.quantity in text
    assert claim.source in text


def test_no_text_leaves_its_element():
    hostile, harmless = (worded(words, "") for words in (HOSTILE, HARMLESS))
    same_shape(hostile._repr_html_(), harmless._repr_html_())
    same_shape(hostile.claims[0]._repr_html_(), harmless.claims[0]._repr_html_())
    assert Shape(hostile._repr_html_()).text.count(HOSTILE) >= 9  # it is shown as it is
    # The control: the look does see what is not escaped.
    broken = harmless._repr_html_().replace(HARMLESS, HOSTILE)
    with pytest.raises(AssertionError):
        same_shape(broken, harmless._repr_html_())


@pytest.mark.parametrize("address", SCRIPT_ADDRESSES)
def test_an_address_that_is_none_of_the_web_is_no_link(address):
    shape = Shape(worded("words", address)._repr_html_())
    for found in shape.addresses:
        assert found.startswith("http://a/")
        assert found == address
    assert ("a", ("href", "rel")) in shape.elements or address.strip() in shape.text
    same_shape(worded("w", address)._repr_html_(), worded("words", address)._repr_html_())


def test_a_notebook_takes_no_text_for_a_formula():
    html = BALANCED._repr_html_()
    assert html.startswith('<div class="sfc-sim tex2jax_ignore mathjax_ignore">')
