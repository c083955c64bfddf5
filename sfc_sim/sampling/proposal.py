"""Where draws are made: a mixture of the prior and of laws that lie where theories put weight.

Every parameter is a quantile function of a uniform number u, so that the prior of all that vary
is one law for all scenarios: z = Phi^-1(u) is standard normal, and a parameter of few values takes
each with its own probability. A proposal is a mixture over these; each of its parts is a Student-t
law of z times a table of chances of the discrete values. The first part is the prior itself
(a defensive mixture, Owen and Zhou 2000): no draw can stand for more than it would among prior
draws, over the share of that part.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from sfc_sim._core.arguments import validated
from sfc_sim._core.errors import InputError, pathlike
from sfc_sim._core.files import read_text, writing
from sfc_sim._core.typing import FloatArray
from sfc_sim.sampling.axes import Axes
from sfc_sim.sampling.memory import remembered
from sfc_sim.sampling.placing import Parts, Place, Placed, placed

if TYPE_CHECKING:
    from sfc_sim.scenario.scenario import Scenario

__all__ = ["Proposal", "load_proposal"]


@final
@dataclass(frozen=True)
class Proposal:
    """A law to draw worlds from, by `sfc_sim.aim`; frozen, and a function of nothing else.

    Attributes
    ----------
    scenario_hash : str
        Of the scenario that it was made for, and alone goes with.
    theories : tuple of str
        What it is aimed at.
    evidence : str
        Under which evidence, as text.
    cone : str
        Which cone of our past is known to be empty of fronts, "light" or "fronts"; or none.
    seed : str
        Of its pilot draws.
    pilot : int
        How many these were.
    precision : str
        The standard error that its shares are for; empty if they are for effective draws.
    axes : Axes
        What varies.
    shares : tuple of float
        Of the parts in the draws; the first is that of the prior.
    centres : tuple
        Of the other parts, shape (part, continuous).
    roots : tuple
        Lower Cholesky roots of their scales, shape (part, continuous, continuous).
    chances : tuple
        Of the values of each discrete parameter, shape (parameter, part, value).
    tilts : tuple of (float, float) or (float, float, int)
        Laws of the amount, slope and cut, and of what if not all that is evident; see
        ``sfc_sim.sampling.tilts``.
    tilt_of : tuple of int
        Which of them each part has.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> proposal = sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> round(sum(proposal.shares), 9), proposal.shares[0] >= 0.1
    (1.0, True)
    """

    scenario_hash: str
    theories: tuple[str, ...]
    evidence: str
    cone: str
    seed: str
    pilot: int
    precision: str
    axes: Axes
    shares: tuple[float, ...]
    centres: tuple[tuple[float, ...], ...] = ()
    roots: tuple[tuple[tuple[float, ...], ...], ...] = ()
    chances: tuple[tuple[tuple[float, ...], ...], ...] = ()
    tilts: tuple[tuple[float, ...], ...] = ()
    tilt_of: tuple[int, ...] = ()

    @cached_property
    def hash(self) -> str:
        """A name for it: two of the same hash make the same draws."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def words(self) -> dict[str, str]:
        """Return the attributes of draws by which it can be found again."""
        return {
            "proposal": self.hash,
            "aim": json.dumps(self.theories),
            "aim_evidence": self.evidence,
            "aim_seed": self.seed,
            "aim_pilot": str(self.pilot),
            "aim_precision": self.precision,
        }

    def to_json(self) -> str:
        """Return it as text, from which `load_proposal` has it again."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        axes = {each.name: getattr(self.axes, each.name) for each in fields(self.axes)}
        return json.dumps(named | {"axes": axes})

    @staticmethod
    def from_json(text: str) -> Proposal:
        """Return the proposal of a text that `to_json` gave.

        Examples
        --------
        >>> import sfc_sim as sfc
        >>> proposal = sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
        >>> Proposal.from_json(proposal.to_json()) == proposal
        True
        """
        found: dict[str, Any] = _frozen(json.loads(text))
        return Proposal(axes=Axes(**found.pop("axes")), **found)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write it to a file, whole or not at all.

        Raises
        ------
        InputError
            If the file exists and `force` is off, or cannot be written.
        """
        target = Path(pathlike(path, "path"))
        with writing(target, force=force) as part:
            part.write_text(self.to_json(), encoding="utf-8")
        return target

    @cached_property
    def arrays(self) -> Parts:
        """The numbers as arrays."""
        return Parts.of(self)

    def place(self, numbers: Mapping[Place, FloatArray], scenario: Scenario) -> Placed:
        """Move the uniform numbers of draws to where the proposal has them.

        Parameters
        ----------
        numbers : mapping of (str, int) to ndarray, shape (draw,)
            Uniform numbers by parameter and component, with those of ``PART`` and ``SCALE``.
        scenario : Scenario
            The one it was made for.
        """
        return placed(self, dict(numbers), scenario)


@validated()
def load_proposal(path: str | os.PathLike[str]) -> Proposal:
    """Read a proposal that `Proposal.save` wrote.

    Raises
    ------
    InputError
        If the file cannot be read, or is none.

    Examples
    --------
    >>> import tempfile
    >>> import sfc_sim as sfc
    >>> proposal = sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load_proposal(proposal.save(f"{folder}/proposal.json"))
    >>> again == proposal
    True
    """
    place = Path(pathlike(path, "path"))
    try:
        return remembered(Proposal.from_json(read_text(place)))
    except OSError as error:
        raise InputError(f"cannot read {place}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(
            f"{place} is not a proposal; pass a file that Proposal.save wrote"
        ) from None


def _frozen(value: Any) -> Any:
    """Return lists as tuples, throughout."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
