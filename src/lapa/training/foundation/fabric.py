"""How the processes of stage 2 work together: alone, replicated (DDP) or sharded (FSDP2)."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from lightning_fabric.strategies.ddp import DDPStrategy
from lightning_fabric.strategies.model_parallel import ModelParallelStrategy
from lightning_fabric.strategies.strategy import Strategy
from torch import nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method

from lapa.distributed.device import device_for
from lapa.models.foundation.interface import LatentPolicy
from lapa.params.foundation.stage import FoundationParams


def build_fabric(params: FoundationParams) -> Fabric:
    """Make the Fabric of one rank; ranks themselves come from `lapa.distributed.launch`."""
    trainer = params.trainer
    accelerator = device_for(trainer.accelerator).type
    return Fabric(
        accelerator=accelerator,
        devices=trainer.devices,
        num_nodes=trainer.nodes,
        strategy=_strategy(params, backend="nccl" if accelerator == "cuda" else "gloo"),
        # FSDP2 casts inside its own policy; autocast on top would cast twice
        precision="32-true" if params.shard else trainer.precision,
        plugins=[LightningEnvironment()],
    )


def _strategy(params: FoundationParams, *, backend: str) -> Strategy | str:
    world = params.trainer.devices * params.trainer.nodes
    if params.shard:
        return ModelParallelStrategy(
            parallelize_fn=lambda model, mesh: _shard(model, mesh, params.trainer.precision),
            data_parallel_size=world,
            tensor_parallel_size=1,
            process_group_backend=backend,
        )
    return DDPStrategy(process_group_backend=backend) if world > 1 else "auto"


def _shard(model: nn.Module, mesh: DeviceMesh, precision: str) -> nn.Module:
    """Shard every repeated layer, then what is left; one all-gather per layer at a time."""
    if not isinstance(model, LatentPolicy):
        raise TypeError(f"can shard a LatentPolicy only, found {type(model).__name__}")
    policy = _precision_policy(precision)
    for part in (*model.repeated_layers(), model):
        fully_shard(part, mesh=mesh["data_parallel"], mp_policy=policy)
    for method in ("predict_codes", "well_formed", "features"):
        # they enter the model elsewhere than by its forward, where FSDP2 gathers weights
        register_fsdp_forward_method(model, method)
    return model


def _precision_policy(precision: str) -> MixedPrecisionPolicy:
    """Compute in bfloat16, reduce gradients in float32; or float32 throughout."""
    if precision == "32-true":
        return MixedPrecisionPolicy()
    return MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
