"""Numbers as text, with the digits that their errors allow.

A share that is not exactly none, or all, is never printed as 0, 1 or 100 %: where its error does
not tell it from there, a bound is printed that lies two standard errors away.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, isfinite, log10

__all__ = [
    "RULE",
    "count",
    "estimate",
    "percent",
    "rounded",
    "scientific",
    "unlike",
    "with_error",
    "with_sign",
]

# The least count worth its digits: below, the number says more of a prior's tail than of worlds.
LEAST_COUNT = 1e-30

RULE = (
    "± is one standard error, or at least one in the last digit; numbers are rounded to "
    "their Monte Carlo error, at most 2 in the last digit; > and < are bounds, two standard errors "
    "from a value that cannot be distinguished from all or none; ~ is an order of magnitude"
)


def scientific(value: float, decimals: int) -> str:
    """Return a number like 3.8e-5, without the padding of the exponent.

    Examples
    --------
    >>> scientific(3.76e-5, 1)
    '3.8e-5'
    """
    mantissa, exponent = f"{value:.{decimals}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def unlike(value: float, ends: Sequence[float]) -> str:
    """Return a number with six digits, or as many as it takes to differ from bounds that it is not.

    Examples
    --------
    >>> unlike(1.0000001, (0.0, 1.0)), unlike(1.0, (0.0, 1.0)), unlike(0.1 + 0.2, (0.0, 1.0))
    ('1.0000001', '1', '0.3')
    """
    texts = (f"{value:.{digits}g}" for digits in (6, 9, 12, 17))
    return next((text for text in texts if value in ends or float(text) not in ends), repr(value))


def estimate(value: float, error: float, whole: float = 1.0) -> str:
    """Return a Monte Carlo estimate with digits whose last is steady to two units.

    What is less than the `whole`, or may be, is not printed as all of it, nor what may be more
    than 0 as none.

    Examples
    --------
    >>> estimate(0.82534, 0.00099), estimate(3.76e-5, 2e-6), estimate(0.865, 0.015)
    ('0.825', '3.8e-5', '0.86')
    >>> estimate(0.998, 0.02), estimate(0.002, 0.02), estimate(99.8, 2.0, whole=100.0)
    ('>0.95', '<0.05', '>95')
    >>> estimate(1 - 1e-9, 1e-12), estimate(0.9996, 0.0), estimate(1.0, 0.0)
    ('>0.9999', '0.9996', '1')
    """
    if value < 0.0:
        text = estimate(-value, error, whole=inf)
        return f">-{text[1:]}" if text[0] == "<" else f"-{text}"
    least, most = (0, 2) if 1.0 < whole < inf else (1, 4)  # decimals
    if error == 0.0:
        return _exact(value, whole, most)
    text = rounded(value, error, least, most)
    if float(text) == 0.0:
        return f"<{_up(value + 2.0 * error)}"
    if float(text) == whole and value <= whole:
        places = _decimals(error, least, most)
        kept = floor((value - 2.0 * error) * 10.0**places + 1e-9) / 10.0**places
        kept = min(kept, whole - 10.0**-most)
        return f">{kept:.{places}f}" if kept > 0.0 else ">0"
    return text


def rounded(value: float, error: float, least: int = 1, most: int = 4) -> str:
    """Return a number with the digits that its error allows, even if these leave 0 or all of it.

    For what is printed beside its error, or what neither 0 nor 1 is an end of.

    Examples
    --------
    >>> rounded(0.998, 0.02), rounded(-0.002, 0.02), rounded(3.76e-5, 2e-6)
    ('1.00', '0.00', '3.8e-5')
    """
    place = ceil(log10(error / 2.0))
    top = floor(log10(abs(value))) if value else 0
    if 0.0 < abs(value) < 1e-3 and place <= top:
        return scientific(value, min(2, top - place))
    return f"{value:z.{_decimals(error, least, most)}f}"


def with_error(value: float, error: float) -> str:
    """Return a share with its standard error; a bound where that leaves none or all.

    Examples
    --------
    >>> with_error(0.6934, 0.0041), with_error(0.9387, 0.0004), with_error(3.76e-5, 2e-6)
    ('0.693 ± 0.004', '0.939 ± 0.001', '3.8e-5 ± 2e-6')
    >>> with_error(0.998, 0.02), with_error(1.0, 0.02)
    ('0.998 ± 0.02', '>0.96')
    """
    if not isfinite(value):
        return "-"
    if error == 0.0:
        return estimate(value, error)
    size = floor(log10(error))
    if 0.0 < abs(value) < 1e-3 and size <= floor(log10(abs(value))):
        digits = min(floor(log10(abs(value))) - size, 2)
        return f"{scientific(value, digits)} ± {scientific(error, 0)}"
    # No more decimals than a table has room for; the error is then that of the last.
    most = 3 if abs(value) >= 0.01 else 4
    for places in range(min(max(0, -size), most), 5):
        if float(text := f"{value:z.{places}f}") not in (0.0, 1.0):
            return f"{text} ± {max(error, 10.0**-most):.1g}"
    return estimate(value, error)


def with_sign(change: float, error: float) -> str:
    """Return a difference with its sign and its standard error; a dash where there is none.

    Examples
    --------
    >>> with_sign(-0.6534, 0.0041), with_sign(0.001, 0.02), with_sign(0.25, 0.0)
    ('-0.653 ± 0.004', '+0.00 ± 0.02', '+0.25')
    >>> with_sign(3.1e-8, 2e-8)
    '+3e-08 ± 2e-08'
    """
    if not isfinite(change + error):
        return "-"
    if error == 0.0:
        return f"{change:+.3g}"
    places = max(0, -floor(log10(error)))
    if places > 4:
        return f"{change:+.0e} ± {error:.0e}"
    return f"{change:+.{places}f} ± {error:.1g}"


def percent(value: float, error: float | None = None, places: int = 0) -> str:
    """Return a share in per cent: with its error by the rule of `estimate`.

    Without one, with so many decimal places, and up to two more near none and all.

    Examples
    --------
    >>> percent(0.384), percent(0.9996), percent(0.99999), percent(1.0), percent(3e-5)
    ('38 %', '99.96 %', '>99.99 %', '100 %', '<0.01 %')
    >>> percent(0.384, 0.01), percent(0.998, 0.02)
    ('38 %', '>95 %')
    """
    scaled = 100.0 * value
    if error is not None:
        return f"{estimate(scaled, 100.0 * error, whole=100.0)} %"
    if value in (0.0, 1.0):
        return f"{scaled:.0f} %"
    texts = [f"{scaled:.{digits}f}" for digits in range(places, places + 3)]
    told = [text for text in texts if float(text) not in (0.0, 100.0)]
    bound = 10.0 ** -(places + 2)
    edge = f"<{bound:g}" if value < 0.5 else f">{100.0 - bound:.{places + 2}f}"
    return f"{told[0] if told else edge} %"


def _exact(value: float, whole: float, most: int) -> str:
    """Return a number without error to three digits, more near the whole."""
    text = f"{value:.3g}"
    if float(text) == whole and value < whole:
        text = f"{value:.{most}f}"
    if float(text) == whole and value < whole:
        return f">{whole - 10.0**-most:.{most}f}"
    return _plain(text)


def _plain(text: str) -> str:
    """Return a number in text without the padding of its exponent."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else text


def _decimals(error: float, least: int, most: int) -> int:
    """Return the number of decimals that an error allows."""
    return min(most, max(least, -ceil(log10(error / 2.0))))


def _up(bound: float) -> str:
    """Return a bound, rounded up to one digit."""
    unit = 10.0 ** floor(log10(bound))
    kept = ceil(bound / unit - 1e-9) * unit
    return scientific(kept, 0) if kept < 1e-3 else f"{kept:.6g}"


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
