"""Philox4x32-10 against its published answers, another library, and what random numbers must do."""

from __future__ import annotations

import platform

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from randomgen import Philox

from sfc_sim.kernels.philox import TILE, add_affine_tile, uniform_tile, uniforms
from tests import naive_drake as naive

# kat_vectors of Random123 1.14 (Salmon et al. 2011): counter, key, answer.
KNOWN = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]
WORD = st.integers(0, 2**32 - 1)


def drawn(key0, key1, slot, component, first, size):
    out = np.empty(size)
    uniforms(key0, key1, slot, component, first, out)
    return out


def words(u):
    """Undo u = (word + 1/2) / 2**32, which is exact in a double."""
    return (u * 2**32 - 0.5).astype(np.uint64)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    low, high, slot, component = counter
    tile, c = divmod(low + (high << 32), 256)
    assert naive.philox_block(counter, key) == answer
    if tile < 2**53:  # the draw number 1024 tile must fit 64 bits with a sign
        out = drawn(*key, slot, component, 1024 * tile + c, 769)
        assert words(out[::256]).tolist() == answer
    out = np.empty(TILE)
    uniform_tile(*key, slot, component, tile, out)
    assert words(out[c::256]).tolist() == answer


@pytest.mark.parametrize("tile", [0, 1, 77, 2**24 - 1, 2**24, 2**40 + 3])
def test_against_randomgen(tile):
    key, slot, component = (0x12345678, 0x9ABCDEF0), 0xDEADBEEF, 5
    out = np.empty(TILE)
    uniform_tile(*key, slot, component, tile, out)
    # randomgen steps its counter before it draws.
    start = 256 * tile + (slot << 64) + (component << 96) - 1
    other = Philox(key=key[0] + (key[1] << 32), counter=start % 2**128, number=4, width=32)
    raw = np.asarray(other.random_raw(TILE), dtype=np.uint64).reshape(256, 4)
    np.testing.assert_array_equal(words(out), raw.T.ravel())


@settings(max_examples=30, deadline=None)
@given(key0=WORD, key1=WORD, slot=WORD, component=WORD, draw=st.integers(0, 2**50))
def test_plain_python_twin(key0, key1, slot, component, draw):
    got = drawn(key0, key1, slot, component, draw, 3)
    expected = [naive.uniform((key0, key1), slot, component, draw + k) for k in range(3)]
    assert got.tolist() == expected


@settings(max_examples=30, deadline=None)
@given(first=st.integers(0, 5000), sizes=st.lists(st.integers(0, 2500), min_size=1, max_size=6))
def test_any_chunking_gives_the_same_bits(first, sizes):
    whole = drawn(1, 2, 3, 4, first, sum(sizes))
    starts = first + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    parts = [drawn(1, 2, 3, 4, int(a), n) for a, n in zip(starts, sizes, strict=True)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


def test_affine_is_added_to_what_is_there():
    u, out = np.empty(TILE), np.full(TILE, 7.0)
    uniform_tile(1, 2, 3, 0, 9, u)
    add_affine_tile(1, 2, 3, 0, 9, -2.0, 5.0, out)
    np.testing.assert_array_equal(out, 7.0 + (-2.0 + 5.0 * u))


def test_never_zero_or_one():
    # The extreme words map here; they must survive 1 - u and a logarithm.
    assert (0 + 0.5) * 2.0**-32 == 2.0**-33
    assert (2**32 - 1 + 0.5) * 2.0**-32 == 1 - 2.0**-33
    u = drawn(3, 1, 4, 0, 0, 1_000_000)
    assert 0 < u.min() < 1e-5
    assert 1 - 1e-5 < u.max() < 1


def ks_statistic(u):
    """Return √n times the Kolmogorov-Smirnov distance from the uniform law."""
    rank = np.arange(u.size)
    ordered = np.sort(u)
    distance = np.maximum(ordered - rank / u.size, (rank + 1) / u.size - ordered).max()
    return distance * np.sqrt(u.size)


# P(√n D > 2.6) = 2 exp(-2 * 2.6**2) = 2.7e-6: about as rare as five standard deviations.
KS_LIMIT = 2.6


@pytest.mark.parametrize("slot", [0, 1, 0xFFFFFFFF])
def test_uniform(slot):
    assert ks_statistic(drawn(11, 22, slot, 0, 0, 1_000_000)) < KS_LIMIT


def test_uniform_negative_control():
    u = drawn(11, 22, 0, 0, 0, 1_000_000)
    assert ks_statistic(u**1.01) > KS_LIMIT


def correlation_in_errors(x, y):
    """Return the correlation of two samples over its standard error 1/√n."""
    return np.corrcoef(x, y)[0, 1] * np.sqrt(x.size)


@pytest.mark.parametrize(
    "other",
    [(11, 22, 1, 0, 0), (11, 22, 2**31, 0, 0), (11, 22, 0, 1, 0), (12, 22, 0, 0, 0)]
    + [(11, 22, 0, 0, lag) for lag in (1, 2, 256, 512, 1024)],
)
def test_other_slots_keys_and_neighbours_do_not_correlate(other):
    size = 200_000
    x, y = drawn(11, 22, 0, 0, 0, size), drawn(*other, size)
    assert abs(correlation_in_errors(x, y)) < 5  # standard errors
    assert abs(correlation_in_errors((x - 0.5) ** 2, (y - 0.5) ** 2)) < 5


def test_correlation_negative_control():
    x, y = drawn(11, 22, 0, 0, 0, 200_000), drawn(11, 22, 1, 0, 0, 200_000)
    assert abs(correlation_in_errors(x, 0.98 * y + 0.02 * x)) > 5


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="register names of x86")
def test_the_tile_is_filled_by_vector_instructions():
    numba = pytest.importorskip("numba")
    fresh = numba.njit(nogil=True, error_model="numpy")(add_affine_tile.py_func)
    fresh(1, 2, 3, 0, 0, 0.0, 1.0, np.empty(TILE))
    listing = fresh.inspect_asm(fresh.signatures[0])
    # The packed product of 32-bit words; a loop that is not vectorised uses mul or imul.
    assert "pmuludq" in listing
