from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from lapa.cli.export_shards import export_shards
from lapa.data.sources.registry import open_source
from toys.shards import tiny_shard_set


def run(*arguments: object) -> Any:
    return CliRunner().invoke(export_shards, [str(argument) for argument in arguments])


def test_lerobot(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    out = tmp_path / "exported"
    result = run(shard_set.path, "--format", "lerobot", "--out", out, "--split", "val")
    assert result.exit_code == 0, result.output
    assert len(list(open_source("lerobot", out))) == shard_set.splits["val"].episodes


def test_pairs(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    result = run(
        shard_set.path, "--format", "pairs", "--out", tmp_path / "pairs", "--horizon-s", 0.2
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "pairs/train/000000.tar").is_file()


def test_problems_are_one_line_and_exit_1(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    for arguments, cause in (
        ((tmp_path / "nowhere", "--format", "pairs"), "no finished shard set"),
        ((shard_set.path, "--format", "lerobot", "--dataset", "x"), "found ['squares']"),
        ((shard_set.path, "--format", "lerobot", "--split", "x"), "no split 'x'"),
    ):
        result = run(*arguments, "--out", tmp_path / "out")
        assert result.exit_code == 1
        assert cause in result.output
    assert not (tmp_path / "out").exists()
