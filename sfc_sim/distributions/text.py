"""A law from text, in the syntax of Python: ``LogUniform(0.1, 1)`` or ``between(1, 10)``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sfc_sim._core.errors import InputError, unknown
from sfc_sim.distributions.base import KINDS, MAKERS, Distribution

__all__ = ["law_from_text"]

_LONGEST = 1000


def law_from_text(text: str, where: str) -> Distribution | float:
    """Return the number or the law that a text says; nothing in it is run.

    Parameters
    ----------
    text : str
        A number, or a law as one writes it in Python.
    where : str
        What it is of, for error messages.

    Raises
    ------
    InputError
        If it is neither, or a law cannot have these numbers.

    Examples
    --------
    >>> law_from_text("LogUniform(0.1, 1)", "speed"), law_from_text("-2.5", "speed")
    (LogUniform(lo=0.1, hi=1), -2.5)
    >>> law_from_text("Mixture([Fixed(1), Uniform(2, 3)], weights=[0.5, 0.5])", "speed").kind
    'mixture'
    """
    with suppress(ValueError):
        return float(text)
    example = "a number, or a law such as 'LogUniform(0.1, 1)' or 'between(1, 10)'"
    wrong = InputError(f"{where} is '{text[:80]}'; it must be {example}")
    try:
        if len(text) > _LONGEST:
            raise wrong
        found = _value(ast.parse(text.strip(), mode="eval").body, where, wrong)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise wrong from None
    if isinstance(found, Distribution | int | float):
        return found
    raise wrong


def _value(node: ast.expr, where: str, wrong: InputError, inside: bool = False) -> Any:
    """Return a number, a list or a law; inside a law also a text. Anything else is `wrong`."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -_value(node.operand, where, wrong)
        case ast.Constant(value=str() | None) if inside:
            return node.value
        case ast.List() | ast.Tuple():
            return [_value(item, where, wrong, inside) for item in node.elts]
        case ast.Call(func=ast.Name(id=name)):
            makers: dict[str, Callable[..., Any]] = {k.__name__: k for k in KINDS.values()}
            makers |= {one.__name__: one for one in MAKERS.values()}
            if name not in makers:
                raise unknown(f"law of {where}", name, makers)
            given = [_value(item, where, wrong, True) for item in node.args]
            if any(word.arg is None for word in node.keywords):  # **words
                raise wrong
            named = {
                str(word.arg): _value(word.value, where, wrong, True) for word in node.keywords
            }
            try:
                return makers[name](*given, **named)
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
            except (TypeError, ValueError) as error:
                text = str(error).replace("__init__() ", "").partition("; ")[0]
                raise InputError(f"{where}: {text}") from None
    raise wrong
