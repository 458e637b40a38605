"""Which parameters of a policy learn: a function of its names and the parameters, on any device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from torch import Tensor, nn
from torch.autograd.graph import Node

from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.training.common.adapt import spare_memory

BACKBONE = "backbone"
FRESH = ("head", "state_input", "action_query")
"""What finetuning adds: random at first, so it must learn."""


def select_trainable(policy: Policy, params: FinetuneParams) -> None:
    """Let learn what ``train`` names and ``freeze`` does not, add adapters, mark what is recomputed.

    Raises:
        ValueError: a name begins no parameter's name, or a fresh module would stay random.
    """
    if isinstance(params.train, str):
        _select_by_word(policy, params.train)
    else:
        policy.requires_grad_(False)
        _set(policy, params.train, option="train", learns=True)
    _set(policy, params.freeze, option="freeze", learns=False)
    _require_fresh_to_learn(policy)
    spare_memory(policy.backbone, params)


def _select_by_word(policy: Policy, part: Literal["head", "neck", "all"]) -> None:
    """Let the fresh modules, or also the backbone's neck, or everything learn."""
    policy.backbone.requires_grad_(part != "head")
    if part == "neck":
        for parameter in policy.backbone.trunk_parameters():
            parameter.requires_grad_(False)


def _set(policy: Policy, prefixes: Sequence[str], *, option: str, learns: bool) -> None:
    for prefix in prefixes:
        for parameter in _named(policy, prefix, option=option):
            parameter.requires_grad_(learns)


def _named(policy: Policy, prefix: str, *, option: str) -> list[nn.Parameter]:
    """Parameters whose name begins like this in the policy, or else in its backbone, as in stage 2."""
    for beginning in (prefix, f"{BACKBONE}.{prefix}"):
        if named := [p for name, p in policy.named_parameters() if name.startswith(beginning)]:
            return named
    raise ValueError(
        f"finetune.{option} names {prefix!r}, expected the beginning of a parameter's name; the policy "
        f"has {sorted(_modules(policy))}"
    )


def _modules(policy: Policy) -> set[str]:
    names = (name.removeprefix(f"{BACKBONE}.") for name, _ in policy.backbone.named_parameters())
    own = {name.split(".")[0] for name, _ in policy.named_parameters()} - {BACKBONE}
    return own | {f"{BACKBONE}.{name.split('.')[0]}" for name in names}


def _require_fresh_to_learn(policy: Policy) -> None:
    for module in FRESH:
        fresh = [p for name, p in policy.named_parameters() if name.split(".")[0] == module]
        if fresh and not any(parameter.requires_grad for parameter in fresh):
            raise ValueError(
                f"{module} is new and would stay as random as it is; expected it among finetune.train, "
                "and not among finetune.freeze"
            )


def freeze_unreached(module: nn.Module, loss: Tensor) -> tuple[str, ...]:
    """Freeze what ``loss`` does not depend on and name it.

    The latent head is idle while actions are learnt, and DDP stops at idle parameters. The graph is only
    walked: gradients of a large model would not fit where it is made.
    """
    reached = {id(parameter) for parameter in _leaves(loss)}
    idle = []
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and id(parameter) not in reached:
            parameter.requires_grad_(False)
            idle.append(name)
    return tuple(idle)


def _leaves(loss: Tensor) -> Iterator[Tensor]:
    """The tensors with ``requires_grad`` from which ``loss`` was computed."""
    waiting: list[Node | None] = [loss.grad_fn]
    seen: set[Node | None] = {None}
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        waiting += [following for following, _ in node.next_functions]
