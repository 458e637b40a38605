"""Datasets of Open X-Embodiment are read without options: a made-up one of every structure."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lapa.data.sources import open_source
from lapa.data.sources.rlds.field_map import field_map_for
from toys.known_frames import assert_shows
from toys.openx import STEPS, camera_number, rows_of, structures, text_of, write_openx
from toys.openx_facts import FACTS


def _columns(dataset: str, episode: int, parts: tuple[str, ...]) -> np.ndarray:
    blocks = []
    for part in parts:
        path, first, end = re.fullmatch(r"(.+)\[(\d+):(\d+)\]", part).groups()  # type: ignore[union-attr]
        blocks.append(rows_of(dataset, path, episode)[:, int(first) : int(end)])
    return np.concatenate(blocks, axis=1)


def test_every_made_up_dataset_has_its_facts() -> None:
    assert set(FACTS) == set(structures())


@pytest.mark.parametrize("dataset", FACTS)
def test_a_dataset_of_this_structure_is_read_without_options(tmp_path: Path, dataset: str) -> None:
    facts = FACTS[dataset]
    write_openx(tmp_path / dataset / "0.1.0", dataset)
    episodes = list(open_source("rlds", tmp_path))
    assert len({episode.episode_id for episode in episodes}) == len(episodes) == 2
    meanings = {"r": "relative", "a": "absolute"}
    for number, episode in enumerate(episodes):
        assert (episode.source, episode.fps, episode.num_frames) == (dataset, facts.fps, STEPS)
        assert episode.instruction == text_of(facts.instruction, number)
        np.testing.assert_array_equal(episode.actions, _columns(dataset, number, facts.actions))
        assert episode.action_names == tuple(facts.names.split())
        assert episode.action_units == facts.units
        assert episode.actions_are == tuple(meanings[letter] for letter in facts.meanings)
        assert episode.success is facts.success[number]
        if facts.states:
            np.testing.assert_array_equal(episode.states, _columns(dataset, number, facts.states))
            assert episode.states is not None
            assert episode.states.shape == (STEPS, len(episode.state_names))
        else:
            assert episode.states is None
        expected_id = text_of(facts.episode_id, number) if facts.episode_id else "sha256-"
        assert episode.episode_id.startswith(expected_id)


@pytest.mark.parametrize("dataset", FACTS)
def test_every_camera_shows_its_own_pictures_in_true_colors(tmp_path: Path, dataset: str) -> None:
    fields = field_map_for(dataset)
    assert fields.camera == FACTS[dataset].camera
    write_openx(tmp_path, dataset, episodes=1)
    for camera, path in fields.cameras.items():
        episode = next(open_source("rlds", tmp_path, camera=camera))
        frame = episode.frames([2])[0]
        stored_as = frame[..., ::-1] if camera in fields.bgr else frame
        assert_shows(stored_as, camera_number(dataset, path), 2)
        assert episode.provenance.get("image_format") == ("BGR" if camera in fields.bgr else None)


def test_the_cameras_published_with_swapped_channels_are_known() -> None:
    swapped = {name: field_map_for(name).bgr for name in FACTS if field_map_for(name).bgr}
    assert swapped == {
        "berkeley_autolab_ur5": ("hand_image",),
        "stanford_hydra_dataset_converted_externally_to_rlds": ("image", "wrist_image"),
        "utaustin_mutex": ("image", "wrist_image"),
    }


def test_copies_whose_channels_were_put_right_are_left_as_they_are(tmp_path: Path) -> None:
    module = "rlds_dataset_mod.multithreaded_adhoc_tfds_builder"
    write_openx(tmp_path, "utaustin_mutex", module=module)
    episode = next(open_source("rlds", tmp_path))
    image = field_map_for("utaustin_mutex").cameras["image"]
    assert_shows(episode.frames([1])[0], camera_number("utaustin_mutex", image), 1)
    assert "image_format" not in episode.provenance
