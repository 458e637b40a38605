"""Paths become recordings: pictures, a video, a shard set, a source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lapa.data.bad_input import SettingsError
from lapa.inference.inputs.open_input import Selection, open_input
from lapa.records import ShardSet
from lapa.refused import RefusedError
from toys.episodes import moving_square_episodes
from toys.lerobot import write_lerobot_v2
from toys.shards import tiny_shard_set
from toys.videos import write_gray_video


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    folder = tmp_path_factory.mktemp("shards")
    episodes = [
        *moving_square_episodes(5, 12, 16),
        *moving_square_episodes(5, 12, 16, seed=1, source="more"),
    ]
    return tiny_shard_set(folder, episodes=episodes, size=16)


def names(path: Path, **selection: object) -> list[str]:
    return [one.name for one in open_input((path,), Selection(**selection))]  # type: ignore[arg-type]


def test_a_shard_set_gives_its_held_out_episodes_with_all_that_is_known(shards: ShardSet) -> None:
    (recording,) = open_input((Path(shards.path),), Selection())
    assert recording.num_frames == 12
    assert recording.fps == 10
    assert recording.instruction is not None
    assert recording.actions is not None
    assert recording.actions.shape == (12, 2)
    assert recording.state_names == ("x", "y")
    assert recording.stored_as == shards.codec


def test_episodes_are_chosen_by_number_dataset_and_id(shards: ShardSet) -> None:
    root = Path(shards.path)
    assert len(names(root, split="train", max_episodes=3)) == 3
    everything = names(root, split="train", max_episodes=None)
    assert len(everything) == shards.split("train").episodes
    of_one = names(root, split="train", dataset="more", max_episodes=None)
    assert of_one == [name for name in everything if name.startswith("more/")]
    assert names(root, split="train", episodes=(of_one[1].split("/")[1],)) == [of_one[1]]


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"dataset": "moer"}, "did you mean 'more'"),
        (
            {"episodes": ("nowhere",)},
            r"found 0 recordings of those asked for \(nowhere\), expected 1",
        ),
    ],
)
def test_what_is_not_there_is_refused(
    shards: ShardSet, selection: dict[str, object], message: str
) -> None:
    with pytest.raises(RefusedError, match=message):
        names(Path(shards.path), **selection)


def test_a_dataset_is_read_by_the_adapter_that_its_files_tell(tmp_path: Path) -> None:
    write_lerobot_v2(tmp_path / "robot", [4, 6])
    first, second = open_input((tmp_path / "robot",), Selection(max_episodes=2))
    assert (first.num_frames, second.num_frames) == (4, 6)
    assert first.instruction == "push it"
    assert first.states is not None
    with pytest.raises(SettingsError, match="no source kind 'lerobt'"):
        open_input((tmp_path / "robot",), Selection(kind="lerobt"))


def test_a_video_has_its_own_rate_or_the_one_given(tmp_path: Path) -> None:
    clip = write_gray_video(tmp_path / "clip.mp4", 6, fps=10)
    (own,) = open_input((clip,), Selection())
    (given,) = open_input((clip,), Selection(fps=5.0))
    assert (own.num_frames, own.fps, own.instruction) == (6, 10, None)
    assert given.fps == 5
    assert own.name == "clip.mp4"


def test_pictures_are_one_recording(tmp_path: Path) -> None:
    paths = tuple(tmp_path / f"{name}.png" for name in "ab")
    for path in paths:
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(path)
    (recording,) = open_input(paths, Selection(fps=2.0))
    assert (recording.num_frames, recording.fps) == (2, 2.0)


def test_several_inputs_that_are_no_pictures_are_refused(tmp_path: Path) -> None:
    clips = tuple(write_gray_video(tmp_path / f"{name}.mp4") for name in "ab")
    with pytest.raises(RefusedError, match="found 2 inputs of which not all are JPEG or PNG"):
        open_input(clips, Selection())


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"nowhere\.mp4 does not exist"):
        open_input((tmp_path / "nowhere.mp4",), Selection())
