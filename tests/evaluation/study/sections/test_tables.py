"""Tables of the page: shape, numbers, and what is left out."""

from __future__ import annotations

from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.absent import not_measured
from lapa.evaluation.study.sections.differences import differences_table
from lapa.evaluation.study.sections.endings import endings, known_endings
from lapa.evaluation.study.sections.gap import gap_table
from lapa.evaluation.study.sections.success import criteria_table, paper_table
from lapa.records import CellOutcomes
from toys.studies import study

ARMS = ("lapa", "random_laq", "scratch", "action_pretrained")
AT_25 = {"in_domain": 25}


def test_the_papers_table_has_arms_by_settings_seen_and_unseen() -> None:
    results = StudyResults.of(study(settings=("in_domain", "cross_task"), arms=ARMS))
    table = paper_table(results, dict.fromkeys(results.settings, 25))
    heads = [f"{s}\n{k}" for s in ("in_domain", "cross_task") for k in ("seen", "unseen_words")]
    assert list(table.head) == ["arm", *heads]
    assert [row[0] for row in table.rows] == list(results.arms)
    cells = results.at(setting="in_domain", arm="lapa", budget=25)
    digits = "".join(c.outcomes[task].successes for c in cells for task in ("reach", "lift"))
    mean = 100 * digits.count("1") / len(digits)
    lapa = table.rows[results.arms.index("lapa")]
    assert lapa[1].startswith(f"{mean:.1f}\n[")


def test_an_arm_that_was_not_tried_with_a_budget_is_a_dash() -> None:
    cells = study(arms=("lapa",), budgets=(5, 25)) + study(arms=("scratch",), budgets=(25,))
    table = criteria_table(StudyResults.of(cells), "in_domain", 5)
    assert [row[2] for row in table.rows] == ["–"] * 4


def test_single_seeds_are_shown_without_brackets() -> None:
    table = criteria_table(StudyResults.of(study(seeds=1)), "in_domain", 25)
    assert not any("[" in text for row in table.rows for text in row)


def test_differences_have_a_verdict_and_the_gap_its_share() -> None:
    results = StudyResults.of(study(arms=ARMS, scenes=100))
    differences = differences_table(results, AT_25)
    row = dict(zip(differences.head, differences.rows[0], strict=True))
    assert row["− scratch"].endswith("better")
    assert row["− action_pretrained"].endswith(("worse", "no difference shown"))
    shares = gap_table(results, AT_25)
    assert set(shares.head) == {"setting", "criterion", "lapa", "random_laq"}
    share = dict(zip(shares.head, shares.rows[0], strict=True))["lapa"]
    assert 70 < float(share.split("\n")[0]) < 100
    assert gap_table(StudyResults.of(study(arms=("lapa", "scratch"))), AT_25).rows == ()


def test_endings_are_shares_of_all_trials() -> None:
    cell = study(seeds=1, subsets=1)[0]
    outcomes = CellOutcomes(first_seed=0, successes="1000", ends={"lost it": 2, "missed": 1})
    shares = endings([cell.model_copy(update={"outcomes": {"reach": outcomes}})], "reach")
    assert shares == {"success": 0.25, "lost it": 0.5, "missed": 0.25}
    silent = CellOutcomes(first_seed=0, successes="1000")
    assert endings([cell.model_copy(update={"outcomes": {"reach": silent}})], "reach") == {}


def test_the_commonest_ending_comes_first() -> None:
    outcomes = CellOutcomes(first_seed=0, successes="0000", ends={"a": 1, "b": 3})
    cell = study(seeds=1, subsets=1)[0].model_copy(update={"outcomes": {"reach": outcomes}})
    assert known_endings(StudyResults.of([cell])) == ["b", "a"]


def test_what_is_missing_is_said_and_nothing_else() -> None:
    assert not_measured(StudyResults.of(study(arms=ARMS))) == []
    cells = study(arms=("lapa",), budgets=(5,))
    bare = [cell.model_copy(update={"metrics": {}, "upstream": {}}) for cell in cells]
    assert len(not_measured(StudyResults.of(bare))) == 4


def test_what_only_some_settings_lack_is_said_of_them() -> None:
    cells = [
        *study(settings=("one",), arms=ARMS, budgets=(20,)),
        *study(settings=("two",), arms=("lapa", "scratch"), budgets=(10, 50)),
    ]
    said = not_measured(StudyResults.of(cells))
    assert len(said) == 2
    assert said[0].startswith("Share of the gap closed: not measured in two, because")
    assert said[1].startswith("Curves over labelled episodes: not measured in one, because")
