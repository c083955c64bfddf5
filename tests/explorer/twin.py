"""The numbers of a page by the package: its draws are read from the file, and weighed in Python."""

from __future__ import annotations

import base64
import json
import re
import warnings
from math import log
from typing import Any

import numpy as np
import xarray as xr

import sfc_sim as sfc
from sfc_sim._core.schema import provenance
from sfc_sim._core.volumes import VOLUMES, labelled
from sfc_sim.decision import Cause, Causes
from sfc_sim.distributions import Distribution, Fixed, LogUniform
from sfc_sim.expansion.quiet import log_evident, log_unaware
from sfc_sim.inference import aggregate
from sfc_sim.inference.theories import THEORIES

LEFT_OUT = ("log_grabbed_", "kept_", "log_worth", "log_spared_")
CREDIBLE = [name for name, theory in THEORIES.items() if theory.judges_existence]


def contents(html: str) -> dict[str, Any]:
    """Return what a page is told."""
    found: dict[str, Any] = json.loads(re.search(r'id="contents">(.*?)</script>', html, re.S)[1])
    return found


def columns(html: str) -> dict[str, np.ndarray]:
    """Return the columns of a page by name; with " atom", which are atoms."""
    page = contents(html)
    raw = base64.b64decode(re.search(r'id="numbers">(.*?)</script>', html, re.S)[1])
    found = {}
    for head in page["columns"]:
        kind = {"f32": "<f4", "u16": "<u2", "u8": "u1"}[head["kind"]]
        codes = np.frombuffer(raw, kind, page["size"], head["at"]).astype(float)
        if head["kind"] == "f32":
            found[head["name"]] = codes
            continue
        atoms = len(head["atoms"])
        plain = head["low"] + (codes - atoms) * head["step"]
        values = np.exp(plain) if head["log"] else plain
        for code, atom in enumerate(head["atoms"]):
            values[codes == code] = atom
        found[head["name"]] = values
        found[f"{head['name']} atom"] = codes < atoms
    return found


def log_prior(
    page: dict[str, Any], held: dict[str, np.ndarray], laws: dict[str, Any]
) -> np.ndarray:
    """Return the log density of the priors of some settings."""
    heads = {head["name"]: head for head in page["columns"]}
    steps_of = {each["name"]: each["stepOf"] for each in page["parameters"]}
    total = np.zeros(page["size"])
    for name, told in laws.items():
        plain = {key: value for key, value in told.items() if key != "each"}
        law, values = Distribution.from_dict(plain), held[name]
        if told.get("each"):
            total += log_mean(law, values, held[steps_of[name]])
            continue
        if (
            isinstance(law, Fixed)
            and heads[name]["kind"] != "u8"
            and law.value not in heads[name]["atoms"]
        ):
            law = LogUniform(law.value / 1.1, law.value * 1.1)
        fits = (held[f"{name} atom"] == law.discrete) | (heads[name]["kind"] == "u8")
        total += np.where(fits, law.logpdf(values), -np.inf)
    return total


def log_mean(law: LogUniform, values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return the log density of a mean of log-uniform numbers, in exact fractions of integers."""
    from fractions import Fraction
    from math import comb, factorial

    width = log(law.hi) - log(law.lo)
    out = np.full(values.size, -np.inf)
    for i, (value, n) in enumerate(zip(values.tolist(), map(int, steps), strict=True)):
        y = Fraction((log(value) - log(law.lo)) / width) * n
        if 0 <= y <= n:
            terms = ((-1) ** k * comb(n, k) * (y - k) ** (n - 1) for k in range(int(y) + 1))
            density = Fraction(n) * sum(terms) / factorial(n - 1)
            if density > 0:
                out[i] = log(density.numerator) - log(density.denominator) - log(width) - log(value)
    return out


def draws_of(html: str, state: dict[str, Any]) -> xr.Dataset:
    """Return the draws of a page as `sfc_sim.sample` would give them, under other priors."""
    page, held = contents(html), columns(html)
    named = {name: values for name, values in held.items() if " " not in name}
    named |= {name: np.full(page["size"], x) for name, x in page["constants"].items()}
    grabbed = {
        word.removeprefix("log_grabbed_"): np.exp(x)
        for word, x in held.items()
        if "log_grabbed_" in word
    }
    volumes = {word: (taken, taken * held[f"kept_{word}"]) for word, taken in grabbed.items()}
    psi = state["visible"] if state["evidence"] == "nothing-visible" else 1.0
    light = volumes["light" if psi == 1.0 else "fronts" if psi == 0.0 else f"{psi:g}"]
    named["log_seen_now"] = held["log_seen_now"] + log_evident(
        np.full(1, psi), named["expansion_speed"]
    )
    if psi < 1.0 and state["engulfed"] > 0.0:
        chi, every = np.full(1, state["engulfed"]), held["log_intelligent_actual"]
        speed = named["expansion_speed"]
        named["log_unaware_now"] = log_unaware(held["log_seen_now"], speed, np.full(1, psi), chi)
        spared = every + held[f"log_spared_{psi:g}"]
        with np.errstate(divide="ignore"):
            born = np.logaddexp(np.log1p(-chi) + every, np.log(chi) + spared)
        named["log_intelligent_actual"] = born
    for name, *pair in zip(VOLUMES, light, volumes["fronts"], strict=True):
        named[name] = np.array(pair)
    with np.errstate(invalid="ignore"):
        prior = held["log_worth"] + log_prior(page, held, state["laws"])
    named["log_prior_over_proposal"] = np.where(np.isnan(prior), -np.inf, prior)
    names = [name for name in named if not name.startswith(LEFT_OUT)]
    words = provenance(sfc.load_scenario(page["scenario"]), 7, page["size"], "random")
    return xr.Dataset(
        **labelled({name: named[name] for name in names}, np.arange(page["size"])),
        attrs=words | {"first": "0", "proposal": "that of a page"},
    )


def similarity_of(told: dict[str, Any]) -> Distribution:
    """Return the law of the value of others."""
    if told["kind"] == "discrete":
        total = sum(told["weights"])
        pairs = [
            (v, w / total) for v, w in zip(told["values"], told["weights"], strict=True) if w > 0.0
        ]
        return sfc.Discrete(*map(list, zip(*pairs, strict=True)))
    return Distribution.from_dict(told)


def causes_of(state: dict[str, Any]) -> Causes | str | None:
    """Return the causes of some settings: none, those of the package, or others."""
    if not state["causes"] or state.get("usual"):
        return "ord2020" if state["causes"] else None
    delays = {each["kept"]: each["delay"] for each in state["delays"]}
    rows = state["causes"]
    return Causes(
        {
            row["leaves"]: Cause(row["share"], row["chance"], row["value"], delays[row["kept"]])
            for row in rows
        }
    )


def numbers(html: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return every number that a page shows for some settings, by the package."""
    draws = draws_of(html, state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
        weights = sfc.weigh(draws, state["evidence"])
        before = sfc.weigh(draws, "none", theories=["prior"])
    table = sfc.summarize(draws, weights)
    share = sfc.saturation(draws, weights, correlated=[state["correlated"]])
    q, causes = similarity_of(state["q"]), causes_of(state)
    asked = {"retention": state["kept"], "causes": causes}
    value = sfc.value_adjustment(share, q, draws=draws, weights=weights, **asked)
    known = sfc.value_adjustment(share, q, **asked)
    counts = sfc.summarize(draws, before)
    found = {name: row_of(name, table, share, value, known) for name in THEORIES}
    credences = None
    if state["credences"]:
        report = share.merge(value, compat="override")
        total = sum(state["credences"].values())
        rules = aggregate(report, {k: v / total for k, v in state["credences"].items() if v > 0})
        credences = {
            rule: {
                "discount": rules["aggregated_discount"].sel(aggregation=rule).item(),
                "error": rules["aggregated_discount_standard_error"].sel(aggregation=rule).item(),
            }
            for rule in rules["aggregation"].values
        }
    prior = {"ess": before["ess"].item(), **counted(counts, "prior")}
    prior["covered"] = np.exp(draws["log_prior_over_proposal"]).mean().item()
    return {"theories": found, "prior": prior, "credences": credences}


def counted(table: xr.Dataset, theory: str) -> dict[str, float]:
    rows = table["civilizations_actual"].sel(theory=theory).values
    return {
        f"civilizations_{word}": x for word, x in zip(("low", "median", "high"), rows, strict=True)
    }


def row_of(
    theory: str, table: xr.Dataset, share: xr.Dataset, value: xr.Dataset, known: xr.Dataset
) -> dict[str, float]:
    """Return the numbers of a theory, by the names that a page has for them."""

    def read(dataset: xr.Dataset, name: str) -> float:
        return float(dataset[name].sel(theory=theory).squeeze())

    found = {
        "ess": read(share, "ess"),
        "k_hat": read(share, "k_hat"),
        "alone_ess": read(table, "probability_alone_ess"),
        "recovered_share_ess": read(share, "recovered_share_ess"),
        "volume_at_stake": read(share, "volume_at_stake"),
        "volume_at_stake_error": read(share, "volume_at_stake_standard_error"),
        **counted(table, theory),
    }
    inside = [name for name in ("probability_inside",) if name in table]
    for dataset, names in (
        (table, ["probability_alone", *inside]),
        (share, ["recovered_share", "held_of_alone", "mcs_correlated"]),
        (value, ["recovered_worth"]),
        (value, ["extinction_discount", "discount_with_nobody_else", "takeover_ratio"]),
    ):
        for name in names:
            if dataset is value and name != "recovered_worth" and theory not in CREDIBLE:
                continue
            found[name] = read(dataset, name)
            found[f"{name}_error"] = read(dataset, f"{name}_standard_error")
    if theory in CREDIBLE:
        found["probability_net_negative"] = read(known, "probability_net_negative")
    return found
