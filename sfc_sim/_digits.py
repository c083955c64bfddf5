"""Numbers as text, with the digits that their errors allow."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10

__all__ = ["RULE", "count", "estimate", "scientific"]

# The least count worth its digits: below, the number says more of a prior's tail than of worlds.
LEAST_COUNT = 1e-30

RULE = "digits stop where the standard error is at most 2 in the last one; ~ is an order of size"


def scientific(value: float, decimals: int) -> str:
    """Return a number like 3.8e-5, without the padding of the exponent.

    Examples
    --------
    >>> scientific(3.76e-5, 1)
    '3.8e-5'
    """
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def estimate(value: float, error: float, whole: float = 1.0) -> str:
    """Return a Monte Carlo estimate with digits whose last is steady to two units.

    What is less than the `whole` is not printed as all of it.

    Examples
    --------
    >>> estimate(0.82534, 0.00099), estimate(3.76e-5, 2e-6), estimate(0.865, 0.015)
    ('0.825', '3.8e-5', '0.86')
    >>> estimate(1 - 1e-9, 1e-12), estimate(1.0, 0.0), estimate(99.9999, 1e-6, whole=100.0)
    ('>0.9999', '1', '>99.99')
    """
    most = 4 if whole <= 1.0 else 2  # decimals
    if value == 0.0 or error == 0.0:
        shown = f"{value:.3g}"
    elif abs(value) < 1e-3:
        place = ceil(log10(error / 2.0))
        return scientific(value, min(2, max(0, floor(log10(abs(value))) - place)))
    else:
        shown = f"{value:.{min(most, max(0, -ceil(log10(error / 2.0))))}f}"
    # An error of a tenth of what is left of the whole tells the two apart.
    if value < whole and float(shown) == whole and error < 0.1 * (whole - value):
        return f">{whole - 10.0**-most:.{most}f}"
    return shown


def count(value: float, error: float) -> str:
    """Return a count that may span a hundred orders of magnitude, with the digits of its error.

    Examples
    --------
    >>> count(12960.0, 400.0), count(3.2, 0.1), count(4.4e-13, 1e-13), count(1.59e19, 5e19)
    ('13,000', '3.2', '4e-13', '~1e19')
    >>> count(4e-69, 1e-69), count(42.0, 0.0)
    ('<1e-30', '42')
    """
    if value < LEAST_COUNT:
        return f"<{scientific(LEAST_COUNT, 0)}"
    if not isfinite(value):
        return ">1e308"
    top = floor(log10(value))
    place = top - 2 if error == 0.0 else max(top - 2, ceil(log10(error / 2.0)))
    if place > top:
        return f"~1e{round(log10(value))}"
    if value < 1e-2 or value >= 1e6:
        return scientific(value, top - place)
    shown = f"{round(value, -place):,.{max(0, -place)}f}"
    return shown.rstrip("0").rstrip(".") if error == 0.0 and "." in shown else shown
