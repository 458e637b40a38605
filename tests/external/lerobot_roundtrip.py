"""Load an exported dataset with the real lerobot package and compare it with its shards.

Not a pytest test: lerobot's pins do not fit this project's environment, so it runs in one of its
own; ``docs/export.md`` has the commands. Exits with 1 where anything differs.

    python tests/external/lerobot_roundtrip.py SHARDS EXPORTED [--compact] [--dataset NAME]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

# torchvision's wheel expects its own torch build; declaring two operators lets it import beside
# any torch. The library object has to stay alive.
_SHIM = torch.library.Library("torchvision", "DEF")
for _name in ("nms", "qnms"):
    _SHIM.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from lerobot.datasets.lerobot_dataset import LeRobotDataset  # noqa: E402

from lapa.data.episode import Episode  # noqa: E402
from lapa.data.export.lerobot.layout import CAMERA  # noqa: E402
from lapa.data.export.shard_episodes import datasets_of, shard_episodes  # noqa: E402
from lapa.data.shards.summary import find_shard_set  # noqa: E402


def expected_episodes(shards: Path, dataset: str) -> Iterator[Episode]:
    """Yield what was exported, read from the shards."""
    shard_set = find_shard_set(shards)
    splits = [name for name, split in shard_set.splits.items() if split.shards]
    name = dataset or datasets_of(shard_set, splits)[0]
    for split in splits:
        yield from shard_episodes(shard_set, split, name)


def compare(exported: LeRobotDataset, episode: Episode, first: int) -> float:
    """Compare one episode and return the mean absolute pixel difference, of 255.

    Raises:
        AssertionError: a row differs.
    """
    images = episode.frames()
    differences = []
    for frame in range(episode.num_frames):
        item = exported[first + frame]
        assert item["task"] == episode.instruction, item["task"]
        assert item["frame_index"].item() == frame
        for key, rows in (("action", episode.actions), ("observation.state", episode.states)):
            if rows is not None:
                found = np.atleast_1d(item[key].numpy())
                np.testing.assert_array_equal(found, rows[frame])
        found = (item[CAMERA] * 255).round().permute(1, 2, 0).numpy()
        differences.append(np.abs(found - images[frame].astype(np.float32)).mean())
    return float(np.mean(differences))


def main() -> int:
    """Compare every episode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("exported", type=Path)
    parser.add_argument("--compact", action="store_true", help="allow a lossy codec's difference")
    parser.add_argument("--dataset", default="")
    arguments = parser.parse_args()
    dataset = LeRobotDataset("local/exported", root=arguments.exported)
    first, worst, episodes = 0, 0.0, 0
    for episode in expected_episodes(arguments.shards, arguments.dataset):
        worst = max(worst, compare(dataset, episode, first))
        first, episodes = first + episode.num_frames, episodes + 1
    assert first == len(dataset) == dataset.num_frames, (first, len(dataset))
    assert episodes == dataset.num_episodes
    limit = 8.0 if arguments.compact else 0.0
    sys.stdout.write(
        f"{episodes} episodes, {first} frames: actions, states and texts equal; largest mean "
        f"absolute pixel difference {worst:.4f} of 255 (limit {limit})\n"
    )
    return int(worst > limit)


if __name__ == "__main__":
    sys.exit(main())
