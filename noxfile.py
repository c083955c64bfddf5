"""The checks one by one, in environments of their own: ``nox -s lint``. All: ``bash .ci/run``."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style, the docstrings, the imports between modules and the repository."""
    session.install("-e", ".[lint]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("numpydoc", "lint", *map(str, sorted(Path("sfc_sim").rglob("*.py"))))
    session.run("lint-imports")
    session.run("repo-review", "--show", "err")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    session.install("-e", ".[lint]")
    session.run("mypy", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, or those named after ``--``."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(default=False)
def verification(session: nox.Session) -> None:
    """Run the slow statistical checks against theory."""
    session.install("-e", ".[test]")
    session.run("pytest", "-m", "verification", *session.posargs)


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the pages; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "-b", "html", "docs", "docs/_build/html", *session.posargs)
