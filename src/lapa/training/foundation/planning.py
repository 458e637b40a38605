"""Arithmetic before a long training: will it fit, and how fast must it be?

Weights and optimiser state are counted on the meta device, so nothing is downloaded or allocated.
Activations follow Korthikanti et al. 2022 (https://arxiv.org/abs/2205.05198, section 4): about
34 bytes per token and channel and decoder layer in 16 bit with fused attention, 2 if recomputed.
Vision encoders count no activations: the recipes freeze them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.initialization import count_parameters
from lapa.models.foundation.interface import LatentPolicy
from lapa.models.foundation.workload import Workload
from lapa.params.fabric import FabricStageParams
from lapa.params.foundation.stage import FoundationParams
from lapa.training.common.adapt import adapt

BYTES_PER_TOKEN_AND_CHANNEL = 34
BYTES_IF_RECOMPUTED = 2
BYTES_PER_LOGIT = 10
"""The output in 16 bit, its copy in 32 bit, and that copy's gradient."""
GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a training asks of every GPU; bytes unless said otherwise."""

    parameters: int
    trained: int
    processes: int
    effective_batch: int
    """Samples per optimiser step, all processes and micro-batches together."""
    tokens_per_sample: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    gathered: int
    """In full on every GPU: two decoder layers, while one computes and the next arrives, and what
    is no decoder layer, which FSDP2 keeps from forward to backward, with its gradients, once more
    in 32 bit to be reduced; 0 if not sharded."""
    flops_per_sample: float

    @property
    def total(self) -> int:
        """Bytes per GPU, without the allocator's waste (allow 10 to 20 %)."""
        parts = (self.weights, self.gradients, self.optimizer, self.activations, self.gathered)
        return sum(parts)


def plan_training(params: FoundationParams) -> Plan:
    """Count and estimate.

    Raises:
        ValueError: the backend is no transformer.
    """
    model = without_weights(params)
    # recomputation changes no count, and its wrappers would rename the layers
    adapt(model, params.model_copy(update={"activation_checkpointing": False}))
    work = model.workload()
    if work is None:
        raise ValueError(
            f"backend {params.backend.kind!r} counts no tokens, expected one with `workload`, such as "
            "'dual_encoder' or 'action_tokens': the others fit anywhere"
        )
    return plan_of(model, model, work, params)


def plan_of(
    model: nn.Module, backbone: LatentPolicy, work: Workload, params: FabricStageParams
) -> Plan:
    """The plan of a model of which it is known what trains.

    Args:
        model: all that is trained or held, on the meta device.
        backbone: it, or the part of it that has the decoder layers.
        work: positions of its parts.
        params: processes, batch, precision, optimiser.
    """
    everything, trained = count_parameters(model), count_trained(model)
    processes = params.trainer.devices * params.trainer.nodes
    share = processes if params.shard else 1
    return Plan(
        parameters=everything,
        trained=trained,
        processes=processes,
        effective_batch=processes * params.trainer.batch_size * params.accumulate,
        tokens_per_sample=work.tokens,
        weights=4 * everything // share,
        gradients=4 * trained // share,
        optimizer=4 * optimizer_numbers(model, params.optimizer.kind) // share,
        activations=_activations(params, backbone, work),
        gathered=_gathered(params, model, backbone) if params.shard else 0,
        # forward 2 per weight and position, backward the same for inputs and once more for weights
        flops_per_sample=sum(
            positions * (4.0 * count_parameters(part) + 2.0 * count_trained(part))
            for part, positions in work.parts
        ),
    )


def without_weights(params: FoundationParams, *, instructions: Iterable[str] = ()) -> LatentPolicy:
    """The backbone on the meta device, by the sizes beside the names of published folders."""
    config = params.model().model_copy(update={"backend": params.backend.without_pretrained()})
    with torch.device("meta"):
        return build_foundation(config, instructions=instructions)


def optimizer_numbers(model: nn.Module, kind: str) -> int:
    """What the optimiser keeps: AdamW two per weight, Adafactor one per row and column."""
    shapes = [p.shape for p in model.parameters() if p.requires_grad]
    if kind == "adamw":
        return 2 * sum(shape.numel() for shape in shapes)
    matrices = [shape for shape in shapes if len(shape) > 1]
    factors = sum(s.numel() // s[-1] + s.numel() // s[-2] for s in matrices)
    return factors + sum(shape.numel() for shape in shapes if len(shape) < 2)


def count_trained(module: nn.Module) -> int:
    """Number of scalars in those of the module's parameters that train."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def _is_half(params: FabricStageParams) -> bool:
    return params.trainer.precision == "bf16-mixed"


def _activations(params: FabricStageParams, model: LatentPolicy, work: Workload) -> int:
    each = BYTES_IF_RECOMPUTED if params.activation_checkpointing else BYTES_PER_TOKEN_AND_CHANNEL
    wide = 1 if _is_half(params) else 2
    per_layer = work.tokens * params.trainer.batch_size * model.feature_dim * wide
    # one layer is always whole: the one in its backward pass
    layers = per_layer * (len(model.repeated_layers()) * each + BYTES_PER_TOKEN_AND_CHANNEL)
    return layers + work.logits * params.trainer.batch_size * BYTES_PER_LOGIT


def _gathered(params: FabricStageParams, model: nn.Module, backbone: LatentPolicy) -> int:
    layers = backbone.repeated_layers()
    outside = count_parameters(model) - sum(count_parameters(layer) for layer in layers)
    outside_trained = count_trained(model) - sum(count_trained(layer) for layer in layers)
    each = 2 if _is_half(params) else 4
    gradients = (each + 4) * outside_trained
    return each * (outside + 2 * count_parameters(layers[0])) + gradients


def plan_table(plan: Plan, *, shards: int | None, samples: int | None, hours: float | None) -> str:
    """The plan as text, one figure per line.

    Args:
        plan: from `plan_training`.
        shards: shards of the training split, for shards per process.
        samples: pairs to be trained on in total, epochs included.
        hours: wall time they should take.
    """
    lines = [
        ("parameters", f"{plan.parameters / 1e6:,.1f} M"),
        ("of these trained", f"{plan.trained / 1e6:,.1f} M"),
        ("processes", f"{plan.processes}"),
        ("effective batch", f"{plan.effective_batch} samples"),
        ("tokens per sample", f"{plan.tokens_per_sample}"),
        ("weights per GPU", _gib(plan.weights)),
        ("gradients per GPU", _gib(plan.gradients)),
        ("optimiser state per GPU", _gib(plan.optimizer)),
        ("activations per GPU", _gib(plan.activations)),
        ("gathered per GPU", _gib(plan.gathered)),
        ("total per GPU, before waste", _gib(plan.total)),
        ("arithmetic per sample", f"{plan.flops_per_sample / 1e12:.2f} TFLOP"),
    ]
    if shards:
        lines.append(("shards per process", f"{shards / plan.processes:.1f}"))
    if samples and hours:
        rate = samples / (hours * 3600)
        lines += [
            ("samples/s needed", f"{rate:,.1f}"),
            ("tokens/s needed", f"{rate * plan.tokens_per_sample:,.0f}"),
            ("of these per GPU", f"{rate * plan.tokens_per_sample / plan.processes:,.0f}"),
            ("TFLOP/s per GPU", f"{rate * plan.flops_per_sample / plan.processes / 1e12:,.1f}"),
        ]
    return "\n".join(f"{name:<28}{value:>18}" for name, value in lines)


def gpu_memory() -> int | None:
    """Bytes of this machine's first GPU; None without one."""
    if not torch.cuda.is_available():
        return None
    return int(torch.cuda.get_device_properties(0).total_memory)


def too_large(plan: Plan, available: int) -> str:
    """Say that a GPU of ``available`` bytes cannot hold the plan, and what would make it smaller."""
    return (
        f"does not fit: needs {_gib(plan.total)} per GPU before waste, which has {_gib(available)}. More "
        "processes with foundation.shard=true, foundation.activation_checkpointing=true or a smaller "
        "foundation.trainer.batch_size need less"
    )


def _gib(size: int) -> str:
    return f"{size / GIB:,.2f} GiB"
