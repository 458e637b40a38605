"""A model that was built without data gets the weights of one that was built whole, bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.testing._internal.distributed.fake_pg import FakeStore
from transformers import LlamaModel

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.dual_encoder.build import language_config
from lapa.params.fabric import LoraParams
from lapa.training.common.adapt import adapt
from lapa.training.common.fabric import shard
from lapa.training.common.meta_build.fill import fill, tensors_of
from lapa.training.common.meta_build.recipe import keep_recipe
from lapa.training.common.meta_build.recorder import without_data
from lapa.training.common.seeding import seed_globally
from toys.backends import tiny, tiny_tokens
from toys.foundations import params

CPU = torch.device("cpu")
TEXTS = ["reach the red square", "push it"]


def building(**overrides: Any) -> Callable[[], nn.Module]:
    """Builds the same model each time."""
    config = params(**overrides)

    def build() -> nn.Module:
        seed_globally(config.trainer.seed, "foundation weights")
        model = build_foundation(config.model(), instructions=TEXTS)
        adapt(model, config)
        return model

    return build


def filled(build: Callable[[], nn.Module]) -> nn.Module:
    with without_data() as recipe:
        model = build()
    fill(model, recipe, tensors_of(model), CPU)
    return model


def same(found: nn.Module, expected: nn.Module) -> None:
    tensors = tensors_of(found)
    assert tensors.keys() == tensors_of(expected).keys()
    for name, tensor in tensors_of(expected).items():
        assert torch.equal(tensors[name], tensor), name
        assert tensors[name].requires_grad == tensor.requires_grad, name


LAYERED = {"lora": LoraParams(rank=2), "activation_checkpointing": True, "freeze": ("vision",)}


@pytest.mark.parametrize(
    "overrides",
    [{}, {"backend": tiny(), **LAYERED}, {"backend": tiny_tokens()}],
    ids=["film_cnn", "dual_encoder", "action_tokens"],
)
def test_random_weights_are_those_of_a_whole_build(overrides: dict[str, Any]) -> None:
    build = building(**overrides)
    expected, drawn = build(), torch.get_rng_state()
    same(filled(build), expected)
    assert torch.equal(torch.get_rng_state(), drawn), "who draws next draws the same"


def test_published_weights_stay_where_they_are(tmp_path: Path) -> None:
    LlamaModel(language_config(tiny().language, 50)).save_pretrained(tmp_path)

    def build() -> nn.Module:
        loaded: nn.Module = LlamaModel.from_pretrained(tmp_path)
        return loaded

    with without_data() as recipe:
        model = build()
    weights = dict(model.named_parameters())
    assert not any(weight.is_meta for weight in weights.values())
    fill(model, recipe, tensors_of(model), CPU)
    same(model, build())


class Unusual(nn.Module):
    """Everything that building may do."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 5), nn.Linear(3, 5)
        nn.init.trunc_normal_(self.first.weight, std=0.5, a=-0.1, b=0.1)
        self.second.weight = nn.Parameter(self.first.weight.detach().clone() * 2)
        with torch.no_grad():
            self.second.weight[torch.tensor([0, 2])] = self.second.weight[:2].mean(dim=0)
            self.second.bias[1:].zero_()
        torch.manual_seed(11)
        self.register_buffer("spread", torch.linspace(0, 1, 4).expand(2, 4), persistent=False)
        self.drawn = nn.Parameter(torch.rand(17, 2) + torch.tensor([1.0, 2.0]))


def test_what_is_read_seeded_and_written_in_part() -> None:
    torch.manual_seed(5)
    expected, drawn = Unusual(), torch.get_rng_state()
    torch.manual_seed(5)
    same(filled(Unusual), expected)
    assert torch.equal(torch.get_rng_state(), drawn)


@pytest.fixture
def last_of_three() -> Iterator[DeviceMesh]:
    """Three processes as the last of them sees them; nothing travels."""
    dist.init_process_group("fake", store=FakeStore(), rank=2, world_size=3)
    names = ("data_parallel", "tensor_parallel")
    yield init_device_mesh("cpu", (3, 1), mesh_dim_names=names)
    dist.destroy_process_group()


def test_a_process_holds_its_part_of_every_tensor(last_of_three: DeviceMesh) -> None:
    build = building(backend=tiny())
    with without_data() as recipe:
        model = build()
    keep_recipe(model, recipe)
    parts = shard(model, last_of_three, "32-true").state_dict()
    for name, whole in build().state_dict().items():
        rows = -(-len(whole) // 3)
        assert torch.equal(parts[name].to_local(), whole[2 * rows :]), name


class Forgetful(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(3))


class Listing(Unusual):
    def __init__(self) -> None:
        super().__init__()
        with torch.no_grad():
            self.second.weight[[0, 2]] = 1.0


def test_a_list_that_is_lost_is_an_error_and_no_silent_difference() -> None:
    with pytest.raises(RuntimeError, match=r"index_put_.*reads a tensor without data"):
        filled(Listing)


def test_weights_that_nothing_fills_are_named() -> None:
    with pytest.raises(RuntimeError, match=r"1 tensors have no data: \['weight'\]"):
        filled(Forgetful)
