"""Shapes that people have: samples, stated quantiles, laws of scipy, and classes of their own."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import sfc_sim as sfc
from sfc_sim._core.errors import InputError
from sfc_sim.cli.settings import read_setting
from sfc_sim.distributions import (
    MAKERS,
    Distribution,
    Empirical,
    Quantiles,
    ScipyLaw,
    between,
    law_from_text,
    pert,
    samples,
    student_t,
    triangular,
    truncated_normal,
)

U = np.array([1e-12, 1e-3, 0.05, 0.3, 0.5, 0.77, 0.95, 0.999])
OURS = sfc.load_scenario("finnveden2019")


def test_samples_have_the_quantiles_of_numpy() -> None:
    values = np.random.default_rng(1).lognormal(size=101)
    law = Empirical(values)
    np.testing.assert_allclose(law.ppf(U), np.quantile(values, U), rtol=1e-14)
    np.testing.assert_allclose(law.cdf(law.ppf(U)), U, rtol=1e-9, atol=1e-15)
    assert law.mean() == pytest.approx(law.ppf((np.arange(1e5) + 0.5) / 1e5).mean(), rel=1e-12)
    assert Empirical(values[::-1]) == law
    assert "101 values" in repr(law)


def test_equal_samples_are_a_point() -> None:
    law = Empirical([1, 2, 2, 4])
    assert law.ppf([1 / 3, 0.5, 2 / 3]).tolist() == [2.0, 2.0, 2.0]
    assert law.cdf([np.nextafter(2, 0), 2.0]).round(9).tolist() == [0.333333333, 0.666666667]
    with pytest.raises(InputError, match="no log density"):
        law.logpdf(1.5)


@pytest.mark.parametrize(("lo", "hi"), [(0.1, 20.0), (-3.0, 2.0)])
def test_two_quantiles_are_the_law_between(lo: float, hi: float) -> None:
    two, other = Quantiles([lo, hi], [0.05, 0.95]), between(lo, hi)
    np.testing.assert_allclose(two.ppf(U), other.ppf(U), rtol=1e-12)
    np.testing.assert_allclose(two.logpdf(other.ppf(U)), other.logpdf(other.ppf(U)), rtol=1e-11)
    assert two.mean() == pytest.approx(other.mean(), rel=1e-12)


@pytest.mark.parametrize(
    "law",
    [
        Quantiles([1, 3, 20]),
        Quantiles([-1, 0, 5], [0.1, 0.5, 0.8]),
        Quantiles([0, 0.01, 0.1, 0.6, 1], [0, 0.05, 0.5, 0.95, 1]),
        Quantiles([0.1, 0.2, 3, 4], [0, 0.05, 0.5, 1]),
    ],
    ids=repr,
)
def test_quantiles_are_met_and_the_rest_follows(law: Quantiles) -> None:
    np.testing.assert_allclose(law.ppf(law.at), law.values, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(law.cdf(law.ppf(U)), U, rtol=1e-9, atol=1e-15)
    z = np.linspace(-8, 8, 200_001)
    x = law.ppf(stats.norm.cdf(z))
    density = np.exp(-0.5 * z * z)
    assert law.mean() == pytest.approx(float(x @ density / density.sum()), rel=1e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (truncated_normal(1, 2, 0, 4), stats.truncnorm(-0.5, 1.5, 1, 2)),
        (truncated_normal(0, 1, 6), stats.truncnorm(6, np.inf)),
        (student_t(4, 1, 2), stats.t(4, 1, 2)),
        (ScipyLaw("weibull_min", [1.7], scale=3), stats.weibull_min(1.7, scale=3)),
        (ScipyLaw("pareto", [1.5], upper=9), stats.truncpareto(1.5, 9)),
    ],
)
def test_laws_of_scipy(ours: ScipyLaw, theirs: Any) -> None:
    x = theirs.ppf(U)
    np.testing.assert_allclose(ours.ppf(U), x, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(ours.cdf(x), U, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(ours.logpdf(x), theirs.logpdf(x), rtol=1e-9)
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-8)
    assert ours.scaled(2.0).ppf(0.3) == pytest.approx(2.0 * ours.ppf(0.3))


def test_ends_of_scaled_laws_move_with_them() -> None:
    assert truncated_normal(1, 2, 0, 4).scaled(1000).support == (0.0, 4000.0)
    assert Quantiles([1, 3, 20]).scaled(2).values == (2, 6, 40)


@pytest.mark.parametrize(
    "law",
    [Empirical([1, 2, 4]), Quantiles([1, 3, 20]), ScipyLaw("gamma", [2], lower=1), pert(1, 2, 6)],
    ids=repr,
)
def test_they_travel(law: Distribution) -> None:
    assert Distribution.from_dict(law.to_dict()) == law == pickle.loads(pickle.dumps(law))
    mine = OURS.replace(abiogenesis=law)
    assert sfc.Scenario.from_toml(mine.to_toml()) == mine


def test_every_function_is_a_kind_in_files_and_in_a_shell(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,5\n2,6\n")
    calls: dict[str, tuple[dict[str, Any], str]] = {
        "between": ({"lo": 1, "hi": 9, "mass": 0.8}, "between(1, 9, 0.8)"),
        "samples": ({"file": str(path), "column": "b"}, f"samples('{path}', column='b')"),
        "triangular": ({"lo": 1, "mode": 2, "hi": 6}, "triangular(1, 2, 6)"),
        "pert": ({"lo": 1, "mode": 2, "hi": 6}, "pert(1, 2, hi=6)"),
        "truncated-normal": ({"mu": 0, "sigma": 1, "lower": 0}, "truncated_normal(0, 1, 0)"),
        "gamma": ({"shape": 2, "scale": 3}, "gamma(2, 3)"),
        "pareto": ({"lo": 1, "exponent": 2}, "pareto(1, 2)"),
        "student-t": ({"freedom": 4}, "student_t(4)"),
    }
    assert set(calls) == set(MAKERS)
    for kind, (table, text) in calls.items():
        law = Distribution.from_dict({"kind": kind, **table})
        assert law == law_from_text(text, "x") == read_setting(f"x={text}")[1]


def test_a_file_of_samples_stands_beside_the_scenario(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "mine.csv").write_text("\ufefffraction\n0.1\n0.2\n0.4\n", encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(
        'base = "finnveden2019"\nname = "mine"\n[parameters.intelligence_fraction]\n'
        'source = "my chain"\nstatus = "assumed"\n'
        'distribution = { kind = "samples", file = "mine.csv" }\n'
    )
    mine = sfc.load_scenario(path)
    assert mine["intelligence_fraction"].distribution == Empirical([0.1, 0.2, 0.4])
    (tmp_path / "mine.csv").unlink()  # the scenario holds the numbers
    assert sfc.Scenario.from_toml(mine.to_toml()) == mine


def test_more_samples_than_a_file_should_hold_become_quantiles(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=30_000)
    np.savetxt(tmp_path / "many.csv", values)
    law = samples(tmp_path / "many.csv")
    assert len(law.values) == 10_000
    np.testing.assert_allclose(law.ppf(U[1:]), np.quantile(values, U[1:]), atol=2e-3)


@pytest.mark.parametrize(
    ("content", "column", "words"),
    [
        ("a,b\n1,2\n3,x\n", "b", "line 3: 'x' is no finite number"),
        ("a,b\n1,2\n3,\n", "b", "line 3: the value is missing"),
        ("a,b\n1,2\n3\n", "b", "line 3: the value is missing"),
        ("a\n1\n\n3\n", None, "line 3: the value is missing"),
        ("a\n1\nnan\n", None, "line 3: 'nan' is no finite number"),
        ("a\n5\n", None, "needs two different numbers, got 1"),
        ("a\n5\n5\n", None, "needs two different numbers, got 1"),
        ("a\n", None, "needs two different numbers, got 0"),
        ("", None, "is empty"),
        ("a,b\n1,2\n", None, "has 2 columns; name one: a, b"),
        ("speed,delay\n1,2\n", "dely", "did you mean 'delay'?"),
    ],
)
def test_a_csv_that_cannot_be_used(
    tmp_path: Path, content: str, column: str | None, words: str
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        samples(path, column)
    text = str(caught.value)
    assert words in text
    assert "mine.csv" in text
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ScipyLaw("gama", [2]), "did you mean 'gamma'?"),
        (lambda: ScipyLaw("poisson", [2]), "unknown law of scipy.stats 'poisson'"),
        (lambda: ScipyLaw("gamma", [-1]), "scipy does not allow these shapes (a)"),
        (lambda: ScipyLaw("beta", [1]), "needs 2 shapes (a, b), got 1"),
        (lambda: ScipyLaw("gamma", [1], scale=0), "scale must be positive"),
        (lambda: ScipyLaw("norm", lower=2, upper=1), "lower < upper"),
        (lambda: ScipyLaw("norm", lower=60), "next to nothing of it"),
        (lambda: ScipyLaw("cauchy").mean(), "has no mean"),
        (lambda: sfc.distributions.gamma(0, 1), "gamma: shape is 0; it must be positive"),
        (lambda: student_t(-1), "student_t: freedom is -1"),
        (lambda: triangular(3, 2, 1), "needs lo <= mode <= hi"),
        (lambda: pert(0, 1, 2, -1), "weight is -1"),
        (lambda: Quantiles([1, 2]), "has 2 values at 3 probabilities"),
        (lambda: Quantiles([1, 3, 2]), "must rise"),
        (lambda: Quantiles([1, 2, 3], [0, 0.5, 1]), "two probabilities between 0 and 1"),
        (lambda: Quantiles([1, 2, 3], [5, 50, 95]), "at must lie between 0 and 1"),
        (lambda: Empirical([1, 1]), "two different values"),
        (lambda: Empirical(range(10_001)), "take at most 10,000"),
        (lambda: law_from_text("ScipyLaw('gama', [2])", "delay"), "delay: unknown law"),
        (lambda: Distribution.from_dict({"kind": "pareto", "lo": 1}), "pareto needs exponent"),
        (lambda: Distribution.from_dict({"kind": "gama", "shape": 1}), "did you mean 'gamma'?"),
        (lambda: Distribution.from_dict({"kind": "gamma", "shap": 1}), "did you mean 'shape'?"),
        (lambda: Distribution.from_dict({"kind": "pathlib:Path"}), "no class of a distribution"),
    ],
)
def test_bad_shapes_are_one_clear_line(make: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@dataclass(frozen=True, repr=False)
class Halved(Distribution):
    """Uniform from 0 to top; a class that no file knows by a name."""

    top: float
    note: dict | None = None  # an annotation that the package does not know

    def _support(self) -> tuple[float, float]:
        return 0.0, self.top

    def _mean(self) -> float:
        return self.top / 2

    def _ppf(self, u: np.ndarray) -> np.ndarray:
        return self.top * u

    def _cdf(self, x: np.ndarray) -> np.ndarray:
        return x / self.top

    def _logpdf(self, x: np.ndarray) -> np.ndarray:
        return np.full(x.shape, -np.log(self.top))


OWN = OURS.replace(technology_fraction=Halved(0.5))


def test_a_class_of_ones_own_goes_by_its_path() -> None:
    assert Halved(0.5).to_dict()["kind"].endswith("test_shapes:Halved")
    assert sfc.Scenario.from_toml(OWN.to_toml()) == OWN
    assert sfc.load_scenario("finnveden2019").hash != OWN.hash


def test_a_class_of_ones_own_in_worker_processes(quick: None) -> None:
    here = sfc.sample(OWN, 600, rng=7, aim=["sia"])
    with ProcessPoolExecutor(1) as pool:
        there = sfc.sample(OWN, 600, rng=7, aim=["sia"], executor=pool)
    assert here.equals(there)
    uniform = OURS.replace(technology_fraction=sfc.Uniform(0, 0.5))
    np.testing.assert_allclose(
        sfc.sample(OWN, 50, rng=7)["technology_fraction"],
        sfc.sample(uniform, 50, rng=7)["technology_fraction"],
        rtol=1e-15,
    )


def test_a_class_inside_a_function_is_refused() -> None:
    class Inner(Halved):
        pass

    with pytest.raises(InputError, match=re.escape("define the class at the top of a module")):
        OURS.replace(technology_fraction=Inner(0.5))
