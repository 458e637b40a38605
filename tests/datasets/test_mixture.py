"""A mixture in the catalog: found where it lies, refused where a member is another one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from kedro.io import DatasetError

from lapa.data.shards.clip_table import load_clip_table
from lapa.datasets.mixture import MixtureDataset
from lapa.records import ShardSet
from toys.mixtures import mixed, two_sets


@pytest.fixture
def published(tmp_path: Path) -> tuple[MixtureDataset, dict[str, ShardSet]]:
    sets = two_sets(tmp_path)
    dataset = MixtureDataset(filepath=str(tmp_path / "catalog" / "main" / "mixture"))
    dataset.save(mixed(sets, tmp_path / "scratch" / "a" / "mixture"))
    return dataset, sets


def test_members_are_found_from_the_published_folder(
    published: tuple[MixtureDataset, dict[str, ShardSet]],
) -> None:
    dataset, sets = published
    mixture = dataset.load()
    paths = load_clip_table(mixture, "train").paths
    assert {path.parents[1] for path in paths} == {Path(s.path) for s in sets.values()}
    assert not Path(
        json.loads((dataset.folder / "record.json").read_text())["members"][0]["path"]
    ).is_absolute()


def test_a_member_that_is_gone_is_named(
    published: tuple[MixtureDataset, dict[str, ShardSet]],
) -> None:
    dataset, sets = published
    shutil.rmtree(sets["many"].path)
    with pytest.raises(DatasetError, match=r"'many' is not at .*many\.write_shards"):
        dataset.load()


def test_a_member_that_was_ingested_anew_is_refused(
    published: tuple[MixtureDataset, dict[str, ShardSet]],
) -> None:
    dataset, sets = published
    anew = sets["few"].model_copy(update={"digest": "0" * 64})
    anew.write(Path(anew.path))
    with pytest.raises(DatasetError, match=r"'few'.* found '0000.*mix again"):
        dataset.load()


def test_the_preview_is_the_resolved_table(
    published: tuple[MixtureDataset, dict[str, ShardSet]],
) -> None:
    rows = json.loads(published[0].preview())
    assert [(row["dataset"], row["share"]) for row in rows] == [
        ("few", "0.2000"),
        ("many", "0.8000"),
    ]
