"""A policy as a graph: image, tokens, state and noise to a chunk of actions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lapa.export.graphs.foundation import LOGITS, logits_output, picture_input, require_logits
from lapa.export.graphs.graph import Arrays, Graph, TensorFacts, likeliest
from lapa.export.graphs.tokens import taking_tokens, token_inputs
from lapa.models.policy.policy import Policy

STATES, NOISE, CLASSES, ACTIONS = "states", "noise", "class_logits", "actions"


class PredictActions(nn.Module):
    """``(images, tokens, mask[, states][, noise])`` -> ``([code logits,] [class logits,] actions)``."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = Policy(
            backbone=taking_tokens(policy.backbone),
            head=policy.head,
            stats=policy.stats,
            frame_codec=policy.frame_codec,
            state_input=policy.state_input,
            action_query=policy.action_query,
        )

    def forward(
        self, images: Tensor, tokens: Tensor, mask: Tensor, *more: Tensor
    ) -> tuple[Tensor, ...]:
        """Predict."""
        policy, rest = self.policy, list(more)
        states = rest.pop(0) if policy.state_input is not None else None
        noise = rest.pop(0) if policy.head.starts_from_noise else None
        return actions_of(policy, images, (tokens, mask), states, noise)  # type: ignore[arg-type]


def actions_of(
    policy: Policy,
    images: Tensor,
    instructions: list[str],
    states: Tensor | None,
    noise: Tensor | None,
) -> tuple[Tensor, ...]:
    """Everything that is chosen on the way, then the actions; as `Policy.predict`, of pictures of the shards' size."""
    steps: list[Tensor] = []
    if policy.head.reads == "codes":
        steps.append(policy.backbone.logits(images, instructions).float())
        observed = likeliest(steps[-1])
    else:
        observed = policy.encode_observation(images, instructions)
    conditioned = policy.condition(observed, states)
    if (logits := policy.head.choice_logits(conditioned)) is not None:
        steps.append(logits)
    if noise is None:
        actions = policy.head.predict(conditioned)
    else:
        actions = policy.head.predict_from_noise(conditioned, noise)
    return (*steps, policy.head.codec.clip(actions.float()))


def policy_graph(policy: Policy, *, words: int) -> Graph:
    """The graph of a policy in evaluation mode, with ``words`` tokens of an instruction."""
    outputs = _outputs(policy)
    inputs = _inputs(policy, words)
    units = policy.head.codec.scale.numpy()

    @torch.no_grad()
    def reference(arrays: Arrays, instructions: list[str]) -> Arrays:
        given = {name: torch.from_numpy(array) for name, array in arrays.items()}
        made = actions_of(
            policy, given["images"], instructions, given.get(STATES), given.get(NOISE)
        )
        return {name: tensor.numpy() for name, tensor in zip(outputs, made, strict=True)}

    return Graph(
        name="policy",
        module=PredictActions(policy).eval(),
        inputs=inputs,
        outputs=outputs,
        choices={name: likeliest for name in (LOGITS, CLASSES) if name in outputs},
        scales={ACTIONS: units},
        reference=reference,
    )


def _inputs(policy: Policy, words: int) -> dict[str, TensorFacts]:
    inputs = {"images": picture_input(policy.frame_codec.image_size), **token_inputs(words)}
    if policy.state_input is not None:
        width = policy.state_input.mean.shape[0]
        inputs[STATES] = _floats((width,), "the robot's state, physical units")
    if policy.head.starts_from_noise:
        shape = (policy.chunk, policy.head.codec.action_dim)
        inputs[NOISE] = _floats(shape, "standard normal; zeros give the answer of the evaluation")
    return inputs


def _outputs(policy: Policy) -> dict[str, TensorFacts]:
    codec, outputs = policy.head.codec, dict[str, TensorFacts]()
    if policy.head.reads == "codes":
        require_logits(policy.backbone)
        outputs[LOGITS] = logits_output(policy.backbone)
    shape = (policy.chunk, codec.action_dim)
    if (logits := policy.head.choice_logits(_nothing_seen(policy))) is not None:
        outputs[CLASSES] = _floats(tuple(logits.shape[1:]), "what the likeliest is taken of")
    named = ", ".join(f"{d.name} ({d.unit or 'unit unknown'})" for d in policy.stats.dimensions)
    outputs[ACTIONS] = _floats(shape, f"{named}; inside the labelled range")
    return outputs


@torch.no_grad()
def _nothing_seen(policy: Policy) -> Tensor:
    """What the head reads, all zeros: shapes follow from it."""
    if policy.head.reads == "codes":
        return torch.zeros(1, policy.backbone.code_seq_len, dtype=torch.int64)
    return torch.zeros(1, policy.backbone.feature_dim)


def _floats(shape: tuple[int, ...], meaning: str) -> TensorFacts:
    return TensorFacts(dtype=torch.float32, shape=shape, meaning=meaning)
