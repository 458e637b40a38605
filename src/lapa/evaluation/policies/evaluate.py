"""Evaluate one policy: closed-loop success in fresh scenes, action error on held-out episodes."""

from __future__ import annotations

import shutil
from pathlib import Path

from lapa.evaluation.analyses import Analyses
from lapa.evaluation.plots.action_distribution import draw_action_distribution
from lapa.evaluation.plots.filmstrips import Strip, draw_filmstrips
from lapa.evaluation.policies.action_error import held_out_actions, policy_folder
from lapa.evaluation.policies.episode_errors import write_errors
from lapa.evaluation.policies.outcomes import TaskOutcomes, write_outcomes
from lapa.evaluation.policies.rollout import RolloutResult, rollout, save_clips
from lapa.evaluation.policies.trials_bar import trials_bar
from lapa.evaluation.statistics.intervals import success_rate
from lapa.models.policy.policy import Policy
from lapa.models.policy.storage import load_policy
from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.records import Checkpoint, EvaluationReport, FrameCodec, Metric, ShardSet, require_same

CLOSED_LOOP = "closed-loop success"
CHECKPOINT = "policy.json"
"""The policy's record, kept beside its figures: weights, notes, ancestry."""


def evaluate_policy(
    *, policy: Checkpoint, shards: ShardSet, params: EvaluationParams, out: Path
) -> EvaluationReport:
    """Measure one arm.

    Args:
        policy: what finetuning saved.
        shards: the clips it was finetuned on, for their held-out split.
        params: scenes, tasks, split.
        out: folder to fill: pictures, ``outcomes.json``, ``action_errors.json``, ``clips/``.

    Returns:
        Figures of the arm ``policy``: ``success/<task>`` and ``action/<error>``; what could not be
        measured is listed with its reason.

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
    analyses = Analyses(on_error=params.on_error)
    figures = _open_loop(net, policy, shards, params, analyses=analyses, out=out)
    results: list[RolloutResult] = []
    if params.rollout is None:
        analyses.skip(CLOSED_LOOP, "no simulator looks like this data (evaluation.rollout is null)")
    else:
        scenes = params.rollout
        results = analyses.run(CLOSED_LOOP, lambda: _roll_out(net, scenes, shards.codec)) or []
    clips = _keep(results, policy, out)
    pictures = tuple(name for name in ("rollouts.png", "actions.png") if (out / name).is_file())
    return EvaluationReport(
        path=str(out),
        arms={"policy": (*_success(results), *figures)},
        pictures=pictures,
        clips=clips,
        not_measured=analyses.not_measured,
    )


def _open_loop(
    net: Policy,
    policy: Checkpoint,
    shards: ShardSet,
    params: EvaluationParams,
    *,
    analyses: Analyses,
    out: Path,
) -> tuple[Metric, ...]:
    """Action error on held-out episodes, its picture and its raw sums."""
    held_out = analyses.run(
        "action error on held-out episodes",
        lambda: held_out_actions(
            net, policy, shards, split=params.split, batch_size=params.batch_size
        ),
    )
    if held_out is None:
        return ()
    write_errors(held_out.errors, out)
    analyses.run(
        "picture of predicted actions",
        lambda: draw_action_distribution(
            held_out.predicted, held_out.actions, net.stats, out / "actions.png"
        ),
    )
    return held_out.errors.figures(resamples=params.probe.resamples, seed=params.seed)


def _roll_out(policy: Policy, params: RolloutParams, codec: FrameCodec) -> list[RolloutResult]:
    """Try every task on the same seeds, seeing pictures as the shards hold them."""
    simulator = params.simulator.model_copy(update={"max_steps": params.max_steps})
    with trials_bar(len(params.tasks) * params.num_scenes) as on_over:
        return [
            rollout(
                policy,
                simulator=simulator,
                task=task,
                seeds=range(params.first_seed, params.first_seed + params.num_scenes),
                codec=codec,
                execute=params.execute,
                with_states=policy.state_input is not None,
                keep_clips=params.num_videos,
                batch_size=params.batch_size,
                on_over=on_over,
            )
            for task in params.tasks
        ]


def _success(results: list[RolloutResult]) -> tuple[Metric, ...]:
    return tuple(success_rate(f"success/{r.task}", r.successes) for r in results)


def _keep(results: list[RolloutResult], policy: Checkpoint, out: Path) -> tuple[str, ...]:
    """Write outcomes, film strip, curves and the policy's record; return the clips' names."""
    if results:
        write_outcomes({result.task: _outcomes(result) for result in results}, out)
    files = [file for result in results for file in save_clips(result, out / "clips")]
    if strips := _shown(results):
        heading = f"Closed loop, first {len(strips)} scenes (not chosen)"
        draw_filmstrips(strips, heading, out / "rollouts.png")
    curves = Path(policy.path) / "metrics.jsonl"
    if curves.is_file():
        shutil.copyfile(curves, out / curves.name)
    (out / CHECKPOINT).write_text(policy.model_dump_json(indent=2) + "\n")
    return tuple(str(file.relative_to(out)) for file in files)


def policy_record(report: EvaluationReport) -> Checkpoint | None:
    """The policy behind a report; None where the report does not keep it."""
    file = Path(report.path) / CHECKPOINT
    return Checkpoint.model_validate_json(file.read_text()) if file.is_file() else None


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
