"""Every process's own part of a sharded state, put back, trains on to the same bits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.optim import AdamW

from lapa.training.common.checkpoints import readable, save_atomically
from lapa.training.common.sharded_state import own_parts, put_own_parts


@pytest.fixture
def group(tmp_path: Path) -> Iterator[None]:
    dist.init_process_group("gloo", init_method=f"file://{tmp_path}/met", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def sharded(seed: int) -> tuple[nn.Module, AdamW]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3))
    fully_shard(model, mesh=init_device_mesh("cpu", (1,)))
    return model, AdamW(model.parameters(), lr=0.1)


def trained(model: nn.Module, optimizer: AdamW, steps: int) -> list[torch.Tensor]:
    for _ in range(steps):
        model(torch.arange(8.0).reshape(2, 4)).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    return [weights.to_local() for weights in model.state_dict().values()]


@pytest.mark.usefixtures("group")
def test_parts_of_tensors_come_back(tmp_path: Path) -> None:
    model, optimizer = sharded(0)
    trained(model, optimizer, 3)
    save_atomically(own_parts(model, optimizer), tmp_path / "part.ckpt")
    parts = readable(tmp_path / "part.ckpt")
    assert parts
    again, fresh = sharded(1)
    put_own_parts(again, fresh, parts)
    moments = fresh.state_dict()["state"][0]
    assert isinstance(moments["exp_avg"], DTensor)
    assert not isinstance(moments["step"], DTensor)
    assert all(map(torch.equal, trained(model, optimizer, 2), trained(again, fresh, 2)))
