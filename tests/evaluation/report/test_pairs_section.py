"""The page says what became of every frame that a training could have read."""

from __future__ import annotations

from lapa.evaluation.blocks import Rows
from lapa.evaluation.report.pairs_section import HEAD, pairs_section
from lapa.records import Checkpoint, PairCounts, PairSpec

COUNTS = PairCounts(frames=10, tail=3, short_episodes=1, static=2, pairs=5)
MODEL = Checkpoint(
    path="somewhere",
    kind="laq",
    step=1,
    digest="d",
    inputs={},
    pair_spec=PairSpec(horizon_s=0.1),
    code_version="test",
    pairs={"train": {"a": COUNTS, "b": COUNTS}, "val": {"a": COUNTS}},
    samples={"train": 4, "val": 5},
)


def test_a_row_for_every_model_split_and_dataset() -> None:
    (section,) = pairs_section({"quantizer": MODEL})
    (rows,) = [block for block in section.parts[0].blocks if isinstance(block, Rows)]
    assert rows.table.head == HEAD
    numbers = ("10", "3", "1", "2", "5")
    places = (("train", "a"), ("train", "b"), ("val", "a"))
    assert rows.table.rows == tuple(("quantizer", *place, *numbers) for place in places)


def test_records_without_counts_make_no_section() -> None:
    assert pairs_section({"quantizer": MODEL.model_copy(update={"pairs": {}})}) == []
