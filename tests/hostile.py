"""Text that would leave its element if it were not escaped, and a look at what HTML is made of."""

from __future__ import annotations

from html.parser import HTMLParser

import sfc_sim as sfc
from sfc_sim.scenario.claim import Claim
from sfc_sim.scenario.premise import Premise

# In text, in an attribute of either quote, in a script, in a comment, and as a formula.
HOSTILE = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(1)>' onmouseover='alert(1) -->"
    "</title></td></pre></style>&lt;${title}$$"
)
HARMLESS = "words of no harm, again and again".ljust(len(HOSTILE), ".")  # as long
SCRIPT_ADDRESSES = (
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "http://a/\" onclick=\"alert(1)",
)  # fmt: skip


class Shape(HTMLParser):
    """The elements of a page, each with its attributes; and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, tuple(name for name, _ in attributes)))
        self.addresses += [value for name, value in attributes if name in ("href", "src")]

    def handle_endtag(self, tag):
        self.elements.append((f"/{tag}", ()))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.elements.append(("comment", ()))


def same_shape(html: str, harmless: str) -> None:
    """Assert that hostile text changes no element, no attribute, and no address to a bad one."""
    assert Shape(html).elements == Shape(harmless).elements
    for address in Shape(html).addresses:
        assert address.startswith(("https://", "http://", "data:image/png;base64,"))


def worded(words: str, reference: str) -> sfc.Scenario:
    """Return a scenario that has `words` wherever a file of one may have any."""
    toy = sfc.load_scenario("sandberg2018-toy")
    factor = next(iter(toy.parameters))
    said = dict.fromkeys(("unit", "symbol", "meaning", "source", "told_by"), words)
    said["unit"] = toy[factor].unit
    claim = Claim(words, 1.0, 0.5, words, words, "assumed", "mean_count", False, words)
    premise = Premise(words, words, {words: {factor: 0.25}}, words)
    return sfc.Scenario(
        toy.appearance,
        toy.expansion,
        {**toy.parameters, factor: _with(toy[factor], said)},
        words, words, words, reference, words,
        claims=(claim,), premises=(premise,),
    )  # fmt: skip


def _with(parameter, said):
    import dataclasses

    return dataclasses.replace(parameter, **said)
