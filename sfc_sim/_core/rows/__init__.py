r"""Rows once, written in any style: text for people, JSON and CSV for programs, or a page.

A report builds a `Table` of its rows, or a `Document` of several. One writer for each style does
the rest.

Examples
--------
>>> rows = ({"theory": "sia", "share": 0.25}, {"theory": "prior", "share": 0.5})
>>> columns = Column("theory"), Column("share", "share\ns", number=True)
>>> print(as_text(Table(columns, rows, title="What others take")))
What others take
        share
theory      s
-------------
sia      0.25
prior     0.5
>>> print(as_csv(rows))
theory,share
sia,0.25
prior,0.5
"""

from sfc_sim._core.rows.data import as_csv, as_json, flat
from sfc_sim._core.rows.document import STYLES, Document, Style
from sfc_sim._core.rows.html import Html, as_html, fill, framed, in_full, joined, linked
from sfc_sim._core.rows.layout import filled, items, room
from sfc_sim._core.rows.table import Column, Row, Table
from sfc_sim._core.rows.text import as_text

__all__ = [
    "STYLES",
    "Column",
    "Document",
    "Html",
    "Row",
    "Style",
    "Table",
    "as_csv",
    "as_html",
    "as_json",
    "as_text",
    "fill",
    "filled",
    "flat",
    "framed",
    "in_full",
    "items",
    "joined",
    "linked",
    "room",
]
