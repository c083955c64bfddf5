"""Every variable of every Dataset: unit, name in words, symbol."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["VARIABLES", "WHICH", "Variable", "describe", "is_result"]

WHICH = "scenario"
"""Of the draws of a mixture, the parameter that says which scenario holds, by its place."""

OUSV = "per observable-universe-size volume"


class Variable(NamedTuple):
    """What a variable is: its unit, its name in words, the symbol of the papers."""

    units: str
    long_name: str
    symbol: str = ""


VARIABLES: dict[str, Variable] = {
    "intelligent_potential": Variable("1", f"intelligent civilizations ever, {OUSV}, if none precluded", "N_pot"),
    "intelligent_actual": Variable("1", f"intelligent civilizations ever, {OUSV}", "#N_IC"),
    "civilizations_potential": Variable("1", f"expanding civilizations ever, {OUSV}, if none precluded", "f_GC N_pot"),
    "civilizations_actual": Variable("1", f"expanding civilizations ever, {OUSV}", "#N_GC"),
    "observers_like_us": Variable("1", "density of civilizations exactly like us (relative)", "N_XIC"),
    "unsaturated_now": Variable("1", "fraction of space that no front has reached by now", "g_v(t_0)"),
    "unseen_now": Variable("1", "fraction of space from where no front is visible now, and that none has reached", "g_c(t_0)"),
    "unaware_now": Variable("1", "fraction of space inside fronts, none of them visible there, that still bears observers like us"),
    "outside": Variable("1", "chance that no front is here, given what is seen"),
    "probability_inside": Variable("1", "probability that we live inside fronts that we do not see", "P(inside)"),
    "unsaturated_final": Variable("1", "fraction of space that no front ever reaches", "g_v(t_L)"),
    "covered_now": Variable("1", "volume reached by now, overlaps counted, per volume", "V_v(t_0)"),
    "seen_now": Variable("1", "volume from where fronts are visible now or which they have reached, overlaps counted", "V_c(t_0)"),
    "covered_final": Variable("1", "volume ever reached, overlaps counted, per volume", "V_v(t_L)"),
    "volume_alone": Variable("Glyr3", "comoving volume that humanity would hold with nobody else", "V_max"),
    "volume_grabbed": Variable("Glyr3", "comoving volume that humanity gets to first, given the evidence", "A"),
    "volume_marginal": Variable("Glyr3", "comoving volume that nobody else would ever take, given the evidence", "U"),
    "log_prior_over_proposal": Variable("1", "log of the prior over what aimed draws are from"),
    "k_hat": Variable("1", "shape of the tail of the weights; above 0.7 errors do not hold"),
    "scenario_credence": Variable("1", "credence in a scenario of a mixture, after the evidence", "P(m)"),
    "prior_credence": Variable("1", "credence in a scenario of a mixture, before the evidence", "c_m"),
    "recovered_fraction": Variable("1", "share of what humanity grabs that others would take without it", "1 - U/A"),
    "civilizations_now": Variable("1", f"expanding civilizations born by now outside every front, {OUSV}", "#N_GC(t_0)"),
    "log10_civilizations_now": Variable("1", "log10 of intelligent civilizations per galaxy now, where no front has come", "log10 N"),
    "reach_radius": Variable("Glyr", "comoving distance that a probe gets to", "χ"),
    "reach_volume": Variable("Glyr3", "comoving volume that probes get to", "V"),
    "reachable_galaxies": Variable("1", "galaxies that probes get to"),
    "success": Variable("1", "probability that a planet like Earth passes all steps in time", "F"),
    "earth_likelihood": Variable("1", "likelihood of Earth's timeline"),
    "galaxy_number": Variable("1", "civilizations in a galaxy now, as the source counts them", "N"),
    "probability_alone_in_galaxy": Variable("1", "probability of fewer than one civilization in the Galaxy now, in expectation", "P(N < 1)"),
    "rank": Variable("1", "place in the order, the first is 1"),
    "log_weight": Variable("1", "natural log of the normalised weight of a draw under a theory", "ln W"),
    "ess": Variable("1", "effective sample size", "ESS"),
    "probability_alone": Variable("1", "probability of fewer than one expected intelligent civilization in the observable universe", "P(#N_IC < 1)"),
    "probability_alone_poisson": Variable("1", "probability of no intelligent civilization in the observable universe (Poisson)", "E[exp(-#N_IC)]"),
    "probability_no_expanding": Variable("1", "probability of no expanding civilization other than us in the observable universe (Poisson)", "E[exp(-#N_GC)]"),
    "volume_displaced": Variable("Glyr3", "comoving volume that others would hold if humanity did not take it, mean over worlds before stakes", "E[A - U]"),
    "displaced_worth": Variable("Glyr3", "what others would make of the volume that we displace, in volume at our own value per resource", "κ q E[A - U]"),
    "nearest_now": Variable("Glyr", "comoving distance to the nearest place that an expanding civilization holds today"),
    "first_contact_distance": Variable("Glyr", "comoving distance from here at which our front first meets another; inf: never"),
    "probability_contact": Variable("1", "probability that our front ever meets another"),
    "share_of_reach": Variable("1", "mean over worlds of the share that humanity would hold of the volume it can reach", "E[A/V_max]"),
    "held_of_alone": Variable("1", "volume that humanity would get to first, of what it would hold with nobody else, a ratio of expectations", "E[A]/E[V_max]"),
    "recovered_share": Variable("1", "share of what humanity would grab that others would recover", "s"),
    "expansion_chance": Variable("1", "chance that a civilization like ours goes on to expand, posterior mean", "E[f_GC]"),
    "expansion_chance_at_stake": Variable("1", "chance that we go on to expand, mean over what humanity would grab", "P_S"),
    "expansion_chance_prior": Variable("1", "chance that a civilization like ours goes on to expand, mean of the prior"),
    "expansion_chance_quantile": Variable("1", "quantile over worlds of the chance that a civilization like ours goes on to expand"),
    "expansion_chance_prior_quantile": Variable("1", "quantile of the prior of the chance that a civilization like ours goes on to expand"),
    "recovered_mean": Variable("1", "mean over worlds of the recovered fraction", "E[1 - U/A]"),
    "mcs_grabbed": Variable("1", "marginal civ-saturation per grabbed volume", "U/A"),
    "mcs_potential": Variable("1", "marginal civ-saturation per volume that humanity would hold with nobody else", "U/V_max"),
    "mcs_world": Variable("1", "marginal civ-saturation per volume that a civilization anywhere would hold with nobody else", "MCS_W"),
    "mcs_correlated": Variable("1", "marginal civ-saturation per volume grabbed by all who decide with us", "MCS_C"),
    "recovered_quantile": Variable("1", "quantile over expected worlds (draws; of kind realised: simulated ones) of the recovered fraction", "1 - U/A"),
    "rivals": Variable("1", "expanding civilizations per volume that humanity can reach", "D"),
    "copies": Variable("1", "density of those who decide with us (relative)", "n"),
    "changed": Variable("Glyr3", "what one choice changes; without unit where stakes are equal or counts", "Δ"),
    "relevance": Variable("1", "decision relevance of a world", "W / sum |W|"),
    "class_probability": Variable("1", "weight of expected worlds (draws; of kind realised: simulated ones) of a class of saturation"),
    "extinction_multiplier": Variable("1", "value of reducing extinction risk, relative to nobody to recover it", "φ"),
    "extinction_discount": Variable("1", "discount on reducing extinction risk, relative to nobody to recover it", "s κ q"),
    "discount_by_cause": Variable("1", "discount on reducing the risk of extinction by a cause, with what comes after it on Earth", "r κ_k q_k + (1 - r) s κ q"),
    "discount_over_causes": Variable("1", "discount on reducing extinction risk, with what comes after us on Earth, by share of the risk", "1 - φ"),
    "risk_share": Variable("1", "share of a cause in the risk of extinction", "w"),
    "chance_again": Variable("1", "chance that a step of evolution is passed again in the time that is left"),
    "successor_chance": Variable("1", "chance that Earth yields another civilization that spreads", "r"),
    "successor_worth": Variable("1", "worth of what a successor on Earth makes of our resources, over what we would", "κ_k q_k"),
    "discount_with_nobody_else": Variable("1", "discount on reducing extinction risk, relative to nobody else at all", "1 - E[A]/E[V_max] (1 - s κ q)"),
    "recovered_worth": Variable("1", "worth of what others would recover, at its dates, over that of what humanity would grab", "s κ"),
    "extinction_discount_before": Variable("1", "discount on reducing extinction risk, before a change"),
    "extinction_discount_change": Variable("1", "change of the discount on reducing extinction risk"),
    "takeover_ratio": Variable("1", "value of preventing misaligned takeover over preventing extinction"),
    "extinction_multiplier_quantile": Variable("1", "quantile, over expected worlds and values that may be found, of: value of reducing extinction risk, relative to nobody to recover it", "φ"),
    "similarity_mean": Variable("1", "value per resource of others over ours, mean over what is recovered", "q"),
    "retention": Variable("1", "value kept by resources that others recover later: worth recovered over worth grabbed, over the recovered share", "κ"),
    "probability_net_negative": Variable("1", "probability that survival is worth less than nothing"),
    "probability_neutral": Variable("1", "probability that existence is neutral in an expected world (draw; of kind realised: a simulated one), within the tolerance"),
    "decision_weight": Variable("1", "whether it is a weight to choose by, which counts what is at stake, and no theory of which world we are in"),
    "judges_existence": Variable("1", "whether a theory may weigh a choice of existence, and so gives a discount"),
    "neutral": Variable("1", "1 if existence is neutral in expectation, within the tolerance, else 0"),
    "date_grabbed": Variable("Gyr", "mean date at which humanity reaches what it grabs"),
    "date_recovered": Variable("Gyr", "mean date at which others reach what they recover"),
    "grabbed_lost_per_year": Variable("yr-1", "share of what humanity would grab that a year of delay loses"),
    "marginal_lost_per_year": Variable("yr-1", "share of what nobody else would take that a year of delay loses"),
    "alone_lost_per_year": Variable("yr-1", "share of the reachable volume that a year of delay loses, with nobody else"),
    "volume_at_stake": Variable("Glyr3", "comoving volume that humanity would grab, mean over worlds before stakes", "E[A]"),
    "aggregated_multiplier": Variable("1", "value of reducing extinction risk, relative to nobody to recover it, over theories", "φ"),
    "aggregated_discount": Variable("1", "discount on reducing extinction risk, over theories", "s κ q"),
    "priority": Variable("1", "value of a unit of effort, per value of all that humanity would grab"),
    "priority_ratio": Variable("1", "value of a unit of effort, relative to reducing extinction risk"),
    "priority_ratio_without_others": Variable("1", "the same with nobody else, with the same humanity"),
    "priority_ratio_quantile": Variable("1", "quantile of: value of a unit of effort, relative to reducing extinction risk"),
    "rank_probability": Variable("1", "probability that an intervention holds a rank"),
    "probability_harmful": Variable("1", "probability that an intervention is worth less than nothing"),
    "priority_quantile": Variable("1", "quantile of: value of a unit of effort, per value of all that humanity would grab"),
    "change": Variable("1", "change of the discount from that of the report"),
    "change_standard_error": Variable("1", "Monte Carlo standard error of the change, at most"),
    "value_of_information": Variable("1", "gain of knowing, as far as expected worlds (draws) go, over what the best action gains now"),
    "value_of_study": Variable("1", "gain of acting on what a survey finds, over what the best action gains now"),
    "unsteady": Variable("1", "whether too few draws, or a heavy tail, leave no error that holds"),
    "probability_of_outcome": Variable("1", "probability of a finding beforehand, under a theory"),
    "first_order": Variable("1", "share of the variance that an input explains alone", "S_1"),
    "total": Variable("1", "share of the variance that an input has a part in", "S_T"),
    "explained_share": Variable("1", "share of the variance of the recovered fraction explained by an input, as a theory weighs worlds"),
    "explained_noise": Variable("1", "the same for an input that does not matter"),
    "choice_first_order": Variable("1", "share of the variance of the discount that a choice explains alone", "S_1"),
    "choice_total": Variable("1", "share of the variance of the discount that a choice has a part in", "S_T"),
    "budget": Variable("1", "part of the budget, in its unit"),
    "worlds": Variable("1", "different worlds that a mean is over"),
    "appearance_rate": Variable("Gyr-1", f"rate of appearance of intelligent civilizations, {OUSV}", "α"),
    "actual_appearance_rate": Variable("Gyr-1", f"rate of appearance outside every front, {OUSV}", "α g_v"),
    "unsaturated": Variable("1", "fraction of space that no front has reached", "g_v"),
    "unseen": Variable("1", "fraction of space from where no front is visible", "g_c"),
    "nothing_sighted": Variable("1", "probability that humanity has seen no other front by then"),
    "no_contact": Variable("1", "probability that humanity's front has met no other by then"),
    "position": Variable("Glyr", "comoving position of the birthplace", "x"),
    "birth_time": Variable("Gyr", "time of birth since Big Bang", "t"),
    "birth_conformal_time": Variable("Glyr", "conformal time of birth", "η"),
    "speed": Variable("1", "comoving speed of the front, in units of c; 0 if it never expands", "v"),
    "start_time": Variable("Gyr", "time at which the front starts; inf if it never does"),
    "end_time": Variable("Gyr", "time at which a civilization that never expands ends"),
    "first_arrival": Variable("Gyr", "time at which another front reaches the birthplace"),
    "first_contact": Variable("Gyr", "time at which the front meets another"),
    "first_sight": Variable("Gyr", "time at which another front is visible from the birthplace"),
    "first_sight_by_front": Variable("Gyr", "time at which another front is visible from the own front"),
    "visible": Variable("1", "whether the volume that it holds is visible"),
    "visible_at_birth": Variable("1", "number of fronts visible at birth"),
    "largest_angle": Variable("rad", "largest angle across a domain in the sky at birth", "θ"),
    "sky_fraction": Variable("1", "fraction of the sky that domains cover at birth"),
    "controlled_at_birth": Variable("1", "fraction of space that fronts have reached at birth"),
    "final_volume": Variable("Glyr3", "comoving volume held in the end"),
    "neighbours": Variable("1", "number of domains that share a border in the end"),
    "meeting_first": Variable("1", "index of one civilization of a pair that meets"),
    "meeting_second": Variable("1", "index of the other civilization of a pair that meets"),
    "meeting_time": Variable("Gyr", "time at which the fronts of a pair first touch"),
    "holder": Variable("1", "index of the civilization that comes first; -1: nobody"),
    "held_from": Variable("Gyr", "time at which the first front comes"),
    "world": Variable("1", "index of the realisation that a civilization belongs to"),
    "civilizations": Variable("1", "number of others whose front can reach what we can"),
    "volume_held": Variable("Glyr3", "comoving volume, of what we could reach, that it holds if we expand"),
    "volume_held_without_us": Variable("Glyr3", "comoving volume, of what we could reach, that it holds without us"),
    "volume_recovered": Variable("Glyr3", "comoving volume of ours that it takes without us"),
}  # fmt: skip


DIMENSIONS = frozenset(
    [
        "action",
        "aggregation",
        "alternative",
        "by",
        "cause",
        "correlated",
        "draw",
        "end",
        "evidence",
        "input",
        "intervention",
        "outcome",
        "premise",
        "quantile",
        "row",
        "scenario",
        "step",
        "survey",
        "theory",
        "value",
    ]
)
"""Coordinates of results."""

ROWS = frozenset(["everything", "similarity"])
"""Rows of analyses that are no parameters."""


def is_result(name: str) -> bool:
    """Tell whether a result or one of its coordinates goes by this name.

    Examples
    --------
    >>> is_result("recovered_fraction"), is_result("log_weight"), is_result("lifetime")
    (True, True, False)
    """
    derived = ("log_", "log10_")
    return name.startswith(derived) or name in DIMENSIONS | ROWS or describe(name) is not None


# Of coordinates; those of names (theories, inputs) have no unit.
COORDINATES: dict[str, Variable] = {
    "draw": Variable("1", "index of the draw"),
    "quantile": Variable("1", "probability that a quantile belongs to"),
    "realisation": Variable("1", "index of the realisation"),
    "civilization": Variable("1", "index of the civilization"),
    "evidence": Variable("", "what is conditioned on"),
    "theory": Variable("", "anthropic theory"),
    "class": Variable("", "class of saturation"),
    "cause": Variable("", "what ends humanity"),
    "correlated": Variable("1", "share of others who decide as we do"),
    "intervention": Variable("", "what effort is spent on"),
    "aggregation": Variable("", "rule by which theories are taken together"),
    "axis": Variable("", "axis of space"),
    "scenario": Variable("", "name of the scenario"),
}


def describe(name: str) -> Variable | None:
    """Return the description of a variable, with the logs of the listed ones."""
    if name in VARIABLES:
        return VARIABLES[name]
    if name.startswith("log_") and (known := VARIABLES.get(name.removeprefix("log_"))):
        return Variable("1", f"natural log of: {known.long_name}", f"ln {known.symbol}")
    if name.endswith("_ess") and (known := VARIABLES.get(name.removesuffix("_ess"))):
        return Variable("1", f"effective draws that carry: {known.long_name}")
    for end, side in (("_low", "below"), ("_high", "above")):
        if name.endswith(end) and (known := VARIABLES.get(name.removesuffix(end))):
            return known._replace(long_name=f"one standard error {side}: {known.long_name}")
    if name.endswith("_standard_error") and (
        known := VARIABLES.get(name.removesuffix("_standard_error"))
    ):
        return Variable(known.units, f"Monte Carlo standard error of: {known.long_name}")
    return None
