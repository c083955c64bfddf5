"""A page on which anybody may set priors, evidence and values, and see what follows at once.

It carries draws of a whole family of scenarios, and weighs them again in the browser.
"""

from sfc_sim._core.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
