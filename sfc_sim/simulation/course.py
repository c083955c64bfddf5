"""The course of one world in time: appearance, coverage, first sight, first contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sfc_sim._core.arguments import validated
from sfc_sim._core.schema import label
from sfc_sim._core.typing import FloatArray
from sfc_sim.expansion.coverage import Coverage, tabulate
from sfc_sim.expansion.grid import cell_rule, grid_of
from sfc_sim.expansion.quiet import log_evident, visible_fraction
from sfc_sim.inference.evidence import EvidenceLike, front_of
from sfc_sim.scenario.scenario import Scenario
from sfc_sim.simulation.sources import world_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["history"]


@validated()
def history(
    scenario_or_draw: Scenario | str | xr.Dataset, *, evidence: EvidenceLike = "nothing-visible"
) -> xr.Dataset:
    """Return the history of one world: of a draw, or of a scenario's median parameters.

    Parameters
    ----------
    scenario_or_draw : Scenario, str or xarray.Dataset
        A dynamic scenario (each parameter at its median), its name or file; or one draw, such
        as ``draws.isel(draw=17)``.
    evidence : str or FrontEvidence, default "nothing-visible"
        Of one of your own, its cone alone is used.
        What is known today, for the times of first sight and first contact; "none" is read as
        not engulfed, without which there is no humanity to see or meet anyone.

    Returns
    -------
    xarray.Dataset
        Dim ``time`` (Gyr): ``appearance_rate`` and ``actual_appearance_rate`` (per Gyr and
        observable-universe-size volume), ``unsaturated``, ``unseen``; ``nothing_sighted`` and
        ``no_contact``, the probability that from today to then humanity's origin has seen no
        front, and that its own front, expanding from today, has met none (1 before today).

    Raises
    ------
    InputError
        If the scenario is static (no dates), or the Dataset holds more than one draw.

    Notes
    -----
    Births that our own expansion precludes are left out: at look-ahead eta' a birth at u keeps
    only the part of its ball min(u - eta_0, eta' - u), see Hanson et al. (2021) for the
    question and :doc:`/explanation/expansion` for the derivation.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> course = history(sfc.sample("cook2022-balanced", 1, rng=3, first=8))
    >>> bool((course.unseen <= course.unsaturated + 1e-12).all())
    True
    """
    import xarray as xr

    front = front_of(evidence)
    plan, parameters = world_of(scenario_or_draw)
    model, background = plan.dated, plan.background
    parameters = model.combine(parameters)
    grid = grid_of(model, parameters, background, refine=3)
    log_rate, log_later = model.log_rate(parameters, grid.times)
    coverage = tabulate(grid, log_rate, log_later)
    speed = float(parameters["expansion_speed"][0])
    log_amount = model.log_amount(parameters)
    log_expanding = log_amount + np.log(parameters["expanding_fraction"])
    log_unit = float(coverage.log_strength(log_expanding)[0]) + np.log(4.0 * np.pi / 3.0)
    conformal = node_conformal_times(coverage)
    lit = np.exp(log_unit) * third_moments(coverage)
    rate = np.exp(log_amount[0] + log_rate[0])
    visible = float(visible_fraction(parameters)[0])
    evident = float(np.exp(log_evident(np.array([visible]), np.array([speed])))[0])
    known = Known(speed, visible, front.cone == "light")
    seen, met = firsts(coverage, conformal, np.exp(log_unit), known)
    columns = {
        "appearance_rate": rate,
        "actual_appearance_rate": rate * np.exp(-(speed**3) * lit),
        "unsaturated": np.exp(-(speed**3) * lit),
        "unseen": np.exp(-evident * lit),
        "nothing_sighted": seen,
        "no_contact": met,
    }
    dataset = xr.Dataset(
        {name: ("time", values) for name, values in columns.items()},
        coords={
            "time": ("time", grid.times[0], {"units": "Gyr", "long_name": "time since Big Bang"}),
            "conformal_time": ("time", conformal, {"units": "Glyr", "long_name": "conformal time"}),
        },
        attrs={
            "scenario": plan.scenario.name,
            "scenario_hash": plan.scenario.hash,
            "scenario_toml": plan.scenario.to_toml(),
            "cosmology": plan.scenario.cosmology,
            "evidence": front.name,
            "parameters": ", ".join(
                f"{name} = {parameters[name][0]:.6g}" for name in plan.scenario.parameters
            ),
        },
    )
    return label(dataset)


def node_conformal_times(coverage: Coverage) -> FloatArray:
    """Return the conformal times of all grid nodes of the first draw."""
    edges = coverage.grid.edges[0]
    inner = edges[:-1, None] + np.diff(edges)[:, None] * cell_rule().nodes[:5]
    return np.asarray(np.append(inner.ravel(), edges[-1]))


def third_moments(coverage: Coverage) -> FloatArray:
    """Return I_3 at all grid nodes of the first draw."""
    at_edges, inside = coverage.tables.moments[0, :, 3], coverage.tables.third[0]
    return np.append(np.column_stack([at_edges[:-1], inside]).ravel(), at_edges[-1])


class Known(NamedTuple):
    """Speed of all fronts, the share of them that is visible, and whether none of these is."""

    speed: float
    visible: float
    unseen: bool


def firsts(
    coverage: Coverage, conformal: FloatArray, unit: float, fronts: Known
) -> tuple[FloatArray, FloatArray]:
    """Return the probabilities of nothing sighted and of no contact, at all grid nodes."""
    speed, visible = fronts.speed, fronts.visible
    now = coverage.grid.edges[0, coverage.grid.now]
    born = node_births(coverage)
    density = unit * coverage.tables.inside[0].ravel()

    def cube(x: FloatArray) -> FloatArray:
        return np.maximum(x, 0.0) ** 3

    sighted, contact = np.ones(conformal.size), np.ones(conformal.size)
    absent = cube(speed * (now - born))
    known = cube(now - born) if fronts.unseen else absent
    for k in np.flatnonzero(conformal > now):
        light = conformal[k] - born
        ours = np.where(born > now, cube(np.minimum(speed * (born - now), light)), 0.0)
        sighted[k] = np.exp(-visible * density @ (np.maximum(cube(light) - known, 0.0) - ours))
        # Fronts meet half-way between our start and their arrival at our origin, an arrival that
        # may lie beyond the end of time; births after the meeting cancel against our own sphere.
        there = 2.0 * conformal[k] - now
        light = there - born
        ours = np.where(born > now, cube(speed * np.minimum(born - now, light)), 0.0)
        come = cube(speed * light)
        arrivals = visible * np.maximum(come - known, 0.0) - ours
        arrivals += (1.0 - visible) * np.maximum(come - absent, 0.0)
        contact[k] = np.exp(-density @ arrivals)
    return sighted, contact


def node_births(coverage: Coverage) -> FloatArray:
    """Return the conformal times of the Gauss nodes, where births are counted."""
    edges = coverage.grid.edges[0]
    inner = edges[:-1, None] + np.diff(edges)[:, None] * cell_rule().nodes[1:5]
    return np.asarray(inner.ravel())
