"""A study goes in place of draws and weights, wherever both are asked for."""

import dataclasses
import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import xarray as xr
from matplotlib.axes import Axes

import sfc_sim as sfc
from sfc_sim._core.studied import takes_study

pytestmark = pytest.mark.filterwarnings("ignore::sfc_sim.EffectiveSampleSizeWarning")

PAIR = ["draws", "weights"]

ARGUMENTS = {
    "aimed": (["sia"], {"x": "delay", "y": "expansion_speed"}),
    "arrivals_of": (["picked"], {}),
    "chosen_worlds": (["sia", 20], {}),
    "contest": (["shared"], {"size": 20}),
    "delay_cost": ([], {"size": 20}),
    "marginal": ([], {"theory": "sia"}),
    "marginal_shares": (["sia"], {}),
    "median_history": ([], {"theory": "sia"}),
    "realised_saturation": (["sia"], {"size": 2}),
    "retention": (["starlight"], {"size": 20}),
    "worlds": (["sia"], {}),
}
"""What a function is called with beside draws and weights, where it must be or that is fast."""


def public():
    """Return every function that the packages show and that is of draws and weights."""
    names = [module.name for module in pkgutil.iter_modules(sfc.__path__) if module.ispkg]
    found = {}
    for package in (sfc, *(importlib.import_module(f"sfc_sim.{name}") for name in names)):
        for name in getattr(package, "__all__", []):
            thing = getattr(package, name)
            if inspect.isfunction(thing):
                first = list(inspect.signature(thing).parameters)[:2]
                found |= {f"{thing.__module__}.{name}": thing} if first == PAIR else {}
    return {name.removeprefix("sfc_sim."): found[name] for name in sorted(found)}


def test_draws_alone_are_told_what_is_missing():
    with pytest.raises(sfc.InputError, match=r"saturation needs draws and weights.* or a study"):
        sfc.saturation(sfc.sample("finnveden2019", 20, rng=1))


@pytest.fixture(scope="module")
def study():
    return sfc.assess("cook2022-balanced", 1000, rng=7, theories=["prior", "sia"])


def same(one, other):
    """Tell whether two answers are the same, number for number."""
    if isinstance(one, xr.Dataset):
        return one.identical(other)
    if isinstance(one, Axes):
        lines = zip(one.get_lines(), other.get_lines(), strict=True)
        return all(np.array_equal(a.get_xydata(), b.get_xydata(), equal_nan=True) for a, b in lines)
    if dataclasses.is_dataclass(one):
        one, other = vars(one), vars(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray | float):
        return np.array_equal(one, other, equal_nan=True)
    return type(one) is type(other)


@pytest.fixture(scope="module")
def mixed():
    believed = {"cook2022-balanced": 0.5, "finnveden2019": 0.5}
    return sfc.assess(believed, 500, rng=7, theories=["prior"], aim=False)


@pytest.mark.parametrize("name", public())
def test_a_study_is_its_draws_and_weights(study, mixed, name):
    study = mixed if name.endswith("in_scenarios") else study
    function, (rest, named) = public()[name], ARGUMENTS.get(name.split(".")[-1], ([], {}))
    if rest == ["picked"]:
        rest = [sfc.decision.chosen_worlds(study, "sia", 20)]
    found = function(study, *rest, **named)
    assert same(found, function(study.draws, study.weights, *rest, **named))
    if not rest:
        assert same(found, function(study.draws, weights=study.weights, **named))
    assert "or a study, in place of both." in " ".join(inspect.getdoc(function).split())


def test_all_of_them_are_found():
    names = {name.split(".")[-1] for name in public()}
    assert {"saturation", "summarize", "contest", "densities", "read", *ARGUMENTS} <= names


def test_same_tells_answers_apart(study):
    function = sfc.saturation
    assert not same(function(study), function(study, thresholds=(0.1, 0.9)))


def test_a_study_by_name(study):
    assert same(sfc.saturation(draws=study), sfc.saturation(study))


@pytest.mark.parametrize(
    "call",
    [
        lambda study: sfc.saturation(study, study.weights),
        lambda study: sfc.saturation(study, weights=study.weights),
        lambda study: sfc.decision.contest(study, study.weights, "first-come"),
    ],
)
def test_a_study_has_its_own_weights(study, call):
    with pytest.raises(sfc.InputError, match="has its own weights; leave weights out"):
        call(study)


def test_draws_still_want_weights(study):
    with pytest.raises(sfc.InputError, match="draws and weights"):
        sfc.saturation(study.draws)


def test_what_is_no_study_goes_through():
    assert takes_study(lambda draws, weights: (draws, weights))(1, 2) == (1, 2)
