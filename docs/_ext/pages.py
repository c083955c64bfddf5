"""What extensions that make pages share: reST tables, and files written if changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

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


def folded(heading: str, body: str) -> str:
    """Return what opens when its heading is chosen."""
    inside = "\n".join(f"   {line}".rstrip() for line in body.splitlines())
    return f".. admonition:: {heading}\n   :collapsible: closed\n\n{inside}\n"


def place(name: str) -> str:
    """Return the label of a scenario's section."""
    return f"scenario-{name}"


def address(url: str) -> str:
    """Return an address that ends where it should: no space, no bracket closes it."""
    return url.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")


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


def making(
    make: Callable[[], Mapping[str, str]], *, examples: bool = False
) -> Callable[[Sphinx], dict[str, Any]]:
    """Return the ``setup`` of an extension that makes pages when a build begins.

    Where only examples are run, those pages alone are made that `examples` stand on.
    """

    def begin(app: Sphinx) -> None:
        if examples or app.builder.name != "doctest":
            write(make())

    def setup(app: Sphinx) -> dict[str, Any]:
        app.connect("builder-inited", begin)
        return {"parallel_read_safe": True}

    return setup
