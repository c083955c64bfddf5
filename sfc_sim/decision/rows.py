"""The rows of a study by anthropic theory, and the tables that people read of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite, isnan, log10
from typing import TYPE_CHECKING, Any, Final, final

from sfc_sim._core.digits import count, estimate, with_error
from sfc_sim._core.few import FEWEST, HEAVY, SMALL_SAMPLE
from sfc_sim._core.rows import Column, Document, Row, Table

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "TheoryReport",
    "by_credence",
    "by_scenario",
    "counted",
    "few_draws",
    "rows",
    "steady",
    "tables",
]


def rows(report: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return every variable of a report by theory; one with quantiles or classes is a table."""
    found = {}
    for theory in report["theory"].values.tolist():
        row: dict[str, Any] = {}
        for name, values in report.sel(theory=theory).data_vars.items():
            if values.ndim == 0:
                row[str(name)] = values.item()
            else:
                labels = map(str, values[values.dims[0]].values.tolist())
                row[str(name)] = dict(zip(labels, values.values.tolist(), strict=True))
        found[theory] = row
    return found


def counted(name: str, *places: str) -> Callable[[Row], str]:
    """Return a formatter for quantiles of a count, each with the digits of its own error."""

    def one(row: Row, place: str) -> str:
        value = row[name][place]
        low, high = (row[f"{name}_{end}"][place] for end in ("low", "high"))
        if low == high and len(set(row[name].values())) > 1:  # the last of few draws: no error
            low, high = 0.0, 100.0 * value
        return count(value, 0.5 * (high - low) if isfinite(high) else 0.0)

    return lambda row: " to ".join(one(row, place) for place in places)


def steady(name: str) -> Callable[[Row], str]:
    """Return a formatter for a variable with its standard error."""

    def shown(row: Row) -> str:
        value = row[name]
        if not isfinite(value):
            return "-"
        star = "*" if row.get(f"{name}_ess", FEWEST) < FEWEST else ""
        return with_error(value, row[f"{name}_standard_error"]) + star

    return shown


def volume(name: str, heading: str) -> Column:
    """Return the column of a volume with its standard error."""

    def shown(row: Row) -> str:
        value, error = row[name], row[f"{name}_standard_error"]
        return f"{value:,.0f} ± {error:,.0f}" if error >= 1.0 else with_error(value, error)

    return Column(name, heading, shown, number=True)


def ever(name: str, *places: str) -> Callable[[Row], str]:
    """Return a formatter for quantiles of a date or a distance, which may be never."""

    def one(row: Row, place: str) -> str:
        if not isfinite(row[name][place]):
            return "never"
        ends = (row[f"{name}_{end}"][place] for end in ("low", "high"))
        low, high = (min(end, 2.0 * row[name][place]) for end in ends)
        return count(row[name][place], 0.5 * (high - low))

    return lambda row: " to ".join(one(row, place) for place in places)


def effective(row: Row) -> str:
    """Return the effective draws to three digits."""
    size = row["ess"]
    return f"{round(size, 2 - floor(log10(size))):,.0f}"


def shared(name: str, heading: str) -> Column:
    """Return the column of a variable that has a standard error."""
    return Column(name, heading, steady(name), number=True)


def quantiles(name: str, heading: str, *places: str) -> Column:
    """Return the column of some quantiles of a count."""
    return Column(name, heading, counted(name, *places), number=True)


def passing(name: str, heading: str, *places: str) -> Column:
    """Return the column of some quantiles of what may never be."""
    return Column(name, heading, ever(name, *places), number=True)


def chances(name: str, heading: str, *places: str) -> Column:
    """Return the column of some quantiles of a chance; exact where it has no ends of an error."""

    def one(row: Row, place: str) -> str:
        low, high = (row.get(f"{name}_{end}", row[name])[place] for end in ("low", "high"))
        return estimate(row[name][place], 0.5 * (high - low))

    return Column(name, heading, lambda row: " to ".join(one(row, p) for p in places), number=True)


def exact(name: str, heading: str) -> Column:
    """Return the column of a chance that is known without error."""
    return Column(name, heading, lambda row: estimate(row[name], 0.0), number=True)


TABLES: dict[str, tuple[Column, ...]] = {
    "In the Galaxy, now (what the source counts)": (
        shared("probability_alone_in_galaxy", "alone in\nthe Galaxy (< 1\nexpected)"),
        quantiles("galaxy_number", "civilizations\nN:\nmedian", "0.5"),
        quantiles("galaxy_number", "90 % of\nworlds\n", "0.05", "0.95"),
    ),
    "How many others": (
        shared("probability_alone", "alone in\nuniverse (< 1\nexpected)"),
        quantiles("civilizations_actual", "SFCs per\nuniverse:\nmedian", "0.5"),
        quantiles("civilizations_actual", "90 % of\nworlds\n", "0.05", "0.95"),
        shared("probability_inside", "inside\nunseen\nfronts"),
        Column("ess", "effective\ndraws", effective, number=True),
    ),
    "Nobody else, by two readings; and what we displace": (
        shared("probability_alone_poisson", "no other\nintelligent\ncivilization"),
        shared("probability_no_expanding", "no other\nexpanding\none (SFC)"),
        volume("displaced_worth", "displaced:\nworth to others,\nGly³ of ours"),
    ),
    "The nearest place of an SFC today, and first contact with ours": (
        passing("nearest_now", "nearest\nnow, Gly:\nmedian", "0.5"),
        passing("nearest_now", "90 %\n\n", "0.05", "0.95"),
        shared("probability_contact", "ever met\n\n"),
        passing("first_contact", "first\ncontact,\nGyr", "0.5"),
        passing("first_contact_distance", "as far\nas, Gly\n", "0.5"),
    ),
    "Our own prospects: the chance that a civilization like ours expands": (
        exact("expansion_chance_prior", "prior:\nmean"),
        chances("expansion_chance_prior_quantile", "90 %\n", "0.05", "0.95"),
        shared("expansion_chance", "given what\nis seen: mean"),
        chances("expansion_chance_quantile", "90 %\n", "0.05", "0.95"),
    ),
    "What reducing extinction risk is worth": (
        shared("held_of_alone", "held of\nvolume\nif alone"),
        shared("recovered_share", "recovered\nshare\ns"),
        shared("extinction_discount", "less than if\nnone recover:\ns κ q"),
        shared("discount_with_nobody_else", "less than\nwith nobody\nelse at all"),
    ),
}

FOOTNOTE = (
    f"* theory: its weights have too heavy a tail (k-hat > {HEAVY:g}) or fewer than "
    f"{SMALL_SAMPLE:.0f} effective draws, so its errors are not reliable; number: fewer than "
    f"{FEWEST:.0f} draws carry it. Ask for that theory alone (--theory), or more --draws"
)


@final
@dataclass(frozen=True)
class TheoryReport(Document):
    """The report of a study, a row per theory; and, if given, what `by_cause` says of it."""

    report: xr.Dataset
    causes: xr.Dataset | None = None

    def blocks(self) -> list[Table]:
        """Return the tables for people, the last with notes on all of them."""
        few = few_draws(self.report)
        found = tables(self.report, few)
        if self.causes is not None:
            from sfc_sim.decision.cause_rows import cause_table  # it is made of what is here

            found.append(cause_table(self.causes, few))
        starred = any("*" in cell for table in found for row in table.cells() for cell in row)
        if "scenario_credence" in self.report:
            found.append(by_scenario(self.report, few))
        if "aggregated_discount" in self.report:
            found.append(by_credence(self.report))
        notes = (*found[-1].notes, *self.notes(starred=starred))
        found[-1] = replace(found[-1], notes=notes, hang=2)
        return found

    def notes(self, *, starred: bool) -> tuple[str, ...]:
        """Return notes: the meaning of stars, and theories without precision or discount."""
        attrs, found = self.report.attrs, [FOOTNOTE] if starred else []
        if attrs.get("imprecise"):
            found.append(
                f"! not precise to {attrs['precision']}: {attrs['imprecise']}. More --draws, or "
                "fewer theories"
            )
        if "no_discount" in attrs:
            found.append(f"- {attrs['no_discount']}")
        return tuple(found)

    def records(self) -> list[Row]:
        """Return every variable, a row per theory."""
        return [{"theory": theory, **row} for theory, row in rows(self.report).items()]

    def content(self) -> dict[str, Any]:
        """Return ``theories`` and ``attrs``; and ``causes``."""
        found = {"theories": rows(self.report), "attrs": self.report.attrs}
        if self.causes is None:
            return found
        from sfc_sim.decision.cause_rows import cause_records

        return found | {"causes": cause_records(self.causes)}


def tables(report: xr.Dataset, few: Sequence[str] = ()) -> list[Table]:
    """Return the tables of which a report has a column; the theories of `few` have a star."""
    found = []
    body = tuple(
        {"theory": name + "*" * (name in few), **row} for name, row in rows(report).items()
    )
    for title, every in TABLES.items():
        known = tuple(column for column in every if column.name in report)
        if known:
            found.append(Table((Column("theory"), *known), body, title, group=apart(report)))
    return found


DECISION = "decision weights (to choose by, not to believe)"


def apart(report: xr.Dataset) -> Callable[[Row], str]:
    """Return the line that goes before the rows of decision weights, by row; none before others.

    Examples
    --------
    >>> import xarray as xr
    >>> kinds = {"decision_weight": ("theory", [False, True])}
    >>> apart(xr.Dataset(kinds, {"theory": ["sia", "adt-total"]}))({"theory": "adt-total*"})
    'decision weights (to choose by, not to believe)'
    """
    if "decision_weight" not in report:
        return lambda _: ""
    weights = report["theory"].values[report["decision_weight"].values].tolist()
    return lambda row: DECISION if str(row["theory"]).rstrip("*") in weights else ""


def believed(report: xr.Dataset) -> str:
    """Return the credences of a report in words; those in decision weights apart.

    Examples
    --------
    >>> import xarray as xr
    >>> kinds = {"decision_weight": ("theory", [False, True])}
    >>> given = {"credences": '{"adt-total": 0.75, "sia": 0.25}'}
    >>> believed(xr.Dataset(kinds, {"theory": ["sia", "adt-total"]}, given))
    'sia 0.25; decision weights: adt-total 0.75'
    """
    from sfc_sim.scenario.origin import origin_of  # not before a command runs: it loads NumPy

    credences, group = origin_of(report).listed("credences"), apart(report)
    kinds: dict[bool, list[str]] = {False: [], True: []}
    for name, credence in credences.items():
        kinds[bool(group({"theory": name}))].append(f"{name} {credence:g}")
    theories, weights = (", ".join(kinds[kind]) for kind in (False, True))
    return "; ".join(filter(None, [theories, weights and f"decision weights: {weights}"]))


def by_credence(report: xr.Dataset) -> Table:
    """Return the aggregate over theories, by rule, as a table."""
    body = []
    for rule in report["aggregation"].values.tolist():
        row = report.sel(aggregation=rule)
        value = float(row["aggregated_discount"])
        error = float(row.get("aggregated_discount_standard_error", float("nan")))
        body.append(
            {"rule": f"  {rule}", "told": "-" if isnan(value) else with_error(value, error)}
        )
    title = f"By credence ({believed(report)}): worth less than if nobody recovered, by rule"
    return Table((Column("rule", ""), Column("told", "")), tuple(body), title)


BEFORE: Final = "before the evidence"


def by_scenario(report: xr.Dataset, few: Sequence[str] = ()) -> Table:
    """Return the credences in the scenarios of a mixture, before and by theory, as a table.

    Examples
    --------
    >>> import xarray as xr
    >>> names = {"theory": ["sia"], "scenario": ["one", "two"]}
    >>> held = {f"scenario_credence{end}": (("theory", "scenario"), [[0.75, 0.25]])
    ...         for end in ("", "_standard_error", "_ess")}
    >>> table = by_scenario(xr.Dataset(held | {"prior_credence": ("scenario", [0.5, 0.5])}, names))
    >>> [row["theory"] for row in table.rows]
    ['before the evidence', 'sia']
    """
    scenarios = [str(name) for name in report["scenario"].values]
    before = dict(zip(scenarios, report["prior_credence"].values.tolist(), strict=True))
    body: list[Row] = [{"theory": BEFORE} | {name: f"{c:g}" for name, c in before.items()}]
    for theory, row in rows(report).items():
        told = {name: steady(name)(_of(row, name)) for name in scenarios}
        body.append({"theory": theory + "*" * (theory in few), **told})
    columns = tuple(Column(name, name, number=True) for name in scenarios)
    title = "Credence in each scenario: evidence and theory update it"
    return Table((Column("theory"), *columns), tuple(body), title, group=apart(report))


def _of(row: Row, scenario: str) -> Row:
    """Return the credence in a scenario under its name, with its error and draws."""
    ends = ("", "_standard_error", "_ess")
    return {f"{scenario}{end}": row[f"scenario_credence{end}"][scenario] for end in ends}


def few_draws(report: xr.Dataset) -> list[str]:
    """Return the theories that rest on too few draws for their numbers to be trusted.

    Examples
    --------
    >>> import xarray as xr
    >>> names = {"theory": ["sia", "prior"]}
    >>> few_draws(xr.Dataset({"ess": ("theory", [71.0, 5000.0])}, names))
    ['sia']
    """
    from sfc_sim._core.effective import unsteady

    return [str(name) for name in report["theory"].values[unsteady(report)]]
