"""Arithmetic before a long training: will it fit, and how fast must it be?

Weights and optimiser state are counted on the meta device, so nothing is downloaded or allocated.
Activations follow Korthikanti et al. 2022 (https://arxiv.org/abs/2205.05198, section 4): about
34 bytes per token and channel and decoder layer in 16 bit with fused attention, 2 if recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from lapa.models.foundation.initialisation import count_parameters
from lapa.models.foundation.storage import build_foundation
from lapa.params.foundation import DualEncoderParams, FoundationParams
from lapa.training.foundation.adapt import adapt

TEXT_TOKENS = 32
"""Assumed length of an instruction, tokens."""
BYTES_PER_TOKEN_AND_CHANNEL = 34
BYTES_IF_RECOMPUTED = 2
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
    optimiser: int
    activations: int
    gathered: int
    """Two decoder layers in full, while one computes and the next arrives; 0 if not sharded."""
    flops_per_sample: float

    @property
    def total(self) -> int:
        """Bytes per GPU, without the allocator's waste (allow 10 to 20 %)."""
        parts = (self.weights, self.gradients, self.optimiser, self.activations, self.gathered)
        return sum(parts)


def plan_training(params: FoundationParams) -> Plan:
    """Count and estimate.

    Raises:
        ValueError: the backend is no transformer of known sizes.
    """
    backend = params.backend
    if not isinstance(backend, DualEncoderParams):
        raise ValueError(
            f"cannot plan for backend {backend.kind!r}, expected 'dual_encoder': film_cnn fits "
            "anywhere, and the sizes of action_tokens lie in its published folder"
        )
    parts = {n: _without_folder(getattr(backend, n)) for n in ("siglip", "dinov2", "language")}
    config = params.model().model_copy(update={"backend": backend.model_copy(update=parts)})
    with torch.device("meta"):
        model = build_foundation(config)
    # recomputation changes no count, and its wrappers would rename the layers
    adapt(model, params.model_copy(update={"activation_checkpointing": False}))
    everything = count_parameters(model)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    layers = model.repeated_layers()
    processes = params.trainer.devices * params.trainer.nodes
    share = processes if params.shard else 1
    half = params.trainer.precision != "32-true"
    grid = backend.grid or backend.siglip.image_size // backend.siglip.patch_size
    tokens = grid**2 + TEXT_TOKENS + params.code_seq_len
    each = BYTES_IF_RECOMPUTED if params.activation_checkpointing else BYTES_PER_TOKEN_AND_CHANNEL
    per_layer = tokens * params.trainer.batch_size * model.feature_dim * (1 if half else 2)
    # one layer is always whole: the one in its backward pass
    activations = per_layer * (len(layers) * each + BYTES_PER_TOKEN_AND_CHANNEL)
    return Plan(
        parameters=everything,
        trained=trained,
        processes=processes,
        effective_batch=processes * params.trainer.batch_size * params.accumulate,
        tokens_per_sample=tokens,
        weights=4 * everything // share,
        gradients=4 * trained // share,
        optimiser=8 * trained // share,
        activations=activations,
        gathered=2 * (2 if half else 4) * count_parameters(layers[0]) if params.shard else 0,
        # forward 2 per weight and token, backward the same for inputs and once more for weights
        flops_per_sample=tokens * (4.0 * everything + 2.0 * trained),
    )


def _without_folder(part: object) -> object:
    copy = getattr(part, "model_copy")  # noqa: B009 - vision and language share no base with folder
    return copy(update={"pretrained": None})


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
        ("optimiser state per GPU", _gib(plan.optimiser)),
        ("activations per GPU", _gib(plan.activations)),
        ("gathered layers per GPU", _gib(plan.gathered)),
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


def _gib(size: int) -> str:
    return f"{size / GIB:,.2f} GiB"
