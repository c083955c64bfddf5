"""How far the nearest expanding civilization is, and when our front first meets another.

Births are Poisson in space-time, and a birth that a front precludes adds nothing to what fronts
hold: so the chance that nobody holds a place within a distance, and the chance that no front has
met ours by a date, are exactly exp(-M), with M the births that would have to be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, final

import numpy as np

from sfc_sim._core.quadrature import gauss_legendre
from sfc_sim._core.typing import FloatArray
from sfc_sim.cosmology.background import Background
from sfc_sim.expansion.grid import grid_of

if TYPE_CHECKING:
    from sfc_sim.appearance.base import Dated

__all__ = ["Around", "around", "at_once"]

_SPHERE = 4.0 * np.pi / 3.0
# Of the search: at most so many steps, how near it ends, and the log of where it begins.
_STEPS, _NEAR, _WIDTH = 80, 1e-8, 28.0
# Nodes of the rule in each cell of time.
_RULE = 4

Rows: TypeAlias = "np.ndarray | slice"
Shell: TypeAlias = Callable[[FloatArray, Rows], FloatArray]
_NOBODY = 1e100  # Gly: whose cube is no number is nowhere


@final
@dataclass(frozen=True)
class Around:
    """Births around us in a batch of worlds, and the fronts that they send out.

    Parameters
    ----------
    ago, born : ndarray, shape (draw, node)
        Conformal time from a birth to today, Gly; and births that expand per comoving Gly^3. Four
        nodes for each cell of time, or one where all are born at once.
    ahead, to_come : ndarray, shape (draw, node)
        The same of births after today, and the time until then.
    speed : ndarray, shape (draw,)
        Of all fronts and ours, in units of c.
    seen : ndarray, shape (draw,)
        Share of the births that would be visible in our past light cone, where none is; of the
        others it is known that their fronts are not here.
    span : float
        Conformal time that is left, Gly.

    Examples
    --------
    Nobody but those born today, one per unit ball: the median distance is the root of ln 2.

    >>> one, none = np.ones(1), np.zeros((1, 0))
    >>> today = Around(np.zeros((1, 1)), 0.75 / np.pi * one[:, None], none, none, one, 0 * one, 9.0)
    >>> bool(np.isclose(today.nearest(np.log(2) * one)[0], np.log(2) ** (1 / 3)))
    True
    >>> today.first_contact(np.log(2) * one).round(4)          # fronts meet half-way
    array([0.4425])
    """

    ago: FloatArray
    born: FloatArray
    ahead: FloatArray
    to_come: FloatArray
    speed: FloatArray
    seen: FloatArray
    span: float

    def within(self, distance: FloatArray) -> FloatArray:
        """Return M, the births by now whose front is within a distance (Gly); shape (draw,)."""
        far, begun, seen = distance[:, None], self.speed[:, None], self.seen[:, None]

        def outside(cone: FloatArray) -> Shell:
            """Return the volume from where fronts come this far, and not from within a cone."""
            return lambda time, of: (far[of] + begun[of] * time) ** 3 - (cone[of] * time) ** 3

        found = np.zeros_like(distance)
        if seen.any():
            light = np.ones_like(begun)
            with np.errstate(divide="ignore"):  # before that the cone holds all of these
                until = distance / (1.0 - self.speed)
            found += _births(seen * self.born, self.ago, outside(light), until)
        if (seen < 1.0).any():
            never = np.full_like(distance, np.inf)
            found += _births((1.0 - seen) * self.born, self.ago, outside(begun), never)
        return found

    def met(self, since: FloatArray) -> FloatArray:
        """Return M, the births whose front ours has met by a conformal time from now (Gly).

        Births within our own front are none: it precludes them.
        """
        # Two fronts of one speed close in at twice of it.
        closed, speed = 2.0 * self.speed * since, self.speed[:, None]

        def outside(time: FloatArray, of: Rows) -> FloatArray:
            gone = speed[of] * time
            return np.asarray(np.maximum(closed[of][:, None] - gone, 0.0) ** 3 - gone**3)

        return self.within(closed) + _births(self.to_come, self.ahead, outside, since)

    def nearest(self, depth: FloatArray) -> FloatArray:
        """Return the distance (Gly) at which M is a depth; inf where nobody is born by now."""
        # M is at least what the births by now have in the ball, less what the cone leaves out.
        oldest = np.max(self.ago, axis=1, initial=0.0, where=self.born > 0.0)
        with np.errstate(divide="ignore", over="ignore"):  # of hardly anybody, as of nobody
            most = np.cbrt(depth / (_SPHERE * self.born.sum(axis=1)) + oldest**3)
        return _inverted(self.within, depth, np.where(most < _NOBODY, most, np.inf))

    def first_contact(self, depth: FloatArray) -> FloatArray:
        """Return the conformal time from now (Gly) at which M is a depth; inf if it never is."""
        end = np.full(depth.shape, self.span)
        since = np.full(depth.shape, np.inf)
        # Worlds in which it never is would be searched to the last step, and all others with them.
        ever = np.flatnonzero(self.met(end) >= depth)
        since[ever] = _inverted(self.at(ever).met, depth[ever], end[ever])
        return since

    def at(self, places: np.ndarray) -> Around:
        """Return the same of some of the worlds."""
        own = {name: values[places] for name, values in vars(self).items() if name != "span"}
        return replace(self, **own)


def _births(density: FloatArray, time: FloatArray, shell: Shell, until: FloatArray) -> FloatArray:
    """Return the births in shells, which have a volume up to a time from today.

    In the cell of that time the rule is that of its part: over all of it, where births near today
    alone count, it would miss them or count too many.
    """
    volume = shell(time, slice(None))
    found = np.einsum("ij,ij->i", density, np.maximum(volume, 0.0, out=volume))
    if time.shape[1] >= _RULE:
        rows, own = _cells_of(time, until)
        found[rows] += _in_part(density[own], time[own], lambda at: shell(at, rows), until[rows])
    return np.asarray(_SPHERE * found)


def _cells_of(time: FloatArray, until: FloatArray) -> tuple[np.ndarray, Any]:
    """Return the worlds in which a time falls into a cell, and where its nodes are."""
    first, last = time[:, ::_RULE], time[:, _RULE - 1 :: _RULE]
    nodes, _ = gauss_legendre(_RULE)
    width = (last - first) / (nodes[-1] - nodes[0])
    with np.errstate(divide="ignore", invalid="ignore"):  # a cell may have no width
        part = (until[:, None] - first) / width + nodes[0]
    inside = (part > 0.0) & (part < 1.0) & (until[:, None] > 0.0)
    rows = np.flatnonzero(inside.any(axis=1))
    columns = _RULE * inside.argmax(axis=1)[rows, None] + np.arange(_RULE)
    return rows, (rows[:, None], columns)


def _in_part(
    density: FloatArray,
    time: FloatArray,
    shell: Callable[[FloatArray], FloatArray],
    until: FloatArray,
) -> FloatArray:
    """Return the births in the part of a cell up to a time, less what its own rule has."""
    nodes, weights = gauss_legendre(_RULE)
    width = (time[:, -1] - time[:, 0]) / (nodes[-1] - nodes[0])
    start = time[:, 0] - width * nodes[0]
    share = (until - start) / width
    # Time from today falls from one cell edge to the next in the past, and rises in the future.
    low, high = np.where(width > 0.0, [0.0 * share, share], [share, 1.0 + 0.0 * share])
    at = low[:, None] + (high - low)[:, None] * nodes
    # Births per time as the polynomial through the nodes.
    apart = nodes[:, None] - nodes + np.eye(_RULE)
    terms = (at[:, :, None, None] - nodes) / apart
    terms[:, :, np.arange(_RULE), np.arange(_RULE)] = 1.0
    rate = np.einsum("ijk,ik->ij", terms.prod(axis=3), density / weights)
    born = (high - low)[:, None] * weights * np.maximum(rate, 0.0)
    near = born * np.maximum(shell(start[:, None] + width[:, None] * at), 0.0)
    return np.asarray((near - density * np.maximum(shell(time), 0.0)).sum(axis=1))


def _inverted(
    rises: Callable[[FloatArray], FloatArray], wanted: FloatArray, most: FloatArray
) -> FloatArray:
    """Return where a function that rises from 0 reaches a number, up to `most`; inf if that is.

    In logs of both, by the method of Chandrupatla (1997): a parabola where it is safe, else halves.
    """
    # A little more, as a root may lie at the end, to the last digit.
    high = np.log(np.where(np.isfinite(most), 1.01 * most, 1.0))

    def off(place: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray(np.maximum(np.log(rises(np.exp(place))), -700.0) - np.log(wanted))

    new, old = high, high - _WIDTH
    at_new, at_old = off(new), off(old)
    part = np.full_like(high, 0.5)
    for _ in range(_STEPS):
        place = new + part * (old - new)
        found = off(place)
        same = np.sign(found) == np.sign(at_new)
        third, at_third = np.where(same, new, old), np.where(same, at_new, at_old)
        old, at_old = np.where(same, old, new), np.where(same, at_old, at_new)
        new, at_new = place, found
        if np.all((np.abs(old - new) < _NEAR) | (np.abs(at_new) < _NEAR)):
            break
        part = _parabola(new, old, third, at_new, at_old, at_third)
    best = np.where(np.abs(at_new) < np.abs(at_old), new, old)
    return np.where(np.isfinite(most), np.exp(best), np.inf)


def _parabola(
    a: FloatArray, b: FloatArray, c: FloatArray, at_a: FloatArray, at_b: FloatArray,
    at_c: FloatArray,
) -> FloatArray:  # fmt: skip
    """Return where to look next, as a part of the way from `a` to `b`."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        xi, phi = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
        safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        near = at_a / (at_b - at_a) * at_c / (at_b - at_c)
        far = (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
        part = np.where(safe, near + far, 0.5)
    return np.clip(np.where(np.isfinite(part), part, 0.5), 1e-9, 1.0 - 1e-9)


def around(
    model: Dated,
    parameters: Mapping[str, FloatArray],
    log_expanding: FloatArray,
    speed: FloatArray,
    seen: FloatArray,
    background: Background,
) -> Around:
    """Return the births around us where civilizations appear at their dates.

    Parameters
    ----------
    model : Dated
        How they appear.
    parameters : mapping of str to ndarray, shape (draw,)
        What it reads.
    log_expanding : ndarray, shape (draw,)
        Log of amount x fraction that expands.
    speed, seen : ndarray, shape (draw,)
        See `Around`.
    background : Background
        The universe.

    Examples
    --------
    >>> from sfc_sim.appearance import TableAppearance
    >>> model = TableAppearance([1.0, 10.0, 20.0], [0.0, 1.0, 0.0])
    >>> planck, one = Background.named("Planck18"), np.ones(1)
    >>> found = around(model, {"amount": one}, np.log(100.0 * one), 0.5 * one, one, planck)
    >>> near, far = (found.nearest(np.full(1, d))[0] for d in (0.1, 1.0))
    >>> bool(0.0 < near < far)
    True
    """
    grid = grid_of(model, parameters, background)
    log_rate, _ = model.log_rate(parameters, grid.times)
    nodes, weights = gauss_legendre(_RULE)
    draws, cells = grid.edges.shape[0], grid.edges.shape[1] - 1
    width = np.diff(grid.edges)[:, :, None]
    # Five places a cell: its first edge, and the nodes of the rule.
    inner = np.reshape(log_rate[:, :-1] + grid.log_scale_factor[:, :-1], (draws, cells, 5))[..., 1:]
    volume = np.log(background.observable_volume_now)
    with np.errstate(divide="ignore"):
        log_births = inner + np.log(width * weights) + (log_expanding - volume)[:, None, None]
    ago = grid.edges[:, grid.now, None, None] - (grid.edges[:, :-1, None] + width * nodes)
    births = np.exp(log_births)
    ago = np.broadcast_to(ago, births.shape)  # worlds whose rates are alike share one grid

    def flat(nodes: FloatArray) -> FloatArray:
        return np.reshape(nodes, (births.shape[0], -1))

    return Around(
        flat(ago[:, : grid.now]),
        flat(births[:, : grid.now]),
        flat(-ago[:, grid.now :]),
        flat(births[:, grid.now :]),
        speed,
        seen,
        float(background.event_horizon(background.age)),
    )


def at_once(background: Background, density: FloatArray, speed: FloatArray) -> Around:
    """Return the births around us where all start today, so many per comoving Gly^3.

    Examples
    --------
    >>> found = at_once(Background.named("Planck18"), np.full(1, 0.1), np.ones(1))
    >>> found.nearest(np.full(1, np.log(2))).round(3)                # (3 ln 2 / 0.4 pi) ** 1/3
    array([1.183])
    """
    today, nobody = np.zeros((speed.size, 1)), np.zeros((speed.size, 0))
    span = float(background.event_horizon(background.age))
    return Around(today, density[:, None], nobody, nobody, speed, np.zeros(speed.size), span)
