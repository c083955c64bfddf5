"""What is published and not reproduced, beyond the claims of the scenario files."""

from __future__ import annotations

import sfc_sim as sfc
from tests.verification.rows import SEED


def differs(draws: int) -> list[tuple[str, str, str, str]]:
    """Return what is published and not reproduced: quantity, published, ours, why."""
    drawn = sfc.sample("cook2022-balanced", draws, rng=SEED)
    weights = sfc.weigh(drawn, theories=["sia", "adt-total"])
    share = sfc.saturation(drawn, weights)
    recovered = ", ".join(
        f"{100.0 * float(share.recovered_share.sel(theory=t)):.0f} ± "
        f"{100.0 * float(share.recovered_share_standard_error.sel(theory=t)):.0f} % ({t})"
        for t in ("sia", "adt-total")
    )
    return [
        (
            "Share of our resources that others would recover (Riché 2025)",
            "84 % or more",
            recovered,
            "Not verified: which density, theory and statistic the figure stands on is not known "
            "to us.",
        ),
        (
            "Discount on reducing extinction risk (Riché 2025)",
            "about 75 %",
            recovered,
            "A takeaway in words. We compare with it and tune nothing to it.",
        ),
    ]
