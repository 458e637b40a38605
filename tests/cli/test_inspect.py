"""`lapa inspect` prints, draws, verifies and fails with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from lapa.cli.inspect import inspect
from toys.shards import tiny_shard_set
from toys.web import serving


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


def test_a_set_at_a_url_is_inspected_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")
    shard_set = tiny_shard_set(tmp_path)
    with serving(monkeypatch) as web:
        web.serve_folder(Path(shard_set.path), "set")
        url, cache = web.url("set"), str(tmp_path / "cache")
        result = CliRunner().invoke(inspect, [url, "--verify", "--cache", cache])
        assert result.exit_code == 0, result.output
        assert "every member of 4 shards is as it was written" in result.output
        assert url in result.output
        missing = CliRunner().invoke(inspect, [web.url("nowhere"), "--cache", cache])
        assert missing.exit_code == 1
        assert "nothing is there" in missing.output
    refused = CliRunner().invoke(inspect, ["ftp://host/set", "--cache", cache])
    assert "ftp://host/set' is no URL that can be read" in refused.output
    assert "--cache FOLDER" in CliRunner().invoke(inspect, [url]).output
