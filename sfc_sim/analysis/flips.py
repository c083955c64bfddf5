"""The table a sceptic wants: flip one premise at a time, and see the discount.

Every number of this package hangs on premises that serious people contest. Here each is set to its
alternatives, all else as in the report.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, final

import numpy as np

from sfc_sim._core.digits import estimate, with_error, with_sign
from sfc_sim._core.door import validated
from sfc_sim._core.effective import share_of, too_few, unless_few
from sfc_sim._core.errors import known_names, number
from sfc_sim._core.few import FEWEST
from sfc_sim._core.progress import Progress, Report, reporting, unheard
from sfc_sim._core.rows import Column, Table, as_text
from sfc_sim._core.schema import existence_theories, existence_theory, label, require, worlds
from sfc_sim.analysis.assessment import assess_again
from sfc_sim.decision.borders import contest
from sfc_sim.decision.shares import log_rivals
from sfc_sim.decision.study import Study
from sfc_sim.decision.timing import retention
from sfc_sim.distributions import Fixed
from sfc_sim.expansion.displacement import grabbed_share, recovered_by_displacement
from sfc_sim.inference.fronts import FRONTS
from sfc_sim.scenario.conversions import is_static
from sfc_sim.scenario.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["PREMISES", "premise_ranges", "premise_table", "premises"]


ERRED: Final = ("", "_standard_error")


class Answer(NamedTuple):
    """A discount, its standard error, the effective draws it rests on, and their tail."""

    discount: float
    error: float
    ess: float
    k_hat: float


@final
@dataclass(frozen=True)
class Case:
    """The study whose premises are flipped, and the theory looked at."""

    study: Study
    theory: str
    # Makes the report of another scenario; theories of one report may share what it makes.
    rerun: Callable[..., xr.Dataset] | None = None

    @property
    def scenario(self) -> Scenario:
        """What the study is of."""
        return self.study.scenario

    @cached_property
    def alone(self) -> Study:
        """The study of the theory alone."""
        return self.study.only(self.theory)

    @property
    def drawn(self) -> tuple[xr.Dataset, xr.Dataset]:
        """Draws, and weights under the theory alone."""
        return self.alone.draws, self.alone.weights

    def value(self, name: str) -> float:
        """Return a number of the report under the theory."""
        return float(self.alone.report[name].item())

    def of_share(self, share: float, error: float) -> Answer:
        """Return the discount that another recovered share gives: times kappa q."""
        per_share = self.value("similarity_mean") * self.value("retention")
        return self.carried(share * per_share, error * abs(per_share))

    def carried(self, discount: float, error: float) -> Answer:
        """Return an answer that the draws of the report carry."""
        return Answer(discount, error, self.value("ess"), self.value("k_hat"))

    def again(self, scenario: Scenario | str, **changes: Any) -> Answer:
        """Return the discount of another scenario, or evidence: drawn anew, and aimed at it."""
        made = self.rerun or partial(again, self.alone)
        return _answer(made(scenario, **changes), self.theory)


def again(study: Study, scenario: Scenario | str, **changes: Any) -> xr.Dataset:
    """Return the report of another scenario or evidence; its draws may be let go."""
    return assess_again(study, scenario, **changes).report


# What an alternative says, and what is asked for the discount under it.
Row: TypeAlias = "tuple[str, Callable[[], Answer]]"


class Premise(NamedTuple):
    """What is assumed, where it is contested, and what else it might be."""

    says: str
    contested: str
    alternatives: Callable[[Case], Iterator[Row]]


def _answer(report: xr.Dataset, theory: str) -> Answer:
    row = report.sel(theory=theory)
    names = ("extinction_discount", "extinction_discount_standard_error", "ess", "k_hat")
    return Answer(*(float(row[name]) for name in names))


def _theories(case: Case) -> Iterator[Row]:
    for theory in existence_theories(case.study.report):
        if theory != case.theory:
            yield theory, partial(_answer, case.study.report, theory)


def _evidence(case: Case) -> Iterator[Row]:
    for name, front in reversed(FRONTS.items()):
        if front != case.study.front and not is_static(case.scenario):
            yield name, partial(case.again, case.scenario, evidence=front)


def _statistic(case: Case) -> Iterator[Row]:
    names = ("recovered_mean", "recovered_mean_standard_error")
    yield "mean of ratios", lambda: case.of_share(*map(case.value, names))


def _correlation(case: Case) -> Iterator[Row]:
    for share in case.study.report["correlated"].values.tolist():
        yield f"{100 * share:g} % of all civilizations", partial(_correlated, case, share)


def _correlated(case: Case, share: float) -> Answer:
    row = case.alone.report.sel(correlated=share)
    return case.of_share(
        1.0 - row["mcs_correlated"].item(), row["mcs_correlated_standard_error"].item()
    )


def _similarity(case: Case) -> Iterator[Row]:
    for q in (1.0, 0.5, 0.0, -0.5):
        if q != case.value("similarity_mean"):
            yield f"q = {q:g}", partial(_similar, case, q)


def _similar(case: Case, q: float) -> Answer:
    kept, share, error = map(
        case.value, ("retention", "recovered_share", "recovered_share_standard_error")
    )
    return case.carried(share * kept * q, error * kept * abs(q))


def _retention(case: Case) -> Iterator[Row]:
    for weighting in ("volume", "starlight", "horizon"):
        same = weighting == "volume" and case.value("retention") == 1.0
        if weighting != case.study.retention and not same:
            yield weighting, partial(_kept, case, weighting)


def _kept(case: Case, weighting: str) -> Answer:
    found = retention(*case.drawn, weighting)
    kappa, error = (found[name].item() for name in ("retention", "retention_standard_error"))
    q, share, own = map(
        case.value, ("similarity_mean", "recovered_share", "recovered_share_standard_error")
    )
    spread = abs(q) * float(np.hypot(share * error, kappa * own))
    return case.carried(share * kappa * q, spread)


def _borders(case: Case) -> Iterator[Row]:
    for rule in ("shared", "winner-takes-all", "trade"):
        yield rule, partial(_contested, case, rule)


def _contested(case: Case, rule: str) -> Answer:
    share = contest(*case.drawn, rule)
    return case.of_share(
        share["recovered_share"].item(), share["recovered_share_standard_error"].item()
    )


def _together(case: Case) -> Iterator[Row]:
    if "fronts" in case.scenario.gives:
        yield "at once, today", partial(_at_once, case)


def _at_once(case: Case) -> Answer:
    draws, weights = case.drawn
    world = worlds(draws, weights, case.theory)
    rivals = np.exp(log_rivals(draws, world))
    fraction = recovered_by_displacement(rivals)
    # What is at stake is what one grabs if all start at once, not what one does at their dates.
    grabbed = world["volume_alone"] * grabbed_share(rivals)
    return case.of_share(*share_of(world["log_copies"], fraction * grabbed, grabbed))


def _parameter(
    name: str, values: Sequence[float], unit: str = ""
) -> Callable[[Case], Iterator[Row]]:
    """Return the alternatives of a parameter: fixed at other values, where the scenario has it."""

    def alternatives(case: Case) -> Iterator[Row]:
        known = case.scenario.parameters.get(name)
        for value in values if known else ():
            if case.scenario[name].distribution != Fixed(value):
                changed = case.scenario.replace(**{name: value})
                yield f"{value:g}{unit}", partial(case.again, changed)

    return alternatives


def _as_in(name: str, others: Mapping[str, str]) -> Callable[[Case], Iterator[Row]]:
    """Return the alternatives of a parameter: its prior in other scenarios, all else unchanged."""

    def alternatives(case: Case) -> Iterator[Row]:
        known = case.scenario.parameters.get(name)
        for words, other in others.items() if known else ():
            prior = load_scenario(other)[name].distribution
            if case.scenario[name].distribution != prior:
                yield words, partial(case.again, case.scenario.replace(**{name: prior}))

    return alternatives


def _like_us(case: Case) -> Iterator[Row]:
    if case.scenario.options.get("like_us") == "age-and-date":
        changed = case.scenario.replace(like_us="and-lasting")
        yield "and a planet that lasts as long", partial(case.again, changed)


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
    "red dwarfs": Premise("planets of red dwarfs stay habitable or not", "Cook 2022",
        _as_in(
            "longest_habitability",
            {"habitable": "cook2022-red-dwarfs", "over 30 Gyr": "cook2022-flat-red-dwarfs"},
        ),
    ),
    "planets like ours": Premise(
        "civilizations like us share our planet's age and the date", "Cook 2022", _like_us
    ),
    "hard steps": Premise(
        "prior on the number of hard steps", "Cook 2022",
        _as_in("hard_steps", {word: f"cook2022-{word}" for word in ("bearish", "bullish")}),
    ),
    "speed": Premise(
        "speed of fronts", "Hanson et al. 2021", _parameter("expansion_speed", (0.5, 0.99), " c")
    ),
    "expanders": Premise(
        "part of civilizations that expand", "Cook 2022", _parameter("expanding_fraction", (1.0,))
    ),
}  # fmt: skip


@validated()
def premises(
    study: Study,
    *,
    theory: str | None = None,
    only: Sequence[str] | None = None,
    draws: int | None = None,
    precision: float | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Flip one premise at a time to its alternatives, and return the discount.

    Parameters
    ----------
    study : Study
        From `sfc_sim.assess`.
    theory : str, optional
        Whose discount; by default adt-total, or the first of the report.
    only : sequence of str, optional
        Names out of `PREMISES`; by default all that apply to the scenario.
    draws : int, optional
        Of each run that is needed anew, at most; by default as in the report.
    precision : float, optional
        Standard error at which each of these stops. By default as in the report: that of one that
        stopped by itself, none of one of so many draws, nor where `draws` is given.
    progress : bool or callable, optional
        See `sfc_sim.sample`; called with (alternatives done, alternatives in all).

    Returns
    -------
    xarray.Dataset
        Dim ``row``: ``extinction_discount`` and ``change`` from the first row, "as in the report",
        each with its standard error, at most so great for a change; ``ess`` and ``k_hat``;
        coordinates ``premise``, ``alternative``, ``contested``.
        Numbers that fewer than 30 effective draws carry are NaN.
        The attribute ``left_out`` names premises that do not apply.

    Raises
    ------
    InputError
        If a theory or premise is unknown.

    Notes
    -----
    Rows of correlation count all civilizations at large, whenever they come, and not one that
    starts today as ours does: as their share goes to 0 they do not go to the first row.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> premises(study, only=["value of others"]).alternative.values.tolist()
    ['as in the report', 'q = 0.5', 'q = 0', 'q = -0.5']
    """
    theory = existence_theory(study.report, theory)
    chosen = known_names(list(PREMISES) if only is None else only, "only", "premise", PREMISES)
    if precision is not None:
        number(precision, "precision", 1e-6)
    rerun = partial(again, study.only(theory), draws=draws, precision=precision)
    case = Case(study, theory, rerun)
    with reporting(progress, "flipping premises") as told:
        return flipped(case, chosen, told)


def flipped(case: Case, chosen: Sequence[str], told: Report = unheard) -> xr.Dataset:
    """Return the table of chosen premises; see `premises`."""
    import xarray as xr

    base = _answer(case.study.report, case.theory)
    rows: list[tuple[tuple[str, str, str], Answer]] = [(("", "as in the report", ""), base)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = {name: list(PREMISES[name].alternatives(case)) for name in chosen}
        left = [name for name, alternatives in found.items() if not alternatives]
        many = sum(map(len, found.values()))
        for name, alternatives in found.items():
            for words, ask in alternatives:
                rows.append(((name, words, PREMISES[name].contested), ask()))
                told(len(rows) - 1, many)
    texts, numbers = [row[0] for row in rows], np.array([row[1] for row in rows])
    numbers[:, :2] = unless_few(numbers[:, :2], numbers[:, 2:3])
    return label(
        xr.Dataset(
            {
                "extinction_discount": ("row", numbers[:, 0]),
                "extinction_discount_standard_error": ("row", numbers[:, 1]),
                "change": ("row", numbers[:, 0] - numbers[0, 0]),
                # As of independent runs: what runs share of their random numbers makes it less.
                "change_standard_error": ("row", np.hypot(numbers[:, 1], numbers[0, 1])),
                "ess": ("row", numbers[:, 2]),
                "k_hat": ("row", numbers[:, 3]),
            },
            coords={
                name: ("row", [text[k] for text in texts])
                for k, name in enumerate(("premise", "alternative", "contested"))
            },
            attrs=case.study.report.attrs | {"theory": case.theory, "left_out": ", ".join(left)},
        )
    )


@validated()
def premise_table(table: xr.Dataset) -> str:
    """Return the table of premises as text, a line per alternative.

    A discount that rests on fewer than 100 effective draws, or on weights with a heavy tail (k-hat
    above 0.7), is marked with a star; one on fewer than 30 is left out.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> print(premise_table(premises(study, only=["value of others"])).splitlines()[0])
    premise          alternative       discount  change
    """
    require(table, ["change", "ess"], "analysis.premises")
    rows, last = [], ""
    for k in range(table.sizes["row"]):
        row = table.isel(row=k)
        name = str(row["premise"].item())
        first = "" if name == last else name
        compared = bool(name) and not np.isnan(row["change"])
        rows.append(
            {
                "premise": first or ("" if name else "none"),
                "alternative": str(row["alternative"].item()),
                "discount": discount_of(row) if row["ess"] >= FEWEST else "few draws",
                "change": with_sign(*(float(row[f"change{end}"]) for end in ERRED))
                if compared
                else "",
            }
        )
        last = name
    columns = tuple(map(Column, ("premise", "alternative", "discount", "change")))
    notes = tuple(filter(None, [premise_ranges(table)]))
    return as_text(Table(columns, tuple(rows), notes=notes, look="wrapped"))


def discount_of(row: xr.Dataset) -> str:
    """Return the discount of a row with its error, and a star if these do not hold."""
    value, error = (float(row[f"extinction_discount{end}"]) for end in ERRED)
    return with_error(value, error) + "*" * bool(too_few(row["ess"], row["k_hat"]))


def premise_ranges(table: xr.Dataset) -> str:
    """Return over what range the alternatives of each premise move the discount, widest first.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> premise_ranges(premises(study, only=["value of others"])).split(":")[0]
    "Range of the discount over one premise's alternatives, the report's among them"
    """
    require(table, ["change", "ess"], "analysis.premises")
    values, errors = (table[f"extinction_discount{end}"].values for end in ("", "_standard_error"))
    found = []
    for name in dict.fromkeys(table["premise"].values.tolist()):
        own = (table["premise"].values == name) | (table["premise"].values == "")
        places = np.flatnonzero(own & np.isfinite(values))
        if name and places.size > 1:
            ends = places[[np.argmin(values[places]), np.argmax(values[places])]]
            error = float(errors[ends].max())  # of both, so that they read in their order
            low, high = (estimate(float(values[k]), error) for k in ends)
            found.append((float(np.ptp(values[places])), f"{name} {low} to {high}"))
    listed = "; ".join(text for _, text in sorted(found, reverse=True))
    words = "Range of the discount over one premise's alternatives, the report's among them"
    return f"{words}: {listed}" if found else ""
