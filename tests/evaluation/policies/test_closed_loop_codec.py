"""In closed loop a policy sees what its shards would hold of the same scene."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg
import torch
from numpy.typing import NDArray

from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.images import as_stored
from lapa.data.shards.reader import ClipReader
from lapa.data.sources import open_source
from lapa.evaluation.policies.evaluate import evaluate_policy
from lapa.evaluation.policies.trials import open_trials
from lapa.models.policy.policy import Policy
from lapa.records import FrameCodec


def _seen(
    world: Any, codec: FrameCodec, out: Path, monkeypatch: pytest.MonkeyPatch
) -> list[NDArray[np.uint8]]:
    """Every batch of pictures that the policy is shown in closed loop."""
    seen: list[NDArray[np.uint8]] = []
    predict = Policy.predict

    def spy(self: Policy, images: torch.Tensor, *rest: object) -> torch.Tensor:
        seen.append(images.numpy().copy())
        return predict(self, images, *rest)  # type: ignore[arg-type]

    shards = world.shards.model_copy(update={"codec": codec})
    with monkeypatch.context() as patch:
        patch.setattr(Policy, "predict", spy)
        evaluate_policy(policy=world.policies["lapa"], shards=shards, params=world.params, out=out)
    return seen


def test_the_policy_sees_decoded_encoded_frames_of_its_codec(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = world.params.rollout
    assert rollout is not None
    seeds = range(rollout.first_seed, rollout.first_seed + 4)
    trials = open_trials(rollout.simulator, rollout.tasks[0], seeds)
    raw = np.stack([trial.now.image for trial in trials])
    shown = {}
    for quality, color in ((95, "444"), (95, "420"), (40, "444")):
        codec = world.shards.codec.model_copy(
            update={"jpeg_quality": quality, "jpeg_subsampling": color}
        )
        batches = _seen(world, codec, tmp_path / f"{quality}-{color}", monkeypatch)
        expected = [
            simplejpeg.decode_jpeg(
                simplejpeg.encode_jpeg(
                    np.ascontiguousarray(image),
                    quality=quality,
                    colorspace="RGB",
                    colorsubsampling=color,
                    fastdct=False,
                )
            )
            for image in raw
        ]
        shown[quality, color] = next(b for b in batches if b.shape == raw.shape)
        np.testing.assert_array_equal(shown[quality, color], np.stack(expected))
    assert not np.array_equal(shown[95, "444"], raw)
    assert not np.array_equal(shown[95, "444"], shown[95, "420"])
    assert not np.array_equal(shown[95, "444"], shown[40, "444"])


def test_a_recorded_scene_reads_the_same_from_shard_and_in_closed_loop(world: Any) -> None:
    raw = Path(world.shards.path).parent / "raw"
    episodes = {e.episode_id: e for e in open_source("recorded", raw)}
    reader = ClipReader(load_clip_table(world.shards, "train"), image_size=world.shards.image_size)
    facts = reader.facts(0)
    frame = episodes[facts["episode_id"]].frames([facts["start_frame"]])[0]
    np.testing.assert_array_equal(as_stored(frame, world.shards.codec), reader.frames(0, [0])[0])
