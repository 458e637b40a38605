"""A policy on a small backbone: prediction, state input, saving, and refusing wrong statistics."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lapa.data.statistics.action_bins import fit_action_stats
from lapa.metrics.action_error import measure_action_error
from lapa.models.foundation.build import build_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy, save_policy
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.heads import (
    BinnedHeadParams,
    FlowHeadParams,
    HeadParams,
    L1HeadParams,
    MlpHeadParams,
)
from lapa.params.policy import PolicyModelParams
from lapa.records import ActionStats, FrameCodec

TEXTS = ["reach the red cube", "lift the blue cube", "reach the green cube"]
FOUNDATION = FoundationModelParams(
    code_seq_len=2,
    codebook_size=4,
    backend=FilmCnnParams(image_size=16, channels=4, blocks=1, text_dim=4, feature_dim=6),
)


def stats(scale: float = 1.0) -> ActionStats:
    actions = scale * np.random.default_rng(0).uniform(-1, 1, (200, 3))
    return fit_action_stats(
        actions, names=["dx", "dy", "dz"], units=["m"] * 3, episodes=4, shard_digest="s", bins=16
    )


def make(
    head: HeadParams | None = None, state_dim: int | None = None
) -> tuple[Policy, PolicyModelParams]:
    torch.manual_seed(0)
    config = PolicyModelParams(
        foundation=FOUNDATION,
        head=head or BinnedHeadParams(hidden_dim=8),
        chunk=2,
        state_dim=state_dim,
        stats=stats(),
        frame_codec=FrameCodec(image_size=16),
    )
    backbone = build_foundation(FOUNDATION, instructions=TEXTS)
    return build_policy(config, backbone=backbone).eval(), config


def images(batch: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(256, (batch, 16, 16, 3), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize(
    "head",
    [
        BinnedHeadParams(hidden_dim=8),
        MlpHeadParams(hidden_dims=(8,), embedding_dim=4),
        L1HeadParams(hidden_dim=8),
        FlowHeadParams(hidden_dim=8, time_dim=4, steps=2),
    ],
    ids=lambda head: head.kind,
)
def test_saved_policy_predicts_the_same(head: HeadParams, tmp_path: Path) -> None:
    policy, config = make(head)
    before = policy.predict(images(), TEXTS)
    assert before.shape == (3, 2, 3)
    assert before.dtype == torch.float32
    digest = save_policy(tmp_path / "policy", policy, config)
    assert len(digest) == 64
    restored = load_policy(tmp_path / "policy", expected_stats=stats())
    assert not restored.training
    assert torch.equal(restored.predict(images(), TEXTS), before)


def test_predictions_stay_in_the_labeled_range() -> None:
    policy, _ = make(L1HeadParams(hidden_dim=8))
    with torch.no_grad():
        policy.head.layers[-1].bias.fill_(50.0)  # type: ignore[index, union-attr]
    actions = policy.predict(images(), TEXTS)
    assert torch.equal(actions, policy.head.codec.high.expand_as(actions))


def test_instruction_changes_the_action() -> None:
    policy, _ = make()
    same = images(1).expand(2, -1, -1, -1)
    actions = policy.predict(same, TEXTS[:2])
    assert not torch.allclose(actions[0], actions[1])


def test_state_starts_without_effect_and_then_learns() -> None:
    policy, _ = make(state_dim=5)
    assert policy.state_input is not None
    policy.state_input.fit(torch.randn(50, 5) * 3 + 1)
    states = torch.randn(3, 5)
    plain = policy.predict(images(), TEXTS, torch.zeros(3, 5))
    assert torch.equal(policy.predict(images(), TEXTS, states), plain)
    encoded = policy.encode_observation(images(), TEXTS)
    loss = policy.loss(encoded, plain, torch.ones(3, 2, dtype=torch.bool), states)
    loss.backward()
    gradient = policy.state_input.project.weight.grad
    assert gradient is not None
    assert gradient.abs().sum() > 0


def test_missing_state_and_wrong_images_are_named() -> None:
    policy, _ = make(state_dim=5)
    with pytest.raises(ValueError, match=r"use_state: true and got states=None"):
        policy.predict(images(), TEXTS)
    with pytest.raises(ValueError, match=r"torch.float32 \(3, 16, 16, 3\)"):
        policy.predict(images().float(), TEXTS)
    with pytest.raises(ValueError, match="3 images but 2 instructions"):
        policy.predict(images(), TEXTS[:2])


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (torch.zeros(5), r"\(5,\); expected a tensor of finite numbers \(3, 5\)"),
        (torch.zeros(1, 5), r"\(1, 5\)"),
        (torch.zeros(3, 6), r"\(3, 6\)"),
        (torch.full((3, 5), torch.nan), "NaN"),
        (torch.full((3, 5), 1e300, dtype=torch.float64), "infinity"),
        (np.zeros((3, 5), np.float32), "ndarray"),
    ],
)
def test_states_that_do_not_fit_are_named_and_never_spread(states: torch.Tensor, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make(state_dim=5)[0].predict(images(), TEXTS, states)


def test_states_may_be_of_any_number_type() -> None:
    policy, _ = make(state_dim=5)
    states = torch.arange(15).reshape(3, 5)
    for exact in (states, states.double()):
        assert torch.equal(
            policy.predict(images(), TEXTS, exact), policy.predict(images(), TEXTS, states.float())
        )


@pytest.mark.parametrize(
    ("pictures", "texts", "said"),
    [
        (np.zeros((1, 16, 16, 3), np.uint8), ["a"], "ndarray"),
        (torch.zeros(0, 16, 16, 3, dtype=torch.uint8), [], "empty"),
        (torch.zeros(1, 0, 16, 3, dtype=torch.uint8), ["a"], "empty"),
        (torch.zeros(1, 16, 16, 3, dtype=torch.uint8), "a", "'a'; expected a list of texts"),
        (torch.zeros(1, 16, 16, 3, dtype=torch.uint8), [1], "list of texts"),
    ],
)
def test_what_is_no_batch_of_pictures_and_texts_is_named(
    pictures: torch.Tensor, texts: list[str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        make()[0].predict(pictures, texts)


def test_edited_statistics_are_refused(tmp_path: Path) -> None:
    policy, config = make()
    save_policy(tmp_path / "policy", policy, config)
    path = tmp_path / "policy" / "config.json"
    saved = json.loads(path.read_text())
    saved["stats"]["dimensions"][0]["bin_edges"][3] += 0.01
    path.write_text(json.dumps(saved))
    with pytest.raises(ValueError, match="action bin edges"):
        load_policy(tmp_path / "policy")


def test_other_statistics_than_the_callers_are_refused(tmp_path: Path) -> None:
    policy, config = make()
    save_policy(tmp_path / "policy", policy, config)
    with pytest.raises(ValueError, match="action statistics"):
        load_policy(tmp_path / "policy", expected_stats=stats(scale=2.0))


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no model at"):
        load_policy(tmp_path / "nowhere")


def test_action_error_of_a_policy_does_not_depend_on_batching() -> None:
    policy, _ = make()
    batch = {
        "frames": images(),
        "instructions": TEXTS,
        "actions": torch.zeros(3, 2, 3),
        "action_mask": torch.tensor([[True, True], [True, False], [True, True]]),
    }
    rows = [{name: value[i : i + 1] for name, value in batch.items()} for i in range(3)]
    together, steps = measure_action_error(policy, [batch])
    apart, _ = measure_action_error(policy, rows)
    assert steps == 5
    assert together == pytest.approx(apart, rel=1e-4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"joint_latent_weight": 0.5}, "frozen trunk would have to learn the codes"),
        ({"head": {"kind": "mlp"}}, "head mlp reads codes"),
        ({"head": {"kind": "flow", "condition": "codes"}}, "head flow reads codes.*train: head"),
        (
            {"head": {"kind": "mlp"}, "train": ["head"], "action_query": "new"},
            "which it would never see",
        ),
        (
            {"shard": True, "optimizer": {"kind": "adafactor", "warmup_steps": 1}},
            "not defined on shards",
        ),
        ({"head": {"kind": "mpl"}}, "mpl"),
        ({"labelled_episodes": 3}, "labelled_episodes"),
    ],
)
def test_contradicting_parameters_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FinetuneParams.model_validate(values)
