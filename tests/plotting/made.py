"""Small worlds made by hand, in plain loops, to the schema of the simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import xarray as xr

from sfc_sim.cosmology.background import Background

BOX, SPEED, N = 30.0, 0.5, 6
EINSTEIN = Background.power_law(2 / 3)
PLANCK = Background.named("Planck18")


def torus(places: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Distances in the periodic box."""
    away = np.abs(places - place)
    return np.sqrt((np.minimum(away, BOX - away) ** 2).sum(axis=-1))


def one_box(rng: np.random.Generator, candidates: int) -> tuple[np.ndarray, np.ndarray]:
    """Birthplaces and conformal times of those who are not precluded."""
    born = np.sort(75.0 * rng.random(candidates) ** (1.0 / (3 * N)))
    kept: list[int] = []
    places = rng.uniform(0.0, BOX, (candidates, 3))
    for i in range(candidates):
        if all(torus(places[j], places[i]) >= SPEED * (born[i] - born[j]) for j in kept):
            kept.append(i)
    return places[kept], born[kept]


def made_universe() -> xr.Dataset:
    """Two realisations of the power-law universe."""
    rng = np.random.default_rng(11)
    boxes = [one_box(rng, 400), one_box(rng, 400)]
    places, born = (np.concatenate(parts) for parts in zip(*boxes, strict=True))
    realisation = np.repeat([0, 1], [len(box[1]) for box in boxes])
    met, visible = np.empty(born.size), np.zeros(born.size, int)
    for i in range(born.size):
        others = np.flatnonzero((realisation == realisation[i]) & (np.arange(born.size) != i))
        met[i] = min((torus(places[j], places[i]) / SPEED + born[i] + born[j]) / 2 for j in others)
        visible[i] = len(images(places[others], born[others], places[i], born[i]))
    time = EINSTEIN.time_at_conformal(born)
    columns = {
        "birth_time": time,
        "start_time": time,
        "birth_conformal_time": born,
        "speed": np.full(born.size, SPEED),
        "first_contact": EINSTEIN.time_at_conformal(met),
        "visible_at_birth": visible,
    }
    attrs = {
        "box": str(BOX), "seed": "7", "speed": f"Fixed(value={SPEED})", "first": "0",
        "realisations": "2", "delay": "0.0", "cosmology": "power-law",
        "cosmology_exponent": str(2 / 3), "cosmology_age": "13.787",
        "appearance": "PowerLawAppearance(n=6, abundance=2.5e4, date=13.787)",
        "dated_power": "6",
    }  # fmt: skip
    return xr.Dataset(
        {name: ("civilization", values) for name, values in columns.items()}
        | {"position": (("civilization", "axis"), places)},
        coords={"realisation": ("civilization", realisation)},
        attrs=attrs,
    )


def images(places: np.ndarray, born: np.ndarray, place: np.ndarray, now: float) -> list[float]:
    """Distances of all images in the past light cone; +-3 boxes are more than light has come."""
    found = []
    for shift in product(range(-3, 4), repeat=3):
        distance = np.sqrt(((places + BOX * np.array(shift) - place) ** 2).sum(axis=1))
        found += list(distance[distance < now - born])
    return sorted(found)


def made_holders(universe: xr.Dataset, positions: np.ndarray, *, realisation: int = 0):
    """The first front at each place."""
    of = np.flatnonzero(universe["realisation"].values == realisation)
    start = universe["birth_conformal_time"].values[of]
    speed = universe["speed"].values[of]
    who, when = [], []
    for place in np.asarray(positions).reshape(-1, 3):
        arrival = start + torus(universe["position"].values[of], place) / speed
        who.append(of[arrival.argmin()])
        when.append(arrival.min())
    since = EINSTEIN.time_at_conformal(np.array(when))
    return xr.Dataset({"holder": ("place", who), "held_from": ("place", since)})


def made_here(count: int = 30, **attrs: str) -> xr.Dataset:
    """Two worlds round us; the second is empty."""
    rng, speed = np.random.default_rng(5), 0.8
    reach = speed * PLANCK.event_horizon(PLANCK.age)
    time = np.sort(rng.uniform(10.0, 30.0, count))
    ball = 4.0 / 3.0 * np.pi * reach**3
    columns = {
        "world": np.zeros(count, int),
        "birth_time": time,
        "birth_conformal_time": PLANCK.conformal_time(time),
        "volume_held": ball * rng.dirichlet(np.ones(count + 1))[:count],
    }
    return xr.Dataset(
        {name: ("civilization", values) for name, values in columns.items()}
        | {
            "position": (("civilization", "axis"), rng.uniform(-reach, reach, (count, 3)) / 2.0),
            "volume_alone": ball,
            "volume_grabbed": ("realisation", [0.25 * ball, ball]),
        },
        attrs={
            "reach": str(reach), "speed": str(speed), "cosmology": "Planck18", "seed": "7",
            "scenario": "cook2022-balanced", "scenario_hash": "0123abcd",
        } | attrs,
    )  # fmt: skip
