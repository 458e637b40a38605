"""A scorecard keeps scores, verdicts and the resamples that pair it with another."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from lapa.evaluation.scorecard.storage import RESAMPLES, TABLE, read_resamples, read_scorecard
from lapa.evaluation.statistics.any_statistic import rows_interval
from lapa.evaluation.statistics.resampled import resamples_of
from lapa.records import Metric
from toys.scorecards import EPISODES, card, noisy, written


def test_a_card_comes_back_with_its_resamples(tmp_path: Path) -> None:
    folder = written(tmp_path / "report", noisy(5))
    read = read_scorecard(folder)
    assert read == card(noisy(5))
    assert [line.verdict for line in read.lines] == ["passes", "unclear"]
    assert read.sentence == "Of 2 metrics beside their controls 1 pass, 0 fail, 1 are unclear."
    kept = read_resamples(folder, read)
    assert set(kept) == {("means", "mean")}
    metric = read.lines[0].metric
    assert np.allclose(kept["means", "mean"].ends(metric.value), [metric.low, metric.high])


def test_the_same_card_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, noisy(5)) / RESAMPLES for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_table_names_what_the_control_is(tmp_path: Path) -> None:
    with (written(tmp_path / "report", noisy(5)) / TABLE).open() as file:
        mean, bare = csv.DictReader(file)
    assert (mean["metric"], mean["control"], mean["verdict"]) == ("mean", "0.0", "passes")
    assert (bare["low"], bare["control"], bare["control_is"]) == ("", "", "chance")


def test_no_card_is_no_card(tmp_path: Path) -> None:
    assert read_scorecard(tmp_path) is None


def test_a_metric_that_remembers_is_the_plain_one_to_everybody_else() -> None:
    interval = rows_interval(lambda rows: float(rows.mean()), EPISODES, resamples=20, seed=0)
    remembering = interval.metric("m", n=12)
    plain = Metric(**remembering.model_dump())
    assert remembering == plain
    assert plain == remembering
    assert hash(remembering) == hash(plain)
    assert resamples_of(remembering) is not None
    assert resamples_of(plain) is None
    assert "_resamples" not in remembering.model_dump_json()
