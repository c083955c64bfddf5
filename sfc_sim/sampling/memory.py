"""Proposals that are known here, by hash: draws name theirs, and are followed again by it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from sfc_sim.sampling.proposal import Proposal

__all__ = ["recalled", "remembered"]

# Those that were used last, a few hundred kB each; others are known while anybody holds them.
KEPT: Final = 16
_last: OrderedDict[str, Proposal] = OrderedDict()
_held: WeakValueDictionary[str, Proposal] = WeakValueDictionary()


def remembered(proposal: Proposal) -> Proposal:
    """Keep a proposal, so that draws that were made with it are understood; and return it.

    Examples
    --------
    >>> import sfc_sim as sfc
    >>> proposal = sfc.aim("sandberg2018-toy", theories=["sia"], evidence="none", rng=7)
    >>> remembered(proposal) is proposal
    True
    """
    _held[proposal.hash] = _last[proposal.hash] = proposal
    _last.move_to_end(proposal.hash)
    while len(_last) > KEPT:
        _last.popitem(last=False)
    return proposal


def recalled(name: str) -> Proposal | None:
    """Return the proposal of a hash, if it is known.

    Examples
    --------
    >>> recalled("none of these") is None
    True
    """
    return _held.get(name)
