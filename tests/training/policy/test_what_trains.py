"""What finetuning trains is what its lists name: the recipes of the presets, on a small model of that kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import open_robot
from lapa.metrics.action_error import measure_action_error
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.storage import load_policy
from lapa.params.finetune import FinetuneParams
from lapa.records import Checkpoint, ShardSet
from lapa.training.common.loop import Loop
from lapa.training.policy import fit
from lapa.training.policy.build import fresh_policy, model_config
from lapa.training.policy.labeled import open_labeled
from lapa.training.policy.trainable import select_trainable
from toys.homing import SIZES, SPEC, backbone, homing_shards, recipe

World = tuple[ShardSet, Checkpoint]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    shards = homing_shards(tmp_path_factory.mktemp("homing"))
    return shards, backbone(tmp_path_factory.mktemp("backbone"), shards)


def finetuned(world: World, params: FinetuneParams, work: Path) -> Checkpoint:
    return fit(shards=world[0], foundation=world[1], params=params, work=work)


def changed(policy: Checkpoint, world: World, params: FinetuneParams) -> set[str]:
    """Names of the policy's tensors that differ from those it began with."""
    shards, start = world
    dataset = open_labeled(shards, SPEC, params, None)
    config = model_config(SIZES, dataset, shards, params)
    before, _ = fresh_policy(start, dataset, config, seed=params.trainer.seed)
    after = load_file(Path(policy.path) / "model.safetensors")
    return {n for n, value in before.state_dict().items() if not torch.equal(value, after[n])}


def modules(names: set[str]) -> set[str]:
    return {
        ".".join(name.split(".")[:2]) if name.startswith("backbone") else name.split(".")[0]
        for name in names
    }


def test_recipe_of_one_query_trains_exactly_what_it_names(world: World, tmp_path: Path) -> None:
    params = recipe("one_query_binned", trainer={"select": "last"})
    record = finetuned(world, params, tmp_path)
    policy = load_policy(Path(record.path))
    named = {
        name
        for name, _ in policy.named_parameters()
        if name.startswith(("backbone.language", "action_query", "head"))
    }
    assert changed(record, world, params) == named
    assert record.trained == {
        "action_query": 64,
        "backbone.language": sum(
            p.numel()
            for n, p in policy.named_parameters()
            if n in named and n.startswith("backbone")
        ),
        "head": sum(p.numel() for p in policy.head.parameters()),
    }
    assert policy.action_query is not None
    assert policy.action_query.shape == (1, 64)
    assert policy.head.logits(torch.zeros(1, 64)).shape == (1, 1, 3, 256)


def test_freeze_takes_from_what_train_names(world: World, tmp_path: Path) -> None:
    params = recipe(
        train=("queries", "language", "head"),
        freeze=("language.embed_tokens", "language.layers.0"),
        trainer={"select": "last"},
    )
    names = changed(finetuned(world, params, tmp_path), world, params)
    assert modules(names) == {"backbone.queries", "backbone.language", "head"}
    assert not [n for n in names if "language.layers.0." in n or "embed_tokens" in n]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": ("vison", "head")}, r"finetune.train names 'vison'.*'backbone.vision'.*'head'"),
        ({"freeze": ("words",)}, r"finetune.freeze names 'words'.*'backbone.language'"),
        ({"train": ("language",)}, "head is new and would stay as random as it is"),
        ({"freeze": ("head",)}, "head is new"),
        ({"train": ("head",), "action_query": "new"}, "action_query is new"),
    ],
)
def test_names_that_fit_nothing_and_fresh_modules_that_do_not_learn_are_refused(
    changes: dict[str, Any], message: str, world: World, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        finetuned(world, recipe(**changes), tmp_path)


def test_a_list_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="expected head, neck, all, or a list"):
        recipe(train=())


def test_a_backbone_without_pretraining_learns_whole_and_says_what_was_put_aside(
    world: World, tmp_path: Path
) -> None:
    shards, _ = world
    scratch = backbone(tmp_path / "scratch", shards, step=0)
    record = finetuned((shards, scratch), recipe("one_query_binned"), tmp_path / "work")
    assert record.notes == (
        "train put aside: the backbone has no pretraining, so all of it learnt",
    )
    assert {"backbone.vision", "backbone.projector"} <= set(record.trained)


def test_adapters_fold_into_a_policy_that_acts_the_same(world: World, tmp_path: Path) -> None:
    params = recipe("lora_7b", trainer={"precision": "32-true"})
    record = finetuned(world, params, tmp_path)
    assert set(record.trained) == {"action_query", "backbone.language", "head"}
    policy = load_policy(Path(record.path))
    assert not [name for name in policy.state_dict() if "lora" in name]
    projections = (
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "gate_proj",
        "up_proj",
        "down_proj",
    )
    names = {n for n in changed(record, world, params) if n.startswith("backbone")}
    assert names
    assert all(name.split(".")[-2] in projections for name in names)
    # the figures of the record were taken with the adapters beside the weights
    held_out = open_robot(world[0], "val", chunk=1, pair_spec=SPEC, max_episodes=None, seed=0)
    merged, _ = measure_action_error(policy, evaluation_loader(held_out, batch_size=7))
    assert merged == pytest.approx({n: record.metrics[n] for n in merged}, rel=1e-4)


def test_a_new_query_answers_otherwise_than_those_of_the_codes(world: World) -> None:
    model = load_foundation(Path(world[1].path))
    torch.manual_seed(1)
    query = model.new_query()
    images = torch.randint(0, 256, (2, 32, 32, 3), dtype=torch.uint8)
    texts = ["move the red square", "move the blue square"]
    one = model.features_of_query(query, images, texts)
    assert one.shape == (2, model.feature_dim)
    assert not torch.allclose(one, model.features(images, texts))
    model.features_of_query(query, images, texts).sum().backward()
    assert query.grad is not None


@pytest.mark.parametrize(
    "params",
    [
        recipe("one_query_binned", accumulate=2, activation_checkpointing=True),
        recipe("lora_7b", lora={"rank": 2, "dropout": 0.1}, trainer={"precision": "bf16-mixed"}),
    ],
    ids=["one_query", "adapters"],
)
def test_killed_training_resumes_exactly(
    params: FinetuneParams, world: World, tmp_path: Path
) -> None:
    straight = finetuned(world, params, tmp_path / "straight")
    step = Loop._step

    def killed(self: Loop, batches: Any) -> Any:
        if self.state.step == 5:
            raise MemoryError
        return step(self, batches)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Loop, "_step", killed)
        with pytest.raises(MemoryError):
            finetuned(world, params, tmp_path / "killed")
    assert (tmp_path / "killed/resume/step-00000004.ckpt").is_file()
    resumed = finetuned(world, params, tmp_path / "killed")
    assert (resumed.step, resumed.digest) == (straight.step, straight.digest)


def test_selection_is_a_function_of_names_that_needs_no_weights(world: World) -> None:
    params = recipe("one_query_binned")
    shards, start = world
    dataset = open_labeled(shards, SPEC, params, None)
    policy, _ = fresh_policy(start, dataset, model_config(SIZES, dataset, shards, params), seed=0)
    bare = policy.to("meta")
    select_trainable(bare, params)
    assert modules({n for n, p in bare.named_parameters() if p.requires_grad}) == {
        "action_query",
        "backbone.language",
        "head",
    }
