"""Evaluate one policy: closed-loop success in fresh scenes, action error on held-out episodes."""

from __future__ import annotations

import shutil
from pathlib import Path

from lapa.evaluation.action_error import HeldOutActions, held_out_actions, policy_folder
from lapa.evaluation.figures.action_distribution import draw_action_distribution
from lapa.evaluation.figures.filmstrips import Strip, draw_filmstrips
from lapa.evaluation.intervals import success_rate
from lapa.evaluation.outcomes import TaskOutcomes, write_outcomes
from lapa.evaluation.rollout import RolloutResult, rollout, save_clips
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.records import Checkpoint, Figure, FrameCodec, Report, ShardSet, require_same


def evaluate_policy(
    *, policy: Checkpoint, shards: ShardSet, params: EvaluationParams, out: Path
) -> Report:
    """Measure one arm.

    Args:
        policy: what finetuning saved.
        shards: the clips it was finetuned on, for their held-out split.
        params: scenes, tasks, split.
        out: folder to fill: pictures, ``outcomes.json``, ``clips/``.

    Returns:
        Figures of the arm ``policy``: ``success/<task>`` and ``action/<error>``.

    Raises:
        ValueError: the policy was finetuned on other shards, or is no policy.
    """
    net = load_policy(policy_folder(policy))
    require_same(
        f"shards behind the action statistics of {policy.path}",
        net.stats.shard_digest,
        shards.digest,
        remedy="evaluate on the shards it was finetuned on, or finetune again",
    )
    out.mkdir(parents=True, exist_ok=True)
    held_out = held_out_actions(
        net, policy, shards, split=params.split, batch_size=params.batch_size
    )
    draw_action_distribution(held_out.predicted, held_out.actions, net.stats, out / "actions.png")
    results = [] if params.rollout is None else _roll_out(net, params.rollout, shards.codec)
    _keep(results, policy, out)
    return Report(
        path=str(out),
        arms={"policy": (*_success(results), *_action_errors(held_out))},
        pictures=("rollouts.png", "actions.png") if _shown(results) else ("actions.png",),
    )


def _roll_out(policy: Policy, params: RolloutParams, codec: FrameCodec) -> list[RolloutResult]:
    """Try every task on the same seeds, seeing pictures as the shards hold them."""
    env = params.env.model_copy(update={"max_steps": params.max_steps})
    return [
        rollout(
            policy,
            env_params=env,
            task=task,
            seeds=range(params.first_seed, params.first_seed + params.num_scenes),
            codec=codec,
            execute=params.execute,
            with_states=policy.state_input is not None,
            keep_clips=params.num_videos,
            batch_size=params.batch_size,
        )
        for task in params.tasks
    ]


def _success(results: list[RolloutResult]) -> tuple[Figure, ...]:
    return tuple(success_rate(f"success/{r.task}", r.successes) for r in results)


def _action_errors(held_out: HeldOutActions) -> tuple[Figure, ...]:
    """Errors as ``action/<name>``; ``n`` counts steps."""
    steps = len(held_out.actions)
    return tuple(
        Figure(name=f"action/{name}", value=value, n=steps)
        for name, value in held_out.errors.items()
    )


def _keep(results: list[RolloutResult], policy: Checkpoint, out: Path) -> None:
    """Write outcomes, clips, the film strip and the curves of the training."""
    if results:
        write_outcomes({result.task: _outcomes(result) for result in results}, out)
    for result in results:
        save_clips(result, out / "clips")
    if strips := _shown(results):
        heading = f"Closed loop, first {len(strips)} scenes (not chosen)"
        draw_filmstrips(strips, heading, out / "rollouts.png")
    curves = Path(policy.path) / "metrics.jsonl"
    if curves.is_file():
        shutil.copyfile(curves, out / curves.name)


def _outcomes(result: RolloutResult) -> TaskOutcomes:
    return TaskOutcomes(
        seeds=result.seeds,
        successes=tuple(result.successes.tolist()),
        steps=tuple(result.steps.tolist()),
        instructions=result.instructions,
    )


def _shown(results: list[RolloutResult]) -> list[Strip]:
    strips = []
    for result in results:
        for seed, frames in result.clips.items():
            index = result.seeds.index(seed)
            strips.append(
                Strip(
                    frames=frames,
                    title=f"{result.instructions[index]} (scene {seed})",
                    success=bool(result.successes[index]),
                )
            )
    return strips
