"""The sky at a birth: which domains are there, and that their outlines are true."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.path import Path

import sfc_sim as sfc
from sfc_sim import plotting
from sfc_sim.plotting.sky_map import cap, in_sight, outline
from sfc_sim.simulation.sky import angular_diameter
from tests.plotting.made import images, made_universe


@pytest.fixture(scope="module")
def universe() -> xr.Dataset:
    return made_universe()


def unit(longitude, latitude) -> np.ndarray:
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=-1)


@pytest.mark.parametrize("who", [0, 5, -1])
def test_all_images_in_the_light_cone_are_in_sight(universe: xr.Dataset, who: int) -> None:
    who %= universe.sizes["civilization"]
    seen = in_sight(universe, who)
    same = universe.realisation.values == universe.realisation.values[who]
    same[who] = False  # nobody is in their own past light cone, but their images might be
    born, places = universe.birth_conformal_time.values, universe["position"].values
    expected = images(places[same], born[same], places[who], born[who])
    np.testing.assert_allclose(seen.distance[::-1], expected, rtol=1e-9)
    assert universe.visible_at_birth.values[who] == seen.distance.size


def test_by_default_the_fullest_sky(universe: xr.Dataset) -> None:
    most = int(universe.visible_at_birth.max())
    assert most > 3
    ax = plotting.sky(universe)
    born = universe.birth_time.values[universe.visible_at_birth.values.argmax()]
    assert ax.get_title(loc="left") == f"{most} domains in sight at a birth at {born:.3g} Gyr"
    bar = ax.figure.axes[1]
    assert bar.get_xlabel() == "Comoving distance of the birthplace [Gly]"
    assert len(ax.patches) >= most  # those across the rim are in two parts
    assert ax.patches[0].get_facecolor() == colormaps["YlOrRd"](1.0)  # the farthest is first
    layers = [patch.get_zorder() for patch in ax.patches]
    assert layers == sorted(layers)


def test_the_angles_are_those_of_the_domains(universe: xr.Dataset) -> None:
    who = int(universe.visible_at_birth.values.argmax())
    seen = in_sight(universe, who)
    born, places = universe.birth_conformal_time.values, universe["position"].values
    same = universe.realisation.values == universe.realisation.values[who]
    j = int(np.flatnonzero(same)[0])  # the oldest; its nearest image is surely in sight
    away = (places[j] - places[who] + 15.0) % 30.0 - 15.0
    distance = np.sqrt((away**2).sum())
    k = int(np.abs(seen.distance - distance).argmin())
    angle = angular_diameter(distance, born[who] - born[j], 0.5)
    assert seen.half_angle[k] == pytest.approx(float(angle) / 2)
    np.testing.assert_allclose(unit(seen.longitude[k], seen.latitude[k]), away / distance)


def test_the_first_born_sees_nobody(universe: xr.Dataset) -> None:
    ax = plotting.sky(universe, 0)
    assert ax.get_title(loc="left").startswith("0 domains")
    assert not ax.patches
    assert len(ax.figure.axes) == 1


def test_an_outline_keeps_its_distance() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        longitude, latitude, size = rng.uniform([-np.pi, -1.57, 0.01], [np.pi, 1.57, 1.5])
        around = unit(*outline(longitude, latitude, size))
        away = np.arccos(around @ unit(longitude, latitude))
        np.testing.assert_allclose(away, size, rtol=1e-6)


# In the open, across the rim, round either pole, both at once, next to a pole.
CAPS = [
    (0.3, 0.2, 0.5),
    (3.0, -0.4, 0.6),
    (1.0, 1.2, 0.7),
    (-2.9, -1.3, 0.9),
    (3.1, 0.8, 1.2),
    (0.5, 0.6, 0.96),
    (-1.0, 0.1, 1.5),
]


@pytest.mark.parametrize("disc", CAPS)
def test_the_fill_is_the_inside_of_the_disc(disc: tuple[float, float, float]) -> None:
    ax = Figure().add_subplot(projection="mollweide")
    cap(ax, *disc, colour="red", layer=2.0)
    areas = [Path(patch.get_xy()) for patch in ax.patches]
    rng = np.random.default_rng(4)
    across, up = rng.uniform(-np.pi, np.pi, 4000), np.arcsin(rng.uniform(-1.0, 1.0, 4000))
    away = np.arccos(np.clip(unit(across, up) @ unit(disc[0], disc[1]), -1.0, 1.0))
    # Straight lines between the 361 points of an outline are good to this but next to a pole.
    clear = np.abs(away - disc[2]) > 0.02
    points = np.column_stack([across, up])[clear]
    found = np.sum([area.contains_points(points) for area in areas], axis=0)
    np.testing.assert_array_equal(found, (away[clear] < disc[2]).astype(int))
    shifted = np.arccos(np.clip(unit(across, up) @ unit(disc[0] + 0.2, disc[1]), -1.0, 1.0))
    assert (found != (shifted[clear] < disc[2])).any()  # a wrong disc does not pass


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda u: plotting.sky(xr.Dataset()), "'position'.*simulate"),
        (lambda u: plotting.sky(u, 10_000), "civilization is 10000.*from 0 to"),
        (lambda u: plotting.sky(u, -1), "civilization is -1"),
        (lambda u: plotting.sky(u.drop_vars("visible_at_birth")), "'visible_at_birth'.*compute="),
        (lambda u: plotting.sky(u, 3, ax=Figure().subplots()), "'rectilinear'.*'mollweide'"),
        (lambda u: plotting.sky(u, 3, ax="top"), "ax is 'top'"),
    ],
)
def test_a_wrong_argument_is_named(call, words: str, universe: xr.Dataset) -> None:
    with pytest.raises(sfc.InputError, match=words):
        call(universe)
