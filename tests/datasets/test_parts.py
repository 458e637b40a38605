"""Parts are stored one by one and read all together, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from kedro.io import DatasetError

from lapa.records import MadePart
from lapa.refused import RefusedError
from toys.array_parts import parts_in


def save(folder: Path, part: str) -> None:
    made = folder / "made"
    made.mkdir()
    (made / "bytes").write_text(part)
    shards = {f"train/{part[0]}.tar": "0"}
    parts_in(folder, part).save(MadePart.made(str(made), part, {"seed": 0}, shards))


def test_all_parts_are_loaded_in_their_order_wherever_they_lie(tmp_path: Path) -> None:
    for part in ("2/3", "3/3", "1/3"):
        save(tmp_path, part)
    parts = parts_in(tmp_path, "merge/3").load()
    assert [part.part for part in parts.parts] == ["1/3", "2/3", "3/3"]
    assert [Path(part.path, "bytes").read_text() for part in parts.parts] == ["1/3", "2/3", "3/3"]
    assert parts.shards.keys() == {"train/1.tar", "train/2.tar", "train/3.tar"}


def test_missing_parts_are_named_with_what_to_run(tmp_path: Path) -> None:
    save(tmp_path, "2/4")
    with pytest.raises(DatasetError) as caught:
        parts_in(tmp_path, "merge/4").load()
    said = str(caught.value)
    assert "3 of 4 parts are missing" in said
    assert "1/4, 3/4, 4/4" in said
    assert "--params=part=1/4" in said
    assert "--array=1,3,4" in said


def test_parts_of_another_number_are_named(tmp_path: Path) -> None:
    for part in ("1/2", "2/2", "1/3"):
        save(tmp_path, part)
    with pytest.raises(DatasetError, match=r"holds 1-of-3, expected parts of 2 alone.*merge/3"):
        parts_in(tmp_path, "merge/2").load()


def test_a_copied_part_is_refused(tmp_path: Path) -> None:
    save(tmp_path, "1/2")
    shutil.copytree(tmp_path / "parts/1-of-2", tmp_path / "parts/2-of-2")
    with pytest.raises(DatasetError, match="found '1/2', expected '2/2'"):
        parts_in(tmp_path, "merge/2").load()


def test_nothing_is_left_to_do_where_the_part_or_the_merged_set_is_there(tmp_path: Path) -> None:
    save(tmp_path, "1/2")
    assert parts_in(tmp_path, "1/2").exists()
    assert not parts_in(tmp_path, "2/2").exists()
    parts_in(tmp_path, "merge/2").confirm()
    assert not (tmp_path / "parts").exists()
    assert not parts_in(tmp_path, "1/2").exists()
    (tmp_path / "published").mkdir()
    (tmp_path / "published/record.json").touch()
    assert parts_in(tmp_path, "1/2").exists()


@pytest.mark.parametrize("part", ["0/3", "4/3", "3", "3/0", "merge", "1/3 ", "-1/3", 3, True])
def test_what_is_no_part_is_refused(part: object) -> None:
    with pytest.raises(RefusedError, match=r"expected k/n with k from 1 to n \(--params=part=3/64"):
        parts_in(Path(), part)  # type: ignore[arg-type]
