"""Sphinx settings. Build offline with ``sphinx-build -W -b html docs docs/_build/html``."""

from __future__ import annotations

import doctest
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import sfc_sim  # noqa: E402

project = "sfc_sim"
author = "The sfc_sim developers"
copyright = f"2026, {author}"
version = release = sfc_sim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_copybutton",
    "matplotlib.sphinxext.plot_directive",
]
exclude_patterns = ["_build", "generated/*.inc"]
default_role = "py:obj"
toc_object_entries = False
templates_path: list[str] = []

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
maximum_signature_line_length = 90

doctest_default_flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
doctest_global_setup = """
import warnings
import numpy as np
import sfc_sim as sfc
warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
"""

plot_formats = [("png", 144)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True
plot_rcparams = {"figure.constrained_layout.use": True}
plot_apply_rcparams = True
plot_pre_code = """
import warnings
import numpy as np
from matplotlib import pyplot as plt
import sfc_sim as sfc
from sfc_sim import plotting
warnings.simplefilter("ignore", sfc.EffectiveSampleSizeWarning)
"""

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = f"sfc_sim {version}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_show_sourcelink = False
html_sidebars: dict[str, list[str]] = {
    name: [] for name in ("index", "verification", "benchmarks", "glossary")
}
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
}

DOCTEST_EXCLUDES = [
    "reference/*",
    "verification.rst",
    "explanation/choices.rst",
    "generated/catalogue/*",
]

logger = logging.getLogger(__name__)


def make_pages(app: Sphinx) -> None:
    """Write the pages that come from the package itself; an unmet tolerance is a warning."""
    if app.builder.name == "doctest":
        # The examples of docstrings are run by pytest, each where it stands.
        app.config.exclude_patterns += DOCTEST_EXCLUDES
    import catalogue
    import choices
    import claimed
    import command_line
    import reproduced
    from pages import write

    told = {"models.rst": catalogue.models(), "measures.inc": claimed.measures()}
    write(told | command_line.pages())
    if app.builder.name == "doctest":
        return
    table, outside = reproduced.pages()
    write(catalogue.pages() | table | choices.pages())
    for row in outside:
        logger.warning("reproduced or not, against what is said of it: %s", row)


def setup(app: Sphinx) -> None:
    """Make the pages before any is read."""
    app.connect("builder-inited", make_pages)
