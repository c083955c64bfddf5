"""What takes a scenario takes its name too, as does the path of its file."""

from __future__ import annotations

import numpy as np
import pytest

import sfc_sim as sfc
from sfc_sim.analysis.posterior import is_product, law_of_product
from sfc_sim.decision.ourselves import expanders_of
from sfc_sim.drake import distribution, lognormal
from sfc_sim.earth import history, measures
from sfc_sim.literature.comparison import why_not
from sfc_sim.scenario.catalogue import uses_of, why_not_run
from sfc_sim.scenario.conversions import Conversions, is_static
from sfc_sim.scenario.premise import premises_of

RATES = {"life": [0.5], "intelligence": [0.5]}
DRAKE, KIPPING, TERMS = "westby2020-strong", "kipping2020", "sandberg2018-toy"
LOGS = dict.fromkeys(sfc.load_scenario(DRAKE).factors, 0.0)
TAKE = [
    (distribution.factors_of, DRAKE, ()),
    (distribution.log10_civilizations, DRAKE, (LOGS,)),
    (distribution.drake_distribution, DRAKE, ()),
    (lognormal.probability_above, DRAKE, (1.0,)),
    (lognormal.distance_rule, DRAKE, ()),
    (lognormal.lognormal_approximation, DRAKE, ()),
    (history.steps_of, KIPPING, ()),
    (history.rates_of, KIPPING, (RATES,)),
    (history.timeline_of, KIPPING, ()),
    (history.log_likelihood, KIPPING, ([1.0, 1.0],)),
    (measures.bayes_factor_fast_life, KIPPING, (0.304,)),
    (measures.evidence_for_never, KIPPING, ("life",)),
    (measures.rare_common_odds, KIPPING, ("life",)),
    (measures.expected_slack, "carter2008", ()),
    (measures.hard_steps_from_slack, "carter2008", (1.0,)),
    (measures.lineweaver_bound, "lineweaver2002", (0.6,)),
    (measures.spiegel_cdf, "spiegel2012-optimistic-log", (0.0,)),
    (law_of_product, TERMS, ()),
    (is_product, TERMS, ()),
    (expanders_of, "cook2022-balanced", ()),
    (premises_of, "cook2022-balanced", ()),
    (is_static, TERMS, ()),
    (why_not, "ord2021", ()),
    (why_not_run, "ord2021", ()),
    (uses_of, "ord2021", ()),
    (Conversions().applied_to, TERMS, ()),
    (Conversions().galaxies_of, TERMS, ()),
]


@pytest.mark.parametrize(
    ("function", "name", "more"), TAKE, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_name_does_what_the_scenario_does(function, name, more):
    found, by_name = (function(each, *more) for each in (sfc.load_scenario(name), name))
    if hasattr(found, "identical"):
        assert by_name.identical(found)
    elif hasattr(found, "log10_number"):
        assert np.array_equal(by_name.log_weight, found.log_weight)
    else:
        assert np.all(by_name == found)
    with pytest.raises(sfc.InputError):  # and what is none is told
        function(f"{name}x", *more)
    with pytest.raises(sfc.InputError):
        function(3, *more)


def test_a_scenario_is_saved_by_its_name(tmp_path):
    path = sfc.save_scenario("ord2021", tmp_path / "mine.toml")
    assert sfc.load_scenario(path) == sfc.load_scenario("ord2021")
