"""`lapa inspect` prints, draws, verifies and fails with a reason."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from lapa.cli.inspect import inspect
from toys.shards import tiny_shard_set


def test_table_sheet_and_verification(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    sheet = tmp_path / "pictures" / "sheet.png"
    result = CliRunner().invoke(
        inspect, [shard_set.path, "--verify", "--contact-sheet", str(sheet), "--rows", "2"]
    )
    assert result.exit_code == 0, result.output
    assert "every member of 4 shards is as it was written" in result.output
    assert "squares" in result.output
    assert "dx" in result.output
    assert Image.open(sheet).size[1] == 2 * (34 + 130)


def test_damage_fails_by_name(tmp_path: Path) -> None:
    shard_set = tiny_shard_set(tmp_path)
    path = Path(shard_set.path, "val", "000000.tar")
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    result = CliRunner().invoke(inspect, [shard_set.path, "--verify"])
    assert result.exit_code == 1
    assert "damaged: val/000000.tar:" in result.output


def test_an_unfinished_set_fails_with_what_was_found(tmp_path: Path) -> None:
    result = CliRunner().invoke(inspect, [str(tmp_path)])
    assert result.exit_code == 1
    assert "expected record.json" in result.output
