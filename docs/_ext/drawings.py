"""The picture of a scenario: the code that draws it, by its models."""

from __future__ import annotations

from pages import folded, literal

import sfc_sim as sfc
from sfc_sim.inference.suited import why_unsuited
from sfc_sim.inference.theories import THEORIES
from sfc_sim.literature.comparison import COMPARED

PICTURES = {
    "drake": """
distribution = sfc.drake.drake_distribution("{name}")
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.drake(distribution, ax=ax)
""",
    "one number": """
scenario = sfc.load_scenario("{name}")
factors = list(scenario.factors)
values = [scenario[name].distribution.mean() for name in factors]
figure, ax = plt.subplots(figsize=(6.3, 3.9))
ax.plot(np.cumprod(values), factors, "o-")
ax.set(xscale="log", xlabel="Product of the factors down to here")
ax.invert_yaxis()
""",
    "log-log": """
draws = sfc.sample("{name}", 5000, rng=7)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
ax.plot(np.sort(draws.log_civilizations_actual / np.log(10)), np.linspace(0, 1, 5000))
ax.set(xscale="symlog", xlabel="log$_{{10}}$ of civilizations per observable universe")
ax.set_ylabel("Probability of less")
""",
    "fronts": """
theories = {theories}
draws = sfc.sample("{name}", 5000, rng=7, aim=theories)
weights = sfc.weigh(draws, theories=theories)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.densities(draws, weights, ax=ax)
""",
    "earth-history": """
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.timeline(sfc.earth.earth_posterior("{name}", 20_000, rng=7), ax=ax)
""",
    "reach": """
from sfc_sim.expansion import reach_table

probe = sfc.sample("{name}", 1, rng=7)
figure, ax = plt.subplots(figsize=(6.3, 3.9))
plotting.reach(reach_table(sfc.Background.named("Planck18")), ax=ax)
ax.plot(probe.launch_speed, probe.reach_radius, "ko", label="{name}")
ax.legend()
""",
}
"""What draws a scenario, by its model."""

IMPORTS = {
    "np.": "import numpy as np",
    "plt.": "from matplotlib import pyplot as plt",
    "sfc.": "import sfc_sim as sfc",
    "plotting.": "from sfc_sim import plotting",
}
"""What a drawing imports, by what it uses, so that it can be copied and run as it stands."""


def picture(scenario: sfc.Scenario) -> str:
    """Return the name of the picture of a scenario."""
    if "product" in scenario.gives:
        priors = [parameter.distribution for parameter in scenario.parameters.values()]
        if all(isinstance(prior, sfc.Fixed) for prior in priors):
            return "one number"
        if any(isinstance(prior, sfc.LogLog) for prior in priors):
            return "log-log"
    # Its picture is that of the first of its models that has one.
    return next(model for model in map(str, reversed(scenario.models)) if model in PICTURES)


def weighing(scenario: sfc.Scenario) -> list[str]:
    """Return the theories that a picture shows: those compared, but what may not weigh it."""
    return [name for name in COMPARED if not why_unsuited([THEORIES[name]], scenario)]


def drawing(scenario: sfc.Scenario) -> str:
    """Return the picture of a scenario, and its code below, folded."""
    code = PICTURES[picture(scenario)].format(name=scenario.name, theories=weighing(scenario))
    used = [line for prefix, line in IMPORTS.items() if prefix in code]
    code = "\n".join([*used, code]).strip()
    body = "\n".join(f"   {line}".rstrip() for line in code.splitlines())
    shown = f".. plot::\n   :include-source: false\n\n{body}\n"
    return f"{shown}\n{folded('The code of this picture', literal(code, 'python'))}"
