"""Every action head: shapes, gradients, masking, determinism, and that it can learn."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads import ActionHead, HeadSizes, build_head
from lapa.params.heads import (
    BinnedHeadParams,
    FlowHeadParams,
    HeadParams,
    L1HeadParams,
    MlpHeadParams,
)
from lapa.records import ActionDimension, ActionStats

FEATURES, CODES, CODEBOOK, CHUNK, BINS = 6, 3, 4, 2, 32
CONFIGS = [
    BinnedHeadParams(hidden_dim=32, target_sigma=0),
    BinnedHeadParams(hidden_dim=32, target_sigma=1.5, decode="argmax"),
    MlpHeadParams(hidden_dims=(32, 16), embedding_dim=8),
    L1HeadParams(hidden_dim=32),
    FlowHeadParams(hidden_dim=64, time_dim=8, steps=4),
    FlowHeadParams(hidden_dim=64, time_dim=8, steps=4, condition="codes", embedding_dim=8),
    L1HeadParams(hidden_dim=32, condition="codes", embedding_dim=8),
    BinnedHeadParams(hidden_dim=32, condition="codes", embedding_dim=8),
]
IDS = ["binned", "binned_smooth_argmax", "mlp", "l1", "flow"]
IDS += ["flow_codes", "l1_codes", "binned_codes"]


def stats() -> ActionStats:
    def dimension(name: str, low: float, high: float) -> ActionDimension:
        return ActionDimension(
            name=name,
            unit="m",
            mean=(low + high) / 2,
            std=1.0,
            minimum=low,
            maximum=high,
            p01=low,
            p99=high,
            bin_edges=tuple(torch.linspace(low, high, BINS + 1).tolist()),
            clipped=0,
        )

    dimensions = (dimension("dx", -1.0, 1.0), dimension("dy", 0.0, 10.0))
    return ActionStats(dimensions=dimensions, episodes=1, steps=9, shard_digest="x")


def build(config: HeadParams) -> ActionHead:
    torch.manual_seed(0)
    sizes = HeadSizes(
        codec=ActionCodec(stats=stats()),
        chunk=CHUNK,
        feature_dim=FEATURES,
        codebook_size=CODEBOOK,
        code_seq_len=CODES,
    )
    return build_head(config, sizes)


def encoded(head: ActionHead, batch: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    if head.reads == "codes":
        return torch.randint(CODEBOOK, (batch, CODES), generator=generator)
    return torch.randn(batch, FEATURES, generator=generator)


def targets(batch: int = 5) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    actions = torch.rand(batch, CHUNK, 2, generator=generator) * torch.tensor([2.0, 10.0])
    return actions - torch.tensor([1.0, 0.0]), torch.ones(batch, CHUNK, dtype=torch.bool)


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_predicts_clipped_physical_chunks_deterministically(config: HeadParams) -> None:
    head = build(config).eval()
    first, second = head.predict(encoded(head)), head.predict(encoded(head))
    assert first.shape == (5, CHUNK, 2)
    assert torch.equal(first, second)
    assert (first >= head.codec.low).all()
    assert (first <= head.codec.high).all()


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_prediction_of_a_sample_does_not_depend_on_its_batch(config: HeadParams) -> None:
    head = build(config).eval()
    together = head.predict(encoded(head))
    alone = torch.cat([head.predict(row[None]) for row in encoded(head)])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_gradient_reaches_every_parameter(config: HeadParams) -> None:
    head = build(config)
    everything = torch.cartesian_prod(*[torch.arange(CODEBOOK)] * CODES)
    inputs = everything if head.reads == "codes" else encoded(head, len(everything))
    head.loss(inputs, *targets(len(everything))).backward()
    for name, parameter in head.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_masked_steps_do_not_count(config: HeadParams) -> None:
    head = build(config).eval()
    actions, mask = targets()
    mask[:, 1] = False
    losses = []
    for junk in (actions, actions.clone()):
        junk[:, 1] = 9.0 * len(losses)
        torch.manual_seed(0)
        losses.append(head.loss(encoded(head), junk, mask).item())
    if isinstance(config, FlowHeadParams):  # its noisy input holds the whole chunk
        assert all(torch.isfinite(torch.tensor(losses)))
    else:
        assert losses[0] == losses[1]


@pytest.mark.parametrize("config", CONFIGS, ids=IDS)
def test_overfits_one_batch(config: HeadParams) -> None:
    head = build(config)
    inputs, (actions, mask) = encoded(head), targets()
    if head.reads == "codes":
        inputs = torch.arange(5)[:, None] % CODEBOOK + torch.zeros(1, CODES, dtype=torch.long)
        actions[4] = actions[0]  # five samples, four distinct inputs
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
    for _ in range(300):
        optimizer.zero_grad()
        head.loss(inputs, actions, mask).backward()
        optimizer.step()
    error = (head.eval().predict(inputs) - actions) / (head.codec.high - head.codec.low)
    limit = 0.2 if isinstance(config, FlowHeadParams) else 0.05
    assert error.abs().mean() < limit


def test_expected_value_lies_between_bins_that_argmax_cannot() -> None:
    codec = ActionCodec(stats=stats())
    probabilities = torch.zeros(1, 2, BINS)
    probabilities[..., 3] = probabilities[..., 5] = 0.5
    torch.testing.assert_close(codec.expectation(probabilities)[0], codec.centers[:, 4])


def test_binned_and_flow_draw_with_a_generator() -> None:
    for config in (CONFIGS[0], CONFIGS[4]):
        head = build(config).eval()
        inputs = encoded(head)
        draws = [head.predict(inputs, torch.Generator().manual_seed(s)) for s in (0, 0, 1)]
        assert torch.equal(draws[0], draws[1])
        assert not torch.equal(draws[0], draws[2])


def test_mlp_takes_a_codebook_of_its_shape_only() -> None:
    head = build(CONFIGS[2])
    codebook = torch.randn(CODEBOOK, 8)
    head.load_codebook(codebook)  # type: ignore[operator]
    assert torch.equal(head.embedding.weight, codebook)  # type: ignore[union-attr]
    with pytest.raises(ValueError, match=r"\(4, 8\)"):
        head.load_codebook(torch.randn(CODEBOOK, 32))  # type: ignore[operator]


def test_heads_on_codes_take_a_codebook_and_those_on_features_have_no_place_for_it() -> None:
    codebook = torch.randn(CODEBOOK, 8)
    for config in CONFIGS[-3:]:
        head = build(config)
        head.load_codebook(codebook)
        assert torch.equal(head.conditioning.embedding.weight, codebook)  # type: ignore[union-attr]
    with pytest.raises(TypeError, match="FlowHead has no embeddings of codes"):
        build(CONFIGS[4]).load_codebook(codebook)


def test_masked_flow_loss_ignores_the_error_of_masked_steps() -> None:
    head = build(CONFIGS[4])
    actions, _ = targets()
    nothing = torch.zeros(5, CHUNK, dtype=torch.bool)
    assert head.loss(encoded(head), actions, nothing) == 0
