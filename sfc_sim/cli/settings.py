"""The option --set: one thing changed, and what that does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

import sfc_sim
from sfc_sim._core.errors import InputError

if TYPE_CHECKING:
    from sfc_sim.decision.causes import Causes
    from sfc_sim.decision.study import Study
    from sfc_sim.scenario.assumed import Assumed
    from sfc_sim.scenario.scenario import Scenario

__all__ = [
    "assumed_with",
    "echo_report",
    "read_settings",
    "runnable",
    "set_option",
    "with_change",
]

set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change one assumption: a number, '3 Gyr', 'LogUniform(0.1, 1)', 'between(1, 10)' (90 % "
    "within), or the value of an option; may be repeated. Prints what it does.",
)


def read_setting(text: str) -> tuple[str, Any]:
    """Return name and value of ``name=value``: a number, a law, a list of names, or text.

    Examples
    --------
    >>> read_setting("delay=Uniform(1, 2)"), read_setting("delay=3 Gyr")
    (('delay', Uniform(lo=1, hi=2)), ('delay', '3 Gyr'))
    >>> read_setting("saturating=[abiogenesis]")
    ('saturating', ['abiogenesis'])
    """
    from sfc_sim.distributions import law_from_text

    name, mark, value = (part.strip() for part in text.partition("="))
    if not (name and mark and value):
        raise InputError(f"set is '{text}'; it must be as in expansion_speed=0.9")
    if value.startswith("[") and value.endswith("]"):
        items = [item.strip().strip("\"'") for item in value[1:-1].split(",")]
        return name, [item for item in items if item]
    try:
        return name, law_from_text(value, name)
    except InputError:
        if "(" in value:  # a law that is wrong; else a unit, or the value of an option
            raise
        return name, value


def read_settings(settings: tuple[str, ...]) -> dict[str, Any]:
    """Return all settings by name, each once."""
    chosen: dict[str, Any] = {}
    for text in settings:
        name, value = read_setting(text)
        if name in chosen:
            raise InputError(f"set: {name} comes twice; set it once")
        chosen[name] = value
    return chosen


def runnable(name: str, settings: tuple[str, ...]) -> tuple[Scenario, Scenario]:
    """Return a scenario before and after what is set; refuse one that cannot be run."""
    from sfc_sim.scenario.catalogue import why_not_run

    scenario = sfc_sim.load_scenario(name)
    if reason := why_not_run(scenario):
        raise InputError(reason)
    return scenario, scenario.replace(**read_settings(settings))


def assumed_with(
    asked: str | dict[str, float], settings: tuple[str, ...]
) -> tuple[Assumed, Assumed]:
    """Return a scenario, or a mixture by credences, before and after what is set."""
    from sfc_sim.scenario.assumed import assumed_of

    if isinstance(asked, str):
        return runnable(asked, settings)
    mixture = assumed_of(asked)
    return mixture, mixture.replace(**read_settings(settings))


def echo_report(
    study: Study, style: str, settings: tuple[str, ...], *, talks: bool, causes: Causes | None
) -> None:
    """Print a report: its numbers, the effect of settings, and the explanations if asked for."""
    from sfc_sim.analysis.paired import change_table
    from sfc_sim.decision.cause_table import by_cause
    from sfc_sim.decision.rows import TheoryReport
    from sfc_sim.report.legend import conclusion

    report = study.report
    found = None if causes is None else by_cause(report, causes)
    click.echo(TheoryReport(report, found).written(style))
    if settings and style == "table":
        click.echo(f"\n{change_table(report, ', '.join(settings))}")
    if talks:
        click.echo(conclusion(study))


def with_change(before: Study, after: Study) -> Study:
    """Return the study after a change, its report with what the change does to the discount."""
    from sfc_sim.analysis.paired import paired_change

    changed = after.report.merge(paired_change(before, after), combine_attrs="override")
    return replace(after, report=changed)
