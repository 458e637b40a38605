"""A scorecard keeps scores, verdicts and the resamples that pair it with another."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from lapa.evaluation.finding import Finding
from lapa.evaluation.score import scored
from lapa.evaluation.scorecard.card import Scorecard, scorecard_of
from lapa.evaluation.scorecard.storage import (
    RESAMPLES,
    TABLE,
    read_resamples,
    read_scorecard,
    write_scorecard,
)
from lapa.evaluation.statistics.any_statistic import rows_interval
from lapa.evaluation.statistics.resampled import resamples_of
from lapa.records import Metric
from toys.world import World

EPISODES = np.repeat(np.arange(12), 5)


def card_of(world: World, values: np.ndarray) -> Scorecard:
    interval = rows_interval(
        lambda rows: float(values[rows].mean()), EPISODES, resamples=80, seed=0
    )
    scores = (
        scored("means", interval.metric("mean", n=12), 0.0, "nothing"),
        scored("bounds", Metric(name="bare", value=0.3), None, "nothing", better="lower"),
    )
    return scorecard_of(
        [Finding(scores=scores)], laq=world.laqs[0], shards=world.shards, split="val"
    )


def test_a_card_comes_back_with_its_resamples(world: World, tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(2, 1, 60)
    written = card_of(world, values)
    write_scorecard(written, tmp_path)
    card = read_scorecard(tmp_path)
    assert card == written
    assert [line.verdict for line in card.lines] == ["passes", "unclear"]
    assert card.sentence == "Of 2 metrics beside their controls 1 pass, 0 fail, 1 are unclear."
    kept = read_resamples(tmp_path, card)
    assert set(kept) == {("means", "mean")}
    low, high = kept["means", "mean"].ends(card.lines[0].metric.value)
    assert np.allclose([low, high], [card.lines[0].metric.low, card.lines[0].metric.high])


def test_the_same_card_is_the_same_bytes(world: World, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_scorecard(card_of(world, np.arange(60.0)), tmp_path / name)
    assert (tmp_path / "a" / RESAMPLES).read_bytes() == (tmp_path / "b" / RESAMPLES).read_bytes()


def test_the_table_names_what_the_control_is(world: World, tmp_path: Path) -> None:
    write_scorecard(card_of(world, np.arange(60.0)), tmp_path)
    with (tmp_path / TABLE).open() as file:
        mean, bare = csv.DictReader(file)
    assert (mean["metric"], mean["control"], mean["verdict"]) == ("mean", "0.0", "passes")
    assert (bare["low"], bare["control"], bare["control_is"]) == ("", "", "nothing")


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
