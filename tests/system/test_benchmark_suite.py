"""`python -m benchmarks`: every benchmark runs at toy size, results are compared, and make a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from suite.command import main
from suite.curves import estimate, exponent
from suite.printed import then
from suite.rounds import in_turns, spread
from suite.table import BENCHMARKS, scripts


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy run of everything."""
    path = tmp_path_factory.mktemp("suite") / "out.json"
    assert main([*BENCHMARKS, "--toy", "--rounds", "2", "--json", str(path)]) == 0
    return path


def test_every_benchmark_measures_something_beside_a_limit(result: Path) -> None:
    found = json.loads(result.read_text())
    assert list(found["benchmarks"]) == list(BENCHMARKS)
    for name, measured in found["benchmarks"].items():
        assert all(row["value"]["median"] >= 0 for row in measured["rows"]), name
        assert any(row["ratio"] for row in measured["rows"]) or name in ("machine", "scaling", "million")  # fmt: skip


def test_a_result_makes_a_page(result: Path, tmp_path: Path) -> None:
    assert main(["page", str(result), "--out", str(tmp_path / "page.md")]) == 0
    page = (tmp_path / "page.md").read_text()
    assert "Toy sizes" in page
    assert all(f"## {name.capitalize()}" in page for name in BENCHMARKS)
    assert (tmp_path / "figures/scaling.png").stat().st_size > 0


def test_ways_take_turns_and_every_other_round_goes_backwards() -> None:
    order: list[str] = []
    spent = in_turns({name: lambda n=name: order.append(n) for name in "ab"}, rounds=3)
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"
    assert {name: len(rounds) for name, rounds in spent.items()} == {"a": 3, "b": 3}
    assert spread([1.0, 2.0, 3.0]).median == 2


def _row(*values: float) -> dict[str, Any]:
    return {"unit": "x", "value": vars(spread(values))}


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ((1, 2, 3), (1, 2, 3), "1.00 x the previous (within the spread)"),
        ((8, 9, 10), (1, 2, 3), "4.50 x the previous (differs)"),
        ((9,), (2,), "4.50 x the previous (within the spread)"),
    ],
)
def test_a_difference_is_one_that_rounds_do_not_explain(
    now: tuple[float, ...], before: tuple[float, ...], said: str
) -> None:
    assert then(_row(*now), _row(*before)) == f"; {said}"
    assert then(_row(*now), None) == ""


def test_a_line_is_drawn_on_to_a_million() -> None:
    points = [(100, 2.0), (1000, 11.0), (10_000, 101.0)]
    assert estimate(points) == pytest.approx(10_001)
    assert exponent([(10, 1.0), (100, 10.0)]) == pytest.approx(1)


def test_scripts_for_single_questions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    said = capsys.readouterr().out
    assert "loader" in scripts()
    assert all(name in said for name in [*BENCHMARKS, *scripts()])
