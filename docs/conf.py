"""Sphinx settings. Build offline with ``sphinx-build -W -b html docs docs/_build/html``."""

from __future__ import annotations

import doctest
import re
import sys
import warnings
from pathlib import Path

from docutils import nodes
from matplotlib.sphinxext import plot_directive
from sphinx.application import Sphinx
from sphinx.util import logging

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import sfc_sim  # noqa: E402

warnings.simplefilter("ignore", sfc_sim.EffectiveSampleSizeWarning)

project = "sfc_sim"
author = "The sfc_sim developers"
copyright = f"2026, {author}"
version = release = sfc_sim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinx-mathjax-offline",  # formulas without network
    "numpydoc",
    "sphinx_copybutton",
    "matplotlib.sphinxext.plot_directive",
    "choices",  # and what is beside it in _ext: each makes its pages
    "claimed",
    "command_line",
    "conventions",
    "explore",
    "gallery",
    "notebooks",
    "once",
    "reproduced",
    "references",
]
exclude_patterns = ["_build", "generated/*.inc"]
default_role = "py:obj"
toc_object_entries = False
templates_path: list[str] = []
nitpicky = True

LIBRARIES = {
    "python": "https://docs.python.org/3/",
    "numpy": "https://numpy.org/doc/stable/",
    "scipy": "https://docs.scipy.org/doc/scipy/",
    "xarray": "https://docs.xarray.dev/en/stable/",
    "matplotlib": "https://matplotlib.org/stable/",
}
# The names that pages link to stand in files here, so that a build needs no network.
intersphinx_mapping = {
    name: (url, str(HERE / "_inventories" / f"{name}.inv")) for name, url in LIBRARIES.items()
}

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
autodoc_default_options = {"no-value": True}  # tables of functions have no readable value
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = True
numpydoc_xref_ignore = "all"
FULL = (
    "int", "float", "bool", "str", "dict", "list", "tuple", "set", "callable", "None", "True",
    "False", "xarray.Dataset", "matplotlib.axes.Axes",
)  # fmt: skip
SHORT = (
    "numpy.ndarray", "numpy.random.Generator", "numpy.random.SeedSequence",
    "sfc_sim.Background", "sfc_sim.Parameter", "sfc_sim.Proposal", "sfc_sim.Scenario",
    "sfc_sim.Study", "sfc_sim.decision.Similarity", "sfc_sim.distributions.Distribution",
    "sfc_sim.expansion.PowerLawUniverse", "sfc_sim.planets.PlanetHistory",
)  # fmt: skip
# What the types of parameters link to, by the word that docstrings use.
TYPES = dict(zip(FULL, FULL, strict=True)) | {name.rpartition(".")[2]: name for name in SHORT}
TYPES |= {
    "array": "numpy.ndarray",
    "array-like": "numpy.typing.ArrayLike",
    "array_like": "numpy.typing.ArrayLike",
    "iterable": "collections.abc.Iterable",
    "mapping": "collections.abc.Mapping",
    "path": "pathlib.Path",
    "sequence": "collections.abc.Sequence",
}
numpydoc_xref_aliases = {word: f":py:obj:`{word} <{name}>`" for word, name in TYPES.items()}
maximum_signature_line_length = 90

doctest_default_flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# Every page imports what it uses, so that it runs from its first line in an empty session.
doctest_global_setup = ""

plot_formats = [("png", 144)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True
plot_rcparams = {"figure.constrained_layout.use": True}
plot_apply_rcparams = True
plot_pre_code = ""

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = f"sfc_sim {version}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_extra_path = ["generated/explorer"]
html_show_sourcelink = False
html_sidebars: dict[str, list[str]] = {
    name: [] for name in ("index", "verification", "benchmarks", "glossary", "conventions")
}
html_theme_options = {
    "navbar_align": "left",
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
}

DOCTEST_EXCLUDES = [
    "reference/*",
    "tutorials/*",  # run as notebooks
    "verification.rst",
    "explanation/choices.rst",
    "generated/catalogue/*",
]

logger = logging.getLogger(__name__)


def make_pages(app: Sphinx) -> None:
    """Write the pages of the catalogue; the other extensions write their own."""
    if app.builder.name == "doctest":
        # The examples of docstrings are run by pytest, each where it stands.
        app.config.exclude_patterns += DOCTEST_EXCLUDES
        # The pages for people draw every figure and check it; here they would be drawn again.
        plot_directive.render_figures = lambda code, *_, **__: [(code, [])]
    import catalogue
    from pages import write

    write({"models.rst": catalogue.models()})
    if app.builder.name != "doctest":
        write(catalogue.pages())


def check_pictures(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of a plot directive that shows nothing: a picture that pyplot does not know of."""
    name = app.env.docname
    text = Path(app.env.doc2path(name)).read_text(encoding="utf-8")
    asked = len(re.findall(r"^\.\. plot::", text, re.MULTILINE))
    images = [node for node in doctree.findall(nodes.image) if "plot-directive" in node["classes"]]
    shown = sum(image["uri"].endswith(".png") for image in images)
    if app.builder.format == "html" and shown < asked:
        logger.warning("%s: %d of %d plot directives show a picture", name, shown, asked)


def setup(app: Sphinx) -> None:
    """Make the pages before any is read; look at their pictures after."""
    app.connect("builder-inited", make_pages)
    app.connect("doctree-read", check_pictures)
