"""How the processes of stages 2 and 3 work together: alone, replicated (DDP) or sharded (FSDP2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

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
from lapa.params.fabric import FabricStageParams
from lapa.training.common.meta_build.fill import fill, tensors_of
from lapa.training.common.meta_build.recipe import recipe_of


@runtime_checkable
class Shardable(Protocol):
    """What a model says about itself so that it can be sharded."""

    def repeated_layers(self) -> Sequence[nn.Module]:
        """The blocks that hold most of the memory: a unit of sharding each."""
        ...

    def exact_parts(self) -> Sequence[nn.Module]:
        """Small modules that compute in float32 whatever the precision: a unit each."""
        ...

    def entered_by(self) -> Mapping[nn.Module, Sequence[str]]:
        """Methods, other than ``forward``, by which its units are entered."""
        ...


def build_fabric(params: FabricStageParams) -> Fabric:
    """Make the Fabric of one rank; ranks themselves come from `lapa.distributed.launch`."""
    trainer = params.trainer
    accelerator = device_for(trainer.accelerator).type
    return Fabric(
        accelerator=accelerator,
        devices=trainer.devices,
        num_nodes=trainer.nodes,
        strategy=_strategy(params, backend="nccl" if accelerator == "cuda" else "gloo"),
        # FSDP2 casts inside its own policy; autocast on top would cast twice
        precision="32-true" if params.shard else trainer.decided_precision(),
        plugins=[LightningEnvironment()],
    )


def _strategy(params: FabricStageParams, *, backend: str) -> Strategy | str:
    world = params.trainer.devices * params.trainer.nodes
    if params.shard:
        precision = params.trainer.decided_precision()
        return ModelParallelStrategy(
            parallelize_fn=lambda model, mesh: shard(model, mesh, precision),
            data_parallel_size=world,
            tensor_parallel_size=1,
            process_group_backend=backend,
        )
    return DDPStrategy(process_group_backend=backend) if world > 1 else "auto"


def shard(model: nn.Module, mesh: DeviceMesh, precision: str) -> nn.Module:
    """Shard every unit, then what is left, and give a model without data its weights.

    Args:
        model: a `Shardable`; one gathers a unit at a time.
        mesh: the processes, its dimension ``data_parallel``.
        precision: of the trainer.
    """
    if not isinstance(model, Shardable):
        raise TypeError(f"can shard a Shardable only, found {type(model).__name__}")
    before = tensors_of(model)
    _shard_units(model, mesh["data_parallel"], _precision_policy(precision))
    if recipe := recipe_of(model):
        fill(model, recipe, before, _own_device(mesh))
    for part, methods in model.entered_by().items():
        for method in methods:
            # they enter it elsewhere than by its forward, where FSDP2 gathers weights
            register_fsdp_forward_method(part, method)
    return model


def _shard_units(model: Shardable, data: DeviceMesh, policy: MixedPrecisionPolicy) -> None:
    """One all-gather per unit at a time."""
    for part in model.exact_parts():
        fully_shard(part, mesh=data, mp_policy=MixedPrecisionPolicy())
    for part in model.repeated_layers():
        fully_shard(part, mesh=data, mp_policy=policy)
    # a batch stays as it is: actions are physical units, which bfloat16 would round
    fully_shard(model, mesh=data, mp_policy=replace(policy, cast_forward_inputs=False))  # type: ignore[call-overload]


def _own_device(mesh: DeviceMesh) -> torch.device:
    if mesh.device_type == "cpu":
        return torch.device("cpu")
    return torch.device(mesh.device_type, torch.accelerator.current_device_index())


def _precision_policy(precision: str) -> MixedPrecisionPolicy:
    """Compute in bfloat16, reduce gradients in float32; or float32 throughout."""
    if precision == "32-true":
        return MixedPrecisionPolicy()
    return MixedPrecisionPolicy(param_dtype=torch.bfloat16, reduce_dtype=torch.float32)
