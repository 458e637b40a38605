"""The adapter for outside comparison: the original's names, and parity on its fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from lapa.models.laq import compat
from lapa.models.laq.original_replacement import replace_as_original

CFG = {
    "dim": 16,
    "quant_dim": 4,
    "codebook_size": 8,
    "image_size": 32,
    "patch_size": 4,
    "spatial_depth": 1,
    "temporal_depth": 1,
    "dim_head": 8,
    "heads": 2,
    "code_seq_len": 4,
}


def test_parameters_go_by_the_originals_names() -> None:
    model = compat.build(CFG)
    names = [name for name, _ in model.named_parameters()]
    assert set(names) <= set(model.state_dict())
    assert "enc_temporal_transformer.layers.0.1.context_norm.gamma" in names
    assert len(names) == len(list(model.parameters()))
    compat.build(CFG).load_state_dict({f"module.{n}": t for n, t in model.state_dict().items()})


def test_unknown_missing_and_unsupported_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"unknown arguments \['depth'\], missing \['dim'\]"):
        compat.build({**{k: v for k, v in CFG.items() if k != "dim"}, "depth": 3})
    with pytest.raises(ValueError, match=r"not supported {'ff_dropout': 0.1}"):
        compat.build({**CFG, "ff_dropout": 0.1})
    compat.build({**CFG, "channels": 3, "attn_dropout": 0.0})


@pytest.mark.parametrize("codes", [1, 2, 4, 16, 64, 256])
def test_every_code_length_trains(codes: int) -> None:
    grid = {16: 16, 64: 16, 256: 32}.get(codes, 8)
    torch.manual_seed(0)
    model = compat.build({**CFG, "image_size": 2 * grid, "patch_size": 2, "code_seq_len": codes})
    video = torch.rand(2, 3, 2, 2 * grid, 2 * grid)
    loss = compat.loss(model, video, torch.randn(2 * codes, 4))
    loss.backward()
    assert compat.delta(model, video).shape == (2 * codes, 4)
    assert torch.equal(compat.codes(model, video), compat.indices(model, video))
    without = {name for name, p in model.named_parameters() if p.grad is None}
    assert all(name.endswith(".1.context_norm.gamma") for name in without)


ROUNDING_NOISE = "spatial_rel_pos_bias.net.2.bias"
"""Softmax ignores a constant per head, so the true gradient of this tensor is zero.

What is left is rounding noise below 1e-9, which differs between kinds of processors and which Adam's
first step turns into up to lr * 1e-9 / (1e-9 + eps) = 9e-6 of weight, without effect on any output.
"""


@pytest.fixture(params=["n1", "n4", "n16"])
def golden(reference_data: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What the original computed, on one thread: more would split sums elsewhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    path = reference_data / "golden" / f"{request.param}.pt"
    yield torch.load(path, weights_only=True)
    torch.set_num_threads(threads)


@pytest.fixture
def model(golden: dict[str, Any]) -> compat.OriginalView:
    """Our model with the original's weights."""
    built = compat.build(golden["cfg"])
    built.load_state_dict(golden["state_dict"])
    return built


def _largest(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return (ours - theirs).abs().max().item() if theirs.numel() else 0.0


@pytest.mark.reference_data
def test_inference_parity(golden: Any, model: Any) -> None:
    video = golden["video"]
    assert _largest(compat.delta(model, video), golden["delta"]) <= 1e-5
    assert torch.equal(compat.indices(model, video), golden["indices"])
    assert _largest(compat.recon(model, video), golden["recon_inference"]) <= 1e-5
    shape = golden["indices"].shape
    for kind in ("int", "list"):
        forced = torch.tensor(golden[f"user_code_{kind}"])
        forced = forced.expand(shape) if kind == "int" else forced.reshape(shape)
        drawn = model.model.decode(video[:, :, 0], forced)
        assert _largest(drawn, golden[f"recon_user_{kind}"]) <= 1e-5, kind


@pytest.mark.reference_data
def test_training_parity(golden: Any, model: Any) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.99), eps=1e-8)
    loss = compat.loss(model, golden["video"], golden["noise"])
    loss.backward()
    assert _largest(loss, golden["train_loss"]) <= 1e-6
    grads = {name: p.grad for name, p in model.named_parameters()}
    assert {n for n, g in grads.items() if g is None} == set(golden["no_grad_params"])
    decayed = [p.ndim >= 2 for p in model.parameters() if p.requires_grad]
    assert [sum(decayed), len(decayed) - sum(decayed)] == golden["adamw_group_sizes"]
    for name, grad in golden["grads"].items():
        assert _largest(grads[name], grad) <= 1e-6, name
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    after = model.state_dict()
    assert set(after) == set(golden["state_dict_after_step"])
    for name, tensor in golden["state_dict_after_step"].items():
        bound = 1e-5 if name == ROUNDING_NOISE else 1e-6
        assert _largest(after[name], tensor) <= bound, name


@pytest.mark.reference_data
def test_rounding_noise_parity(golden: Any, model: Any) -> None:
    """Even the rounding noise agrees where the kernels round as those that made the fixtures."""
    compat.loss(model, golden["video"], golden["noise"]).backward()
    noise = dict(model.named_parameters())[ROUNDING_NOISE].grad
    assert noise.abs().max() <= 1e-9
    if not torch.equal(compat.delta(model, golden["video"]), golden["delta"]):
        pytest.skip("this processor rounds unlike the one the fixtures were made on")
    assert _largest(noise, golden["grads"][ROUNDING_NOISE]) <= 1e-11


@pytest.mark.reference_data
def test_replacement_parity(golden: Any) -> None:
    for case in golden["replace"]:
        result = replace_as_original(
            golden["state_dict"]["vq.codebooks"],
            torch.tensor(case["counts"]),
            num_batches=case["num_batches"],
            generator=torch.Generator().manual_seed(case["seed"]),
        )
        assert torch.equal(result.codebook, case["after"]), case["case"]
