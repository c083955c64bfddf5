"""Names of the array types that modules exchange."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "Limit", "RandomLike"]

FloatArray: TypeAlias = npt.NDArray[np.float64]
# A number that may be infinite.
Limit: TypeAlias = float
RandomLike: TypeAlias = int | np.random.SeedSequence | np.random.Generator | None
