"""A headline counts what a model names itself, not what it names with teacher forcing."""

from __future__ import annotations

from lapa.evaluation.policies.decoded_metrics import decoded_metrics
from lapa.evaluation.sections.backbone_accuracy import accuracy_sentence, accuracy_table
from lapa.records import Checkpoint, PairSpec

FORCED = {
    "val/top1": 0.671,
    "val/decoded_top1": 0.629,
    "val/top1_majority": 0.312,
    "val/top3": 0.9,
    "val/sequence": 0.5,
    "val/decoded_sequence": 0.4,
    "val/sequence_majority": 0.1,
    "val/top1_blank_image": 0.6,
    "val/decoded_top1_blank_image": 0.3,
    "val/top1_position_2": 0.7,
    "val/loss": 1.0,
}


def test_decoded_metrics_take_the_place_of_those_that_saw_the_true_codes() -> None:
    assert decoded_metrics(FORCED) == {
        "val/top1": 0.629,
        "val/top1_majority": 0.312,
        "val/sequence": 0.4,
        "val/sequence_majority": 0.1,
        "val/top1_blank_image": 0.3,
        "val/loss": 1.0,
    }


def test_a_model_that_answers_all_codes_at_once_keeps_its_metrics() -> None:
    at_once = {"val/top1": 0.74, "val/top3": 0.9, "val/top1_majority": 0.3}
    assert decoded_metrics(at_once) == at_once


def test_the_headline_is_the_models_own() -> None:
    sentence = accuracy_sentence("lapa", FORCED)
    assert sentence is not None
    assert "names 62.9 % of the held-out codes, +31.7 points" in sentence


def test_the_table_shows_both_and_says_which_is_which() -> None:
    checkpoint = Checkpoint(
        path="",
        kind="foundation",
        step=1,
        digest="",
        inputs={},
        pair_spec=PairSpec(horizon_s=0.1),
        metrics=FORCED,
        code_version="test",
    )
    rows = dict(accuracy_table({"lapa": checkpoint}).rows)  # type: ignore[arg-type]
    assert rows["top-1"] == "62.9"
    assert rows["top-1, given the true earlier codes"] == "67.1"
    assert "top-3" not in rows
