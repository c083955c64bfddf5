"""Tables of a TOML file: required and optional entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfc_sim._core.errors import InputError, shown, unknown

__all__ = ["as_table", "as_text", "check_keys"]


def check_keys(
    where: str, table: Mapping[str, Any], allowed: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Require every key that is not optional, and no others."""
    for key in table:
        if key not in allowed:
            raise unknown(f"{where} key", key, allowed)
    for key in allowed:
        if key not in table and key not in optional:
            raise InputError(f"{where}: {key} is missing")


def as_table(value: Any, where: str) -> dict[str, Any]:
    """Return a value that must be a table."""
    if not isinstance(value, dict):
        raise InputError(f"{where} must be a table, got {shown(value)}")
    return value


def as_text(value: Any, where: str) -> str:
    """Return a value that must be text."""
    if not isinstance(value, str):
        raise InputError(f"{where} must be text, got {shown(value)}")
    return value
