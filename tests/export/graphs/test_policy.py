"""The graph of a policy says what `Policy.predict` says, whatever its head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lapa.export.graphs.policy import ACTIONS, CLASSES, NOISE, STATES, policy_graph
from lapa.export.graphs.tokens import encoded
from lapa.models.policy.storage import load_policy
from lapa.records import ShardSet
from toys.exported import SENTENCE, WORDS
from toys.policies import finetuned
from toys.shards import tiny_shard_set

HEADS: dict[str, dict[str, Any]] = {
    "expected": {"head": {"kind": "binned", "hidden_dim": 8}, "use_state": True},
    "argmax": {"head": {"kind": "binned", "hidden_dim": 8, "decode": "argmax"}},
    "codes": {"head": {"kind": "mlp", "hidden_dims": [8]}, "train": "head"},
    "l1": {"head": {"kind": "l1", "hidden_dim": 8}, "chunk": 3},
    "flow": {"head": {"kind": "flow", "hidden_dim": 8, "steps": 3}, "chunk": 2},
    "outside": {"head": {"kind": "toys.head_toy:RidgeParams"}},
}
TEXTS = [SENTENCE, "", "red"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("shards"))


@pytest.mark.parametrize("name", HEADS)
def test_actions_are_those_of_predict(name: str, shards: ShardSet, tmp_path: Path) -> None:
    policy = load_policy(Path(finetuned(shards, tmp_path, **HEADS[name]).path))
    graph = policy_graph(policy, words=WORDS)
    images = np.random.default_rng(1).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    given = {"images": images, **encoded(policy.backbone, TEXTS, words=WORDS)}
    states = None
    if STATES in graph.inputs:
        states = torch.randn(3, *graph.inputs[STATES].shape)
        given[STATES] = states.numpy()
    if NOISE in graph.inputs:
        given[NOISE] = np.zeros((3, *graph.inputs[NOISE].shape), np.float32)
    expected = policy.predict(torch.from_numpy(images), TEXTS, states)
    made = graph.run(given)
    np.testing.assert_allclose(made[ACTIONS], expected.numpy(), atol=1e-5)
    assert {n: a.shape[1:] for n, a in made.items()} == {
        n: facts.shape for n, facts in graph.outputs.items()
    }
    assert (CLASSES in graph.outputs) == (name == "argmax")


def test_given_noise_is_what_a_generator_draws(shards: ShardSet, tmp_path: Path) -> None:
    policy = load_policy(Path(finetuned(shards, tmp_path, **HEADS["flow"]).path))
    encoded_images = torch.randn(2, policy.backbone.feature_dim)
    noise = torch.randn(2, 2, 2, generator=torch.Generator().manual_seed(3))
    drawn = policy.head.predict(encoded_images, torch.Generator().manual_seed(3))
    assert torch.equal(drawn, policy.head.predict_from_noise(encoded_images, noise))
    assert not torch.equal(drawn, policy.head.predict(encoded_images))
    with pytest.raises(TypeError, match="does not start from noise"):
        load_policy(
            Path(finetuned(shards, tmp_path / "l1", **HEADS["l1"]).path)
        ).head.predict_from_noise(encoded_images, noise)
