"""Results of other versions of the code are named."""

from __future__ import annotations

from lapa.evaluation.study.versions import other_versions, shortened, usual_version
from lapa.records import CellKey, CellOutcomes, CellResult

NOW, BEFORE = "abc1234" + "0" * 33, "def5678" + "0" * 33


def result(commit: str) -> CellResult:
    return CellResult(
        study="tiny",
        key=CellKey(setting="a", arm="lapa", variant="default", budget=5, seed=0, subset=0),
        asked="x",
        runs={},
        digests={},
        outcomes={"reach": CellOutcomes(first_seed=7, successes="1")},
        metrics={},
        seconds=1.0,
        commit=commit,
    )


def test_one_line_counts_the_results_of_each_other_version() -> None:
    commits = [NOW, BEFORE, NOW, f"{NOW} (uncommitted changes)", NOW, BEFORE, ""]
    results = [result(commit) for commit in commits]
    assert usual_version(results) == NOW
    assert other_versions(results, NOW) == (
        "4 of 7 results were made by other versions of the code: def5678 (2), "
        "abc1234 (uncommitted changes) (1), unknown (1)."
    )


def test_nothing_is_said_where_all_are_of_one_version_or_there_is_none() -> None:
    assert other_versions([result(NOW)] * 3, NOW) == ""
    assert other_versions([], NOW) == ""
    assert other_versions([result(NOW)], "") == ""
    assert shortened("") == "unknown"
