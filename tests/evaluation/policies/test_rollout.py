from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from lapa.data.media.jpeg import decode_jpeg
from lapa.data.shards.images import encode_square, to_square
from lapa.evaluation.policies.rollout import rollout, save_clips
from lapa.evaluation.policies.trials import open_trials
from lapa.models.policy.rows import ROWS
from lapa.params.envs import TabletopParams
from lapa.records import FrameCodec

SMALL = TabletopParams(image_size=16)


class Still:
    """Does nothing, and remembers what it was shown."""

    def __init__(self, time: int = 1) -> None:
        self.time = time
        self.seen: list[tuple[Tensor, list[str], Tensor | None]] = []

    def predict(
        self, images: Tensor, instructions: list[str], states: Tensor | None = None
    ) -> Tensor:
        self.seen.append((images.clone(), list(instructions), states))
        return torch.zeros(len(images), self.time, 4)


def test_doing_nothing_fails_everywhere() -> None:
    params = SMALL.model_copy(update={"max_steps": 5})
    result = rollout(Still(), simulator=params, task="reach", seeds=range(8), codec=None)
    assert not result.successes.any()
    assert (result.steps == 5).all()
    assert set(result.ends) == {"never touched anything"}


def test_seeds_pair_the_arms_whatever_the_batch() -> None:
    params = SMALL.model_copy(update={"max_steps": 2})
    one, two = Still(), Still()
    first = rollout(one, simulator=params, task="lift", seeds=range(6), codec=None)
    second = rollout(two, simulator=params, task="lift", seeds=range(6), batch_size=4, codec=None)
    assert first.instructions == second.instructions
    split = torch.cat([two.seen[0][0], two.seen[2][0][:2]])
    assert torch.equal(one.seen[0][0][:6], split)
    assert one.seen[0][0].dtype == torch.uint8


def test_several_actions_per_look_and_states() -> None:
    params = SMALL.model_copy(update={"max_steps": 6})
    policy = Still(time=3)
    rollout(
        policy, simulator=params, task="reach", seeds=[0], execute=3, with_states=True, codec=None
    )
    assert len(policy.seen) == 2
    states = policy.seen[0][2]
    assert states is not None
    assert states.shape == (ROWS, 4), "one scene, and copies of it"
    assert torch.equal(states, states[:1].expand(ROWS, -1))


def test_a_short_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match=r"predicted actions are \(1, 1, 4\).*at least 2"):
        rollout(Still(), simulator=SMALL, task="reach", seeds=[0], execute=2, codec=None)


def test_trials_are_told_of_as_they_end() -> None:
    ended: list[int] = []
    params = SMALL.model_copy(update={"max_steps": 2})
    rollout(
        Still(),
        simulator=params,
        task="reach",
        seeds=range(5),
        batch_size=3,
        codec=None,
        on_over=ended.append,
    )
    assert sum(ended) == 5


def test_without_seeds_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="found no seeds"):
        rollout(Still(), simulator=SMALL, task="reach", seeds=[], codec=None)


def test_clips_are_kept_and_saved(tmp_path: Path) -> None:
    params = SMALL.model_copy(update={"max_steps": 3})
    result = rollout(
        Still(), simulator=params, task="reach", seeds=[5, 6, 7], keep_clips=2, codec=None
    )
    assert list(result.clips) == [5, 6]
    assert result.clips[5].shape == (4, 16, 16, 3)
    files = save_clips(result, tmp_path / "clips")
    assert [file.name for file in files] == ["reach_5_failure.mp4", "reach_6_failure.mp4"]
    assert all(file.stat().st_size > 0 for file in files)
    named = save_clips(result, tmp_path / "clips", name="reach_unseen")
    assert named[0].name == "reach_unseen_5_failure.mp4"


@pytest.mark.parametrize(("resize", "size"), [("crop", 32), ("squash", 24)])
def test_the_policy_sees_pictures_as_the_shards_hold_them(
    resize: Literal["crop", "squash"], size: int
) -> None:
    params = TabletopParams(image_size=32, max_steps=1)
    policy = Still()
    codec = FrameCodec(image_size=size, resize=resize, jpeg_quality=90)
    rollout(policy, simulator=params, task="reach", seeds=[0], codec=codec)
    (trial,) = open_trials(params, "reach", [0])
    image = trial.now.image
    shown = policy.seen[0][0][0].numpy()
    assert not np.array_equal(shown, image)
    np.testing.assert_array_equal(shown, decode_jpeg(encode_square(to_square(image, codec), codec)))
