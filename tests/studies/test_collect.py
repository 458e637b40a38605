"""What a study keeps of a cell."""

from __future__ import annotations

import pytest

from lapa.evaluation.policies.outcomes import TaskOutcomes
from lapa.records import Checkpoint, EvaluationReport, Metric, PairSpec
from lapa.studies.collect import backbone_figures, digests_of, outcomes_of, quantizer_figures


def checkpoint(kind: str, digest: str, inputs: dict[str, str], **metrics: float) -> Checkpoint:
    facts = {"path": "x", "kind": kind, "step": 1, "digest": digest, "inputs": inputs}
    spec = PairSpec(horizon_s=0.1)
    return Checkpoint.model_validate(
        {**facts, "metrics": metrics, "pair_spec": spec, "code_version": "1"}
    )


def tried(*seeds: int) -> TaskOutcomes:
    count = len(seeds)
    facts = {"seeds": seeds, "successes": [False, True, False][:count], "steps": [3] * count}
    ends = (
        {"ends": ["lost", "success", "lost"][:count]} if "ends" in TaskOutcomes.model_fields else {}
    )
    return TaskOutcomes.model_validate({**facts, "instructions": ["go"] * count, **ends})


def test_outcomes_are_kept_scene_by_scene() -> None:
    outcomes = outcomes_of(tried(7, 8, 9))
    assert (outcomes.first_seed, outcomes.successes) == (7, "010")
    assert outcomes.ends in ({}, {"lost": 2})


def test_scenes_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match="expected each to follow the one before"):
        outcomes_of(tried(7, 9, 8))


def test_digests_tell_what_was_watched_from_what_was_labelled() -> None:
    backbone = checkpoint("foundation", "f", {"shards": "mixture", "laq": "q", "labels": "c"})
    policy = checkpoint("policy", "p", {"shards": "robot", "foundation": "f"})
    assert digests_of(policy, backbone) == {
        "watched_shards": "mixture",
        "laq": "q",
        "labels": "c",
        "shards": "robot",
        "foundation": "f",
        "policy": "p",
    }


def test_figures_of_the_ancestors_are_those_of_this_quantiser_and_backbone() -> None:
    measured = {
        "laq": (
            Metric(name="perplexity", value=5.0),
            Metric(name="probe/linear/codes/dx", value=0.5),
            Metric(name="psnr", value=1.0),
        ),
        "random_laq": (Metric(name="perplexity", value=2.0),),
    }
    report = EvaluationReport(path="x", metrics=measured)
    assert quantizer_figures("laq", report) == {
        "laq/perplexity": 5.0,
        "laq/probe/linear/codes/dx": 0.5,
    }
    assert quantizer_figures("random_laq", report) == {"laq/perplexity": 2.0}
    assert quantizer_figures("", None) == {}
    metrics = {"val/top1": 0.3, "val/decoded_top1": 0.2, "val/top1_majority": 0.1, "val/loss": 9.0}
    figures = backbone_figures(checkpoint("foundation", "f", {}, **metrics))
    assert figures == {"foundation/top1": 0.2, "foundation/top1_majority": 0.1}
