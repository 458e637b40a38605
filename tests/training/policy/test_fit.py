"""Finetuning on squares that move to the centre: learns, freezes, resumes exactly, refuses."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from lapa.data.labels import finish_labels, write_sidecar
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import NO_LABEL, open_robot
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.data.shards.reader import ClipReader
from lapa.metrics.action_error import measure_action_error
from lapa.models.foundation.interface import LatentLoss, LatentPolicy
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.storage import load_policy
from lapa.params.finetune import FinetuneParams
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet
from lapa.training.common import loop as loop_module
from lapa.training.common.loop import Loop
from lapa.training.common.train_state import save
from lapa.training.policy import fit
from lapa.training.policy.labeled import open_labeled
from lapa.training.policy.objective import PolicyObjective
from lapa.training.policy.validation import CRITERION
from toys.homing import film_backbone, homing_shards
from toys.logged import SPEED, logged
from toys.states import newest_state

SPEC = PairSpec(horizon_s=0.1)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return homing_shards(tmp_path_factory.mktemp("homing"), n=60)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory, shards: ShardSet) -> Checkpoint:
    return film_backbone(tmp_path_factory.mktemp("foundation"), shards, step=100)


def _params(**changes: Any) -> FinetuneParams:
    trainer = {"max_steps": 12, "batch_size": 16, "checkpoint_every": 4, "accelerator": "cpu"}
    trainer |= {"validate_every": 6, "log_every": 3} | changes.pop("trainer", {})
    optimizer = {"learning_rate": 3e-3, "final_learning_rate": 1e-4, "warmup_steps": 3}
    head = {"kind": "binned", "hidden_dim": 32, "target_sigma": 4.0}
    values = {"labeled_episodes": 40, "head": head, "optimizer": optimizer, **changes}
    return FinetuneParams.model_validate({**values, "trainer": trainer})


def _fit(shards: ShardSet, foundation: Checkpoint, work: Path, **changes: Any) -> Checkpoint:
    return fit(shards=shards, foundation=foundation, params=_params(**changes), work=work)


def _changed(foundation: Checkpoint, policy: Checkpoint) -> set[str]:
    """Names of the backbone's tensors that finetuning changed."""
    before = load_file(Path(foundation.path) / "model.safetensors")
    after = load_file(Path(policy.path) / "model.safetensors")
    return {n for n, value in before.items() if not torch.equal(value, after[f"backbone.{n}"])}


def test_learns_to_act_and_says_so(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    # The action is a function of the state, which a random frozen trunk does not hide.
    policy = _fit(
        shards,
        pretrained,
        tmp_path,
        train="head",
        use_state=True,
        optimizer={"learning_rate": 1e-2, "final_learning_rate": 1e-4, "warmup_steps": 10},
        trainer={"max_steps": 200, "batch_size": 64},
    )
    assert policy.kind == "policy"
    assert (policy.selected, policy.selected_by) == ("best", CRITERION.metric)
    assert policy.step <= 200
    assert policy.inputs == {"shards": shards.digest, "foundation": pretrained.digest}
    assert policy.metrics["labeled_episodes"] == 40
    assert policy.metrics["mse_normalized/dx"] < 0.05
    assert policy.metrics["mse_normalized/dy"] < 0.05
    assert logged(tmp_path) >= SPEED


def test_recorded_figures_are_those_of_the_saved_policy(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    record = _fit(shards, pretrained, tmp_path)
    held_out = open_robot(
        shards, "val", chunk=1, pair_spec=record.pair_spec, max_episodes=None, seed=0
    )
    again, steps = measure_action_error(
        load_policy(Path(record.path)), evaluation_loader(held_out, batch_size=7)
    )
    assert steps == len(held_out)
    assert again == pytest.approx({n: record.metrics[n] for n in again}, rel=1e-4)


def test_what_learns(shards: ShardSet, pretrained: Checkpoint, tmp_path: Path) -> None:
    head = _fit(shards, pretrained, tmp_path / "head", train="head")
    neck = _fit(shards, pretrained, tmp_path / "neck", train="neck")
    whole = _fit(shards, pretrained, tmp_path / "all", train="all")
    assert _changed(pretrained, head) == set()
    assert {name.split(".")[0] for name in _changed(pretrained, neck)} == {"neck"}
    reached = {name.split(".")[0] for name in _changed(pretrained, whole)}
    assert {"neck", "stem", "blocks"} <= reached
    assert "head" not in reached, "the latent head is idle while actions are learnt"


def test_unpretrained_backbone_learns_whole_and_longer(shards: ShardSet, tmp_path: Path) -> None:
    scratch = film_backbone(tmp_path / "scratch", shards, step=0)
    policy = _fit(shards, scratch, tmp_path / "work", unpretrained_max_steps=15)
    assert policy.step == 15
    assert "stem.weight" in _changed(scratch, policy)


@pytest.mark.parametrize("train", ["head", "neck", "all"])
@pytest.mark.parametrize(
    "head", [{"kind": "binned", "dropout": 0.1}, {"kind": "flow", "hidden_dim": 16}]
)
def test_killed_training_resumes_exactly(
    train: str, head: dict[str, Any], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    shards, start = (request.getfixturevalue(name) for name in ("shards", "pretrained"))
    changes = {
        "train": train,
        "head": head,
        "augmentation": {"brightness": 0.1} if train == "all" else {},
    }
    straight = _fit(shards, start, tmp_path / "straight", **changes)
    step = Loop._step

    def killed(self: Loop, batches: Any) -> Any:
        if self.state.step == 7:
            raise MemoryError
        return step(self, batches)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Loop, "_step", killed)
        with pytest.raises(MemoryError):
            _fit(shards, start, tmp_path / "killed", **changes)
    point = newest_state(tmp_path / "killed")
    assert point is not None
    assert point.stem == "step-00000004"
    resumed = _fit(shards, start, tmp_path / "killed", **changes)
    assert resumed.step == straight.step
    assert resumed.digest == straight.digest


ON_CODES = {
    "condition": "codes",
    "embeddings": "fresh",
    "embedding_dim": 4,
    "hidden_dim": 16,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"head": {"kind": "mlp", "hidden_dims": [16], "embedding_dim": 4}, "train": "head"},
        {"head": {"kind": "l1", "hidden_dim": 16}, "chunk": 3},
        {"head": {"kind": "flow", "hidden_dim": 16, "time_dim": 8}, "chunk": 3},
        {"head": {"kind": "flow", **ON_CODES}, "chunk": 3, "train": "head"},
        {"head": {"kind": "l1", **ON_CODES}, "chunk": 3, "train": ["head"]},
        {"head": {"kind": "binned", **ON_CODES}, "train": "head"},
        {"use_state": True, "bin_method": "quantile"},
        {"use_state": True, "train": "head"},
    ],
    ids="_".join,
)
def test_every_option_gives_a_policy_that_loads(
    changes: dict[str, Any], shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    record = _fit(shards, pretrained, tmp_path, **changes)
    policy = load_policy(Path(record.path))
    states = torch.zeros(2, 2) if changes.get("use_state") else None
    images = torch.zeros(2, 32, 32, 3, dtype=torch.uint8)
    actions = policy.predict(images, ["move the red square"] * 2, states)
    assert actions.shape == (2, changes.get("chunk", 1), 3)
    assert torch.isfinite(actions).all()


def test_fraction_of_the_labels(shards: ShardSet, pretrained: Checkpoint, tmp_path: Path) -> None:
    record = _fit(shards, pretrained, tmp_path, labeled_episodes=None, labeled_fraction=0.25)
    assert record.metrics["labeled_episodes"] == round(0.25 * shards.split("train").episodes)


def _labels(shards: ShardSet, folder: Path) -> LabelSet:
    """Codes that say in which half of the picture the square is."""
    digests = {}
    for split in shards.splits:
        table = load_clip_table(shards, split)
        reader = ClipReader(table, image_size=shards.image_size)
        owned = table.numbers["owned_frames"]
        states = np.concatenate([reader.array(c, "states")[:n] for c, n in enumerate(owned)])
        codes, valid = (states > 12).astype(np.int16), valid_slots(table, SPEC)
        for shard, start, end in table.shard_slots():
            digests[shard] = write_sidecar(folder, shard, codes[start:end], valid[start:end])
    return finish_labels(
        folder,
        shard_set=shards,
        digests=digests,
        inputs={"laq": "laq", "codebook": "codebook"},
        codebook_size=4,
        code_seq_len=2,
        pair_spec=SPEC,
    )


class _Counting:
    """A backbone that remembers what its loss was asked of."""

    def __init__(self, model: LatentPolicy) -> None:
        self.model = model
        self.seen: list[dict[str, Any]] = []

    def loss(self, batch: dict[str, Any]) -> LatentLoss:
        self.seen.append(batch)
        return self.model.loss(batch)


def test_joint_training_also_trains_the_latent_head(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    record = fit(
        shards=shards,
        foundation=pretrained,
        labels=_labels(shards, tmp_path / "labels"),
        params=_params(train="all", joint_latent_weight=0.5),
        work=tmp_path / "work",
    )
    assert "head.linear.weight" in _changed(pretrained, record)
    assert set(record.inputs) == {"shards", "foundation", "labels"}
    logged = (tmp_path / "work" / "metrics.jsonl").read_text()
    assert "train/latent_loss" in logged


def test_tail_frames_without_codes_teach_no_codes(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    labels = _labels(shards, tmp_path / "labels")
    config = _params(train="all", joint_latent_weight=0.5)
    dataset = open_labeled(shards, SPEC, config, labels)
    batch = next(iter(evaluation_loader(dataset, batch_size=8)))
    tails = (batch["latent_codes"] == NO_LABEL).all(dim=1)
    assert 0 < tails.sum() < 8, "the batch must hold both kinds of frames"
    backbone = _Counting(load_foundation(Path(pretrained.path)))
    module = PolicyObjective(policy=SimpleNamespace(backbone=backbone), joint_latent_weight=0.5)
    assert torch.isfinite(module._latent_loss(batch))
    assert backbone.seen[-1]["latent_codes"].min() >= 0
    assert (
        len(backbone.seen[-1]["instructions"])
        == len(backbone.seen[-1]["frames"])
        == 8 - tails.sum()
    )
    alone = {name: batch[name][tails] for name in ("frames", "latent_codes", "sample_id")}
    alone["instructions"] = ["move the red square"] * int(tails.sum())
    loss = module._latent_loss(alone)
    loss.backward()
    assert loss == 0
    assert all(p.grad is not None for p in backbone.model.head.parameters())


def test_codes_of_another_quantizer_are_refused(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    trained = pretrained.model_copy(update={"inputs": {**pretrained.inputs, "laq": "other"}})
    with pytest.raises(ValueError, match="quantiser digest: found 'laq', expected 'other'"):
        fit(
            shards=shards,
            foundation=trained,
            labels=_labels(shards, tmp_path / "labels"),
            params=_params(train="all", joint_latent_weight=0.5),
            work=tmp_path / "work",
        )


def test_the_codebook_of_another_quantizer_is_refused(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    trained = pretrained.model_copy(update={"inputs": {**pretrained.inputs, "laq": "own"}})
    other = pretrained.model_copy(update={"kind": "laq", "digest": "other"})
    head = {"kind": "mlp", "hidden_dims": [8], "embeddings": "codebook"}
    with pytest.raises(ValueError, match="digest: found 'other', expected 'own'"):
        fit(
            shards=shards,
            foundation=trained,
            laq=other,
            params=_params(train="head", head=head),
            work=tmp_path / "work",
        )


def test_a_loss_that_is_no_number_stops_training(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    diverges = {"learning_rate": 1e30, "final_learning_rate": 1e30, "warmup_steps": 1}
    with pytest.raises(FloatingPointError, match=r"at step \d+.*samples are"):
        _fit(shards, pretrained, tmp_path, train="all", optimizer=diverges)


def test_a_resume_point_is_written_once(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def counted(fabric: Any, state: Any, *where: Any) -> None:
        written.append(state.step)
        save(fabric, state, *where)

    monkeypatch.setattr(loop_module, "save", counted)
    _fit(shards, pretrained, tmp_path)
    assert written == [4, 8, 12]


def test_a_warm_up_longer_than_the_training_without_pretraining_is_refused() -> None:
    with pytest.raises(ValueError, match="less than unpretrained_max_steps = 3"):
        _params(unpretrained_max_steps=3)


JOINT: dict[str, Any] = {"train": "all", "joint_latent_weight": 0.5}
CODEBOOK: dict[str, Any] = {
    "train": "head",
    "head": {"kind": "mlp", "hidden_dims": [16], "embedding_dim": 4, "embeddings": "codebook"},
}


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        (JOINT, "no latent labels: it learnt the actions alone"),
        (CODEBOOK, "has no quantiser"),
        ({"train": "head", "head": {"kind": "flow", "condition": "codes"}}, "has no quantiser"),
    ],
)
def test_a_backbone_without_pretraining_trains_without_codes_and_says_so(
    changes: dict[str, Any], note: str, shards: ShardSet, tmp_path: Path
) -> None:
    scratch = film_backbone(tmp_path / "scratch", shards, step=0)
    policy = _fit(shards, scratch, tmp_path / "work", **changes)
    (said,) = policy.notes
    assert note in said
    assert set(policy.inputs) == {"shards", "foundation"}
    assert "train/latent_loss" not in (tmp_path / "work" / "metrics.jsonl").read_text()
    load_policy(Path(policy.path))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [(JOINT, "joint_latent_weight is 0.5"), (CODEBOOK, "head mlp starts from")],
)
def test_a_pretrained_backbone_without_its_codes_is_refused(
    changes: dict[str, Any], reason: str, shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=f"{reason}.*is pretrained.*hand them over"):
        _fit(shards, pretrained, tmp_path, **changes)


def _worsening(**trainer: Any) -> dict[str, Any]:
    """A learning rate that helps at first and ruins everything at the end of its warm-up."""
    return {
        "train": "head",
        "use_state": True,
        "head": {"kind": "l1", "hidden_dim": 16},
        "optimizer": {"learning_rate": 3.0, "final_learning_rate": 3.0, "warmup_steps": 39},
        "trainer": {"max_steps": 40, "batch_size": 64, "validate_every": 4, **trainer},
    }


def _validated(work: Path) -> dict[int, float]:
    """The selecting metric by the number of optimiser steps behind it."""
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    name = CRITERION.metric
    return {line["step"]: line[name] for line in lines if name in line}


def test_a_training_that_gets_worse_exports_the_earlier_weights(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    best = _fit(shards, pretrained, tmp_path / "best", **_worsening())
    curve = _validated(tmp_path / "best")
    assert best.step == min(curve, key=curve.__getitem__) < 40
    assert best.metrics[CRITERION.metric] == pytest.approx(min(curve.values()))
    last = _fit(shards, pretrained, tmp_path / "last", **_worsening(select="last"))
    assert (last.step, last.selected, last.selected_by) == (40, "last", "")
    assert last.digest != best.digest
    assert best.metrics["mse_normalized"] < last.metrics["mse_normalized"]


def test_without_held_out_episodes_the_last_step_is_exported_and_said_so(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    everything = shards.model_copy(update={"splits": {"train": shards.split("train")}})
    policy = _fit(everything, pretrained, tmp_path)
    assert (policy.step, policy.selected) == (12, "last")
    assert "no validation data" in policy.notes[0]
    assert set(policy.metrics) == {"labeled_episodes"}


def test_more_labels_than_episodes_uses_them_all_and_says_so(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = _fit(shards, pretrained, tmp_path, labeled_episodes=900)
    assert record.metrics["labeled_episodes"] == shards.split("train").episodes
    assert "finetune.labeled_episodes is 900" in caplog.text


def test_a_count_and_a_fraction_together_are_refused() -> None:
    with pytest.raises(ValueError, match="expected one of them: set the other to null"):
        _params(labeled_episodes=25, labeled_fraction=0.1)


def test_few_samples_share_bins_and_validation_with_all(
    shards: ShardSet, pretrained: Checkpoint, tmp_path: Path
) -> None:
    measured = {"measure_train_samples": 8, "select": "last"}
    every = _fit(shards, pretrained, tmp_path / "every", trainer=measured)
    few = _fit(shards, pretrained, tmp_path / "few", train_max_samples=2, trainer=measured)
    assert few.samples["train"] == 2 < every.samples["train"]
    assert few.samples["val"] == every.samples["val"]
    control = "predict_mean/mse_normalized"
    assert few.metrics[control] == every.metrics[control] > 0
    assert few.metrics["labeled_episodes"] == 40
    assert load_policy(Path(few.path)).stats == load_policy(Path(every.path)).stats
    assert {"train_eval/mse_normalized", "mse_normalized"} <= few.metrics.keys()
