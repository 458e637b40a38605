"""A head that the package does not know is named by its path, is finetuned, saved and acts."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from lapa.models.policy.storage import load_policy
from lapa.models.storage import read_config
from lapa.params.policy import PolicyModelParams
from toys.head_toy import RidgeHead, RidgeParams
from toys.policies import finetuned
from toys.shards import tiny_shard_set

KIND = "toys.head_toy:RidgeParams"


def test_a_toy_head_is_finetuned_and_acts(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    head = {"kind": KIND, "decay": 0.5}
    record = finetuned(shards, tmp_path, head=head, train="head", chunk=2)
    folder = Path(record.path)
    assert read_config(folder, PolicyModelParams).head == RidgeParams(kind=KIND, decay=0.5)
    policy = load_policy(folder)
    assert isinstance(policy.head, RidgeHead)
    assert policy.head.decay == 0.5
    assert torch.equal(
        policy.head.linear.weight, load_file(folder / "model.safetensors")["head.linear.weight"]
    )
    images = torch.zeros(3, 32, 32, 3, dtype=torch.uint8)
    assert policy.predict(images, ["move"] * 3).shape == (3, 2, policy.head.codec.action_dim)


def test_its_decay_is_part_of_what_is_learnt(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    free, small = (
        finetuned(shards, tmp_path / str(decay), head={"kind": KIND, "decay": decay}, train="head")
        for decay in (0.0, 10.0)
    )
    assert free.digest != small.digest
