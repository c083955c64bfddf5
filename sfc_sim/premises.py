"""The table a sceptic wants: flip one premise at a time, and see the discount.

Every number of this package hangs on premises that serious people contest. Here each is set to its
alternatives, all else as in the report, with the same random numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import numpy as np

from sfc_sim._errors import unknown
from sfc_sim._tables import aligned
from sfc_sim.conditional import assess_again
from sfc_sim.contest import contest
from sfc_sim.distributions import Fixed
from sfc_sim.expansion.displacement import recovered_by_displacement
from sfc_sim.recall import recall
from sfc_sim.results import label, worlds
from sfc_sim.saturation import log_rivals, ratio_of_sums
from sfc_sim.scenario import Scenario
from sfc_sim.timing import retention

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PREMISES", "premise_table", "premises"]

# Discount and its standard error.
Answer: TypeAlias = "tuple[float, float]"


@final
@dataclass(frozen=True)
class Case:
    """The report whose premises are flipped, and the theory looked at."""

    report: xr.Dataset
    theory: str
    draws: int

    @cached_property
    def scenario(self) -> Scenario:
        """What the report is of."""
        return Scenario.from_toml(self.report.attrs["scenario_toml"])

    @cached_property
    def recalled(self) -> tuple[xr.Dataset, xr.Dataset]:
        """Draws, and weights under the theory alone."""
        return recall(self.report.sel(theory=[self.theory]))

    def value(self, name: str) -> float:
        """Return a number of the report under the theory."""
        return float(self.report[name].sel(theory=self.theory))

    @property
    def per_share(self) -> float:
        """Discount per recovered share: kappa q."""
        return self.value("similarity_mean") * self.value("retention")


Row: TypeAlias = "tuple[str, Callable[[], Answer]]"


class Premise(NamedTuple):
    """What is assumed, where it is contested, and what else it might be."""

    says: str
    contested: str
    alternatives: Callable[[Case], Iterator[Row]]


def _answer(report: xr.Dataset, theory: str) -> Answer:
    row = report.sel(theory=theory)
    return float(row["extinction_discount"]), float(row["extinction_discount_standard_error"])


def _recovered(share: xr.Dataset, case: Case) -> Answer:
    """Return the discount that another recovered share gives, of one theory."""
    names = ("recovered_share", "recovered_share_standard_error")
    found, error = (share[name].item() * case.per_share for name in names)
    return found, abs(error)


def _theories(case: Case) -> Iterator[Row]:
    for theory in case.report["theory"].values.tolist():
        if theory != case.theory:
            yield theory, lambda theory=theory: _answer(case.report, theory)  # type: ignore[misc]


def _evidence(case: Case) -> Iterator[Row]:
    from sfc_sim.saturation import saturation

    def under(evidence: str) -> Answer:
        share = saturation(*recall(case.report.sel(theory=[case.theory]), evidence=evidence))
        return _recovered(share, case)

    for evidence in ("nothing-visible", "not-engulfed", "none"):
        if evidence != case.report.attrs["evidence"]:
            yield evidence, lambda evidence=evidence: under(evidence)  # type: ignore[misc]


def _statistic(case: Case) -> Iterator[Row]:
    yield (
        "mean of ratios",
        lambda: (
            case.value("recovered_mean") * case.per_share,
            case.value("recovered_mean_standard_error") * abs(case.per_share),
        ),
    )


def _correlation(case: Case) -> Iterator[Row]:
    for share in case.report["correlated"].values.tolist():
        row = case.report.sel(theory=case.theory, correlated=share)
        yield (
            f"{100 * share:g} % of all civilizations",
            lambda row=row: (  # type: ignore[misc]
                (1.0 - float(row["mcs_correlated"])) * case.per_share,
                float(row["mcs_correlated_standard_error"]) * abs(case.per_share),
            ),
        )


def _similarity(case: Case) -> Iterator[Row]:
    kept = case.value("retention")
    for q in (1.0, 0.5, 0.0, -0.5):
        if q != case.value("similarity_mean"):
            yield (
                f"q = {q:g}",
                lambda q=q: (  # type: ignore[misc]
                    case.value("recovered_share") * kept * q,
                    case.value("recovered_share_standard_error") * kept * abs(q),
                ),
            )


def _retention(case: Case) -> Iterator[Row]:
    q, share = case.value("similarity_mean"), case.value("recovered_share")

    def under(weighting: str) -> Answer:
        found = retention(*case.recalled, weighting)
        kappa, error = (found[name].item() for name in ("retention", "retention_standard_error"))
        own = case.value("recovered_share_standard_error")
        return share * kappa * q, abs(q) * float(np.hypot(share * error, kappa * own))

    for weighting in ("volume", "starlight", "horizon"):
        same = weighting == "volume" and case.value("retention") == 1.0
        if weighting != case.report.attrs["retention"] and not same:
            yield weighting, lambda weighting=weighting: under(weighting)  # type: ignore[misc]


def _borders(case: Case) -> Iterator[Row]:
    def under(rule: str) -> Answer:
        return _recovered(contest(*case.recalled, rule), case)

    for rule in ("shared", "winner-takes-all", "trade"):
        yield rule, lambda rule=rule: under(rule)  # type: ignore[misc]


def _together(case: Case) -> Iterator[Row]:
    def static() -> Answer:
        draws, weights = case.recalled
        world = worlds(draws, weights, case.theory)
        fraction = recovered_by_displacement(np.exp(log_rivals(draws, world)))
        grabbed = world["volume_grabbed"]
        found = ratio_of_sums(world["log_copies"], fraction * grabbed, grabbed)
        return found[0] * case.per_share, found[1] * abs(case.per_share)

    if case.scenario.expansion == "fronts":
        yield "at once, today", static


def _parameter(
    name: str, values: Sequence[float], unit: str = ""
) -> Callable[[Case], Iterator[Row]]:
    def alternatives(case: Case) -> Iterator[Row]:
        if name not in case.scenario.parameters:
            return
        for value in values:
            if case.scenario[name].distribution != Fixed(value):
                yield f"{value:g}{unit}", lambda value=value: again(case, value)  # type: ignore[misc]

    def again(case: Case, value: float) -> Answer:
        changed = case.scenario.replace(**{name: value})
        report = case.report.sel(theory=[case.theory])
        return _answer(assess_again(report, changed, case.draws), case.theory)

    return alternatives


def _red_dwarfs(case: Case) -> Iterator[Row]:
    known = {
        "cook2022-balanced": "cook2022-red-dwarfs",
        "cook2022-flat": "cook2022-flat-red-dwarfs",
    }
    other = known.get(case.scenario.name)
    if other is not None:
        report = case.report.sel(theory=[case.theory])
        yield "habitable", lambda: _answer(assess_again(report, other, case.draws), case.theory)


def _prior(case: Case) -> Iterator[Row]:
    if case.scenario.name == "cook2022-balanced":
        report = case.report.sel(theory=[case.theory])
        for word in ("bearish", "bullish"):
            yield (
                word,
                lambda word=word: _answer(  # type: ignore[misc]
                    assess_again(report, f"cook2022-{word}", case.draws), case.theory
                ),
            )


PREMISES: Final[dict[str, Premise]] = {
    "anthropic theory": Premise(
        "how many like us there are in a world bears on its weight", "Cook 2022", _theories
    ),
    "evidence": Premise("what is known of others", "Olson & Ord 2021", _evidence),
    "statistic": Premise("stakes count once, a ratio of expectations", "", _statistic),
    "correlation": Premise(
        "our choice decides for humanity alone", "Armstrong 2011", _correlation
    ),
    "value of others": Premise(
        "what others would make of resources", "Brauner & Grosse-Holz 2018", _similarity
    ),
    "value kept": Premise("resources keep their value until others come", "Ord 2021", _retention),
    "borders": Premise("who comes first keeps", "Cook 2022", _borders),
    "dates": Premise("civilizations appear at their dates", "", _together),
    "onset of habitability": Premise(
        "the rise of habitability is dated", "Cook 2022 does not state its form",
        _parameter("habitability_onset", (3.0, 5.0, 9.0), " Gyr"),
    ),
    "red dwarfs": Premise("planets of red dwarfs stay habitable or not", "Cook 2022", _red_dwarfs),
    "hard steps": Premise("prior on the number of hard steps", "Cook 2022", _prior),
    "speed": Premise(
        "speed of fronts", "Hanson et al. 2021", _parameter("expansion_speed", (0.5, 0.99), " c")
    ),
    "expanders": Premise(
        "part of civilizations that expand", "Cook 2022", _parameter("expanding_fraction", (1.0,))
    ),
}  # fmt: skip


def premises(
    report: xr.Dataset,
    *,
    theory: str | None = None,
    only: Sequence[str] | None = None,
    draws: int = 50_000,
) -> xr.Dataset:
    """Flip one premise at a time to its alternatives, and return the discount.

    Parameters
    ----------
    report : xarray.Dataset
        From `sfc_sim.assess`.
    theory : str, optional
        Whose discount; by default adt-total, or the first of the report.
    only : sequence of str, optional
        Names out of `PREMISES`; by default all that apply to the scenario.
    draws : int, default 50,000
        Of runs that are needed anew, at most as many as the report's; with its seed, so that
        differences have little noise.

    Returns
    -------
    xarray.Dataset
        Dim ``row``: ``extinction_discount`` and its standard error, ``change`` from the first row,
        "as in the report"; coordinates ``premise``, ``alternative``, ``contested``. The attribute
        ``left_out`` names premises that do not apply.

    Raises
    ------
    InputError
        If a theory or premise is unknown.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> premises(report, only=["value of others"]).alternative.values.tolist()
    ['as in the report', 'q = 0.5', 'q = 0', 'q = -0.5']
    """
    import xarray as xr

    names = report["theory"].values.tolist()
    if theory is None:
        theory = "adt-total" if "adt-total" in names else names[0]
    elif theory not in names:
        raise unknown("theory", theory, names)
    chosen = list(PREMISES) if only is None else list(only)
    for name in chosen:
        if name not in PREMISES:
            raise unknown("premise", name, PREMISES)
    case = Case(report, theory, min(draws, int(report.attrs["draws"])))
    base, error = _answer(report, theory)
    rows: list[tuple[str, str, str, float, float]] = [("", "as in the report", "", base, error)]
    left = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name in chosen:
            found = list(PREMISES[name].alternatives(case))
            if not found:
                left.append(name)
            for words, ask in found:
                rows.append((name, words, PREMISES[name].contested, *ask()))
    texts, numbers = [row[:3] for row in rows], np.array([row[3:] for row in rows])
    return label(
        xr.Dataset(
            {
                "extinction_discount": ("row", numbers[:, 0]),
                "extinction_discount_standard_error": ("row", numbers[:, 1]),
                "change": ("row", numbers[:, 0] - base),
            },
            coords={
                name: ("row", [text[k] for text in texts])
                for k, name in enumerate(("premise", "alternative", "contested"))
            },
            attrs=report.attrs | {"theory": theory, "left_out": ", ".join(left)},
        )
    )


def premise_table(table: xr.Dataset) -> str:
    """Return the table of premises as text, a line per alternative.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> report = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> print(premise_table(premises(report, only=["value of others"])).splitlines()[0])
    premise          alternative       discount  change
    """
    rows = [("premise", "alternative", "discount", "change")]
    last = ""
    for k in range(table.sizes["row"]):
        row = table.isel(row=k)
        name = str(row["premise"].item())
        shown = "" if name == last else name
        discount, error = (
            float(row[key]) for key in ("extinction_discount", "extinction_discount_standard_error")
        )
        places = 3 if error < 0.005 else 2
        rows.append(
            (
                shown or ("" if name else "none"),
                str(row["alternative"].item()),
                f"{discount:.{places}f}",
                f"{float(row['change']):+.{places}f}" if name else "",
            )
        )
        last = name
    return aligned(rows)
