"""What stage 3 asks for: the backbone once more, as far as it trains, on one robot's labelled episodes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from lapa.models.foundation.build import build_foundation
from lapa.models.foundation.initialization import count_parameters
from lapa.models.foundation.workload import Workload
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.planning.assumed_policy import ACTION_DIM, STATE_DIM, assumed_policy
from lapa.planning.data_size import DataSize
from lapa.planning.dry_run import step_cost
from lapa.planning.foundation import INSTRUCTION, input_size
from lapa.planning.memory import unsharded_memory
from lapa.planning.needs import StageNeeds, planned_needs
from lapa.training.foundation.planning import (
    Plan,
    count_trained,
    plan_of,
    without_weights,
)
from lapa.training.policy.encoded import kept_of


def finetune_needs(
    params: FinetuneParams, foundation: FoundationParams, labeled: DataSize | None
) -> StageNeeds:
    """What the finetuning of a pretrained backbone asks for.

    Parameters that no loss reaches, such as the latent head, count as trained where ``train`` names them;
    joint training of the codes is not counted.

    Args:
        params: of the stage.
        foundation: of the backbone.
        labeled: what it sees; None where nothing is known of the robot's set.

    Raises:
        ValueError: the parameters name what the policy has not.
    """
    backbone = without_weights(foundation, instructions=[INSTRUCTION])
    with torch.device("meta"):
        policy = assumed_policy(params, foundation, backbone)
    work = policy.backbone.workload()
    size = input_size(foundation.backend)
    if work is None:
        return _measured(params, foundation, policy, size)
    needs = planned_needs("finetune", _plan(params, policy, work), params, image_size=size)
    return _encoded_once(needs, labeled) if kept_of(policy, params) else needs


def _plan(params: FinetuneParams, policy: Policy, work: Workload) -> Plan:
    parts = (*work.parts, (policy.head, 1))
    logits = params.chunk * ACTION_DIM * params.bins
    plan = plan_of(policy, policy.backbone, replace(work, parts=parts, logits=logits), params)
    if count_trained(policy.backbone) or policy.action_query is not None:
        return plan
    # no gradient goes through a backbone in which nothing learns: half of the operations, none are kept
    return replace(plan, activations=0, flops_per_sample=plan.flops_per_sample / 2)


def _encoded_once(needs: StageNeeds, labeled: DataSize | None) -> StageNeeds:
    """A frozen backbone sees every labelled frame once, however often the head sees its answer."""
    if labeled is None or needs.flops is None:
        return needs
    return replace(needs, flops=needs.flops * min(1.0, labeled.frames / needs.samples))


def _measured(
    params: FinetuneParams, foundation: FoundationParams, policy: Policy, image_size: int | None
) -> StageNeeds:
    trainer = params.trainer

    def build() -> Policy:
        backbone = build_foundation(foundation.model(), instructions=[INSTRUCTION])
        return assumed_policy(params, foundation, backbone)

    loss = partial(_loss, side=image_size or 1, chunk=params.chunk)
    cost = step_cost(build, loss, half=trainer.precision == "bf16-mixed")
    return StageNeeds(
        stage="finetune",
        parameters=count_parameters(policy),
        trained=count_trained(policy),
        devices=trainer.devices,
        nodes=trainer.nodes,
        batch=trainer.batch_size * trainer.devices * trainer.nodes * params.accumulate,
        steps=trainer.max_steps,
        flops=cost.flops,
        image_size=image_size,
        memory=unsharded_memory(policy, params, cost),
    )


def _loss(policy: Policy, batch: int, *, side: int, chunk: int) -> Tensor:
    """Of black images, none of whose actions lies beyond its episode."""
    images = torch.zeros(batch, side, side, 3, dtype=torch.uint8)
    encoded = policy.encode_observation(images, [INSTRUCTION] * batch)
    actions = torch.zeros(batch, chunk, ACTION_DIM)
    mask = torch.ones(batch, chunk, dtype=torch.bool)
    states = None if policy.state_input is None else torch.zeros(batch, STATE_DIM)
    return policy.loss(encoded, actions, mask, states)


def labeled_part(params: FinetuneParams, robot: DataSize) -> DataSize:
    """The episodes of the robot's set whose actions may be seen."""
    share = params.labeled_fraction or 1.0
    episodes = min(robot.episodes, params.labeled_episodes or round(robot.episodes * share) or 1)
    return DataSize(
        name=robot.name,
        origin=robot.origin,
        episodes=episodes,
        frames=round(robot.frames * episodes / robot.episodes),
        fps=robot.fps,
        image_size=robot.image_size,
    )
