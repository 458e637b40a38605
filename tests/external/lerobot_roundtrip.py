"""Load an exported dataset with the real lerobot package and compare it with its shards.

Not a pytest test: lerobot's pins do not fit this project's environment, so it runs in one of its
own; ``docs/lerobot.md`` has the commands. Exits with 1 where anything differs.

    python tests/external/lerobot_roundtrip.py SHARDS EXPORTED [--compact] [--dataset NAME] [--split NAME]
        [--labels LABELS]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from numpy.typing import NDArray

from lapa.data.episode import Episode
from lapa.data.export.lerobot.latent_codes import LATENT_ACTION, codes_of_episodes
from lapa.data.export.lerobot.layout import CAMERA
from lapa.data.export.shard_episodes import datasets_of, shard_episodes
from lapa.data.shards.summary import find_shard_set
from lapa.records import LabelSet

Codes = NDArray[np.int64] | None


def expected_episodes(
    shards: Path, dataset: str, chosen: list[str], labels: Path | None
) -> Iterator[tuple[Episode, Codes]]:
    """Yield what was exported, read from the shards."""
    shard_set = find_shard_set(shards)
    splits = chosen or [name for name, split in shard_set.splits.items() if split.shards]
    name = dataset or datasets_of(shard_set, splits)[0]
    label_set = None
    if labels is not None:
        label_set = LabelSet.read(labels).model_copy(update={"path": str(labels)})
    for split in splits:
        episodes = shard_episodes(shard_set, split, name)
        if label_set is None:
            yield from ((episode, None) for episode in episodes)
        else:
            codes = codes_of_episodes(shard_set, label_set, split, name)
            yield from zip(episodes, codes, strict=True)


def compare(exported: LeRobotDataset, episode: Episode, codes: Codes, first: int) -> float:
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
        columns = {
            "action": episode.actions,
            "observation.state": episode.states,
            LATENT_ACTION: codes,
        }
        for key, rows in columns.items():
            if rows is not None:
                read = np.atleast_1d(item[key].numpy())
                np.testing.assert_array_equal(read, rows[frame])
        read = (item[CAMERA] * 255).round().permute(1, 2, 0).numpy()
        differences.append(np.abs(read - images[frame].astype(np.float32)).mean())
    return float(np.mean(differences))


def main() -> int:
    """Compare every episode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=Path)
    parser.add_argument("exported", type=Path)
    parser.add_argument("--compact", action="store_true", help="allow a lossy codec's difference")
    parser.add_argument("--dataset", default="")
    parser.add_argument("--split", action="append", default=[])
    parser.add_argument("--labels", type=Path, help="label set whose codes were exported")
    arguments = parser.parse_args()
    dataset = LeRobotDataset("local/exported", root=arguments.exported, video_backend="pyav")
    first, worst, episodes = 0, 0.0, 0
    asked = (arguments.shards, arguments.dataset, arguments.split, arguments.labels)
    for episode, codes in expected_episodes(*asked):
        worst = max(worst, compare(dataset, episode, codes, first))
        first, episodes = first + episode.num_frames, episodes + 1
    assert first == len(dataset) == dataset.num_frames, (first, len(dataset))
    assert episodes == dataset.num_episodes
    limit = 8.0 if arguments.compact else 0.0
    sys.stdout.write(
        f"{episodes} episodes, {first} frames: actions, states, codes and texts equal; largest mean "
        f"absolute pixel difference {worst:.4f} of 255 (limit {limit})\n"
    )
    return int(worst > limit)


if __name__ == "__main__":
    sys.exit(main())
