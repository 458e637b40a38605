"""Ingestion in parts: each alone, and together the very bytes that one process writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lapa.data.bad_input import BadInputError, bad
from lapa.data.episode import Episode
from lapa.data.ingest import ingest_inputs
from lapa.data.ingest_parts import ingest_part_of
from lapa.data.ingestion import shard
from lapa.data.ingestion.content import EmptyResultError
from lapa.data.ingestion.inputs import Input
from lapa.data.shards.summary import find_shard_set
from lapa.data.shards.verify import verify
from lapa.params.array_part import ArrayPart
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.array_parts import files_in, merged_shards, parts_in, shard_part
from toys.episodes import moving_square_episodes
from toys.shards import as_input

PARAMS = IngestionParams(
    image_size=16,
    max_horizon_s=0.3,
    clip_frames=8,
    max_samples_per_shard=3,
    split=SplitParams(val_fraction=0.2, test_fraction=0.1),
    on_bad_sample="skip",
)


@pytest.fixture(scope="module")
def episodes() -> list[Episode]:
    """The fourth cannot be decoded."""
    made = moving_square_episodes(12, [9, 12, 14], size=16)
    made[3] = replace(made[3], read_frames=unreadable)
    return made


def unreadable(indices: Any = None) -> Any:
    raise bad("squares", "3", "truncated", "the file ends in its middle")


@pytest.fixture
def inputs(episodes: list[Episode]) -> list[Input]:
    return [as_input(episodes)]


@pytest.mark.parametrize("of", [1, 3, 40])
def test_merged_parts_are_the_set_of_one_process_byte_by_byte(
    inputs: list[Input], tmp_path: Path, of: int
) -> None:
    whole = ingest_inputs(inputs, params=PARAMS, out=tmp_path / "whole")
    assert sum(len(split.shards) for split in whole.splits.values()) > 3
    shards: list[str] = []
    for number in range(of, 0, -1):  # in any order
        shards += shard_part(inputs, PARAMS, f"{number}/{of}", tmp_path / "array").shards
    assert sorted(shards) == sorted(s for split in whole.splits.values() for s in split.shards)

    merged = merged_shards(inputs, PARAMS, of, tmp_path / "array")
    assert merged == whole.model_copy(update={"path": merged.path})
    assert files_in(tmp_path / "array/shards") == files_in(tmp_path / "whole")
    assert verify(merged) == []


def test_nobody_reads_parts_before_they_are_merged(inputs: list[Input], tmp_path: Path) -> None:
    shard_part(inputs, PARAMS, "1/2", tmp_path)
    assert not parts_in(tmp_path, "2/2").exists()
    assert parts_in(tmp_path, "1/2").exists()
    with pytest.raises(ValueError, match="validation errors for ShardSet"):
        find_shard_set(tmp_path / "parts/1-of-2")


def test_a_killed_part_goes_on_alone(
    inputs: list[Input], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shard_part(inputs, PARAMS, "1/2", tmp_path / "whole")
    write, written = shard.write_whole, list[Path]()

    def dies_at_the_second(path: Path, text: str) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(path)
        write(path, text)

    monkeypatch.setattr(shard, "write_whole", dies_at_the_second)
    part, out = ArrayPart.of_text("1/2"), tmp_path / "killed"
    with pytest.raises(KeyboardInterrupt):
        ingest_part_of(inputs, params=PARAMS, part=part, out=out)
    first = out / "train/000000.tar"
    before = first.stat().st_mtime_ns
    monkeypatch.undo()
    resumed = ingest_part_of(inputs, params=PARAMS, part=part, out=out)
    assert resumed.digest == whole.digest
    assert first.stat().st_mtime_ns == before


def test_a_merge_that_was_killed_goes_on(
    inputs: list[Input], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_inputs(inputs, params=PARAMS, out=tmp_path / "whole")
    for part in ("1/2", "2/2"):
        shard_part(inputs, PARAMS, part, tmp_path / "array")
    replace_file, moved = Path.replace, list[Path]()

    def dies_at_the_third(path: Path, target: Path) -> Path:
        if path.suffix in {".tar", ".parquet"}:
            moved.append(path)
            if len(moved) == 3:
                raise KeyboardInterrupt
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        merged_shards(inputs, PARAMS, 2, tmp_path / "array")
    assert not (tmp_path / "array/shards/record.json").exists()
    monkeypatch.undo()
    merged_shards(inputs, PARAMS, 2, tmp_path / "array")
    assert files_in(tmp_path / "array/shards") == files_in(tmp_path / "whole")


def test_a_part_of_other_parameters_is_named(inputs: list[Input], tmp_path: Path) -> None:
    shard_part(inputs, PARAMS, "1/3", tmp_path)
    for part in ("2/3", "3/3"):
        shard_part(inputs, PARAMS.model_copy(update={"jpeg_quality": 80}), part, tmp_path)
    with pytest.raises(ValueError, match="part 2/3") as caught:
        merged_shards(inputs, PARAMS, 3, tmp_path)
    said = str(caught.value)
    assert "settings.jpeg_quality was 80, is 95" in said
    assert "and so were 1 other parts" in said
    assert "--params=part=2/3" in said
    assert parts_in(tmp_path, "merge/3").load().parts[1].part == "2/3"  # nothing was touched


def test_a_source_that_grew_between_parts_is_named(episodes: list[Episode], tmp_path: Path) -> None:
    shard_part([as_input(episodes[:-1])], PARAMS, "1/2", tmp_path)
    shard_part([as_input(episodes)], PARAMS, "2/2", tmp_path)
    with pytest.raises(ValueError, match=r"part 1/2 .*another source \(episodes was"):
        merged_shards([as_input(episodes)], PARAMS, 2, tmp_path)


def test_a_file_that_is_gone_is_named(inputs: list[Input], tmp_path: Path) -> None:
    made = [shard_part(inputs, PARAMS, part, tmp_path) for part in ("1/2", "2/2")]
    name = sorted(made[1].shards)[0]
    (tmp_path / "parts/2-of-2" / name).unlink()
    with pytest.raises(ValueError, match=rf"part 2/2 in .*2-of-2 lacks {name}"):
        merged_shards(inputs, PARAMS, 2, tmp_path)


def test_a_bad_recording_stops_its_part_alone(inputs: list[Input], tmp_path: Path) -> None:
    strict = PARAMS.model_copy(update={"on_bad_sample": "raise"})
    failed = []
    for part in ("1/3", "2/3", "3/3"):
        try:
            shard_part(inputs, strict, part, tmp_path)
        except BadInputError:
            failed.append(part)
    assert len(failed) == 1
    assert not parts_in(tmp_path, failed[0]).exists()


def test_an_empty_split_is_refused_and_no_part_is_lost(
    episodes: list[Episode], tmp_path: Path
) -> None:
    """Every recording that is held out cannot be decoded."""
    whole = ingest_inputs([as_input(episodes)], params=PARAMS, out=tmp_path / "whole")
    assert whole.splits["test"].episodes == 1
    broken = [replace(episode, read_frames=unreadable) for episode in episodes]
    inputs = [as_input(broken)]
    for part in ("1/2", "2/2"):
        shard_part(inputs, PARAMS, part, tmp_path)
    with pytest.raises(EmptyResultError, match="nothing is left of dataset"):
        merged_shards(inputs, PARAMS, 2, tmp_path)
    assert len(parts_in(tmp_path, "merge/2").load().parts) == 2
