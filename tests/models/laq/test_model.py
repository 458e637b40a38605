"""The quantiser: shapes, determinism, gradients, options."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from lapa.models.laq import LatentActionQuantizer
from lapa.params.laq.model import LaqModelParams
from toys.quantizers import BuildSmall

OPTIONS = [
    {},
    {"lapa_compat": True},
    {"encode_difference": True},
    {"normalize_delta": True},
    {"normalize_delta": True, "grid_channels": 6},
    {"embed_positions": True},
    {"predict_difference": True},
    {"decoder_depth": 1},
    {
        "encode_difference": True,
        "normalize_delta": True,
        "predict_difference": True,
        "codebook_init": "data",
        "quant_dim": 4,
    },
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_shapes(build_small: BuildSmall, frames: torch.Tensor, options: dict[str, Any]) -> None:
    model = build_small(**options)
    quant_dim = model.config.quant_dim
    out = model(frames)
    assert out.reconstruction.shape == (3, 3, 32, 32)
    assert out.quantized.tokens.shape == (3, 4, quant_dim)
    assert out.quantized.pre_quantized.shape == (3, 4, quant_dim)
    assert out.quantized.residual.shape == (3, 4, quant_dim)
    assert out.quantized.codes.shape == (3, 4)
    assert out.quantized.codes.dtype == torch.int64
    assert torch.isfinite(out.reconstruction).all()


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_evaluation_is_deterministic_and_decodes_its_own_codes(
    build_small: BuildSmall, frames: torch.Tensor, options: dict[str, Any]
) -> None:
    model = build_small(**options).eval()
    with torch.no_grad():
        out, again = model(frames), model(frames)
        codes = model.codes(frames)
        drawn = model.decode(frames[:, :, 0], codes)
    assert torch.equal(out.reconstruction, again.reconstruction)
    assert torch.equal(out.quantized.codes, codes)
    torch.testing.assert_close(drawn, out.reconstruction, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(model.delta(frames), out.quantized.pre_quantized)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_gradient_reaches_every_parameter_that_should_have_one(
    build_small: BuildSmall, frames: torch.Tensor, options: dict[str, Any]
) -> None:
    model = build_small(**options)
    if options.get("predict_difference"):
        torch.nn.init.normal_(model.decoder.head.weight)
    functional.mse_loss(model(frames).reconstruction, frames[:, :, 1]).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == parameter.requires_grad, name
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad}
    assert bool(frozen) == model.config.lapa_compat
    assert all("context_norm" in name or "null_kv" in name for name in frozen)


def test_last_bias_of_the_action_grid_cancels_exactly(
    build_small: BuildSmall, frames: torch.Tensor
) -> None:
    model = build_small()
    model(frames).reconstruction.square().mean().backward()
    bias = model.action_grid.convolutions[-1].bias
    assert bias.grad is not None
    assert bias.grad.abs().max() == 0


def test_training_noise_is_drawn_from_the_seed(
    build_small: BuildSmall, frames: torch.Tensor
) -> None:
    model = build_small()
    torch.manual_seed(3)
    first = model(frames).reconstruction
    second = model(frames).reconstruction
    torch.manual_seed(3)
    third = model(frames).reconstruction
    assert not torch.equal(first, second)
    assert torch.equal(first, third)


def test_decoder_never_sees_the_encoder(build_small: BuildSmall, frames: torch.Tensor) -> None:
    """The pixels of t+H reach the prediction through the codes alone."""
    model = build_small().eval()
    changed = frames.clone()
    changed[:, :, 1] = 0.5
    before, after = model(frames).decoder_input, model(changed).decoder_input
    assert torch.equal(before.context, after.context)
    assert torch.equal(before.bias, after.bias)
    assert not torch.equal(before.actions, after.actions)
    assert not before.context.requires_grad


def test_compat_mixes_all_codes_into_every_action_token(
    build_small: BuildSmall, frames: torch.Tensor
) -> None:
    vectors = torch.zeros(1, 4, 8)
    vectors[0, 2] = 1.0
    for compat, touched in ((True, 4), (False, 1)):
        model = build_small(lapa_compat=compat)
        embedded = torch.zeros(1, 8, 8, 32)
        given = model._decoder_input(embedded, vectors, model.position_bias())
        nothing = model._decoder_input(embedded, torch.zeros(1, 4, 8), model.position_bias())
        moved = (given.actions - nothing.actions).abs().sum(-1) > 1e-6
        assert int(moved.sum()) == touched


def test_identical_frames_have_zero_delta(build_small: BuildSmall, frames: torch.Tensor) -> None:
    still = frames[:, :, :1].expand(-1, -1, 2, -1, -1)
    assert build_small(encode_difference=True).delta(still).abs().max() < 1e-6
    assert build_small(encode_difference=True).delta(frames).abs().max() > 1e-2
    assert build_small().delta(still).abs().max() > 1e-3


def test_encode_difference_sees_only_the_difference_of_tokens(build_small: BuildSmall) -> None:
    model = build_small(encode_difference=True, spatial_depth=0, decoder_depth=1)
    embedded = torch.randn(2, 2, 8, 8, 32)
    shifted = embedded + torch.randn(2, 1, 8, 8, 32)
    bias = model.position_bias()
    torch.testing.assert_close(
        model._delta(embedded, bias), model._delta(shifted, bias), atol=1e-5, rtol=1e-4
    )


def test_predict_difference_starts_as_a_copy(build_small: BuildSmall, frames: torch.Tensor) -> None:
    model = build_small(predict_difference=True)
    assert torch.equal(model(frames).reconstruction, frames[:, :, 0])


def test_codes_touch_no_decoder(build_small: BuildSmall, frames: torch.Tensor) -> None:
    model = build_small().eval()
    codes = model.codes(frames)
    del model.decoder, model.project_actions
    assert torch.equal(model.codes(frames), codes)


def test_wrong_image_size_is_named(build_small: BuildSmall) -> None:
    with pytest.raises(ValueError, match=r"frames are \(64, 64\) pixels"):
        build_small()(torch.rand(1, 3, 2, 64, 64))


@pytest.mark.parametrize(("compat", "count"), [(True, 343_796_080), (False, 343_771_504)])
def test_default_size(compat: bool, count: int) -> None:
    with torch.device("meta"):
        model = LatentActionQuantizer(LaqModelParams(lapa_compat=compat))
    assert sum(p.numel() for p in model.parameters()) == count


def test_bfloat16_autocast_keeps_codes_in_float32(
    build_small: BuildSmall, frames: torch.Tensor
) -> None:
    model = build_small().eval()
    with torch.autocast("cpu", torch.bfloat16):
        out = model(frames)
        assert torch.equal(model.codes(frames), out.quantized.codes)
    assert out.quantized.pre_quantized.dtype == torch.float32


def test_one_batch_can_be_learnt(build_small: BuildSmall, frames: torch.Tensor) -> None:
    model = build_small(predict_difference=True, encode_difference=True, normalize_delta=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(30):
        loss = functional.mse_loss(model(frames).reconstruction, frames[:, :, 1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


def test_places_say_different_things_about_one_motion_only_with_own_projections(
    build_small: BuildSmall,
) -> None:
    uniform = torch.ones(1, 8, 8, 32)

    def spread(**options: int) -> float:
        grid = build_small(**options).action_grid
        for layer in grid.convolutions:
            if isinstance(layer, torch.nn.Conv2d):
                # without padding, every place of a uniform motion sees the same features
                layer.padding_mode, layer.padding = "replicate", layer.padding
                layer._reversed_padding_repeated_twice = [p for p in layer.padding for _ in "ab"]
        with torch.no_grad():
            return float(grid(uniform).std(dim=1).max())

    assert spread() < 1e-5
    assert spread(grid_channels=6) > 0.01


@pytest.mark.parametrize("embed_positions", [False, True])
def test_the_decoder_sees_a_sequence_only_with_positions(
    build_small: BuildSmall, frames: torch.Tensor, embed_positions: bool
) -> None:
    model = build_small(embed_positions=embed_positions).eval()
    codes = torch.tensor([[0, 1, 2, 3]]).expand(len(frames), -1)
    with torch.no_grad():
        one, other = (model.decode(frames[:, :, 0], order) for order in (codes, codes.flip(1)))
    assert torch.allclose(one, other, atol=1e-5) is not embed_positions
