"""`lapa export-labels` writes both formats and refuses what does not belong together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lapa.cli.export_labels import export_labels
from toys.labeled_squares import LabeledSquares, labeled_squares


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> LabeledSquares:
    shards, labels = labeled_squares(tmp_path_factory.mktemp("squares"))
    labels.write(Path(labels.path))
    return shards, labels


def run(squares: LabeledSquares, form: str, out: Path, *more: str) -> Result:
    paths = [record.path for record in squares]
    return CliRunner().invoke(export_labels, [*paths, "--format", form, "--out", str(out), *more])


def test_jsonl_of_every_split(squares: LabeledSquares, tmp_path: Path) -> None:
    result = run(squares, "jsonl", tmp_path / "out")
    assert result.exit_code == 0, result.output
    files = sorted((tmp_path / "out").rglob("*.jsonl"))
    assert len(files) == len(squares[0].splits) == 2
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert len(rows) == sum(squares[1].valid_pairs.values())


def test_shards_of_one_split(squares: LabeledSquares, tmp_path: Path) -> None:
    result = run(squares, "shards", tmp_path / "out", "--split", "val")
    assert result.exit_code == 0, result.output
    assert {tar.parent.name for tar in (tmp_path / "out").rglob("*.tar")} == {"val"}
    again = run(squares, "shards", tmp_path / "out", "--split", "val")
    assert (again.exit_code, "remove it" in again.output) == (1, True)


def test_lerobot_with_a_column_of_codes(squares: LabeledSquares, tmp_path: Path) -> None:
    result = run(squares, "lerobot", tmp_path / "out", "--split", "val")
    assert result.exit_code == 0, result.output
    info = json.loads((tmp_path / "out/meta/info.json").read_text())
    assert info["total_episodes"] == squares[0].splits["val"].episodes
    assert info["features"]["latent_action"]["shape"] == [squares[1].code_seq_len]


def test_problems_are_one_line_and_exit_1(squares: LabeledSquares, tmp_path: Path) -> None:
    assert "no split 'x'" in run(squares, "jsonl", tmp_path / "out", "--split", "x").output
    (tmp_path / "record.json").write_text("{}")
    result = CliRunner().invoke(
        export_labels, [squares[0].path, str(tmp_path), "--format", "jsonl", "--out", "o"]
    )
    assert (result.exit_code, "LabelSet" in result.output) == (1, True)
