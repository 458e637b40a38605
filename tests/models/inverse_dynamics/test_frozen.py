"""A frozen inverse dynamics model gives pairs the bins of the actions it guesses."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lapa.models.inverse_dynamics.frozen import FrozenInverseDynamics
from lapa.models.inverse_dynamics.model import InverseDynamics
from lapa.models.inverse_dynamics.storage import load_inverse_dynamics, save_inverse_dynamics
from lapa.params.inverse_dynamics import InverseDynamicsModelParams, KeypointSizes
from lapa.records import ActionDimension, ActionStats

CPU = torch.device("cpu")


def dimension(name: str, low: float, high: float, *, std: float) -> ActionDimension:
    return ActionDimension(
        name=name, unit="m", mean=(low + high) / 2, std=std, minimum=low, maximum=high, p01=low,
        p99=high, bin_edges=(low, high), clipped=0,
    )  # fmt: skip


STATS = ActionStats(
    dimensions=(dimension("x", -2.0, 2.0, std=1.0), dimension("grip", 0.0, 1.0, std=0.0)),
    episodes=3,
    steps=9,
    shard_digest="s",
)
SIZES = KeypointSizes(image_size=16, channels=4, keypoints=3, hidden_dim=8)
CONFIG = InverseDynamicsModelParams(sizes=SIZES, stats=STATS)


@pytest.fixture
def frames() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (5, 2, 16, 16, 3), dtype=torch.uint8, generator=generator)


def model() -> InverseDynamics:
    torch.manual_seed(0)
    return InverseDynamics(CONFIG).eval()


def test_a_saved_model_guesses_the_same(tmp_path: Path, frames: torch.Tensor) -> None:
    made = model()
    save_inverse_dynamics(tmp_path, made, CONFIG)
    again = load_inverse_dynamics(tmp_path)
    torch.testing.assert_close(again.predict(frames), made.predict(frames))
    assert again.stats == STATS


def test_guesses_become_bins_of_the_labelled_span(tmp_path: Path, frames: torch.Tensor) -> None:
    save_inverse_dynamics(tmp_path, model(), CONFIG)
    frozen = FrozenInverseDynamics(folder=tmp_path, device=CPU, bins=8)
    assert (frozen.code_seq_len, frozen.codebook_size) == (2, 8)
    codes = frozen.codes(frames)
    guessed = frozen.model.predict(frames)[:, 0]
    assert torch.equal(codes[:, 0], ((guessed + 2) / 0.5).floor().long().clamp(0, 7))
    assert frozen.stats.dimensions[1].bin_edges[-1] == 1.0


def test_standardising_and_back_is_the_identity() -> None:
    actions = torch.tensor([[1.5, 0.25], [-1.0, 1.0]])
    made = model()
    torch.testing.assert_close(made.in_units(made.standardize(actions)), actions)


def test_other_frames_are_resized(frames: torch.Tensor) -> None:
    larger = frames.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert model()(larger).shape == (5, 2)


def test_both_frames_decide(frames: torch.Tensor) -> None:
    made = model()
    swapped = frames.flip(1)
    assert not torch.allclose(made.predict(frames), made.predict(swapped))
