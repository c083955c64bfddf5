"""The command `explore`: what it writes, and how it refuses."""

from __future__ import annotations

import pytest

from sfc_sim.cli import main


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr("sfc_sim.explorer.page.LEAST_PILOT", 200)


def test_it_writes_a_page_and_says_so(tmp_path, capsys):
    target = tmp_path / "new" / "page.html"
    asked = ["explore", "olson-ord2021", "--draws", "500", "--seed", "7", "--out", str(target)]
    assert main(asked) == 0
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "wrote" in capsys.readouterr().err
    assert main(asked) == 2
    assert "exists" in capsys.readouterr().err
    assert main([*asked, "--force", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert target.read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sandberg2018"], "has no dates"),
        (["cook2022-balanced", "--draws", "10"], "draws is 10"),
        (["cook2022-balanced", "--draws", "many"], "draws is 'many'"),
        (["cook2022-balancd"], "did you mean"),
    ],
)
def test_what_cannot_be_explored_is_refused_in_a_line(tmp_path, capsys, arguments, words):
    target = tmp_path / "page.html"
    assert main(["explore", *arguments, "--out", str(target)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") <= 2
    assert not list(tmp_path.iterdir())
