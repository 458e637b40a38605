"""What a mixture takes, how often, and what it is called; no clip is copied."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.mixing.table import TABLE
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.summary import find_shard_set, summarize
from lapa.data.shards.verify import verify
from lapa.params.ingestion import IngestionParams, SplitParams
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes
from toys.mixtures import mixed, two_sets
from toys.shards import as_input, tiny_shard_set


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ShardSet]:
    return two_sets(tmp_path_factory.mktemp("sets"))


def shares(mixture: ShardSet) -> list[float]:
    return [round(member.share, 6) for member in mixture.members]


@pytest.mark.parametrize(
    ("balance", "weights", "expected"),
    [
        ("frames", (1, 1), (0.2, 0.8)),  # 4 of 5 and 16 of 20 episodes of 12 frames are trained on
        ("frames", (4, 1), (0.5, 0.5)),
        ("episodes", (1, 1), (0.2, 0.8)),
        ("sqrt", (1, 1), (1 / 3, 2 / 3)),
        ("equal", (1, 1), (0.5, 0.5)),
        ("equal", (3, 1), (0.75, 0.25)),
    ],
)
def test_shares_are_weight_times_size(
    sets: dict[str, ShardSet],
    tmp_path: Path,
    balance: str,
    weights: tuple[float, float],
    expected: tuple[float, float],
) -> None:
    sources = [
        {"dataset": name, "weight": weight} for name, weight in zip(sets, weights, strict=True)
    ]
    mixture = mixed(sets, tmp_path, *sources, balance=balance)
    assert shares(mixture) == pytest.approx(expected, abs=1e-6)
    with (tmp_path / TABLE).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["dataset"] for row in rows] == ["few", "many"]
    assert [row["episodes"] for row in rows] == ["4", "16"]


def test_a_mixture_reads_as_a_shard_set(sets: dict[str, ShardSet], tmp_path: Path) -> None:
    mixture = mixed(sets, tmp_path)
    assert mixture.splits["train"].episodes == 20
    assert mixture.splits["val"].episodes == 5
    table = load_clip_table(mixture, "train")
    assert table.num_slots == mixture.splits["train"].frames == 20 * 12
    assert set(table.texts["dataset"].values) == {"few", "many"}
    rows = {(row.split, row.dataset): row.episodes for row in summarize(mixture)}
    assert rows["train", "few"] == 4
    assert verify(mixture) == []


def test_moving_everything_together_changes_nothing(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    for name, shards in sets.items():
        shutil.copytree(shards.path, tmp_path / "old" / name)
    old = {n: s.model_copy(update={"path": str(tmp_path / "old" / n)}) for n, s in sets.items()}
    mixed(old, tmp_path / "old" / "mixture")
    (tmp_path / "old").rename(tmp_path / "new")
    moved = find_shard_set(tmp_path / "new" / "mixture")
    assert len(load_clip_table(moved, "train")) > 0
    assert verify(moved) == []


def test_a_damaged_member_is_found_through_the_mixture(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    copied = tmp_path / "few"
    shutil.copytree(sets["few"].path, copied)
    own = sets["few"].model_copy(update={"path": str(copied)})
    mixture = mixed({**sets, "few": own}, tmp_path / "mixture")
    tar = copied / own.splits["train"].shards[0]
    content = bytearray(tar.read_bytes())
    content[700] ^= 1
    tar.write_bytes(content)
    (damage, *_) = verify(mixture)
    assert damage.shard == f"few/{own.splits['train'].shards[0]}"


def test_the_limit_on_episodes_is_nested_and_spares_what_is_held_out(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    def episodes(count: int, split: str) -> set[str]:
        source = {"dataset": "many", "max_episodes": count}
        table = load_clip_table(mixed(sets, tmp_path / str(count), source), split)
        return {table.texts["episode_id"][i] for i in range(len(table))}

    assert len(episodes(3, "train")) == 3
    assert episodes(3, "train") < episodes(6, "train")
    assert episodes(3, "val") == episodes(6, "val")
    assert len(episodes(3, "val")) == 4


def test_frames_of_left_out_clips_are_no_motion_of_others(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    source = {"dataset": "many", "max_episodes": 3}
    table = load_clip_table(mixed(sets, tmp_path, source), "train")
    whole = load_clip_table(sets["many"], "train")
    number = whole.shards.index(table.shards[0].removeprefix("many/"))
    kept = table.thumbnails(0)
    rows = table.row[table.shard == 0]
    for frames, row in zip(kept, rows, strict=True):
        np.testing.assert_array_equal(frames, whole.thumbnails(number)[int(row)])


def several(folder: Path) -> ShardSet:
    """A set that holds two datasets of its own."""
    inputs = [
        as_input(moving_square_episodes(5, 12, 32, seed), name=name)
        for seed, name in enumerate(("left", "right"))
    ]
    params = IngestionParams(
        image_size=32, max_horizon_s=0.3, clip_frames=8, split=SplitParams(val_fraction=0.2)
    )
    return ingest_inputs(inputs, params=params, out=folder / "shards")


def test_datasets_inside_a_set_keep_their_names_behind_its_own(tmp_path: Path) -> None:
    mixture = mixed({"robots": several(tmp_path)}, tmp_path / "mixture")
    assert set(mixture.datasets) == {"robots/left", "robots/right"}
    only = {"dataset": "robots", "filter": {"datasets": ["left"]}}
    filtered = mixed({"robots": several(tmp_path)}, tmp_path / "filtered", only)
    assert set(filtered.datasets) == {"robots/left"}


@pytest.mark.parametrize(
    ("filter_", "kept"),
    [
        ({"instructions": ["RIGHT"]}, "right"),
        ({"exclude_instructions": ["right"]}, "left"),
        ({"environments": ["kitchen"]}, "kitchen"),
        ({"exclude_environments": ["kitchen"]}, "lab"),
    ],
)
def test_clips_are_chosen_by_what_is_known_of_them(
    tmp_path: Path, filter_: dict[str, Any], kept: str
) -> None:
    made = moving_square_episodes(10, 12, 32, 0)
    told = [
        replace(
            episode,
            instruction=f"push it to the {'left' if i % 2 else 'right'}",
            environment="kitchen" if i % 2 else "lab",
        )
        for i, episode in enumerate(made)
    ]
    source = {"dataset": "toys", "filter": filter_}
    shards = tiny_shard_set(tmp_path, episodes=told)
    table = load_clip_table(mixed({"toys": shards}, tmp_path / "mixture", source), "train")
    column = table.texts["environment" if "environments" in str(filter_) else "instruction"]
    assert all(kept in column[i] for i in range(len(table)))
    assert 0 < len(table) < len(load_clip_table(shards, "train"))


def test_a_filter_that_nothing_passes_is_refused(sets: dict[str, ShardSet], tmp_path: Path) -> None:
    source = {"dataset": "few", "filter": {"instructions": ["no such phrase"]}}
    with pytest.raises(ValueError, match=r"'few': no training clip passes .*no such phrase"):
        mixed(sets, tmp_path, source)


def test_frames_of_other_sizes_do_not_mix(sets: dict[str, ShardSet], tmp_path: Path) -> None:
    wide = tiny_shard_set(tmp_path / "wide", size=48)
    with pytest.raises(ValueError, match="few: 32 px by crop, wide: 48 px by crop"):
        mixed({"few": sets["few"], "wide": wide}, tmp_path / "mixture")


def test_the_digest_follows_members_and_weights(sets: dict[str, ShardSet], tmp_path: Path) -> None:
    plain = mixed(sets, tmp_path / "a").digest
    assert mixed(sets, tmp_path / "b" / "deeper").digest == plain
    weighted = ({"dataset": "few", "weight": 2}, {"dataset": "many"})
    assert mixed(sets, tmp_path / "c", *weighted).digest != plain


@pytest.mark.parametrize("field", ["datasets", "environments", "exclude_environments"])
def test_a_filter_of_names_that_nothing_has_is_refused(
    sets: dict[str, ShardSet], tmp_path: Path, field: str
) -> None:
    source = {"dataset": "few", "filter": {field: ["typo"]}}
    with pytest.raises(ValueError, match=rf"'few': filter\.{field} names \['typo'\], expected"):
        mixed(sets, tmp_path, source)
