"""Small helpers of the pages that are made at build: reST tables, and files written if changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
GENERATED = HERE / "generated"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """Return a reST list-table."""
    lines = [".. list-table::", "   :header-rows: 1"]
    if widths:
        lines.append(f"   :widths: {' '.join(map(str, widths))}")
    lines.append("")
    for row in [head, *rows]:
        for place, cell in enumerate(row):
            lines.append(f"   {'*' if place == 0 else ' '} - {cell}".rstrip())
    return "\n".join([*lines, ""])


def title(text: str, line: str = "=") -> str:
    """Return a reST heading."""
    return f"{text}\n{line * len(text)}\n"


def literal(text: str, language: str = "text") -> str:
    """Return text as a literal block."""
    body = "\n".join(f"   {line}".rstrip() for line in text.rstrip().splitlines())
    return f".. code-block:: {language}\n\n{body}\n"


def escaped(text: str) -> str:
    """Return text in which no character is markup."""
    return "".join(f"\\{letter}" if letter in "*`|_\\" else letter for letter in text)


def write(pages: Mapping[str, str], folder: Path = GENERATED) -> None:
    """Write pages by their path; those that did not change are left alone, so Sphinx skips them."""
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
