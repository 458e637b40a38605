"""What holds nothing is no success, whether planning or decoding has lost it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lapa.data.bad_input import bad
from lapa.data.episode import Episode
from lapa.data.ingest import ingest_inputs
from lapa.data.ingestion.content import EmptyResultError
from lapa.data.shards.contact_sheet import contact_sheet
from lapa.data.shards.verify import verify
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input


def _broken(episode: Episode) -> Episode:
    def read(indices: Any = None) -> Any:
        raise bad("corrupt_image", "no picture", source=episode.source, item=episode.episode_id)

    return replace(episode, read_frames=read)


def _params(**changes: Any) -> IngestionParams:
    split = SplitParams(val_fraction=0.4)
    given = {"image_size": 32, "max_horizon_s": 0.3, "split": split, "on_bad_sample": "skip"}
    return IngestionParams.model_validate({**given, **changes})


@pytest.mark.parametrize("workers", [1, 2])
def test_everything_lost_while_decoding_is_an_error_without_a_record(
    tmp_path: Path, workers: int
) -> None:
    source = as_input([_broken(episode) for episode in moving_square_episodes(5)])
    with pytest.raises(
        EmptyResultError, match=r"nothing is left of dataset 'squares'; the first of 5"
    ):
        ingest_inputs([source], params=_params(workers=workers), out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == []
    mended = as_input(moving_square_episodes(5))  # the same plan, for planning decodes nothing
    assert verify(ingest_inputs([mended], params=_params(), out=tmp_path)) == []


def test_a_split_lost_while_decoding_is_an_error(tmp_path: Path) -> None:
    good = moving_square_episodes(5)
    whole = ingest_inputs([as_input(good)], params=_params(), out=tmp_path / "whole")
    assert whole.splits["val"].episodes == 2
    table = (tmp_path / "whole" / "val").glob("*.parquet")
    import pyarrow.parquet as pq

    held_out = {name for file in table for name in pq.read_table(file)["episode_id"].to_pylist()}
    made = [_broken(e) if e.episode_id in held_out else e for e in good]
    with pytest.raises(
        EmptyResultError, match=r"nothing is left of the split 'val'; the first of 2"
    ):
        ingest_inputs([as_input(made)], params=_params(), out=tmp_path / "lost")
    shards = ingest_inputs(
        [as_input(made)], params=_params(allow_empty=True), out=tmp_path / "allowed"
    )
    assert set(shards.splits) == {"train"}
    assert shards.datasets["squares"].episodes == 3  # what was lost does not count


def test_a_dataset_lost_while_decoding_is_an_error_beside_a_good_one(tmp_path: Path) -> None:
    good = as_input(moving_square_episodes(5), name="good")
    lost = as_input([_broken(episode) for episode in moving_square_episodes(5)], name="lost")
    with pytest.raises(EmptyResultError, match="nothing is left of dataset 'lost'"):
        ingest_inputs([good, lost], params=_params(), out=tmp_path)
    shards = ingest_inputs([good, lost], params=_params(allow_empty=True), out=tmp_path)
    assert set(shards.datasets) == {"good"}


def test_nothing_at_all_can_be_allowed(tmp_path: Path) -> None:
    nothing = as_input([])
    with pytest.raises(EmptyResultError, match="yields no usable episode"):
        ingest_inputs([nothing], params=_params(), out=tmp_path)
    with pytest.raises(EmptyResultError, match="there is no source"):
        ingest_inputs([], params=_params(), out=tmp_path)
    shards = ingest_inputs([nothing], params=_params(allow_empty=True), out=tmp_path)
    assert (shards.splits, shards.datasets) == ({}, {})
    assert contact_sheet(shards).ndim == 3  # the pipeline draws one whatever there is
