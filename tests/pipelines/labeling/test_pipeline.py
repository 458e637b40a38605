"""Every kind of labels has its nodes, whichever arms are chosen."""

from __future__ import annotations

import pytest
from kedro.pipeline import Pipeline

from lapa.params.array_part import ArrayPart
from lapa.params.chosen_arms import arms_named
from lapa.params.experiment import DEMO, Experiment
from lapa.pipelines import codes, evaluation, finetune, foundation, labeling

EVERY = ["lapa", "random_laq", "shuffled_codes", "inverse_dynamics", "scratch", "action_pretrained"]


def experiment(*arms: str) -> Experiment:
    return DEMO.model_copy(update={"arms": arms})


def labels(*arms: str, part: str | None = None) -> dict[str, set[str]]:
    """Inputs of every node, parameters left out."""
    taken = None if part is None else ArrayPart.of_text(part)
    own = experiment(*arms).model_copy(update={"part": taken})
    made = labeling.create_pipeline(experiment=own)
    return {
        node.name: {name for name in node.inputs if not name.startswith("params:")}
        for node in made.nodes
    }


def test_every_kind_of_labels_reads_what_it_is_made_of() -> None:
    own = "inverse_dynamics.inverse_dynamics_checkpoint"
    assert labels(*EVERY) == {
        "lapa.label_shards": {"mixture", "laq_checkpoint"},
        "random_laq.label_shards": {"mixture", "random_laq_checkpoint"},
        "shuffled_codes.permute_labels": {"mixture", "lapa.latent_labels"},
        "inverse_dynamics.train_inverse_dynamics": {"tabletop.clip_shards"},
        "inverse_dynamics.label_shards": {"mixture", own},
        "action_pretrained.label_actions": {"mixture"},
    }


def test_a_part_labels_by_models_that_are_there_and_the_merge_makes_the_rest() -> None:
    own = "inverse_dynamics.inverse_dynamics_checkpoint"
    assert labels(*EVERY, part="3/64") == {
        "lapa.label_part": {"mixture", "laq_checkpoint"},
        "random_laq.label_part": {"mixture", "random_laq_checkpoint"},
        "inverse_dynamics.label_part": {"mixture", own},
    }
    assert set(labels("shuffled_codes", part="3/64")) == {"lapa.label_part"}
    merge = labels(*EVERY, part="merge/64")
    assert merge.keys() == labels(*EVERY).keys()
    assert merge["lapa.label_shards"] == {"mixture", "laq_checkpoint", "lapa.label_parts"}
    assert merge["shuffled_codes.permute_labels"] == {"mixture", "lapa.latent_labels"}


def test_the_permuted_codes_are_made_also_where_their_arm_was_not_chosen() -> None:
    assert set(labels("shuffled_codes")) == {"lapa.label_shards", "shuffled_codes.permute_labels"}


def test_another_head_labels_nothing_anew() -> None:
    """Of finetuning the model reads which episodes show their actions, and no more."""
    made = labeling.create_pipeline(experiment=experiment("inverse_dynamics"))
    (fitting,) = (node for node in made.nodes if node.name.endswith("train_inverse_dynamics"))
    asked = {name for name in fitting.inputs if name.startswith("params:finetune")}
    assert asked == {
        "params:finetune.dataset",
        "params:finetune.labeled_episodes",
        "params:finetune.labeled_fraction",
        "params:finetune.labeled_balance",
        "params:finetune.trainer.seed",
    }


@pytest.mark.parametrize("arm", EVERY)
def test_one_arm_alone_goes_all_the_way(arm: str) -> None:
    alone = experiment(arm)
    rooms = (labeling, foundation, finetune, evaluation)
    whole = sum((room.create_pipeline(experiment=alone) for room in rooms), Pipeline([]))
    given = {name for name in whole.inputs() if not name.startswith("params:")}
    assert given <= {
        "mixture",
        "tabletop.clip_shards",
        "laq_checkpoint",
        "random_laq_checkpoint",
    }
    first = "initialize_foundation" if arm == "scratch" else "train_foundation"
    nodes = {node.name for node in whole.nodes}
    assert {f"{arm}.{node}" for node in (first, "train_policy", "evaluate_policy")} <= nodes
    assert {"report", "success_table"} <= whole.outputs()


def test_plain_video_has_no_labels_that_are_actions() -> None:
    made = codes.create_pipeline(experiment=experiment(*EVERY))
    namespaces = {node.namespace for node in made.nodes if node.namespace}
    assert namespaces == {"lapa", "random_laq", "shuffled_codes"}


def test_an_arm_from_outside_is_built_by_its_import_path() -> None:
    path = "toys.arm_toy:OTHER_CODES"
    assert set(labels("lapa", path)) == {"lapa.label_shards", "other_codes.label_shards"}
    assert arms_named([path])[0].quantizer == "other_checkpoint"
