"""What trains and what does not: freezing by name, and low-rank adapters (PEFT)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import nn
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import (
    apply_activation_checkpointing,
)

from lapa.models.foundation.interface import LatentPolicy
from lapa.params.fabric import FabricStageParams, LoraParams

if TYPE_CHECKING:
    from peft import LoraConfig


def adapt(model: LatentPolicy, params: FabricStageParams) -> None:
    """Freeze, add adapters and mark layers for recomputation, in place."""
    freeze(model, params.freeze)
    spare_memory(model, params)


def spare_memory(model: LatentPolicy, params: FabricStageParams) -> None:
    """Add adapters and mark layers for recomputation, in place, as far as the parameters ask for it."""
    if params.lora:
        add_lora(model, params.lora)
    if params.activation_checkpointing:
        layers = set(model.repeated_layers())
        apply_activation_checkpointing(model, check_fn=lambda module: module in layers)


def freeze(model: nn.Module, prefixes: Sequence[str]) -> None:
    """Stop gradients of every parameter whose name begins with one of ``prefixes``.

    Raises:
        ValueError: a prefix matches nothing, so it is a typing error.
    """
    for prefix in prefixes:
        frozen = [p for name, p in model.named_parameters() if name.startswith(prefix)]
        if not frozen:
            modules = sorted({name.split(".")[0] for name, _ in model.named_parameters()})
            raise ValueError(f"`freeze` names {prefix!r}, but the model has only {modules}")
        for parameter in frozen:
            parameter.requires_grad_(False)


def add_lora(model: nn.Module, params: LoraParams) -> None:
    """Give the matching linear layers adapters; the top-level modules that hold them freeze.

    Raises:
        ValueError: no linear layer matches.
    """
    # peft imports all of transformers; who trains without adapters should not wait for it
    from peft import inject_adapter_in_model  # noqa: PLC0415
    from peft.tuners.tuners_utils import BaseTunerLayer  # noqa: PLC0415

    trained = {id(p) for p in model.parameters() if p.requires_grad}
    inject_adapter_in_model(_lora_config(params), model)
    adapted = {
        name.split(".")[0] for name, m in model.named_modules() if isinstance(m, BaseTunerLayer)
    }
    for name, parameter in model.named_parameters():
        # PEFT froze all but the adapters; modules without one go on as before
        if name.split(".")[0] not in adapted and id(parameter) in trained:
            parameter.requires_grad_(True)


def _lora_config(params: LoraParams) -> LoraConfig:
    from peft import LoraConfig  # noqa: PLC0415

    return LoraConfig(
        r=params.rank,
        lora_alpha=params.alpha,
        lora_dropout=params.dropout,
        # a text is a regular expression over whole names, a list would match in every module
        target_modules=rf"({'|'.join(params.inside)})\..*\.({'|'.join(params.target_modules)})",
    )


def merge_lora(model: nn.Module) -> None:
    """Fold adapters into the weights, so that the model is an ordinary one again."""
    from peft.tuners.tuners_utils import BaseTunerLayer  # noqa: PLC0415

    for name, layer in list(model.named_modules()):
        if isinstance(layer, BaseTunerLayer):
            layer.merge()
            parent, _, child = name.rpartition(".")
            setattr(model.get_submodule(parent), child, layer.get_base_layer())
