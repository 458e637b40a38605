"""The table and the picture of a shard set say what went in."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.shards.contact_sheet import contact_sheet
from lapa.data.shards.summary import find_shard_set, summarize
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input, tiny_shard_set


def test_summary_counts_every_frame_once(tmp_path: Path) -> None:
    robot = moving_square_episodes(4, [5, 21], source="robot")
    human = moving_square_episodes(3, 9, source="human", fps=5, with_actions=False)
    params = IngestionParams(
        image_size=32, max_horizon_s=0.3, clip_frames=8, split=SplitParams(val_fraction=0)
    )
    shard_set = ingest_inputs([as_input(robot), as_input(human)], params=params, out=tmp_path)
    rows = {row.dataset: row for row in summarize(shard_set)}
    assert (rows["robot"].episodes, rows["robot"].frames, rows["robot"].fps) == (4, 52, (10.0,))
    assert rows["robot"].hours == pytest.approx(52 / 10 / 3600)
    assert [dim.name for dim in rows["robot"].actions] == ["dx", "dy"]
    assert rows["robot"].actions[0].minimum == min(float(e.actions[:, 0].min()) for e in robot)
    assert (rows["human"].episodes, rows["human"].frames, rows["human"].actions) == (3, 27, ())
    assert rows["human"].instructions == 3


def test_contact_sheet_shows_every_split_and_repeats(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    sheet = contact_sheet(shard_set, rows=3, frames=4)
    assert sheet.shape == (3 * (34 + 130), 4 * 130, 3)
    assert (sheet == contact_sheet(shard_set, rows=3, frames=4)).all()
    assert (sheet != contact_sheet(shard_set, rows=3, frames=4, seed=1)).any()


def test_an_unfinished_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    with pytest.raises(FileNotFoundError, match=r"found \['train'\], expected record.json"):
        find_shard_set(tmp_path)


def test_a_moved_set_is_found_where_it_lies(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    Path(shard_set.path).rename(tmp_path / "elsewhere")
    moved = find_shard_set(tmp_path / "elsewhere")
    assert sum(row.frames for row in summarize(moved)) == 120
