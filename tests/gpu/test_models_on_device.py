"""Models on the device agree with themselves on the CPU. On a machine without a GPU the device is the CPU."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lapa.models.foundation.build import build_foundation
from lapa.models.laq import LatentActionQuantizer
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.film_cnn import FilmCnnParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.model import LaqModelParams
from lapa.planning.assumed_policy import STATE_DIM, assumed_policy

pytestmark = pytest.mark.gpu

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
SIZES = LaqModelParams(
    image_size=64, patch_size=8, dim=64, heads=2, spatial_depth=2, temporal_depth=2
)
TEXT = "reach the red cube"


def quantizer() -> LatentActionQuantizer:
    torch.manual_seed(0)
    return LatentActionQuantizer(SIZES).eval()


def pairs(count: int = 64) -> Tensor:
    return torch.rand(count, 3, 2, 64, 64, generator=torch.Generator().manual_seed(1))


def places(module: nn.Module) -> set[str]:
    tensors = [*module.parameters(), *module.buffers()]
    return {tensor.device.type for tensor in tensors}


@torch.no_grad()
def test_float32_gives_the_codes_of_the_cpu() -> None:
    model, frames = quantizer(), pairs()
    expected = model.codes(frames)
    found = model.to(DEVICE).codes(frames.to(DEVICE))
    assert found.device.type == DEVICE.type
    assert (found.cpu() == expected).float().mean() > 0.99


@torch.no_grad()
def test_bfloat16_draws_what_float32_draws_on_the_cpu() -> None:
    model, frames = quantizer(), pairs(8)
    expected = model(frames)
    model.to(DEVICE)
    with torch.autocast(DEVICE.type, torch.bfloat16):
        found = model(frames.to(DEVICE))
    same = (found.quantized.codes.cpu() == expected.quantized.codes).all(dim=1)
    assert same.float().mean() >= 0.5  # a random quantiser has many near ties
    error = (found.reconstruction.float().cpu() - expected.reconstruction)[same].abs().max()
    assert error < 0.05


@torch.no_grad()
def test_a_policy_answers_on_its_device_as_on_the_cpu() -> None:
    trainer = TrainerParams(max_steps=2000, batch_size=1)
    foundation = FoundationParams(backend=FilmCnnParams(), trainer=trainer)
    torch.manual_seed(0)
    backbone = build_foundation(foundation.model(), instructions=[TEXT])
    policy = assumed_policy(
        FinetuneParams(use_state=True, trainer=trainer), foundation, backbone
    ).eval()
    images = torch.randint(0, 256, (4, 64, 64, 3), dtype=torch.uint8)
    states = torch.rand(4, STATE_DIM)
    expected = policy.predict(images, [TEXT] * 4, states)
    policy.to(DEVICE)
    found = policy.predict(images.to(DEVICE), [TEXT] * 4, states.to(DEVICE))
    assert places(policy) == {DEVICE.type}
    assert torch.allclose(found.cpu(), expected, atol=1e-3)
