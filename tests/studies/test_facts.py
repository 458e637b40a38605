"""What decides a result: values that are not the defaults, and nothing that only makes a run faster."""

from __future__ import annotations

from lapa.params.base import TrainerParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.finetune import FinetuneParams
from lapa.params.flow import FlowParams
from lapa.params.heads import L1HeadParams
from lapa.params.mixture import DatasetsParams
from lapa.studies.facts import changes, decided_in


def test_defaults_and_speed_are_left_out() -> None:
    trainer = TrainerParams(max_steps=5, batch_size=2, num_threads=7, seed=0)
    assert decided_in(trainer) == {"max_steps": 5, "batch_size": 2}


def test_where_a_cache_lies_is_left_out_with_its_section() -> None:
    cached = EvaluationParams(flow=FlowParams(cache="somewhere"))
    assert decided_in(cached) == {}
    other = EvaluationParams(flow=FlowParams(cache="somewhere", threshold=0.5))
    assert decided_in(other) == {"flow": {"threshold": 0.5}}


def test_kinds_are_told_apart_where_all_else_is_default() -> None:
    facts = [decided_in(FinetuneParams(head=head)) for head in (L1HeadParams(),)]
    assert facts[0]["head"]["kind"] == "l1"
    datasets = DatasetsParams.model_validate({"tabletop": {"kind": "simulator"}})
    assert decided_in(datasets) == {"tabletop": {"kind": "simulator"}}


def test_what_has_changed_is_said_with_both_values() -> None:
    before, now = {"laq": {"trainer": {"max_steps": 12}}}, {"laq": {"trainer": {"seed": 1}}}
    assert list(map(str, changes(before, now))) == [
        "laq.trainer.max_steps was 12, is the default",
        "laq.trainer.seed was the default, is 1",
    ]
