from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.camera import CAMERAS, RayCamera, facing, pixel_rays
from lapa.envs.tabletop.scene import COLORS, TABLES
from lapa.params.envs import DistractorParams


def displaced(env: TabletopEnv, move: np.ndarray) -> np.ndarray:
    """Picture after placing the tool elsewhere."""
    start = np.array([0.0, 0.0, 0.10]) + move
    env._now.place(replace(env.layout, tool=start))
    return env._image().astype(float) / 255


@pytest.mark.parametrize("camera", ["front", "side"])
@pytest.mark.parametrize("embodiment", ["gripper", "hand"])
def test_each_axis_moves_the_picture_its_own_way(camera: str, embodiment: str) -> None:
    env = TabletopEnv(camera=camera, embodiment=embodiment)
    gram = np.zeros((3, 3))
    for seed in range(8):
        env.reset(seed=seed)
        changes = [
            (displaced(env, step) - displaced(env, -step)).ravel() for step in 0.0225 * np.eye(3)
        ]
        gram += np.stack(changes) @ np.stack(changes).T
    strength = np.sqrt(np.diag(gram))
    alike = gram / np.outer(strength, strength)
    assert np.abs(alike[np.triu_indices(3, 1)]).max() < 0.5
    assert strength.min() > 0.5 * strength.max()


@pytest.mark.parametrize("table", TABLES)
def test_every_object_is_seen_in_its_color(table: str) -> None:
    env = TabletopEnv(table=table)
    for seed in range(10):
        image = env.reset(seed=seed)[0]["image"].astype(float) / 255
        for color in env.layout.colors:
            rgb = np.array(COLORS[color])
            direction = image / np.maximum(np.linalg.norm(image, axis=-1, keepdims=True), 1e-6)
            same = direction @ (rgb / np.linalg.norm(rgb)) > 0.97
            assert same.sum() >= 8, f"{color} not visible at seed {seed}"


def test_tables_differ_around_the_same_scene() -> None:
    corners = {}
    for table in TABLES:
        env = TabletopEnv(table=table)
        image = env.reset(seed=0)[0]["image"]
        corners[table] = image[0, 0].astype(int)
        env.step(np.array([0, 0, -1, -1], np.float32))
        np.testing.assert_array_equal(env.situation().tool, table_tool())
    for one, two in (("light", "dark"), ("light", "wood")):
        assert np.abs(corners[one] - corners[two]).max() > 60


def table_tool() -> np.ndarray:
    env = TabletopEnv()
    env.reset(seed=0)
    env.step(np.array([0, 0, -1, -1], np.float32))
    return env.situation().tool


def test_shadow_marks_the_place_below_the_tool() -> None:
    env = TabletopEnv()
    env.reset(seed=0)
    view = CAMERAS["front"]
    position, axes = view.frame()
    towards = -position @ axes
    rays = pixel_rays(64, view.fov)
    pixel = int((rays @ (towards / np.linalg.norm(towards))).argmax())
    brightness = [
        displaced(env, np.array(move)).reshape(-1, 3)[pixel].sum()
        for move in ((0.0, 0.0, 0.09), (0.15, 0.15, 0.0))
    ]
    assert brightness[0] < 0.5 * brightness[1]


@pytest.mark.parametrize("nuisance", ["moving_background", "camera_shake", "color_shift"])
def test_distractors_grow_with_their_grade_and_leave_the_physics_alone(nuisance: str) -> None:
    change = []
    for grade in (0.0, 0.3, 1.0):
        env = TabletopEnv(distractors=DistractorParams(**{nuisance: grade}))
        frames = [env.reset(seed=5)[0]["image"].astype(float)]
        still = np.array([0, 0, 0, -1], np.float32)
        frames += [env.step(still)[0]["image"].astype(float) for _ in range(6)]
        change.append(np.abs(np.diff(frames, axis=0)).mean())
        tool = env.situation().tool
        np.testing.assert_array_equal(tool, reference_tool(still))
    assert change[0] < 0.05
    assert change[0] < change[1] < change[2]


def reference_tool(action: np.ndarray) -> np.ndarray:
    env = TabletopEnv()
    env.reset(seed=5)
    for _ in range(6):
        env.step(action)
    return env.situation().tool


def test_normals_from_neighbors_agree_with_the_engine() -> None:
    env = TabletopEnv()
    env.reset(seed=0)
    view = CAMERAS["front"]
    hits = RayCamera(size=64).cast(env._now.scene.model, env._now.data, view.frame(), view.fov)
    rays = pixel_rays(64, view.fov) @ view.frame()[1].T
    derived = facing(hits.points, rays, 64)
    agreement = (derived * hits.normals).sum(axis=1)[hits.geoms == 0]
    assert np.mean(agreement > 0.99) > 0.8
