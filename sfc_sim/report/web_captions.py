"""What the page says beside its tables and figures: what each shows, and what to see in it."""

from __future__ import annotations

from typing import Final

__all__ = ["ABOUT", "FIGURES", "TABLES"]

ABOUT: Final = {
    "By anthropic theory": "An anthropic theory says how our own existence counts as evidence of "
    "how many others there are. Each row is one theory; all weigh the same worlds. ± is one "
    "standard error of this computation; it says nothing of doubts about the assumptions.",
    "By cause of extinction": "What comes after us on Earth depends on what ends us. A cause that "
    "leaves somebody who spreads in our place costs less; one that leaves what is worth nothing, "
    "but takes the same space, costs all. Numbers are the discount: by how much less survival is "
    "worth, as a share of what it is worth if nobody recovers anything.",
    "Set your own values": "How good others are, how much of value late recovery keeps, what comes "
    "after us on Earth and which theory to believe are for you to say. What follows is computed "
    "here, in your browser, as the program does.",
    "The worlds": "Each draw of the assumptions is a world. Theories and ways of deciding give "
    "worlds different weight, and so answer for different ones.",
    "One premise at a time": "Each row changes one assumption to what somebody else holds, and "
    "computes the discount again. What the answer hangs on moves it far.",
    "What drives it": "The same question for the numbers that are uncertain: in which of them lies "
    "the spread of the answer.",
    "What to do about it": "What one unit of effort gains under each theory, in value of all that "
    "humanity would get; and that over what it gains by reducing extinction risk. Where others "
    "exist, making them better counts too.",
    "What it would be worth to know": "A fact that would change no choice is worth nothing to "
    "know, however uncertain it is.",
    "What is assumed": "All that went in, with its source. Verified: read in the source; "
    "secondary: read in another work; assumed: chosen by us.",
    "Make it again": "This code gives the same numbers.",
}
"""What a section is about, by its title."""

TABLES: Final = {
    "In the Galaxy, now (what the source counts)": "N is the number of civilizations in the Galaxy "
    "now, which products of factors such as the Drake equation count.",
    "How many others": "Alone: fewer than one intelligent civilization is expected in the "
    "observable universe. SFC: a space-faring civilization, which expands at a sizeable fraction "
    "of the speed of light. In 90 % of the worlds their number is in the range. Effective draws: "
    "how many equally weighted draws a row is worth; below 100 it is unsteady.",
    "Nobody else, by two readings; and what we displace": "The chance that the observable universe "
    "has nobody besides us: no intelligent civilization, or none that expands. Displaced: what "
    "others would hold of what we take, by what they would make of it; in cubes of a billion light "
    "years (Gly³) as valuable as ours.",
    "The nearest place of an SFC today, and first contact with ours": "Distances are comoving, in "
    "billions of light years (Gly); dates in billions of years (Gyr) since the Big Bang. Never: in "
    "half of the worlds, or more, our fronts meet no others.",
    "Our own prospects: the chance that a civilization like ours expands": "As assumed beforehand, "
    "and with what is seen taken into account.",
    "What reducing extinction risk is worth": "Held: of the volume that humanity would hold with "
    "nobody else, what it would still get to first. s: the share of that which others would take "
    "without us. κ: the value that it keeps until they come. q: the value of a resource to others "
    "over that to us. s κ q is the discount: how much less survival is worth than if nobody "
    "recovered what we lose. The last column compares with a universe without anybody else.",
}
"""What a table of the report shows, by its title."""

FIGURES: Final = {
    "discounts": (
        "The discount by theory, with error bars",
        "To the right, others recover more of what we lose. Marks differ by how much a resource "
        "is worth to others over us (similarity); beyond the dashed line survival would be worth "
        "less than nothing.",
    ),
    "multiplier_map": (
        "What survival is worth, by recovered share and similarity",
        "Each mark is a theory; marks may lie on each other, and each has its name at the end of a "
        "line. The further right, the more others recover; the further up, the "
        "more of our value it keeps. Blue: survival is worth something; white, along the black "
        "line: nothing; red: less than nothing. Dashed: shares that other works claim.",
    ),
    "credence_in_scenarios": (
        "Credence in each scenario",
        "Grey: before. Marks: after the evidence, under each theory. A scenario gains where it "
        "makes what we see, or that we are here, likely.",
    ),
    "by_cause": (
        "What survival is worth by cause of extinction",
        "1: nobody would recover anything. The further left, the more would be recovered after "
        "that cause, and the less it costs.",
    ),
    "densities": (
        "How many expanding civilizations there are, by theory",
        "0 is one per volume of the observable universe, 3 a thousand, -3 one in a thousand such "
        "volumes. A theory with its peak on the right holds that there are many. The legend says "
        "how much lies left of the axis: worlds that are emptier still.",
    ),
    "relevance": (
        "The worlds that a decision is made for",
        "Grey: how likely worlds are, given what we see. Each line weighs them also by what a "
        "decision changes there, in one way of counting: where it peaks are the worlds to decide "
        "for.",
    ),
    "premises": (
        "One premise changed at a time",
        "The line is the answer of this page. A bar ends where the answer goes with that one "
        "change: the long bars are what it hangs on.",
    ),
    "tornado": (
        "The discount with each input low, and high",
        "Blue: over the tenth of worlds in which this input is lowest, up to the value beside the "
        "point; red: over that in which it is highest. The line is the answer over all worlds.",
    ),
    "conditional": (
        "The discount by {name}",
        "How the answer changes along this input. The band is one standard error; a flat line is "
        "an input that does not matter.",
    ),
    "sobol": (
        "Which inputs make worlds differ in {output}",
        "Sobol' indices: the share of the spread that an input explains by itself (first order), "
        "and with all that it does together with others (total). Bars are intervals of their "
        "errors.",
    ),
    "priorities": (
        "What a unit of effort is worth",
        "Points are means, bars the middle 90 % of worlds. Units differ between rows: see the last "
        "column of the table.",
    ),
    "information": (
        "What it would be worth to know each input",
        "Over what the best action gains now, with one standard error. 0: knowing it would change "
        "no choice.",
    ),
}
"""Title of a figure and what to see in it, by its name; a word in braces is of the study."""
