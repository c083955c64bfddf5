"""Kernels of the mixture against plain NumPy and SciPy twins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_t, norm

from sfc_sim.kernels import mixture

FREEDOM = 5.0
EDGES = np.concatenate([[0.0], np.geomspace(1e-9, 0.05, 20), np.linspace(0.1, 1.0, 19)])
LOG_AMOUNTS = np.log(1e-20) * (1.0 - EDGES)
SLOPES, CUTS = np.array([0.0, 0.5, 1.0, 1.0]), np.array([-2.0, 0.0, 1.0, 700.0])


def parts(d: int, many: int):
    """Centres, lower roots, and what kernels take beside them."""
    rng = np.random.default_rng(d)
    centres = rng.normal(size=(many, d))
    roots = np.tril(rng.normal(size=(many, d, d)))
    roots[:, np.arange(d), np.arange(d)] = rng.uniform(0.3, 2.0, (many, d))
    return centres, roots, np.tril(np.linalg.inv(roots))


def log_t(z, centre, root):
    return np.atleast_1d(multivariate_t(centre, root @ root.T, df=FREEDOM).logpdf(z))


@pytest.mark.parametrize("d", [1, 2, 5])
def test_log_parts(d):
    """Up to a constant of each part, which is that of Student-t over normal."""
    centres, roots, whitening = parts(d, 4)
    z = np.random.default_rng(9).normal(scale=3.0, size=(50, d))
    at_centre = np.array([log_t(c, c, r).item() for c, r in zip(centres, roots, strict=True)])
    log_norms = at_centre + 0.5 * d * np.log(2.0 * np.pi)
    out = np.empty((50, 4))
    mixture.log_parts(z, log_norms, centres, whitening, FREEDOM, out)
    normal = norm.logpdf(z).sum(axis=1)
    for c in range(4):
        assert out[:, c] == pytest.approx(log_t(z, centres[c], roots[c]) - normal, abs=1e-11)


def test_log_sum():
    terms = np.random.default_rng(1).normal(scale=300.0, size=(40, 7))
    terms[3, 2] = -np.inf
    out = np.empty(40)
    mixture.log_sum(terms, out)
    assert out == pytest.approx(logsumexp(terms, axis=1), rel=1e-13, abs=1e-11)


@pytest.mark.parametrize("sizes", [(), (3,), (2, 4)])
def test_em_step(sizes):
    """The sums of expectation-maximisation, written plainly."""
    d, many, n = 2, 3, 60
    rng = np.random.default_rng(4)
    centres, roots, whitening = parts(d, many)
    z, weight = rng.normal(size=(n, d)), rng.dirichlet(np.ones(n))
    tables = np.hstack([rng.dirichlet(np.ones(s), many) for s in sizes] or [np.empty((many, 0))])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)[: len(sizes)]
    shape = (n, len(sizes))
    codes = rng.integers(0, sizes or 1, shape) + starts
    shares = rng.dirichlet(np.ones(many))
    own = np.array([log_t(z, centres[c], roots[c]) for c in range(many)]).T
    own += np.log(shares)
    for c in range(many):
        own[:, c] += np.log(tables)[c, codes].sum(axis=1)
    w = weight[:, None] * np.exp(own - logsumexp(own, axis=1, keepdims=True))
    away = z[:, None, :] - centres
    distance = (np.einsum("cjk,ick->icj", np.linalg.inv(roots), away) ** 2).sum(axis=2)
    u = (FREEDOM + d) / (FREEDOM + distance)

    log_share = np.log(shares) - np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    zero, first, second = np.zeros((many, 3)), np.zeros((many, d)), np.zeros((many, d, d))
    counts = np.zeros_like(tables)
    mixture.em_step(
        z, weight, codes, log_share, np.log(tables), centres, whitening, FREEDOM,
        zero, first, second, counts,
    )  # fmt: skip
    sums = np.array([w.sum(axis=0), (w**2).sum(axis=0), (w * u).sum(axis=0)]).T
    assert zero == pytest.approx(sums, rel=1e-11)
    assert first == pytest.approx(np.einsum("ic,ij->cj", w * u, z), rel=1e-10, abs=1e-13)
    products = np.einsum("ic,ij,ik->cjk", w * u, z, z)
    assert second == pytest.approx(np.tril(products), rel=1e-10, abs=1e-13)
    for value in range(tables.shape[1]):
        chosen = (codes == value).any(axis=1)
        assert counts[:, value] == pytest.approx(w[chosen].sum(axis=0), rel=1e-11)


def at_edges(log_lit, slope, cut):
    """The density over quantiles at the edges, linear between them, written plainly."""
    amounts = np.exp(LOG_AMOUNTS)
    logs = slope * LOG_AMOUNTS - amounts * np.exp(log_lit - cut)
    return np.exp(logs - logs.max()), logs.max()


def plain_norm(log_lit, slope, cut):
    density, top = at_edges(log_lit, slope, cut)
    return top + np.log(np.trapezoid(density, EDGES))


@pytest.mark.parametrize("log_lit", [-50.0, 0.0, 20.0, 40.0])
def test_log_norms(log_lit):
    out = np.empty((SLOPES.size, 1))
    mixture.log_norms(np.array([log_lit]), EDGES, LOG_AMOUNTS, SLOPES, CUTS, out)
    expected = [plain_norm(log_lit, s, c) for s, c in zip(SLOPES, CUTS, strict=True)]
    assert out[:, 0] == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("which", [-1, 0, 1, 2, 3])
def test_tilt(which):
    """Quantiles are where the integral of the plain density is u; densities are the plain ones."""
    rng = np.random.default_rng(2)
    log_lit, u = rng.uniform(-10.0, 30.0, 200), rng.uniform(size=200)
    out, moved = np.empty((200, SLOPES.size)), u.copy()
    none = np.empty((SLOPES.size, 0))  # no table: norms are computed
    mixture.tilt(
        log_lit, np.full(200, which), EDGES, LOG_AMOUNTS, SLOPES, CUTS, 0.0, 1.0, none, moved, out
    )
    if which < 0:
        assert np.array_equal(moved, u)
    for i in range(200):
        for t in range(SLOPES.size):
            density, top = at_edges(log_lit[i], SLOPES[t], CUTS[t])
            log_norm = plain_norm(log_lit[i], SLOPES[t], CUTS[t])
            here = np.interp(moved[i], EDGES, density)
            assert np.exp(out[i, t]) == pytest.approx(
                max(here * np.exp(top - log_norm), 1e-300), rel=1e-9, abs=1e-12
            )
            if t == which:
                below = np.append(EDGES[moved[i] > EDGES], moved[i])
                part = np.trapezoid(np.interp(below, EDGES, density), below)
                assert part / np.trapezoid(density, EDGES) == pytest.approx(u[i], abs=1e-11)
