"""The table by cause of extinction as people read it, and as programs do."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Any, Final

from sfc_sim._core.digits import percent, with_error
from sfc_sim._core.rows import Column, Table
from sfc_sim.decision.rows import apart

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["cause_records", "cause_table"]

# Columns of what causes leave: a terminal has no room for more, nor for what hardly counts.
MOST: Final = 3
LEAST: Final = 0.01
ENDS: Final = ("", "_standard_error")


def cause_table(found: xr.Dataset, few: Sequence[str] = ()) -> Table:
    """Return the table that people read: a row per theory, a column for what causes leave.

    Parameters
    ----------
    found : xarray.Dataset
        From `sfc_sim.decision.by_cause`.
    few : sequence of str, optional
        Theories that have a star.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> study = sfc.assess("cook2022-balanced", 2000, rng=7, theories=["prior"])
    >>> table = cause_table(sfc.decision.by_cause(study))
    >>> [column.words for column in table.columns][1:4]
    ['nobody on Earth after us', 'machine 53 %', 'biosphere 47 %']
    """
    from sfc_sim.scenario.origin import origin_of  # not before a command runs: it loads NumPy

    shares = shares_of_outcomes(found)
    words = [word for word, share in shares.items() if share >= LEAST][:MOST]
    places = {word: found["outcome"].values.tolist().index(word) for word in words}
    columns = [
        Column("now", "nobody on\nEarth\nafter us", number=True),
        *(Column(word, f"{word}\n{percent(shares[word])}", number=True) for word in places),
        Column("all", "all, by\nshare of\nthe risk", number=True),
    ]
    body = []
    for theory in found["theory"].values.tolist():
        row = found.sel(theory=theory)
        pairs = [[row[f"extinction_discount{end}"] for end in ENDS]]
        pairs += [[row[f"discount_by_cause{end}"][k] for end in ENDS] for k in places.values()]
        pairs += [[row[f"discount_over_causes{end}"] for end in ENDS]]
        told = [with_error(*map(float, pair)) for pair in pairs]
        cells = {column.name: cell for column, cell in zip(columns, told, strict=True)}
        body.append({"theory": theory + "*" * (theory in few), **cells})
    title = f"By cause of extinction ({origin_of(found).text('causes')}): survival is worth less by"
    notes = tuple(noted(found, word, share) for word, share in shares.items())
    return Table((Column("theory"), *columns), tuple(body), title, notes, apart(found), hang=2)


def shares_of_outcomes(found: xr.Dataset) -> dict[str, float]:
    """Return the share of the risk by what causes leave, the greatest first."""
    pairs = list(zip(found["outcome"].values.tolist(), found["risk_share"].values, strict=True))
    shares = {word: fsum(share for each, share in pairs if each == word) for word, _ in pairs}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))


def noted(found: xr.Dataset, outcome: str, share: float) -> str:
    """Return which causes leave an outcome, and what comes then."""
    own = found.isel(cause=found["outcome"].values == outcome)
    chance, error, worth = (
        float(own[name][0])
        for name in ("successor_chance", "successor_chance_standard_error", "successor_worth")
    )
    names = ", ".join(map(str, own["cause"].values))
    then = f"with chance {with_error(chance, error)}" if chance < 1.0 else "for certain"
    then = f"a successor {then}, worth {worth:.3g} of us" if chance > 0.0 else "no successor"
    return f"{outcome}, {percent(share)} of the risk: {then}; after {names}"


def cause_records(found: xr.Dataset) -> dict[str, Any]:
    """Return every cause by name, with its numbers and words, and those by theory in a table."""
    records: dict[str, Any] = {}
    for name in found["cause"].values.tolist():
        row = found.sel(cause=name)
        told = {str(key): row[key].item() for key in row.coords if found[key].dims == ("cause",)}
        for key, values in row.data_vars.items():
            if found[key].dims == ("cause",):
                told[str(key)] = values.item()
            elif "cause" in found[key].dims:
                theories = row["theory"].values.tolist()
                told[str(key)] = dict(zip(theories, values.values.tolist(), strict=True))
        records[name] = told
    return records
