"""Each target: its value on known inputs, its gradient into the codes, its own log name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BitImageProcessor, Dinov2Config, Dinov2Model

from lapa.models.laq import LatentActionQuantizer
from lapa.models.layers.pixels import to_frames
from lapa.params.laq.stage import LaqParams
from lapa.training.laq.fit import train
from lapa.training.laq.targets import PairResult, build_targets
from lapa.training.laq.targets.actions import is_labeled
from lapa.training.laq.targets.flow import flow_percent
from toys.squares import Squares, squares_loaders, tiny_params


@pytest.fixture(scope="module")
def vision_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("vision")
    torch.manual_seed(0)
    config = Dinov2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=28,
        patch_size=7,
        mlp_ratio=2,
    )
    Dinov2Model(config).save_pretrained(folder)
    BitImageProcessor(image_mean=[0.5] * 3, image_std=[0.25] * 3).save_pretrained(folder)
    return str(folder)


def params_with(target: str, vision_folder: str) -> LaqParams:
    sections = {
        "pixels": {},
        "features": {"features": {"weight": 0.1, "folder": vision_folder, "depth": 1}},
        "flow": {"flow": {"weight": 0.1, "depth": 1}},
        "actions": {"actions": {"weight": 0.1, "fraction": 0.5, "action_dim": 2, "scale": (3, 3)}},
    }
    return tiny_params(targets=sections[target])


def result_of(params: LaqParams) -> PairResult:
    torch.manual_seed(0)
    model = LatentActionQuantizer(params.model)
    torch.nn.init.normal_(model.decoder.head.weight)  # it starts as an exact copy of frame t
    batch = next(iter(squares_loaders(params).val))
    frames = to_frames(batch["frames"])
    return PairResult(frames, model(frames), batch)


@pytest.mark.parametrize("name", ["pixels", "features", "flow", "actions"])
def test_gradient_reaches_the_codes_and_the_decoder(name: str, vision_folder: str) -> None:
    params = params_with(name, vision_folder)
    target, result = build_targets(params)[name], result_of(params)
    for parameter in target.parameters():
        torch.nn.init.normal_(parameter)
    tokens = result.output.quantized.tokens
    tokens.retain_grad()
    loss = target(result)
    loss.backward()
    assert loss > 0
    assert tokens.grad is not None
    assert tokens.grad.abs().max() > 0
    assert all(parameter.grad is not None for parameter in target.parameters())


@pytest.mark.parametrize("name", ["features", "flow", "actions"])
def test_every_loss_is_logged_and_part_of_the_total(
    name: str, vision_folder: str, tmp_path: Path
) -> None:
    params = params_with(name, vision_folder)
    short = params.trainer.model_copy(update={"max_steps": 3, "validate_every": 3})
    params = params.model_copy(update={"trainer": short})
    _, exported = train(params, squares_loaders(params), work=tmp_path)
    expected = exported.metrics["val/loss_pixels"] + 0.1 * exported.metrics[f"val/loss_{name}"]
    assert exported.metrics["val/loss"] == pytest.approx(expected, rel=1e-4)


def test_frozen_features_are_neither_trained_nor_saved(vision_folder: str) -> None:
    target = build_targets(params_with("features", vision_folder))["features"]
    assert all(name.startswith("decoder.") for name in target.state_dict())


def test_changed_pixels_count_more() -> None:
    plain, weighted = (
        tiny_params(targets={"pixels": {"motion_weight": weight}}) for weight in (0.0, 3.0)
    )
    result = result_of(plain)
    first, last = result.frames.unbind(dim=2)
    output = result.output._replace(reconstruction=first)  # all error lies on changed pixels
    result = result._replace(output=output)
    losses = [build_targets(params)["pixels"](result) for params in (plain, weighted)]
    assert losses[0] == pytest.approx(float((first - last).square().mean()))
    assert losses[1] == pytest.approx(4 * float(losses[0]), rel=1e-5)


def test_flow_has_the_direction_of_the_motion() -> None:
    world = Squares(count=40, seed=0)
    pairs = torch.from_numpy(np.stack([world[i]["frames"] for i in range(len(world))]))
    flow = flow_percent(pairs, patch_size=4)
    assert flow.shape == (40, 8, 8, 2)
    summed = flow.sum(dim=(1, 2))
    moves = torch.from_numpy(world.moves.copy()).flip(1)  # (down, right) to (right, down)
    cosine = torch.nn.functional.cosine_similarity(summed, moves.float())
    assert (cosine > 0.9).float().mean() > 0.8
    assert flow_percent(pairs[:, [0, 0]], patch_size=4).abs().max() < 0.1


def test_the_labeled_share_is_fixed_and_scattered() -> None:
    ids = torch.arange(10_000)
    chosen = is_labeled(ids, 0.1)
    assert chosen.float().mean() == pytest.approx(0.1, abs=0.01)
    assert chosen.reshape(100, 100).any(dim=1).all()
    assert torch.equal(chosen, is_labeled(ids, 0.1))
    assert is_labeled(ids, 1.0).all()


def test_actions_of_another_size_are_refused() -> None:
    params = tiny_params(targets={"actions": {"weight": 1, "fraction": 1, "action_dim": 7}})
    with pytest.raises(ValueError, match=r"2 dimensions, expected .*action_dim` = 7"):
        build_targets(params)["actions"](result_of(params))
