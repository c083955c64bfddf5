"""What a command prints, in whatever style is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from sfc_sim._core.rows.data import as_csv, as_json
from sfc_sim._core.rows.table import Row, Table
from sfc_sim._core.rows.text import as_text

__all__ = ["STYLES", "Document", "Style"]

Style: TypeAlias = Literal["table", "json", "csv"]


class Document(ABC):
    """A report that can be printed for people and for programs.

    Examples
    --------
    >>> from sfc_sim._core.rows import Column
    >>> class Shares(Document):
    ...     def records(self):
    ...         return [{"theory": "sia", "share": 0.5}]
    ...
    ...     def blocks(self):
    ...         return [Table((Column("theory"), Column("share")), tuple(self.records()))]
    ...
    ...     def content(self):
    ...         return {"rows": self.records()}
    >>> print(Shares().written("csv"))
    theory,share
    sia,0.5
    """

    @abstractmethod
    def blocks(self) -> Sequence[Table | str]:
        """Return tables and paragraphs for people."""

    @abstractmethod
    def records(self) -> Sequence[Row]:
        """Return the rows of the CSV."""

    @abstractmethod
    def content(self) -> Mapping[str, Any]:
        """Return the content of the JSON."""

    def columns(self) -> Sequence[str]:
        """Return the names of the columns of the CSV, if not all of them are in its first row."""
        return ()

    def heading(self) -> str:
        """Return the text before the tables: what was assumed."""
        return ""

    def conclusion(self) -> str:
        """Return the text after the tables: what the words mean."""
        return ""

    def written(self, style: str = "table") -> str:
        """Return the whole of it in a style out of `STYLES`."""
        return STYLES[style](self)


def _text(document: Document) -> str:
    return "\n\n".join(
        block if isinstance(block, str) else as_text(block) for block in document.blocks()
    )


STYLES: Final[dict[str, Callable[[Document], str]]] = {
    "table": _text,
    "json": lambda document: as_json(document.content()),
    "csv": lambda document: as_csv(document.records(), document.columns()),
}
