"""Rows as JSON and CSV, for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from sfc_sim._core.errors import printable
from sfc_sim._core.rows.table import Row

__all__ = ["as_csv", "as_json", "flat"]


def as_json(content: Mapping[str, Any]) -> str:
    """Return one JSON object; a number that is infinite or none is null.

    Examples
    --------
    >>> print(as_json({"rows": [{"share": float("nan")}]}))
    {
      "rows": [
        {
          "share": null
        }
      ]
    }
    """
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def as_csv(rows: Sequence[Row], names: Sequence[str] = ()) -> str:
    """Return a line per row, and one of names; a value that is a mapping takes several columns.

    Parameters
    ----------
    rows : sequence of mapping
        One or more.
    names : sequence of str, optional
        Of the columns; by default those of the first row.

    Examples
    --------
    >>> print(as_csv([{"theory": "sia", "number": {"0.05": 1.0, "0.95": 3.0}}]))
    theory,number_0.05,number_0.95
    sia,1.0,3.0
    """
    lines = [flat(row) for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names) or list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return printable(text.getvalue().rstrip("\n"))


def flat(row: Row) -> dict[str, Any]:
    """Return a row whose values are none of them mappings.

    Examples
    --------
    >>> flat({"share": 0.5, "number": {"0.05": 1.0, "0.95": 3.0}})
    {'share': 0.5, 'number_0.05': 1.0, 'number_0.95': 3.0}
    """
    found: dict[str, Any] = {}
    for name, value in row.items():
        inner = value if isinstance(value, Mapping) else {"": value}
        found |= {f"{name}_{label}".rstrip("_"): item for label, item in inner.items()}
    return found
