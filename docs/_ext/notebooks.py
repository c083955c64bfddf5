"""Each tutorial as a notebook: made from its page, run, and beside it in the site to download.

What a cell prints is held to what the page shows, so the page's examples are tested here.
"""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

FOLDER = "tutorials/"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
QUIET = "import warnings; warnings.simplefilter('ignore')"
"""Run first, and not kept: few draws warn."""

logger = logging.getLogger(__name__)


def begins(app: Sphinx, name: str) -> bool:
    """Tell whether a page becomes a notebook."""
    return app.builder.format == "html" and name.startswith(FOLDER) and not name.endswith("index")


def words(node: nodes.Node) -> str:
    """Return what stands in a line of text as Markdown."""
    if isinstance(node, nodes.Text):
        return node.astext()
    inside = "".join(map(words, node.children))
    match node:
        case nodes.literal():
            return f"`{node.astext()}`"
        case nodes.math():
            return f"${node.astext()}$"
        case nodes.strong():
            return f"**{inside}**"
        case nodes.emphasis():
            return f"*{inside}*"
        case nodes.reference() if "refuri" in node and "://" in node["refuri"]:
            return f"[{inside}]({node['refuri']})"
        case addnodes.pending_xref() if node["reftype"] == "doc":
            target = node["reftarget"]
            inside = inside if node["refexplicit"] else Path(target).name
            return f"[{inside}]({target}.html)"
    return inside


def cells(node: nodes.Node, level: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield kind, text and expected output of what stands below a node, in its order."""
    for child in node.children:
        match child:
            case nodes.section():
                yield from cells(child, level + 1)
            case nodes.title():
                yield "markdown", f"{'#' * level} {words(child)}", ""
            case nodes.paragraph() if child.astext() == "(Source code)":
                pass  # of a plot: the code stands below it
            case nodes.paragraph():
                yield "markdown", " ".join(words(child).split()), ""
            case nodes.doctest_block():
                for example in doctest.DocTestParser().get_examples(child.astext()):
                    yield "code", example.source.rstrip(), example.want
            case nodes.literal_block() if child.get("language") == "python":
                yield "code", child.astext().strip(), ""
            case nodes.literal_block():
                yield "markdown", f"```text\n{child.astext()}\n```", ""
            case nodes.bullet_list():
                yield "markdown", "\n".join(f"* {words(item)}" for item in child.children), ""
            case nodes.container() | nodes.compound() | addnodes.only():
                yield from cells(child, level)


def printed(cell: nbformat.NotebookNode) -> str:
    """Return the text that a cell has printed and shown."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type == "execute_result":
            parts.append(f"{output.data['text/plain']}\n")
    return "".join(parts)


def faults(book: nbformat.NotebookNode) -> Iterator[str]:
    """Yield a line for each cell that prints something else than its page says."""
    checker = doctest.OutputChecker()
    for cell in book.cells:
        want = cell.metadata.pop("want", "")
        if want and not checker.check_output(want, printed(cell), FLAGS):
            yield f"{cell.source!r} printed {printed(cell)!r}, not {want!r}"


def notebook(doctree: nodes.document) -> nbformat.NotebookNode:
    """Return a page as a notebook that has not been run."""
    v4 = nbformat.v4
    made = []
    for kind, text, want in cells(doctree):
        if kind == "markdown":
            made.append(v4.new_markdown_cell(text))
        else:
            made.append(v4.new_code_cell(text, metadata={"want": want} if want else {}))
    for k, cell in enumerate(made):
        cell["id"] = f"cell-{k}"  # the same in every build
    return v4.new_notebook(cells=made)


def run(book: nbformat.NotebookNode, folder: str) -> None:
    """Run a notebook where it lies; its outputs are kept in it."""
    book.cells.insert(0, nbformat.v4.new_code_cell(QUIET))
    resources = {"metadata": {"path": folder}}
    NotebookClient(book, timeout=900, kernel_name="python3", resources=resources).execute()
    del book.cells[0]
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]  # progress bars


def offer(app: Sphinx, doctree: nodes.document) -> None:
    """Make the notebook of a page that was read, and link it below its title."""
    name = app.env.docname
    if not begins(app, name):
        return
    book = notebook(doctree)
    try:
        run(book, str(app.srcdir))
    except CellExecutionError as error:
        logger.warning("%s: its notebook does not run: %s", name, error)
    for fault in faults(book):
        logger.warning("%s: %s", name, fault)
    path = Path(app.outdir, name).with_suffix(".ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
    link = nodes.reference("", f"Download this page as a notebook ({path.name})", refuri=path.name)
    section = doctree.next_node(nodes.section)
    section.insert(1, nodes.paragraph("", "", link))


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the notebooks as pages are read."""
    app.connect("doctree-read", offer)
    return {"parallel_read_safe": True}
