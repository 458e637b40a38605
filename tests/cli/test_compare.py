"""`lapa compare` puts scorecards side by side, and says where nothing can be paired."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from lapa.cli.compare import compare
from toys.scorecards import noisy, written


def said(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(compare, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_two_checkpoints_on_the_same_episodes(tmp_path: Path) -> None:
    first = written(tmp_path / "first/laq", noisy(5))
    second = written(tmp_path / "second/laq", noisy(5.5, seed=1))
    page = tmp_path / "pages/page.html"
    text = said(first, second, "--out", page)
    assert "second/laq is better than first/laq in 1 of 2 metrics" in text
    assert "1 of the differences are paired" in text
    assert "▲" in text
    html = page.read_text()
    assert "second/laq − first/laq" in html
    assert "▲" in html
    assert "no interval" in html


def test_a_difference_between_two_that_beat_nothing_is_in_brackets(tmp_path: Path) -> None:
    low, lower = (written(tmp_path / str(mean), noisy(mean)) for mean in (-9, -8))
    text = said(low, lower, "--out", tmp_path / "page.html")
    assert "(▲)" in text
    assert "is better than -9 in 0 of 2" in text


def test_a_run_s_folder_is_enough_and_names_can_be_given(tmp_path: Path) -> None:
    for run in "ab":
        written(tmp_path / run / "laq", noisy(0))
    page = tmp_path / "page.html"
    text = said(tmp_path / "a", tmp_path / "b", "--out", page, "--names", "nsvq, fsq")
    assert "fsq is better than nsvq in 0 of 2 metrics" in text


def test_other_episodes_are_not_paired(tmp_path: Path) -> None:
    first = written(tmp_path / "a", noisy(5))
    second = written(tmp_path / "b", noisy(5.5), data="others")
    text = said(first, second, "--out", tmp_path / "page.html")
    assert "0 of the differences are paired" in text
    assert "= unpaired" in text


def test_a_table_for_a_readme_and_a_figure(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, noisy(mean)) for name, mean in (("a", 5), ("b", 6)))
    table, figure = tmp_path / "table.md", tmp_path / "dots.png"
    wanted = ("--metrics", "mean", "--markdown", table, "--figure", figure)
    said(first, second, *wanted, "--out", tmp_path / "page.html")
    lines = table.read_text().splitlines()
    assert lines[0] == "| checkpoint | passes | `mean` ↑ |"
    assert lines[2].startswith("| a | 1 of 2 | ✓ ")
    assert lines[3].startswith("| b | 1 of 2 | ▲ ✓ ")
    assert figure.read_bytes().startswith(b"\x89PNG")
    text = said(first, second, "--metrics", "men", "--out", tmp_path / "page.html", code=1)
    assert "found men, expected some of bare, mean" in text


def test_what_cannot_be_compared(tmp_path: Path) -> None:
    first = written(tmp_path / "a", noisy(0))
    (tmp_path / "empty").mkdir()
    assert "expected at least 2" in said(first, code=1)
    assert "holds no scorecard.json" in said(first, tmp_path / "empty", code=1)
    assert "nothing differs from itself" in said(first, first, code=1)
    assert "expected 2 different names" in said(first, tmp_path / "empty", "--names", "x", code=1)
