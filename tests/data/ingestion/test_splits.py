"""Splits by time: parts of one recording, a horizon apart, that share no frame and no pair."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.content import EmptyResultError
from lapa.data.ingestion.listing import EpisodeFacts
from lapa.data.ingestion.splits import split_episodes
from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.reader import ClipReader
from lapa.data.shards.verify import verify
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set


def _facts(num_frames: int, ordinal: int = 0, source: str = "s", fps: float = 10.0) -> EpisodeFacts:
    return EpisodeFacts(
        input=0,
        ordinal=ordinal,
        source=source,
        episode_id=f"e{ordinal}",
        environment=f"room-{ordinal}",
        instruction="",
        num_frames=num_frames,
        fps=fps,
        has_actions=False,
    )


def _params(horizon: float = 0.3, **split: Any) -> IngestionParams:
    return IngestionParams(max_horizon_s=horizon, split=SplitParams(**split))


@pytest.mark.parametrize("horizon", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("frames", [23, 40, 100, 1001])
@pytest.mark.parametrize("test_fraction", [0.0, 0.2])
def test_parts_are_disjoint_and_a_horizon_apart(
    horizon: float, frames: int, test_fraction: float
) -> None:
    params = _params(horizon, by="time", val_fraction=0.25, test_fraction=test_fraction)
    splits = split_episodes([_facts(frames)], params)
    parts = [facts.part for name in ("train", "val", "test") for facts in splits[name]]
    gap = round(horizon * 10)
    if None in parts:  # too short: whole, and for training
        assert (parts, len(splits["train"])) == ([None], 1)
        assert frames < (3 if test_fraction else 2) * (gap + 1) + 0.5 * frames + 2 * gap
        return
    assert len(parts) == (3 if test_fraction else 2)
    assert parts[0][0] == 0
    assert parts[-1][1] == frames
    for before, after in pairwise(parts):
        assert after[0] - before[1] == gap
    assert all(stop - start >= gap + 1 for start, stop in parts)  # each holds a pair
    share = (parts[1][1] - parts[1][0]) / frames
    assert share == pytest.approx(0.25, abs=(gap + 1) / frames)


def test_auto_cuts_only_sources_with_too_few_episodes() -> None:
    episodes = [_facts(100, i, "few") for i in range(3)] + [
        _facts(100, i, "many") for i in range(20)
    ]
    splits = split_episodes(episodes, _params(by="auto", val_fraction=0.1))
    held_out = {
        source: [f for f in splits["val"] if f.source == source] for source in ("few", "many")
    }
    assert [facts.part for facts in held_out["few"]] == [(90, 100)] * 3
    assert [facts.part for facts in held_out["many"]] == [None] * 2


def test_named_groups_are_held_out_whole_also_by_time() -> None:
    episodes = [_facts(100, i) for i in range(3)]
    params = _params(by="time", val_fraction=0.1, test_environments=("room-1",))
    splits = split_episodes(episodes, params)
    assert [(f.episode_id, f.part) for f in splits["test"]] == [("e1", None)]
    assert [f.episode_id for f in splits["train"]] == ["e0", "e2"]


@pytest.mark.parametrize("workers", [1, 2])
def test_one_recording_becomes_two_splits_that_share_no_frame(tmp_path: Path, workers: int) -> None:
    (episode,) = moving_square_episodes(1, 60)
    shards = tiny_shard_set(
        tmp_path,
        episodes=[episode],
        split=SplitParams(by="time", val_fraction=0.2, test_fraction=0.2),
        workers=workers,
    )
    assert verify(shards) == []
    assert {name: split.frames for name, split in shards.splits.items()} == {
        "train": 30,
        "val": 12,
        "test": 12,
    }
    facts = shards.datasets["squares"]
    assert (facts.episodes, facts.split_by) == (1, "time")
    starts = {"train": 0, "val": 33, "test": 48}
    for name, start in starts.items():
        reader = ClipReader(load_clip_table(shards, name), image_size=shards.image_size)
        stop = start + shards.splits[name].frames
        told = reader.facts(0)
        assert told["episode_id"] == f"0-0000@{start}-{stop - 1}"
        assert told["provenance"]["part_of"] == {"episode_id": "0-0000", "num_frames": 60}
        rows = reader.array(0, "states")
        np.testing.assert_array_equal(rows, episode.states[start : start + len(rows)])
        pairs = open_pairs(shards, name, PairSpec(horizon_s=0.3))
        assert len(pairs) == shards.splits[name].frames - 3  # none crosses a border
    report = Path(shards.path, "ingestion_report.json").read_text()
    assert "the end of the recordings that the training split begins" in report


@pytest.mark.parametrize(
    ("episodes", "frames", "split", "words"),
    [
        (1, 60, {"val_fraction": 0.1}, ["'val'", "found 1 episode", "ingestion.split.by=time", "val_fraction=0"]),
        (2, 60, {"val_fraction": 0.1, "test_fraction": 0.1}, ["found 2 episodes", "test_fraction=0.1"]),
        (3, 60, {"val_fraction": 0, "test_fraction": 0.5}, None),
        (3, 60, {"test_environments": ("nowhere",)}, ["'test'", "['nowhere'], found ['table-0', 'table-1']"]),
        (1, 8, {"by": "time"}, ["the longest of 8 frames at 10 Hz", "expected at least 11 frames"]),
        (1, 11, {"by": "time"}, None),
    ],
)  # fmt: skip
def test_a_split_without_episodes_is_refused_before_anything_is_decoded(
    tmp_path: Path, episodes: int, frames: int, split: dict[str, Any], words: list[str] | None
) -> None:
    made = moving_square_episodes(episodes, frames)
    params = IngestionParams(image_size=32, max_horizon_s=0.3, split=SplitParams(**split))
    if words is None:
        assert len(ingest_inputs([as_input(made)], params=params, out=tmp_path).splits) == 2
        return
    with pytest.raises(EmptyResultError) as caught:
        ingest_inputs([as_input(made)], params=params, out=tmp_path)
    assert all(word in str(caught.value) for word in words)
    assert not list(tmp_path.rglob("*.tar"))
    assert not (tmp_path / "record.json").exists()
    allowed = params.model_copy(update={"allow_empty": True})
    assert "train" in ingest_inputs([as_input(made)], params=allowed, out=tmp_path).splits


def test_nothing_asked_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    params = IngestionParams(image_size=32, max_horizon_s=0.3)
    shards = ingest_inputs([as_input(moving_square_episodes(1))], params=params, out=tmp_path)
    assert set(shards.splits) == {"train"}
    assert "no validation split: 1 episodes" in caplog.text
